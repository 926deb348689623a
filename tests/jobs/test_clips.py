"""Clips that rows play or wait for, held against the scenes of a whole workspace."""

from pathlib import Path

import pytest

from studio.jobs.check import read_workspace
from tests.workspace.copies import Copy, copy

pytestmark = pytest.mark.usefixtures("english")

SHEET = "schedules/runsheets/kidney-bean.yaml"
CLIP = "sources:\n      - {name: 片头, kind: media, asset: scenes/opening.mp4}\n"
ROW = "scene: opening, duration: 2m"


@pytest.fixture
def house(tmp_path: Path) -> Copy:
    """A workspace whose portrait studios have a clip in their opening; ``aux1`` plays the sheet."""
    made = copy(tmp_path / "house")
    (made.root / "scenes/opening.mp4").write_bytes(b"a clip")
    made.edit("scenes/portrait.yaml", "sources:\n", CLIP)
    return made


def say(house: Copy, words: str) -> None:
    house.edit(SHEET, ROW, f"{ROW}, {words}")
    house.edit(SHEET, "late: hold, advance: auto}", "late: hold}")


def test_a_clip_of_the_scene_is_played(house: Copy) -> None:
    say(house, "play: [片头], advance: media_end")
    workspace, problems = read_workspace(house.root)
    assert problems == ()
    sheet = workspace.runsheet("kidney-bean")
    assert sheet is not None
    assert (sheet.cues[0].play, sheet.cues[0].advance) == (("片头",), "media_end")


def test_a_clip_no_scene_file_has_is_told_at_its_row(house: Copy) -> None:
    say(house, "play: [片头, 片头二]")
    (problem,) = house.problems()
    assert (problem.file, (problem.line, problem.column)) == (SHEET, house.place(SHEET, "片头二"))
    assert problem.what == "scene “opening” has no source “片头二” of the kind media"
    assert problem.remedy == "did you mean “片头”?"


def test_a_slate_is_no_clip(house: Copy) -> None:
    say(house, "play: [开场画面]")
    assert "has no source “开场画面” of the kind media" in house.problems()[0].what


@pytest.mark.parametrize(
    ("loop", "words"),
    [
        pytest.param("true", "advance: media_end", id="the only clip loops"),
        pytest.param("true", "advance: media_end, play: [片头]", id="what is played loops"),
    ],
)
def test_a_row_cannot_wait_for_the_end_of_a_loop(house: Copy, loop: str, words: str) -> None:
    house.edit("scenes/portrait.yaml", "asset: scenes/opening.mp4}", f"asset: scenes/opening.mp4, loop: {loop}}}")
    say(house, words)
    (problem,) = house.problems()
    assert (problem.file, (problem.line, problem.column)) == (SHEET, house.place(SHEET, "media_end"))
    assert "waits for the end of a clip" in problem.what


def test_a_scene_without_clips_never_ends(house: Copy) -> None:
    house.edit(SHEET, "scene: host\n", "scene: host\n    advance: media_end\n")
    assert "scene “host” plays none that ends" in house.problems()[0].what


@pytest.mark.parametrize("words", ["play: [片头]", "advance: media_end"])
def test_a_clip_only_other_studios_have_is_told_at_the_session(house: Copy, words: str) -> None:
    say(house, words)
    house.edit("schedules/2026-12.yaml", "studios: [aux1]", "studios: [aux2]")
    (problem,) = house.problems()
    assert (problem.file, (problem.line, problem.column)) == (
        "schedules/2026-12.yaml",
        house.place("schedules/2026-12.yaml", "aux2"),
    )
    assert "opening" in problem.what and "aux2" in problem.what
    assert "scenes/landscape.yaml" in problem.remedy


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("kind: media", "kind: medium", id="a faulty source"),
        pytest.param("\nscenes:", "\nscene:", id="a faulty list"),
        pytest.param("canvas:", "\tcanvas:", id="a file that is not read"),
    ],
)
def test_nothing_is_said_where_the_scene_itself_is_faulty(house: Copy, old: str, new: str) -> None:
    say(house, "play: [片头]")
    house.edit("scenes/portrait.yaml", old, new)
    assert {problem.file for problem in house.problems()} == {"scenes/portrait.yaml"}


def test_a_quoted_id_with_blanks_around_it_is_found_again(house: Copy) -> None:
    house.edit(SHEET, "{id: open,", '{id: " open ",')
    say(house, "play: [片尾]")
    assert "has no source “片尾”" in house.problems()[0].what
