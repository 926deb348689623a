"""What one row of a run-sheet may say: its keys, and the kinds of value that only rows have."""

import re
from difflib import get_close_matches
from typing import Annotated, Any, get_args

from pydantic import Field, PlainValidator

from studio.i18n import _
from studio.model.runsheet import Advance, Follows, Late, Transition
from studio.workspace.fields import (
    Id,
    Line,
    OptionalPersonRef,
    OptionalProductRef,
    SceneRef,
    StudioRef,
    Text,
    plain,
    refused,
    words,
)
from studio.workspace.moments import DAY_MS, Duration, OptionalOffset, duration_ms
from studio.workspace.problems import Form, did_you_mean
from studio.workspace.source import shown

USUAL_TRANSITIONS = ("Cut", "Fade", "Swipe", "Slide", "Stinger", "Luma Wipe", "Fade to Color")
"""Transitions as OBS names them in English; people may add others under names of their own."""
DEFAULT_FADE_MS = 300
ADVANCES: tuple[Advance, ...] = get_args(Advance)
_TRANSITION = re.compile(r"(.+?)(?:\s+(\d[\w.:]*))?")
_SKIP = re.compile(r"skip_after[\s:]+(\S.*)")
_TIME = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?", re.ASCII)
_FOLLOWS = re.compile(r"([^\s+]+)(?:\s*\+\s*(\S.*))?")


def _transition(value: Any) -> Transition:
    text = words(value)
    match = _TRANSITION.fullmatch(text)
    name, length = (match[1], match[2]) if match else (text, None)
    near = get_close_matches(name.title(), USUAL_TRANSITIONS, n=1, cutoff=0.7)
    if near and name not in USUAL_TRANSITIONS:
        raise refused(
            _("unknown transition “{name}”").format(name=shown(name)), _("did you mean “{name}”?").format(name=near[0])
        )
    if length is None:
        return Transition(name, 0 if name == "Cut" else DEFAULT_FADE_MS)
    ms = duration_ms(length)
    if ms is None or not 50 <= ms <= 20_000:
        raise refused(
            _("“{value}” is not the length of a transition").format(value=shown(length)),
            _("write 50ms to 20s, such as: Fade 300ms"),
        )
    return Transition(name, 0 if name == "Cut" else ms)


def _late(value: Any) -> Late:
    if isinstance(value, dict) and list(value) == ["skip_after"]:
        text = f"skip_after {plain(value['skip_after'])}"
    else:
        text = plain(value)
    if text == "fire":
        return Late("fire")
    if text == "hold":
        return Late("hold")
    match = _SKIP.fullmatch(text)
    after = duration_ms(match[1]) if match else None
    if after is None:
        raise refused(
            _("“{value}” does not say what to do when it is late").format(value=shown(text)),
            _("write fire, hold, or skip_after with a time, such as: skip_after 10s"),
        )
    return Late("skip_after", after)


def _advance(value: Any) -> Advance:
    text = plain(value)
    found = next((word for word in ADVANCES if word == text), None)
    if found is None:
        raise refused(_("unknown way to advance “{value}”").format(value=shown(text)), did_you_mean(text, ADVANCES))
    return found


def _time(value: Any) -> str:
    text = plain(value)
    match = _TIME.fullmatch(text)
    hour, minute, second = (int(part or 0) for part in match.groups()) if match else (24, 0, 0)
    if hour > 23 or minute > 59 or second > 59:
        raise refused(
            _("“{value}” is not a time of day").format(value=shown(text)),
            _('write the venue\'s local time in quotes, such as: "20:00:00"'),
        )
    return f"{hour:02}:{minute:02}:{second:02}"


def follows(value: Any) -> Follows:
    """What ``CUE``, ``CUE +90s`` or ``{cue: CUE, after: 90s}`` says; whether that row exists is not asked here."""
    if isinstance(value, dict) and "cue" in value and value.keys() <= {"cue", "after"}:
        text = f"{plain(value['cue'])}+{plain(value['after']) if 'after' in value else '0s'}"
    else:
        text = plain(value)
    match = _FOLLOWS.fullmatch(text)
    after = duration_ms(match[2] or "0s") if match else None
    if match is None or after is None or after > DAY_MS:
        raise refused(
            _("“{value}” does not say which row is followed").format(value=shown(text)),
            _("write the id of a row and the time after its start, such as: {example}").format(example="opening +90s"),
        )
    return Follows(match[1], after)


OptionalTransition = Annotated[Transition | None, PlainValidator(_transition)]
OptionalLate = Annotated[Late | None, PlainValidator(_late)]
OptionalAdvance = Annotated[Advance | None, PlainValidator(_advance)]
OptionalTime = Annotated[str | None, PlainValidator(_time)]
"""``HH:MM:SS`` of the venue's clock."""
OptionalFollows = Annotated[Follows | None, PlainValidator(follows)]


class CueForm(Form):
    """One entry of ``cues:``."""

    id: Id = Field(examples=["opening"])
    title: Line = Field(examples=["开场"])
    scene: SceneRef = Field(examples=["opening"])
    duration: Duration = Field(examples=["3m"])
    at: OptionalOffset = None
    time: OptionalTime = None
    follows: OptionalFollows = None
    advance: OptionalAdvance = None
    transition: OptionalTransition = None
    product: OptionalProductRef = None
    offer: Duration | None = None
    play: tuple[Line, ...] = ()
    host: OptionalPersonRef = None
    cohost: OptionalPersonRef = None
    points: tuple[Line, ...] = ()
    script: Text = ""
    never_say: tuple[Line, ...] = ()
    late: OptionalLate = None
    studios: tuple[StudioRef, ...] = ()
