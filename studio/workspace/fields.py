"""The kinds of value a person writes: each says what it takes, and refuses the rest with a remedy."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any, TypeVar

from pydantic import PlainValidator, ValidationInfo
from pydantic_core import PydanticCustomError

from studio.i18n import _
from studio.workspace.paths import RESERVED
from studio.workspace.problems import Kind, Known, did_you_mean, refer
from studio.workspace.source import Scalar, shown

Chosen = TypeVar("Chosen", bound=str)
MAX_LINE = 200
MAX_FEN = 100_000_000_00
_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_WHOLE = re.compile(r"[0-9]{1,9}")
_YUAN = re.compile(r"([0-9]{1,12})(?:\.([0-9]+))?")
_COLOUR = re.compile(r"#[0-9A-Fa-f]{6}")
_NTSC = {"23.976": 24, "23.98": 24, "29.97": 30, "59.94": 60}


def refused(what: str, remedy: str) -> PydanticCustomError:
    """The refusal of one value: ``what`` is wrong with it and the ``remedy``."""
    return PydanticCustomError("refused", "{what}", {"what": what, "remedy": remedy})


def plain(value: Any) -> str:
    """The text of a value, full-width digits and signs made plain; refuses lists, mappings and nothing."""
    if not isinstance(value, Scalar):
        raise refused(_("a single value is expected here, not a list or keys"), _("write one value after the colon"))
    if value.kind == "nothing" or not value.text.strip():
        raise refused(_("the value is empty"), _("write a value, or delete the line where it may be left out"))
    return unicodedata.normalize("NFKC", value.text).strip()


def words(value: Any) -> str:
    """The text of a value that is text; refuses what the format takes for a number, a date or yes/no."""
    plain(value)
    if value.kind != "text":
        what = _("“{value}” is read as a number, a date or yes/no where text is expected").format(
            value=shown(value.text)
        )
        raise refused(what, _("put it in quotes"))
    return str(value.text).strip()


def _line(value: Any) -> str:
    text = words(value)
    if "\n" in text or "\t" in text:
        raise refused(_("this text must be one line"), _("delete the line breaks and tabs in it"))
    if len(text) > MAX_LINE:
        what = _("this line of text has {count} characters").format(count=len(text))
        raise refused(what, _("shorten it to {limit}").format(limit=MAX_LINE))
    return text


def wrong_id(text: str) -> tuple[str, str] | None:
    """What is wrong with an id, and what to do; None where nothing is. Ids become folder names, so Windows counts."""
    if not _ID.fullmatch(text) or len(text) > 40:
        return (
            _("the id “{value}” has other signs than a-z, 0-9 and single hyphens, or is too long").format(
                value=shown(text)
            ),
            _("write it in small letters, digits and hyphens, at most 40, such as: sea-buckthorn-1"),
        )
    if text in RESERVED:
        return _("the id “{value}” is a name Windows keeps for a device").format(value=text), _("choose another id")
    return None


def _id(value: Any) -> str:
    text = words(value)
    wrong = wrong_id(text)
    if wrong:
        raise refused(*wrong)
    return text


def _name(value: Any) -> str:
    """An id or number of somebody else, kept as it is written."""
    plain(value)
    text: str = value.text.strip()
    if len(text.split()) != 1 or len(text) > 64:
        raise refused(_("“{value}” is not one id").format(value=shown(text)), _("write one id without blanks"))
    return text


def whole(low: int, high: int) -> Callable[[Any], int]:
    """A reader of whole numbers from ``low`` to ``high``; quoted digits are text, but full-width ones are digits."""

    def read(value: Any) -> int:
        text = plain(value)
        remedy = _("write a whole number from {low} to {high}, in plain digits and without quotes").format(
            low=low, high=high
        )
        if not _WHOLE.fullmatch(text) or (len(text) > 1 and text[0] == "0"):
            raise refused(_("“{value}” is not a whole number").format(value=shown(value.text)), remedy)
        if value.kind == "text" and value.text.isascii():
            raise refused(_("“{value}” stands in quotes where a number is expected").format(value=text), remedy)
        if not low <= int(text) <= high:
            raise refused(_("{value} is out of range").format(value=text), remedy)
        return int(text)

    return read


def _yes(value: Any) -> bool:
    text = plain(value)
    if value.kind != "bool" or text.casefold() not in ("true", "false"):
        raise refused(_("“{value}” is neither true nor false").format(value=shown(text)), _("write true or false"))
    return text.casefold() == "true"


def _yuan(value: Any) -> int:
    text = plain(value)
    match = _YUAN.fullmatch(text)
    remedy = _("write yuan with at most two decimals, such as: 39.90")
    if text.startswith("-"):
        raise refused(_("the price “{value}” is negative").format(value=shown(text)), remedy)
    if match is None or value.kind not in ("number", "text"):
        raise refused(_("“{value}” is not a price").format(value=shown(text)), remedy)
    if len(match[2] or "") > 2:
        raise refused(_("the price “{value}” has more than two decimals").format(value=shown(text)), remedy)
    fen = int(Decimal(text) * 100)
    if not 0 < fen <= MAX_FEN:
        raise refused(_("the price “{value}” is zero or absurd").format(value=shown(text)), remedy)
    return fen


def _colour(value: Any) -> str:
    text = plain(value)
    if not _COLOUR.fullmatch(text):
        raise refused(
            _("“{value}” is not a colour").format(value=shown(text)),
            _('write six hexadecimal digits in quotes, such as: "#1F4D36"'),
        )
    return text.upper()


def _fps(value: Any) -> Fraction:
    text = plain(value)
    remedy = _("write 25, 30, 50, 60 or a fraction such as: 30000/1001")
    found: Fraction | None = None
    if text in _NTSC:
        found = Fraction(_NTSC[text] * 1000, 1001)
    elif re.fullmatch(r"\d{1,3}|\d{1,6}/[1-9]\d{0,5}", text):
        found = Fraction(text)
    if found is None or not 10 <= found <= 120:
        raise refused(_("“{value}” is no usable frame rate").format(value=shown(text)), remedy)
    return found


def choice(words: Mapping[str, Chosen]) -> Callable[[Any], Chosen]:
    """A reader of one of some words: those of ``words`` as people write them, or their values as they are inside."""

    def read(value: Any) -> Chosen:
        text = plain(value)
        both: dict[str, Chosen] = {**words, **{str(inside): inside for inside in words.values()}}
        if text not in both:
            raise refused(
                _("“{value}” is none of the words known here").format(value=shown(text)), did_you_mean(text, both)
            )
        return both[text]

    return read


def known_of(info: ValidationInfo) -> Known:
    """What the file under validation may refer to."""
    return info.context if isinstance(info.context, Known) else Known()


def reference(kind: Kind) -> Callable[[Any, ValidationInfo], str]:
    """A reader of ids that must exist among the known ones of ``kind``."""

    def read(value: Any, info: ValidationInfo) -> str:
        plain(value)
        name: str = value.text.strip()
        wrong = refer(kind, name, known_of(info))
        if wrong:
            raise refused(*wrong)
        return name

    return read


Text = Annotated[str, PlainValidator(words)]
"""Text of one or several lines."""
Line = Annotated[str, PlainValidator(_line)]
"""Text of one line."""
Id = Annotated[str, PlainValidator(_id)]
ForeignId = Annotated[str, PlainValidator(_name)]
Yes = Annotated[bool, PlainValidator(_yes)]
Fen = Annotated[int, PlainValidator(_yuan)]
"""Written in yuan, held in fen; more than zero."""
OptionalFen = Annotated[int | None, PlainValidator(_yuan)]
Colour = Annotated[str, PlainValidator(_colour)]
"""``#RRGGBB`` in capitals."""
FrameRate = Annotated[Fraction, PlainValidator(_fps)]
KitRef = Annotated[str, PlainValidator(reference("kit"))]
SceneRef = Annotated[str, PlainValidator(reference("scene"))]
OptionalProductRef = Annotated[str | None, PlainValidator(reference("product"))]
PersonRef = Annotated[str, PlainValidator(reference("person"))]
OptionalPersonRef = Annotated[str | None, PlainValidator(reference("person"))]
StudioRef = Annotated[str, PlainValidator(reference("studio"))]
RunSheetRef = Annotated[str, PlainValidator(reference("runsheet"))]
OptionalRunSheetRef = Annotated[str | None, PlainValidator(reference("runsheet"))]
SceneFileRef = Annotated[str, PlainValidator(reference("scene_file"))]
