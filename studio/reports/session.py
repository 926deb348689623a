"""The report of one session as a document of seven sections."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from studio.i18n import _
from studio.model.figures import SessionFigures
from studio.reports.basics import basics_section, totals_section
from studio.reports.document import Block, Document, Note
from studio.reports.outcome import plan_section, recording_section
from studio.reports.selling import curve_section, products_section
from studio.reports.sources import sources_section


def session_document(figures: SessionFigures, *, made_at: datetime, stills: Mapping[str, bytes]) -> Document:
    """The seven sections of a session's report; ``stills`` are JPEG pictures by cue, as many as there are."""
    day = figures.planned_start or figures.actual_start
    return Document(
        title=_("Session review: {title}").format(title=figures.title),
        subtitle=_("{venue} · {date}").format(venue=figures.venue, date=f"{day:%Y-%m-%d}") if day else figures.venue,
        made_at=made_at,
        blocks=(
            *_warning(figures),
            *basics_section(figures),
            *totals_section(figures),
            *plan_section(figures),
            *curve_section(figures),
            *products_section(figures),
            *recording_section(figures, stills),
            *sources_section(figures),
        ),
    )


def _warning(figures: SessionFigures) -> Iterator[Block]:
    """What must be read before any figure."""
    if figures.made_up:
        yield Note(_("Demonstration: the orders in this report are made up; they are not sales."), "alarm")
