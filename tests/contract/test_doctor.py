"""The doctor examines both subjects, and says the same of both."""

import asyncio
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from studio.air.doctor.finding import Diagnosis
from studio.model.studio import Canvas
from tests.air.doctor import TITLES, finding, spec, subject, visit
from tests.contract.conftest import ONCE
from tests.contract.wire import PREFIX, Subject, Wire

pytestmark = [
    pytest.mark.usefixtures("english"),
    pytest.mark.parametrize("subject", ONCE, ids=["virtual", "real"], indirect=True),
]


def examined(obs: Subject, seconds: float, transition: str = "Fade") -> Diagnosis:
    """What the doctor says of the OBS as a studio whose scene file has its canvas."""
    scenes = spec(Canvas(*obs.canvas, Fraction(obs.fps)), PREFIX)
    studio = subject(obs.port, transition=transition, scenes=scenes)
    return asyncio.run(visit(studio, obs.password, seconds=seconds))


def test_a_studio_that_holds_what_its_sheet_names_is_ready(obs: Wire, subject: Subject) -> None:
    for title in TITLES.values():
        obs.get("CreateScene", {"sceneName": f"{PREFIX}{title}"})
    before = set(subject.record_dir.iterdir())
    diagnosis = examined(subject, 2.0)
    levels = {one.check: one.level for one in diagnosis.findings}
    held = levels.pop("frame_rate")
    assert levels == {
        **dict.fromkeys(("reachable", "password", "safe_mode", "studio_mode", "scenes", "transitions"), "ok"),
        **dict.fromkeys(("canvas", "record_folder", "record_format", "test_recording", "disk"), "ok"),
        "version": "warn",  # before OBS 30 the record folder is set by hand
        "audio": "warn",  # neither has a sound device
    }
    assert held == "ok" or "Close other programs" in finding(diagnosis, "frame_rate").remedy
    recording = finding(diagnosis, "test_recording").value
    assert Path(recording["path"]).parent == subject.record_dir
    assert recording["size"] == list(subject.canvas)
    assert 1_500 <= recording["duration_ms"] <= 6_000
    assert set(subject.record_dir.iterdir()) == before
    assert obs.get("GetRecordStatus")["outputActive"] is False


def test_a_studio_that_is_not_ready(obs: Wire, subject: Subject, tmp_path: Path) -> None:
    folder = {"parameterCategory": "SimpleOutput", "parameterName": "FilePath"}
    obs.get("CreateScene", {"sceneName": f"{PREFIX}开场"})
    obs.get("SetStudioModeEnabled", {"studioModeEnabled": True})
    obs.get("SetProfileParameter", folder | {"parameterValue": str(tmp_path / "gone")})
    try:
        diagnosis = examined(replace(subject, canvas=(320, 180)), 0.2, transition="Fadee")
    finally:
        obs.get("SetProfileParameter", folder | {"parameterValue": str(subject.record_dir)})
    bad = {one.check for one in diagnosis.findings if one.level == "bad"}
    assert bad - {"frame_rate"} == {"studio_mode", "scenes", "transitions", "canvas", "record_folder", "disk"}
    assert finding(diagnosis, "scenes").value == {"missing": [f"{PREFIX}主播"]}
    assert "did you mean “Fade”?" in finding(diagnosis, "transitions").remedy
    assert finding(diagnosis, "test_recording").level == "unknown"


def test_a_wrong_password(obs: Wire, subject: Subject) -> None:
    found = finding(examined(replace(subject, password="wrong"), 0.2), "password")
    assert (found.level, found.value) == ("bad", "wrong")


def test_a_recording_under_way_is_left_alone(obs: Wire, subject: Subject) -> None:
    obs.get("StartRecord")
    try:
        diagnosis = examined(subject, 0.2)
        assert obs.get("GetRecordStatus")["outputActive"] is True
    finally:
        obs.get("StopRecord")
    assert "On air (it is recording)" in finding(diagnosis, "test_recording").what
