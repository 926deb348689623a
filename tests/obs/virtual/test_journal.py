"""The witness: it tells what was asked, what was answered and what really happened, and keeps secrets."""

import json
from pathlib import Path

from studio.obs.virtual import VirtualObs
from tests.obs.virtual.client import PASSWORD, RED, Client, client


async def test_a_request_and_its_answer_are_both_there(obs: VirtualObs, desk: Client) -> None:
    await desk.code("SetCurrentProgramScene", sceneName="nowhere")
    asked = obs.journal.of("request", "SetCurrentProgramScene")[0]
    answered = obs.journal.of("answer", "SetCurrentProgramScene")[0]
    assert (asked.data, asked.request_id, answered.request_id) == ({"sceneName": "nowhere"}, 1, 1)
    assert (answered.status, answered.connection) == (600, asked.connection)
    assert answered.monotonic_ns >= asked.monotonic_ns


async def test_an_effect_tells_the_scene_that_went_on_air_and_how(obs: VirtualObs, desk: Client) -> None:
    await desk.scene("red", RED)
    await desk.show("red", "Fade", 60)
    effect = obs.journal.of("effect", "programme")[-1]
    assert effect.data == {"scene": "red", "transition": "Fade", "duration_ms": 60}


async def test_a_refused_take_has_no_effect(obs: VirtualObs, desk: Client) -> None:
    await desk.code("SetCurrentProgramScene", sceneName="nowhere")
    assert obs.journal.of("effect") == ()


async def test_the_file_holds_the_same_entries_line_by_line(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    async with (
        VirtualObs(port=0, password=PASSWORD, record_dir=tmp_path, journal_path=path) as obs,
        client(obs) as desk,
    ):
        await desk.scene("red", RED)
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert [(line["kind"], line["type"]) for line in lines] == [(one.kind, one.type) for one in obs.journal.entries]
    assert all(line["wall_ns"] > 1_600_000_000 * 10**9 for line in lines)


async def test_neither_password_nor_stream_key_is_written_down(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    async with (
        VirtualObs(port=0, password=PASSWORD, record_dir=tmp_path, journal_path=path) as obs,
        client(obs) as desk,
    ):
        await desk.get(
            "SetStreamServiceSettings",
            streamServiceType="rtmp_custom",
            streamServiceSettings={"server": "rtmp://example.invalid/live", "key": "live_12345"},
        )
    written = path.read_text(encoding="utf-8")
    assert "rtmp://example.invalid/live" in written
    assert PASSWORD not in written and "live_12345" not in written
