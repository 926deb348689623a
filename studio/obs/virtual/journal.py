"""The witness: an append-only record of everything a virtual OBS was asked and what it really did."""

import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from studio.clock import Clock
from studio.obs.virtual.codec import binary_as_object

_SECRET = frozenset({"key", "password", "authentication", "bearer_token", "challenge", "salt"})
HIDDEN = "***"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line. ``kind``: connection, request, answer, event, effect or fault; ``type`` is the name within it.

    ``effect`` entries say what really happened; with a recording running they carry the ``frame`` (0-based index in
    that recording) in which it is first seen. ``programme`` is a scene that begins to go on air, with its transition;
    ``settled`` the end of that transition; ``picture`` any other visible change during a recording; ``record_started``
    and ``record_stopped`` carry the file, and the first one's instant is that of frame 0.
    """

    monotonic_ns: int
    wall_ns: int
    kind: str
    type: str
    connection: int | None = None
    request_id: Any = None
    data: Mapping[str, Any] = field(default_factory=dict)
    status: int | None = None

    def line(self) -> str:
        """The entry as one line of JSON; what is None is left out."""
        fields = {
            "monotonic_ns": self.monotonic_ns,
            "wall_ns": self.wall_ns,
            "kind": self.kind,
            "type": self.type,
            "connection": self.connection,
            "request_id": self.request_id,
            "data": dict(self.data) or None,
            "status": self.status,
        }
        shown = {name: value for name, value in fields.items() if value is not None}
        return json.dumps(shown, ensure_ascii=False, default=binary_as_object)


class Journal:
    """Keeps entries in memory and, where a path is given, appends each to a file at once."""

    def __init__(self, clock: Clock, path: Path | None = None) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._entries: list[Entry] = []
        self._file = path.open("a", encoding="utf-8") if path else None

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All entries so far, oldest first."""
        with self._lock:
            return tuple(self._entries)

    def of(self, kind: str, type_: str | None = None) -> tuple[Entry, ...]:
        """The entries of one kind, and of one type where it is given."""
        return tuple(entry for entry in self.entries if entry.kind == kind and type_ in (None, entry.type))

    def write(
        self,
        kind: str,
        type_: str,
        *,
        connection: int | None = None,
        request_id: Any = None,
        data: Any = None,
        status: int | None = None,
        at_ns: int | None = None,
    ) -> None:
        """Append one entry, with secrets blanked out; ``at_ns`` is the monotonic instant where it was not just now."""
        now = self._clock.monotonic_ns()
        stamp = now if at_ns is None else at_ns
        shown = without_secrets(data) if isinstance(data, Mapping) else {} if data is None else {"value": data}
        entry = Entry(stamp, self._clock.wall_ns() - (now - stamp), kind, type_, connection, request_id, shown, status)
        with self._lock:
            self._entries.append(entry)
            if self._file:
                self._file.write(entry.line() + "\n")
                self._file.flush()

    def close(self) -> None:
        """Close the file; entries stay readable in memory."""
        with self._lock:
            if self._file:
                self._file.close()
                self._file = None


def without_secrets(data: Any) -> Any:
    """The same data with the values of stream keys, passwords and challenges replaced by asterisks."""
    if isinstance(data, Mapping):
        return {name: HIDDEN if name in _SECRET else without_secrets(value) for name, value in data.items()}
    if isinstance(data, list | tuple):
        return [without_secrets(value) for value in data]
    return data
