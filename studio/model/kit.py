"""The things of a centre that sessions and shoots take along."""

from dataclasses import dataclass
from typing import Literal

Owner = Literal["state", "centre"]
"""国有资产, 中心自有."""


@dataclass(frozen=True, slots=True)
class KitItem:
    """One thing, with the number that is engraved on it."""

    id: str
    name: str
    owner: Owner
    serial: str = ""
    note: str = ""
