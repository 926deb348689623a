"""The report of one session as a document of seven sections."""

from collections.abc import Mapping
from datetime import datetime

from studio.i18n import _
from studio.model.figures import SessionFigures
from studio.reports.basics import basics_section, totals_section
from studio.reports.document import Document
from studio.reports.outcome import plan_section, recording_section
from studio.reports.selling import curve_section, products_section
from studio.reports.sources import sources_section


def session_document(figures: SessionFigures, *, made_at: datetime, stills: Mapping[str, bytes]) -> Document:
    """The seven sections of a session's report; ``stills`` are JPEG pictures by cue, as many as there are."""
    return Document(
        title=_("Session review: {title}").format(title=figures.title),
        subtitle=_("{venue} · {date}").format(venue=figures.venue, date=f"{figures.planned_start:%Y-%m-%d}"),
        made_at=made_at,
        blocks=(
            *basics_section(figures),
            *totals_section(figures),
            *plan_section(figures),
            *curve_section(figures),
            *products_section(figures),
            *recording_section(figures, stills),
            *sources_section(figures),
        ),
    )
