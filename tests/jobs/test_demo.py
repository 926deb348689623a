"""The demo as a person runs it: on the virtual OBS and on a real one, by the command line."""

import csv
import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from tests.real_obs import RealObs, real_obs

pytestmark = pytest.mark.alone

PASSWORD = "高原-口令"


def studio(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "studio", *words],
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "STUDIO_LANG": "en", **environment},
        timeout=150,
    )


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("centre") / "示例 中心"  # a space and Chinese in the path, as people have them
    assert studio("init", str(folder)).returncode == 0
    return folder


@pytest.fixture(scope="module")
def obs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealObs]:
    with real_obs(tmp_path_factory.mktemp("obs"), canvas=(540, 960), fps=30, password=PASSWORD) as started:
        yield started


def dump(obs: RealObs) -> str:
    done = studio("obs", "dump", "--obs", f"127.0.0.1:{obs.port}", "--json", STUDIO_OBS_PASSWORD=PASSWORD)
    assert done.returncode == 0, done.stderr
    return done.stdout


def demo(workspace: Path, *words: str, **environment: str) -> dict[str, Any]:
    done = studio("demo", "--json", "--seconds", "3", "--workspace", str(workspace), *words, **environment)
    assert done.returncode == 0, done.stderr
    facts: dict[str, Any] = json.loads(done.stdout)
    return facts


class Figures(HTMLParser):
    """The figures of a report, read back from its page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: dict[str, str] = {}
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if (name := given.get("data-figure")) is not None:
            self.found[name] = given.get("data-value") or ""


def order_file_sums(path: Path) -> dict[str, Decimal]:
    """Counted from the file by csv and Decimal alone: what was paid for, pieces, lines, orders."""
    rows = [row for row in csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"))) if row["子订单编号"]]
    paid = [row for row in rows if row["支付完成时间"] not in ("", "-")]
    return {
        "paid_yuan": sum((Decimal(row["订单应付金额"].replace(",", "")) for row in paid), Decimal()),
        "units": sum((Decimal(row["商品数量"]) for row in paid), Decimal()),
        "lines": Decimal(len(paid)),
        "orders": Decimal(len({row["主订单编号"].strip() for row in paid})),
    }


def probed(path: Path) -> list[dict[str, Any]]:
    """The streams as ffprobe, which is not ours, sees them."""
    done = subprocess.run(
        ["ffprobe", "-v", "error", "-show_streams", "-of", "json", str(path)], capture_output=True, check=True
    )
    streams: list[dict[str, Any]] = json.loads(done.stdout)["streams"]
    return streams


@pytest.fixture(scope="module")
def shown(workspace: Path) -> dict[str, Any]:
    return demo(workspace)


def test_every_cue_is_on_time(shown: dict[str, Any]) -> None:
    assert list(shown["verdicts"].values()) == ["on_time"] * 6


def test_the_recording_opens_in_ffprobe_with_picture_and_sound(workspace: Path, shown: dict[str, Any]) -> None:
    (path,) = shown["recordings"]
    kinds = {stream["codec_type"]: stream for stream in probed(workspace / path)}
    assert (kinds["video"]["codec_name"], kinds["video"]["width"], kinds["video"]["height"]) == ("h264", 1080, 1920)
    assert kinds["audio"]["codec_name"] == "aac"


def test_each_take_of_the_log_is_a_picture_change_within_two_frames(shown: dict[str, Any]) -> None:
    assert shown["takes_in_picture"] == shown["takes"] == 6


def test_the_reports_figures_are_those_of_the_order_file(workspace: Path, shown: dict[str, Any]) -> None:
    figures = Figures((workspace / shown["report"]).read_text(encoding="utf-8")).found
    sums = order_file_sums(workspace / shown["orders"])
    assert Decimal(figures["totals.paid_fen"]) / 100 == sums["paid_yuan"]
    assert {name: Decimal(figures[f"totals.{name}"]) for name in ("units", "lines", "orders")} == {
        name: sums[name] for name in ("units", "lines", "orders")
    }
    assert shown["totals_equal_order_file"] is True


def test_orders_were_joined_to_cues(workspace: Path, shown: dict[str, Any]) -> None:
    figures = json.loads((workspace / shown["report"]).with_name("figures.json").read_text(encoding="utf-8"))["figures"]
    sold = [cue["sales"]["lines"] for cue in figures["cues"] if cue["product"]]
    assert len(sold) >= 2 and all(lines > 0 for lines in sold)


def test_no_buyer_and_no_password_is_left_in_any_file_of_ours(workspace: Path, shown: dict[str, Any]) -> None:
    orders = workspace / shown["orders"]
    rows = list(csv.DictReader(io.StringIO(orders.read_text(encoding="utf-8-sig"))))
    personal = {row[heading] for row in rows for heading in ("收件人", "收件人手机号", "详细地址") if row[heading]}
    secrets = {word.encode() for word in personal - {"-", "*"} if len(word) > 1}
    assert secrets
    for path in workspace.rglob("*"):
        if path.is_file() and path != orders and path.suffix != ".mkv":
            content = path.read_bytes()
            assert not [word for word in secrets if word in content], path


def test_a_lent_obs_plays_the_same_and_is_as_it_was(workspace: Path, obs: RealObs) -> None:
    before = dump(obs)
    facts = demo(workspace, "--obs", f"127.0.0.1:{obs.port}", STUDIO_OBS_PASSWORD=PASSWORD)
    assert list(facts["verdicts"].values()) == ["on_time"] * 6
    assert facts["takes_in_picture"] == facts["takes"] == 6
    assert facts["totals_equal_order_file"] is True
    assert {stream["codec_type"] for stream in probed(Path(facts["recordings"][0]))} == {"video", "audio"}
    assert dump(obs) == before


def test_ctrl_c_gives_a_lent_obs_back(workspace: Path, obs: RealObs) -> None:
    before = dump(obs)
    words = ["demo", "--seconds", "3", "--workspace", str(workspace), "--obs", f"127.0.0.1:{obs.port}"]
    running = subprocess.Popen(
        [sys.executable, "-m", "studio", *words],
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        encoding="utf-8",
        env={**os.environ, "STUDIO_LANG": "en", "STUDIO_OBS_PASSWORD": PASSWORD},
    )
    assert running.stderr is not None
    said = ""
    while "1/6" not in said:
        line = running.stderr.readline()
        assert line, said
        said += line
    began = time.monotonic()
    running.send_signal(signal.SIGINT)
    said += running.stderr.read()
    running.stderr.close()
    assert running.wait(30) == 130, said
    assert time.monotonic() - began < 20
    assert "Stopped." in said and "Traceback" not in said
    assert dump(obs) == before


def test_an_obs_that_records_is_refused(workspace: Path, obs: RealObs) -> None:
    at = f"127.0.0.1:{obs.port}"
    assert studio("obs", "call", "--obs", at, "StartRecord", STUDIO_OBS_PASSWORD=PASSWORD).returncode == 0
    time.sleep(1)
    try:
        done = studio("demo", "--workspace", str(workspace), "--obs", at, STUDIO_OBS_PASSWORD=PASSWORD)
    finally:
        studio("obs", "call", "--obs", at, "StopRecord", STUDIO_OBS_PASSWORD=PASSWORD)
    assert done.returncode == 4, done.stderr
    assert "recording right now" in done.stderr


@pytest.mark.parametrize(
    ("words", "environment", "code", "said"),
    [
        pytest.param(["--obs", "127.0.0.1:port"], {}, 2, "HOST:PORT", id="no port"),
        pytest.param(["--obs", "127.0.0.1:1"], {"STUDIO_OBS_PASSWORD": "x"}, 3, "No OBS answers", id="nobody there"),
        pytest.param(["--session", "s9999"], {}, 2, "s1204-buckthorn", id="unknown session"),
    ],
)
def test_what_cannot_be_played_is_one_sentence(
    workspace: Path, words: list[str], environment: dict[str, str], code: int, said: str
) -> None:
    done = studio("demo", "--workspace", str(workspace), *words, **environment)
    assert done.returncode == code
    assert said in done.stderr and "Traceback" not in done.stderr


def test_a_wrong_password_is_one_sentence(workspace: Path, obs: RealObs) -> None:
    at = f"127.0.0.1:{obs.port}"
    done = studio("demo", "--workspace", str(workspace), "--obs", at, STUDIO_OBS_PASSWORD="wrong")
    assert done.returncode == 3
    assert "password" in done.stderr and "Traceback" not in done.stderr


def test_without_a_workspace_the_remedy_is_named(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "studio", "demo"],
        cwd=tmp_path,
        capture_output=True,
        encoding="utf-8",
        env={**{k: v for k, v in os.environ.items() if k != "STUDIO_WORKSPACE"}, "STUDIO_LANG": "en"},
    )
    assert done.returncode == 3
    assert "studio init" in done.stderr
