"""Run-sheets as people write them."""

from collections.abc import Mapping

import pytest

from studio.model.problem import Problem
from studio.model.runsheet import Cue, Follows, Late, Product, RunSheet, Transition
from studio.schedules.runsheet import read_runsheet
from studio.workspace.problems import Known
from studio.workspace.reading import parse

pytestmark = pytest.mark.usefixtures("english")

KNOWN = Known(
    {
        "scene": frozenset({"opening", "host", "closeup"}),
        "product": frozenset({"juice", "bean"}),
        "person": frozenset({"li", "wang"}),
        "studio": frozenset({"main", "aux1"}),
    }
)
PRODUCTS: Mapping[str, Product] = {
    "juice": Product("juice", "沙棘原浆", 4990, link=1),
    "bean": Product("bean", "红芸豆", 2990, link=2),
}


def read(text: str) -> tuple[RunSheet, list[Problem]]:
    source, problems = parse("schedules/runsheets/x.yaml", text.encode())
    assert source is not None
    sheet, found = read_runsheet(source, "x", PRODUCTS, KNOWN)
    return sheet.sheet, [*problems, *found]


def row(words: str = "", **changed: str) -> str:
    said = {"id": "a", "title": "讲解", "scene": "host", "duration": "3m", **changed}
    return "  - {" + ", ".join(f"{key}: {value}" for key, value in said.items() if value) + words + "}\n"


def sheet(*rows: str, head: str = "") -> str:
    return "title: 专场\n" + head + "cues:\n" + "".join(rows)


def only(text: str) -> Problem:
    (problem,) = read(text)[1]
    return problem


def test_a_row_without_a_start_follows_the_one_above() -> None:
    found, problems = read(sheet(row(), row(id="b", at="5m"), row(id="c")))
    assert problems == []
    assert [cue.start_ms for cue in found.cues] == [0, 300_000, 480_000]


def test_rows_are_in_order_of_their_start() -> None:
    found, _problems = read(sheet(row(id="b", at="5m"), row(at="1m")))
    assert [cue.id for cue in found.cues] == ["a", "b"]


def test_what_the_head_says_holds_for_rows_that_say_nothing() -> None:
    head = "host: li\ncohost: wang\ntransition: Fade 500ms\nlate: hold\nnever_say: [原价]\n"
    found, problems = read(sheet(row(), row(id="b", host="wang", late="fire", transition="Cut"), head=head))
    assert problems == []
    first, second = found.cues
    assert (first.host, first.cohost, first.transition, first.late) == (
        "li",
        "wang",
        Transition("Fade", 500),
        Late("hold"),
    )
    assert (second.host, second.cohost, second.transition, second.late) == ("wang", None, Transition("Cut"), Late())
    assert first.never_say == ("原价",)


@pytest.mark.parametrize(
    ("written", "late"),
    [
        ("fire", Late("fire")),
        ("hold", Late("hold")),
        ("skip_after 10s", Late("skip_after", 10_000)),
        ("{skip_after: 1m}", Late("skip_after", 60_000)),
    ],
)
def test_what_happens_to_a_late_row(written: str, late: Late) -> None:
    assert read(sheet(row(late=written)))[0].cues[0].late == late


@pytest.mark.parametrize(
    ("written", "transition"),
    [
        ("Cut", Transition("Cut", 0)),
        ("Fade", Transition("Fade", 300)),
        ("Fade 1s", Transition("Fade", 1000)),
        ("Fade to Color 250ms", Transition("Fade to Color", 250)),
        ("县里的转场 2s", Transition("县里的转场", 2000)),
    ],
)
def test_how_one_scene_becomes_the_next(written: str, transition: Transition) -> None:
    assert read(sheet(row(transition=written)))[0].cues[0].transition == transition


def test_the_line_up_is_the_products_of_the_rows() -> None:
    found, _problems = read(sheet(row(product="bean"), row(id="b", product="juice"), row(id="c", product="bean")))
    assert [product.id for product in found.products] == ["bean", "juice"]


def cue_of(**changed: str) -> Cue:
    """The second of two rows, the first of which is ``a``, three minutes long."""
    found, problems = read(sheet(row(), row(id="b", **changed)))
    assert problems == []
    return found.cues[1]


def test_a_row_waits_for_a_person_unless_it_says_otherwise() -> None:
    assert cue_of().advance == "manual"
    assert cue_of(advance="media_end").advance == "media_end"
    found, _problems = read(sheet(row(), row(id="b", advance="manual"), head="advance: auto\n"))
    assert [cue.advance for cue in found.cues] == ["auto", "manual"]


@pytest.mark.parametrize(
    ("written", "time"),
    [
        ('"20:00:00"', "20:00:00"),
        ('"20:00"', "20:00:00"),
        ("20:00", "20:00:00"),
        ("20:00:30", "20:00:30"),
        ("8:05", "08:05:00"),
        ("0:00", "00:00:00"),
        ('"２０：００"', "20:00:00"),
    ],
)
def test_a_row_is_tied_to_a_time_of_day(written: str, time: str) -> None:
    assert cue_of(time=written).time == time


def test_the_old_formats_numbers_of_sixties_are_read_as_written() -> None:
    assert read("%YAML 1.1\n---\n" + sheet(row(time="20:00:00")))[0].cues[0].time == "20:00:00"


@pytest.mark.parametrize(
    ("written", "link"),
    [
        ("a", Follows("a", 0)),
        ("a +90s", Follows("a", 90_000)),
        ("a+4m", Follows("a", 240_000)),
        ("{cue: a, after: 3:30}", Follows("a", 210_000)),
        ("{cue: a}", Follows("a", 0)),
    ],
)
def test_a_row_is_linked_to_another(written: str, link: Follows) -> None:
    found, problems = read(sheet(row(studios="[main]"), row(id="b", studios="[aux1]", follows=written)))
    assert problems == []
    (cue,) = (cue for cue in found.cues if cue.id == "b")
    assert (cue.follows, cue.start_ms) == (link, link.after_ms)


def test_a_linked_rows_place_is_known_although_its_leader_stands_below() -> None:
    found, problems = read(sheet(row(follows="b +1m", studios="[main]"), row(id="b", at="5m", studios="[aux1]")))
    assert problems == []
    assert [(cue.id, cue.start_ms) for cue in found.cues] == [("b", 300_000), ("a", 360_000)]


def test_a_row_has_an_offer_and_clips() -> None:
    cue = cue_of(product="juice", offer="5m", play="[片头, 片花]")
    assert (cue.offer_ms, cue.play) == (300_000, ("片头", "片花"))


def test_what_a_date_decides_does_not_overlap_in_the_sheet() -> None:
    rows = (row(), row(id="b", time="20:00"), row(id="c"), row(id="d", at="4m"))
    assert read(sheet(*rows))[1] == []


@pytest.mark.parametrize(
    ("text", "line", "says", "remedy"),
    [
        pytest.param(sheet(row(scene="hots")), 3, "unknown scene “hots”", "did you mean “host”?", id="scene"),
        pytest.param(sheet(row(product="juce")), 3, "unknown product", "did you mean “juice”?", id="product"),
        pytest.param(sheet(row(host="lii")), 3, "unknown person", "did you mean “li”?", id="host"),
        pytest.param(sheet(row(studios="[aux2]")), 3, "unknown studio", "did you mean “aux1”?", id="studio"),
        pytest.param(sheet(row(duration="0s")), 3, "the duration is zero", "", id="zero"),
        pytest.param(sheet(row(duration="-3m")), 3, "is negative", "", id="negative"),
        pytest.param(sheet(row(duration="")), 3, "“duration” is missing", "duration: 3m", id="missing"),
        pytest.param(sheet(row(), row()), 4, "“a” is given twice, first in line 3", "", id="id twice"),
        pytest.param(
            sheet(row(), row(id="b", at="2m")), 4, "starts at 2:00, before the row of line 3", "", id="overlap"
        ),
        pytest.param(sheet(row(host="li", cohost="li")), 3, "both host and co-host", "", id="one person twice"),
        pytest.param(sheet(row(), head="host: li\ncohost: li\n"), 5, "both host and co-host", "", id="in the head too"),
        pytest.param(sheet(row(late="skip")), 3, "does not say what to do", "skip_after 10s", id="late"),
        pytest.param(sheet(row(transition="fade")), 3, "unknown transition", "did you mean “Fade”?", id="transition"),
        pytest.param(sheet(row(transition="Fade 300")), 3, "length of a transition", "Fade 300ms", id="no unit"),
        pytest.param(sheet(row(transition="Fade 5s", duration="3s")), 3, "longer than the row", "", id="long fade"),
        pytest.param(sheet(row(advance="atuo")), 3, "way to advance “atuo”", "did you mean “auto”?", id="advance"),
        pytest.param(sheet(row(time='"24:00"')), 3, "not a time of day", '"20:00:00"', id="no such hour"),
        pytest.param(sheet(row(time="72000")), 3, "“72000” is not a time of day", '"20:00:00"', id="a bare number"),
        pytest.param(sheet(row(time="2026-12-04 20:00")), 3, "is not a time of day", "", id="a date"),
        pytest.param(
            sheet(row(), row(id="b", follows="aa")), 4, "no row has that id", "mean “a”?", id="no such leader"
        ),
        pytest.param(sheet(row(follows="a +1s")), 3, "follows itself", "", id="itself"),
        pytest.param(sheet(row(follows="b"), row(id="b")), 3, "only after this one", "move it below", id="a circle"),
        pytest.param(
            sheet(row(follows="c"), row(id="b", follows="a"), row(id="c", follows="b")),
            3,
            "“c”, which starts only after this one",
            "",
            id="three in a circle",
        ),
        pytest.param(sheet(row(), row(id="b", follows="a +x")), 4, "which row is followed", "+90s", id="no after"),
        pytest.param(sheet(row(), row(id="b", follows="{row: a}")), 4, "a single value", "", id="other keys"),
        pytest.param(
            sheet(row(), row(id="b", follows="a +4m", time="20:00")), 4, "both “time” and “follows”", "", id="two ties"
        ),
        pytest.param(
            sheet(row(), row(id="b", at="5m", time="20:00")), 4, "both “at” and “time”", "", id="a start and a time"
        ),
        pytest.param(
            sheet(row(), row(id="b", at="5m", follows="a")), 4, "both “at” and “follows”", "", id="a start and a link"
        ),
        pytest.param(
            sheet(row(), row(id="b", follows="a +2m")), 4, "starts at 2:00, before the row of", "later", id="cut short"
        ),
        pytest.param(sheet(row(offer="5m")), 3, "an offer and no product", "", id="an offer of nothing"),
        pytest.param(sheet(row(offer="0s", product="juice")), 3, "duration is zero", "", id="an offer of no time"),
        pytest.param(sheet(row(play="[x, x]")), 3, "“x” is given twice", "", id="a clip twice"),
        pytest.param(sheet(row(points="一")), 3, "“points” must be a list", "", id="no list"),
        pytest.param(sheet(row(durration="3m")), 3, "unknown key “durration”", "“duration”?", id="unknown key"),
        pytest.param("title: 专场\ncues: []\n", 2, "“cues” is empty", "", id="no rows"),
        pytest.param("title: 专场\n", 1, "“cues” is missing", "", id="no list of rows"),
        pytest.param(
            "title: 专场\ncues: [3m]\n", 2, "a list of “key: value” is expected", "id, title", id="row a word"
        ),
    ],
)
def test_a_mistake_is_one_problem_at_its_line(text: str, line: int, says: str, remedy: str) -> None:
    problem = only(text)
    assert problem.line == line
    assert says in problem.what
    assert remedy in problem.remedy


def test_every_mistake_of_a_row_is_told_at_once() -> None:
    problems = read(sheet(row(scene="hots", duration="0s", product="juce", late="x")))[1]
    assert len(problems) == 4


def test_what_follows_a_faulty_row_is_no_mistake_of_its_own() -> None:
    (problem,) = read(sheet(row(scene="hots"), row(id="b", follows="a +4m")))[1]
    assert "unknown scene" in problem.what


def test_rows_of_other_studios_may_run_at_the_same_time() -> None:
    assert read(sheet(row(studios="[main]"), row(id="b", at="0", studios="[aux1]")))[1] == []


def test_a_row_for_everybody_overlaps_with_one_studios_row() -> None:
    assert "before the row of line 3" in only(sheet(row(studios="[main]"), row(id="b", at="0"))).what


def test_an_overlap_is_found_although_another_value_of_the_row_is_wrong() -> None:
    problems = read(sheet(row(), row(id="b", at="2m", scene="hots")))[1]
    assert len(problems) == 2


def test_two_products_of_a_sheet_cannot_have_one_link() -> None:
    source, _problems = parse("x.yaml", sheet(row(product="juice"), row(id="b", product="bean")).encode())
    assert source is not None
    same = {**PRODUCTS, "bean": Product("bean", "红芸豆", 2990, link=1)}
    (problem,) = read_runsheet(source, "x", same, KNOWN)[1]
    assert (problem.line, "both have link 1" in problem.what) == (4, True)


def test_nothing_is_said_about_names_whose_file_cannot_be_read() -> None:
    source, _problems = parse("x.yaml", sheet(row(scene="hots", product="juce")).encode())
    assert source is not None
    assert read_runsheet(source, "x", {}, Known())[1] == []
