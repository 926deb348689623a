"""What fold reads off the events."""

from studio.asrun.events import (
    AlarmCleared,
    AlarmRaised,
    Commanded,
    Confirmed,
    CueCalled,
    CueEnded,
    Event,
    Intended,
    LinkChanged,
    Overridden,
    Record,
    RecordingStarted,
    RecordingStopped,
    Refused,
    RoomClosed,
    RoomOpened,
    RunEnded,
    RunResumed,
    RunStarted,
    Stamp,
    TimedOut,
)
from studio.asrun.progress import Lane, Room, fold
from studio.clock import Anchor


def records(*events: tuple[str, Event], studio: str = "main") -> list[Record]:
    return [
        Record(seq, Stamp("r", "b", seq, seq, "s", studio, cue), event) for seq, (cue, event) in enumerate(events, 1)
    ]


def test_nothing_happened_yet() -> None:
    assert fold([]).state == "not_started"
    assert fold([]).lane("main") == Lane()


def test_a_run_is_on_air_between_its_start_and_its_end() -> None:
    begun = records(("", RunStarted("h", "t", 1, 2)))
    assert fold(begun).state == "on_air"
    assert fold([*begun, Record(2, begun[0].stamp, RunEnded("finished"))]).state == "ended"


def test_what_began_before_a_reboot_began_on_the_clock_that_runs_now() -> None:
    events = [
        ("a", Commanded("standby", "li")),
        ("a", RecordingStopped("p", 7)),
        ("a", AlarmRaised("black", "w", "r", 3)),
    ]
    before = [Record(0, Stamp("r", "b", 0, 0, "s"), RunStarted("h", "t", 1_000, 2)), *records(*events)]
    resumed = Record(9, Stamp("r", "b2", 0, 0, "s"), RunResumed(400, 2))
    lane = fold([*before, resumed]).lane("main")
    assert (lane.standby_ns, lane.unrecorded_ns, lane.alarms["black"].began_ns) == (1 - 600, 7 - 600, 3 - 600)


def test_since_when_nothing_is_recorded() -> None:
    begun = ("a", RecordingStarted(1, False, "p"))
    stopped = ("a", RecordingStopped("p"))
    assert fold(records(begun, stopped)).lane("main").unrecorded_ns == 2
    assert fold(records(begun, ("a", RecordingStopped("p", 1)))).lane("main").unrecorded_ns == 1
    assert fold(records(begun, stopped, begun)).lane("main").unrecorded_ns is None


def test_an_intent_without_an_answer_stays_pending() -> None:
    lane = fold(records(("a", Intended("1", "X", {}, "why")), ("a", Intended("2", "Y", {}, "why")))).lane("main")
    assert set(lane.pending) == {"1", "2"}


def test_every_kind_of_answer_settles_its_intent() -> None:
    intents = [("a", Intended(str(number), "X", {}, "why")) for number in range(4)]
    answers = [("a", Confirmed("0", 1, 2)), ("a", Refused("1", 600, "")), ("a", TimedOut("2", ""))]
    assert set(fold(records(*intents, *answers)).lane("main").pending) == {"3"}


def test_the_cue_on_air_is_the_last_that_was_not_skipped_or_refused() -> None:
    lane = fold(
        records(
            ("a", CueEnded("on_time", 1)),
            ("b", CueEnded("late", 1)),
            ("c", CueEnded("skipped", 1)),
            ("d", CueEnded("refused", 1)),
        )
    ).lane("main")
    assert lane.cue == "b"
    assert {cue: ended.verdict for cue, ended in lane.verdicts.items()} == {
        "a": "on_time",
        "b": "late",
        "c": "skipped",
        "d": "refused",
    }


def test_a_call_that_is_settled_late_does_not_go_on_air_behind_a_later_one() -> None:
    lane = fold(
        records(
            ("a", CueCalled(1)),
            ("b", CueCalled(2)),
            ("b", CueEnded("on_time", 2)),
            ("a", CueEnded("unconfirmed", 1)),
        )
    ).lane("main")
    assert (lane.cue, lane.open) == ("b", ())


def test_the_verdict_on_a_cue_is_that_of_its_last_call() -> None:
    calls = [("a", CueCalled(1, take=1)), ("a", CueCalled(2, take=2))]
    ends = [("a", CueEnded("on_time", 2, take=2)), ("a", CueEnded("skipped", 1, take=1))]
    assert fold(records(*calls, *ends)).lane("main").verdicts["a"].take == 2


def test_what_may_have_been_sent_is_known_for_each_call_until_its_verdict() -> None:
    take = Intended("1", "SetCurrentProgramScene", {"sceneName": "A"}, "why")
    begun = [("a", CueCalled(1, take=1)), ("a", take), ("a", CueCalled(2, take=2))]
    assert fold(records(*begun)).lane("main").sent == {("a", 1, "SetCurrentProgramScene")}
    assert not fold(records(*begun, ("a", CueEnded("on_time", 1, take=1)))).lane("main").sent


def test_the_scene_shown_is_that_of_the_last_change_and_unknown_until_it_is_confirmed() -> None:
    changes = [
        ("a", Intended("1", "SetCurrentProgramScene", {"sceneName": "A"}, "why")),
        ("a", Confirmed("1", 1, 2)),
        ("b", Intended("2", "SetCurrentProgramScene", {"sceneName": "B"}, "why")),
        ("b", TimedOut("2", "")),
    ]
    assert [fold(records(*changes[:many])).lane("main").shown for many in range(5)] == ["", "", "A", "", ""]


def test_a_hand_on_the_desk_wins_until_the_next_cue() -> None:
    touched = records(("a", CueEnded("on_time", 1)), ("", Overridden("programme", "A", "B")))
    assert fold(touched).lane("main").overridden == Overridden("programme", "A", "B")
    then = [*touched, *records(("b", CueEnded("on_time", 1)))]
    assert fold(then).lane("main").overridden is None


def test_recordings_are_collected() -> None:
    lane = fold(records(("", RecordingStarted()), ("", RecordingStopped("a.mkv")), ("", RecordingStarted()))).lane(
        "main"
    )
    assert (lane.recording, lane.recordings) == (True, ("a.mkv",))


def test_a_lost_link_is_known_until_it_returns() -> None:
    assert not fold(records(("", LinkChanged(False)))).lane("main").connected
    assert fold(records(("", LinkChanged(False)), ("", LinkChanged(True)))).lane("main").connected


def test_folding_in_two_parts_is_folding_at_once() -> None:
    log = records(("", RunStarted("h", "t", 1, 2)), ("a", CueEnded("on_time", 1)), ("", RecordingStarted()))
    for cut in range(len(log) + 1):
        assert fold(log[cut:], fold(log[:cut])) == fold(log)


def test_one_studios_events_leave_anothers_lane_alone() -> None:
    log = [*records(("a", CueEnded("on_time", 1))), *records(("b", CueEnded("late", 1)), studio="aux1")]
    assert (fold(log).lane("main").cue, fold(log).lane("aux1").cue) == ("a", "b")


def test_a_called_cue_is_open_until_it_has_its_verdict() -> None:
    called = records(("a", CueCalled(1)), ("b", CueCalled(2)), ("a", CueEnded("on_time", 1)))
    assert fold(called).lane("main").open == (("b", 1),)


def test_a_call_ends_what_a_hand_had_changed_and_the_standby_slate() -> None:
    before = records(("", Overridden("programme", "A", "B")), ("", Commanded("standby", "me")), ("a", CueCalled(3)))
    lane = fold(before).lane("main")
    assert (lane.overridden, lane.standby_ns) == (None, None)


def test_a_hand_that_comes_before_the_proof_of_a_cue_is_not_forgotten_with_it() -> None:
    touched = records(("a", CueCalled(1)), ("", Overridden("programme", "A", "B")), ("a", CueEnded("on_time", 1)))
    assert fold(touched).lane("main").overridden == Overridden("programme", "A", "B")


def test_a_row_dropped_after_it_was_on_air_keeps_its_verdict() -> None:
    log = records(("a", CueCalled(1)), ("a", CueEnded("late", 1)), ("a", CueEnded("skipped", 9, take=0)))
    assert fold(log).lane("main").verdicts["a"].verdict == "late"


def test_the_standby_slate_is_on_until_somebody_resumes() -> None:
    assert fold(records(("", Commanded("standby", "me")))).lane("main").standby_ns == 1
    assert (
        fold(records(("", Commanded("standby", "me")), ("", Commanded("resume", "me")))).lane("main").standby_ns is None
    )


def test_an_alarm_lasts_until_it_is_cleared() -> None:
    raised = records(("", AlarmRaised("black", "w", "r", 1)))
    assert set(fold(raised).lane("main").alarms) == {"black"}
    assert fold([*raised, *records(("", AlarmCleared("black", 5)))]).lane("main").alarms == {}


def test_an_alarm_without_a_studio_is_the_sessions() -> None:
    assert set(fold(records(("", AlarmRaised("clock_stepped", "w", "r", 1)), studio="")).alarms) == {"clock_stepped"}


def test_a_run_taken_up_after_a_reboot_has_its_anchor_on_the_new_clock() -> None:
    log = records(("", RunStarted("h", "t", 1, 2)), ("", RunResumed(-500, 2)), studio="")
    assert fold(log).anchor == Anchor(-500, 2)


def test_a_room_is_open_until_it_is_closed() -> None:
    log = records(("", RoomOpened("抖音", "1", "me")), ("", RoomOpened("快手", "2", "me")), studio="")
    log += records(("", RoomClosed("抖音", "1", "me")), studio="")
    assert fold(log).rooms == (Room("抖音", "1", closed=True), Room("快手", "2"))
