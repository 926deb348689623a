"""The people of a centre: who speaks on air, and who makes it possible."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

Role = Literal["host", "cohost", "trainee", "floor", "product", "director", "operator", "reviewer"]
"""主播、助播、学员、场控、中控、导播、运营、审核人."""
ON_AIR: tuple[Role, ...] = ("host", "cohost", "trainee")
"""Those who speak on air."""
PersonKind = Literal["farmer", "enterprise", "local"]
"""网红农民、网红企业、本地网红: what the plan of the county counts."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the centre; the birthday is asked of those who speak on air and are young."""

    id: str
    name: str
    roles: tuple[Role, ...]
    kind: PersonKind | None = None
    born: date | None = None
    guardian: str = ""
    """Where the guardian's written consent is filed; empty where there is none."""

    @property
    def speaks(self) -> bool:
        """Whether one of the roles is on air."""
        return any(role in ON_AIR for role in self.roles)

    def age(self, day: date) -> int | None:
        """Whole years on that day, a 29th of February counting from 1 March; None where no birthday is given."""
        if self.born is None:
            return None
        return day.year - self.born.year - ((day.month, day.day) < (self.born.month, self.born.day))
