"""The desk: a status page for the people of the centre, fed by one look a second at the director."""

import asyncio
import json
import logging
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from aiohttp import web

from studio.air.client import ask
from studio.asrun.words import over_words, verdict
from studio.errors import StudioError
from studio.i18n import _, language
from studio.system import when_told_to_stop, yield_to_others
from studio.timekeeper import SystemClock

PORT = 8765
EVERY_S = 1.0
STATIC = Path(__file__).parent / "static"
log = logging.getLogger(__name__)


class Desk:
    """Looks at the director once a second, however many pages are open, and tells each of them."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._news = asyncio.Event()
        self.seen: dict[str, Any] = {"director": False, "away_since_ms": now_ms()}

    async def look(self) -> None:
        """Keep looking, until cancelled."""
        while True:
            try:
                facts = await asyncio.to_thread(ask, self._root, "status")
                self.seen = {"director": True, **_worded(facts)}
            except StudioError as error:
                since = self.seen["away_since_ms"] if not self.seen["director"] else now_ms()
                self.seen = {"director": False, "away_since_ms": since, "why": str(error)}
            news, self._news = self._news, asyncio.Event()
            news.set()
            await asyncio.sleep(EVERY_S)

    async def events(self, request: web.Request) -> web.StreamResponse:
        """Server-sent events: the whole status, now and after each look."""
        answer = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
        await answer.prepare(request)
        try:
            while True:
                news = self._news
                await answer.write(f"data: {json.dumps(self.seen, ensure_ascii=False)}\n\n".encode())
                await news.wait()
        except ConnectionResetError:
            return answer

    async def status(self, _request: web.Request) -> web.Response:
        """The last look, as JSON."""
        return web.json_response(self.seen)


def _worded(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts with the words that a page shows, in the language of this process; secrets' names are left out."""
    for session in facts["sessions"].values():
        for lane in session["lanes"].values():
            lane["over_words"] = over_words(lane["over_ms"])
            for row in lane["rows"]:
                row["verdict_words"] = verdict(row["verdict"]) if row["verdict"] else ""
    for studio in facts["studios"].values():
        studio.pop("secret", None)
    return dict(facts)


def now_ms() -> int:
    """Wall milliseconds since 1970, as a page's clock counts."""
    return SystemClock().wall_ns() // 1_000_000


WORDS = {
    "title": _("Kelan Studio, on air"),
    "away": _("The director is away since {time}."),
    "none": _("No session is running; studio start SESSION begins one."),
    "next": _("next"),
    "left": _("left"),
    "row": _("row"),
    "planned": _("planned"),
    "expected": _("expected"),
    "actual": _("actual"),
    "went": _("how it went"),
    "held": _("held"),
    "over": _("over"),
    "running": _("running"),
    "standby": _("standby slate"),
    "recording": _("recording, part {part}"),
    "silent": _("not recording"),
    "touched": _("{studio}: somebody changed {what} at the desk ({found}); it stays until the next cue."),
    "rooms": _("rooms confirmed"),
    "connected": _("connected, free"),
    "lost": _("not connected"),
}


def application(desk: Desk) -> web.Application:
    """The desk's pages."""
    app = web.Application()

    async def page(_request: web.Request) -> web.Response:
        text = (STATIC / "status.html").read_text(encoding="utf-8")
        filled = text.replace("{{lang}}", language()).replace("{{words}}", json.dumps(WORDS, ensure_ascii=False))
        return web.Response(text=filled, content_type="text/html")

    app.router.add_get("/", page)
    app.router.add_get("/events", desk.events)
    app.router.add_get("/api/status", desk.status)
    app.router.add_static("/static", STATIC)
    return app


async def serve(root: Path) -> None:
    """Serve on loopback until told to stop; the first line of standard output says where."""
    yield_to_others()
    leaving = asyncio.Event()
    when_told_to_stop(asyncio.get_running_loop(), leaving.set)
    desk = Desk(root)
    looking = asyncio.create_task(desk.look())
    runner = web.AppRunner(application(desk), access_log=None, shutdown_timeout=0.5)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, "127.0.0.1", PORT).start()
        except OSError:  # taken, by another workspace's desk perhaps
            await web.TCPSite(runner, "127.0.0.1", 0).start()
        port = runner.addresses[0][1]
        sys.stdout.write(json.dumps({"url": f"http://127.0.0.1:{port}/"}) + "\n")
        sys.stdout.flush()
        await leaving.wait()
    finally:
        looking.cancel()
        await runner.cleanup()
