"""The tables of ``.studio/asrun.db``: the as-run log, and the frozen texts its runs were started from."""

from sqlite_utils import Database, Migrations

migrations = Migrations("asrun")


@migrations()
def m001_events(db: Database) -> None:
    """One row an event; never updated, never deleted."""
    db.create_table(
        "events",
        {
            "seq": int,
            "version": int,
            "run": str,
            "session": str,
            "studio": str,
            "cue": str,
            "boot": str,
            "monotonic_ns": int,
            "wall_ns": int,
            "kind": str,
            "body": str,
        },
        pk="seq",
        not_null={"version", "run", "boot", "monotonic_ns", "wall_ns", "kind", "body"},
        strict=True,
    )
    db.table("events").create_index(["run", "seq"])


@migrations()
def m002_frozen(db: Database) -> None:
    """The text a run was started from, by its SHA-256: sheet, products, scenes."""
    db.create_table("frozen", {"sha256": str, "text": str}, pk="sha256", not_null={"text"}, strict=True)
