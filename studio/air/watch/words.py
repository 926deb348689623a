"""The sentences of each alarm: what is wrong and what to do, and that it is over."""

from studio.air.watch.sample import Change, Kind
from studio.clock import NS_PER_MS, format_duration
from studio.i18n import _


def words(change: Change, studio_id: str, studio: str) -> tuple[str, str]:
    """What happened and what to do, one sentence each; nothing is to be done where an alarm is over.

    ``studio`` is its name for people, ``studio_id`` its id for commands.
    """
    if not change.raised:
        over = _("{studio}: “{trouble}” is over after {duration}.")
        lasted = format_duration(change.lasted_ms or 0)
        return over.format(studio=studio, trouble=_title(change.kind), duration=lasted), ""
    what, remedy = _sentences(change)
    told = {
        "studio": studio,
        "duration": format_duration((change.at_ns - change.began_ns) // NS_PER_MS),
        "value": change.value,
    }
    return what.format(**told), remedy.format(id=studio_id)


def _title(kind: Kind) -> str:
    titles = {
        "black": _("black picture"),
        "frozen": _("frozen picture"),
        "standby_too_long": _("standby for too long"),
        "silent": _("silence"),
        "clipping": _("clipping sound"),
        "frames_skipped": _("skipped frames"),
        "recording_stalled": _("recording stalled"),
        "disk_low": _("disk almost full"),
        "stream_reconnecting": _("stream interrupted"),
        "camera_off": _("virtual camera off"),
    }
    return titles[kind]


def _sentences(change: Change) -> tuple[str, str]:
    if change.kind == "recording_stalled" and change.value == "off":
        return (
            _("{studio} does not record, though it should."),
            _("Start the recording in OBS; where it does not start, check its folder and the room on its disk."),
        )
    if change.kind == "recording_stalled" and change.value == "paused":
        return _("The recording of {studio} is paused, though it should run."), _("Resume the recording in OBS.")
    if change.kind == "stream_reconnecting" and change.value == "off":
        return (
            _("{studio} does not stream, though it should."),
            _("Start streaming in OBS; where it does not start, check server, key and network."),
        )
    sentences = {
        "black": (
            _("The picture of {studio} has been black for {duration} (brightness {value})."),
            _("Check the camera's lens cap, power and cable, or show the standby slate: studio standby --studio {id}"),
        ),
        "frozen": (
            _("The live picture of {studio} has not moved for {duration}."),
            _("Reconnect the camera or reload its source in OBS; meanwhile: studio standby --studio {id}"),
        ),
        "standby_too_long": (
            _("The standby slate of {studio} has been on air for {duration}."),
            _("Go on with studio resume --studio {id}, or end the session with studio end --studio {id}"),
        ),
        "silent": (
            _("Nothing has been heard from {studio} for {duration} (peak {value})."),
            _("Check that the microphone is on and has power, and that it is not muted in OBS."),
        ),
        "clipping": (
            _("The sound of {studio} clips: {value} within the last ten seconds."),
            _("Turn down the microphone's gain, or its fader in OBS."),
        ),
        "frames_skipped": (
            _("{studio} skips {value} of its frames."),
            _("Close other programs on that PC, lower OBS's output size or bitrate, and check the network."),
        ),
        "recording_stalled": (
            _("The recording of {studio} has not grown for {duration}."),
            _("Check the disk of that PC, then stop the recording in OBS and start it again."),
        ),
        "disk_low": (
            _("The disk of {studio} is almost full: room for {value} of recording."),
            _("Move finished recordings from that PC to another disk."),
        ),
        "stream_reconnecting": (
            _("The stream of {studio} has lost its server and reconnects."),
            _("Check the network of that PC; meanwhile the viewers see nothing."),
        ),
        "camera_off": (
            _("The virtual camera of {studio} is off, so the platform's app gets no picture."),
            _("Click Start Virtual Camera in OBS; without that button, install OBS again with its virtual camera."),
        ),
    }
    return sentences[change.kind]
