"""Commands that keep the database safe: backup, restore, move."""

from pathlib import Path

from app import settings
from app.commands import output
from storage import copying, moving


def backup(chosen: settings.Settings, file: Path, force: bool) -> int:
    """Write a checked copy of the database, whether the service runs or not."""
    _tell(f"written and checked: {file}", copying.backup(chosen.database_url, file, force=force))
    return 0


def restore(chosen: settings.Settings, file: Path, force: bool) -> int:
    """Put a copy back; a running service starts anew on it."""
    _tell(f"restored and checked, from {file}", copying.restore(chosen.database_url, file, force=force))
    return 0


def migrate_to(chosen: settings.Settings, address: str) -> int:
    """Move everything to another address; say what was moved."""
    held = moving.move(chosen.database_url, address)
    rows = [(name, table.rows, table.digest[:16]) for name, table in held.items()]
    output.show_table("moved, and the same in both", ("table", "rows", "hash"), rows)
    output.out.print("now set CW_DATABASE_URL to the new address")
    return 0


def _tell(what: str, copy: copying.Copy) -> None:
    rows = sum(copy.rows.values())
    size = copy.size_bytes // 1024
    output.out.print(
        f"{what} ({size} KiB, schema {copy.schema}, {rows} rows: {copy.rows['positions']} positions, "
        f"{copy.rows['developments']} developments, {copy.rows['entries']} entries)"
    )
