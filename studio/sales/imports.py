"""An order export into the store: all of it or, with the reasons, nothing."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from studio.model.figures import SourceFile
from studio.model.sales import ImportCount
from studio.sales.files import doudian_orders
from studio.store.orders import Database, save_order_lines


@dataclass(frozen=True, slots=True)
class Imported:
    """The file that was read, and what it did to the store."""

    source: SourceFile
    count: ImportCount


def import_orders(database: Database, path: Path, imported_at: datetime) -> Imported:
    """Take the 抖店 order export at ``path`` into the store; ``imported_at`` is aware.

    Raises OrderFileRejected with every Problem of the file, and then nothing of it is stored.
    """
    export = doudian_orders.read(path)
    count = save_order_lines(database, export, lambda: export.source, imported_at)
    return Imported(export.source, count)
