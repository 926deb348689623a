"""Each alarm's sentences."""

from __future__ import annotations

import pytest

from studio.air.watch.judge import KINDS
from studio.air.watch.sample import Change, Kind
from studio.air.watch.words import words

S = 1_000_000_000
VALUES = [(kind, "7 %") for kind in KINDS]
VALUES += [("recording_stalled", "off"), ("recording_stalled", "paused"), ("stream_reconnecting", "off")]

pytestmark = pytest.mark.usefixtures("english")


@pytest.mark.parametrize(("kind", "value"), VALUES)
def test_an_alarm_says_where_it_is_and_what_to_do(kind: Kind, value: str) -> None:
    what, remedy = words(Change(kind, True, 70 * S, 5 * S, None, value), "aux1", "辅直播间")
    assert "辅直播间" in what and what.endswith(".")
    assert remedy
    assert "{" not in what + remedy


def test_an_alarm_says_how_long_the_trouble_lasts_already() -> None:
    what, remedy = words(Change("black", True, 70 * S, 5 * S, None, "1 %"), "aux1", "辅直播间")
    assert what == "The picture of 辅直播间 has been black for 1:05 (brightness 1 %)."
    assert remedy.endswith("studio standby --studio aux1")


@pytest.mark.parametrize("kind", KINDS)
def test_an_end_says_how_long_it_lasted_and_asks_for_nothing(kind: Kind) -> None:
    what, remedy = words(Change(kind, False, 90 * S, 5 * S, 80 * S, "7 %"), "aux1", "辅直播间")
    assert what.startswith("辅直播间: “") and what.endswith("is over after 1:15.")
    assert remedy == ""


def test_no_two_alarms_are_called_the_same() -> None:
    ends = {words(Change(kind, False, 90 * S, 5 * S, 80 * S, ""), "a", "a")[0] for kind in KINDS}
    assert len(ends) == len(KINDS)
