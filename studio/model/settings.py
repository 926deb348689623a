"""Whether the settings that OBS tells hold the ones that were wanted."""

from collections.abc import Mapping
from typing import Any


def contains(found: Any, wanted: Any) -> bool:
    """Whether ``found`` holds all of ``wanted``, nested too; floats as far as single precision tells them apart."""
    if isinstance(wanted, Mapping):
        return isinstance(found, Mapping) and all(contains(found.get(key), value) for key, value in wanted.items())
    if not (_is_number(found) and _is_number(wanted)):
        return type(found) is type(wanted) and bool(found == wanted)
    if isinstance(found, int) and isinstance(wanted, int):
        return found == wanted
    return bool(abs(found - wanted) <= 1e-4 * max(1.0, abs(wanted)))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
