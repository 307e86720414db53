"""Copies of a SQLite database: made while the program runs, checked, and put back.

A copy is read in one transaction, so it is the state of one moment, and writers aren't held up. Restoring writes all
pages in one transaction too; a program that has the database open sees either the old or the new state, and what it
still wants to write to the old one is refused (database.py: the generation).
"""

import os
import secrets
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from monitor import errors
from storage import database

_BUSY_S = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """A checked copy: its schema, its rows by table, its size."""

    schema: str
    rows: dict[str, int]
    size_bytes: int


def backup(url: str, target: Path, *, force: bool = False) -> Copy:
    """Write a checked copy of the database to `target`; raises errors.StoreError.

    Nothing of that name is left or changed unless the copy is whole: it is written beside it and then put in its place.
    """
    source = _to_file(url)
    if not source.is_file():
        raise errors.StoreError(f"there is no database at {source}")
    if target.exists() and (not force or _same(source, target)):
        raise errors.StoreError(f"{target} exists; choose another name" + ("" if force else ", or say --force"))
    with _told(f"no copy was made of {source}"), _scratch_beside(target) as scratch:
        rows = _copy_out(source, scratch)
        made = check(scratch)
        if made.rows != rows:
            raise errors.StoreError(f"the copy of {source} differs from it; nothing was written")
        os.replace(scratch, target)
        _sync(target.parent)
        return made


def restore(url: str, source: Path, *, force: bool = False) -> Copy:
    """Make the database the state of a copy, brought to this program's schema; raises errors.StoreError.

    The copy itself is left as it is. A running service notices and starts anew on what was restored.
    """
    target = _to_file(url)
    check(source)
    if _same(source, target):
        raise errors.StoreError(f"{source} is the database itself")
    if target.exists() and target.stat().st_size and not force:
        raise errors.StoreError(f"there is a database at {target} already; --force replaces its whole content")
    with _told(f"{target} was not restored"), _scratch_beside(target) as scratch:
        shutil.copyfile(source, scratch)
        _migrate(scratch)
        with closing(_connect(scratch)) as prepared:
            prepared.execute(f"PRAGMA user_version={secrets.randbelow(2**31 - 1) + 1}")  # see Database.write
            prepared.execute("PRAGMA journal_mode=DELETE")
            with closing(_connect(target, create=True)) as live:
                prepared.backup(live)
        return check(target)


def check(path: Path) -> Copy:
    """Look a database file over, page by page; raises errors.StoreError with what is wrong with it."""
    if not path.is_file():
        raise errors.StoreError(f"no such file: {path}")
    with _told(f"{path} is no usable copy"), closing(_connect(path)) as connection:
        problem = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
        if problem != "ok":
            raise errors.StoreError(f"{path} is damaged: {problem}", kind="damaged")
        broken = connection.execute("PRAGMA foreign_key_check").fetchone()
        if broken is not None:
            raise errors.StoreError(f"{path} is damaged: a row of {broken[0]} lacks its {broken[2]}", kind="damaged")
        rows = _count_rows(connection)
        if "alembic_version" not in rows or "positions" not in rows:
            raise errors.StoreError(f"{path} is a database of another program")
        version = connection.execute("SELECT version_num FROM alembic_version").fetchone()[0]
    database.check_schema(version)
    return Copy(schema=version, rows=rows, size_bytes=path.stat().st_size)


def _copy_out(source: Path, scratch: Path) -> dict[str, int]:
    """Copy in one reading transaction; return the rows that the source has in it."""
    with closing(_connect(source)) as live, closing(_connect(scratch, create=True)) as copy:
        live.execute("BEGIN")
        rows = _count_rows(live)  # the first read fixes the moment
        live.backup(copy)
        live.execute("COMMIT")
        copy.execute("PRAGMA journal_mode=DELETE")  # one file, without a journal beside it
    return rows


def _count_rows(connection: sqlite3.Connection) -> dict[str, int]:
    names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    return {
        name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for (name,) in sorted(names.fetchall())
    }


def _migrate(path: Path) -> None:
    db = database.open_database(f"sqlite:///{path}")
    try:
        db.migrate()
    finally:
        db.close()


def _to_file(url: str) -> Path:
    parsed = sa.make_url(url)
    if not parsed.drivername.startswith("sqlite") or parsed.database in (None, "", ":memory:"):
        raise errors.StoreError(
            f"only a SQLite file is copied by this program, {parsed.drivername} has its own tools (pg_dump, pg_restore)"
        )
    return Path(str(parsed.database))


def _same(one: Path, other: Path) -> bool:
    return one.exists() and other.exists() and one.samefile(other)


def _connect(path: Path, *, create: bool = False) -> sqlite3.Connection:
    mode = "rwc" if create else "rw"
    if create:
        path.parent.mkdir(parents=True, exist_ok=True)
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode={mode}", uri=True, timeout=_BUSY_S, isolation_level=None)


@contextmanager
def _scratch_beside(target: Path) -> Iterator[Path]:
    """A name in the same folder, hence on the same disk; what is left of it goes away."""
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".part", dir=target.parent)
    os.close(handle)
    scratch = Path(name)
    try:
        yield scratch
    finally:
        for left in (scratch, Path(f"{name}-wal"), Path(f"{name}-shm"), Path(f"{name}-journal")):
            left.unlink(missing_ok=True)


@contextmanager
def _told(what: str) -> Iterator[None]:
    """Foreign errors in our words."""
    try:
        yield
    except sqlite3.Error as error:
        raise errors.StoreError(f"{what}: {error}", kind=database.kind_of(error)) from error
    except OSError as error:
        raise errors.StoreError(f"{what}: {error.strerror or error}") from error


def _sync(folder: Path) -> None:
    """Make the new name durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
