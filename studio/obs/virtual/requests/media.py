"""Media inputs: where they stand in their file, and how they are moved."""

from studio.obs.virtual.position import PAUSED, PLAYING
from studio.obs.virtual.requests.inputs import asked_input
from studio.obs.virtual.requests.table import Answer, Call, Handler


def get_media_input_status(call: Call) -> Answer:
    """State, milliseconds into the file and its length; both null unless it plays or is paused."""
    source, playhead = asked_input(call), call.machine.state.playhead
    stands = source.playback.state in (PLAYING, PAUSED)
    return {
        "mediaState": source.playback.state,
        "mediaDuration": playhead.duration_ms(source) if stands else None,
        "mediaCursor": playhead.cursor_ms(source) if stands else None,
    }


def set_media_input_cursor(call: Call) -> Answer:
    """Go to a place in the file."""
    source = asked_input(call)
    call.machine.state.playhead.seek(source, call.fields.number("mediaCursor", 0))
    return None


def offset_media_input_cursor(call: Call) -> Answer:
    """Go forward, or back where negative."""
    source, playhead = asked_input(call), call.machine.state.playhead
    playhead.seek(source, playhead.cursor_ms(source) + call.fields.number("mediaCursorOffset"))
    return None


def trigger_media_input_action(call: Call) -> Answer:
    """Play, pause, stop, restart."""
    call.machine.state.playhead.act(asked_input(call), call.fields.text("mediaAction"))
    return None


HANDLERS: dict[str, Handler] = {
    "GetMediaInputStatus": get_media_input_status,
    "SetMediaInputCursor": set_media_input_cursor,
    "OffsetMediaInputCursor": offset_media_input_cursor,
    "TriggerMediaInputAction": trigger_media_input_action,
}
