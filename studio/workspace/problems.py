"""Turns what a model finds wrong with a part of a file into Problems in plain words, all of them at once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any, Literal, TypeVar, get_args
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, ValidationError

from studio.i18n import _
from studio.model.problem import Problem
from studio.workspace.source import Source, TreePath, shown

Kind = Literal["scene", "product", "person", "studio", "runsheet", "scene_file", "kit"]
FormT = TypeVar("FormT", bound="Form")


class Form(BaseModel):
    """A part of a file as its writer fills it in; a key that is not listed is a mistake."""

    model_config = ConfigDict(extra="forbid", frozen=True)


@dataclass(frozen=True, slots=True)
class Known:
    """What a file may refer to. A kind that is absent could not be read: then nothing is said about its names."""

    ids: Mapping[Kind, frozenset[str]] = field(default_factory=dict)
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))


def fill(form: type[FormT], source: Source, path: TreePath, known: Known) -> tuple[FormT | None, list[Problem]]:
    """The part of ``source`` at ``path`` as a ``form``; None where something in it is wrong, and then every Problem."""
    value = source.at(path)
    if not isinstance(value, dict):
        return None, [source.problem(path, _("a list of “key: value” is expected here"), _keys_of(form))]
    try:
        return form.model_validate(value, context=known), []
    except ValidationError as error:
        found = error.errors(include_url=False)
        return None, [_problem(form, source, path, one) for one in found if not _echo(one, found)]


def refer(kind: Kind, name: str, known: Known) -> tuple[str, str] | None:
    """What is wrong with a reference to ``name``, and what to do; None where it exists or nobody can tell."""
    ids = known.ids.get(kind)
    if ids is None or name in ids:
        return None
    sentences = {
        "scene": _("unknown scene “{name}”"),
        "product": _("unknown product “{name}”"),
        "person": _("unknown person “{name}”"),
        "studio": _("unknown studio “{name}”"),
        "runsheet": _("unknown run-sheet “{name}”"),
        "kit": _("unknown thing “{name}”"),
        "scene_file": _("unknown scene file “{name}”"),
    }
    return sentences[kind].format(name=shown(name)), did_you_mean(name, ids)


def did_you_mean(name: str, choices: Iterable[str]) -> str:
    """One sentence that names the likeliest choice, or all of a few."""
    choices = sorted(choices)
    folded = {choice.casefold(): choice for choice in reversed(choices)}
    near = get_close_matches(name.casefold(), folded, n=1, cutoff=0.55)
    if near:
        return _("did you mean “{name}”?").format(name=folded[near[0]])
    if not choices:
        return _("there is none to choose from yet: write one first")
    listed = ", ".join(choices[:12]) + (", …" if len(choices) > 12 else "")
    return _("write one of: {choices}").format(choices=listed)


def _echo(one: Any, found: list[Any]) -> bool:
    """True for "too short" of a list whose entries are faulty: they were left out before it was counted."""
    depth = len(one["loc"])
    return one["type"] == "too_short" and any(
        len(other["loc"]) > depth and other["loc"][:depth] == one["loc"] for other in found
    )


def _problem(form: type[Form], source: Source, path: TreePath, found: Any) -> Problem:
    steps: TreePath = (*path, *found["loc"])
    key = str(steps[-1]) if steps else ""
    holder = _form_at(form, found["loc"][:-1])
    match found["type"]:
        case "missing":
            example = _example(holder, key, source.file)
            return source.problem(
                steps,
                _("“{key}” is missing").format(key=key),
                _("add a line such as: {example}").format(example=example),
                key=True,
            )
        case "extra_forbidden":
            return source.problem(
                steps, _("unknown key “{key}”").format(key=shown(key)), _unknown_key(holder, key), key=True
            )
        case "refused":
            return source.problem(steps, found["ctx"]["what"], found["ctx"]["remedy"])
        case "tuple_type" | "list_type":
            return source.problem(
                steps,
                _("“{key}” must be a list").format(key=shown(key)),
                _("write [one, two] or one line with a dash for each"),
            )
        case "too_short":
            return source.problem(
                steps, _("“{key}” is empty").format(key=shown(key)), _("write at least one entry into it")
            )
        case "model_type" | "dict_type" | "model_attributes_type":
            inner = _form_at(form, found["loc"])
            return source.problem(steps, _("“{key}” must hold keys and values").format(key=shown(key)), _keys_of(inner))
        case other:
            return source.problem(
                steps,
                _("“{key}” is not right ({detail})").format(key=shown(key), detail=other),
                _("compare it with the files of a new workspace (studio init DIR)"),
            )


def _form_at(form: type[Form] | None, steps: tuple[str | int, ...]) -> type[Form] | None:
    """The form that stands at ``steps`` within ``form``; None where that is no form."""
    for step in steps:
        field_ = form.model_fields.get(str(step)) if form else None
        inner = field_.annotation if field_ else None
        choices = [inner, *get_args(inner)]  # "RectTable | None" is a RectTable too
        form = next((each for each in choices if isinstance(each, type) and issubclass(each, Form)), None)
    return form


def _example(form: type[Form] | None, key: str, file: str) -> str:
    field_ = form.model_fields.get(key) if form else None
    example = (field_.examples or ["…"])[0] if field_ else "…"
    if file.endswith(".toml"):
        return str(example) if str(example).startswith("[") else f"{key} = {example}"
    return f"{key}: {example}"


def _keys_of(form: type[Form] | None) -> str:
    if form is None:
        return _("write keys and values")
    needed = [name for name, field_ in form.model_fields.items() if field_.is_required()] or list(form.model_fields)
    return _("write keys and values: {keys}").format(keys=", ".join(needed))


def _unknown_key(form: type[Form] | None, key: str) -> str:
    if key.casefold() in {"password", "passwd", "pwd", "token"}:
        return _("delete it here: passwords belong in the environment or in .studio/secrets.toml")
    return did_you_mean(key, form.model_fields if form else ())
