"""Starts real OBS instances without a screen, for tests and benchmarks, and leaves nothing of them behind."""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import select
import shutil
import signal
import socket
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import websocket

from studio.obs.protocol import RPC_VERSION, OpCode, authentication

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PACKAGES = {"obs": "obs-studio", "Xvfb": "xvfb", "setpriv": "util-linux"}
START_SECONDS = 40.0
STOP_SECONDS = 8.0
PROFILE = "Contract"
COLLECTION = "Contract"


@dataclass(frozen=True)
class RealObs:
    """One running OBS: where its obs-websocket listens, and the folder it records to."""

    host: str
    port: int
    password: str = field(repr=False)
    record_dir: Path
    process: subprocess.Popen[bytes] = field(repr=False)
    log: Path
    canvas: tuple[int, int]
    fps: int


def program(name: str) -> str:
    """The path of a program the tests cannot do without; its absence is a failure that names the Debian package."""
    found = shutil.which(name)
    if found is None:
        raise AssertionError(f"{name} is missing: apt-get install --no-install-recommends {PACKAGES[name]}")
    return found


class _Screen:
    """The one Xvfb of this process, started when first asked for."""

    process: subprocess.Popen[bytes] | None = None
    display = ""


def screen() -> str:
    """The ``DISPLAY`` of an Xvfb that lives as long as this process."""
    if _Screen.process is None or _Screen.process.poll() is not None:
        reader, writer = os.pipe()
        command = [*_dies_with_us(), program("Xvfb"), "-displayfd", str(writer), "-nolisten", "tcp"]
        command += ["-screen", "0", "1280x720x24"]
        process = subprocess.Popen(
            command, pass_fds=(writer,), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        )
        os.close(writer)
        atexit.register(_end, process)
        try:
            number = _first_line(reader, START_SECONDS)
        finally:
            os.close(reader)
        _Screen.process, _Screen.display = process, f":{number}"
    return _Screen.display


@contextlib.contextmanager
def real_obs(
    tmp: Path, canvas: tuple[int, int] = (1280, 720), fps: int = 30, password: str = "a real secret"
) -> Iterator[RealObs]:
    """A real OBS that answers requests, with its own home under ``tmp``; killed and reaped at the end.

    ``canvas`` is width and height in pixels of both the base and the output. Raises AssertionError where a program is
    missing or OBS does not answer within ``START_SECONDS``, with the end of its log.
    """
    for _attempt in range(2):  # another process may take the free port before OBS does
        obs = _launch(tmp / f"obs-{_free_port()}", canvas, fps, password)
        try:
            if _answers(obs):
                yield obs
                return
        finally:
            _end(obs.process)
    raise AssertionError(f"OBS did not listen on its port; its log ends:\n{_last_words(obs)}")


SIX = {"main": ((720, 1280), 30), **{f"aux{at}": ((360, 640), 15) for at in range(1, 6)}}
"""The centre's rooms by studio id: canvas in pixels and frames a second, as much as two cores draw side by side."""


@contextlib.contextmanager
def six_real_obs(tmp: Path, password: str = "a real secret") -> Iterator[dict[str, RealObs]]:
    """Six real OBS at once, by studio id, each as ``real_obs`` makes one; killed and reaped at the end.

    A studio's OBS has a computer to itself; here they come before whatever else this one does, where that is allowed.
    """
    six: dict[str, RealObs] = {}
    try:
        for _attempt in range(2):
            for name, (canvas, fps) in SIX.items():
                if name not in six:  # all are started before the first is waited for
                    six[name] = _launch(tmp / f"obs-{_free_port()}", canvas, fps, password)
                    comes_first(six[name].process.pid)
            for name in [name for name, obs in six.items() if not _answers(obs)]:
                failed = six.pop(name)
                _end(failed.process)
            if len(six) == len(SIX):
                break
        else:
            raise AssertionError(f"OBS did not listen on its port; its log ends:\n{_last_words(failed)}")
        yield six
    finally:
        for obs in six.values():
            obs.process.kill()  # nothing of theirs is needed any more; told to quit, six take seconds
        for obs in six.values():
            _end(obs.process)


def comes_first(leader: int) -> None:
    """Weigh a session, by the process id of its leader, above others; Linux weighs by session before by process."""
    with contextlib.suppress(OSError):  # only a privileged user may
        Path(f"/proc/{leader}/autogroup").write_text("-10", encoding="ascii")


def _last_words(obs: RealObs) -> str:
    return obs.log.read_text(errors="replace")[-3000:]


def obs_home(home: Path, canvas: tuple[int, int], fps: int, password: str, port: int) -> dict[str, str]:
    """Write an account's settings of OBS into ``home``; returns the environment in which an OBS finds them."""
    record_dir = home / "recordings"
    profile = home / "config" / "obs-studio" / "basic" / "profiles" / PROFILE
    for folder in (record_dir, profile, home / "runtime"):
        folder.mkdir(parents=True, exist_ok=True)
    (home / "runtime").chmod(0o700)
    (home / "config" / "obs-studio" / "global.ini").write_text(_global_ini(port, password), encoding="utf-8")
    (profile / "basic.ini").write_text(_basic_ini(canvas, fps, record_dir), encoding="utf-8")
    return os.environ | {
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home / "config"),
        "XDG_RUNTIME_DIR": str(home / "runtime"),
        "DISPLAY": screen(),
        "LIBGL_ALWAYS_SOFTWARE": "1",
        "QT_QPA_PLATFORM": "xcb",
        "LANG": "C.UTF-8",
    }


def _launch(home: Path, canvas: tuple[int, int], fps: int, password: str) -> RealObs:
    port = int(home.name.removeprefix("obs-"))
    environment = obs_home(home, canvas, fps, password, port)
    command = [*_dies_with_us(), program("obs"), "--multi", "--minimize-to-tray", "--disable-shutdown-check"]
    command += ["--profile", PROFILE, "--collection", COLLECTION]
    log = home / "obs.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            command, env=environment, stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True
        )
    atexit.register(_end, process)
    return RealObs("127.0.0.1", port, password, home / "recordings", process, log, canvas, fps)


def _global_ini(port: int, password: str) -> str:
    return (
        f"[General]\nFirstRun=true\n\n[Basic]\nProfile={PROFILE}\nProfileDir={PROFILE}\n"
        f"SceneCollection={COLLECTION}\nSceneCollectionFile={COLLECTION}\n\n"
        "[BasicWindow]\nPreviewEnabled=false\n\n"  # nobody looks, and drawn in software it costs a fifth of all work
        f"[OBSWebSocket]\nFirstLoad=false\nServerEnabled=true\nServerPort={port}\n"
        f"AuthRequired={'true' if password else 'false'}\nServerPassword={password}\nAlertsEnabled=false\n"
    )


def _basic_ini(canvas: tuple[int, int], fps: int, record_dir: Path) -> str:
    width, height = canvas
    return (
        f"[General]\nName={PROFILE}\n\n[Video]\nBaseCX={width}\nBaseCY={height}\nOutputCX={width}\nOutputCY={height}\n"
        f"FPSType=1\nFPSInt={fps}\n\n[Output]\nMode=Simple\n\n"
        f"[SimpleOutput]\nFilePath={record_dir}\nRecFormat=mkv\nRecQuality=Small\nRecEncoder=x264\n"
    )


def _answers(obs: RealObs) -> bool:
    """Whether this very OBS (it knows our password) answers a request before the time is up."""
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and obs.process.poll() is None:
        with contextlib.suppress(OSError, websocket.WebSocketException, ValueError, KeyError):
            if _ask_version(obs):
                return True
        time.sleep(0.1)
    return False


def _ask_version(obs: RealObs) -> bool:
    with socket.create_connection((obs.host, obs.port), timeout=3) as raw:  # closed here, whatever the library leaves
        peer = websocket.create_connection(f"ws://{obs.host}:{obs.port}", timeout=3, socket=raw)
        hello = json.loads(peer.recv())["d"]
        identify: dict[str, object] = {"rpcVersion": RPC_VERSION, "eventSubscriptions": 0}
        if "authentication" in hello:
            asked = hello["authentication"]
            identify["authentication"] = authentication(obs.password, asked["salt"], asked["challenge"])
        peer.send(json.dumps({"op": OpCode.IDENTIFY, "d": identify}))
        identified = json.loads(peer.recv())
        peer.send(json.dumps({"op": OpCode.REQUEST, "d": {"requestType": "GetSceneList", "requestId": "ready"}}))
        answer = json.loads(peer.recv())
        return identified["op"] == OpCode.IDENTIFIED and bool(answer["d"]["requestStatus"]["result"])


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _dies_with_us() -> list[str]:
    """A prefix by which the kernel ends a child whose parent was killed too hard to clean up."""
    return [program("setpriv"), "--pdeathsig", "KILL", "--"]


def _first_line(reader: int, seconds: float) -> str:
    """The first line written to a pipe, or an AssertionError where none comes in time."""
    text = b""
    while not text.endswith(b"\n"):
        ready, _, _ = select.select([reader], [], [], seconds)
        piece = os.read(reader, 64) if ready else b""
        if not piece:
            raise AssertionError("Xvfb did not say which display it opened")
        text += piece
    return text.decode().strip()


def _end(process: subprocess.Popen[bytes]) -> None:
    """Stop a child: politely, then by force; returns when it is reaped."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
    process.wait()


@contextlib.contextmanager
def real_obs_again(
    tmp: Path, canvas: tuple[int, int], fps: int
) -> Iterator[tuple[int, Callable[[str], subprocess.Popen[bytes]]]]:
    """A port, and what starts a real OBS on it that answers: again after it was killed, with the same home.

    It is started with a password, which may be another one each time.
    """
    home = tmp / f"obs-{_free_port()}"
    running: list[subprocess.Popen[bytes]] = []

    def start(password: str) -> subprocess.Popen[bytes]:
        obs = _launch(home, canvas, fps, password)
        running.append(obs.process)
        if not _answers(obs):
            raise AssertionError(_last_words(obs))
        return obs.process

    try:
        yield int(home.name.removeprefix("obs-")), start
    finally:
        for process in running:
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(signal.SIGCONT)
            _end(process)
