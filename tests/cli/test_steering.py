"""Commands that steer, typed while a session is on air in two studios, and what their OBS say was done."""

import subprocess
import sys

import pytest

from studio.asrun.events import Commanded, CueEnded, Reanchored
from tests.cli.house import FAIR, SOLO, House, eventually

pytestmark = pytest.mark.usefixtures("english")

WORDS = ("go", "hold", "resume", "skip", "back", "jump", "extend", "standby", "end")
MORE = {"jump": ["r9"], "extend": ["30s"]}
CALLED = {"r3": "产品特写", "r4": "主播"}


def typed(value: object) -> str | None:
    """The name of a case by the words it types."""
    return " ".join(value) if isinstance(value, list) else None


@pytest.mark.parametrize("studio", ["main", "aux1"])
def test_go_calls_the_next_row_in_each_studio(fair: House, studio: str) -> None:
    fair.at("r3")
    said = fair.does("go")
    assert "“第4条” goes on air" in said.out
    eventually(lambda: fair.row("r4", studio)["verdict"])
    assert fair.lane(studio)["now"] == "r4"
    assert fair.shown(studio)[-2:] == [CALLED["r3"], CALLED["r4"]]


def test_go_in_one_studio_leaves_the_other_where_it_is(fair: House) -> None:
    fair.at("r3")
    fair.does("go", "--studio", "aux1")
    eventually(lambda: fair.row("r4", "aux1")["verdict"])
    assert (fair.lane("main")["now"], fair.lane("aux1")["now"]) == ("r3", "r4")
    assert (fair.shown("main")[-1], fair.shown("aux1")[-1]) == (CALLED["r3"], CALLED["r4"])


def test_hold_and_resume(fair: House) -> None:
    fair.at("r3")
    fair.does("hold", "--studio", "main")
    assert (fair.lane("main")["state"], fair.lane("aux1")["state"]) == ("held", "running")
    fair.does("resume", "--studio", "main")
    assert fair.lane("main")["state"] == "running"


def test_skip_drops_the_next_row(fair: House) -> None:
    fair.at("r10")
    fair.does("skip")
    assert (fair.row("r11")["verdict"], fair.lane()["next"]) == ("skipped", "r12")


def test_back_calls_the_row_before(fair: House) -> None:
    fair.at("r3")
    fair.at("r4")
    fair.does("back")
    eventually(lambda: fair.shown("main")[-1] == CALLED["r3"])
    assert fair.lane()["now"] == "r3"


def test_jump_skips_what_it_jumps_over(fair: House) -> None:
    fair.at("r3")
    fair.does("jump", "r6", "--studio", "main")
    assert (fair.lane()["now"], fair.row("r5")["why"]) == ("r6", "jumped over")


@pytest.mark.parametrize(
    ("by", "ms"), [("30s", 30_000), ("-10s", -10_000), ("−0:20", -20_000), ("1m30s", 90_000), ("500ms", 500)]
)
def test_extend_moves_the_end_of_the_row(fair: House, by: str, ms: int) -> None:
    fair.at("r3")
    before = fair.status()["sessions"][FAIR]
    fair.does("extend", by, "--studio", "main")
    after = fair.status()["sessions"][FAIR]
    end = [one["lanes"]["main"]["left_ms"] + one["session_ms"] for one in (before, after)]
    assert end[1] - end[0] == pytest.approx(ms, abs=3)


def test_standby_shows_the_slate_and_resume_goes_back(fair: House) -> None:
    fair.at("r3")
    fair.does("standby", "--studio", "main")
    eventually(lambda: fair.shown("main")[-1] == "应急画面")
    assert fair.lane()["standby"]
    fair.does("resume", "--studio", "main")
    eventually(lambda: fair.shown("main")[-1] == CALLED["r3"])
    assert not fair.lane()["standby"]


def test_the_wall_clock_is_declared_right(fair: House) -> None:
    fair.does("reanchor", "--as", "赵大河")
    assert [one.author for one in fair.events() if isinstance(one, Reanchored)][-1] == "赵大河"


@pytest.mark.parametrize("word", WORDS)
def test_a_dry_run_says_what_would_be_sent_and_changes_nothing(fair: House, word: str) -> None:
    fair.at("r3")
    fair.at("r4")
    before, shown = fair.status()["sessions"][FAIR], fair.shown("main")
    events = len(fair.events())
    said = fair.does(word, *MORE.get(word, []), "--dry-run")
    lines = [line for line in said.out.splitlines() if line.startswith("main: ")]
    if word in ("hold", "resume", "skip", "extend"):
        assert lines == ["main: nothing would be sent."]
    else:
        assert any("SetCurrentProgramScene {" in line for line in lines)
        assert all(", because " in line for line in lines)
    after = fair.status()["sessions"][FAIR]
    places = [{key: one["lanes"]["main"][key] for key in ("now", "state", "next", "rows")} for one in (before, after)]
    assert places[0]["now"] == places[1]["now"] == "r4"
    assert [row["verdict"] for row in places[0]["rows"]] == [row["verdict"] for row in places[1]["rows"]]
    commanded = [one for one in fair.events()[events:] if isinstance(one, Commanded | CueEnded)]
    assert (fair.shown("main"), commanded) == (shown, [])


def test_a_dry_run_as_json_has_each_request_with_its_reason(fair: House) -> None:
    fair.at("r3")
    requests = fair.does("go", "--dry-run", "--json").json["requests"]
    assert set(requests) == {"main", "aux1"}
    assert all(one["type"] and one["because"] for one in requests["main"])


@pytest.mark.parametrize(
    ("more", "environment", "author"),
    [(["--as", "张导"], "李导", "张导"), ([], "李导", "李导")],
    ids=["--as", "STUDIO_AUTHOR"],
)
def test_the_log_keeps_who_said_so(
    fair: House, more: list[str], environment: str, author: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STUDIO_AUTHOR", environment)
    fair.at("r3")
    fair.does("go", *more)
    assert [one.author for one in fair.events() if isinstance(one, Commanded)][-1] == author


def test_without_a_word_the_author_is_the_systems_user(fair: House, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.setenv(name, "keelan")
    fair.at("r3")
    fair.does("go")
    assert [one.author for one in fair.events() if isinstance(one, Commanded)][-1] == "keelan"


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["jump", "r99"], 4, "There is no row r99"),
        (["go", "--session", "nothing"], 4, "Name it with --session or --studio; running: fair (main, aux1)"),
        (["go", "--studio", "aux2"], 4, "not clear which session"),
        (["jump"], 2, "CUE"),
        (["extend", "soon"], 2, "is not a duration; write it as 30s"),
        (["extend", "--sooner"], 2, "--sooner"),
        (["extend"], 2, "LENGTH"),
    ],
    ids=typed,
)
def test_what_makes_no_sense_is_refused_with_a_remedy(fair: House, words: list[str], code: int, says: str) -> None:
    said = fair.studio(*words)
    assert (said.code, says in said.err) == (code, True), said


@pytest.mark.parametrize(
    "words",
    [["go"], ["jump", "r3"], ["start", FAIR], ["status"], ["mark", "note"], ["undo"], ["price", "juice", "9.90"]],
    ids=" ".join,
)
def test_without_a_director_it_is_said_how_to_start_one(idle: House, words: list[str]) -> None:
    said = idle.studio(*words)
    assert (said.code, said.out) == (3, "")
    assert said.err == "No director runs on this workspace. Start it in another window with: studio run\n"


def test_the_process_exits_with_that_code(idle: House) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "studio", "go", "--workspace", str(idle.root)], capture_output=True, check=False
    )
    assert done.returncode == 3


# a session begins and ends


def test_start_says_which_studios_are_ready_and_never_that_it_is_live(fair: House) -> None:
    said = fair.does("start", SOLO, "--now")
    try:
        assert said.out.startswith("辅直播间二 is ready\n")
        assert "studio go" in said.out
        assert "live" not in said.out.lower()
        eventually(lambda: fair.row("r1", "aux2", SOLO)["verdict"])
        assert fair.studio("go").code == 4  # two are running now, and none was named
    finally:
        fair.does("end", "--session", SOLO)
    eventually(lambda: SOLO not in fair.status()["sessions"])
    effects = [one["type"] for one in fair.journal("aux2") if one["kind"] == "effect"]
    assert effects.count("record_started") == effects.count("record_stopped") >= 1
    assert fair.shown("aux2")[-1] == "应急画面"


def test_a_start_that_is_only_foreseen_sends_nothing(fair: House) -> None:
    before = fair.wrote("aux2")
    said = fair.does("start", SOLO, "--now", "--dry-run")
    assert "aux2: StartRecord {}, because the session is recorded\n" in said.out
    assert (fair.wrote("aux2"), SOLO in fair.status()["sessions"]) == (before, False)


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        ([FAIR], 4, "fair is running already"),
        (["nothing"], 4, "There is no session nothing in the calendar"),
        ([SOLO, "--now", "--studio", "main"], 4, "It is played in: aux2"),
        ([SOLO], 4, "at once with --now"),
        ([SOLO, "--delay", "later"], 2, "is not a duration"),
    ],
    ids=typed,
)
def test_a_start_that_makes_no_sense_is_refused(fair: House, words: list[str], code: int, says: str) -> None:
    said = fair.studio("start", *words)
    assert (said.code, says in said.err) == (code, True), said
