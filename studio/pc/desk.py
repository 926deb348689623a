"""The OBS of this PC as a process: whether it runs, since when, and starting it with what its version needs."""

import logging
import re
import shutil
import socket
import subprocess
import threading
from contextlib import suppress
from pathlib import Path

import psutil

from studio.clock import NS_PER_MS, NS_PER_S, Clock
from studio.errors import NotReady
from studio.i18n import _
from studio.model.pc import ObsState, Question
from studio.pc.settings import ObsSettings
from studio.system import WINDOWS, ask_to_close, detached, obs_config, product_version

log = logging.getLogger(__name__)

UP_WITHIN_NS = 20 * NS_PER_S
"""An OBS that runs for so long and does not listen waits for somebody at its screen."""
QUICK_NS = 30 * NS_PER_S
"""One that dies sooner than this after its start is not started again at once for ever."""
BACK_OFF_S = (0, 0, 2, 10, 30)
"""Seconds to wait before a start, by how many times in a row it died quickly."""
END_WITHIN_S = 10.0
SENTINEL = ".sentinel"
"""In OBS's settings: what a running OBS leaves there tells the next one that it did not end cleanly."""


class Desk:
    """The OBS that ``settings`` name; the one process whose program that is, whoever has started it."""

    def __init__(self, settings: ObsSettings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self.wanted = settings.keep_running
        self.starts = 0
        self._starting = threading.Lock()
        self._quick = 0
        self._started_ns = 0
        self._gone_ns = 0
        self._version = ""
        self._unclean = False

    def process(self) -> psutil.Process | None:
        """The one that runs."""
        psutil.process_iter.cache_clear()  # it keeps a process's program, also where that has become another one since
        for found in psutil.process_iter(["exe"]):
            exe = found.info["exe"]
            if exe and _same(Path(exe), self._settings.program) and _of_this_account(found):
                return found
        return None

    def writing(self) -> frozenset[str] | None:
        """The files it has open, or the muxer to which it hands a recording; empty where it does not run.

        None where that cannot be told.
        """
        found = self.process()
        if found is None:
            return frozenset()
        files = set[str]()
        try:
            for one in (found, *found.children(recursive=True)):
                with suppress(psutil.NoSuchProcess):
                    files |= {file.path for file in one.open_files()}
        except psutil.Error:
            return None
        return frozenset(files)

    def state(self) -> ObsState:
        """How it is now."""
        found = self.process()
        since_ns = int(found.create_time() * NS_PER_S) if found else None
        listening = found is not None and self._listens()
        question: Question = ""
        up_ns = None if since_ns is None else self._clock.wall_ns() - since_ns
        if up_ns is not None and not listening and up_ns > UP_WITHIN_NS:
            question = "safe_mode" if self._unclean else "not_listening"
        elif self._quick > 2 and (up_ns is None or up_ns < QUICK_NS):
            question = "dies"
        up_ms = None if up_ns is None else up_ns // NS_PER_MS
        return ObsState(
            found is not None, since_ns, up_ms, listening, self.version(), self.wanted, self.starts, question
        )

    def version(self) -> str:
        """The version of the program, empty where it does not say."""
        if not self._version:
            self._version = product_version(self._settings.program)
        return self._version

    def start(self) -> None:
        """Start it where it does not run. Raises NotReady where it cannot be started."""
        with self._starting:  # whoever asks and whoever keeps it running are in threads of their own
            if self.process() is None:
                self._start()

    def _start(self) -> None:
        self._unclean = self._forget_crash()
        settings = self._settings
        try:
            # OBS for Windows finds its own files only from the folder of its program
            subprocess.Popen(
                [str(settings.program), *flags(self.version(), settings)],
                cwd=settings.program.parent if WINDOWS else None,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                **detached(),
            )
        except OSError as error:
            raise NotReady(
                _("OBS cannot be started ({why}).").format(why=error.strerror or error),
                _("Correct the program's path in agent.toml on that PC: {program}").format(program=settings.program),
            ) from error
        self.starts += 1
        self._started_ns = self._clock.monotonic_ns()
        log.info("OBS was started")

    def stop(self) -> None:
        """End it, politely first; returns once it is gone. Raises NotReady where it does not go."""
        found = self.process()
        if found is None:
            return
        try:
            with suppress(psutil.TimeoutExpired, subprocess.TimeoutExpired):
                ask_to_close(found.pid)
                found.wait(END_WITHIN_S)
                return
            found.kill()
            found.wait(END_WITHIN_S)
        except psutil.NoSuchProcess:
            return
        except (psutil.Error, OSError) as error:
            raise NotReady(
                _("OBS cannot be ended there ({why}).").format(why=type(error).__name__),
                _("End it by hand on that PC, and start it again."),
            ) from error

    def keep(self) -> None:
        """Start it where it should be running and is not; one that keeps dying is given more and more time."""
        now_ns = self._clock.monotonic_ns()
        if not self.wanted or self.process() is not None:
            self._gone_ns = 0
            return
        if not self._gone_ns:
            self._gone_ns = now_ns
            quick = self._started_ns and now_ns - self._started_ns < QUICK_NS
            self._quick = min(self._quick + 1, len(BACK_OFF_S) - 1) if quick else 0
        if now_ns - self._gone_ns >= BACK_OFF_S[self._quick] * NS_PER_S:
            self._gone_ns = 0
            self.start()

    def _listens(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self._settings.port), timeout=0.5).close()
        except OSError:
            return False
        return True

    def _forget_crash(self) -> bool:
        """Take away the mark by which OBS 30 and later ask about Safe Mode; True where there was one.

        From 32 on no flag skips that question, which keeps the WebSocket server off until somebody answers it.
        """
        mark = obs_config() / SENTINEL
        if not mark.exists():
            return False
        with suppress(OSError):
            shutil.rmtree(mark) if mark.is_dir() else mark.unlink()
        return True


def flags(version: str, settings: ObsSettings) -> list[str]:
    """What an OBS of that version is started with; with an unknown one, all that does no harm to any.

    ``--multi`` keeps it from asking whether it may run beside another account's: that ours does not run, we have seen.
    """
    major = re.match(r"\d+", version)
    found = ["--multi", "--minimize-to-tray", "--disable-updater"]
    if major is None or int(major[0]) < 32:
        found.append("--disable-shutdown-check")
    for flag, value in (("--profile", settings.profile), ("--collection", settings.collection)):
        found += [flag, value] if value else []
    return found


def _same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return False


def _of_this_account(found: psutil.Process) -> bool:
    """Whether it keeps its settings where an OBS that we start would; one that is dying is nobody's."""
    try:
        return found.status() != psutil.STATUS_ZOMBIE and obs_config(found.environ()) == obs_config()
    except psutil.AccessDenied:
        return True  # it runs with more rights than we, and a second one would only quarrel with it
    except psutil.Error:
        return False
