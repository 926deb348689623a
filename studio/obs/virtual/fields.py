"""The fields of one request, checked as obs-websocket checks them: each failure has its status and comment."""

from collections.abc import Mapping
from typing import Any

from studio.errors import ObsRequestFailed
from studio.obs.protocol import Status


def refused(code: Status, comment: str = "") -> ObsRequestFailed:
    """The refusal to raise where a request is to be answered with ``code`` and ``comment`` instead of a result."""
    return ObsRequestFailed("", int(code), comment)


class Fields:
    """Reads ``requestData``; every method raises ObsRequestFailed where the protocol does.

    A field that is null counts as absent. Comments are those of the real plugin, since clients show them.
    """

    def __init__(self, data: Any) -> None:
        self.data: Mapping[str, Any] | None = data if isinstance(data, dict) else None

    def has(self, name: str) -> bool:
        """Whether the field is there and not null."""
        return self.data is not None and self.data.get(name) is not None

    def value(self, name: str) -> Any:
        """The field, of any type."""
        if self.data is None:
            raise refused(Status.MISSING_REQUEST_DATA, "Your request data is missing or invalid (non-object)")
        if not self.has(name):
            raise refused(Status.MISSING_REQUEST_FIELD, f"Your request is missing the `{name}` field.")
        return self.data[name]

    def text(self, name: str, *, empty: bool = False) -> str:
        """A string; an empty one only where ``empty``."""
        value = self.value(name)
        if not isinstance(value, str):
            raise _wrong_type(name, "a string")
        if not value and not empty:
            raise refused(Status.REQUEST_FIELD_EMPTY, f"The field value of `{name}` must not be empty.")
        return value

    def number(self, name: str, low: float = float("-inf"), high: float = float("inf")) -> float:
        """A number from ``low`` to ``high``; an integer stays one."""
        value = self.value(name)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise _wrong_type(name, "a number")
        if value < low:
            raise out_of_range(name, f"is below the minimum of `{low:.6f}`")
        if value > high:
            raise out_of_range(name, f"is above the maximum of `{high:.6f}`")
        return value

    def whole(self, name: str, low: float = float("-inf"), high: float = float("inf")) -> int:
        """A number as an integer, cut off as the plugin does."""
        return int(self.number(name, low, high))

    def flag(self, name: str) -> bool:
        """A boolean."""
        value = self.value(name)
        if not isinstance(value, bool):
            raise _wrong_type(name, "boolean")
        return value

    def object(self, name: str, *, empty: bool = False) -> dict[str, Any]:
        """An object; an empty one only where ``empty``."""
        value = self.value(name)
        if not isinstance(value, dict):
            raise _wrong_type(name, "an object")
        if not value and not empty:
            raise refused(Status.REQUEST_FIELD_EMPTY, f"The field value of `{name}` must not be empty.")
        return value

    def settings(self, name: str) -> dict[str, Any]:
        """An object as OBS keeps settings: nulls are dropped, and so is what in a list is no object."""
        kept: dict[str, Any] = _kept(self.object(name, empty=True))
        return kept

    def optional_flag(self, name: str, default: bool) -> bool:
        """A boolean, or ``default`` where absent."""
        return self.flag(name) if self.has(name) else default

    def optional_settings(self, name: str) -> dict[str, Any]:
        """Settings, empty where absent."""
        return self.settings(name) if self.has(name) else {}


def out_of_range(name: str, how: str) -> ObsRequestFailed:
    """The refusal of a number outside its bounds."""
    return refused(Status.REQUEST_FIELD_OUT_OF_RANGE, f"The field value of `{name}` {how}")


def _wrong_type(name: str, expected: str) -> ObsRequestFailed:
    return refused(Status.INVALID_REQUEST_FIELD_TYPE, f"The field value of `{name}` must be {expected}.")


def _kept(data: Any) -> Any:
    if isinstance(data, dict):
        return {name: _kept(value) for name, value in data.items() if value is not None}
    if isinstance(data, list):
        return [_kept(value) for value in data if isinstance(value, dict)]
    return data
