"""The sections on what ran: the plan against the log, and the recording against the log."""

from collections import Counter
from collections.abc import Iterator, Mapping

from studio.asrun.words import verdict
from studio.i18n import _, ngettext
from studio.model.figures import CueFigures, SessionFigures, Totals
from studio.reports.charts import NARROW, plan_chart
from studio.reports.document import (
    Block,
    Cell,
    Column,
    Facts,
    Figure,
    Gallery,
    Heading,
    Items,
    Note,
    Paragraph,
    Picture,
    Table,
)
from studio.reports.sources import orders_known
from studio.reports.wording import VERDICTS, listed


def plan_section(figures: SessionFigures) -> Iterator[Block]:
    """Section 3: every cue as planned and as it ran, with the sales it is credited with."""
    yield Heading(_("3 Plan and outcome"), "plan")
    if not figures.cues:
        yield Note(_("The run-sheet has no cues: there is nothing to compare."))
        return
    counts = Counter(cue.verdict for cue in figures.cues)
    order = {word: place for place, word in enumerate(VERDICTS)}
    summary = listed(
        [
            _("{count} {verdict}").format(count=counts[word], verdict=verdict(word))
            for word in sorted(counts, key=lambda word: (order.get(word, len(order)), word))
        ]
    )
    count = len(figures.cues)
    said = ngettext("{count} cue: {summary}.", "{count} cues: {summary}.", count)
    yield Paragraph(said.format(count=count, summary=summary))
    yield Figure(
        plan_chart(figures),
        plan_chart(figures, NARROW),
        _("Planned above, actual below; numbers as in the table, hatched: not on time."),
        _("Two rows of bars along the clock: the planned cues, and below them the cues as they ran. {summary}.").format(
            summary=summary
        ),
    )
    known = orders_known(figures)
    yield Table(
        _("Cue by cue"),
        (
            Column(_("No.")),
            Column(_("Cue")),
            Column(_("Verdict")),
            Column(_("Planned")),
            Column(_("Actual")),
            Column(_("Late or early"), numeric=True),
            Column(_("Planned length"), numeric=True),
            Column(_("Actual length"), numeric=True),
            Column(_("Lines"), numeric=True),
            Column(_("Paid, yuan"), numeric=True),
        ),
        tuple(_cue_row(number, cue, known) for number, cue in enumerate(figures.cues)),
        (
            _sum_row(_("Belongs to no cue"), figures.unattributed, "unattributed", known),
            _sum_row(_("Total"), figures.totals, "totals", known),
        ),
    )
    if figures.incidents:
        yield Paragraph(_("What did not go as planned, by the as-run log:"))
        yield Items(figures.incidents)
    else:
        yield Note(_("The as-run log holds nothing that did not go as planned."))


def _cue_row(number: int, cue: CueFigures, known: bool) -> tuple[Cell, ...]:
    at = f"cues.{number}"
    aired = cue.actual_start is not None
    return (
        Cell(number + 1),
        Cell(cue.title, figure=f"{at}.title"),
        Cell(verdict(cue.verdict), "word" if cue.verdict in VERDICTS else "text"),
        Cell(cue.planned_start, "clock", f"{at}.planned_start"),
        Cell(cue.actual_start, "clock", f"{at}.actual_start") if aired else _not_aired(),
        Cell(cue.late_ms, "late", f"{at}.late_ms") if aired else _not_aired(),
        Cell(cue.planned_ms, "length", f"{at}.planned_ms"),
        Cell(cue.actual_ms, "length", f"{at}.actual_ms") if aired else _not_aired(),
        Cell(cue.sales.lines if known else None, "number", f"{at}.sales.lines"),
        Cell(cue.sales.paid_fen if known else None, "money", f"{at}.sales.paid_fen"),
    )


def _sum_row(name: str, totals: Totals, path: str, known: bool) -> tuple[Cell, ...]:
    nothing = Cell("")
    return (
        nothing,
        Cell(name),
        *(nothing,) * 6,
        Cell(totals.lines if known else None, "number", f"{path}.lines"),
        Cell(totals.paid_fen if known else None, "money", f"{path}.paid_fen"),
    )


def _not_aired() -> Cell:
    return Cell(_("not on air"), "word")


def recording_section(figures: SessionFigures, stills: Mapping[str, bytes]) -> Iterator[Block]:
    """Section 6: the recording, and how far each take's picture lies from the take; ``stills`` are JPEG by cue."""
    yield Heading(_("6 Recording"), "recording")
    if not figures.recordings:
        yield Note(_("Recording: not obtained."), "caution")
        return
    for number, recording in enumerate(figures.recordings):
        at = f"recordings.{number}"
        yield Facts(
            _("Recording {number}").format(number=number + 1),
            (
                (_("File"), Cell(recording.path, "code", f"{at}.path")),
                (_("SHA-256"), Cell(recording.sha256, "code", f"{at}.sha256")),
                (_("Size"), Cell(recording.size_bytes, "bytes", f"{at}.size_bytes")),
                (_("Length"), Cell(recording.duration_ms, "length", f"{at}.duration_ms")),
                (_("Picture"), Cell(f"{recording.width}×{recording.height}, {recording.fps:g} fps")),
                (_("Video codec"), Cell(recording.video_codec, figure=f"{at}.video_codec")),
                (_("Audio codec"), Cell(recording.audio_codec, figure=f"{at}.audio_codec")),
            ),
        )
        if recording.alignment_note:
            yield Note(_not_aligned(recording.alignment_note), "caution")
    if any(cue.picture_error_ms is not None for cue in figures.cues):
        yield Table(
            _("Each take against the picture in the recording"),
            (Column(_("No.")), Column(_("Cue")), Column(_("Picture minus take"), numeric=True)),
            tuple(
                (
                    Cell(number + 1),
                    Cell(cue.title),
                    Cell(cue.picture_error_ms, "gap", f"cues.{number}.picture_error_ms"),
                )
                for number, cue in enumerate(figures.cues)
            ),
        )
        yield Paragraph(_("What all takes have in common, the way from command to picture, is taken out; + is later."))
    elif not any(recording.alignment_note for recording in figures.recordings):
        yield Note(_("The recording could not be laid over the takes of the log: no differences obtained."), "caution")
    pictures = tuple(
        Picture(stills[cue.cue], f"{number} {cue.title}")
        for number, cue in enumerate(figures.cues, 1)
        if cue.cue in stills
    )
    if pictures:
        yield Gallery(pictures)


def _not_aligned(why: str) -> str:
    """Why the takes could not be laid over a recording; a reason that is not known here is shown as it is."""
    reasons = {
        "too_few": _("fewer than two takes can be seen in it as a picture change"),
        "ambiguous": _("its picture changes fit the takes in more than one place"),
    }
    return _("No differences between picture and take were obtained from this recording: {reason}.").format(
        reason=reasons.get(why, why)
    )
