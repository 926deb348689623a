"""Reads a run-sheet: its rows in order, each with a place on the time line."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pydantic import Field
from pydantic_core import PydanticCustomError

from studio.clock import format_duration
from studio.i18n import _
from studio.model.problem import Problem
from studio.model.runsheet import Cue, Follows, Late, Product, RunSheet, Transition
from studio.schedules.rows import CueForm, OptionalAdvance, OptionalLate, OptionalTransition, follows
from studio.schedules.timing import Slot, Span, circles, line_up, overlaps, starts
from studio.workspace.fields import Line, OptionalPersonRef
from studio.workspace.moments import duration_ms
from studio.workspace.problems import Form, Known, did_you_mean, fill
from studio.workspace.repeats import repeats
from studio.workspace.source import Source, TreePath, shown


class SheetForm(Form):
    """The whole of a run-sheet; host, cohost, transition, late and advance hold for rows that say nothing."""

    title: Line = Field(examples=["沙棘专场"])
    host: OptionalPersonRef = None
    cohost: OptionalPersonRef = None
    transition: OptionalTransition = None
    late: OptionalLate = None
    advance: OptionalAdvance = None
    never_say: tuple[Line, ...] = ()
    cues: tuple[Any, ...] = Field(min_length=1, examples=["[]"])


@dataclass(frozen=True, slots=True)
class SheetRead:
    """A run-sheet and the file it was read from; ``rows`` are the paths of its cues in the file, by id."""

    sheet: RunSheet
    source: Source
    rows: Mapping[str, TreePath]


def read_runsheet(
    source: Source, sheet_id: str, products: Mapping[str, Product], known: Known
) -> tuple[SheetRead, list[Problem]]:
    """What a run-sheet says; faulty rows are left out and are Problems."""
    sheet, problems = fill(SheetForm, source, (), known)
    defaults = sheet or SheetForm.model_construct(title="", cues=())
    rows = [row for row, _row in source.rows(("cues",))]
    forms: list[CueForm | None] = []
    for row in rows:
        form, found = fill(CueForm, source, row, known)
        forms.append(form)
        problems += found
    problems += repeats((source, (*row, "id")) for row in rows)
    slots = _slots(source, rows)
    problems += _overlaps(source, rows, slots) + _wrong_ties(source, rows, slots)
    cues: list[Cue] = []
    for row, form, start in zip(rows, forms, starts(slots), strict=True):
        if form is None or start is None:
            continue
        cue = _cue(form, start, defaults)
        problems += _contradictions(source, row, cue)
        cues.append(cue)
    cues.sort(key=lambda cue: cue.start_ms)
    shown_products = [products[name] for name in line_up(cue.product for cue in cues) if name in products]
    problems += _same_links(source, shown_products)
    title = sheet.title if sheet else source.text(("title",)) or sheet_id
    read = RunSheet(sheet_id, title, tuple(cues), tuple(shown_products))
    paths = {name: rows[index] for name, index in _first_rows(source, rows).items()}
    return SheetRead(read, source, paths), problems


def _slots(source: Source, rows: Sequence[TreePath]) -> list[Slot]:
    """The rows' places as written, also where something else in a row is wrong; a hard-timed row follows the one above.

    A row that follows nobody knows which floats.
    """
    ids = _first_rows(source, rows)
    slots: list[Slot] = []
    for row in rows:
        at, duration = source.text((*row, "at")), source.text((*row, "duration"))
        length = (duration_ms(duration) or None) if duration else None
        start = None if at is None else 0 if at == "0" else duration_ms(at)
        if at is not None:
            slots.append(Slot(start, length if start is not None else None))
        elif _has(source, row, "time") or not _has(source, row, "follows"):
            slots.append(Slot(None, length))
        else:
            link = _link(source, row)
            leader = ids.get(link.cue) if link else None
            slots.append(Slot(None, length, leader, link.after_ms if link else 0, floating=leader is None))
    return slots


def _first_rows(source: Source, rows: Sequence[TreePath]) -> dict[str, int]:
    """Which row has an id: the first, where several do."""
    ids = [(source.text((*row, "id")) or "").strip() for row in rows]
    return {name: index for index, name in reversed(list(enumerate(ids))) if name}


def _link(source: Source, row: TreePath) -> Follows | None:
    try:
        return follows(source.at((*row, "follows")))
    except PydanticCustomError:
        return None


def _has(source: Source, row: TreePath, key: str) -> bool:
    return source.at((*row, key)) is not None


def _wrong_ties(source: Source, rows: Sequence[TreePath], slots: Sequence[Slot]) -> list[Problem]:
    """Rows tied to two instants at once, and linked rows that follow none, themselves, or one that waits for them."""
    problems: list[Problem] = []
    ids = _first_rows(source, rows)
    in_circles = circles(slots)
    for index, row in enumerate(rows):
        ties = [key for key in ("at", "time", "follows") if _has(source, row, key)]
        for key in ties[1:]:
            what = _("this row has both “{one}” and “{other}”, and either says when it starts").format(
                one=ties[0], other=key
            )
            problems.append(source.problem((*row, key), what, _("keep one of the two"), key=True))
        link = _link(source, row) if "follows" in ties else None
        if link is None:
            continue
        if link.cue not in ids:
            what = _("this row follows “{name}”, and no row has that id").format(name=shown(link.cue))
            others = [name for name, place in ids.items() if place != index]
            problems.append(source.problem((*row, "follows"), what, did_you_mean(link.cue, others)))
        elif index in in_circles:
            what = _("this row follows “{name}”, which starts only after this one").format(name=link.cue)
            remedy = _("move it below the row that leads it, or let it follow another")
            if ids[link.cue] == index:
                what, remedy = _("this row follows itself"), _("name the row that leads it")
            problems.append(source.problem((*row, "follows"), what, remedy))
    return problems


def _overlaps(source: Source, rows: Sequence[TreePath], slots: Sequence[Slot]) -> list[Problem]:
    """Rows that start too early; nothing is said about hard-timed ones and what hangs on them, placed by a date."""
    every = {text for row in rows for path, _v in source.rows((*row, "studios")) if (text := source.text(path))}
    every.add("")  # one that stands for the studios no row names
    dated = [_has(source, row, "time") and slot.at_ms is None for row, slot in zip(rows, slots, strict=True)]
    placed = starts([replace(slot, floating=True) if one else slot for slot, one in zip(slots, dated, strict=True)])
    spans: list[Span] = []
    places: list[TreePath] = []
    for row, start, slot in zip(rows, placed, slots, strict=True):
        if start is None or slot.duration_ms is None:
            continue
        named = {text for path, _v in source.rows((*row, "studios")) if (text := source.text(path))}
        spans.append(Span(start, start + slot.duration_ms, frozenset(named or every)))
        places.append(row)
    problems: list[Problem] = []
    told: set[int] = set()
    for later, earlier, _user in overlaps(spans):
        if later in told:
            continue
        told.add(later)
        what = _("this row starts at {start}, before the row of line {line} ends at {end}").format(
            start=format_duration(spans[later].start),
            line=source.position(places[earlier])[0],
            end=format_duration(spans[earlier].end),
        )
        key = next((key for key in ("at", "follows") if _has(source, places[later], key)), None)
        remedy = _("start it later, shorten the other, or leave “at” out to follow the row above")
        if key == "follows":
            remedy = _("let it start later, such as: {example}; or shorten the other").format(example="opening +90s")
        problems.append(source.problem((*places[later], key) if key else places[later], what, remedy))
    return problems


def _cue(form: CueForm, start_ms: int, sheet: SheetForm) -> Cue:
    host = form.host or sheet.host
    # Who is host of this row alone may be the co-host of the sheet: then the row has none.
    cohost = form.cohost or (None if form.host is not None and form.host == sheet.cohost else sheet.cohost)
    return Cue(
        id=form.id,
        start_ms=start_ms,
        duration_ms=form.duration,
        scene=form.scene,
        title=form.title,
        transition=form.transition or sheet.transition or Transition(),
        product=form.product,
        host=host,
        cohost=cohost,
        points=form.points,
        script=form.script,
        never_say=tuple(dict.fromkeys((*sheet.never_say, *form.never_say))),
        late=form.late or sheet.late or Late(),
        studios=form.studios,
        advance=form.advance or sheet.advance or "manual",
        time=form.time,
        follows=form.follows,
        offer_ms=form.offer,
        play=form.play,
    )


def _contradictions(source: Source, row: TreePath, cue: Cue) -> list[Problem]:
    problems: list[Problem] = []
    if cue.host is not None and cue.host == cue.cohost:
        what = _("“{name}” is both host and co-host of this row").format(name=cue.host)
        problems.append(source.problem((*row, "cohost"), what, _("name two people, or leave the co-host out")))
    if cue.transition.ms > cue.duration_ms:
        what = _("the transition is longer than the row")
        problems.append(source.problem((*row, "duration"), what, _("lengthen the row or shorten the transition")))
    if cue.offer_ms is not None and cue.product is None:
        what = _("this row has an offer and no product")
        problems.append(source.problem((*row, "offer"), what, _("name its product, or leave the offer out"), key=True))
    problems += repeats((source, path) for path, _name in source.rows((*row, "play")))
    return problems


def _same_links(source: Source, products: list[Product]) -> list[Problem]:
    first: dict[int, Product] = {}
    problems: list[Problem] = []
    for product in products:
        if product.link is None or first.setdefault(product.link, product) is product:
            continue
        path = next(
            (path for row, _row in source.rows(("cues",)) if source.text(path := (*row, "product")) == product.id), ()
        )
        what = _("“{product}” and “{other}” both have link {link} in this session's cart").format(
            product=product.id, other=first[product.link].id, link=product.link
        )
        problems.append(source.problem(path, what, _("give each product of a run-sheet a link number of its own")))
    return problems
