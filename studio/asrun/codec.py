"""Events to rows and back; a row of any released version stays readable."""

import json
from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any, get_args

from studio.asrun.events import Event, Record, Stamp

KINDS: dict[str, type[Event]] = {event.__name__: event for event in get_args(Event)}


def encode(record: Record) -> dict[str, Any]:
    """One row of the ``events`` table; the body is compact JSON with sorted keys."""
    stamp = asdict(record.stamp)
    body = json.dumps(asdict(record.event), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return {
        "seq": record.seq,
        "version": record.version,
        **stamp,
        "kind": type(record.event).__name__,
        "body": body,
    }


def decode(row: Mapping[str, Any]) -> Record:
    """The record of a row; raises ValueError where the row holds a kind or field nobody knows."""
    kind = KINDS.get(row["kind"])
    if kind is None:
        raise ValueError(f"event {row['seq']} is of the unknown kind {row['kind']!r}")
    body = json.loads(row["body"])
    if unknown := set(body) - {member.name for member in fields(kind)}:
        raise ValueError(f"event {row['seq']} has unknown fields: {', '.join(sorted(unknown))}")
    stamp = Stamp(**{member.name: row[member.name] for member in fields(Stamp)})
    return Record(row["seq"], stamp, kind(**body), row["version"])
