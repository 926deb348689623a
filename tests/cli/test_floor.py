"""What floor control types while a session is on air: edits of the running sheet, marks, rooms."""

import hashlib
from pathlib import Path

import pytest

from studio.asrun.events import Marked, RoomClosed, SheetEdited
from studio.model.marks import MARKS
from tests.cli.house import FAIR, House, eventually

pytestmark = pytest.mark.usefixtures("english")

CARD = "产品特写 · 商品卡"


def cards(fair: House) -> list[str]:
    """The pictures that the product card of main was given, in their order."""
    asked = (one for one in fair.journal("main") if one["kind"] == "request" and one["type"] == "SetInputSettings")
    return [one["data"]["inputSettings"]["file"] for one in asked if one["data"]["inputName"] == CARD]


def product(fair: House, name: str) -> dict[str, object]:
    return dict(fair.status()["sessions"][FAIR]["products"][name])


def files(root: Path) -> dict[str, str]:
    """Every file that people write, by its content."""
    found = [path for folder in ("schedules", "scenes") for path in (root / folder).rglob("*.yaml")]
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in found}


@pytest.mark.parametrize(
    ("words", "key", "value"),
    [(["price", "juice", "49.90"], "live_price_fen", 4990), (["stock", "juice", "7"], "stock", 7)],
    ids=["price", "stock"],
)
def test_what_is_on_air_changes_at_once_and_undo_takes_it_back(
    fair: House, words: list[str], key: str, value: int
) -> None:
    fair.at("r1")
    before, shown, stored = product(fair, "juice")[key], cards(fair), files(fair.root)
    fair.does(*words, "--as", "场控")
    assert product(fair, "juice")[key] == value
    assert len(cards(fair)) == len(shown) + 1
    fair.does("undo")
    assert product(fair, "juice")[key] == before
    assert cards(fair)[-1] == shown[-1]
    assert files(fair.root) == stored


def test_a_row_shows_another_product_of_the_catalogue(fair: House) -> None:
    fair.at("r2")
    fair.does("swap", "r5", "jam")
    assert (fair.row("r5")["product"], product(fair, "jam")["name"]) == ("jam", "沙棘果酱")
    fair.does("undo")
    assert fair.row("r5")["product"] == "juice"


def test_a_row_is_put_in_and_taken_out_again(fair: House) -> None:
    fair.at("r3")
    rows = [row["cue"] for row in fair.lane()["rows"]]
    new = ["--id", "bag", "--title", "福袋", "--scene", "host", "--duration", "90s", "--product", "jam", "--host", "li"]
    fair.does("insert", "r4", *new, "--fade", "300ms", "--advance", "auto")
    assert [row["cue"] for row in fair.lane()["rows"]] == [*rows[:4], "bag", *rows[4:]]
    assert {key: fair.row("bag")[key] for key in ("title", "scene", "duration_ms", "product", "advance")} == {
        "title": "福袋",
        "scene": "host",
        "duration_ms": 90_000,
        "product": "jam",
        "advance": "auto",
    }
    fair.does("undo")
    assert [row["cue"] for row in fair.lane()["rows"]] == rows


def test_with_a_studio_the_new_row_is_for_that_one_alone(fair: House) -> None:
    fair.at("r3")
    fair.does(
        "insert", "r4", "--id", "own", "--title", "打包", "--scene", "host", "--duration", "1m", "--studio", "aux1"
    )
    found = [[row["cue"] for row in fair.lane(studio)["rows"]] for studio in ("main", "aux1")]
    assert ["own" in rows for rows in found] == [False, True]
    fair.does("undo")


def test_a_row_is_moved(fair: House) -> None:
    fair.at("r3")
    fair.does("move", "r9", "--after", "r4")
    assert [row["cue"] for row in fair.lane()["rows"]][3:6] == ["r4", "r9", "r5"]
    fair.does("undo")


def test_every_edit_is_a_version_with_its_author(fair: House) -> None:
    before = fair.status()["sessions"][FAIR]["version"]
    said = fair.does("stock", "beans", "8", "--as", "中控")
    assert said.out == f"The sheet is now version {before + 1}.\n"
    last = [one for one in fair.events() if isinstance(one, SheetEdited)][-1]
    assert (last.version, last.author, last.edit["kind"]) == (before + 1, "中控", "stock")
    fair.does("undo")


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        ("swap r5 jamm", 2, "There is no product jamm in the catalogue. did you mean “jam”?"),
        ("swap r99 jam", 4, "r99"),
        ("price juice 59.905", 2, "at most two decimals"),
        ("price juice 0", 2, "is not a price"),
        ("price juice NaN", 2, "is not a price"),
        ("price plum 9.90", 4, "plum"),
        ("stock juice -1", 2, "-1"),
        ("stock juice many", 2, "many"),
        ("move r1 --after r9", 4, "was on air already"),
        ("move r9", 2, "Name the row it comes behind"),
        ("move r9 --after r8 --first", 2, "not both"),
        ("insert r4 --id x --title T --scene nowhere --duration 1m", 2, "There is no scene nowhere"),
        ("insert r4 --id x --title T --scene host --duration 1m --host nobody", 2, "There is no host nobody"),
        ("insert r4 --id x --title T --scene host --duration soon", 2, "is not a duration"),
        ("insert r4 --id r5 --title T --scene host --duration 1m", 4, "There is a row r5 already"),
        ("insert r4 --title T --scene host --duration 1m", 2, "--id"),
        ("insert --id x --title T --scene host --duration 1m --first", 4, "That place is past already"),
    ],
)
def test_an_edit_that_makes_no_sense_changes_nothing(fair: House, words: str, code: int, says: str) -> None:
    fair.at("r3")
    before = fair.status()["sessions"][FAIR]["version"]
    said = fair.studio(*words.split())
    assert (said.code, says in said.err) == (code, True), said
    assert fair.status()["sessions"][FAIR]["version"] == before


# marks


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("售罄", "sold_out"), ("sold_out", "sold_out"), ("price-changed", "price_changed"), ("灯坏了", "灯坏了")],
)
def test_a_mark_is_kept_in_the_words_of_the_log(fair: House, typed: str, kept: str) -> None:
    fair.does("mark", typed, "--product", "juice", "--note", "三十件", "--as", "场控")
    last = [one for one in fair.events() if isinstance(one, Marked)][-1]
    assert (last.kind, last.product, last.note, last.author) == (kept, "juice", "三十件", "场控")


def test_the_words_are_listed_in_both_languages_without_a_director(idle: House) -> None:
    said = idle.does("mark", "--list")
    assert all(kind in said.out and word in said.out for kind, word in MARKS.items())
    assert idle.does("mark", "--list", "--json").json == dict(MARKS)


@pytest.mark.parametrize(("words", "code"), [([], 2), (["售罄", "--product", "plum"], 4)])
def test_a_mark_needs_a_word_and_a_product_of_the_sheet(fair: House, words: list[str], code: int) -> None:
    assert fair.studio("mark", *words).code == code


# rooms


def test_rooms_are_opened_and_closed_by_people_and_a_session_may_have_several(fair: House) -> None:
    fair.does("room", "open", "抖音", "7301")
    fair.does("room", "open", "快手", "42")
    assert fair.studio("room", "open", "抖音", "7301").code == 4
    fair.does("room", "close", "抖音", "--why", "断播")
    fair.does("room", "open", "抖音", "7302")
    rooms = [(one["platform"], one["room"], one["closed"]) for one in fair.status()["sessions"][FAIR]["rooms"]]
    assert rooms == [("抖音", "7301", True), ("快手", "42", False), ("抖音", "7302", False)]
    assert [one.why for one in fair.events() if isinstance(one, RoomClosed)] == ["断播"]
    board = fair.does("status").out
    assert "抖音 7302: opened, says a person" in board
    assert "抖音 7301: closed" in board
    fair.does("room", "close", "抖音", "7302")
    fair.does("room", "close", "快手")
    assert fair.studio("room", "close", "快手").code == 4


def test_explaining_is_noted_while_a_row_is_on(fair: House) -> None:
    fair.at("r3")
    fair.does("mark", "讲解", "--studio", "main")
    eventually(fair.settled)
    assert [one.kind for one in fair.events() if isinstance(one, Marked)][-1] == "explain"
