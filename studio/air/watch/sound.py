"""Listens to the volume meters of one OBS: the loudest of all its inputs, twenty times a second."""

from math import log10

from studio.air.watch.sample import Heard
from studio.obs.events import ObsEvent

FLOOR_DB = -100.0
"""What digital silence counts as."""
_EVENT_MS = 50
_PEAK = 1
"""In ``[magnitude, peak, input peak]`` of a channel: after fader and mute."""


class Ear:
    """Collects the meters' peaks from one ``take`` to the next."""

    def __init__(self) -> None:
        self._peaks: list[float] = []

    def hear(self, event: ObsEvent) -> None:
        """Take in an InputVolumeMeters; other events are left alone."""
        if event.type == "InputVolumeMeters":
            inputs = event.fields["inputs"]
            self._peaks.append(max((levels[_PEAK] for one in inputs for levels in one["inputLevelsMul"]), default=0.0))

    def take(self, clip_db: float) -> Heard | None:
        """What was heard since the last call; None where no meters came. No input at all is silence."""
        peaks, self._peaks = self._peaks, []
        if not peaks:
            return None
        clip = 10 ** (clip_db / 20)
        loudest = max(peaks)
        peak_db = max(FLOOR_DB, 20 * log10(loudest)) if loudest > 0 else FLOOR_DB
        return Heard(peak_db, _EVENT_MS * sum(peak >= clip for peak in peaks))
