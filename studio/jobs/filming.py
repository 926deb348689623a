"""Looks at a recording: what it is, and how the takes of the log lie in it."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

from studio.asrun.events import Intended, Record
from studio.clock import NS_PER_S
from studio.jobs.review import Film
from studio.media.digest import sha256
from studio.media.pictures import picture_changes
from studio.media.probe import probe
from studio.model.figures import RecordingFigures
from studio.recordings.align import align

LOOK_NS = 2 * NS_PER_S
"""A recording begins at most this long after it was asked for; measured on OBS 29, 0.6 s at most."""


def film(path: Path, shown_as: str, takes: Mapping[str, int], records: Sequence[Record]) -> Film:
    """Probe ``path``, hash it, find its picture changes and lay the takes (cue -> monotonic ns) over them.

    ``shown_as`` is the path that the report prints. Raises MediaUnreadable.
    """
    found = probe(path)
    cues = sorted(takes, key=lambda cue: takes[cue])
    changes = [change.seconds for change in picture_changes(path)]
    frame_s = 1 / found.fps if found.fps else Fraction(1, 30)
    taken = [takes[cue] for cue in cues]
    # Evenly spaced takes fit a whole row further on too: look no further than half a row from where it began.
    half_a_row = min((later - earlier for earlier, later in pairwise(taken)), default=2 * LOOK_NS) // 2
    within = min(LOOK_NS, half_a_row)
    alignment = align(taken, changes, frame_s, near_ns=_asked_to_record(records), within_ns=within)
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
        alignment_note=alignment.why,
    )
    return Film(figures, path, tuple(cues), alignment)


def _asked_to_record(records: Sequence[Record]) -> int | None:
    """When StartRecord was sent: the recording's first picture is near it, and evenly spaced takes need that."""
    sent = (
        record.stamp.monotonic_ns
        for record in records
        if isinstance(record.event, Intended) and record.event.type == "StartRecord"
    )
    return next(sent, None)
