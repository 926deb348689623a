"""Finds who may not speak on air in a session: too young, without a guardian's consent, or with other work."""

from collections.abc import Iterable, Sequence

from studio.i18n import _
from studio.model.person import Person
from studio.model.problem import Problem
from studio.model.session import Session, Shoot
from studio.schedules.calendar import Entry
from studio.workspace.source import TreePath

LIVE_AGE = 16
"""未成年人保护法 76: nobody below it has a live account of their own."""
OF_AGE = 18
"""Below it, a guardian must agree."""


def staffing(entries: Iterable[Entry], people: Sequence[Person]) -> list[Problem]:
    """A Problem for each person whom a calendar entry has on air and who may not be, on that day."""
    known = {person.id: person for person in people}
    return [
        entry.source.problem(path, *wrong)
        for entry in entries
        for path, name in _speakers(entry)
        if name in known and (wrong := _wrong(known[name], entry))
    ]


def _speakers(entry: Entry) -> list[tuple[TreePath, str]]:
    event = entry.event
    if not isinstance(event, Session | Shoot):
        return []  # a rehearsal is not seen by anybody
    named = (("hosts", event.hosts), ("cohosts", event.cohosts))
    return [((*entry.path, key, at), name) for key, names in named for at, name in enumerate(names)]


def _wrong(person: Person, entry: Entry) -> tuple[str, str] | None:
    """What is wrong with having that person on air there, and what to do; None where nothing is."""
    if not person.speaks:
        what = _("“{name}” does not speak on air, by schedules/people.yaml").format(name=person.name)
        return what, _("choose somebody else, or add 主播, 助播 or 学员 to their roles")
    age = person.age(entry.event.start.date())
    if age is None or age >= OF_AGE:
        return None
    if age < LIVE_AGE:
        what = _("“{name}” is {age} on {date}, and nobody under 16 may host a broadcast").format(
            name=person.name, age=age, date=entry.event.start.date()
        )
        return what, _("choose somebody else, or correct the birthday in schedules/people.yaml")
    if person.guardian:
        return None
    what = _("“{name}” is {age} on {date}, and no guardian's consent is filed").format(
        name=person.name, age=age, date=entry.event.start.date()
    )
    return what, _("have it signed, and write under guardian in schedules/people.yaml where it is filed")
