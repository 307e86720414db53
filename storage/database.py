"""The open database: engine, one writer at a time, migrations at start. Maps SQLAlchemy's errors to StoreError."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy.pool import StaticPool

from monitor import errors
from storage import addresses

MIGRATIONS = Path(__file__).resolve().parent / "migrations"
BUSY_TIMEOUT_MS = 10_000
JOURNAL_LIMIT = 64 * 1024 * 1024  # the journal's file shrinks to this after a checkpoint
_MIGRATING = threading.Lock()  # Alembic holds its context in the module: one migration at a time in a process
# What SQLite's error names and PostgreSQL's SQLSTATEs begin with.
_KINDS = {
    "SQLITE_BUSY": "locked", "SQLITE_LOCKED": "locked", "55P03": "locked", "40P01": "locked", "40001": "locked",
    "SQLITE_FULL": "full", "SQLITE_IOERR_WRITE": "full", "53100": "full",
    "SQLITE_READONLY": "read_only", "SQLITE_PERM": "read_only", "25006": "read_only",
    "SQLITE_CORRUPT": "damaged", "SQLITE_NOTADB": "damaged", "XX001": "damaged", "XX002": "damaged",
    "57P": "gone", "08": "gone",
}  # fmt: skip
_MIGRATION_LOCK = 7_305_471  # any number that means nothing else in this database


class Database:
    """An engine with a writer's lock. Reads may run beside one write (WAL)."""

    def __init__(self, url: str, *, busy_timeout_ms: int = BUSY_TIMEOUT_MS) -> None:
        self.url = url
        self._writer = threading.RLock()
        self.is_sqlite = url.startswith("sqlite")
        options: dict[str, Any] = {} if self.is_sqlite else {"pool_pre_ping": True}  # a server may restart
        if self.is_sqlite and sa.make_url(url).database in (None, "", ":memory:"):
            options = {"poolclass": StaticPool, "connect_args": {"check_same_thread": False}}
        self.engine = sa.create_engine(url, **options)
        self._generation: int | None = None
        if self.is_sqlite:
            _set_up_sqlite(self.engine, busy_timeout_ms)

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """One transaction; rolled back whole when anything in it fails."""
        with self._writer, _mapped(), self.engine.begin() as connection:
            self._check_generation(connection)
            yield connection

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """A connection for reading."""
        if self.engine.pool.__class__ is StaticPool:  # one connection for all: readers must not meet a writer in it
            with self._writer, _mapped(), self.engine.begin() as connection:
                yield connection
            return
        with _mapped(), self.engine.connect().execution_options(read_only=True) as connection:
            yield connection

    def migrate(self) -> None:
        """Bring the schema up to this program's; refuses a database that is newer than the program."""
        with (
            _MIGRATING,
            self._writer,
            _mapped(),
            self.engine.connect() as connection,
            _foreign_keys_off(connection),
            connection.begin(),
        ):
            if connection.dialect.name == "postgresql":  # programs that start together go one after the other
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_MIGRATION_LOCK)))
            _upgrade(connection)
            self._check_generation(connection)

    def _check_generation(self, connection: sa.Connection) -> None:
        """Refuse to write into a database that was restored since: ids read before mean something else in it."""
        if not self.is_sqlite:
            return
        now = int(connection.exec_driver_sql("PRAGMA user_version").scalar() or 0)
        if self._generation is None:
            self._generation = now
        if now != self._generation:
            raise errors.StoreError("the database was restored from a copy since it was opened", kind="replaced")

    @contextmanager
    def outside_transactions(self) -> Iterator[sqlite3.Cursor]:
        """A cursor for what SQLite does outside of transactions only; this program's writers wait meanwhile."""
        with self._writer, _mapped():
            connection = self.engine.raw_connection()
            cursor = connection.cursor()
            try:
                yield cast(sqlite3.Cursor, cursor)
            except sqlite3.Error as error:
                raise errors.StoreError(f"the database refused: {error}", kind=kind_of(error)) from error
            finally:
                cursor.close()
                connection.close()

    @property
    def file(self) -> Path | None:
        """The SQLite file, where there is one."""
        name = sa.make_url(self.url).database
        return Path(name) if self.is_sqlite and name and name != ":memory:" else None

    def size_bytes(self) -> int:
        """Size of the database file with its journal (0 in memory or elsewhere)."""
        files = (self.file, Path(f"{self.file}-wal")) if self.file else ()
        return sum(file.stat().st_size for file in files if file.exists())

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()


def open_database(url: str, *, busy_timeout_ms: int = BUSY_TIMEOUT_MS) -> Database:
    """Open (and create) the database; raises errors.StoreError with what to do."""
    try:
        parsed = sa.make_url(url)
    except sa.exc.ArgumentError as error:
        raise errors.StoreError("database_url is no address (for example sqlite:///data/coalition-watch.db)") from error
    if parsed.drivername.startswith("sqlite") and parsed.database not in (None, "", ":memory:"):
        folder = Path(str(parsed.database)).resolve().parent
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise errors.StoreError(f"cannot make the folder {folder}: {error.strerror}") from error
    try:
        _make_schema(url)
        db = Database(url, busy_timeout_ms=busy_timeout_ms)
    except (ImportError, sa.exc.ArgumentError) as error:
        raise errors.StoreError(
            f"no driver for {parsed.drivername}: install the extra 'scale' for PostgreSQL"
        ) from error
    try:
        db.engine.connect().close()
    except sa.exc.SQLAlchemyError as error:
        db.close()
        place = parsed.render_as_string(hide_password=True)
        raise errors.StoreError(f"cannot open the database {place}: {_reason(error)}") from error
    return db


def _make_schema(url: str) -> None:
    """A watch's own schema, where its address names one that is not there yet; a server that is away says so later."""
    name = addresses.schema_of(url)
    if name is None:
        return
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    try:
        with suppress(sa.exc.SQLAlchemyError), engine.begin() as connection:
            if connection.scalar(sa.select(sa.func.to_regnamespace(name))) is None:
                connection.execute(sa.schema.CreateSchema(name, if_not_exists=True))
    finally:
        engine.dispose()


def _set_up_sqlite(engine: sa.Engine, busy_timeout_ms: int) -> None:
    def connect(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # the driver's own BEGIN comes too late for BEGIN IMMEDIATE
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout={int(busy_timeout_ms)}")
        cursor.execute("PRAGMA auto_vacuum=INCREMENTAL")  # before the first table; no effect later (upkeep.py)
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute(f"PRAGMA journal_size_limit={JOURNAL_LIMIT}")
        cursor.execute("PRAGMA synchronous=NORMAL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.close()

    def begin(connection: sa.Connection) -> None:
        # A transaction that reads first and writes later can't wait for the lock; one that starts as a writer can.
        reading = connection.get_execution_options().get("read_only")
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

    sa.event.listen(engine, "connect", connect)
    sa.event.listen(engine, "begin", begin)


def _upgrade(connection: sa.Connection) -> None:
    current = MigrationContext.configure(connection).get_current_revision()
    check_schema(current)
    if current != _scripts().get_current_head():
        config = alembic_config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


@lru_cache(maxsize=1)
def _scripts() -> ScriptDirectory:
    """The migrations; they are files, and each is read to know their order."""
    return ScriptDirectory.from_config(alembic_config())


def alembic_config() -> Config:
    """Where the migrations are; the connection is the caller's."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config


def check_schema(revision: str | None) -> None:
    """Raise errors.StoreError where a schema is of a newer program than this one."""
    if revision is not None and not _is_known(_scripts(), revision):
        raise errors.StoreError(
            f"the database is of a newer version of the program (schema {revision}); update the program"
        )


@contextmanager
def _foreign_keys_off(connection: sa.Connection) -> Iterator[None]:
    """SQLite changes a table by copying it; with foreign keys on, dropping the old one would cascade. The pragma does
    nothing inside a transaction, so it goes to the driver before one begins."""
    if connection.dialect.name != "sqlite":
        yield
        return
    cursor = connection.connection.cursor()
    cursor.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.close()


def _is_known(script: ScriptDirectory, revision: str) -> bool:
    try:
        return script.get_revision(revision) is not None
    except CommandError:
        return False


@contextmanager
def _mapped() -> Iterator[None]:
    try:
        yield
    except sa.exc.SQLAlchemyError as error:
        kind = kind_of(getattr(error, "orig", None))
        raise errors.StoreError(f"the database refused: {_reason(error)}", kind=kind) from error


def kind_of(error: object) -> str:
    """What a driver's error is in the words of errors.StoreError."""
    code = getattr(error, "sqlite_errorname", None) or getattr(error, "sqlstate", None) or ""
    found = next((kind for start, kind in _KINDS.items() if code.startswith(start)), None)
    if found is None and type(error).__name__ in ("OperationalError", "InterfaceError") and not code:
        return "gone" if type(error).__module__.startswith("psycopg") else "refused"
    return found or "refused"


def _reason(error: sa.exc.SQLAlchemyError) -> str:
    """The driver's own words; its further lines may hold stored values."""
    reason = (str(getattr(error, "orig", None) or error).splitlines() or ["no reason given"])[0]
    return f"{reason} (another program writes to it)" if "database is locked" in reason else reason
