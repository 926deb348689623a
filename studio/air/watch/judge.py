"""Judges what was seen, heard and told of one studio: which alarms begin, and which are over."""

from collections.abc import Iterator, Mapping
from typing import get_args

from studio.air.watch.alarm import Alarm, Finding
from studio.air.watch.sample import Change, Counter, Expected, Facts, Heard, Kind, Look, Recording, Sample
from studio.air.watch.window import Clips, Growth, Skips
from studio.clock import NS_PER_MS, NS_PER_S
from studio.model.studio import Limits

KINDS: tuple[Kind, ...] = get_args(Kind)

DARK_SHARE = 0.98
"""So much of a black picture is dark: a slate with words on black is not black."""
STILL_SHARE = 0.05
"""Where less than this of a picture moves it stands still: a clock over a frozen camera changes less, a camera more."""
QUIET_FACTOR = 3
"""A picture must stand still so much longer where nothing is heard, since then only its noise says that it lives."""
LOUDER_DB = 3.0
"""A silence is over only with a peak so much above its limit."""
BRIGHTER = 1.25
STALLED_MS = 3_000
"""A recording starts to grow 0.6 s after OBS was asked for it, later on a busy PC."""
STREAM_OFF_MS = 5_000
"""A stream takes some seconds to connect."""
CAMERA_OFF_MS = 2_000
ROOMIER = 1.1

_NOT_NOW = Finding(None)


class Judge:
    """Judges the samples of one studio in their order; ``raised`` are the alarms that stand, with their beginnings."""

    def __init__(self, raised: Mapping[str, int] | None = None) -> None:
        standing = raised or {}
        self._alarms = {kind: Alarm(kind, began_ns=standing.get(kind), raised_ns=standing.get(kind)) for kind in KINDS}
        self._sounded_ns: int | None = None
        self._scene: str | None = None
        self._clips = Clips()
        self._skips = {"rendered": Skips(), "encoded": Skips(), "sent": Skips()}
        self._growth = Growth()
        self._recorded: Recording | None = None

    def judge(self, sample: Sample, limits: Limits) -> tuple[Change, ...]:
        """What one more sample changes."""
        changes = []
        for kind, finding in self._findings(sample, limits):
            self._alarms[kind], change = self._alarms[kind].found(finding, sample.at_ns)
            changes += [change] if change else []
        return tuple(changes)

    def end(self, now_ns: int) -> tuple[Change, ...]:
        """The session is over, and every alarm with it."""
        changes = []
        for kind, alarm in self._alarms.items():
            self._alarms[kind], change = alarm.over(now_ns)
            changes += [change] if change else []
        return tuple(changes)

    def _findings(self, sample: Sample, limits: Limits) -> Iterator[tuple[Kind, Finding]]:
        now_ns, expected = sample.at_ns, sample.expected
        yield "standby_too_long", _standby_too_long(expected, now_ns, limits)
        self._scene = sample.scene or self._scene
        if sample.heard is not None:
            if sample.heard.peak_db >= limits.silent_db:
                self._sounded_ns = now_ns
            yield "silent", self._silent(sample.heard, expected, limits)
            yield "clipping", self._clipping(sample.heard, now_ns, limits)
        if sample.look is not None:
            black = self._black(sample.look, expected, limits)
            yield "black", black
            yield "frozen", _NOT_NOW if black.bad else self._frozen(sample.look, expected, limits)
        if sample.facts is not None:
            yield from self._told(sample.facts, expected, now_ns, limits)

    def _black(self, look: Look, expected: Expected, limits: Limits) -> Finding:
        """Black in any scene of the session: dark on average, and dark nearly everywhere. Not before the first cue."""
        if expected.scene is None:
            return _NOT_NOW
        limit = limits.black_luma * (BRIGHTER if self._alarms["black"].raised else 1)
        bad = look.luma < limit and look.dark >= DARK_SHARE
        return Finding(bad, limits.black_ms, _percent(look.luma))

    def _frozen(self, look: Look, expected: Expected, limits: Limits) -> Finding:
        """Frozen: the scene on air holds a camera or feed, as the director wants it, and stands still.

        The noise of a camera changes its picture everywhere from look to look, however still host and product are; a
        slate or a frozen camera does not change at all, but for what lies over it. Never frozen are slates, since
        their scenes are not live, a scene that a hand has put on air, since nobody knows what it holds, and a black
        picture, which is an alarm of its own. Where something is heard even half of ``frozen_ms`` after the picture
        last moved, ``frozen_ms`` is enough, else ``QUIET_FACTOR`` times that.
        """
        if not expected.live or self._scene != expected.scene or look.moved is None:
            return _NOT_NOW
        moved_ns, sounded_ns = self._alarms["frozen"].good_ns or 0, self._sounded_ns or 0
        sounded = sounded_ns - moved_ns >= limits.frozen_ms * NS_PER_MS // 2
        hold_ms = limits.frozen_ms * (1 if sounded else QUIET_FACTOR)
        return Finding(look.moved < STILL_SHARE, hold_ms, _percent(look.moved))

    def _silent(self, heard: Heard, expected: Expected, limits: Limits) -> Finding:
        """Silent: somebody should speak in the scene on air, and not even a peak reaches ``silent_db``.

        Never on slates (standby, opening, ending), nor in a scene that a hand has put on air.
        """
        if not expected.speaking or expected.standby or self._scene != expected.scene:
            return _NOT_NOW
        limit = limits.silent_db + (LOUDER_DB if self._alarms["silent"].raised else 0)
        return Finding(heard.peak_db < limit, limits.silent_ms, f"{heard.peak_db:.0f} dB")

    def _clipping(self, heard: Heard, now_ns: int, limits: Limits) -> Finding:
        """Clipping: in any scene, peaks above ``clip_db`` for ``clip_ms`` in all of the last ten seconds."""
        clips = self._clips
        clips.add(now_ns, heard.clipped_ms)
        limit = limits.clip_ms / (2 if self._alarms["clipping"].raised else 1)
        bad = clips.total_ms >= limit
        since_ns = clips.first_ns if bad else clips.last_ns
        return Finding(bad, value=f"{clips.total_ms / 1000:.1f} s", since_ns=since_ns)

    def _told(self, facts: Facts, expected: Expected, now_ns: int, limits: Limits) -> Iterator[tuple[Kind, Finding]]:
        if (skipped := self._skipped(facts, now_ns, limits)) is not None:
            yield "frames_skipped", skipped
        if not expected.recording:
            self._recorded = None
            yield "recording_stalled", _NOT_NOW
            yield "disk_low", _NOT_NOW
        elif facts.recording is not None:
            yield "recording_stalled", self._stalled(facts.recording)
            if (low := self._disk_low(facts.recording, facts.free, now_ns, limits)) is not None:
                yield "disk_low", low
        if not expected.stream:
            yield "stream_reconnecting", _NOT_NOW
        elif facts.stream is not None:
            hold_ms = STREAM_OFF_MS if facts.stream == "off" else 0
            yield "stream_reconnecting", Finding(facts.stream != "on", hold_ms, facts.stream)
        if not expected.camera:
            yield "camera_off", _NOT_NOW
        elif facts.camera is not None:
            yield "camera_off", Finding(not facts.camera, CAMERA_OFF_MS, "off")

    def _skipped(self, facts: Facts, now_ns: int, limits: Limits) -> Finding | None:
        """Frames skipped by the renderer or the encoder, or dropped by the network; the worst of them counts."""
        counters: dict[str, Counter | None] = {
            "rendered": facts.rendered,
            "encoded": facts.encoded,
            "sent": facts.sent,
        }
        told = {name: counter for name, counter in counters.items() if counter is not None}
        for name, (skipped, total) in told.items():
            self._skips[name].add(now_ns, skipped, total)
        if not told:
            return None
        worst = max((self._skips[name] for name in told), key=lambda skips: skips.share)
        limit = limits.skipped_share / (2 if self._alarms["frames_skipped"].raised else 1)
        bad = worst.share >= limit
        return Finding(bad, value=f"{100 * worst.share:.1f} %", since_ns=worst.first_ns if bad else worst.last_ns)

    def _stalled(self, recording: Recording) -> Finding:
        """Stalled: it should record, and is off, or paused, or neither its length nor its file has grown."""
        before, self._recorded = self._recorded, recording
        if not recording.active or recording.paused:
            return Finding(True, STALLED_MS, "paused" if recording.active else "off")
        grown = before is not None and (recording.duration_ms, recording.size) != (before.duration_ms, before.size)
        return Finding(not grown, STALLED_MS, f"{recording.duration_ms / 1000:.0f} s")

    def _disk_low(self, recording: Recording, free: int | None, now_ns: int, limits: Limits) -> Finding | None:
        """Low: the free disk holds less than ``disk_minutes`` at the rate of the last minute; None while unknown."""
        if recording.active and not recording.paused:
            self._growth.add(now_ns, recording.size)
        else:
            self._growth.pause()
        rate = self._growth.bytes_a_second
        if free is None or rate is None:
            return None
        minutes = free / rate / 60
        limit = limits.disk_minutes * (ROOMIER if self._alarms["disk_low"].raised else 1)
        return Finding(minutes < limit, value=f"{minutes:.0f} min")


def _standby_too_long(expected: Expected, now_ns: int, limits: Limits) -> Finding:
    """The standby slate has covered trouble for longer than ``standby_ms``, whatever OBS shows."""
    since_ns = expected.standby_since_ns
    if not expected.standby or since_ns is None:
        return _NOT_NOW
    return Finding(True, limits.standby_ms, f"{(now_ns - since_ns) / NS_PER_S:.0f} s", since_ns)


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"
