"""Reads a run-sheet: its rows in order, each with a place on the time line."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Annotated, Any

from pydantic import Field, PlainValidator

from studio.clock import format_duration
from studio.i18n import _
from studio.model.problem import Problem
from studio.model.runsheet import Cue, Late, Product, RunSheet, Transition
from studio.schedules.timing import Slot, Span, line_up, overlaps, starts
from studio.workspace.fields import (
    Id,
    Line,
    OptionalHostRef,
    OptionalProductRef,
    SceneRef,
    StudioRef,
    Text,
    plain,
    refused,
    words,
)
from studio.workspace.moments import Duration, OptionalOffset, duration_ms
from studio.workspace.problems import Form, Known, fill
from studio.workspace.repeats import repeats
from studio.workspace.source import Source, TreePath, shown

USUAL_TRANSITIONS = ("Cut", "Fade", "Swipe", "Slide", "Stinger", "Luma Wipe", "Fade to Color")
"""Transitions as OBS names them in English; people may add others under names of their own."""
DEFAULT_FADE_MS = 300
_TRANSITION = re.compile(r"(.+?)(?:\s+(\d[\w.:]*))?")
_SKIP = re.compile(r"skip_after[\s:]+(\S.*)")


def _transition(value: Any) -> Transition:
    text = words(value)
    match = _TRANSITION.fullmatch(text)
    name, length = (match[1], match[2]) if match else (text, None)
    near = get_close_matches(name.title(), USUAL_TRANSITIONS, n=1, cutoff=0.7)
    if near and name not in USUAL_TRANSITIONS:
        raise refused(
            _("unknown transition “{name}”").format(name=shown(name)), _("did you mean “{name}”?").format(name=near[0])
        )
    if length is None:
        return Transition(name, 0 if name == "Cut" else DEFAULT_FADE_MS)
    ms = duration_ms(length)
    if ms is None or not 50 <= ms <= 20_000:
        raise refused(
            _("“{value}” is not the length of a transition").format(value=shown(length)),
            _("write 50ms to 20s, such as: Fade 300ms"),
        )
    return Transition(name, 0 if name == "Cut" else ms)


def _late(value: Any) -> Late:
    if isinstance(value, dict) and list(value) == ["skip_after"]:
        text = f"skip_after {plain(value['skip_after'])}"
    else:
        text = plain(value)
    if text == "fire":
        return Late("fire")
    if text == "hold":
        return Late("hold")
    match = _SKIP.fullmatch(text)
    after = duration_ms(match[1]) if match else None
    if after is None:
        raise refused(
            _("“{value}” does not say what to do when it is late").format(value=shown(text)),
            _("write fire, hold, or skip_after with a time, such as: skip_after 10s"),
        )
    return Late("skip_after", after)


OptionalTransition = Annotated[Transition | None, PlainValidator(_transition)]
OptionalLate = Annotated[Late | None, PlainValidator(_late)]


class SheetForm(Form):
    """The whole of a run-sheet; what it says about host, transition and lateness holds for rows that say nothing."""

    title: Line = Field(examples=["沙棘专场"])
    host: OptionalHostRef = None
    cohost: OptionalHostRef = None
    transition: OptionalTransition = None
    late: OptionalLate = None
    never_say: tuple[Line, ...] = ()
    cues: tuple[Any, ...] = Field(min_length=1, examples=["[]"])


class CueForm(Form):
    """One entry of ``cues:``."""

    id: Id = Field(examples=["opening"])
    title: Line = Field(examples=["开场"])
    scene: SceneRef = Field(examples=["opening"])
    duration: Duration = Field(examples=["3m"])
    at: OptionalOffset = None
    transition: OptionalTransition = None
    product: OptionalProductRef = None
    host: OptionalHostRef = None
    cohost: OptionalHostRef = None
    points: tuple[Line, ...] = ()
    script: Text = ""
    never_say: tuple[Line, ...] = ()
    late: OptionalLate = None
    studios: tuple[StudioRef, ...] = ()


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
    placed = starts([_slot(source, row) for row in rows])
    problems += _overlaps(source, rows, placed)
    cues: list[Cue] = []
    for row, form, start in zip(rows, forms, placed, strict=True):
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
    paths = {text: row for row in reversed(rows) if (text := source.text((*row, "id")))}
    return SheetRead(read, source, paths), problems


def _slot(source: Source, row: TreePath) -> Slot:
    """The row's place as written, also where something else in the row is wrong."""
    at, duration = source.text((*row, "at")), source.text((*row, "duration"))
    length = duration_ms(duration) if duration else None
    if at is None:
        return Slot(None, length or None)
    start = 0 if at == "0" else duration_ms(at)
    return Slot(start, length or None) if start is not None else Slot(None, None)


def _overlaps(source: Source, rows: list[TreePath], placed: tuple[int | None, ...]) -> list[Problem]:
    every = {text for row in rows for path, _v in source.rows((*row, "studios")) if (text := source.text(path))}
    every.add("")  # one that stands for the studios no row names
    spans: list[Span] = []
    places: list[TreePath] = []
    for row, start in zip(rows, placed, strict=True):
        length = _slot(source, row).duration_ms
        if start is None or length is None:
            continue
        named = {text for path, _v in source.rows((*row, "studios")) if (text := source.text(path))}
        spans.append(Span(start, start + length, frozenset(named or every)))
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
        path = (*places[later], "at")
        remedy = _("start it later, shorten the other, or leave “at” out to follow the row above")
        problems.append(source.problem(path if source.at(path) is not None else places[later], what, remedy))
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
    )


def _contradictions(source: Source, row: TreePath, cue: Cue) -> list[Problem]:
    problems: list[Problem] = []
    if cue.host is not None and cue.host == cue.cohost:
        what = _("“{name}” is both host and co-host of this row").format(name=cue.host)
        problems.append(source.problem((*row, "cohost"), what, _("name two people, or leave the co-host out")))
    if cue.transition.ms > cue.duration_ms:
        what = _("the transition is longer than the row")
        problems.append(source.problem((*row, "duration"), what, _("lengthen the row or shorten the transition")))
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
