"""Volume meters: what sounds in the programme, how loud, and what is told of what does not."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

from tests.contract.conftest import ONCE
from tests.contract.wire import PREFIX, listener
from tests.media import clips

if TYPE_CHECKING:
    from pathlib import Path

    from tests.contract.wire import Subject, Wire

pytestmark = pytest.mark.parametrize("subject", ONCE, ids=lambda one: one[0], indirect=True)

METERS = 1 << 16
NUMBERS = itertools.count()
TONE = 1 / 8
"""Amplitude of the sine that ffmpeg makes."""


Levels = list[list[float]] | None
"""Per channel magnitude, peak and input peak; None where the input is not listed."""
Metered = Callable[[str, Callable[[Levels], bool]], Levels]


@pytest.fixture
def metered(subject: Subject, obs: Wire) -> Iterator[Metered]:
    """Wait until an input's levels are as said, and return them."""
    with listener(subject, METERS) as ear:

        def heard(name: str, holds: Callable[[Levels], bool]) -> Levels:
            for _event in range(200):
                ear.gather(2)
                inputs = ear.seen[-1]["eventData"]["inputs"]
                found = next((one["inputLevelsMul"] for one in inputs if one["inputName"] == name), None)
                if holds(found):
                    return found
            raise AssertionError(inputs)

        yield heard


@pytest.fixture
def tone(obs: Wire, tmp_path: Path) -> str:
    """A clip with a tone that plays on air without end; returns its input's name.

    OBS goes on to list an input that was removed, so each test has a name of its own.
    """
    name = f"{PREFIX}tone {next(NUMBERS)}"
    clip = clips.write(clips.plain("gray", 2, "64x64"), tmp_path / "tone.mp4", sound=True)
    settings = {"local_file": str(clip), "looping": True}
    fields = {"sceneName": "Scene", "inputName": name, "inputKind": "ffmpeg_source", "inputSettings": settings}
    obs.get("CreateInput", fields)
    return name


def loud(levels: Levels) -> bool:
    """At its loudness: a clip that begins, or begins again, may click."""
    return bool(levels) and abs(levels[0][2] / TONE - 1) < 0.1


def test_meters_come_where_nothing_sounds(metered: Metered) -> None:
    assert metered("nobody", lambda levels: levels is None) is None


def test_a_clips_tone_is_metered_on_both_sides_at_its_loudness(tone: str, metered: Metered) -> None:
    left, right = metered(tone, loud)
    assert left == right == pytest.approx([TONE / 2**0.5, TONE, TONE], rel=0.1)


def test_a_fader_moves_all_but_the_input_peak(obs: Wire, tone: str, metered: Metered) -> None:
    obs.get("SetInputVolume", {"inputName": tone, "inputVolumeDb": 20})
    left, _right = metered(tone, lambda levels: loud(levels) and levels[0][1] > 0.9 * 10 * TONE)
    assert left == pytest.approx([10 * TONE / 2**0.5, 10 * TONE, TONE], rel=0.1)


def test_a_muted_clip_keeps_its_input_peak_alone(obs: Wire, tone: str, metered: Metered) -> None:
    obs.get("SetInputMute", {"inputName": tone, "inputMuted": True})
    left, _right = metered(tone, lambda levels: loud(levels) and levels[0][1] == 0)
    assert left == pytest.approx([0, 0, TONE], rel=0.1)


def test_a_paused_clip_is_silent_but_listed(obs: Wire, tone: str, metered: Metered) -> None:
    metered(tone, loud)
    pause = "OBS_WEBSOCKET_MEDIA_INPUT_ACTION_PAUSE"
    obs.get("TriggerMediaInputAction", {"inputName": tone, "mediaAction": pause})
    assert metered(tone, lambda levels: bool(levels) and not loud(levels)) == [[0, 0, 0], [0, 0, 0]]


def test_a_clip_in_a_scene_that_is_not_on_air_is_not_metered(obs: Wire, tone: str, metered: Metered) -> None:
    obs.get("CreateScene", {"sceneName": f"{PREFIX}silent"})
    metered(tone, loud)
    obs.get("SetCurrentProgramScene", {"sceneName": f"{PREFIX}silent"})
    assert metered(tone, lambda levels: levels is None) is None
