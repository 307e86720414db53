"""Every step from every earlier schema to this one, on a filled database: no row is lost, and the stores read it."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.script import ScriptDirectory

from storage import codec, database, schema, store
from tests.storage import rows

DUMPS = Path(__file__).parent / "released"  # databases of released programs as SQL: their stores filled them
SCRIPTS = ScriptDirectory.from_config(database.alembic_config())
REVISIONS = sorted(script.revision for script in SCRIPTS.walk_revisions())
NOW = rows.NOW.isoformat(timespec="microseconds")


def bring_to(url: str, revision: str) -> None:
    engine = sa.create_engine(url)
    config = database.alembic_config()
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    engine.dispose()


def fill(url: str, count: int) -> dict[str, int]:
    """Rows of made-up values in every table of whatever schema is there; return how many each has."""
    engine = sa.create_engine(url)
    held = sa.MetaData()
    held.reflect(engine, only=lambda name, _: not name.startswith("search_"))  # the search fills its own tables
    with engine.begin() as connection:
        for table in held.sorted_tables:
            if table.name != "alembic_version":
                connection.execute(table.insert(), [_row(table, number) for number in range(1, count + 1)])
        found = {
            table.name: connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0
            for table in held.sorted_tables
        }
    engine.dispose()
    return found


def _row(table: sa.Table, number: int) -> dict[str, object]:
    return {column.name: _value(column, number) for column in table.columns}


def _value(column: sa.Column[object], number: int) -> object:
    kind = column.type
    if isinstance(kind, sa.Boolean):
        return bool(number % 2)
    if isinstance(kind, sa.Date):
        return rows.at(1440 * number).date()
    if isinstance(kind, (sa.Integer, sa.BigInteger)):
        return number
    if isinstance(kind, sa.String) and kind.length == 32:
        return NOW
    return str(number)


def counts(url: str) -> dict[str, int]:
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        found = {
            name: connection.scalar(sa.text(f'SELECT count(*) FROM "{name}"')) or 0
            for name in sa.inspect(connection).get_table_names()
        }
        assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
    engine.dispose()
    return found


def test_the_line_of_schemas_has_one_end() -> None:
    assert SCRIPTS.get_heads() == [REVISIONS[-1]]
    assert len(SCRIPTS.get_bases()) == 1


@pytest.mark.parametrize("revision", REVISIONS)
def test_a_filled_database_of_every_schema_is_brought_forward(revision: str, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/watch.db"
    bring_to(url, revision)
    before = fill(url, 7)
    assert before["entries"] == before["alerts"] == 7
    store.open_stores(url).database.close()
    after = counts(url)
    assert {name: after.get(name) for name in before} == before
    assert set(schema.metadata.tables) <= set(after)


@pytest.mark.parametrize("dump", sorted(DUMPS.glob("*.sql")), ids=lambda path: path.stem)
def test_the_database_of_a_released_program_is_read_by_this_one(dump: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "watch.db")) as old:
        old.executescript(dump.read_text(encoding="utf-8"))
    stores = store.open_stores(f"sqlite:///{tmp_path}/watch.db")
    try:
        (told,) = stores.ledger.load_developments()
        (position,) = stores.ledger.load_positions()
        assert (told.subject, told.new, position.status) == ("DK", "pledged", "pledged")
        assert [report.evidence for report in position.reports] == [rows.EVIDENCE]
        assert [record.feed.url for record in stores.feeds.list_feeds()] == [rows.FEED]
        assert [one.entry.key for one in stores.articles.pending_entries(rows.NOW, 10)] == ["guid-3"]
        assert [found[0] for found in stores.articles.unledgered(10)] == [2]
        assert stores.articles.trace("D1") is not None
        assert [alert.id for alert in stores.outbox.claim_alerts(rows.NOW, 60, 10)] == ["A-1"]
        assert rows.record(stores, rows.outcome(rows.entry(1), rows.entry(4)), rows.NOW) == 1
    finally:
        stores.database.close()


def test_each_released_program_has_its_dump() -> None:
    assert [path.stem for path in sorted(DUMPS.glob("*.sql"))] == ["0.1.0"]


def test_reports_of_old_versions_are_moved_out_and_come_back(tmp_path: Path) -> None:
    """More positions than one turn of the migration takes, as the schema before wrote them."""
    url = f"sqlite:///{tmp_path}/watch.db"
    bring_to(url, "0009")
    told = [rows.report(f"a{number}") for number in range(24)]
    versions = [rows.position(reports=tuple(told[: number % 25]), number=number) for number in range(1100)]
    columns = "topic, subject, aspect, status, held_from, held_until, value"
    with closing(sqlite3.connect(tmp_path / "watch.db")) as old, old:
        old.executemany(
            f"INSERT INTO positions ({columns}) VALUES ('troops', 'DK', 'troops', 'pledged', ?, NULL, ?)",
            [(NOW, codec.dump(version)) for version in versions],
        )
        before = old.execute("SELECT sum(length(value)) FROM positions").fetchone()[0]
    stores = store.open_stores(url)
    try:
        assert stores.ledger.history("troops", "DK", "troops") == versions
        with stores.database.read() as connection:
            assert connection.scalar(sa.select(sa.func.count()).select_from(schema.reports)) == 24
            after = connection.scalar(sa.select(sa.func.sum(sa.func.length(schema.positions.c.value))))
        assert after < before / 5
    finally:
        stores.database.close()
