"""Two things that only time shows: whether the frame rate is held, and whether anything is heard."""

from collections.abc import Callable, Mapping
from math import log10
from typing import Any, Self

from studio.air.doctor.finding import Finding
from studio.i18n import _
from studio.model.studio import Limits
from studio.obs.events import ObsEvent
from studio.obs.link import ObsLink

SILENT_DB = -60.0
FASTEST_SHARE = 0.95
"""OBS reports its rate as an average that swings by a few percent."""
FAR_TOO_MANY = 5
"""So many times the tolerated share of skipped frames is a studio that is not ready, fewer are a warning."""
_PEAK, _BEFORE_FADER = 1, 2


class Meters:
    """Listens to the volume meters of ``link`` for a ``with`` block; keeps the loudest peak of each input."""

    def __init__(self, link: ObsLink) -> None:
        self._link = link
        self._stop: Callable[[], None] | None = None
        self.peaks: dict[str, float] = {}
        """Factors of full scale, by input: what goes into the programme."""
        self.before_fader: dict[str, float] = {}
        """The same before fader and mute."""

    def __enter__(self) -> Self:
        self._stop = self._link.listen(self._hear)
        return self

    def __exit__(self, *_exc: object) -> None:
        if self._stop is not None:
            self._stop()

    def _hear(self, event: ObsEvent) -> None:
        if event.type != "InputVolumeMeters":
            return
        for one in event.fields.get("inputs", ()):
            name, channels = str(one["inputName"]), one["inputLevelsMul"]
            for kept, place in ((self.peaks, _PEAK), (self.before_fader, _BEFORE_FADER)):
                loudest = max((float(channel[place]) for channel in channels), default=0.0)
                kept[name] = max(kept.get(name, 0.0), loudest)


def sound(meters: Meters) -> Finding:
    """Whether any input was heard above -60 dB of full scale."""
    levels = {name: _db(peak) for name, peak in meters.peaks.items()}
    value = {name: round(level, 1) for name, level in levels.items() if level is not None}
    name, level = max(value.items(), key=lambda found: found[1], default=("", SILENT_DB))
    if level > SILENT_DB:
        words = _("{input} is heard at {level:.0f} dB.").format(input=name, level=level)
        return Finding("audio", "ok", words, value=value)
    held_back = [name for name, peak in meters.before_fader.items() if (_db(peak) or SILENT_DB) > SILENT_DB]
    if held_back:
        return Finding(
            "audio",
            "warn",
            _("No sound reaches the programme: {inputs} has a signal but is muted or faded down.").format(
                inputs=", ".join(held_back)
            ),
            _("Unmute it in OBS's audio mixer and raise its fader."),
            value,
        )
    if not levels:
        what = _("No sound: OBS has no active input that makes any.")
        remedy = _("Add the microphone in OBS under Settings, Audio, or as a source of the scene, and look again.")
    else:
        what = _("No sound: nothing was heard above {limit:.0f} dB.").format(limit=SILENT_DB)
        remedy = _("Switch the microphone on, speak, check its cable and device in OBS, and look again.")
    return Finding("audio", "warn", what, remedy, value)


def _db(factor: float) -> float | None:
    """Decibels of full scale; None for digital silence."""
    return 20 * log10(factor) if factor > 0 else None


def frames_held(before: Mapping[str, Any], after: Mapping[str, Any], wanted_fps: float, limits: Limits) -> Finding:
    """Whether two GetStats, some time apart, show the frame rate held and few frames skipped."""

    def grown(name: str) -> int:
        return max(0, int(after.get(name, 0)) - int(before.get(name, 0)))

    drawn = grown("renderTotalFrames")
    skipped = grown("renderSkippedFrames") + grown("outputSkippedFrames")
    fps, share = float(after.get("activeFps", 0)), skipped / drawn if drawn else 1.0
    value = {"fps": round(fps, 2), "frames": drawn, "skipped": skipped}
    figures = {"fps": fps, "wanted": wanted_fps, "skipped": skipped, "drawn": drawn}
    if fps >= FASTEST_SHARE * wanted_fps and share <= limits.skipped_share:
        words = _("OBS draws {fps:.1f} frames a second and skips {skipped} of {drawn}.").format(**figures)
        return Finding("frame_rate", "ok", words, value=value)
    what = _("OBS draws {fps:.1f} of {wanted:g} frames a second and skips {skipped} of {drawn}.").format(**figures)
    remedy = _("Close other programs on that PC, and lower the output size, frame rate or encoder preset in OBS.")
    slow = fps < (2 * FASTEST_SHARE - 1) * wanted_fps or share > FAR_TOO_MANY * limits.skipped_share
    return Finding("frame_rate", "bad" if slow else "warn", what, remedy, value)
