"""The director's door: a loopback HTTP API with a token, for the commands, the watch and the desk of this machine."""

import hmac
import json
import os
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from aiohttp import web
from pydantic import TypeAdapter, ValidationError

from studio.air.client import DOOR
from studio.air.director import Director
from studio.air.floor import close_room, edit, mark, open_room, undo
from studio.air.foreseeing import foresee_start
from studio.air.run import Run
from studio.air.status import status
from studio.air.steering import Order, foresee, steer
from studio.asrun.events import ClockCompared
from studio.clock import NS_PER_S
from studio.errors import ObsRequestFailed, RefusedByRule, StoreFailed, StudioError
from studio.i18n import _
from studio.model.obs import Outcome, Picture, Request
from studio.obs.link import CALL_MS
from studio.system import private_file

ORDER = TypeAdapter(Order)
PICTURE, REQUESTS, OUTCOMES = TypeAdapter(Picture), TypeAdapter(tuple[Request, ...]), TypeAdapter(tuple[Outcome, ...])
TRIAL_NS = 15 * NS_PER_S
"""Longer than a test recording of the doctor takes, its start and its stop included; shorter than the start gate."""
Handler = Callable[["Api", dict[str, Any]], Awaitable[Any]]


class Api:
    """Answers each request by the director; every refusal is a sentence, its remedy and an exit code."""

    def __init__(self, director: Director) -> None:
        self.director = director

    def run(self, asked: dict[str, Any]) -> Run:
        """The run that the request means."""
        return self.director.run_of(asked.get("session"), asked.get("studio"))

    async def start(self, asked: dict[str, Any]) -> Any:
        """Start a session, in one ``studio`` alone or in all; answers once its start gate has opened.

        With ``dry_run``, say what would be sent instead.
        """
        plan = await self.director.plan(
            str(asked["session"]),
            delay_ms=int(asked.get("delay_ms", 0)),
            now=bool(asked.get("now")),
            studio=asked.get("studio"),
        )
        if asked.get("dry_run"):
            requests, said = await foresee_start(plan, self.director.connections)
            return {**_requests(requests), "said": said}
        run = await self.director.conduct(plan)
        await self.director.started(run)
        lanes = {lane.id: _("{studio} is ready").format(studio=lane.name) for lane in run.lanes.values()}
        late = {
            studio: str(alarm.what)
            for studio, lane in run.standing.progress.lanes.items()
            for alarm in lane.alarms.values()
        }
        return {"run": run.plan.run, "said": list((lanes | late).values()), "status": status(self.director)}

    async def order(self, asked: dict[str, Any]) -> Any:
        """Steer, or with ``dry_run`` say what would be sent."""
        run = self.run(asked)
        given = {key: asked[key] for key in ("word", "author", "studio", "cue", "by_ms") if asked.get(key) is not None}
        order = ORDER.validate_python(given)
        if asked.get("dry_run"):
            return _requests(await foresee(run, order))
        return {"said": await steer(run, order)}

    async def mark(self, asked: dict[str, Any]) -> Any:
        """Note what happened on the floor."""
        more = {key: str(asked.get(key) or "") for key in ("note", "product")}
        return {
            "said": [await mark(self.run(asked), asked["kind"], asked["author"], studio=asked.get("studio"), **more)]
        }

    async def edit(self, asked: dict[str, Any]) -> Any:
        """Edit the running sheet."""
        return {"said": await edit(self.run(asked), asked["edit"], asked["author"], self.director.painter.redraw)}

    async def undo(self, asked: dict[str, Any]) -> Any:
        """Take back the last edit."""
        return {"said": await undo(self.run(asked), asked["author"], self.director.painter.redraw)}

    async def room(self, asked: dict[str, Any]) -> Any:
        """A room was opened or closed by a person."""
        run, author = self.run(asked), str(asked["author"])
        platform, room = str(asked["platform"]), str(asked.get("room") or "")
        if asked.get("close"):
            return {"said": [await close_room(run, platform, room, author, str(asked.get("why") or ""))]}
        return {"said": [await open_room(run, platform, room, author)]}

    async def reanchor(self, asked: dict[str, Any]) -> Any:
        """The wall clock is right now."""
        await self.run(asked).reanchor(str(asked["author"]))
        return {"said": [_("Hard-timed rows follow the clock as it is now.")]}

    async def alarms(self, asked: dict[str, Any]) -> Any:
        """An alarm of the watch began or ended."""
        run = self.director.busy(str(asked["studio"]))
        if run is None or run.standing.progress.started is None or run.lanes[asked["studio"]].finished:
            return {}
        if asked["raised"]:
            what, remedy, value = str(asked["what"]), str(asked["remedy"]), str(asked.get("value") or "")
            await run.raised(asked["studio"], str(asked["kind"]), what, remedy, int(asked["began_ns"]), value)
        else:
            lasted_ms = asked.get("lasted_ms")
            await run.cleared(asked["studio"], str(asked["kind"]), None if lasted_ms is None else int(lasted_ms))
        return {}

    async def pc(self, asked: dict[str, Any]) -> Any:
        """How a studio's PC does, from its agent by the watch."""
        studio, told = str(asked["studio"]), dict(asked["told"])
        self.director.pcs[studio] = told
        run = self.director.busy(studio)
        if run is not None and run.standing.progress.started is not None and "ahead_ns" in told:
            await run.compared(studio, ClockCompared(int(told["ahead_ns"]), int(told["uncertainty_ns"])))
        return {}

    # one studio's OBS, for commands that must not write beside the director

    async def observe(self, asked: dict[str, Any]) -> Any:
        """What that OBS shows, as a Picture."""
        connection = self.director.connection(asked["studio"])
        return PICTURE.dump_python(await connection.device.observe(), mode="json")

    async def apply(self, asked: dict[str, Any]) -> Any:
        """Send requests in their order and prove them."""
        connection = self.director.connection(asked["studio"])
        requests = REQUESTS.validate_python(asked["requests"])
        starts = any(request.type == "StartRecord" for request in requests)
        if starts:
            connection.tried_until_ns = self.director.clock.monotonic_ns() + TRIAL_NS
        async with connection.desk:
            outcomes = await connection.device.apply(requests)
        if not starts or any(one.result == "refused" for one in outcomes):
            connection.tried_until_ns = 0
        return OUTCOMES.dump_python(tuple(outcomes), mode="json")

    async def call(self, asked: dict[str, Any]) -> Any:
        """One request and OBS's answer, as a hand at the desk would give it: no cue waits for it."""
        connection = self.director.connection(asked["studio"])
        deadline_ms = int(asked.get("deadline_ms") or CALL_MS)
        return await connection.device.call(str(asked["type"]), asked.get("data") or {}, deadline_ms=deadline_ms)

    async def dump(self, asked: dict[str, Any]) -> Any:
        """All that a user owns there."""
        return await self.director.connection(asked["studio"]).device.dump()


ROUTES: dict[str, Handler] = {
    name: getattr(Api, name)
    for name in (
        "start",
        "order",
        "mark",
        "edit",
        "undo",
        "room",
        "reanchor",
        "alarms",
        "pc",
        "observe",
        "apply",
        "call",
        "dump",
    )
}


@asynccontextmanager
async def open_door(director: Director, state: Path) -> AsyncIterator[int]:
    """Serve for a ``with`` block on a free loopback port, which ``.studio/director.json`` tells with the token."""
    token = secrets.token_urlsafe(32)
    runner = web.AppRunner(_application(Api(director), token), access_log=None, shutdown_timeout=1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        port = int(runner.addresses[0][1])
        private_file(state / DOOR, json.dumps({"port": port, "token": token, "pid": os.getpid()}))
        yield port
    finally:
        (state / DOOR).unlink(missing_ok=True)
        await runner.cleanup()


def _application(api: Api, token: str) -> web.Application:
    expected = f"Bearer {token}"

    @web.middleware
    async def guarded(
        request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        given = request.headers.get("Authorization", "")
        if not hmac.compare_digest(given.encode(), expected.encode()):
            return web.json_response({"error": "unauthorized"}, status=401)
        try:
            return await handler(request)
        except StudioError as error:
            return _refusal(error)
        except (KeyError, TypeError, ValueError, ValidationError) as error:
            said = RefusedByRule(
                _("That request cannot be read: {error}.").format(error=error), _("Use the same release.")
            )
            return _refusal(said)

    async def tell(_request: web.Request) -> web.Response:
        await api.director.quiet()
        return web.json_response(status(api.director))

    async def do(request: web.Request) -> web.Response:
        handler = ROUTES.get(request.match_info["what"])
        if handler is None:
            raise web.HTTPNotFound
        return web.json_response(await handler(api, await request.json()))

    application = web.Application(middlewares=[guarded], client_max_size=16 * 1024 * 1024)
    application.router.add_get("/status", tell)
    application.router.add_post("/{what}", do)
    return application


def _requests(found: Mapping[str, Sequence[Request]]) -> dict[str, Any]:
    return {"requests": {studio: [asdict(one) for one in requests] for studio, requests in found.items()}}


def _refusal(error: StudioError) -> web.Response:
    said: dict[str, Any] = {"error": error.message, "remedy": error.remedy, "exit_code": error.exit_code}
    if isinstance(error, ObsRequestFailed):
        said |= {"request": error.request_type, "code": error.code, "comment": error.comment}
    return web.json_response(said, status=503 if isinstance(error, StoreFailed) else 409)
