"""Reads schedules/kit.yaml: cameras, lights, microphones, and whose they are."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field, PlainValidator

from studio.i18n import _
from studio.model.kit import KitItem, Owner
from studio.model.problem import Problem
from studio.workspace.fields import ForeignId, Id, Line, choice
from studio.workspace.listing import read_list
from studio.workspace.problems import Form
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


def read_kit(source: Source) -> tuple[tuple[KitItem, ...], list[Problem]]:
    """Everything, in the order of the file; faulty entries are left out and are Problems."""
    forms, problems = read_list(KitFile, KitForm, source, "kit", "serial")
    for path, form in forms:
        if form.owner == "state" and not form.serial:
            what = _("“{name}” belongs to the state and has no serial number").format(name=form.name)
            problems.append(source.problem(path, what, _("write the number of its asset label under serial")))
    kit = (KitItem(form.id, form.name, form.owner, form.serial, form.note) for _path, form in forms)
    return tuple(kit), problems
