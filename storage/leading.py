"""One service at a time on a database that several programs reach: a lock that its holder's death sets free.

PostgreSQL drops a session's lock with its connection: at once when the process dies, after the keepalives below when
its machine or network does. SQLite is one machine's, and its service has no rival to wait for.
"""

from collections.abc import Sequence

import sqlalchemy as sa

from monitor import errors
from storage import database, upsert

KEEPALIVES = {"keepalives": 1, "keepalives_idle": 5, "keepalives_interval": 2, "keepalives_count": 3}


SERVICE, BOT = "service", "bot"  # the parts that only one program at a time plays


class Leader:
    """A claim to be the one program that plays these parts on a database."""

    def __init__(self, url: str, parts: Sequence[str] = (SERVICE,)) -> None:
        self._url, self._parts = url, parts
        self._engine: sa.Engine | None = None
        self._connection: sa.Connection | None = None

    def acquire(self) -> bool:
        """Try to become the one; returns whether that is so. Raises errors.StoreError where the server is away."""
        if sa.make_url(self._url).get_backend_name() != "postgresql" or self.is_held():
            return True
        self.release()
        try:
            self._engine = sa.create_engine(self._url, poolclass=sa.NullPool, connect_args=dict(KEEPALIVES))
            connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
            idle = "SET tcp_keepalives_idle = 5; SET tcp_keepalives_interval = 2; SET tcp_keepalives_count = 3"
            connection.exec_driver_sql(idle)
            won = all(
                connection.scalar(sa.select(sa.func.pg_try_advisory_lock(upsert.number(part)))) for part in self._parts
            )
        except (sa.exc.SQLAlchemyError, ImportError) as error:
            self.release()
            kind = database.kind_of(getattr(error, "orig", None))
            raise errors.StoreError("the database server does not answer", kind=kind) from error
        self._connection = connection
        if not won:
            self.release()
        return won

    def is_held(self) -> bool:
        """Whether this is still the one: the session that holds the lock lives."""
        if sa.make_url(self._url).get_backend_name() != "postgresql":
            return True
        if self._connection is None:
            return False
        try:
            return self._connection.scalar(sa.select(1)) == 1
        except sa.exc.SQLAlchemyError:
            return False

    def release(self) -> None:
        """Let another be the one."""
        if self._connection is not None:
            self._connection.invalidate()
            self._connection.close()
        if self._engine is not None:
            self._engine.dispose()
        self._connection = self._engine = None
