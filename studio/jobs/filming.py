"""Looks at a recording: what it is, and how the takes of the log lie in it."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path

from studio.asrun.events import Intended, Record
from studio.jobs.review import Film
from studio.media.digest import sha256
from studio.media.pictures import picture_changes
from studio.media.probe import probe
from studio.model.figures import RecordingFigures
from studio.recordings.align import align


def film(path: Path, shown_as: str, takes: Mapping[str, int], records: Sequence[Record]) -> Film:
    """Probe ``path``, hash it, find its picture changes and lay the takes (cue -> monotonic ns) over them.

    ``shown_as`` is the path that the report prints. Raises MediaUnreadable.
    """
    found = probe(path)
    figures = RecordingFigures(
        path=shown_as,
        sha256=sha256(path),
        size_bytes=found.size_bytes,
        duration_ms=found.duration_ms,
        width=found.width,
        height=found.height,
        fps=float(found.fps),
        video_codec=found.video_codec,
        audio_codec=found.audio_codec,
    )
    cues = sorted(takes, key=lambda cue: takes[cue])
    changes = [change.seconds for change in picture_changes(path)]
    frame_s = 1 / found.fps if found.fps else Fraction(1, 30)
    alignment = align([takes[cue] for cue in cues], changes, frame_s, near_ns=_asked_to_record(records))
    return Film(figures, path, tuple(cues), alignment)


def _asked_to_record(records: Sequence[Record]) -> int | None:
    """When StartRecord was sent: the recording's first picture is near it, and evenly spaced takes need that."""
    sent = (
        record.stamp.monotonic_ns
        for record in records
        if isinstance(record.event, Intended) and record.event.type == "StartRecord"
    )
    return next(sent, None)
