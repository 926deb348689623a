"""Writes a report as one HTML file that needs nothing else, and its figures as JSON beside it."""

import base64
import json
import os
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from studio.errors import NotReady
from studio.i18n import _, language
from studio.model.figures import SessionFigures
from studio.reports.document import Cell, Document
from studio.reports.session import session_document
from studio.reports.wording import clean, written

TEMPLATES = Path(__file__).parent / "templates"
FIGURES_VERSION = 1


def write_report(
    figures: SessionFigures, folder: Path, *, made_at: datetime, stills: Mapping[str, bytes] | None = None
) -> Path:
    """Write ``report.html`` and ``figures.json`` into ``folder`` and return the page's path.

    ``made_at`` (aware) is printed at the end and is all that differs between two reports on the same figures.
    ``stills`` are JPEG pictures by cue id. Either file is replaced as a whole or not at all; NotReady where the
    folder cannot be written.
    """
    page = render(session_document(figures, made_at=made_at, stills=stills or {}))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _replace(folder / "figures.json", figures_json(figures))
        _replace(folder / "report.html", page)
    except OSError as error:
        raise NotReady(
            _("The report cannot be written to {folder}: {reason}.").format(
                folder=folder, reason=error.strerror or error
            ),
            _("Check the folder's permissions and the room on its disk."),
        ) from error
    return folder / "report.html"


def figures_json(figures: SessionFigures) -> str:
    """The figures as JSON: ``{"version": 1, "figures": …}``, instants in ISO 8601, money in fen."""
    content = {"version": FIGURES_VERSION, "figures": asdict(figures)}
    return json.dumps(content, ensure_ascii=False, indent=2, default=_plain) + "\n"


def render(document: Document) -> str:
    """A document as one HTML page; every text in it is escaped."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=lambda value: clean(value) if type(value) is str else value,
        trim_blocks=True,
    )
    environment.filters.update(
        written=written,
        raw=lambda cell: _raw(cell),
        kind=lambda block: type(block).__name__,
        base64=lambda content: base64.b64encode(content).decode(),
    )
    made = _("Made at {moment} by Kelan Studio.").format(moment=f"{document.made_at:%Y-%m-%d %H:%M:%S %z}")
    page: str = environment.get_template("report.html").render(
        document=document,
        lang="en" if language() == "en" else "zh-CN",
        style=(TEMPLATES / "report.css").read_text(encoding="utf-8"),
        made=made,
    )
    return page


def _raw(cell: Cell) -> str:
    return cell.value.isoformat() if isinstance(cell.value, datetime) else str(cell.value)


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"no JSON for {type(value).__name__}")


def _replace(target: Path, text: str) -> None:
    """Write beside the target, to the disk, and put it in its place in one step."""
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as file:
            file.write(clean(text).encode("utf-8"))
            file.flush()
            os.fsync(file.fileno())
        part.replace(target)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
