"""Which of an OBS's transitions a sheet means: OBS names them in its own language."""

from collections.abc import Iterable, Mapping
from typing import Any


def kinds_of(listed: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Name -> kind of the ``transitions`` of a GetSceneTransitionList."""
    return {str(one["transitionName"]): str(one["transitionKind"]) for one in listed}


def own_name(name: str, kinds: Mapping[str, str]) -> str | None:
    """The one of that name, else the first of the kind that OBS calls so in English; None where there is neither."""
    if name in kinds:
        return name
    kind = f"{name.casefold().replace(' ', '_')}_transition"
    return next((own for own, its_kind in kinds.items() if its_kind.removeprefix("obs_") == kind), None)
