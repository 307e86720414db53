"""Where the task queue's own tables lie: in a schema of their own, in the same PostgreSQL as everything else.

The queue only hands out what the other tables say is due. A queue of another version is therefore thrown away and made
anew: what waited in it is offered again.
"""

import sqlalchemy as sa

from monitor import errors
from storage import database, leading, upsert

SCHEMA = "work_queue"
# The queue looks for a job whose host nobody visits by this column, and has no index of its own for it.
_INDEX = (
    "CREATE INDEX coalition_watch_lock ON procrastinate_jobs (lock) "
    "WHERE status IN ('todo'::procrastinate_job_status, 'doing'::procrastinate_job_status)"
)


def address(url: str) -> str:
    """The address in the form that the queue's driver reads, with the schema as its first place to look."""
    parsed = sa.make_url(url).set(drivername="postgresql")
    options = " ".join([*_as_list(parsed.query.get("options")), f"-csearch_path={SCHEMA}"])
    given = {name: str(value) for name, value in leading.KEEPALIVES.items()} | {"connect_timeout": "5"}
    return parsed.update_query_dict(given | {"options": options}).render_as_string(hide_password=False)


def is_shared(url: str) -> bool:
    """Whether programs on several machines can reach the database."""
    return sa.make_url(url).get_backend_name() == "postgresql"


def prepare(url: str, version: str, ddl: str) -> bool:
    """Make the queue's tables by its own `ddl`; False where they are there. Raises errors.StoreError."""
    engine = sa.create_engine(url, poolclass=sa.NullPool, connect_args={"connect_timeout": 5})
    try:
        with engine.begin() as connection:
            upsert.lock(connection, "queue")
            if connection.scalar(_VERSION, {"name": SCHEMA}) == version:
                return False
            connection.exec_driver_sql(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE")
            connection.exec_driver_sql(f"CREATE SCHEMA {SCHEMA}")
            connection.exec_driver_sql(f"SET LOCAL search_path = {SCHEMA}")
            # Without parameters, for these are many statements and hold percent signs.
            raw = connection.execution_options(no_parameters=True)
            raw.exec_driver_sql(ddl)
            raw.exec_driver_sql(_INDEX)
            raw.exec_driver_sql(f"COMMENT ON SCHEMA {SCHEMA} IS '{version}'")
            return True
    except sa.exc.SQLAlchemyError as error:
        kind = database.kind_of(getattr(error, "orig", None))
        reason = str(getattr(error, "orig", None) or error).splitlines()[0]
        raise errors.StoreError(f"the task queue cannot be set up: {reason}", kind=kind) from error
    finally:
        engine.dispose()


_VERSION = sa.text("SELECT obj_description(oid, 'pg_namespace') FROM pg_namespace WHERE nspname = :name")


def _as_list(found: object) -> list[str]:
    return [found] if isinstance(found, str) else [str(one) for one in found] if isinstance(found, tuple) else []
