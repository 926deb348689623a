"""What OBS tells of settings, compared with what was wanted."""

from __future__ import annotations

from typing import Any

import pytest

from studio.model.settings import contains


@pytest.mark.parametrize(
    ("found", "wanted", "holds"),
    [
        pytest.param({"a": 1, "b": 2}, {"a": 1}, True, id="more than wanted"),
        pytest.param({"a": 1}, {"a": 1, "b": 2}, False, id="less than wanted"),
        pytest.param({"a": {"b": 1.00001}}, {"a": {"b": 1}}, True, id="single precision"),
        pytest.param({"a": 1.01}, {"a": 1}, False, id="another number"),
        pytest.param({"a": 0xFF2080FF}, {"a": 0xFF2080FE}, False, id="another colour"),
        pytest.param({"font": {"face": "Arial", "flags": 1}}, {"font": {"face": "Arial"}}, True, id="nested"),
        pytest.param({"font": {"face": "Arial"}}, {"font": {"face": "Arial", "flags": 1}}, False, id="nested less"),
        pytest.param({"a": True}, {"a": 1}, False, id="true is not one"),
        pytest.param(None, {"a": 1}, False, id="nothing"),
    ],
)
def test_an_answer_contains_what_is_wanted(found: Any, wanted: Any, holds: bool) -> None:
    assert contains(found, wanted) is holds
