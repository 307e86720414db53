"""The open database: engine, one writer at a time, migrations at start. Maps SQLAlchemy's errors to StoreError."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy.pool import StaticPool

from monitor import errors

MIGRATIONS = Path(__file__).resolve().parent / "migrations"
BUSY_TIMEOUT_MS = 10_000
_MIGRATING = threading.Lock()  # Alembic holds its context in the module: one migration at a time in a process
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
        if self.is_sqlite:
            _set_up_sqlite(self.engine, busy_timeout_ms)

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """One transaction; rolled back whole when anything in it fails."""
        with self._writer, _mapped(), self.engine.begin() as connection:
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

    def size_bytes(self) -> int:
        """Size of the database file with its journal (0 in memory or elsewhere)."""
        name = sa.make_url(self.url).database
        if not self.is_sqlite or not name or name == ":memory:":
            return 0
        files = (Path(name), Path(f"{name}-wal"))
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


def _set_up_sqlite(engine: sa.Engine, busy_timeout_ms: int) -> None:
    def connect(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # the driver's own BEGIN comes too late for BEGIN IMMEDIATE
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout={int(busy_timeout_ms)}")
        cursor.execute("PRAGMA journal_mode=WAL")
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
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    script = ScriptDirectory.from_config(config)
    current = MigrationContext.configure(connection).get_current_revision()
    if current is not None and not _is_known(script, current):
        raise errors.StoreError(
            f"the database is of a newer version of the program (schema {current}); update the program"
        )
    if current != script.get_current_head():
        command.upgrade(config, "head")


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
        raise errors.StoreError(f"the database refused: {_reason(error)}") from error


def _reason(error: sa.exc.SQLAlchemyError) -> str:
    """The driver's own words; its further lines may hold stored values."""
    reason = (str(getattr(error, "orig", None) or error).splitlines() or ["no reason given"])[0]
    return f"{reason} (another program writes to it)" if "database is locked" in reason else reason
