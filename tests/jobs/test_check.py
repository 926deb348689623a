"""A whole workspace: every file read, every mistake told at once, and no bytes that make a traceback."""

import random
from itertools import pairwise
from pathlib import Path

import pytest

from studio.jobs.check import counts, read_workspace
from studio.model.workspace import Workspace
from studio.workspace.template import template_files
from tests.workspace.copies import Copy, copy

pytestmark = pytest.mark.usefixtures("english")

SHIPPED = Path(__file__).parents[2]
CALENDAR = "schedules/2026-12.yaml"
BUCKTHORN = "schedules/runsheets/buckthorn.yaml"
PEOPLE = "schedules/people.yaml"
RECURRING = "schedules/recurring.yaml"
SERIES = """series:
  - id: friday
    title: 周五好物
    every: 每周五
    time: "14:00"
    since: 2026-12-01
    until: 2026-12-31
    duration: 60m
    runsheet: buckthorn-short
    studios: [main]
    hosts: [li-xiaoyun]
    cohosts: [wang-jianping]
    skip: [2026-12-11]
    moved:
      - {date: 2026-12-25, to: 2026-12-24 15:00}
"""


@pytest.fixture
def house(tmp_path: Path) -> Copy:
    return copy(tmp_path / "house")


@pytest.fixture(scope="module")
def shipped() -> Workspace:
    workspace, problems = read_workspace(SHIPPED)
    assert problems == ()
    return workspace


def test_the_shipped_workspace_is_what_the_county_needs(shipped: Workspace) -> None:
    found = counts(shipped)
    assert (found["studios"], found["sessions"], found["shoots"], found["scene_files"]) == (5, 5, 1, 2)
    assert shipped.main_studio is not None
    assert {"沙棘专场", "红芸豆专场", "柏籽羊肉专场", "羊肚菌课堂"} <= {sheet.title for sheet in shipped.runsheets}


def test_shipped_scene_files_have_every_kind_of_scene(shipped: Workspace) -> None:
    needed = {"opening", "host", "closeup", "twoshot", "field", "standby", "ending"}
    assert [{scene.id for scene in file.scenes} for file in shipped.scene_files] == [needed, needed]
    assert {(file.canvas.width, file.canvas.height) for file in shipped.scene_files} == {(1080, 1920), (1920, 1080)}


def test_shipped_sheets_change_the_picture_with_every_row(shipped: Workspace) -> None:
    for sheet in shipped.runsheets:
        scenes = [cue.scene for cue in sheet.cues]
        assert len(set(scenes)) >= 6
        assert all(one != other for one, other in pairwise(scenes))


def test_shipped_products_can_be_sold(shipped: Workspace) -> None:
    for product in shipped.products:
        assert product.points
        assert product.evidence
        assert product.platform_ids
        assert product.stock


@pytest.mark.parametrize(
    ("file", "old", "new", "at", "says"),
    [
        pytest.param(BUCKTHORN, "scene: host", "scene: hots", "hots", "unknown scene “hots”", id="scene"),
        pytest.param(
            BUCKTHORN,
            "product: buckthorn-jam",
            "product: buckthorn-jm",
            "buckthorn-jm",
            "unknown product",
            id="product",
        ),
        pytest.param(
            CALENDAR, "runsheet: buckthorn", "runsheet: bukthorn", "bukthorn", "unknown run-sheet", id="run-sheet"
        ),
        pytest.param(CALENDAR, "studios: [aux1]", "studios: [aux9]", "aux9", "unknown studio", id="studio"),
        pytest.param(
            CALENDAR,
            "duration: 60m",
            "duration: 49m",
            "49m",
            "takes 50:00, longer than the 49:00",
            id="longer than slot",
        ),
        pytest.param(
            CALENDAR,
            "2026-12-09 19:30\n    duration: 45m\n    runsheet: kidney-bean\n    studios: [aux1]",
            "2026-12-04 20:00\n    duration: 45m\n    runsheet: kidney-bean\n    studios: [main]",
            "2026-12-04 20:00",
            "studio “main” is still busy with “s1204-buckthorn”",
            id="studio busy twice",
        ),
        pytest.param(
            CALENDAR,
            "start: 2026-12-16 20:00",
            "start: 2026-12-09 19:50",
            "2026-12-09 19:50",
            "“zhang-min” is still busy in “s1209-kidney-bean”",
            id="host in two rooms",
        ),
        pytest.param(
            CALENDAR,
            "start: 2026-12-12 10:00",
            "start: 2026-12-26 20:00",
            "2026-12-26 20:00",
            "is still busy in “s1226-winter-fair”",
            id="host in a room and in the field",
        ),
        pytest.param(
            CALENDAR,
            "id: shoot1212-buckthorn",
            "id: s1204-buckthorn",
            "",
            "is given twice, first in line 5",
            id="id twice",
        ),
        pytest.param(
            CALENDAR,
            "cohosts: [wang-jianping]",
            "cohosts: [liu-fang]",
            "[li-xiaoyun]",
            "has “wang-jianping” on air, who is not in this session",
            id="a stranger on air",
        ),
        pytest.param(
            BUCKTHORN,
            "    scene: field\n",
            "    scene: field\n    studios: [aux1]\n",
            "",
            "uses studio “aux1”, which is not in this session",
            id="a studio of no session",
        ),
        pytest.param(
            "scenes/landscape.yaml",
            "id: field",
            "id: fields",
            "",
            "shows scene “field”, which studio “aux2” does not have",
            id="a scene only other studios have",
        ),
        pytest.param(
            BUCKTHORN,
            '"20:00:00"',
            '"19:59:59"',
            '"19:59:59"',
            "cuts off the rows above it: in “s1204-buckthorn” they end at 20:00:00, it begins at 19:59:59",
            id="a time before the rows above can end",
        ),
        pytest.param(
            BUCKTHORN,
            '"20:00:00"',
            '"20:30:00"',
            '"20:30:00"',
            "waits for 20:30:00, which comes 1:00:00 after the start of “s1204-buckthorn”, whose slot is 1:00:00",
            id="a time after the slot",
        ),
        pytest.param(
            BUCKTHORN,
            '"20:00:00"',
            '"19:00:00"',
            '"19:00:00"',
            "waits for 19:00:00, which comes 23:30:00 after the start",
            id="a time before the session",
        ),
        pytest.param(
            BUCKTHORN,
            '"20:00:00"',
            '"20:10:01"',
            "",
            "takes 1:00:01, longer than the 1:00:00",
            id="a time that leaves too little for the rows below",
        ),
    ],
)
def test_a_mistake_between_files_is_told_where_it_stands(
    house: Copy, file: str, old: str, new: str, at: str, says: str
) -> None:
    house.edit(file, old, new)
    problems = [problem for problem in house.problems() if says in problem.what]
    assert problems
    if at:
        assert (problems[0].file, (problems[0].line, problems[0].column)) == (file, house.place(file, at))


def with_series(house: Copy) -> Copy:
    """The workspace with a series whose sheet has no hard-timed row."""
    sheet = (house.root / BUCKTHORN).read_text(encoding="utf-8")
    short = "\n".join(line for line in sheet.split("\n") if not line.strip().startswith("time:"))
    (house.root / "schedules/runsheets/buckthorn-short.yaml").write_text(short, encoding="utf-8")
    (house.root / RECURRING).write_text(SERIES, encoding="utf-8")
    return house


def test_sessions_of_a_series_stand_among_the_others(house: Copy) -> None:
    workspace, problems = read_workspace(with_series(house).root)
    assert problems == ()
    ids = [session.id for session in workspace.sessions]
    assert [ids.index(name) for name in ("friday-20261204", "s1204-buckthorn", "friday-20261225")] == [0, 1, 6]


@pytest.mark.parametrize(
    ("file", "old", "new", "says", "token"),
    [
        pytest.param(
            RECURRING,
            '"14:00"',
            '"19:00"',
            "“main” is still busy with “friday-20261204”",
            "2026-12-04 19:30",
            id="busy",
        ),
        pytest.param(
            RECURRING,
            "2026-12-24 15:00",
            "2026-12-26 19:30",
            "busy with “s1226-winter-fair”",
            "{date:",
            id="moved there",
        ),
        pytest.param(
            CALENDAR,
            "id: s1204-buckthorn",
            "id: friday-20261204",
            "called like the session",
            "friday-20261204",
            id="id",
        ),
    ],
)
def test_a_series_and_a_dated_session_in_each_others_way_are_both_named(
    house: Copy, file: str, old: str, new: str, says: str, token: str
) -> None:
    with_series(house).edit(file, old, new)
    (problem, *_more) = [problem for problem in house.problems() if says in problem.what]
    assert (problem.line, problem.column) == house.place(problem.file, token)


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ("roles: [主播, 助播], born: 2011-01-01", "“李晓云” is 15 on 2026-12-04, and nobody under 16"),
        ("roles: [主播, 助播], born: 2010-12-05", "“李晓云” is 15 on 2026-12-04, and nobody under 16"),
        ("roles: [主播, 助播], born: 2010-12-04", "“李晓云” is 16 on 2026-12-04, and no guardian's consent"),
        ("roles: [主播, 助播], born: 2010-12-04, guardian: 档案/李晓云.pdf", ""),
        ("roles: [主播, 助播], born: 2008-12-04", ""),
        ("roles: [场控]", "“李晓云” does not speak on air"),
    ],
)
def test_who_may_not_be_on_air_is_told_with_the_session(house: Copy, changed: str, says: str) -> None:
    house.edit(PEOPLE, "roles: [主播, 助播], kind: 本地网红}", f"{changed}}}")
    problems = [problem for problem in house.problems() if "李晓云" in problem.what]
    assert bool(problems) == bool(says)
    if says:
        assert says in problems[0].what
        assert (problems[0].file, problems[0].line, problems[0].column) == (CALENDAR, *house.place(CALENDAR, "li-xiao"))


def test_mistakes_of_every_file_are_told_at_once_and_in_order(house: Copy) -> None:
    house.edit("studio.toml", "port = 4459", "port = 4455")
    house.edit("scenes/portrait.yaml", "kind: strip", "kind: strap")
    house.edit("schedules/products.yaml", "live_price: 49.90", "live_price: 69.90")
    house.edit(CALENDAR, "number: 1", "number: one")
    house.edit(BUCKTHORN, "duration: 2m", "duration: 0s")
    house.edit("schedules/runsheets/lamb.yaml", "  - {id: open", "\t- {id: open")
    problems = house.problems()
    assert [problem.file for problem in problems] == [
        "scenes/portrait.yaml",
        CALENDAR,
        "schedules/products.yaml",
        BUCKTHORN,
        "schedules/runsheets/lamb.yaml",
        "studio.toml",
    ]
    assert sorted(problems) == list(problems)


def test_a_file_that_cannot_be_read_is_told_once_and_not_again_by_those_who_name_it(house: Copy) -> None:
    (house.root / "schedules/products.yaml").write_bytes(b"\xff\xfe\x00")
    (house.root / "studio.toml").write_text("[venue\n")
    (house.root / BUCKTHORN).write_text("title: [")
    assert [problem.file for problem in house.problems()] == ["schedules/products.yaml", BUCKTHORN, "studio.toml"]


VENUE = '[venue]\nname = "中心"\nzone = "Asia/Shanghai"\n'


@pytest.mark.parametrize(
    "content",
    [
        "",
        "# nothing yet\n",
        VENUE,
        VENUE + "[studios]\n",
        VENUE + "[studio.main]\n",
        'studios = "main"\n',
        "venue = 3\n",
    ],
    ids=["empty", "a comment", "no studios", "empty studios", "studios mistyped", "studios a text", "venue a number"],
)
def test_a_wrong_top_level_of_studio_toml_is_told_there_alone(house: Copy, content: str) -> None:
    (house.root / "studio.toml").write_text(content, encoding="utf-8")
    problems = house.problems()
    assert {problem.file for problem in problems} == {"studio.toml"}
    assert len(problems) <= 2


def test_people_nobody_wrote_are_unknown_where_they_are_named(house: Copy) -> None:
    (house.root / PEOPLE).unlink()
    assert {problem.what.split(" “")[0] for problem in house.problems()} == {"unknown person"}


@pytest.mark.parametrize(
    ("file", "key"), [("schedules/products.yaml", "products"), (PEOPLE, "people"), ("scenes/portrait.yaml", "scenes")]
)
def test_a_list_under_a_mistyped_name_is_told_in_its_own_file_alone(house: Copy, file: str, key: str) -> None:
    house.edit(file, f"\n{key}:", f"\n{key[:-1]}:")
    assert {problem.file for problem in house.problems()} == {file}


def test_a_scene_with_a_mistake_is_not_missing_from_its_studio(house: Copy) -> None:
    house.edit("scenes/portrait.yaml", "title: ", "titel: ")
    assert {problem.file for problem in house.problems()} == {"scenes/portrait.yaml"}


def test_without_a_product_file_every_product_is_unknown(house: Copy) -> None:
    (house.root / "schedules/products.yaml").unlink()
    assert {problem.what.split(" “")[0] for problem in house.problems()} == {"unknown product"}


@pytest.mark.parametrize("name", ["scenes/portrait.yml", "schedules/december.yaml", "schedules/runsheets/X.yaml"])
def test_a_file_nobody_reads_is_a_problem(house: Copy, name: str) -> None:
    (house.root / name).write_text("a: 1\n")
    assert [problem.file for problem in house.problems()] == [name]


def test_an_editors_hidden_file_is_left_alone(house: Copy) -> None:
    (house.root / "schedules/.#products.yaml").write_text("")
    assert house.problems() == ()


@pytest.mark.parametrize(
    "name", ["studio.toml", "schedules/products.yaml", BUCKTHORN, CALENDAR, "scenes/portrait.yaml"]
)
def test_a_folder_in_place_of_a_file_is_a_problem(house: Copy, name: str) -> None:
    (house.root / name).unlink()
    (house.root / name).mkdir()
    assert [(problem.file, problem.line) for problem in house.problems() if "a folder stands" in problem.what] == [
        (name, 0)
    ]


def test_a_file_in_place_of_a_folder_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "studio.toml").write_text("")
    (tmp_path / "schedules").write_text("")
    (tmp_path / "scenes").write_text("")
    files = {problem.file for problem in read_workspace(tmp_path)[1]}
    assert {"schedules", "scenes"} <= files


def test_a_link_out_of_the_workspace_is_not_followed(house: Copy, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere.yaml"
    (house.root / "scenes/portrait.yaml").rename(elsewhere)
    (house.root / "scenes/portrait.yaml").symlink_to(elsewhere)
    assert "leads out of the workspace" in house.problems()[0].what


def test_a_file_too_large_to_be_one_is_not_read(house: Copy) -> None:
    (house.root / CALENDAR).write_bytes(b"# " + b"x" * 1_100_000)
    (problem,) = house.problems()
    assert "larger than 1 MB" in problem.what


def test_an_empty_workspace_says_what_is_missing(tmp_path: Path) -> None:
    (tmp_path / "studio.toml").write_text("")
    workspace, problems = read_workspace(tmp_path)
    assert [problem.what for problem in problems] == ["“studios” is missing", "“venue” is missing"]
    assert set(counts(workspace).values()) == {0}


SUFFIXES = (".yaml", ".toml")
PIECES = (
    *(
        b"\t",
        b"\x00",
        b"\xff",
        b": ",
        b"- ",
        b"[",
        b"}",
        b"&a ",
        b"*a",
        b"!!python/object:os.system",
        b"? ",
        b"| ",
        b"---\n",
    ),
    *(
        b"%YAML 1.1\n",
        b"'",
        b'"',
        b"#",
        b"<<: ",
        b"~",
        b"0o17",
        b"1_000",
        b".nan",
        b"yes",
        b"2026-02-30",
        b"\xef\xbb\xbf",
    ),
    *(
        b"\r",
        b"\xe2\x80\xa8",
        b"9" * 5000,
        b"-3m",
        b"\\",
        b"\n",
        b"  ",
        b"null",
        b"@",
        b"=",
        b"[[studios.main.paths]]\n",
    ),
    *(b"'''", b'"""', b"inf", b"1979-05-27T07:32:00Z", "：".encode(), "３".encode("gb18030")),
)


def spoilt(content: bytes, chance: random.Random, others: list[bytes]) -> bytes:
    """``content`` with one to four accidents: signs put in, bytes lost or flipped, an end cut off, lines moved."""
    for _accident in range(chance.randint(1, 4)):
        at = chance.randrange(len(content) + 1)
        match chance.randrange(7):
            case 0:
                content = content[:at] + chance.choice(PIECES) + content[at:]
            case 1:
                content = content[:at] + content[at + chance.randint(1, 30) :]
            case 2:
                content = content[:at] + bytes([chance.randrange(256)]) + content[at + 1 :]
            case 3:
                content = content[:at]
            case 4:
                lines = content.split(b"\n")
                lines.insert(chance.randrange(len(lines) + 1), chance.choice(lines))
                content = b"\n".join(lines)
            case 5:
                lines = content.split(b"\n")
                row = chance.randrange(len(lines))
                sign = b"=" if b"=" in lines[row] else b":"
                lines[row] = lines[row].split(sign)[0] + sign + b" " + chance.choice(PIECES)
                content = b"\n".join(lines)
            case _:
                other = chance.choice(others)
                content = content[:at] + other[: chance.randint(1, 200)] + content[at:]
    return content


@pytest.mark.parametrize("seed", range(4))
def test_no_bytes_make_a_traceback(house: Copy, seed: int) -> None:
    """200 spoilt files in all, each as a whole workspace; every Problem is one line that names an existing place."""
    chance = random.Random(seed)
    for name in ("kidney-bean", "lamb", "morel", "winter-fair"):  # each costs time and none is of another form
        (house.root / f"schedules/runsheets/{name}.yaml").unlink()
    (house.root / RECURRING).write_text(SERIES, encoding="utf-8")
    files = {name: content for name, content in template_files().items() if (house.root / name).suffix in SUFFIXES}
    files[RECURRING] = SERIES.encode()
    files = {name: content for name, content in files.items() if (house.root / name).exists()}
    told = 0
    for _case in range(50):
        name = chance.choice(sorted(files))
        content = spoilt(files[name], chance, list(files.values()))
        (house.root / name).write_bytes(content)
        _workspace, problems = read_workspace(house.root)
        told += any(problem.file == name for problem in problems)
        lines = content.count(b"\n") + content.count(b"\r") + 1
        for problem in problems:
            assert problem.what
            assert problem.remedy
            assert len(str(problem).splitlines()) == 1
            assert problem.file != name or 0 <= problem.line <= lines
        (house.root / name).write_bytes(files[name])
    assert told > 30
