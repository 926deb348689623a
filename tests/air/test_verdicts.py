"""From what OBS was seen to do to the verdict on a cue."""

from studio.air.verdicts import EDGE, TAKE, judge
from studio.clock import NS_PER_MS
from studio.model.obs import Outcome, Request


def test_a_clip_in_the_scene_already_on_is_timed_by_its_own_start() -> None:
    clip = Outcome(Request(EDGE, {}), "confirmed", sent_ns=0, answered_ns=1, started_ns=4 * NS_PER_MS, changed_ns=10**9)
    ended = judge(0, [clip], 1)
    assert ended is not None
    assert (ended.verdict, ended.late_ms) == ("on_time", 4)


def test_a_scene_change_decides_before_its_clip() -> None:
    take = Outcome(Request(TAKE, {}), "confirmed", sent_ns=0, answered_ns=1, started_ns=2 * NS_PER_MS)
    clip = Outcome(Request(EDGE, {}), "confirmed", sent_ns=0, answered_ns=1, started_ns=90 * NS_PER_MS)
    ended = judge(0, [take, clip], 1)
    assert ended is not None
    assert ended.late_ms == 2


def test_a_clip_that_was_not_seen_to_play_leaves_its_row_unconfirmed() -> None:
    take = Outcome(Request(TAKE, {}), "confirmed", sent_ns=0, answered_ns=1, started_ns=2 * NS_PER_MS)
    clip = Outcome(Request(EDGE, {}), "timed_out", sent_ns=0, answered_ns=1)
    ended = judge(0, [take, clip], 1)
    assert ended is not None
    assert ended.verdict == "unconfirmed"
