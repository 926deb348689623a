"""Joins one run's log, recordings and orders into the figures of its report; every figure is counted here, once."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from studio.asrun.events import CueEnded, Record, RunEnded
from studio.asrun.progress import fold
from studio.clock import NS_PER_MS, Anchor, instant
from studio.errors import NotReady
from studio.i18n import _
from studio.jobs.incidents import incidents
from studio.model.figures import CueFigures, ProductFigures, RecordingFigures, SessionFigures, SourceFile, Totals
from studio.model.person import Person
from studio.model.plan import Plan
from studio.model.runsheet import Cue
from studio.model.sales import LineKey, OrderLine, OrderStatus
from studio.model.workspace import Workspace
from studio.recordings.align import Alignment
from studio.sales.attribution import Credit, Span, attribute
from studio.sales.metrics import by_cue, curve, grouped, totals

ON_AIR = ("on_time", "late", "unconfirmed")


@dataclass(frozen=True, slots=True)
class Sales:
    """The order lines of a session and where they come from; ``order_file`` are the sums of the file itself."""

    lines: Sequence[OrderLine] = ()
    sources: tuple[SourceFile, ...] = ()
    order_file: Totals | None = None
    lag_ms: int = 0
    """How long after a product's cue an order still counts for it."""
    made_up: bool = False
    """True for a demonstration's orders: nobody bought anything."""


@dataclass(frozen=True, slots=True)
class Film:
    """One recording, and how the takes of ``cues`` lie in it where it could be aligned with the log."""

    figures: RecordingFigures
    path: Path
    cues: tuple[str, ...] = ()
    alignment: Alignment | None = None


def review(
    plan: Plan, records: Sequence[Record], workspace: Workspace, studio: str, films: Sequence[Film], sales: Sales
) -> SessionFigures:
    """The figures of one studio's run. Raises NotReady where the log says that it never went on air."""
    progress = fold(records)
    if progress.started is None:
        raise NotReady(
            _("Run {run} never went on air.").format(run=plan.run),
            _("Read in the log why, put it right, and start it again."),
        )
    zone = ZoneInfo(workspace.venue.zone)
    anchor = Anchor(progress.started.anchor_monotonic_ns, progress.started.anchor_wall_ns)
    verdicts = progress.lane(studio).verdicts
    end_ns = _end(records, anchor, plan)
    on_air = _on_air(plan.sheet.cues, verdicts, end_ns)
    spans = [_span(plan, cue, on_air[cue.id], anchor, zone) for cue in plan.sheet.cues if cue.id in on_air]
    credits = attribute(sales.lines, spans, lag_ms=sales.lag_ms)
    cue_sales, unattributed = by_cue(sales.lines, credits)
    rows = _paid_rows(sales, credits)
    start, end = instant(anchor.wall_ns, zone), instant(anchor.wall_at(end_ns), zone)
    line = curve(sales.lines, start, max(end + timedelta(milliseconds=sales.lag_ms), start + timedelta(seconds=1)))
    return SessionFigures(
        run=plan.run,
        session=plan.session,
        title=plan.title,
        venue=workspace.venue.name,
        studios=tuple(lane.studio.name for lane in plan.lanes),
        hosts=_hosts(plan, workspace.people),
        planned_start=None if plan.start_wall_ns is None else instant(plan.start_wall_ns, zone),
        actual_start=start,
        actual_end=end,
        cues=tuple(_cues(plan, verdicts, on_air, anchor, zone, cue_sales, rows, _picture_errors(films))),
        products=tuple(_products(plan, on_air, sales.lines)),
        curve=line.buckets,
        curve_step_ms=line.step_ms,
        totals=totals(sales.lines),
        unattributed=unattributed,
        recordings=tuple(film.figures for film in films),
        sources=sales.sources,
        incidents=tuple(incidents(records, anchor, plan)),
        order_file=sales.order_file,
        before=line.before,
        after=line.after,
        made_up=sales.made_up,
        unattributed_rows=rows.get(None, ()),
        unpaid_rows=_rows(sales, (line for line in sales.lines if not line.paid)),
        unknown_states=_unknown_states(sales.lines),
    )


def takes(plan: Plan, records: Sequence[Record], studio: str) -> dict[str, int]:
    """The monotonic instant at which each cue's scene began to change, for the cues that changed one."""
    verdicts = fold(records).lane(studio).verdicts
    started = ((cue.id, verdicts.get(cue.id)) for cue in plan.sheet.cues)
    return {
        cue: ended.started_ns
        for cue, ended in started
        if ended is not None and ended.started_ns is not None and ended.changed_ns is not None
    }


def _end(records: Sequence[Record], anchor: Anchor, plan: Plan) -> int:
    """The planned end, or the moment the run was stopped or failed before it."""
    planned = anchor.monotonic_ns + plan.sheet.duration_ms * NS_PER_MS
    ended = (record.stamp.monotonic_ns for record in records if isinstance(record.event, RunEnded))
    return min(planned, next(ended, planned))


def _on_air(cues: Sequence[Cue], verdicts: Mapping[str, CueEnded], end_ns: int) -> dict[str, tuple[int, int]]:
    """From and until when each cue was on, monotonic: until the next one that was, or the end."""
    began: list[tuple[str, int]] = []
    for cue in cues:
        ended = verdicts.get(cue.id)
        if ended is not None and ended.verdict in ON_AIR:
            began.append((cue.id, ended.started_ns or ended.sent_ns or ended.planned_ns))
    began.sort(key=lambda pair: pair[1])
    ends = [*(since for _, since in began), end_ns][1:]
    return {cue: (since, max(since, until)) for (cue, since), until in zip(began, ends, strict=True)}


def _span(plan: Plan, cue: Cue, on_air: tuple[int, int], anchor: Anchor, zone: ZoneInfo) -> Span:
    product = plan.sheet.product(cue.product)
    start, end = (instant(anchor.wall_at(at), zone) for at in on_air)
    return Span(cue.id, frozenset(product.platform_ids if product else ()), start, end)


def _cues(
    plan: Plan,
    verdicts: Mapping[str, CueEnded],
    on_air: Mapping[str, tuple[int, int]],
    anchor: Anchor,
    zone: ZoneInfo,
    sales: Mapping[str, Totals],
    rows: Mapping[str | None, tuple[int, ...]],
    picture_errors: Mapping[str, float],
) -> Iterator[CueFigures]:
    for cue in plan.sheet.cues:
        ended, span = verdicts.get(cue.id), on_air.get(cue.id)
        yield CueFigures(
            cue=cue.id,
            title=cue.title,
            product=cue.product,
            planned_start=_at(anchor, anchor.monotonic_ns + cue.start_ms * NS_PER_MS, zone),
            actual_start=None if span is None else _at(anchor, span[0], zone),
            planned_ms=cue.duration_ms,
            actual_ms=None if span is None else (span[1] - span[0]) // NS_PER_MS,
            verdict="skipped" if ended is None else ended.verdict,
            late_ms=None if ended is None or ended.late_ms is None else round(ended.late_ms),
            sales=sales.get(cue.id, Totals()),
            picture_error_ms=picture_errors.get(cue.id),
            rows=rows.get(cue.id, ()),
        )


def _products(
    plan: Plan, on_air: Mapping[str, tuple[int, int]], lines: Sequence[OrderLine]
) -> Iterator[ProductFigures]:
    """The line-up in its order, then what was sold without being in it, by what was paid for it."""
    ours = {found: product.id for product in plan.sheet.products for found in product.platform_ids}
    sales = grouped(lines, lambda line: ours.get(line.product_id, line.product_id))
    for product in plan.sheet.products:
        shown = [on_air[cue.id] for cue in plan.sheet.cues if cue.product == product.id and cue.id in on_air]
        yield ProductFigures(
            product=product.id,
            name=product.name,
            planned=True,
            live_price_fen=product.live_price_fen,
            times=len(shown),
            on_air_ms=sum(until - since for since, until in shown) // NS_PER_MS,
            sales=sales.pop(product.id, Totals()),
        )
    names = {line.product_id: line.product_name for line in lines}
    for found, sold in sorted(sales.items(), key=lambda pair: (-pair[1].paid_fen, pair[0])):
        yield ProductFigures(found, names[found], False, None, 0, 0, sold)


def _paid_rows(sales: Sales, credits: Mapping[LineKey, Credit]) -> dict[str | None, tuple[int, ...]]:
    """The file rows of the paid lines of each cue, and under None of those that belong to no cue."""
    groups: defaultdict[str | None, list[OrderLine]] = defaultdict(list)
    for line in sales.lines:
        if line.paid:
            groups[credits[line.key].cue if line.key in credits else None].append(line)
    return {cue: _rows(sales, lines) for cue, lines in groups.items()}


def _rows(sales: Sales, lines: Iterable[OrderLine]) -> tuple[int, ...]:
    """The file rows of ``lines``, ascending; none where several files are read, since a row would not say which."""
    return tuple(sorted(line.row for line in lines if line.row)) if len(sales.sources) <= 1 else ()


def _unknown_states(lines: Sequence[OrderLine]) -> tuple[tuple[str, int], ...]:
    """The states that this release does not know, the most frequent first."""
    found = Counter(line.raw_status for line in lines if line.status is OrderStatus.UNKNOWN)
    return tuple(sorted(found.items(), key=lambda pair: (-pair[1], pair[0])))


def _picture_errors(films: Sequence[Film]) -> dict[str, float]:
    return {
        cue: error
        for film in films
        if film.alignment is not None
        for cue, error in zip(film.cues, film.alignment.residuals_ms, strict=True)
        if error is not None
    }


def _hosts(plan: Plan, people: Sequence[Person]) -> tuple[str, ...]:
    named = dict.fromkeys(host for cue in plan.sheet.cues for host in (cue.host, cue.cohost) if host)
    names = {person.id: person.name for person in people}
    return tuple(names.get(host, host) for host in named)


def _at(anchor: Anchor, monotonic_ns: int, zone: ZoneInfo) -> datetime:
    return instant(anchor.wall_at(monotonic_ns), zone)
