"""When hard-timed rows go on air, on ordinary days and on nights when the clock changes."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.clock import NS_PER_MS, NS_PER_S, wall_ns
from studio.model.runsheet import Cue, Follows, RunSheet
from studio.schedules.binding import bound, hard_instants, share_studio

SHANGHAI = "Asia/Shanghai"
BERLIN = "Europe/Berlin"
NEW_YORK = "America/New_York"


def cue(
    identity: str,
    start_ms: int,
    duration_ms: int = 10,
    *,
    studios: tuple[str, ...] = (),
    time: str | None = None,
    follows: Follows | None = None,
) -> Cue:
    return Cue(identity, start_ms, duration_ms, "host", identity, studios=studios, time=time, follows=follows)


def sheet(*cues: Cue) -> RunSheet:
    return RunSheet("s", "s", cues)


@pytest.mark.parametrize(
    ("zone", "start", "clock", "shown"),
    [
        pytest.param(SHANGHAI, "2026-12-04T19:30+08:00", "20:00:00", "2026-12-04T20:00+08:00", id="the same evening"),
        pytest.param(SHANGHAI, "2026-12-04T19:30+08:00", "19:30:00", "2026-12-04T19:30+08:00", id="at the start"),
        pytest.param(SHANGHAI, "2026-12-04T19:30:01+08:00", "19:30:00", "2026-12-05T19:30+08:00", id="just missed"),
        pytest.param(SHANGHAI, "2026-12-04T23:30+08:00", "00:15:00", "2026-12-05T00:15+08:00", id="after midnight"),
        pytest.param(SHANGHAI, "2026-12-31T23:30+08:00", "00:00:00", "2027-01-01T00:00+08:00", id="midnight itself"),
        pytest.param(SHANGHAI, "2026-12-04T12:30+01:00", "20:00:00", "2026-12-04T20:00+08:00", id="start elsewhere"),
        pytest.param(BERLIN, "2026-03-29T01:30+01:00", "02:30:00", "2026-03-29T03:30+02:00", id="skipped in Berlin"),
        pytest.param(BERLIN, "2026-03-29T03:10+02:00", "02:30:00", "2026-03-29T03:30+02:00", id="skipped, begun after"),
        pytest.param(BERLIN, "2026-03-29T03:31+02:00", "02:30:00", "2026-03-30T02:30+02:00", id="skipped and missed"),
        pytest.param(BERLIN, "2026-03-29T01:30+01:00", "03:30:00", "2026-03-29T03:30+02:00", id="behind the gap"),
        pytest.param(BERLIN, "2026-03-28T23:30+01:00", "20:00:00", "2026-03-29T20:00+02:00", id="the evening after"),
        pytest.param(BERLIN, "2026-10-25T01:30+02:00", "02:30:00", "2026-10-25T02:30+02:00", id="first of two"),
        pytest.param(BERLIN, "2026-10-25T02:40+02:00", "02:30:00", "2026-10-25T02:30+01:00", id="second of two"),
        pytest.param(BERLIN, "2026-10-25T02:10+01:00", "02:30:00", "2026-10-25T02:30+01:00", id="begun in the second"),
        pytest.param(BERLIN, "2026-10-25T02:40+01:00", "02:30:00", "2026-10-26T02:30+01:00", id="both missed"),
        pytest.param(BERLIN, "2026-10-25T01:30+02:00", "03:00:00", "2026-10-25T03:00+01:00", id="behind the two"),
        pytest.param(
            NEW_YORK, "2026-03-08T01:30-05:00", "02:30:00", "2026-03-08T03:30-04:00", id="skipped in New York"
        ),
        pytest.param(NEW_YORK, "2026-03-08T01:30-05:00", "03:00:00", "2026-03-08T03:00-04:00", id="the gap's end"),
        pytest.param(NEW_YORK, "2026-11-01T00:30-04:00", "01:30:00", "2026-11-01T01:30-04:00", id="first in New York"),
        pytest.param(NEW_YORK, "2026-11-01T01:45-04:00", "01:30:00", "2026-11-01T01:30-05:00", id="second in New York"),
        pytest.param(
            NEW_YORK, "2026-10-31T23:30-04:00", "02:00:00", "2026-11-01T02:00-05:00", id="a night of 25 hours"
        ),
    ],
)
def test_a_row_is_tied_to_the_first_time_the_clock_shows_it(zone: str, start: str, clock: str, shown: str) -> None:
    rows = sheet(cue("free", 0), cue("tied", 10, time=clock))
    found = hard_instants(rows, datetime.fromisoformat(start), ZoneInfo(zone))
    assert found == {"tied": wall_ns(datetime.fromisoformat(shown))}


CHANGES = (95_460, 125_340, 427_740, 438_120)
"""Minutes of 2026 (UTC) at which the clocks of New York and Berlin change, spring and autumn."""


def walked(start: datetime, clock: str, zone: ZoneInfo) -> datetime:
    """The first minute since ``start`` at which ``clock`` is shown, also by a clock that nobody has put forward."""
    minute = start - timedelta(hours=4)
    offset = minute.astimezone(zone).utcoffset()
    old, until = offset, minute
    while True:
        now = minute.astimezone(zone).utcoffset()
        assert now is not None and offset is not None and old is not None
        if now > offset:
            old, until = offset, minute + (now - offset)
        offset = now
        shown = {f"{minute + now:%H:%M:%S}"} | ({f"{minute + old:%H:%M:%S}"} if minute < until else set())
        if clock in shown and minute >= start:
            return minute
        minute += timedelta(minutes=1)


@given(
    st.one_of(st.integers(0, 525_600), *(st.integers(at - 900, at + 300) for at in CHANGES)),
    st.integers(0, 1_439),
    st.sampled_from([SHANGHAI, BERLIN, NEW_YORK, "Australia/Lord_Howe", "America/St_Johns"]),
)
def test_it_is_the_minute_a_patient_watcher_sees(minutes: int, clock_minute: int, zone_name: str) -> None:
    zone = ZoneInfo(zone_name)
    start = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    clock = f"{clock_minute // 60:02}:{clock_minute % 60:02}:00"
    found = hard_instants(sheet(cue("tied", 0, time=clock)), start, zone)["tied"]
    assert found == wall_ns(walked(start, clock, zone))


START = 1_000 * NS_PER_S


def placed(*cues: Cue, **hard_ms: int) -> dict[str, int]:
    hard = {name: START + at * NS_PER_MS for name, at in hard_ms.items()}
    return {row.id: row.start_ms for row in bound(sheet(*cues), hard, START).cues}


@pytest.mark.parametrize(
    ("cues", "hard_ms", "starts"),
    [
        pytest.param([cue("a", 0), cue("b", 10)], {}, {"a": 0, "b": 10}, id="nothing is tied"),
        pytest.param([cue("a", 0), cue("h", 10), cue("b", 20)], {"h": 15}, {"a": 0, "h": 15, "b": 25}, id="later"),
        pytest.param([cue("a", 0), cue("h", 10), cue("b", 20)], {"h": 7}, {"a": 0, "h": 7, "b": 17}, id="earlier"),
        pytest.param([cue("a", 0), cue("h", 10), cue("b", 40)], {"h": 15}, {"a": 0, "h": 15, "b": 40}, id="a gap"),
        pytest.param(
            [cue("a", 0), cue("h", 10), cue("b", 22)], {"h": 15}, {"a": 0, "h": 15, "b": 25}, id="gap used up"
        ),
        pytest.param([cue("a", 5), cue("h", 15)], {"h": -3}, {"a": 5, "h": 5}, id="before the row above"),
        pytest.param(
            [cue("a", 0), cue("h", 10), cue("b", 20), cue("k", 30), cue("c", 40)],
            {"h": 15, "k": 60},
            {"a": 0, "h": 15, "b": 25, "k": 60, "c": 70},
            id="two of them",
        ),
        pytest.param(
            [cue("a", 0), cue("h", 10, studios=("x",)), cue("y", 10, studios=("y",)), cue("z", 20, studios=("y",))],
            {"h": 15},
            {"a": 0, "y": 10, "h": 15, "z": 20},
            id="another studio's rows stay",
        ),
        pytest.param(
            [cue("h", 0, studios=("x",)), cue("l", 4, studios=("y",), follows=Follows("h", 4)), cue("m", 14)],
            {"h": 5},
            {"h": 5, "l": 9, "m": 19},
            id="a linked row goes with its leader",
        ),
    ],
)
def test_rows_move_with_the_hard_timed_row_before_them(
    cues: list[Cue], hard_ms: dict[str, int], starts: dict[str, int]
) -> None:
    assert placed(*cues, **hard_ms) == starts
    assert list(placed(*cues, **hard_ms)) == list(starts)


@given(
    st.lists(
        st.tuples(
            st.integers(0, 20),
            st.integers(1, 30),
            st.sampled_from([(), ("x",), ("y",)]),
            st.integers(-9, 90) | st.none(),
        ),
        max_size=8,
    )
)
def test_every_studio_keeps_its_rows_in_order(rows: list[tuple[int, int, tuple[str, ...], int | None]]) -> None:
    cues: list[Cue] = []
    for at, (gap, length, studios, _hard) in enumerate(rows):
        cues.append(cue(f"c{at}", (cues[-1].end_ms if cues else 0) + gap, length, studios=studios))
    hard = {f"c{at}": START + hard * NS_PER_MS for at, (*_row, hard) in enumerate(rows) if hard is not None}
    found = bound(sheet(*cues), hard, START).cues
    assert sorted((row.id, row.duration_ms) for row in found) == [(row.id, row.duration_ms) for row in cues]
    assert [row.start_ms for row in found] == sorted(row.start_ms for row in found)
    for studio in ("x", "y"):
        mine = [row.id for row in found if not row.studios or studio in row.studios]
        assert mine == [row.id for row in cues if not row.studios or studio in row.studios]


@pytest.mark.parametrize(
    ("one", "other", "share"),
    [((), (), True), ((), ("x",), True), (("x",), ("y", "x"), True), (("x",), ("y",), False)],
)
def test_who_shares_a_studio(one: tuple[str, ...], other: tuple[str, ...], share: bool) -> None:
    assert share_studio(cue("a", 0, studios=one), cue("b", 0, studios=other)) is share
