"""What an OBS tells of itself in one batch: frames, disk, recording, stream, virtual camera."""

from collections.abc import Mapping
from typing import Any, Literal

from studio.air.watch.sample import Counter, Facts, Recording
from studio.model.obs import Request
from studio.obs.link import RequestResult

QUESTIONS = (
    Request("GetStats"),
    Request("GetRecordStatus"),
    Request("GetStreamStatus"),
    Request("GetVirtualCamStatus"),
)
_MB = 1024 * 1024


def read(answers: Mapping[str, RequestResult]) -> Facts:
    """The facts in the answers to ``QUESTIONS`` by type; raises KeyError, TypeError or ValueError.

    A refused question leaves its facts unknown, but an OBS that has no virtual camera has none that is on.
    """
    stats, record, stream, camera = (answers[question.type] for question in QUESTIONS)
    return Facts(
        rendered=_counter(stats.data, "render") if stats.ok else None,
        encoded=_counter(stats.data, "output") if stats.ok else None,
        sent=_counter(stream.data, "output") if stream.ok and stream.data["outputActive"] else None,
        free=int(stats.data["availableDiskSpace"] * _MB) if stats.ok else None,
        recording=_recording(record.data) if record.ok else None,
        stream=_stream(stream.data) if stream.ok else None,
        camera=bool(camera.ok and camera.data["outputActive"]),
    )


def _counter(data: Mapping[str, Any], of: str) -> Counter:
    return int(data[f"{of}SkippedFrames"]), int(data[f"{of}TotalFrames"])


def _recording(data: Mapping[str, Any]) -> Recording:
    return Recording(
        active=bool(data["outputActive"]),
        paused=bool(data["outputPaused"]),
        duration_ms=int(data["outputDuration"]),
        size=int(data["outputBytes"]),
    )


def _stream(data: Mapping[str, Any]) -> Literal["off", "on", "reconnecting"]:
    if data["outputReconnecting"]:
        return "reconnecting"
    return "on" if data["outputActive"] else "off"
