"""What a status says in words: a table of standings, each put into a whole status."""

from typing import Any
from zoneinfo import ZoneInfo

import pytest

from studio.air.telling import around, tell
from studio.clock import NS_PER_S

pytestmark = pytest.mark.usefixtures("english")

SHANGHAI = ZoneInfo("Asia/Shanghai")
START_NS = 1_796_295_600 * NS_PER_S  # 2026-12-03 19:00:00 at Shanghai
MINUTE = 60_000


def row(cue: str, at: int, **more: Any) -> dict[str, Any]:
    plain = {
        "cue": cue,
        "title": f"row {cue}",
        "scene": "host",
        "product": None,
        "planned_ms": at * MINUTE,
        "duration_ms": MINUTE,
        "expected_ms": at * MINUTE,
        "actual_ms": None,
        "verdict": None,
        "late_ms": None,
        "why": "",
        "dropped": False,
        "time": None,
        "follows": None,
        "advance": "manual",
    }
    return {**plain, **more}


PASSED = {"rows": [row("a", 0, verdict="skipped", why="2 s late, more than its limit")], "on_air": "z"}


def lane(**more: Any) -> dict[str, Any]:
    plain = {
        "studio": "主直播间",
        "state": "running",
        "standby": False,
        "now": "a",
        "now_title": "row a",
        "on_air": "a",
        "next": "b",
        "next_title": "row b",
        "next_in_ms": 30_000,
        "left_ms": 30_000,
        "advance": "manual",
        "over_ms": 0,
        "planned_end_ms": 2 * MINUTE,
        "expected_end_ms": 2 * MINUTE,
        "connected": True,
        "recording": True,
        "parts": 1,
        "outputs": {},
        "overridden": None,
        "alarms": [],
        "rows": [row("a", 0, verdict="on_time", actual_ms=12), row("b", 1)],
    }
    return {**plain, **more}


def status(one: dict[str, Any] | None = None, *, free: dict[str, Any] | None = None, **session: Any) -> dict[str, Any]:
    """A status thirty seconds into a session with that lane in ``main``; the director's clock is at 1000 s."""
    studio = {"name": "主直播间", "connected": True, "link": "connected", "why": "", "free_mb": 2048.0, "alarms": []}
    running = {
        "title": "合场",
        "start_wall_ns": START_NS,
        "session_ms": 30_000,
        "version": 0,
        "rooms": [],
        "alarms": [],
        "lanes": {"main": one or lane()},
    }
    return {
        "now_ns": 1000 * NS_PER_S,
        "wall_ns": START_NS + 30 * NS_PER_S,
        "sessions": {"fair": {**running, **session}},
        "studios": {"main": studio, "aux1": {**studio, "name": "辅直播间一", **(free or {})}},
    }


def told_lane(**more: Any) -> dict[str, Any]:
    return dict(tell(status(lane(**more)), SHANGHAI)["sessions"][0]["lanes"][0])


def signs(**more: Any) -> dict[str, str]:
    return {sign["words"]: sign["tone"] for sign in told_lane(**more)["signs"]}


def test_times_are_the_venues_wall_clock() -> None:
    told = told_lane()
    assert (told["planned_end"], told["rows"][1]["planned"]) == ("19:02:00", "19:01:00")
    assert tell(status(), SHANGHAI)["moment"] == "2026-12-03 19:00:30"


@pytest.mark.parametrize(
    ("over_ms", "over", "words"),
    [(999, "plan", "on plan"), (130_000, "behind", "2 min 10 s behind"), (-65_000, "ahead", "1 min 5 s ahead")],
)
def test_over_and_under_have_a_sign_in_words(over_ms: int, over: str, words: str) -> None:
    told = told_lane(over_ms=over_ms)
    assert (told["over"], told["over_words"]) == (over, words)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        pytest.param({}, "by hand: studio go", id="manual"),
        pytest.param({"advance": "auto"}, "by itself", id="auto"),
        pytest.param({"advance": "media_end"}, "when the clip has ended", id="clip"),
        pytest.param({"state": "held"}, "held: studio resume, or studio go", id="held"),
        pytest.param({"rows": [row("b", 1, time="20:00:00")]}, "at 20:00:00 sharp", id="hard"),
        pytest.param({"rows": [row("b", 1, follows="row x")]}, "after “row x”", id="linked"),
        pytest.param(
            {"rows": [row("b", 1, follows="row x")], "next_in_ms": None},
            "waits for “row x”; else: studio go",
            id="linked to a row that will not come",
        ),
        pytest.param({"now": None, "now_title": "", "advance": None}, "by itself", id="before the first"),
        pytest.param({"next": None, "next_title": ""}, "", id="nothing left"),
    ],
)
def test_what_brings_the_next_row_is_said(more: dict[str, Any], words: str) -> None:
    assert told_lane(**more)["next_how"] == words


@pytest.mark.parametrize(
    ("more", "now"),
    [
        ({}, "row a"),
        ({"standby": True}, "Standby slate"),
        ({"state": "over"}, "ended"),
        ({"now": None, "now_title": ""}, "Waiting on the standby slate for the start"),
        ({**PASSED, "on_air_title": "row z"}, "row z (“row a” was not shown)"),
        ({**PASSED, "on_air": None, "on_air_title": ""}, "Standby slate (“row a” was not shown)"),
    ],
    ids=["a row", "slate", "over", "waiting", "a row that was skipped late", "the first row was refused"],
)
def test_what_is_on_is_said(more: dict[str, Any], now: str) -> None:
    assert told_lane(**more)["now"] == now


@pytest.mark.parametrize(
    ("more", "words", "tone"),
    [
        ({}, "recording, part 1", "good"),
        ({"recording": False}, "not recording", "bad"),
        ({"connected": False}, "OBS out of reach", "bad"),
        ({"state": "held"}, "held", "hand"),
        ({"state": "held", "standby": True}, "standby slate", "hand"),
        ({"outputs": {"stream": "reconnecting"}}, "stream reconnecting", "bad"),
        ({"outputs": {"virtual_camera": "on"}}, "virtual camera on", "good"),
        ({}, "2.0 GB free", "plain"),
    ],
)
def test_the_state_of_a_lane_in_short_words(more: dict[str, Any], words: str, tone: str) -> None:
    assert signs(**more)[words] == tone


@pytest.mark.parametrize(
    ("more", "verdict", "words"),
    [
        ({"verdict": "on_time", "late_ms": 3.0}, "on_time", "on time"),
        ({"verdict": "late", "late_ms": 1250.0}, "late", "1.25 s late"),
        ({"dropped": True}, "skipped", "skipped"),
        ({}, None, ""),
    ],
    ids=["on time", "late", "dropped", "to come"],
)
def test_a_rows_verdict_in_words(more: dict[str, Any], verdict: str | None, words: str) -> None:
    (found,) = told_lane(rows=[row("b", 1, **more)])["rows"]
    assert (found["verdict"], found["verdict_words"]) == (verdict, words)


def test_an_alarm_has_its_remedy_and_since_when() -> None:
    alarm = {"kind": "silent", "what": "Nothing is heard.", "remedy": "Look at the microphone.", "began_ns": 0}
    alarm["began_ns"] = 980 * NS_PER_S
    (trouble,) = tell(status(lane(alarms=[alarm])), SHANGHAI)["troubles"]
    assert (trouble["where"], trouble["what"]) == ("主直播间", "Nothing is heard.")
    assert (trouble["since"], trouble["remedy"]) == ("19:00:10", "Look at the microphone.")


def test_an_alarm_of_the_whole_session_names_the_session() -> None:
    alarm = {"kind": "clock_stepped", "what": "The clock was set.", "remedy": "Set it.", "began_ns": 990 * NS_PER_S}
    assert tell(status(alarms=[alarm]), SHANGHAI)["troubles"][0]["where"] == "合场"


def test_a_studio_that_its_alarm_names_is_not_named_twice() -> None:
    alarm = {"kind": "silent", "what": "主直播间 is silent.", "remedy": "", "began_ns": 0}
    assert tell(status(lane(alarms=[alarm])), SHANGHAI)["troubles"][0]["where"] == ""


def test_a_change_by_hand_says_what_was_planned_and_what_is() -> None:
    hand = {"what": "programme", "planned": "主播", "found": "开场"}
    (trouble,) = tell(status(lane(overridden=hand)), SHANGHAI)["troubles"]
    assert "the scene is 开场, planned was 主播" in trouble["what"]
    assert trouble["remedy"].endswith("studio jump a --session fair --studio main")


def test_an_output_changed_by_hand_is_called_by_its_name() -> None:
    hand = {"what": "virtual_camera", "planned": "on", "found": "off"}
    (trouble,) = tell(status(lane(overridden=hand)), SHANGHAI)["troubles"]
    assert trouble["what"].startswith("changed by hand: virtual camera (off)")


def test_what_a_session_could_not_stop_is_said_of_the_studio_that_is_free() -> None:
    alarm = {"kind": "not_stopped", "what": "It still sends.", "remedy": "Stop it there.", "began_ns": 0, "value": ""}
    (trouble,) = tell(status(free={"alarms": [alarm]}), SHANGHAI)["troubles"]
    assert (trouble["where"], trouble["what"], trouble["remedy"]) == ("辅直播间一", "It still sends.", "Stop it there.")


def test_a_free_studio_that_refuses_the_password_is_a_trouble() -> None:
    free = {"connected": False, "link": "refused", "why": "OBS refuses the password."}
    (trouble,) = tell(status(free=free), SHANGHAI)["troubles"]
    assert (trouble["where"], trouble["what"]) == ("辅直播间一", "OBS refuses the password.")


def test_a_session_before_its_start_says_when_it_starts() -> None:
    told = tell(status(session_ms=-5 * MINUTE), SHANGHAI)["sessions"][0]
    assert told["state"] == "starts at 19:00:00"


def test_a_session_that_is_being_made_ready_has_no_times() -> None:
    told = tell(status(start_wall_ns=None, lanes={}), SHANGHAI)["sessions"][0]
    assert (told["state"], told["lanes"]) == ("its studios are being made ready", [])


def test_a_room_is_what_a_person_said() -> None:
    rooms = [{"platform": "抖音", "room": "7", "closed": False}, {"platform": "快手", "room": "8", "closed": True}]
    told = tell(status(rooms=rooms), SHANGHAI)["sessions"][0]
    assert [room["words"] for room in told["rooms"]] == ["抖音 7: opened, says a person", "快手 8: closed"]


def test_only_studios_without_a_session_are_listed_as_free() -> None:
    assert [one["id"] for one in tell(status(), SHANGHAI)["studios"]] == ["aux1"]


@pytest.mark.parametrize(
    ("now", "shown"),
    [(0, "012"), (5, "34567"), (9, "789"), (None, "56789")],
    ids=["the first", "in the middle", "the last", "nothing is on and nothing comes"],
)
def test_the_rows_near_the_present_one(now: int | None, shown: str) -> None:
    rows = [{"cue": str(at), "place": "now" if at == now else ""} for at in range(10)]
    assert "".join(one["cue"] for one in around(rows, 2, 2)) == shown
