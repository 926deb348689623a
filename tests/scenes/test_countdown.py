"""What a countdown says."""

from __future__ import annotations

import pytest

from studio.model.obs import InputState
from studio.model.scene import Rect, Scene, Source
from studio.scenes.countdown import To, countdown_inputs, words
from studio.scenes.desired import Naming

RECT = Rect(0, 0, 400, 60)
LINUX, WINDOWS = {"text_ft2_source_v2"}, {"text_gdiplus_v3", "text_ft2_source_v2"}


@pytest.mark.parametrize(
    ("to", "left_ms", "said"),
    [
        pytest.param("offer", 299_000, "优惠剩余 04:59", id="minutes"),
        pytest.param("offer", 298_001, "优惠剩余 04:59", id="a begun second is whole"),
        pytest.param("offer", 59_000, "优惠剩余 00:59", id="under a minute"),
        pytest.param("offer", 3_600_000, "优惠剩余 1:00:00", id="an hour"),
        pytest.param("offer", 1, "优惠剩余 00:01", id="the last millisecond"),
        pytest.param("offer", 0, "优惠剩余 00:00", id="over"),
        pytest.param("offer", -5_000, "优惠剩余 00:00", id="long over"),
        pytest.param("offer", None, "", id="no offer"),
        pytest.param("standby", 61_000, "优惠剩余 01:01", id="standby"),
        pytest.param("standby", 0, "", id="a standby past its time promises nothing"),
    ],
)
def test_a_countdown_says(to: To, left_ms: int | None, said: str) -> None:
    assert words(to, left_ms, "优惠剩余") == said


def test_without_a_label_the_time_stands_alone() -> None:
    assert words("offer", 5_000) == "00:05"


def countdown(name: str, to: To) -> Source:
    return Source(name, "countdown", RECT, {"to": to, "label": "剩余", "size": 40, "colour": "#FFFFFF", "font": ""})


SCENE = Scene("s", "特写", (Source("字", "text", RECT), countdown("优惠", "offer"), countdown("恢复", "standby")))


@pytest.mark.parametrize(("kinds", "kind"), [(LINUX, "text_ft2_source_v2"), (WINDOWS, "text_gdiplus_v3")])
def test_the_director_gets_the_text_of_each_countdown_by_its_name_in_obs(kinds: set[str], kind: str) -> None:
    assert countdown_inputs(SCENE, Naming("d·"), kinds, 9_000) == {
        "d·特写 · 优惠": InputState(kind, {"text": "剩余 00:09"}),
        "d·特写 · 恢复": InputState(kind, {"text": "剩余 00:09"}),
    }


@pytest.mark.parametrize(("to", "name"), [("offer", "特写 · 优惠"), ("standby", "特写 · 恢复")])
def test_a_countdown_to_another_end_is_left_alone(to: To, name: str) -> None:
    assert list(countdown_inputs(SCENE, Naming(), LINUX, None, to=to)) == [name]
