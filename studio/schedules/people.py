"""Reads schedules/people.yaml: hosts, trainees and crew, each with what they do."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field, PlainValidator

from studio.model.person import Person, PersonKind, Role
from studio.model.problem import Problem
from studio.workspace.fields import Id, Line, choice
from studio.workspace.listing import read_list
from studio.workspace.moments import Day
from studio.workspace.problems import Form
from studio.workspace.repeats import repeats
from studio.workspace.source import Source

FILE = "schedules/people.yaml"
ROLES: Mapping[str, Role] = {
    "主播": "host",
    "助播": "cohost",
    "学员": "trainee",
    "场控": "floor",
    "中控": "product",
    "导播": "director",
    "运营": "operator",
    "审核人": "reviewer",
}
KINDS: Mapping[str, PersonKind] = {"网红农民": "farmer", "网红企业": "enterprise", "本地网红": "local"}


class PersonForm(Form):
    """One entry of ``people:``."""

    id: Id = Field(examples=["li-xiaoyun"])
    name: Line = Field(examples=["李晓云"])
    roles: tuple[Annotated[Role, PlainValidator(choice(ROLES))], ...] = Field(min_length=1, examples=["[主播]"])
    kind: Annotated[PersonKind | None, PlainValidator(choice(KINDS))] = None
    born: Day | None = None
    guardian: Line = ""


class PeopleForm(Form):
    """The whole file."""

    people: tuple[Any, ...] = Field(examples=["[]"])


def read_people(source: Source) -> tuple[tuple[Person, ...], list[Problem]]:
    """Everybody, in the order of the file; faulty entries are left out and are Problems."""
    forms, problems = read_list(PeopleForm, PersonForm, source, "people")
    for path, _row in source.rows(("people",)):
        problems += repeats((source, role) for role, _name in source.rows((*path, "roles")))
    people = (Person(form.id, form.name, form.roles, form.kind, form.born, form.guardian) for _path, form in forms)
    return tuple(people), problems
