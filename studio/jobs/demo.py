"""The demo: one short session from calendar to report, on a virtual OBS or on a real one that somebody lends."""

import asyncio
import secrets
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from zoneinfo import ZoneInfo

from studio.air.assets import make_assets
from studio.air.planning import scenes_of, sheet_of, studio_of
from studio.air.stocking import ASSETS
from studio.asrun.events import Record, RecordingStopped
from studio.clock import NS_PER_S
from studio.errors import NotReady
from studio.i18n import _
from studio.jobs.filming import film
from studio.jobs.review import Film, Sales, review, takes
from studio.jobs.stage import conduct, virtual_obs
from studio.media.pictures import jpeg, still
from studio.model.figures import SessionFigures
from studio.model.plan import LanePlan, Plan
from studio.model.runsheet import RunSheet
from studio.model.scene import SceneFile
from studio.model.session import Session
from studio.model.studio import Canvas, PathMap, Studio, is_loopback
from studio.model.workspace import Workspace
from studio.obs.handshake import Address
from studio.obs.link import ObsLink
from studio.reports.html import write_report
from studio.sales.files import doudian_orders
from studio.sales.imports import import_orders
from studio.sales.metrics import totals
from studio.sales.sandbox.doudian_export import ProductMoment, export_name, product_id, write_export
from studio.scenes.fit import fit
from studio.schedules.excerpt import excerpt
from studio.store.asrun import ASRUN_FILE, AsRunReader
from studio.store.database import opened
from studio.store.orders import order_lines, source_files
from studio.store.studio_tables import migrations
from studio.system import exclusive_lock, private_directory
from studio.timekeeper import SystemClock, now

CUES = 6
CUE_MS = 8_000
LAG_MS = 5_000
AROUND = timedelta(days=1)
"""Orders this long before and after the demo are its own too: its store holds nothing else."""
ORDERS = 80
SEED = 20_261_204
PREFIX = "studio-demo "
"""Goes before the names of our scenes in a lent OBS."""
IN_PICTURE_FRAMES = 2
STILL_AFTER_NS = NS_PER_S
STILL_SIDE = 320
"""Pixels of a still's longer side."""


@dataclass(frozen=True, slots=True)
class Watch:
    """How a demo says how far it is: each event of the run, and each step after it, in a person's words."""

    planned: Callable[[Plan], None]
    event: Callable[[Record], None]
    step: Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Shown:
    """What a demo left behind, and the figures of its report."""

    figures: SessionFigures
    report: Path
    orders: Path
    log: Path
    recordings: tuple[Path, ...]
    unseen: tuple[str, ...]
    """Recordings on the OBS PC that no path map covers, by that PC's own paths."""
    takes: int
    takes_in_picture: int | None
    """Takes that the recording shows as a picture change within two frames; None where it could not be aligned."""


def demo(
    workspace: Workspace, session: Session, watch: Watch, lent: Address | None = None, cue_ms: int = CUE_MS
) -> Shown:
    """Play, record, sell and report ``session`` in six rows of ``cue_ms``.

    Raises LockHeld where a director is at work already, and StudioError where it could not.
    """
    lock = workspace.root / ".studio" / "director.lock"
    with exclusive_lock(lock, _("A director")):  # said before anything is drawn; the demo's own director takes it then
        pass
    zone = ZoneInfo(workspace.venue.zone)
    run = f"demo-{session.id}-{now(zone):%Y%m%d-%H%M%S}"
    state = private_directory(workspace.root / ".studio") / "demo" / run
    state.mkdir(parents=True, exist_ok=True)
    studio, spec = _studio(workspace, session, lent)
    full = sheet_of(workspace, session)
    sheet = _sellable(excerpt(full, CUES, cue_ms))
    password = lent.password if lent else secrets.token_urlsafe(16)
    with ExitStack() as stage:
        if lent is None:
            films = workspace.root / "recordings" / run
            port = stage.enter_context(virtual_obs(spec.canvas, films, password, state))
            studio = replace(studio, host="127.0.0.1", port=port)
        folder = workspace.root / ASSETS
        assets = make_assets(spec, sheet, workspace.people, studio.view, workspace.root, folder)
        lane = LanePlan(studio, spec, assets, PREFIX if lent else "", borrowed=lent is not None, cameras=False)
        plan = Plan(run, session.id, session.title, sheet, (lane,))
        watch.planned(plan)
        words = _("{title}: {count} of {rows} rows, {seconds} s each")
        watch.step(
            words.format(title=session.title, count=len(sheet.cues), rows=len(full.cues), seconds=cue_ms // 1000)
        )
        conduct(plan, {studio.secret: password}, state, lock, watch.event)
    return _report(workspace, plan, studio, state, watch)


def _studio(workspace: Workspace, session: Session, lent: Address | None) -> tuple[Studio, SceneFile]:
    """The studio to play in, and its scenes at the size of its canvas."""
    own = studio_of(workspace, session, session.studios[0])
    if lent is None:
        return own, scenes_of(workspace, own.scenes)
    canvas = asyncio.run(_canvas(lent))
    known = next((s for s in workspace.venue.studios if (s.host, s.port) == (lent.host, lent.port)), None)
    if known is None and not is_loopback(lent.host):
        raise NotReady(
            _("The OBS at {address} is on another PC, and no studio of studio.toml says how it sees our files.").format(
                address=lent
            ),
            _("Add it to studio.toml with its paths, or run the demo on that PC."),
        )
    name = known.name if known else _("OBS at {address}").format(address=lent)
    portrait = sorted(workspace.scene_files, key=lambda file: file.canvas.portrait != canvas.portrait)
    studio = replace(own, name=name, host=lent.host, port=lent.port, paths=known.paths if known else PathMap())
    return studio, fit(scenes_of(workspace, portrait[0].id if portrait else own.scenes), canvas)


async def _canvas(lent: Address) -> Canvas:
    async with ObsLink(lent, SystemClock()) as link:
        video = await link.call("GetVideoSettings")
    fps = Fraction(int(video["fpsNumerator"]), int(video["fpsDenominator"]))
    return Canvas(int(video["baseWidth"]), int(video["baseHeight"]), fps)


def _sellable(sheet: RunSheet) -> RunSheet:
    """The sheet with an id on the platform for every product, so that the made-up orders can be joined to it."""
    products = tuple(replace(product, platform_ids=(product_id(product),)) for product in sheet.products)
    return replace(sheet, products=products)


def _report(workspace: Workspace, plan: Plan, studio: Studio, state: Path, watch: Watch) -> Shown:
    reader = AsRunReader(state / ASRUN_FILE)
    records = reader.events(plan.run)
    reader.close()
    films, unseen = _films(workspace, plan, studio, records, watch)
    folder = workspace.root / "reports" / plan.run
    folder.mkdir(parents=True, exist_ok=True)
    orders = folder / export_name(SEED)
    watch.step(_("importing the orders"))
    sales = _sell(workspace, plan, studio, records, orders, state)
    watch.step(_("writing the report"))
    figures = review(plan, records, workspace, studio.id, films, sales)
    made_at = now(ZoneInfo(workspace.venue.zone))
    taken = takes(plan, records, studio.id)
    report = write_report(figures, folder, made_at=made_at, stills=_stills(films, taken))
    return Shown(
        figures=figures,
        report=report,
        orders=orders,
        log=state / ASRUN_FILE,
        recordings=tuple(film.path for film in films),
        unseen=unseen,
        takes=len(taken),
        takes_in_picture=_in_picture(films),
    )


def _in_picture(films: Sequence[Film]) -> int | None:
    aligned = [film for film in films if film.alignment is not None and film.alignment.offset_ns is not None]
    if not aligned:
        return None
    return sum(
        error is not None and abs(error) * film.figures.fps <= IN_PICTURE_FRAMES * 1000
        for film in aligned
        if film.alignment is not None
        for error in film.alignment.residuals_ms
    )


def _films(
    workspace: Workspace, plan: Plan, studio: Studio, records: Sequence[Record], watch: Watch
) -> tuple[list[Film], tuple[str, ...]]:
    """The recordings that this machine can see, looked at, and the OBS PC's paths of the others."""
    films, unseen = [], []
    for theirs in (record.event.path for record in records if isinstance(record.event, RecordingStopped)):
        path = Path(theirs if studio.view is None else studio.view.ours(theirs) or "")
        if not theirs or not path.is_file():
            unseen.append(theirs)
            continue
        watch.step(_("looking at {file}").format(file=path.name))
        films.append(film(path, _shown_as(path, workspace.root), takes(plan, records, studio.id), records))
    return films, tuple(unseen)


def _stills(films: Sequence[Film], taken: Mapping[str, int]) -> dict[str, bytes]:
    """A picture of each cue, from a moment after its take, out of the recordings that could be aligned."""
    stills = {}
    for one in films:
        if one.alignment is None or one.alignment.offset_ns is None:
            continue
        for cue in one.cues:
            second = (taken[cue] - one.alignment.offset_ns + STILL_AFTER_NS) / NS_PER_S
            stills[cue] = jpeg(still(one.path, second), STILL_SIDE)
    return stills


def _shown_as(path: Path, root: Path) -> str:
    """Relative to the workspace where it lies there: a report names no path of the machine it was made on."""
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name


def _sell(
    workspace: Workspace, plan: Plan, studio: Studio, records: Sequence[Record], orders: Path, state: Path
) -> Sales:
    """Write a made-up order export that follows what was on air, import it, and read the lines back."""
    empty = review(plan, records, workspace, studio.id, (), Sales())
    start = empty.actual_start or empty.cues[0].planned_start
    end = empty.actual_end or start
    moments = [
        ProductMoment(product, cue.actual_start, cue.actual_start + timedelta(milliseconds=cue.actual_ms))
        for cue in empty.cues
        if (product := plan.sheet.product(cue.product)) and cue.actual_start is not None and cue.actual_ms
    ]
    write_export(orders, seed=SEED, moments=moments, start=start, end=max(end, start), orders=ORDERS)
    file_sums = totals(doudian_orders.read(orders))
    with opened(state / "studio.db", migrations) as database:
        import_orders(database, orders, datetime.now(UTC))
        window = (start - AROUND, end + AROUND)
        lines = tuple(order_lines(database, *window))
        return Sales(lines, source_files(database, *window), file_sums, LAG_MS, made_up=True)
