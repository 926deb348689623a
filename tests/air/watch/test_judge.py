"""What is judged to be wrong in a studio, and what is not: rows of samples, half a second apart, and the alarms."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from studio.air.watch.judge import KINDS, Judge
from studio.air.watch.sample import Change, Expected, Facts, Heard, Look, Recording, Sample
from studio.model.studio import Limits

S = 1_000_000_000
LIMITS = Limits()
HOST = Expected(scene="主播", live=True, speaking=True)
PRODUCT = Expected(scene="商品", live=False)
STANDBY = Expected(scene="应急", standby=True, standby_since_ns=S)
BRIGHT, BLACK = Look(0.4, 0.1, 1.0), Look(0.01, 1.0, 1.0)
STILL, NOISY, CLOCK = Look(0.4, 0.1, 0.0), Look(0.4, 0.1, 0.97), Look(0.4, 0.1, 0.02)
VOICE, ROOM, MUTE = Heard(-18.0), Heard(-52.0), Heard(-100.0)


def told(step: int, sample: Sample) -> Sample:
    """The sample at half seconds from one second on, with the scene of what is expected on air."""
    return replace(sample, at_ns=S + step * S // 2, scene=sample.scene or sample.expected.scene)


def judged(samples: Iterable[Sample], limits: Limits = LIMITS) -> list[Change]:
    judge = Judge()
    return [change for step, one in enumerate(samples) for change in judge.judge(told(step, one), limits)]


def rows(seconds: float, expected: Expected, **seen: Any) -> list[Sample]:
    """The same sample for so long."""
    return [Sample(0, expected, **seen)] * round(seconds * 2)


def kinds(changes: Iterable[Change]) -> list[str]:
    return [f"{change.kind} {'raised' if change.raised else 'over'}" for change in changes]


ONCE = ["{} raised", "{} over"]


@pytest.mark.parametrize(
    ("samples", "expected"),
    [
        pytest.param(rows(60, HOST, look=BLACK), ["black raised"], id="black in a live scene"),
        pytest.param(rows(60, STANDBY, look=BLACK), ["black raised"], id="black instead of the standby slate"),
        pytest.param(rows(60, Expected(), look=BLACK), [], id="black before the first cue"),
        pytest.param(
            rows(60, HOST, look=replace(BLACK, moved=0.0), heard=VOICE), ["black raised"], id="black and still is black"
        ),
        pytest.param(
            rows(3, HOST, look=BLACK) + rows(5, HOST, look=BRIGHT), ["black raised", "black over"], id="black, then not"
        ),
        pytest.param(rows(60, PRODUCT, look=Look(0.03, 0.97, 0.0)), [], id="words on a black slate"),
        pytest.param(rows(60, HOST, look=Look(0.07, 1.0, 1.0)), [], id="an evening's light"),
        pytest.param(
            rows(3, HOST, look=BLACK) + rows(60, HOST, look=Look(0.07, 1.0, 1.0)),
            ["black raised"],
            id="hardly brighter",
        ),
        pytest.param(rows(60, PRODUCT, look=STILL, heard=VOICE), [], id="a still product slate under a voice"),
        pytest.param(rows(60, HOST, look=NOISY, heard=ROOM), [], id="a host who holds still before a camera"),
        pytest.param(rows(9, HOST, look=STILL, heard=VOICE), [], id="still for less than ten seconds"),
        pytest.param(rows(12, HOST, look=STILL, heard=VOICE), ["frozen raised"], id="frozen under a voice"),
        pytest.param(rows(12, HOST, look=CLOCK, heard=VOICE), ["frozen raised"], id="frozen under a clock that runs"),
        pytest.param(rows(29, HOST, look=STILL), [], id="still, and nothing known of the sound"),
        pytest.param(
            rows(3, HOST, look=STILL, heard=VOICE) + rows(12, HOST, look=STILL, heard=Heard(-60)),
            [],
            id="still, and a last word",
        ),
        pytest.param(rows(32, HOST, look=STILL), ["frozen raised"], id="still for three times as long"),
        pytest.param(
            rows(12, HOST, look=STILL, heard=VOICE) + rows(5, HOST, look=NOISY),
            ["frozen raised", "frozen over"],
            id="frozen, then not",
        ),
        pytest.param(
            rows(12, HOST, look=STILL, heard=VOICE) + rows(5, PRODUCT, look=STILL),
            ["frozen raised", "frozen over"],
            id="frozen, then a slate",
        ),
        pytest.param(
            rows(60, HOST, scene="别的", look=STILL, heard=VOICE), [], id="still, in a scene a hand has put on air"
        ),
        pytest.param(
            (rows(9, HOST, look=STILL, heard=VOICE) + rows(0.5, HOST, look=Look(0.4, 0.1, None))) * 5,
            [],
            id="still scenes one after the other",
        ),
        pytest.param(rows(14, HOST, heard=MUTE), [], id="silent for less than fifteen seconds"),
        pytest.param(rows(17, HOST, heard=MUTE), ["silent raised"], id="silent"),
        pytest.param(rows(60, HOST, heard=ROOM), [], id="a room where nobody speaks"),
        pytest.param(rows(60, PRODUCT, heard=MUTE), [], id="silence over a slate"),
        pytest.param(
            rows(60, replace(HOST, standby=True, standby_since_ns=50 * S), heard=MUTE), [], id="silence on standby"
        ),
        pytest.param(rows(60, HOST, scene="别的", heard=MUTE), [], id="silence in a scene a hand has put on air"),
        pytest.param(
            rows(17, HOST, heard=MUTE) + (rows(0.5, HOST, heard=VOICE) + rows(0.5, HOST, heard=MUTE)) * 4,
            ["silent raised", "silent over"],
            id="speech through a noise gate ends a silence",
        ),
        pytest.param(
            rows(17, HOST, heard=MUTE) + rows(60, HOST, heard=Heard(-54)), ["silent raised"], id="barely less silent"
        ),
        pytest.param(
            rows(10, HOST, heard=MUTE) + rows(0.5, HOST, heard=VOICE) + rows(10, HOST, heard=MUTE),
            [],
            id="one word within a silence",
        ),
    ],
)
def test_what_is_seen_and_heard(samples: list[Sample], expected: list[str]) -> None:
    assert kinds(judged(samples)) == expected


def test_a_black_picture_begins_with_the_last_bright_look_and_ends_with_the_first() -> None:
    raised, over = judged(rows(5, HOST, look=BRIGHT) + rows(4, HOST, look=BLACK) + rows(5, HOST, look=BRIGHT))
    assert (raised.began_ns, over.began_ns, over.lasted_ms, over.value) == (5.5 * S, 5.5 * S, 4_500, "1 %")
    assert raised.at_ns == 7.5 * S


def test_limits_are_those_that_are_given() -> None:
    limits = Limits(black_ms=500, silent_ms=500, silent_db=-10, black_luma=0.5)
    dark = Look(0.45, 0.99, 1.0)
    assert kinds(judged(rows(1.5, HOST, look=dark, heard=VOICE), limits)) == ["silent raised", "black raised"]


# Clipping ---------------------------------------------------------------------------------------------------------


def clips(*spans_ms: int) -> list[Sample]:
    return [Sample(0, HOST, heard=Heard(-1.0, clipped)) for clipped in spans_ms]


@pytest.mark.parametrize(
    ("samples", "expected"),
    [
        pytest.param(clips(*[500] * 3), ["clipping raised"], id="a second and a half"),
        pytest.param(clips(*[500] * 2), [], id="a second"),
        pytest.param(clips(*([300] + [0] * 3) * 4), [], id="less than that within any ten seconds"),
        pytest.param(clips(*([400] + [0] * 3) * 4), ["clipping raised"], id="as much within ten seconds"),
        pytest.param(clips(*[500] * 3, *[0] * 30), ["clipping raised", "clipping over"], id="over ten seconds later"),
    ],
)
def test_peaks_that_clip_are_counted_within_ten_seconds(samples: list[Sample], expected: list[str]) -> None:
    assert kinds(judged(samples)) == expected


def test_clipping_begins_with_the_first_peak_and_ends_with_the_last() -> None:
    raised, over = judged(clips(0, 0, 500, 500, 500, *[0] * 30))
    assert (raised.began_ns, over.ended_ns, raised.value) == (1.5 * S, 3 * S, "1.5 s")


# Facts ------------------------------------------------------------------------------------------------------------


def every_second(facts: Iterable[Facts], expected: Expected) -> Iterator[Sample]:
    for one in facts:
        yield Sample(0, expected, facts=one)
        yield Sample(0, expected)


def counted(*skipped: int, name: str = "rendered", start: int = 0) -> list[Facts]:
    """Thirty frames a second, of them so many skipped in each."""
    found, sum_skipped = [Facts(**{name: (0, start)})], 0
    for second, one in enumerate(skipped, start=1):
        sum_skipped += one
        found.append(Facts(**{name: (sum_skipped, start + 30 * second)}))
    return found


@pytest.mark.parametrize("name", ["rendered", "encoded", "sent"])
def test_frames_skipped_anywhere_are_one_alarm(name: str) -> None:
    changes = judged(every_second(counted(*[0] * 10, *[3] * 5, *[0] * 15, name=name), HOST))
    assert kinds(changes) == ["frames_skipped raised", "frames_skipped over"]
    assert (changes[0].began_ns, changes[1].ended_ns) == (11 * S, 16 * S)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        pytest.param(counted(*[0] * 20), [], id="none"),
        pytest.param(counted(3), [], id="a hiccup at the start"),
        pytest.param(counted(30), ["frames_skipped raised"], id="a whole second at the start"),
        pytest.param(counted(*([5] + [0] * 9) * 3), [], id="five of three hundred"),
        pytest.param(counted(*([6] + [0] * 9) * 3), ["frames_skipped raised"], id="six of three hundred"),
        pytest.param([*counted(*([0] * 10)), Facts(rendered=(900, 1000))], ["frames_skipped raised"], id="nearly all"),
        pytest.param([*counted(*([0] * 10), start=5000), Facts(rendered=(4, 5))], [], id="OBS was started again"),
        pytest.param([Facts(rendered=(0, 0))] * 5, [], id="no frames at all"),
        pytest.param([Facts()] * 5, [], id="nothing told"),
    ],
)
def test_the_share_of_skipped_frames_is_that_of_ten_seconds(facts: list[Facts], expected: list[str]) -> None:
    assert kinds(judged(every_second(facts, HOST))) == expected


RECORDING = Expected(scene="主播", recording=True)


def recorded(*states: Recording, free: int | None = None) -> list[Facts]:
    return [Facts(recording=state, free=free) for state in states]


def growing(seconds: int, start: int = 0, rate: int = 1_000_000) -> list[Recording]:
    return [Recording(True, False, at * 1_000, at * rate) for at in range(start, start + seconds)]


OFF, PAUSED = Recording(False, False, 0, 0), Recording(True, True, 9_000, 9_000_000)


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        pytest.param(growing(20), [], id="grows"),
        pytest.param(growing(1) * 2 + growing(20), [], id="begins to grow two seconds late"),
        pytest.param([OFF] * 10, ["recording_stalled raised off"], id="never started"),
        pytest.param(growing(5) + [PAUSED] * 5, ["recording_stalled raised paused"], id="paused"),
        pytest.param(growing(5) + growing(1, 4) * 5, ["recording_stalled raised 4 s"], id="stands still"),
        pytest.param(growing(5) + growing(20), [], id="a new file"),
        pytest.param([Recording(True, False, 500, at) for at in range(20)], [], id="only its bytes grow"),
        pytest.param(
            [OFF] * 5 + growing(5),
            ["recording_stalled raised off", "recording_stalled over off"],
            id="started late",
        ),
    ],
)
def test_a_recording_that_should_run_must_grow(states: list[Recording], expected: list[str]) -> None:
    changes = judged(every_second(recorded(*states), RECORDING))
    assert [f"{kind} {change.value}" for kind, change in zip(kinds(changes), changes, strict=True)] == expected


def test_a_stalled_recording_counts_from_when_it_last_grew() -> None:
    (raised,) = judged(every_second(recorded(*growing(5), *growing(1, 4) * 5), RECORDING))
    assert (raised.began_ns, raised.at_ns) == (5 * S, 8 * S)


def test_a_recording_that_is_not_wanted_may_stand_still() -> None:
    assert judged(every_second(recorded(*[OFF] * 20, free=0), HOST)) == []


def minutes(count: float) -> int:
    """Bytes of so many minutes at a million a second."""
    return round(count * 60_000_000)


@pytest.mark.parametrize(
    ("free", "expected"),
    [
        pytest.param([minutes(31)] * 20, [], id="enough"),
        pytest.param([minutes(29)] * 20, ["disk_low raised"], id="too little"),
        pytest.param([minutes(29)] * 9, [], id="the rate is not known yet"),
        pytest.param([None] * 20, [], id="not told"),
        pytest.param([minutes(29)] * 15 + [minutes(32)] * 15, ["disk_low raised"], id="hardly more"),
        pytest.param([minutes(29)] * 15 + [minutes(40)] * 15, ["disk_low raised", "disk_low over"], id="more"),
    ],
)
def test_the_disk_must_hold_half_an_hour_at_the_measured_rate(free: list[int | None], expected: list[str]) -> None:
    facts = [Facts(recording=state, free=left) for state, left in zip(growing(len(free)), free, strict=True)]
    assert kinds(judged(every_second(facts, RECORDING))) == expected


def test_the_rate_that_was_measured_holds_for_the_next_recording() -> None:
    states = [*growing(15), *growing(5)]
    facts = [Facts(recording=state, free=minutes(40 if at < 15 else 20)) for at, state in enumerate(states)]
    (raised,) = judged(every_second(facts, RECORDING))
    assert (raised.kind, raised.value, raised.at_ns) == ("disk_low", "20 min", 16 * S)


@pytest.mark.parametrize(
    ("wanted", "state", "seconds", "expected"),
    [
        pytest.param(True, "on", 20, [], id="on"),
        pytest.param(True, "reconnecting", 1, ["stream_reconnecting raised reconnecting"], id="reconnecting"),
        pytest.param(True, "off", 5, [], id="connecting"),
        pytest.param(True, "off", 8, ["stream_reconnecting raised off"], id="off"),
        pytest.param(True, None, 20, [], id="not told"),
        pytest.param(False, "off", 20, [], id="not wanted"),
    ],
)
def test_a_stream_that_is_wanted_must_be_connected(wanted: bool, state: Any, seconds: int, expected: list[str]) -> None:
    facts = [Facts(stream=state)] * seconds
    changes = judged(every_second(facts, Expected(scene="主播", stream=wanted)))
    assert [f"{kind} {change.value}" for kind, change in zip(kinds(changes), changes, strict=True)] == expected


@pytest.mark.parametrize(
    ("wanted", "on", "expected"),
    [(True, True, []), (True, False, ["camera_off raised"]), (True, None, []), (False, False, [])],
)
def test_a_virtual_camera_that_is_wanted_must_be_on(wanted: bool, on: bool | None, expected: list[str]) -> None:
    assert kinds(judged(every_second([Facts(camera=on)] * 5, Expected(scene="主播", camera=wanted)))) == expected


# Standby, ends, takeovers ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(179, []), (182, ["standby_too_long raised"])],
)
def test_the_standby_slate_may_cover_trouble_for_three_minutes(seconds: int, expected: list[str]) -> None:
    assert kinds(judged(rows(seconds, STANDBY))) == expected


def test_standby_counts_from_the_directors_instant_and_ends_with_the_slate() -> None:
    early = replace(STANDBY, standby_since_ns=S - 200 * S)
    raised, over = judged(rows(5, early) + rows(1, HOST))
    assert (raised.began_ns, over.lasted_ms) == (-199 * S, 205_000)


def test_the_end_of_a_session_ends_every_alarm() -> None:
    judge = Judge()
    for step, sample in enumerate(rows(30, HOST, look=replace(BLACK, moved=0.0), heard=MUTE)):
        judge.judge(told(step, sample), LIMITS)
    assert sorted(kinds(judge.end(40 * S))) == ["black over", "silent over"]
    assert judge.end(41 * S) == ()


def test_a_new_watch_ends_what_an_earlier_one_has_raised() -> None:
    judge = Judge({"black": 0})
    changes = [judge.judge(told(step, one), LIMITS) for step, one in enumerate(rows(2, HOST, look=BRIGHT))]
    assert [(change.kind, change.raised, change.began_ns) for row in changes for change in row] == [("black", False, 0)]


def test_nothing_known_is_nothing_wrong() -> None:
    everything = replace(HOST, recording=True, stream=True, camera=True)
    assert judged(rows(120, everything)) == []


def test_every_kind_of_trouble_is_judged() -> None:
    everything = replace(HOST, recording=True, stream=True, camera=True, standby_since_ns=0)
    judge, seen = Judge(), set()
    facts = Facts((0, 0), None, None, 1, growing(1)[0], "off", False)
    for step in range(100):
        standby = replace(everything, standby=step > 60)
        second = replace(facts, rendered=(step * 15, step * 15))
        second = replace(second, recording=growing(1, min(step, 40))[0])
        look = replace(BLACK, moved=0.0) if step > 50 else STILL
        sample = Sample(0, standby, None, look, Heard(-60.0, 500), second)
        seen |= {change.kind for change in judge.judge(told(step, sample), Limits(standby_ms=1_000, frozen_ms=3_000))}
    assert seen == set(KINDS)
