"""The short version of a sheet: few rows, each another picture than its neighbours."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from studio.model.runsheet import Cue, Follows, Late, Product, RunSheet
from studio.schedules.excerpt import excerpt

PRODUCTS = (Product("juice", "沙棘汁", 5990), Product("beans", "红芸豆", 2990))


def sheet(*scenes: str, product: str | None = "juice") -> RunSheet:
    cues = tuple(
        Cue(f"c{at}", at * 60_000, 60_000, scene, scene, product=product, late=Late("hold"))
        for at, scene in enumerate(scenes)
    )
    return RunSheet("s", "s", cues, PRODUCTS)


def test_each_scene_of_the_sheet_is_shown_before_one_is_repeated() -> None:
    short = excerpt(sheet("opening", "host", "closeup", "host", "closeup", "field", "ending"), 5, 8_000)
    assert [cue.scene for cue in short.cues] == ["opening", "host", "closeup", "field", "ending"]


def test_a_product_not_shown_yet_comes_before_one_that_was() -> None:
    rows = sheet("closeup", "twoshot", "twoshot")
    second = replace(rows.cues[2], product="beans")
    short = excerpt(replace(rows, cues=(*rows.cues[:2], second)), 2, 8_000)
    assert [cue.product for cue in short.cues] == ["juice", "beans"]


def test_rows_follow_one_another_without_a_gap() -> None:
    short = excerpt(sheet("a", "b", "c"), 6, 8_000)
    assert [(cue.start_ms, cue.duration_ms) for cue in short.cues] == [(0, 8_000), (8_000, 8_000), (16_000, 8_000)]


def test_only_products_that_are_shown_stay_in_the_line_up() -> None:
    assert excerpt(sheet("a", "b"), 6, 8_000).products == PRODUCTS[:1]


def test_nothing_is_held_where_nobody_could_release_it() -> None:
    assert all(cue.late == Late() for cue in excerpt(sheet("a", "b"), 6, 8_000).cues)


def test_rows_go_on_by_themselves_and_are_tied_to_nothing() -> None:
    full = sheet("a", "b", "c")
    tied = replace(full.cues[1], time="20:00:00", offer_ms=60_000)
    linked = replace(full.cues[2], follows=Follows("c0", 90_000))
    short = excerpt(replace(full, cues=(full.cues[0], tied, linked)), 6, 8_000)
    assert [(cue.advance, cue.time, cue.follows, cue.offer_ms) for cue in short.cues] == [
        ("auto", None, None, None)
    ] * 3


def test_a_sheet_of_one_scene_gives_one_row() -> None:
    assert len(excerpt(sheet("host", "host", "host"), 6, 8_000).cues) == 1


def test_an_empty_sheet_stays_empty() -> None:
    assert excerpt(sheet(), 6, 8_000).cues == ()


@given(st.lists(st.sampled_from("abcd"), max_size=20), st.integers(1, 8))
def test_neighbours_always_differ_and_the_order_is_kept(scenes: list[str], cues: int) -> None:
    full = sheet(*scenes)
    short = excerpt(full, cues, 1_000)
    assert len(short.cues) <= cues
    assert all(one.scene != two.scene for one, two in zip(short.cues, short.cues[1:], strict=False))
    numbers = [int(cue.id[1:]) for cue in short.cues]
    assert numbers == sorted(numbers)
    assert len(short.cues) >= min(cues, len(set(scenes)) if len(set(scenes)) < 2 else 2)
