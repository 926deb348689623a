"""What people write into a scene file: the canvas, each scene, and the keys of each kind of source."""

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal, get_args

from pydantic import Field, PlainValidator

from studio.i18n import _
from studio.model.scene import Fit, SourceKind
from studio.workspace.fields import Colour, FrameRate, Id, Line, Text, Yes, plain, refused, whole
from studio.workspace.problems import Form, did_you_mean
from studio.workspace.source import shown

READ_BY_PEOPLE = frozenset({"text", "card", "strip", "countdown"})
"""Kinds that say something to the buyer, so the platform's own controls must not cover them."""
GREEN = "#1F4D36"


def _pixels(value: Any) -> int:
    return whole(0, 16384)(value)


def _edge(value: Any) -> int:
    found = whole(16, 8192)(value)
    if found % 2:
        raise refused(
            _("{value} is odd, and H.264 records even edges only").format(value=found), _("write an even number")
        )
    return found


def _asset(value: Any) -> str:
    plain(value)
    text: str = value.text.strip()
    if "\\" in text or ":" in text or text.startswith("/") or ".." in text.split("/"):
        raise refused(
            _("“{value}” is not a path inside the workspace").format(value=shown(text)),
            _("write it from the workspace's folder on, with forward slashes, such as: scenes/logo.png"),
        )
    return text


def _page(value: Any) -> str:
    plain(value)
    text: str = value.text.strip()
    if not re.fullmatch(r"(?:https?|file)://\S+", text):
        raise refused(
            _("“{value}” is not the address of a page").format(value=shown(text)),
            _("write it whole, such as: https://example.com/overlay"),
        )
    return text


class CanvasTable(Form):
    """``canvas:``."""

    width: Annotated[int, PlainValidator(_edge)] = Field(examples=["1080"])
    height: Annotated[int, PlainValidator(_edge)] = Field(examples=["1920"])
    fps: FrameRate = Field(examples=["30"])


class RectTable(Form):
    """``rect:`` and ``safe:``."""

    x: Annotated[int, PlainValidator(_pixels)] = Field(examples=["0"])
    y: Annotated[int, PlainValidator(_pixels)] = Field(examples=["0"])
    width: Annotated[int, PlainValidator(whole(1, 16384))] = Field(examples=["1080"])
    height: Annotated[int, PlainValidator(whole(1, 16384))] = Field(examples=["1920"])


_RECT = "{x: 0, y: 0, width: 1080, height: 1920}"


class SceneFileForm(Form):
    """The whole of ``scenes/ID.yaml``."""

    canvas: CanvasTable = Field(examples=["{width: 1080, height: 1920, fps: 30}"])
    safe: RectTable = Field(examples=[_RECT])
    scenes: tuple[Any, ...] = Field(min_length=1, examples=["[]"])


class SceneForm(Form):
    """One entry of ``scenes:``."""

    id: Id = Field(examples=["host"])
    title: Line = Field(examples=["主播"])
    sources: tuple[Any, ...] = Field(min_length=1, examples=["[]"])


FontSize = Annotated[int, PlainValidator(whole(8, 600))]
"""Pixels of the canvas."""


def _one_of(*choices: str) -> PlainValidator:
    def read(value: Any) -> str:
        text = plain(value)
        if text not in choices:
            raise refused(_("unknown word “{value}”").format(value=shown(text)), did_you_mean(text, choices))
        return text

    return PlainValidator(read)


class SourceForm(Form):
    """What every source says; the rest depends on its kind."""

    name: Line = Field(examples=["主播机位"])
    kind: Line = Field(examples=["camera"])
    rect: RectTable | None = None
    obs: Line = ""
    """Its name in OBS, where a technician gave it one."""
    shown: Yes = True
    fit: Annotated[Fit | None, _one_of(*get_args(Fit))] = None
    placed: Yes = True
    """False leaves its place to OBS."""


class ColourSource(SourceForm):
    """A plain field of colour."""

    colour: Colour = Field(examples=['"#1F4D36"'])


class ImageSource(SourceForm):
    """A picture file."""

    asset: Annotated[str, PlainValidator(_asset)] = Field(examples=["scenes/logo.png"])


class TextSource(SourceForm):
    """Words on the picture; ``size`` in pixels of the canvas."""

    text: Text = Field(examples=["岢岚好物"])
    size: FontSize = Field(examples=["48"])
    colour: Colour = "#FFFFFF"
    font: Line = ""
    """The face; empty for one with Chinese letters that the system has."""


class CountdownSource(SourceForm):
    """What is left of the row's offer, or of the standby slate's time; the director sets it second by second."""

    to: Annotated[Literal["offer", "standby"], _one_of("offer", "standby")] = Field(examples=["offer"])
    label: Line = ""
    size: FontSize = Field(examples=["48"])
    colour: Colour = "#FFFFFF"
    font: Line = ""


class MediaSource(SourceForm):
    """A clip with sound."""

    asset: Annotated[str, PlainValidator(_asset)] = Field(examples=["scenes/opening.mp4"])
    loop: Yes = False


class Slate(Form):
    """A titled full picture."""

    title: Line = Field(examples=["岢岚好物"])
    subtitle: Line = ""
    colour: Colour = GREEN


class CameraSource(SourceForm):
    """A capture device or a feed; ``fallback`` is shown where it is missing, as in a demo or a rehearsal."""

    device: Line = Field(examples=["HDMI 1"])
    fallback: Slate = Field(examples=["{title: 主播机位}"])


class BrowserFallback(Form):
    """What stands in for a page: a slate where it has a ``title``, else words where it has a ``text``."""

    title: Line = ""
    subtitle: Line = ""
    text: Text = ""
    size: FontSize = 48
    colour: Colour = ""


class BrowserSource(SourceForm):
    """A web page; ``fallback`` is shown where that OBS has no browser, as on Debian."""

    url: Annotated[str, PlainValidator(_page)] = Field(examples=["https://example.com/overlay"])
    fallback: BrowserFallback = Field(examples=["{title: 今日榜单}"])


class ExistingSource(SourceForm):
    """A source that a technician made in OBS: only its place, its order and whether it is shown are ours."""

    obs: Line = Field(examples=["游戏采集"])


class CardSource(SourceForm):
    """The product card of the present cue; its words are the product's."""


class StripSource(SourceForm):
    """The name strip of who speaks in the present cue."""


class SlateSource(SourceForm):
    """A slate drawn to fill its rectangle."""

    title: Line = Field(examples=["岢岚好物"])
    subtitle: Line = ""
    colour: Colour = GREEN


KINDS: Mapping[SourceKind, type[SourceForm]] = {
    "colour": ColourSource,
    "image": ImageSource,
    "text": TextSource,
    "media": MediaSource,
    "camera": CameraSource,
    "browser": BrowserSource,
    "card": CardSource,
    "strip": StripSource,
    "slate": SlateSource,
    "countdown": CountdownSource,
    "existing": ExistingSource,
}
