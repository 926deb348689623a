"""What is wanted of an OBS, what was observed there, what is asked of it, and how that ended."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal

from studio.model.scene import Fit, Rect


class OutputState(StrEnum):
    """The five states of an output; a bool cannot tell "starting" from "on"."""

    OFF = "off"
    STARTING = "starting"
    ON = "on"
    RECONNECTING = "reconnecting"
    STOPPING = "stopping"


@dataclass(frozen=True, slots=True)
class InputState:
    """One input: its kind as OBS names it, and settings. In what is wanted, only the settings that matter."""

    kind: str
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Item:
    """One source's place in a scene: its rectangle, how it fills that, and whether it is shown."""

    source: str
    rect: Rect | None
    """None where its place is unmanaged (wanted) or not a plain rectangle (observed)."""
    shown: bool = True
    fit: Fit = "stretch"


@dataclass(frozen=True, slots=True)
class Picture:
    """Scenes, inputs and outputs of one OBS. In a wanted picture, None or absence means *unmanaged*: leave it alone."""

    programme: str | None = None
    transition: str | None = None
    transition_ms: int | None = None
    """None too where the transition has no duration (a Cut)."""
    scenes: Mapping[str, tuple[Item, ...]] = field(default_factory=dict)
    """Items of each scene from the back to the front."""
    inputs: Mapping[str, InputState] = field(default_factory=dict)
    record: OutputState | None = None
    stream: OutputState | None = None
    camera: OutputState | None = None
    """The virtual camera; None too where that OBS has none."""
    studio_mode: bool | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """One request to an OBS and why it is sent; ``item`` (scene, source) stands for a ``sceneItemId`` still unknown."""

    type: str
    data: Mapping[str, Any] = field(default_factory=dict)
    because: str = ""
    item: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a request ended; instants are monotonic nanoseconds of the sender, None where it did not come to that.

    ``confirmed`` means seen, not answered: ``started_ns`` is when OBS said the change began, ``changed_ns`` when it
    was complete. ``refused`` carries OBS's status and comment. ``timed_out`` says only that nobody knows.
    """

    request: Request
    result: Literal["confirmed", "refused", "timed_out"]
    sent_ns: int | None = None
    answered_ns: int | None = None
    started_ns: int | None = None
    changed_ns: int | None = None
    code: int | None = None
    comment: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
