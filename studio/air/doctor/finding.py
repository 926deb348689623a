"""What the doctor finds: one value a check, and all of one studio."""

from dataclasses import dataclass
from typing import Any, Literal

from studio.model.studio import Studio

Level = Literal["ok", "warn", "bad", "unknown"]
"""``bad`` means not ready; ``unknown`` that it could not be looked at, and nothing is claimed."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: one sentence what was found, one what to do (empty where nothing is); ``value`` is fit for JSON."""

    check: str
    level: Level
    what: str
    remedy: str = ""
    value: Any = None


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """The findings of one studio in the order of the checks; one that could not be reached has few."""

    studio: Studio
    findings: tuple[Finding, ...]

    @property
    def ready(self) -> bool:
        """False where any finding is bad."""
        return all(finding.level != "bad" for finding in self.findings)

    def count(self, level: Level) -> int:
        """How many findings are of that level."""
        return sum(finding.level == level for finding in self.findings)
