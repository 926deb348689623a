"""The figures of a run, from a log and order lines written by hand."""

from dataclasses import fields, replace
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from studio.asrun.events import (
    CueEnded,
    Event,
    Intended,
    LinkChanged,
    Record,
    Refused,
    RunEnded,
    RunStarted,
    Stamp,
    TimedOut,
)
from studio.clock import NS_PER_MS, NS_PER_S, wall_ns
from studio.errors import NotReady
from studio.i18n import _
from studio.jobs.review import Film, Sales, review, takes
from studio.model.figures import RecordingFigures, SourceFile, Totals
from studio.model.person import Person
from studio.model.plan import Assets, LanePlan, Plan
from studio.model.runsheet import Cue, Product, RunSheet
from studio.model.sales import OrderLine, OrderStatus
from studio.model.scene import Rect, SceneFile
from studio.model.studio import Canvas, Studio, Venue
from studio.model.workspace import Workspace
from studio.recordings.align import Alignment

ZONE = ZoneInfo("Asia/Shanghai")
START = datetime(2026, 12, 4, 23, 59, 50, tzinfo=ZONE)  # the session crosses midnight
MONO = 1_000 * NS_PER_S

JUICE = Product("juice", "沙棘汁", 5_990, platform_ids=("100", "101"))
BEANS = Product("beans", "红芸豆", 2_990, platform_ids=("200",))
CUES = (
    Cue("open", 0, 10_000, "opening", "开场", host="li"),
    Cue("juice", 10_000, 10_000, "closeup", "沙棘汁", product="juice", host="li", cohost="wang"),
    Cue("beans", 20_000, 10_000, "twoshot", "红芸豆", product="beans", host="li"),
)
MAIN = Studio("main", "主直播间", "127.0.0.1", 4455, "main", "portrait", main=True)
SPEC = SceneFile("portrait", Canvas(1080, 1920, 30), Rect(0, 0, 1080, 1920), ())
PLAN = Plan("run-1", "s1", "沙棘专场", RunSheet("s", "s", CUES, (JUICE, BEANS)), (LanePlan(MAIN, SPEC, Assets()),))
HOUSE = Workspace(
    Path("/house"),
    Venue("岢岚", "Asia/Shanghai", (MAIN,)),
    people=(Person("li", "李晓云", ("host",)), Person("wang", "王强", ("cohost",))),
)


def log(*events: tuple[float, str, Event]) -> list[Record]:
    """Records at seconds after the start."""
    begun = RunStarted("hash", "沙棘专场", MONO, wall_ns(START))
    return [
        Record(seq, Stamp("run-1", "b", MONO + round(at * NS_PER_S), 0, "s1", "main" if cue else "", cue), event)
        for seq, (at, cue, event) in enumerate([(0.0, "", begun), *events], 1)
    ]


def on_time(cue: Cue, late_ms: int = 0) -> tuple[float, str, Event]:
    planned = MONO + cue.start_ms * NS_PER_MS
    started = planned + late_ms * NS_PER_MS
    word = "late" if late_ms > 50 else "on_time"
    return started / NS_PER_S - 1_000, cue.id, CueEnded(word, planned, late_ms, started, started, started + 1)


ALL_ON_TIME = log(*(on_time(cue) for cue in CUES), (30.0, "", RunEnded("finished")))


def line(number: int, product: str, after_s: float, fen: int = 5_990, *, order: int | None = None, paid: bool = True):
    created = START + timedelta(seconds=after_s)
    return OrderLine(
        platform="doudian",
        order_id=f"o{number if order is None else order}",
        line_id=f"l{number}",
        product_id=product,
        product_name=f"name of {product}",
        sku="",
        quantity=2,
        payable_fen=fen,
        freight_fen=600,
        raw_status="已支付" if paid else "待支付",
        status=OrderStatus.PAID if paid else OrderStatus.UNPAID,
        created_at=created,
        row=number + 1,
        paid_at=created if paid else None,
    )


LINES = (
    line(1, "100", 12),
    line(2, "101", 25, order=1),  # juice again, within the lag of its cue
    line(3, "200", 12),  # beans before their cue
    line(4, "200", 22),
    line(5, "999", 22, fen=128_000),
    line(6, "200", 23, paid=False),
    line(7, "100", 3_600),
)


def figures(records=ALL_ON_TIME, lines=LINES, films=(), lag_ms=10_000):
    return review(PLAN, records, HOUSE, "main", films, Sales(lines, lag_ms=lag_ms))


def add(parts: list[Totals]) -> dict[str, int]:
    return {
        name: sum(getattr(part, name) for part in parts)
        for name in ("lines", "units", "paid_fen", "freight_fen", "submitted_fen")
    }


def test_cues_and_what_belongs_to_none_add_up_to_the_totals() -> None:
    found = figures()
    assert add([*(cue.sales for cue in found.cues), found.unattributed]) == add([found.totals])


def test_products_add_up_to_the_totals() -> None:
    found = figures()
    assert add([product.sales for product in found.products]) == add([found.totals])


def test_the_curve_and_what_lies_outside_it_add_up_to_the_totals() -> None:
    found = figures()
    inside = sum(bucket.paid_fen for bucket in found.curve)
    assert inside + found.before.paid_fen + found.after.paid_fen == found.totals.paid_fen
    assert found.after.lines == 1


def test_a_product_is_counted_under_any_of_its_platform_ids() -> None:
    juice = figures().products[0]
    assert (juice.product, juice.sales.lines, juice.times, juice.on_air_ms) == ("juice", 3, 1, 10_000)


def test_what_was_sold_without_being_in_the_line_up_comes_last_under_its_own_name() -> None:
    other = figures().products[-1]
    assert (other.planned, other.name, other.sales.paid_fen) == (False, "name of 999", 128_000)


def test_an_order_after_its_cue_counts_within_the_lag_only() -> None:
    assert figures(lag_ms=10_000).cues[1].sales.lines == 2
    assert figures(lag_ms=1_000).cues[1].sales.lines == 1


def test_instants_are_in_the_venues_zone_across_midnight() -> None:
    found = figures()
    assert found.cues[1].planned_start.isoformat() == "2026-12-05T00:00:00+08:00"
    assert found.actual_end == START + timedelta(seconds=30)


def test_a_late_cue_shortens_itself_and_lengthens_the_one_before() -> None:
    found = figures(log(on_time(CUES[0]), on_time(CUES[1], 3_000), on_time(CUES[2])))
    assert [cue.actual_ms for cue in found.cues] == [13_000, 7_000, 10_000]
    assert found.cues[1].late_ms == 3_000


def test_a_skipped_cue_has_no_sales_and_the_one_before_stays_on() -> None:
    skipped = (10.0, "juice", CueEnded("skipped", MONO, why="stopped"))
    found = figures(log(on_time(CUES[0]), skipped, on_time(CUES[2])))
    assert [cue.actual_ms for cue in found.cues] == [20_000, None, 10_000]
    assert (found.cues[1].actual_start, found.cues[1].verdict, found.cues[1].sales.lines) == (None, "skipped", 0)
    assert "沙棘汁" in found.incidents[0]


def test_a_run_that_was_stopped_ends_when_it_was() -> None:
    found = figures(log(on_time(CUES[0]), (5.0, "", RunEnded("stopped"))))
    assert found.actual_end == START + timedelta(seconds=5)
    assert [cue.verdict for cue in found.cues] == ["on_time", "skipped", "skipped"]


def test_a_run_of_which_no_cue_went_on_air_has_figures_all_the_same() -> None:
    found = figures(log(*((1.0, cue.id, CueEnded("refused", MONO, why="no")) for cue in CUES)))
    assert [(cue.actual_start, cue.sales.lines) for cue in found.cues] == [(None, 0)] * 3
    assert found.unattributed == found.totals


def test_hosts_are_named_once_in_the_order_they_speak() -> None:
    assert figures().hosts == ("李晓云", "王强")


def test_a_lost_link_is_an_incident() -> None:
    lost = (12.0, "", LinkChanged(False, "no route"))
    assert any("no route" in incident for incident in figures(log(on_time(CUES[0]), lost)).incidents)


def test_a_run_that_never_went_on_air_has_no_figures() -> None:
    with pytest.raises(NotReady):
        figures(log()[1:])


def test_a_session_without_a_sale_has_figures_all_the_same() -> None:
    found = figures(lines=())
    assert found.totals == Totals()
    assert all(cue.sales == Totals() for cue in found.cues)


def test_takes_are_the_cues_that_changed_the_scene() -> None:
    unproved = (10.0, "juice", CueEnded("unconfirmed", MONO))
    assert takes(PLAN, log(on_time(CUES[0]), unproved), "main") == {"open": MONO}


def test_the_recordings_residual_stands_beside_its_cue() -> None:
    film = RecordingFigures("a.mkv", "0" * 64, 1, 1, 1, 1, 30.0, "h264", "aac")
    alignment = Alignment(0, 16.7, (12.5, None), (0, None), ())
    found = figures(films=(Film(film, Path("a.mkv"), ("open", "beans"), alignment),))
    assert [cue.picture_error_ms for cue in found.cues] == [12.5, None, None]


def test_every_totals_field_is_summed_somewhere() -> None:
    """A new field of Totals must be added to ``add`` above, or be known not to add up."""
    assert {field.name for field in fields(Totals)} - set(add([])) == {"orders", "refunded_fen"}


def test_the_plan_of_another_day_says_when_it_was_planned() -> None:
    plan = replace(PLAN, start_wall_ns=wall_ns(START - timedelta(minutes=3)))
    found = review(plan, ALL_ON_TIME, HOUSE, "main", (), Sales())
    assert found.planned_start == START - timedelta(minutes=3)


def test_a_run_without_an_appointed_start_has_none() -> None:
    assert figures().planned_start is None


def test_what_is_made_up_stays_made_up() -> None:
    assert review(PLAN, ALL_ON_TIME, HOUSE, "main", (), Sales(LINES, made_up=True)).made_up
    assert not figures().made_up


def test_every_row_of_the_order_file_is_counted_in_one_place() -> None:
    found = figures()
    parts = [*(cue.rows for cue in found.cues), found.unattributed_rows, found.unpaid_rows]
    assert sorted(row for part in parts for row in part) == [line.row for line in LINES]
    assert [len(cue.rows) for cue in found.cues] == [cue.sales.lines for cue in found.cues]
    assert found.cues[1].rows == (2, 3)
    assert found.unpaid_rows == (7,)


def test_rows_of_several_files_are_not_told() -> None:
    sources = (SourceFile("a.csv", "0" * 64, 4), SourceFile("b.csv", "1" * 64, 3))
    found = review(PLAN, ALL_ON_TIME, HOUSE, "main", (), Sales(LINES, sources))
    assert (found.unattributed_rows, found.unpaid_rows, {cue.rows for cue in found.cues}) == ((), (), {()})


def test_unknown_states_are_counted_by_what_the_file_calls_them() -> None:
    odd = [
        replace(line(number, "100", 12), status=OrderStatus.UNKNOWN, raw_status=state)
        for number, state in enumerate(("待拼团", "x", "待拼团"), 20)
    ]
    assert figures(lines=(*LINES, *odd)).unknown_states == (("待拼团", 2), ("x", 1))
    assert figures().unknown_states == ()


def asked(number: str, kind: str) -> Event:
    return Intended(number, kind, {}, "because")


def test_a_refused_request_of_no_cue_is_an_incident() -> None:
    found = figures(log((-2.0, "", asked("1", "StartRecord")), (-1.0, "", Refused("1", 500, "disk is full"))))
    assert [_("start the recording") in text and "disk is full" in text for text in found.incidents] == [True]
    assert found.incidents[0].startswith("-0:01")


def test_a_request_that_nobody_knows_of_is_an_incident() -> None:
    found = figures(log((30.0, "", asked("9", "StopRecord")), (35.0, "", TimedOut("9", "no reply"))))
    assert [_("stop the recording") in text and "no reply" in text for text in found.incidents] == [True]


def test_a_refusal_that_the_verdict_tells_of_is_told_once() -> None:
    refusal = (10.0, "juice", Refused("4", 600, "no such scene"))
    ended = (10.0, "juice", CueEnded("refused", MONO, why="no such scene"))
    found = figures(log((9.9, "juice", asked("4", "SetCurrentProgramScene")), refusal, ended))
    assert len(found.incidents) == 1


def test_a_refusal_beside_a_cue_on_time_is_told() -> None:
    refusal = (9.0, "juice", Refused("4", 600, "no such file"))
    found = figures(log((8.9, "juice", asked("4", "SetInputSettings")), refusal, on_time(CUES[1])))
    assert ["no such file" in text and "沙棘汁" in text for text in found.incidents] == [True]
