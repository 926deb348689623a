"""What floor control changes on air, and what becomes of the sheet by it."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.errors import RefusedByRule
from studio.model.runsheet import Cue, Follows, Late, Product, RunSheet, Transition
from studio.schedules.edits import Edit, Insert, Move, Price, Stock, Swap, apply_edit, from_dict, replay, to_dict
from studio.schedules.rundown import for_studio

pytestmark = pytest.mark.usefixtures("english")

JUICE = Product(
    "juice", "沙棘汁", 5_990, 7_990, "店铺成交价", 100, 1, ("酸甜",), ("报告",), ("100",), "https://example.com/1"
)
BEANS = Product("beans", "红芸豆", 2_990)
LAMB = Product("lamb", "羊腿", 8_900, 10_800)


def cue(identity: str, start_ms: int, duration_ms: int = 10, **more: Any) -> Cue:
    return replace(Cue(identity, start_ms, duration_ms, "host", identity), **more)


def sheet(*cues: Cue) -> RunSheet:
    return RunSheet("s", "s", cues, (JUICE, BEANS))


SHEET = sheet(cue("a", 0, product="juice"), cue("b", 10, product="beans"), cue("c", 20))


def places(found: RunSheet) -> dict[str, int]:
    return {row.id: row.start_ms for row in found.cues}


def test_a_row_shows_another_product() -> None:
    found = apply_edit(SHEET, Swap("b", LAMB))
    assert [row.product for row in found.cues] == ["juice", "lamb", None]
    assert found.products == (JUICE, LAMB)


def test_a_product_swapped_in_keeps_the_price_of_this_run() -> None:
    cheaper = apply_edit(SHEET, Price("juice", 4_990))
    found = apply_edit(cheaper, Swap("c", JUICE))
    assert found.product("juice") == replace(JUICE, live_price_fen=4_990)


def test_a_price_and_a_stock_change_for_every_row() -> None:
    found = apply_edit(apply_edit(SHEET, Price("juice", 7_990)), Stock("juice", 0))
    assert found.products == (replace(JUICE, live_price_fen=7_990, stock=0), BEANS)
    assert found.cues == SHEET.cues


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        pytest.param(None, {"x": 0, "a": 5, "b": 15, "c": 25}, id="in front"),
        pytest.param("a", {"a": 0, "x": 10, "b": 15, "c": 25}, id="between"),
        pytest.param("c", {"a": 0, "b": 10, "c": 20, "x": 30}, id="at the end"),
    ],
)
def test_a_row_is_put_in(after: str | None, expected: dict[str, int]) -> None:
    found = places(apply_edit(SHEET, Insert(after, cue("x", 999, 5))))
    assert (found, list(found)) == (expected, list(expected))


def test_a_row_brings_its_product() -> None:
    found = apply_edit(SHEET, Insert("b", cue("x", 0, product="lamb"), LAMB))
    assert [product.id for product in found.products] == ["juice", "beans", "lamb"]


@pytest.mark.parametrize(
    ("row", "after", "expected"),
    [
        pytest.param("a", "b", {"b": 0, "a": 10, "c": 20}, id="one down"),
        pytest.param("a", "c", {"b": 0, "c": 10, "a": 20}, id="to the end"),
        pytest.param("c", None, {"c": 0, "a": 10, "b": 20}, id="to the front"),
        pytest.param("b", "a", {"a": 0, "b": 10, "c": 20}, id="where it was"),
        pytest.param("a", None, {"a": 0, "b": 10, "c": 20}, id="in front where it was"),
    ],
)
def test_a_row_is_moved(row: str, after: str | None, expected: dict[str, int]) -> None:
    found = places(apply_edit(SHEET, Move(row, after)))
    assert (found, list(found)) == (expected, list(expected))


MAIN, AUX = ("main",), ("aux1",)


@pytest.mark.parametrize(
    ("rows", "edit", "expected"),
    [
        pytest.param(
            [cue("a", 0), cue("b", 15), cue("c", 40)],
            Insert("a", cue("x", 0, 5)),
            {"a": 0, "x": 10, "b": 20, "c": 45},
            id="gaps are kept",
        ),
        pytest.param(
            [cue("a", 0), cue("b", 15), cue("c", 40)], Move("b", "c"), {"a": 0, "c": 30, "b": 40}, id="gaps move along"
        ),
        pytest.param(
            [cue("a", 0, studios=MAIN), cue("p", 0, studios=AUX), cue("b", 10)],
            Insert("a", cue("x", 0, 5, studios=MAIN)),
            {"a": 0, "p": 0, "x": 10, "b": 15},
            id="what runs beside stays",
        ),
        pytest.param(
            [cue("a", 0, studios=MAIN), cue("p", 0, studios=AUX), cue("b", 10)],
            Move("a", "b"),
            {"p": 0, "b": 10, "a": 20},
            id="nothing is pulled onto another studio's row",
        ),
        pytest.param(
            [cue("a", 0), cue("b", 10), cue("h", 30, time="20:00:00"), cue("c", 40)],
            Insert("a", cue("x", 0, 5)),
            {"a": 0, "x": 10, "b": 15, "h": 30, "c": 40},
            id="a hard-timed row stays at its time",
        ),
        pytest.param(
            [cue("a", 0), cue("b", 10), cue("h", 20, time="20:00:00")],
            Insert("a", cue("x", 0, 50)),
            {"a": 0, "x": 10, "b": 20, "h": 20},
            id="and cuts off what is in its way",
        ),
        pytest.param(
            [cue("a", 0), cue("h", 10, time="20:00:00"), cue("b", 20), cue("c", 30)],
            Move("a", "b"),
            {"h": 10, "b": 20, "a": 30, "c": 40},
            id="a row moved over it",
        ),
        pytest.param(
            [cue("t", 0, studios=MAIN), cue("l", 3, 7, studios=AUX, follows=Follows("t", 3)), cue("b", 10)],
            Move("t", "b"),
            {"b": 0, "t": 10, "l": 13},
            id="a linked row comes along",
        ),
        pytest.param(
            [cue("a", 0, studios=MAIN), cue("h", 10, studios=AUX, time="20:00:00"), cue("b", 10, studios=MAIN)],
            Insert("a", cue("x", 0, 5, studios=MAIN)),
            {"a": 0, "x": 10, "h": 10, "b": 15},
            id="another studio's hard-timed row stops nothing",
        ),
        pytest.param([], Insert(None, cue("x", 9)), {"x": 0}, id="into an empty sheet"),
    ],
)
def test_what_becomes_of_the_other_rows(rows: list[Cue], edit: Edit, expected: dict[str, int]) -> None:
    found = places(apply_edit(sheet(*rows), edit))
    assert (found, list(found)) == (expected, list(expected))


LINKED = sheet(*SHEET.cues, cue("l", 30, follows=Follows("b", 20)), cue("h", 40, time="20:00:00"))


@pytest.mark.parametrize(
    ("edit", "says", "remedy"),
    [
        pytest.param(Swap("bb", LAMB), "no row bb", "did you mean “b”?", id="no such row"),
        pytest.param(Swap("a", JUICE), "shows juice already", "another", id="the same product"),
        pytest.param(Swap("a", replace(LAMB, live_price_fen=20_000)), "above its daily", "108.00", id="a dear product"),
        pytest.param(Price("juce", 100), "no product juce", "did you mean “juice”?", id="no such product"),
        pytest.param(Price("juice", 7_991), "price 79.91 of juice would be above its", "at most 79.90", id="too dear"),
        pytest.param(Price("juice", 0), "zero or less", "more than zero", id="free"),
        pytest.param(Stock("juice", -1), "a stock of -1", "0 where it is sold out", id="less than none"),
        pytest.param(Insert("a", cue("b", 0)), "a row b already", "id of its own", id="id taken"),
        pytest.param(Insert("aa", cue("x", 0)), "no row aa", "did you mean “a”?", id="behind no row"),
        pytest.param(Insert("a", cue("x", 0, 0)), "no duration", "such as: 3m", id="no duration"),
        pytest.param(Insert("a", cue("x", 0, product="lamb")), "no product lamb", "juice", id="no such product put in"),
        pytest.param(Insert("a", cue("x", 0, product="lamb"), BEANS), "no product lamb", "", id="another product"),
        pytest.param(Insert("a", cue("x", 0, time="21:00:00")), "tied to a time", "by hand", id="a time put in"),
        pytest.param(Insert("a", cue("x", 0, follows=Follows("q"))), "no row q", "write one of: a", id="a lost link"),
        pytest.param(Move("a", "a"), "cannot come behind a", "before it", id="behind itself"),
        pytest.param(Move("b", "l"), "cannot come behind l", "before it", id="behind what follows it"),
        pytest.param(Move("h", "a"), "tied to 20:00:00", "around it", id="a hard-timed row moved"),
        pytest.param(Move("l", "a"), "tied to b", "around it", id="a linked row moved"),
    ],
)
def test_an_edit_without_sense_is_refused(edit: Edit, says: str, remedy: str) -> None:
    with pytest.raises(RefusedByRule) as refused:
        apply_edit(LINKED, edit)
    assert says in refused.value.message
    assert remedy in refused.value.remedy


def test_undone_edits_are_left_out_and_later_ones_stay() -> None:
    edits: list[tuple[int, Edit]] = [(1, Price("juice", 4_990)), (2, Stock("juice", 7)), (4, Move("a", "c"))]
    found = replay(SHEET, edits, {1, 4})
    assert found == apply_edit(SHEET, Stock("juice", 7))


def test_an_edit_that_needs_an_undone_one_is_refused() -> None:
    with pytest.raises(RefusedByRule, match="no product lamb"):
        replay(SHEET, [(1, Swap("b", LAMB)), (2, Price("lamb", 7_900))], {1})


FULL = cue(
    "x",
    5,
    3,
    transition=Transition("Fade", 300),
    product="juice",
    host="li",
    cohost="wang",
    points=("一",),
    script="念",
    never_say=("原价",),
    late=Late("skip_after", 9),
    studios=MAIN,
    advance="media_end",
    time="20:00:00",
    follows=Follows("a", 9),
    offer_ms=7,
    play=("片头",),
)


@pytest.mark.parametrize(
    "edit",
    [
        Swap("a", JUICE),
        Insert(None, FULL, JUICE),
        Insert("a", FULL),
        Price("juice", 1),
        Stock("juice", 0),
        Move("a", None),
    ],
    ids=lambda edit: type(edit).__name__,
)
def test_an_edit_survives_the_log(edit: Edit) -> None:
    written = json.dumps(to_dict(edit), ensure_ascii=False)
    assert from_dict(json.loads(written)) == edit
    assert to_dict(from_dict(json.loads(written))) == to_dict(edit)


@pytest.mark.parametrize(
    ("values", "says", "remedy"),
    [
        pytest.param({}, "kind “None”", "swap", id="nothing"),
        pytest.param({"kind": "pricce", "product": "a"}, "kind “pricce”", "did you mean “price”?", id="another kind"),
        pytest.param(
            {"kind": "price", "product": "a"}, "“live_price_fen”", "product, live_price_fen", id="a part less"
        ),
        pytest.param({"kind": "price", "product": "a", "live_price_fen": 39.9}, "“live_price_fen”", "", id="yuan"),
        pytest.param({"kind": "insert", "after": None, "row": {"id": "x"}}, "“row.start_ms”", "", id="half a row"),
    ],
)
def test_what_is_no_edit_is_refused(values: dict[str, object], says: str, remedy: str) -> None:
    with pytest.raises(RefusedByRule) as refused:
        from_dict(values)
    assert says in refused.value.message
    assert remedy in refused.value.remedy


NAMES = [f"c{at}" for at in range(8)]
PLAYED = st.sampled_from([(), MAIN, AUX])
ROWS = st.lists(st.tuples(st.integers(0, 5), st.integers(1, 30), PLAYED, st.integers(0, 5)), max_size=6)


@st.composite
def sheets(draw: st.DrawFn) -> RunSheet:
    """Rows of two studios, one in six of them hard-timed."""
    rows: list[Cue] = []
    for at, (gap, length, studios, dice) in enumerate(draw(ROWS)):
        start = max((row.end_ms for row in rows if not row.studios or not studios or row.studios == studios), default=0)
        time = "20:00:00" if dice == 0 else None
        rows.append(cue(NAMES[at], start + gap, length, studios=studios, time=time, product=["juice", "beans"][at % 2]))
    rows.sort(key=lambda row: row.start_ms)
    products = tuple(product for product in (JUICE, BEANS) if any(row.product == product.id for row in rows))
    return RunSheet("s", "s", tuple(rows), products)


ANY_NAME = st.sampled_from([*NAMES, "x1", "x2"])
EDITS: st.SearchStrategy[Edit] = st.one_of(
    st.builds(Swap, ANY_NAME, st.sampled_from([JUICE, BEANS, LAMB])),
    st.builds(
        Insert,
        st.none() | ANY_NAME,
        st.builds(lambda name, length, on: cue(name, 0, length, studios=on), ANY_NAME, st.integers(1, 40), PLAYED),
    ),
    st.builds(Price, st.sampled_from(["juice", "beans", "lamb"]), st.integers(0, 9_000)),
    st.builds(Stock, st.sampled_from(["juice", "beans", "lamb"]), st.integers(-1, 9)),
    st.builds(Move, ANY_NAME, st.none() | ANY_NAME),
)


def accepted(base: RunSheet, wanted: list[Edit]) -> list[tuple[int, Edit]]:
    """The edits that are not refused, one after the other, with their versions."""
    found: list[tuple[int, Edit]] = []
    for version, edit in enumerate(wanted, 1):
        try:
            base = apply_edit(base, edit)
        except RefusedByRule:
            continue
        found.append((version, edit))
    return found


@given(sheets(), st.lists(EDITS, max_size=6))
def test_edits_keep_ids_durations_and_order(base: RunSheet, wanted: list[Edit]) -> None:
    edits = accepted(base, wanted)
    found = replay(base, edits)
    put_in = [edit.row for _version, edit in edits if isinstance(edit, Insert)]
    lengths = {row.id: row.duration_ms for row in (*base.cues, *put_in)}
    assert {row.id: row.duration_ms for row in found.cues} == lengths
    assert len(found.cues) == len(lengths)
    starts = [row.start_ms for row in found.cues]
    assert starts == sorted(starts) and min(starts, default=0) >= 0
    hard = {row.id: row.start_ms for row in base.cues if row.time}
    assert {row.id: row.start_ms for row in found.cues if row.time} == hard
    assert {product.id for product in found.products} == {row.product for row in found.cues if row.product}


@given(sheets(), st.lists(EDITS, max_size=6))
def test_undoing_every_edit_gives_the_sheet_back(base: RunSheet, wanted: list[Edit]) -> None:
    edits = accepted(base, wanted)
    assert replay(base, edits, {version for version, _edit in edits}) == base


@given(sheets(), st.lists(EDITS, min_size=1, max_size=6))
def test_undoing_the_last_edit_gives_the_sheet_before_it(base: RunSheet, wanted: list[Edit]) -> None:
    edits = accepted(base, wanted)
    for version, _edit in edits[-1:]:
        assert replay(base, edits, {version}) == replay(base, edits[:-1])


@given(sheets(), EDITS)
def test_a_row_comes_directly_behind_the_one_named(base: RunSheet, edit: Edit) -> None:
    """In every studio that plays both."""
    for _version, one in accepted(base, [edit]):
        if isinstance(one, Insert | Move) and one.after is not None:
            name = one.cue if isinstance(one, Move) else one.row.id
            for studio in ("main", "aux1"):
                lane = [row.id for row in for_studio(apply_edit(base, one), studio)]
                if name in lane and one.after in lane:
                    assert lane.index(name) == lane.index(one.after) + 1


@given(sheets(), EDITS)
def test_every_studio_keeps_its_other_rows_in_order(base: RunSheet, edit: Edit) -> None:
    for _version, one in accepted(base, [edit]):
        moved = one.cue if isinstance(one, Move) else one.row.id if isinstance(one, Insert) else None
        for studio in ("main", "aux1"):
            before = [row.id for row in for_studio(base, studio) if row.id != moved]
            assert [row.id for row in for_studio(apply_edit(base, one), studio) if row.id != moved] == before
