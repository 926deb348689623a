"""What the desk serves: the status page, its stream of events, and the same as JSON, to this computer alone."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any, Protocol

from aiohttp import web

from studio.i18n import _, language

STATIC = Path(__file__).parent / "static"
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
    "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
LOCAL = ("127.0.0.1", "localhost")


class Seen(Protocol):
    """Where the pages get what they show."""

    @property
    def seen(self) -> dict[str, Any]: ...

    @property
    def facts(self) -> dict[str, Any]: ...

    def news(self) -> AsyncIterator[dict[str, Any]]: ...


def words() -> dict[str, str]:
    """What the page says by itself."""
    return {
        "away": _("The director is away since {time}. What is on air stays on air; nothing goes on by itself."),
        "lost": _("The desk does not answer since {time}; this page tries again by itself."),
        "known": _("Shown is what was known last."),
        "in_control": _("the director is in control"),
        "none": _("No session is running. Start one with: studio start SESSION"),
        "nothing_known": _("Nothing is known yet."),
        "since": _("since {time}"),
        "now": _("Now"),
        "left": _("{time} left"),
        "past": _("{time} past its end"),
        "next": _("Next"),
        "in": _("in {time}"),
        "ends": _("ends {expected}, planned {planned}"),
        "rows": _("Rows"),
        "title": _("Title"),
        "planned": _("Planned"),
        "expected": _("Expected"),
        "actual": _("Actual"),
        "verdict": _("Verdict"),
        "version": _("sheet version {version}"),
        "free": _("Studios without a session"),
        "no_room": _("no room confirmed"),
    }


def application(desk: Seen) -> web.Application:
    """The routes; a request that names another host is refused, so that no foreign page can read them."""

    @web.middleware
    async def guarded(
        request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        if request.host.rpartition(":")[0] not in LOCAL:
            raise web.HTTPForbidden(text="this page is for this computer alone")
        return await handler(request)

    async def headed(_request: web.Request, response: web.StreamResponse) -> None:
        response.headers.update(HEADERS)

    async def page(_request: web.Request) -> web.Response:
        text = (STATIC / "desk.html").read_text(encoding="utf-8")
        said = json.dumps(words(), ensure_ascii=False).replace("<", "\\u003c")
        lang = "en" if language() == "en" else "zh-CN"
        for place, value in (("lang", lang), ("title", _("Kelan Studio, on air")), ("words", said)):
            text = text.replace(f"{{{{{place}}}}}", value)
        return web.Response(text=text, content_type="text/html")

    async def status(_request: web.Request) -> web.Response:
        return web.json_response({**desk.seen, "facts": desk.facts})

    async def events(request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await answer.prepare(request)
        await answer.write(b"retry: 1000\n\n")
        try:
            async for seen in desk.news():
                await answer.write(f"data: {json.dumps(seen, ensure_ascii=False)}\n\n".encode())
        except ConnectionResetError:  # the page was closed
            pass
        return answer

    made = web.Application(middlewares=[guarded])
    made.on_response_prepare.append(headed)
    made.router.add_get("/", page)
    made.router.add_get("/events", events)
    made.router.add_get("/api/status", status)
    made.router.add_static("/static", STATIC)
    return made
