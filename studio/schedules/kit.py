"""Reads schedules/kit.yaml: cameras, lights, microphones, and whose they are."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field, PlainValidator

from studio.i18n import _
from studio.model.kit import KitItem, Owner
from studio.model.problem import Problem
from studio.workspace.fields import ForeignId, Id, Line, choice
from studio.workspace.problems import Form, Known, fill
from studio.workspace.repeats import repeats
from studio.workspace.source import Source

FILE = "schedules/kit.yaml"
OWNERS: Mapping[str, Owner] = {"国有": "state", "自有": "centre"}


class KitForm(Form):
    """One entry of ``kit:``; what the state owns has a serial number."""

    id: Id = Field(examples=["camera-1"])
    name: Line = Field(examples=["摄像机"])
    owner: Annotated[Owner, PlainValidator(choice(OWNERS))] = Field(examples=["国有"])
    serial: ForeignId = ""
    note: Line = ""


class KitFile(Form):
    """The whole file."""

    kit: tuple[Any, ...] = Field(examples=["[]"])


def kit_ids(source: Source) -> frozenset[str]:
    """The ids of everything the file names, faulty entries included."""
    return frozenset(text for row, _row in source.rows(("kit",)) if (text := source.text((*row, "id"))))


def read_kit(source: Source) -> tuple[tuple[KitItem, ...], list[Problem]]:
    """Everything, in the order of the file; faulty entries are left out and are Problems."""
    known = Known()
    problems = fill(KitFile, source, (), known)[1]
    rows = [row for row, _row in source.rows(("kit",))]
    for key in ("id", "serial"):
        problems += repeats((source, (*row, key)) for row in rows)
    kit: dict[str, KitItem] = {}
    for row in rows:
        form, found = fill(KitForm, source, row, known)
        problems += found
        if form is None:
            continue
        if form.owner == "state" and not form.serial:
            what = _("“{name}” belongs to the state and has no serial number").format(name=form.name)
            problems.append(source.problem(row, what, _("write the number of its asset label under serial")))
        kit.setdefault(form.id, KitItem(form.id, form.name, form.owner, form.serial, form.note))
    return tuple(kit.values()), problems
