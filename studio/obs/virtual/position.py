"""Where a media input stands in its file: the states it can be in, and the instant it shows."""

from collections.abc import Mapping
from typing import Any

from studio.clock import NS_PER_MS
from studio.obs.virtual.picture import Playback

NONE = "OBS_MEDIA_STATE_NONE"
PLAYING = "OBS_MEDIA_STATE_PLAYING"
PAUSED = "OBS_MEDIA_STATE_PAUSED"
ENDED = "OBS_MEDIA_STATE_ENDED"


def local_file(settings: Mapping[str, Any]) -> str:
    """The file a media input plays; empty where it plays none of this machine."""
    if settings.get("is_local_file", True):
        return str(settings.get("local_file") or "")
    return ""


def position_ms(playback: Playback, settings: Mapping[str, Any], duration_ms: int, now_ns: int) -> float:
    """Milliseconds into the file at a monotonic instant; a loop starts again, everything else stops at the end."""
    position = playback.cursor_ms
    if playback.state == PLAYING:
        speed = float(settings.get("speed_percent", 100)) / 100
        position += max(0, now_ns - playback.at_ns) / NS_PER_MS * speed
    if duration_ms <= 0:
        return 0.0
    if settings.get("looping", False):
        return position % duration_ms
    return min(position, float(duration_ms))
