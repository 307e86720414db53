"""Commands that keep the databases safe: backup, restore, move. Of several watches each has a file of its own."""

from pathlib import Path

from app import settings, watch_settings
from app.commands import output
from monitor import errors, watch
from storage import copying, moving


def backup(chosen: settings.Settings, file: Path, force: bool) -> int:
    """Write a checked copy of each watch's database, whether the service runs or not."""
    for one, copy in _files(chosen, file):
        _tell(f"written and checked: {copy}", copying.backup(one.database_url, copy, force=force))
    return 0


def restore(chosen: settings.Settings, file: Path, force: bool) -> int:
    """Put copies back, where there is one of every watch; a running service starts anew on them."""
    copies = _files(chosen, file)
    for one, copy in copies:
        if len(copies) > 1 and not copy.exists():
            raise errors.InputError(
                str(copy), f"no such copy of {one.watch}; one watch alone: --watch NAME restore FILE"
            )
    for one, copy in copies:
        _tell(f"restored and checked, from {copy}", copying.restore(one.database_url, copy, force=force))
    return 0


def _files(chosen: settings.Settings, file: Path) -> list[tuple[settings.Settings, Path]]:
    """Each watch's settings with its copy: of several, the shipped one's has the name as given, others' say theirs."""
    if not chosen.others:
        return [(chosen, file)]
    return [
        (one, file if one.watch == watch.SHIPPED else file.with_name(f"{file.stem}.{one.watch}{file.suffix}"))
        for one in chosen.every
    ]


def migrate_to(chosen: settings.Settings, address: str) -> int:
    """Move everything to another address; say what was moved."""
    for one in chosen.every:
        held = moving.move(one.database_url, watch_settings.own_database(address, one.watch))
        rows = [(name, table.rows, table.digest[:16]) for name, table in held.items()]
        which = f"{one.watch}: " if chosen.others else ""
        output.show_table(f"{which}moved, and the same in both", ("table", "rows", "hash"), rows)
    output.out.print("now set CW_DATABASE_URL to the new address")
    return 0


def _tell(what: str, copy: copying.Copy) -> None:
    rows = sum(copy.rows.values())
    size = copy.size_bytes // 1024
    output.out.print(
        f"{what} ({size} KiB, schema {copy.schema}, {rows} rows: {copy.rows['positions']} positions, "
        f"{copy.rows['developments']} developments, {copy.rows['entries']} entries)"
    )
