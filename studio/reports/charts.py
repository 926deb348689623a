"""Draws the curve of sales and the plan against what happened, as SVG whose text stays text."""

import html
import io
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from studio.i18n import _
from studio.model.figures import CueFigures, SessionFigures
from studio.reports.lanes import kept_inside, lanes, nice_step, text_width
from studio.reports.wording import clean

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH = 720.0
"""Points; a page may scale the drawing, its text with it."""
NARROW = 350.0
"""Points of the same drawing for a phone, where the broad one would be scaled past reading."""
LEFT, RIGHT = 62.0, 26.0
FONT = 9.5
LANE = 14.0
MOST_LANES = 2
# Two colours that the page replaces by its own, so that the drawing follows it into the dark.
INK, LINE = "#0a0b0c", "#d5d6d7"
PAID, COUNT, PLANNED, ACTUAL, LATE = "#d9730d", "#2f6b4f", "#b9c7be", "#2f6b4f", "#f0a35e"


class Words:
    """Texts that stand in the drawing as tokens while matplotlib lays it out: it has no font for Chinese."""

    def __init__(self) -> None:
        self._texts: list[str] = []

    def token(self, text: str) -> str:
        """The token of one text."""
        self._texts.append(text)
        return f"@{len(self._texts) - 1}@"

    def put_back(self, svg: str) -> str:
        """The drawing with its texts, escaped."""
        return re.sub(r"@(\d+)@", lambda found: html.escape(clean(self._texts[int(found[1])])), svg)


def curve_chart(figures: SessionFigures, width: float = WIDTH) -> str:
    """Paid amount in yuan and paid lines a step, with a mark where each cue began; figures must have a curve.

    ``width`` is in points, for this and every other drawing here.
    """
    words = Words()
    start = figures.curve[0].start
    step_s = figures.curve_step_ms / 1000
    span_s = step_s * len(figures.curve)
    begun = [(number, cue, cue.actual_start) for number, cue in enumerate(figures.cues, 1) if cue.actual_start]
    shown = [
        (number, cue, (at - start).total_seconds())
        for number, cue, at in begun
        if 0 <= (at - start).total_seconds() <= span_s
    ]
    marks = _marks([(number, cue.title, at / span_s) for number, cue, at in shown], _room(width))
    top = 12 + LANE * (max((lane for _text, _x, lane in marks), default=-1) + 1)
    height = top + 230
    with _drawing(width, height, "curve") as figure:
        paid = _axes(figure, top, 120, height)
        count = _axes(figure, top + 142, 56, height)
        middles = [(number + 0.5) * step_s for number in range(len(figures.curve))]
        paid.bar(middles, [bucket.paid_fen / 100 for bucket in figures.curve], width=step_s * 0.82, color=PAID)
        count.bar(middles, [bucket.lines for bucket in figures.curve], width=step_s * 0.82, color=COUNT)
        for axes, title in ((paid, _("Paid, yuan")), (count, _("Order lines"))):
            axes.set_ylabel(words.token(title), labelpad=6)
            axes.set_ylim(0, max(1.0, axes.get_ylim()[1] * 1.05))
            axes.grid(axis="y", color=LINE, linewidth=0.6)
            for _number, _cue, at in shown:
                axes.axvline(at, color=INK, linewidth=0.7, linestyle=(0, (2, 2)), zorder=3)
        _count_ticks(count)
        paid.yaxis.set_major_formatter("{x:,.0f}")
        _time_axis([paid, count], start, span_s, width)
        paid.tick_params(labelbottom=False)
        for text, x, lane in marks:
            paid.annotate(
                words.token(text), (x, 120 + 5 + lane * LANE), xycoords="axes points", ha="center", va="bottom"
            )
        return _svg(figure, words, _name("curve", width))


def plan_chart(figures: SessionFigures, width: float = WIDTH) -> str:
    """Two rows of bars, planned above actual, numbered as in the table; figures must have cues."""
    words = Words()
    cues = figures.cues
    start = min([cue.planned_start for cue in cues] + [cue.actual_start for cue in cues if cue.actual_start])
    end = max(moment for cue in cues for moment in _ends(cue))
    span_s = max(1.0, (end - start).total_seconds())
    height = 128.0
    with _drawing(width, height, "plan") as figure:
        axes, room = _axes(figure, 12, 84, height), _room(width)
        axes.set_ylim(-0.55, 1.55)
        axes.set_yticks([1, 0], [words.token(_("Planned")), words.token(_("Actual"))])
        axes.tick_params(axis="y", length=0)
        for number, cue in enumerate(cues, 1):
            _bar(axes, start, cue.planned_start, cue.planned_ms, 1, PLANNED, number, span_s, room)
            if cue.actual_start is not None and cue.actual_ms is not None:
                late = cue.verdict != "on_time"
                _bar(
                    axes,
                    start,
                    cue.actual_start,
                    cue.actual_ms,
                    0,
                    LATE if late else ACTUAL,
                    number,
                    span_s,
                    room,
                    late,
                )
        _time_axis([axes], start, span_s, width)
        return _svg(figure, words, _name("plan", width))


def _ends(cue: CueFigures) -> list[datetime]:
    ends = [cue.planned_start + timedelta(milliseconds=cue.planned_ms)]
    if cue.actual_start is not None and cue.actual_ms is not None:
        ends.append(cue.actual_start + timedelta(milliseconds=cue.actual_ms))
    return ends


def _bar(
    axes: "Axes",
    origin: datetime,
    start: datetime,
    length_ms: int,
    row: int,
    colour: str,
    number: int,
    span_s: float,
    room: float,
    hatched: bool = False,
) -> None:
    left, length = (start - origin).total_seconds(), length_ms / 1000
    axes.barh(
        row, length, left=left, height=0.72, color=colour, edgecolor=INK, linewidth=0.5, hatch="////" if hatched else ""
    )
    if length / span_s * room >= text_width(str(number), FONT) + 3:
        ink = "#ffffff" if colour == ACTUAL else "#101512"
        ground = {"boxstyle": "round,pad=0.15", "facecolor": colour, "edgecolor": "none"} if hatched else None
        axes.text(left + length / 2, row, str(number), ha="center", va="center_baseline", color=ink, bbox=ground)


def _marks(cues: Sequence[tuple[int, str, float]], room: float) -> list[tuple[str, float, int]]:
    """The labels of the cues over the curve: (text, x in points, lane); with titles where there is room for all."""
    for letters in (10, 6, 0):
        texts = [f"{number} {_cut(title, letters)}".strip() for number, title, _at in cues]
        widths = [text_width(text, FONT) for text in texts]
        middles = kept_inside([at * room for _number, _title, at in cues], widths, -LEFT + 4, room + RIGHT - 2)
        placed = lanes(middles, widths, MOST_LANES if letters else len(cues))
        if placed is not None:
            return list(zip(texts, middles, placed, strict=True))
    return []


def _cut(title: str, letters: int) -> str:
    return title if len(title) <= letters else title[: letters - 1] + "…" if letters else ""


def _room(width: float) -> float:
    return width - LEFT - RIGHT


def _width(figure: "Figure") -> float:
    return figure.get_figwidth() * 72


def _name(drawing: str, width: float) -> str:
    """What its ids begin with: both widths stand on one page."""
    return drawing if width == WIDTH else f"{drawing}-{width:.0f}"


@contextmanager
def _drawing(width: float, height: float, salt: str) -> Iterator["Figure"]:
    import matplotlib as mpl
    from matplotlib.figure import Figure

    settings = {
        "svg.fonttype": "none",
        "svg.hashsalt": f"studio-{salt}",
        "font.size": FONT,
        "hatch.linewidth": 0.6,
        "text.color": INK,
        "axes.edgecolor": INK,
        "axes.labelcolor": INK,
        "xtick.color": INK,
        "ytick.color": INK,
        "axes.linewidth": 0.7,
        "text.parse_math": False,
    }
    with mpl.rc_context(settings):  # type: ignore[arg-type]  # its keys are a Literal of hundreds of names
        yield Figure(figsize=(width / 72, height / 72), facecolor="none")


def _axes(figure: "Figure", top: float, height: float, total: float) -> "Axes":
    """Axes over the drawing's width, ``top`` points below its upper edge."""
    width = _width(figure)
    axes = figure.add_axes(
        (LEFT / width, 1 - (top + height) / total, _room(width) / width, height / total), facecolor="none"
    )
    axes.spines[["top", "right"]].set_visible(False)
    axes.set_axisbelow(True)
    return axes


def _count_ticks(axes: "Axes") -> None:
    from matplotlib.ticker import MaxNLocator

    axes.yaxis.set_major_locator(MaxNLocator(nbins=3, integer=True))


def _time_axis(all_axes: "Sequence[Axes]", start: datetime, span_s: float, width: float) -> None:
    """Ticks at round times of the clock from ``start`` on; seconds are shown where they matter."""
    step = nice_step(span_s, 8 if width > NARROW else 4)
    midnight = start.replace(hour=0, minute=0, second=0, microsecond=0)
    offset = -((start - midnight).total_seconds()) % step
    ticks = [offset + number * step for number in range(int((span_s - offset) / step) + 1)]
    form = "%H:%M" if step % 60 == 0 else "%H:%M:%S"
    for axes in all_axes:
        axes.set_xlim(0, span_s)
        axes.tick_params(axis="x", pad=6)
        axes.set_xticks(ticks, [(start + timedelta(seconds=tick)).strftime(form) for tick in ticks])


def _svg(figure: "Figure", words: Words, name: str) -> str:
    """The drawing as an ``svg`` element: no date, no prolog, ids of its own, colours that the page may set."""
    target = io.StringIO()
    figure.savefig(
        target,
        format="svg",
        transparent=True,
        metadata={"Date": None, "Creator": None, "Format": None, "Type": None},
    )
    svg = target.getvalue()
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r' (width|height)="[^"]*"', "", svg, count=2)
    svg = re.sub(r"<defs>\s*<style.*?</style>\s*</defs>", "", svg, count=1, flags=re.DOTALL)
    svg = svg.replace("<svg", '<svg stroke-linejoin="round"', 1)
    svg = re.sub(r'(id="|url\(#|href="#)', rf"\g<1>{name}-", svg)
    svg = re.sub(r" font-family: [^;\"]*;", "", svg)
    svg = svg.replace(INK, "currentColor").replace(LINE, f"var(--line, {LINE})")
    return words.put_back(svg).strip()
