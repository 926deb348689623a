"""The meters: the loudest of all inputs since the last sample."""

from __future__ import annotations

import pytest

from studio.air.watch.sample import Heard
from studio.air.watch.sound import Ear
from studio.obs.events import ObsEvent


def meters(*peaks: float) -> ObsEvent:
    """One event with an input for each peak, a quiet left channel and the peak on the right one."""
    inputs = [
        {"inputName": f"in {at}", "inputLevelsMul": [[0.0, 0.0, 0.9], [peak / 2, peak, 0.9]]}
        for at, peak in enumerate(peaks)
    ]
    return ObsEvent("InputVolumeMeters", {"inputs": inputs}, 0)


def heard(*events: ObsEvent, clip_db: float = -0.5) -> Heard | None:
    ear = Ear()
    for event in events:
        ear.hear(event)
    return ear.take(clip_db)


def test_the_loudest_peak_of_any_input_and_channel_counts() -> None:
    assert heard(meters(0.01, 0.1), meters(0.05)) == Heard(pytest.approx(-20.0), 0)


def test_each_event_that_clips_counts_fifty_milliseconds() -> None:
    assert heard(meters(1.0), meters(0.5), meters(0.1, 2.0), clip_db=-0.5) == Heard(pytest.approx(6.02, abs=0.01), 100)


@pytest.mark.parametrize(
    "event",
    [meters(), meters(0.0), ObsEvent("InputVolumeMeters", {"inputs": [{"inputName": "new", "inputLevelsMul": []}]}, 0)],
    ids=["no input", "muted", "an input without channels yet"],
)
def test_no_sound_is_silence(event: ObsEvent) -> None:
    assert heard(event) == Heard(-100.0, 0)


def test_without_meters_nothing_is_known() -> None:
    assert heard(ObsEvent("InputMuteStateChanged", {"inputName": "a"}, 0)) is None


def test_a_sample_begins_where_the_last_one_ended() -> None:
    ear = Ear()
    ear.hear(meters(1.0))
    ear.take(-0.5)
    ear.hear(meters(0.1))
    assert ear.take(-0.5) == Heard(pytest.approx(-20.0), 0)
