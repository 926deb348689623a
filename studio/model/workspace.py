"""A workspace as read: everything its files say, joined."""

from dataclasses import dataclass
from pathlib import Path

from studio.model.kit import KitItem
from studio.model.person import Person
from studio.model.runsheet import Product, RunSheet
from studio.model.scene import SceneFile
from studio.model.session import CalendarEvent, Rehearsal, Session, Shoot, Training
from studio.model.studio import Studio, Venue


@dataclass(frozen=True, slots=True)
class Workspace:
    """What the files below ``root`` say; where some are wrong, only what could be read."""

    root: Path
    venue: Venue
    people: tuple[Person, ...] = ()
    scene_files: tuple[SceneFile, ...] = ()
    products: tuple[Product, ...] = ()
    runsheets: tuple[RunSheet, ...] = ()
    events: tuple[CalendarEvent, ...] = ()
    """The whole calendar, in order of start."""
    kit: tuple[KitItem, ...] = ()

    @property
    def sessions(self) -> tuple[Session, ...]:
        """In order of their start."""
        return tuple(event for event in self.events if isinstance(event, Session))

    @property
    def shoots(self) -> tuple[Shoot, ...]:
        """In order of their start."""
        return tuple(event for event in self.events if isinstance(event, Shoot))

    @property
    def rehearsals(self) -> tuple[Rehearsal, ...]:
        """In order of their start."""
        return tuple(event for event in self.events if isinstance(event, Rehearsal))

    @property
    def trainings(self) -> tuple[Training, ...]:
        """In order of their start."""
        return tuple(event for event in self.events if isinstance(event, Training))

    def studio(self, studio_id: str) -> Studio | None:
        """The studio of that id, or None."""
        return next((studio for studio in self.venue.studios if studio.id == studio_id), None)

    @property
    def main_studio(self) -> Studio | None:
        """The studio that ``studio.toml`` calls the main one, or None."""
        return next((studio for studio in self.venue.studios if studio.main), None)

    def scene_file(self, file_id: str) -> SceneFile | None:
        """The scene file of that id, or None."""
        return next((scene_file for scene_file in self.scene_files if scene_file.id == file_id), None)

    def runsheet(self, sheet_id: str) -> RunSheet | None:
        """The run-sheet of that id, or None."""
        return next((sheet for sheet in self.runsheets if sheet.id == sheet_id), None)

    def session(self, session_id: str) -> Session | None:
        """The session of that id, or None."""
        return next((session for session in self.sessions if session.id == session_id), None)

    def product(self, product_id: str) -> Product | None:
        """The product of that id, or None."""
        return next((product for product in self.products if product.id == product_id), None)
