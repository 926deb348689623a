"""What became of applying scenes, in sentences."""

import pytest

from studio.air.scenery import outcome_words
from studio.model.obs import Outcome, Request

pytestmark = pytest.mark.usefixtures("english")


def test_what_obs_refuses_is_told_with_its_reason_and_code() -> None:
    request = Request("CreateSceneItem", {}, "logo is not in host")
    refused, done = Outcome(request, "refused", code=600, comment="No source."), Outcome(request, "confirmed")
    assert outcome_words([refused, done]) == ["OBS refused CreateSceneItem (logo is not in host): 600 No source."]
