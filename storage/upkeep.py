"""The database file itself: how large it is, and giving room back to the disk without holding the service up."""

import shutil
import sqlite3
from dataclasses import dataclass
from pathlib import Path

from storage import database

_STEP_PAGES = 2_000  # 8 MB: a pause of milliseconds for whoever wants to write meanwhile
_INCREMENTAL = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """Bytes: the files, what of them holds rows, and what is free on their disk (None where nobody knows)."""

    total: int
    used: int
    disk_free: int | None


def measure(db: database.Database) -> Size:
    """How large the database is."""
    if not db.is_sqlite:
        with db.read() as connection:
            total = int(connection.exec_driver_sql("SELECT pg_database_size(current_database())").scalar() or 0)
        return Size(total=total, used=total, disk_free=None)
    with db.read() as connection:
        pages, free, page = (
            int(connection.exec_driver_sql(f"PRAGMA {name}").scalar() or 0)
            for name in ("page_count", "freelist_count", "page_size")
        )
    file = db.file
    return Size(
        total=db.size_bytes() or pages * page,
        used=(pages - free) * page,
        disk_free=shutil.disk_usage(file.parent).free if file else None,
    )


def give_back(db: database.Database) -> None:
    """Free pages go back to the disk, the journal is emptied, the query planner's figures are renewed.

    A database from before free pages could be given back is rewritten once, where the disk has room for that.
    """
    if not db.is_sqlite or db.file is None:
        return
    with db.outside_transactions() as cursor:
        if _ask(cursor, "auto_vacuum") != _INCREMENTAL:
            _rewrite(cursor, db.file)
        before = None
        while (left := _ask(cursor, "freelist_count")) and left != before:
            before = left
            cursor.execute(f"PRAGMA incremental_vacuum({_STEP_PAGES})").fetchall()
        cursor.execute("PRAGMA optimize").fetchall()
        # A reader at this moment only means that less is checkpointed; the next night takes the rest.
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def _rewrite(cursor: sqlite3.Cursor, file: Path) -> None:
    if shutil.disk_usage(file.parent).free < 3 * file.stat().st_size:
        return
    cursor.execute("PRAGMA auto_vacuum=INCREMENTAL")
    cursor.execute("VACUUM")


def _ask(cursor: sqlite3.Cursor, pragma: str) -> int:
    return int(cursor.execute(f"PRAGMA {pragma}").fetchone()[0])
