"""What the doctor knows of a studio before it looks: its scenes, its coming sessions, where its files lie."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from studio.model.runsheet import Cue, RunSheet
from studio.model.scene import SceneFile
from studio.model.session import Session
from studio.model.studio import Limits, Studio, is_loopback
from studio.model.workspace import Workspace
from studio.schedules.rundown import for_studio


@dataclass(frozen=True, slots=True)
class Subject:
    """One studio and what it must be ready for; ``scenes`` is None where its scene file could not be read."""

    studio: Studio
    scenes: SceneFile | None
    coming: tuple[tuple[Session, RunSheet], ...] = ()
    limits: Limits = field(default_factory=Limits)
    problems: int = 0
    """Problems of the workspace's files: where there are any, parts of it were not read."""

    @property
    def cues(self) -> tuple[Cue, ...]:
        """The rows of its coming sessions that are played in this studio."""
        return tuple(cue for _session, sheet in self.coming for cue in for_studio(sheet, self.studio.id))

    @property
    def longest_ms(self) -> int:
        """The length of the longest coming session; 0 without one."""
        return max((session.duration_ms for session, _sheet in self.coming), default=0)

    def seen_here(self, theirs: str) -> Path | None:
        """Where a file of the OBS PC lies as seen from here, whether or not it is there; None where nobody knows.

        An OBS on this very machine for which no paths are mapped has our paths.
        """
        paths = self.studio.paths
        if theirs and not paths.pairs and is_loopback(self.studio.host):
            return Path(theirs)
        ours = paths.ours(theirs) if theirs else None
        return None if ours is None else Path(ours)


def subjects(
    workspace: Workspace, now: datetime, studios: Iterable[Studio], session: str | None = None, problems: int = 0
) -> tuple[Subject, ...]:
    """One Subject a studio: with ``session`` for that one alone, else for every session that ends after ``now``."""
    chosen = [
        (one, sheet)
        for one in workspace.sessions
        if (one.id == session if session else one.end > now) and (sheet := workspace.runsheet(one.runsheet)) is not None
    ]
    return tuple(
        Subject(
            studio,
            workspace.scene_file(studio.scenes),
            tuple((one, sheet) for one, sheet in chosen if studio.id in one.studios),
            workspace.venue.limits,
            problems,
        )
        for studio in studios
    )
