"""Recording and streaming by the requests that are named after them."""

from typing import Any

from studio.obs.protocol import Status
from studio.obs.virtual.fields import refused
from studio.obs.virtual.outputs import Output
from studio.obs.virtual.requests.table import Answer, Call, Handler


def timecode(milliseconds: int) -> str:
    """``HH:MM:SS.mmm``."""
    seconds = milliseconds // 1000
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{milliseconds % 1000:03}"


def status_of(output: Output) -> dict[str, Any]:
    """Whether an output is on, since when, and how much it has put out."""
    duration_ms = output.duration_ms()
    return {
        "outputActive": output.active,
        "outputReconnecting": False,
        "outputTimecode": timecode(duration_ms),
        "outputDuration": duration_ms,
        "outputCongestion": 0.0,
        "outputBytes": output.bytes_out(),
        "outputSkippedFrames": output.skipped(),
        "outputTotalFrames": output.frames(),
    }


def toggle(output: Output) -> bool:
    """Stop an output that is on, start one that is off; gives what was asked for."""
    if output.active:
        output.stop()
        return False
    output.start()
    return True


def get_record_status(call: Call) -> Answer:
    """Whether it records or is paused, the length so far without pauses, and the bytes on the disk."""
    record = call.machine.record
    duration_ms = record.duration_ms()
    return {
        "outputActive": record.active,
        "outputPaused": record.paused,
        "outputTimecode": timecode(duration_ms),
        "outputDuration": duration_ms,
        "outputBytes": record.bytes_out(),
    }


def start_record(call: Call) -> Answer:
    """Begin to record; success does not mean that it does."""
    call.machine.record.start()
    return None


def stop_record(call: Call) -> Answer:
    """End the recording; its file is complete once STOPPED has come."""
    return {"outputPath": call.machine.record.stop()}


def toggle_record(call: Call) -> Answer:
    """Stop or start."""
    return {"outputActive": toggle(call.machine.record)}


def pause_record(call: Call) -> Answer:
    """Leave out what follows."""
    call.machine.record.pause()
    return None


def resume_record(call: Call) -> Answer:
    """Go on recording."""
    call.machine.record.resume()
    return None


def toggle_record_pause(call: Call) -> Answer:
    """Pause or go on."""
    record = call.machine.record
    if record.paused:
        record.resume()
        return {"outputPaused": False}
    record.pause()
    return {"outputPaused": True}


def get_stream_status(call: Call) -> Answer:
    """Whether it streams, since when, and how much."""
    return status_of(call.machine.stream)


def start_stream(call: Call) -> Answer:
    """Begin to stream."""
    call.machine.stream.start()
    return None


def stop_stream(call: Call) -> Answer:
    """End the stream."""
    call.machine.stream.stop()
    return None


def toggle_stream(call: Call) -> Answer:
    """Stop or start."""
    return {"outputActive": toggle(call.machine.stream)}


def send_stream_caption(call: Call) -> Answer:
    """Send a caption into a running stream; the journal keeps it."""
    if not call.machine.stream.active:
        raise refused(Status.OUTPUT_NOT_RUNNING)
    text = call.fields.text("captionText", empty=True)
    call.machine.state.journal.write("effect", "caption", data={"text": text})
    return None


HANDLERS: dict[str, Handler] = {
    "GetRecordStatus": get_record_status,
    "StartRecord": start_record,
    "StopRecord": stop_record,
    "ToggleRecord": toggle_record,
    "PauseRecord": pause_record,
    "ResumeRecord": resume_record,
    "ToggleRecordPause": toggle_record_pause,
    "GetStreamStatus": get_stream_status,
    "StartStream": start_stream,
    "StopStream": stop_stream,
    "ToggleStream": toggle_stream,
    "SendStreamCaption": send_stream_caption,
}
