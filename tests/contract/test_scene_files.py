"""``studio scenes`` on both subjects: what it did is read on a second, plain socket."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner, Result

from studio.cli.scenes import scenes
from tests.contract.conftest import ONCE, PASSWORD
from tests.contract.wire import NAMED, PREFIX, Subject, Wire, eventually
from tests.workspace.copies import Copy, copy

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [
    pytest.mark.parametrize("subject", ONCE, ids=["virtual", "real"], indirect=True),
    pytest.mark.usefixtures("english"),
]

HOST, CLOSE, OWN, LOGO = (f"{PREFIX}{name}" for name in ("主播", "特写", "技术员", "logo"))
FILE = f"""canvas: {{width: WIDTH, height: HEIGHT, fps: 30}}
safe: {{x: 0, y: 0, width: WIDTH, height: HEIGHT}}
scenes:
  - id: host
    title: {HOST}
    sources:
      - {{name: 机位, kind: camera, device: {PREFIX}HDMI 1, fallback: {{title: 主播机位}}}}
      - {{name: 底, kind: colour, colour: "#1F4D36", rect: {{x: 10, y: 20, width: 200, height: 40}}}}
      - {{name: 字, kind: text, text: 岢岚好物, size: 32, rect: {{x: 10, y: 20, width: 200, height: 40}}}}
  - id: closeup
    title: {CLOSE}
    sources:
      - {{name: 榜单, kind: browser, url: "https://example.com", fallback: {{title: 今日榜单}}}}
      - {{name: 卡, kind: card, rect: {{x: 10, y: 100, width: 300, height: 90}}}}
      - {{name: 剩余, kind: countdown, to: offer, size: 24, rect: {{x: 10, y: 200, width: 200, height: 40}}}}
"""


@dataclass(frozen=True)
class House(Copy):
    """A workspace whose main studio is the subject."""

    def run(self, *words: str) -> Result:
        secrets = {"STUDIO_SECRET_OBS_MAIN": PASSWORD, "STUDIO_WORKSPACE": ""}
        done = CliRunner().invoke(scenes, [*words, "--workspace", str(self.root)], env=secrets)
        assert done.exception is None or isinstance(done.exception, SystemExit) or hasattr(done.exception, "exit_code")
        return done

    def use(self, file_id: str) -> None:
        self.edit("studio.toml", 'scenes = "portrait"', f'scenes = "{file_id}"')


@pytest.fixture
def house(tmp_path: Path, subject: Subject, obs: Wire) -> House:
    made = House(copy(tmp_path / "house").root)
    made.edit("studio.toml", "port = 4455,", f"port = {subject.port},")
    shutil.rmtree(made.root / "schedules")
    width, height = subject.canvas
    text = FILE.replace("WIDTH", str(width)).replace("HEIGHT", str(height))
    (made.root / "scenes" / "small.yaml").write_text(text, encoding="utf-8")
    NAMED.update({HOST, CLOSE, f"{PREFIX}HDMI 1", *(f"{HOST} · {name}" for name in ("机位", "底", "字"))})
    NAMED.update(f"{CLOSE} · {name}" for name in ("榜单", "卡", "剩余"))
    return made


@pytest.fixture
def small(house: House) -> House:
    """The workspace with the small scene file in use."""
    house.use("small")
    return house


def everything(obs: Wire) -> dict[str, Any]:
    """All scenes with their items, and all inputs with their settings, as OBS tells them; sizes come frames later."""
    names = [scene["sceneName"] for scene in obs.get("GetSceneList")["scenes"]]
    inputs = [one["inputName"] for one in obs.get("GetInputList")["inputs"]]
    listed = {name: obs.get("GetSceneItemList", {"sceneName": name})["sceneItems"] for name in names}
    for item in (item for items in listed.values() for item in items):
        for size in ("sourceWidth", "sourceHeight", "width", "height"):
            del item["sceneItemTransform"][size]
    return {
        "scenes": listed,
        "inputs": {name: obs.get("GetInputSettings", {"inputName": name}) for name in inputs},
    }


@pytest.fixture
def technician(obs: Wire, subject: Subject) -> Wire:
    """A desk with a scene that a technician made: words, two colours, one of them hidden, a picture somewhere."""
    width, height = subject.canvas
    obs.get("CreateScene", {"sceneName": OWN})

    def add(name: str, kind: str, **settings: Any) -> int:
        data = {"sceneName": OWN, "inputName": f"{PREFIX}{name}", "inputKind": kind, "inputSettings": settings}
        number: int = obs.get("CreateInput", data)["sceneItemId"]
        return number

    ground = add("底色", "color_source_v3", color=0xFF364D1F, width=width, height=height)
    place = {"boundsType": "OBS_BOUNDS_STRETCH", "boundsWidth": float(width), "boundsHeight": float(height)}
    obs.get("SetSceneItemTransform", {"sceneName": OWN, "sceneItemId": ground, "sceneItemTransform": place})
    font = {"face": "Noto Sans CJK SC", "size": 40, "style": "Bold", "flags": 1}
    add("标题", "text_ft2_source_v2", text="今晚八点", font=font, color1=0xFF00FFFF, color2=0xFF00FFFF)
    add("logo", "image_source", file="/nowhere/logo.png")
    hidden = add("备用", "color_source_v3", color=0xFF0000FF, width=64, height=64)
    obs.get("SetSceneItemEnabled", {"sceneName": OWN, "sceneItemId": hidden, "sceneItemEnabled": False})
    return obs


def test_applying_makes_it_so_and_a_second_time_changes_nothing(small: House, technician: Wire) -> None:
    before = everything(technician)
    first = small.run("apply", "main")
    assert (first.exit_code, first.stderr) == (0, "")
    after = everything(technician)
    assert [item["sourceName"] for item in after["scenes"][HOST]] == [
        f"{HOST} · 机位", f"{PREFIX}HDMI 1", f"{HOST} · 底", f"{HOST} · 字"
    ]  # fmt: skip
    assert {name: after["scenes"][name] for name in before["scenes"]} == before["scenes"]
    assert {name: after["inputs"][name] for name in before["inputs"]} == before["inputs"]
    second = small.run("apply", "main")
    assert (second.exit_code, second.stderr) == (0, "")
    assert "Nothing to change" in second.stdout
    assert everything(technician) == after
    assert small.run("plan", "main").stdout.splitlines()[-1].startswith("Nothing to change")


def test_a_plan_says_what_would_change_and_changes_nothing(small: House, obs: Wire) -> None:
    before = everything(obs)
    done = small.run("plan", "main")
    lines = done.stdout.splitlines()
    assert done.exit_code == 0
    assert f"+ scene {HOST}" in lines
    assert f"+ source {HOST} · 字 (text_ft2_source_v2) in scene {HOST}" in lines
    assert lines[-1] == "9 to create, 0 to change. Nothing else in that OBS is touched."
    assert everything(obs) == before


def test_a_fallback_that_is_taken_is_said_with_its_reason(small: House) -> None:
    done = small.run("plan", "main")
    assert f"! {CLOSE} · 榜单 is shown by its fallback, since that OBS has no browser_source" in done.stdout
    assert json.loads(small.run("plan", "main", "--json").stdout)["remarks"]


def test_a_dry_run_shows_the_requests_and_sends_none(small: House, obs: Wire) -> None:
    before = everything(obs)
    done = small.run("apply", "main", "--dry-run")
    assert done.exit_code == 0
    assert f'main: CreateScene {{"sceneName": "{HOST}"}}, because scene {HOST} is missing' in done.stdout
    said = json.loads(small.run("apply", "main", "--dry-run", "--json").stdout)
    assert "CreateInput" in [request["type"] for request in said["requests"]]
    assert everything(obs) == before


def test_what_a_hand_changed_is_named_and_put_right(small: House, obs: Wire) -> None:
    small.run("apply", "main")
    words, ground = f"{HOST} · 字", f"{HOST} · 底"
    numbers = {item["sourceName"]: item["sceneItemId"] for item in everything(obs)["scenes"][HOST]}
    obs.get("SetInputSettings", {"inputName": words, "inputSettings": {"text": "另一句"}})
    hidden = {"sceneName": HOST, "sceneItemId": numbers[words], "sceneItemEnabled": False}
    obs.get("SetSceneItemEnabled", hidden)
    moved = {"positionX": 50.0}
    obs.get("SetSceneItemTransform", {"sceneName": HOST, "sceneItemId": numbers[ground], "sceneItemTransform": moved})
    obs.get("SetSceneItemIndex", {"sceneName": HOST, "sceneItemId": numbers[words], "sceneItemIndex": 0})
    said = small.run("plan", "main").stdout.splitlines()
    assert said[:4] == [
        f"~ source {words}: text from “另一句” to “岢岚好物”",
        f"~ source {ground} in scene {HOST}: its place from 50,20 200x40 stretch to 10,20 200x40 stretch",
        f"~ source {words} in scene {HOST}: hidden, then shown",
        f"~ scene {HOST}: the order of its sources",
    ]
    assert small.run("apply", "main").exit_code == 0
    assert small.run("plan", "main").stdout.splitlines()[-1].startswith("Nothing to change")


def test_nothing_is_changed_while_obs_records(small: House, obs: Wire) -> None:
    before = everything(obs)
    obs.get("StartRecord")
    assert eventually(lambda: obs.get("GetRecordStatus")["outputDuration"] > 0)
    done = small.run("apply", "main")
    assert getattr(done.exception, "exit_code", None) == 4
    assert "is recording right now" in str(done.exception)
    assert everything(obs) == before


def test_what_a_person_is_to_make_is_named_and_the_rest_is_done(small: House, obs: Wire) -> None:
    small.edit("scenes/small.yaml", "kind: card,", f"kind: existing, obs: {LOGO},")
    done = small.run("apply", "main")
    assert done.exit_code == 3
    assert f"! {LOGO} of scene {CLOSE} is to be made in OBS by hand" in done.stdout
    assert f"source {LOGO}" not in done.stdout
    assert f"{CLOSE} · 剩余" in [item["sourceName"] for item in everything(obs)["scenes"][CLOSE]]


def test_what_is_adopted_asks_for_no_change(house: House, technician: Wire) -> None:
    before = everything(technician)
    written = house.root / "scenes" / "own.yaml"
    assert house.run("adopt", "main", "--out", str(written)).exit_code == 0
    text = written.read_text(encoding="utf-8")
    assert f'{{name: "{PREFIX}底色", kind: colour' in text
    assert f'{{name: "{PREFIX}标题", kind: text' in text
    assert f'{{name: "{LOGO}", kind: existing' in text
    house.use("own")
    assert house.run("plan", "main").stdout == "Nothing to change: that OBS is as the file says.\n"
    assert house.run("apply", "main").exit_code == 0
    assert everything(technician) == before


def test_adopting_writes_over_nothing(house: House, technician: Wire) -> None:
    done = house.run("adopt", "main", "--out", str(house.root / "scenes" / "small.yaml"))
    assert getattr(done.exception, "exit_code", None) == 4
    assert FILE[:20] not in house.run("adopt", "main").stdout
