"""The OBS of a PC as a process, with a small real program in its place."""

import os
import platform
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import psutil
import pytest

from studio.clock import NS_PER_S
from studio.errors import NotReady, StudioError
from studio.pc import desk as desk_module
from studio.pc.client import AgentClient
from studio.pc.desk import QUICK_NS, SENTINEL, UP_WITHIN_NS, Desk, flags
from studio.pc.settings import ObsSettings
from studio.timekeeper import SimulatedClock, SystemClock
from tests.pc.house import pc
from tests.pc.standin import MACHINE, build

pytestmark = [
    pytest.mark.usefixtures("english"),
    pytest.mark.filterwarnings("ignore:subprocess .* is still running:ResourceWarning"),  # OBS outlives its agent
]
runs = pytest.mark.skipif(
    sys.platform != "linux" or platform.machine() != MACHINE, reason="the stand-in for OBS is of Linux on x86-64"
)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """OBS's settings of an account of our own."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("APPDATA", str(tmp_path))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    config = tmp_path / ".config" / "obs-studio"
    config.mkdir(parents=True)
    return config


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Path]:
    """The stand-in; none of it is left running."""
    yield build(tmp_path / "obs64")
    for found in of(tmp_path):
        found.kill()


@pytest.fixture
def clock() -> SimulatedClock:
    return SimulatedClock(time.time_ns(), 1000 * NS_PER_S)


@pytest.fixture
def settings(program: Path, unused_tcp_port: int) -> ObsSettings:
    return ObsSettings(program, unused_tcp_port, "直播", "Main", keep_running=True)


@pytest.fixture
def desk(settings: ObsSettings, clock: SimulatedClock) -> Desk:
    return Desk(settings, clock)


def of(folder: Path) -> list[psutil.Process]:
    """The processes whose program lies in that folder."""
    found = []
    for one in psutil.pids():
        try:
            process = psutil.Process(one)
            if process.status() != psutil.STATUS_ZOMBIE and Path(process.exe()).parent == folder:
                found.append(process)
        except psutil.Error:
            continue
    return found


def until(true: Callable[[], object]) -> None:
    """Wait for it, ten seconds at most."""
    end = time.monotonic() + 10
    while not true():
        assert time.monotonic() < end
        time.sleep(0.005)


def running(desk: Desk) -> psutil.Process:
    """The one that runs."""
    found = desk.process()
    assert found is not None
    return found


def kill(desk: Desk) -> None:
    """As a crash does."""
    running(desk).kill()
    until(lambda: desk.process() is None)


# --- what it is started with ----------------------------------------------------------------------------------------

ALWAYS = ["--multi", "--minimize-to-tray", "--disable-updater"]


@pytest.mark.parametrize(
    ("version", "asks_to_skip"),
    [
        ("29.0.2", True),
        ("30.2.3", True),
        ("31.1", True),
        ("31.1.2", True),
        ("32.0", False),
        ("32.0.4-rc1", False),
        ("33", False),
        ("100.1", False),
        ("", True),
        ("unknown", True),
    ],
)
def test_the_flags_of_a_version(version: str, asks_to_skip: bool) -> None:
    expected = [*ALWAYS, "--disable-shutdown-check"] if asks_to_skip else ALWAYS
    assert flags(version, ObsSettings(Path("obs"))) == expected


@pytest.mark.parametrize(
    ("profile", "collection", "more"),
    [
        ("", "", []),
        ("直播", "", ["--profile", "直播"]),
        ("", "a b; rm", ["--collection", "a b; rm"]),
        ("p", "c", ["--profile", "p", "--collection", "c"]),
    ],
)
def test_profile_and_collection_are_arguments_of_their_own(profile: str, collection: str, more: list[str]) -> None:
    assert flags("32.0", ObsSettings(Path("obs"), profile=profile, collection=collection)) == ALWAYS + more


@runs
@pytest.mark.parametrize("version", ["29.0.2", "31.1.2", "32.0.1"])
def test_it_is_started_as_its_own_version_needs(tmp_path: Path, clock: SimulatedClock, version: str) -> None:
    settings = ObsSettings(build(tmp_path / "obs64", version), profile="直播")
    desk = Desk(settings, clock)
    desk.start()
    try:
        assert desk.state().version == version
        assert running(desk).cmdline() == [str(settings.program), *flags(version, settings)]
    finally:
        kill(desk)


# --- found ----------------------------------------------------------------------------------------------------------


@runs
def test_nothing_runs_yet(desk: Desk) -> None:
    state = desk.state()
    assert (state.running, state.since_ns, state.listening, state.starts, state.question) == (False, None, False, 0, "")
    assert (state.version, state.wanted) == ("31.1.2", True)
    assert desk.writing() == frozenset()


@runs
def test_it_is_found_with_when_it_was_started(desk: Desk) -> None:
    before_ns = time.time_ns()
    desk.start()
    state = desk.state()
    assert state.running
    assert state.since_ns is not None
    assert abs(state.since_ns - before_ns) < 5 * NS_PER_S  # the kernel dates it by the boot, to a hundredth
    assert state.starts == 1


@runs
def test_whoever_has_started_it_it_is_the_one(desk: Desk, program: Path, tmp_path: Path) -> None:
    (tmp_path / "way").symlink_to(program)
    with subprocess.Popen([tmp_path / "way", "a", "b"]) as by_hand:
        assert running(desk).pid == by_hand.pid
        desk.keep()
        desk.start()
        assert len(of(tmp_path)) == 1
        assert desk.state().starts == 0
        by_hand.kill()


@runs
def test_another_program_of_the_same_name_is_not_it(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    with subprocess.Popen([build(tmp_path / "other" / "obs64"), "a", "b"]) as other:
        assert desk.process() is None
        other.kill()


@runs
def test_one_of_another_account_s_settings_is_not_it(desk: Desk, program: Path, tmp_path: Path) -> None:
    with subprocess.Popen([program, "a", "b"], env={**os.environ, "HOME": str(tmp_path / "somebody")}) as other:
        assert desk.process() is None
        other.kill()


@runs
def test_one_that_has_died_and_that_nobody_has_buried_does_not_run(desk: Desk, program: Path) -> None:
    with subprocess.Popen([program, "a", "b"]) as by_hand:
        by_hand.send_signal(signal.SIGKILL)
        until(lambda: psutil.Process(by_hand.pid).status() == psutil.STATUS_ZOMBIE)
        assert desk.process() is None


@runs
def test_a_process_that_becomes_obs_after_we_have_seen_it_is_found(desk: Desk, program: Path) -> None:
    command = ["sh", "-c", 'read line; exec "$0" a b', str(program)]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as launcher:
        assert desk.process() is None
        assert launcher.stdin is not None
        launcher.stdin.write(b"go\n")
        launcher.stdin.flush()
        until(lambda: desk.process() is not None)
        assert running(desk).pid == launcher.pid
        launcher.kill()


@pytest.mark.skipif(sys.platform == "win32", reason="a copy of tail holds the file open")
def test_the_files_it_has_open_are_told(tmp_path: Path, clock: SimulatedClock) -> None:
    program, film = tmp_path / "obs64", tmp_path / "一.mkv"
    tail = shutil.which("tail")
    assert tail is not None
    shutil.copy(tail, program)
    film.write_bytes(b"")
    desk = Desk(ObsSettings(program), clock)
    with subprocess.Popen([program, "-f", film]) as by_hand:
        until(lambda: str(film) in (desk.writing() or ()))
        by_hand.kill()
    assert desk.writing() == frozenset()


@pytest.mark.skipif(sys.platform == "win32", reason="a copy of the shell starts another program")
def test_a_recording_that_another_program_writes_for_it_is_open_too(tmp_path: Path, clock: SimulatedClock) -> None:
    program, film = tmp_path / "obs64", tmp_path / "一.mkv"
    shell = shutil.which("dash") or shutil.which("sh")
    assert shell is not None
    shutil.copy(shell, program)
    film.write_bytes(b"")
    desk = Desk(ObsSettings(program), clock)
    with subprocess.Popen([program, "-c", f"tail -f {film} & wait"], stdout=subprocess.DEVNULL) as by_hand:
        until(lambda: str(film) in (desk.writing() or ()))
        for child in psutil.Process(by_hand.pid).children():
            child.kill()
    assert desk.writing() == frozenset()


# --- started, and started again -------------------------------------------------------------------------------------


@runs
async def test_it_is_started_again_once_it_was_killed(desk: Desk, clock: SimulatedClock) -> None:
    desk.keep()
    first = running(desk).pid
    await clock.advance(QUICK_NS)
    kill(desk)
    desk.keep()
    assert running(desk).pid != first
    assert desk.state().starts == 2


@runs
def test_one_that_nobody_wants_is_not_started(desk: Desk) -> None:
    desk.wanted = False
    desk.keep()
    assert desk.process() is None
    assert desk.starts == 0


@runs
def test_two_who_start_it_at_once_start_one(desk: Desk, tmp_path: Path) -> None:
    together = threading.Barrier(6)

    def start() -> None:
        together.wait()
        desk.start()

    threads = [threading.Thread(target=start) for _ in range(6)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(of(tmp_path)) == 1
    assert desk.starts == 1


@runs
async def test_one_that_keeps_dying_is_given_more_and_more_time(tmp_path: Path, clock: SimulatedClock) -> None:
    desk = Desk(ObsSettings(build(tmp_path / "obs64", dies=True), keep_running=True), clock)
    began_ns, at = clock.monotonic_ns(), []
    for _second in range(78):
        before = desk.starts
        desk.keep()
        if desk.starts > before:
            at.append((clock.monotonic_ns() - began_ns) / NS_PER_S)
            until(lambda: desk.process() is None)
        await clock.advance(NS_PER_S)
        if len(at) < 3:
            assert desk.state().question == ""
    assert at == [0, 1, 4, 15, 46, 77]
    assert desk.state().question == "dies"


@runs
async def test_one_that_lived_long_is_started_at_once_again(
    program: Path, unused_tcp_port: int, clock: SimulatedClock
) -> None:
    desk = Desk(ObsSettings(program, unused_tcp_port, keep_running=True), clock)
    for _second in range(20):
        desk.keep()
        if desk.process() is not None:
            kill(desk)
        await clock.advance(NS_PER_S)
    assert (desk.starts, desk.state().question) == (4, "dies")
    await clock.advance(30 * NS_PER_S)
    clock.step_wall(time.time_ns() - clock.wall_ns())
    desk.keep()
    assert desk.state().question == "dies"
    await clock.advance(QUICK_NS + NS_PER_S)
    with socket.create_server(("127.0.0.1", unused_tcp_port)):
        assert desk.state().question == ""  # it has come up after all
    kill(desk)
    before = desk.starts
    desk.keep()
    assert desk.starts == before + 1


@runs
def test_it_is_ended_politely(desk: Desk) -> None:
    desk.start()
    pid = running(desk).pid
    desk.stop()
    assert not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    desk.stop()  # nothing to end is no mistake


@runs
def test_one_that_does_not_listen_to_politeness_is_ended_too(
    desk: Desk, program: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk_module, "END_WITHIN_S", 0.3)
    before = signal.signal(signal.SIGTERM, signal.SIG_IGN)  # what is ignored stays so for whom we start
    try:
        with subprocess.Popen([program, "a", "b"]) as stubborn:
            stubborn.terminate()
            assert running(desk).pid == stubborn.pid
            desk.stop()
            assert desk.process() is None
    finally:
        signal.signal(signal.SIGTERM, before)


@pytest.mark.parametrize("kind", ["missing", "a folder", "a text"])
def test_a_program_that_cannot_be_started_is_said_with_its_path(
    tmp_path: Path, clock: SimulatedClock, kind: str
) -> None:
    program = tmp_path / "obs.exe"
    if kind == "a folder":
        program.mkdir()
    elif kind == "a text":
        program.write_text("no program", encoding="utf-8")
    desk = Desk(ObsSettings(program, keep_running=True), clock)
    for start in (desk.start, desk.keep):
        with pytest.raises(NotReady, match="cannot be started") as refused:
            start()
        assert str(program) in refused.value.remedy
    state = desk.state()
    assert (state.running, state.version, state.starts) == (False, "", 0)


# --- the question about Safe Mode -----------------------------------------------------------------------------------


@pytest.fixture(params=["a file", "a folder"])
def mark(home: Path, request: pytest.FixtureRequest) -> Path:
    """What an OBS that did not end cleanly left; a folder since 32."""
    path = home / SENTINEL
    if request.param == "a file":
        path.write_bytes(b"")
    else:
        path.mkdir()
        (path / "run_1").write_bytes(b"")
    return path


@runs
def test_the_mark_of_a_crash_is_taken_away_before_a_start(desk: Desk, mark: Path, home: Path) -> None:
    (home / "global.ini").write_bytes(b"")
    desk.start()
    assert not mark.exists()
    assert [path.name for path in home.iterdir()] == ["global.ini"]


@runs
def test_the_mark_of_an_obs_that_runs_is_left_to_it(desk: Desk, program: Path, mark: Path) -> None:
    with subprocess.Popen([program, "a", "b"]) as by_hand:
        desk.start()
        desk.keep()
        assert mark.exists()
        by_hand.kill()


@runs
async def test_one_that_does_not_listen_after_a_crash_waits_for_an_answer_about_safe_mode(
    desk: Desk, mark: Path, clock: SimulatedClock
) -> None:
    desk.start()
    assert desk.state().question == ""  # it may yet come up
    await clock.advance(UP_WITHIN_NS + 5 * NS_PER_S)
    state = desk.state()
    assert (state.running, state.listening, state.question) == (True, False, "safe_mode")


@runs
async def test_one_that_does_not_listen_after_a_clean_end_waits_for_something_else(
    desk: Desk, clock: SimulatedClock
) -> None:
    desk.start()
    await clock.advance(UP_WITHIN_NS + 5 * NS_PER_S)
    assert desk.state().question == "not_listening"


@runs
async def test_one_that_listens_asks_nothing(
    desk: Desk, mark: Path, settings: ObsSettings, clock: SimulatedClock
) -> None:
    desk.start()
    await clock.advance(UP_WITHIN_NS + 5 * NS_PER_S)
    with socket.create_server(("127.0.0.1", settings.port)):
        state = desk.state()
    assert (state.listening, state.question) == (True, "")


@runs
async def test_the_next_clean_start_forgets_the_crash(desk: Desk, mark: Path, clock: SimulatedClock) -> None:
    desk.start()
    kill(desk)
    desk.start()
    await clock.advance(UP_WITHIN_NS + 5 * NS_PER_S)
    assert desk.state().question == "not_listening"


def test_another_program_on_the_port_is_not_obs(desk: Desk, settings: ObsSettings) -> None:
    with socket.create_server(("127.0.0.1", settings.port)):
        assert not desk.state().listening


# --- asked by the centre --------------------------------------------------------------------------------------------


@pytest.fixture
async def client(settings: ObsSettings, tmp_path: Path) -> AsyncIterator[tuple[AgentClient, Desk]]:
    """The director of that PC, and its desk."""
    desk = Desk(ObsSettings(settings.program, settings.port), SystemClock())
    async with pc(tmp_path, desk=desk) as agent, AgentClient(agent.door, SystemClock()) as one:
        yield one, desk


@runs
async def test_the_centre_starts_it_and_from_then_on_it_is_kept(client: tuple[AgentClient, Desk]) -> None:
    asked, desk = client
    desk.keep()
    assert desk.process() is None
    state = await asked.obs("start")
    assert (state.running, state.wanted, state.starts) == (True, True, 1)
    assert (await asked.obs("start")).starts == 1
    kill(desk)
    desk.keep()
    assert running(desk)


@runs
async def test_the_centre_restarts_it(client: tuple[AgentClient, Desk]) -> None:
    asked, desk = client
    await asked.obs("start")
    first = running(desk).pid
    state = await asked.obs("restart")
    assert (state.running, state.starts) == (True, 2)
    assert running(desk).pid != first


@runs
async def test_the_centre_has_it_left_alone(client: tuple[AgentClient, Desk]) -> None:
    asked, desk = client
    await asked.obs("start")
    state = await asked.obs("leave")
    assert (state.running, state.wanted) == (True, False)
    kill(desk)
    desk.keep()
    assert desk.process() is None


@runs
@pytest.mark.parametrize("what", ["explode", "stop", "START", " start"])
async def test_the_centre_can_ask_nothing_else(client: tuple[AgentClient, Desk], what: str) -> None:
    asked, desk = client
    with pytest.raises(StudioError) as refused:
        await asked.obs(what)
    assert refused.value.exit_code == 4
    assert desk.process() is None
