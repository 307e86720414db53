"""The database itself: opening, migrating, transactions, locks, threads, and what its errors become."""

import re
import sqlite3
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from monitor import errors, types
from storage import database, schema, store
from tests.storage import rows
from tests.storage.conftest import Opener


def test_a_missing_folder_is_made_and_the_file_can_be_opened_again(open_file: Opener, file: Path) -> None:
    first = open_file()
    first.meta.set("name", "value")
    first.meta.set("name", "other")
    first.database.close()
    assert file.is_file()
    assert open_file().meta.get("name") == "other"
    assert open_file().meta.get("unknown") is None


def test_the_file_is_set_up_for_one_writer_beside_readers(open_file: Opener) -> None:
    with open_file().database.read() as connection:
        names = ("journal_mode", "synchronous", "busy_timeout", "foreign_keys")
        found = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in names}
    assert found == {"journal_mode": "wal", "synchronous": 1, "busy_timeout": 50, "foreign_keys": 1}


def test_the_size_counts_file_and_journal(open_file: Opener, stores: store.Stores) -> None:
    assert open_file().database.size_bytes() > 10_000
    assert stores.database.size_bytes() == 0


@pytest.mark.parametrize(
    ("url", "word"),
    [
        ("nonsense", "no address"),
        ("nosuchdatabase://host/name", "no driver"),
        ("sqlite:////proc/nowhere/watch.db", "cannot make the folder"),
    ],
)
def test_an_impossible_address_is_told_in_words(url: str, word: str) -> None:
    with pytest.raises(errors.StoreError, match=word):
        database.open_database(url)


def test_a_folder_or_another_kind_of_file_is_no_database(tmp_path: Path) -> None:
    with pytest.raises(errors.StoreError, match="cannot open the database"):
        database.open_database(f"sqlite:///{tmp_path}")
    text = tmp_path / "text.db"
    text.write_text("This is no database. " * 100)
    with pytest.raises(errors.StoreError, match="not a database"):
        store.open_stores(f"sqlite:///{text}")


def test_a_password_is_not_told() -> None:
    with pytest.raises(errors.StoreError) as caught:
        database.open_database("nosuchdatabase://user:s3cret@host/name")
    assert "s3cret" not in str(caught.value)


# ---------------------------------------------------------------- migrations


def test_migrations_make_the_schema_that_the_program_uses(stores: store.Stores) -> None:
    with stores.database.engine.connect() as connection:
        # The search's tables are SQLite's own, made by the migration; SQLAlchemy does not know their kind.
        def is_ours(name: str | None, kind: str, parents: object) -> bool:
            return not (kind in ("table", "index") and str(name).startswith("search_"))

        options = {"compare_type": False, "include_name": is_ours}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, schema.metadata) == []
        indexes = {
            index["name"] for name in schema.metadata.tables for index in sa.inspect(connection).get_indexes(name)
        }
    assert {index.name for table in schema.metadata.tables.values() for index in table.indexes} <= indexes


def test_columns_are_as_wide_as_the_schema_says(open_file: Opener) -> None:
    stores = open_file()
    inspector = sa.inspect(stores.database.engine)
    for table in schema.metadata.tables.values():
        made = {column["name"]: column["type"] for column in inspector.get_columns(table.name)}
        dialect = stores.database.engine.dialect
        wanted = {column.name: column.type.dialect_impl(dialect) for column in table.columns}
        assert {name: str(kind) for name, kind in made.items()} == {
            name: kind.compile(dialect) for name, kind in wanted.items()
        }, table.name


def test_migrating_again_changes_nothing(open_file: Opener) -> None:
    stores = open_file()
    stores.meta.set("name", "value")
    stores.database.migrate()
    assert stores.meta.get("name") == "value"


def test_a_database_of_a_newer_program_is_refused_and_left_alone(open_file: Opener) -> None:
    stores = open_file()
    with stores.database.write() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    stores.database.close()
    with pytest.raises(errors.StoreError, match=r"newer version .*9999.*update the program"):
        open_file()


def test_a_migration_that_fails_leaves_nothing_behind(file: Path) -> None:
    file.parent.mkdir()
    with sqlite3.connect(file) as other:
        other.execute("CREATE TABLE meta (of_somebody_else TEXT)")
    other.close()
    with pytest.raises(errors.StoreError, match="already exists"):
        store.open_stores(f"sqlite:///{file}")
    with sqlite3.connect(file) as other:
        assert other.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall() == [("meta",)]
    other.close()


def test_foreign_keys_hold_after_a_migration(open_file: Opener) -> None:
    with pytest.raises(errors.StoreError, match="FOREIGN KEY"), open_file().database.write() as connection:
        connection.execute(schema.development_articles.insert().values(development_id="D9", article_id="a1"))


# ---------------------------------------------------------------- transactions


def test_an_exception_inside_a_transaction_leaves_nothing(open_file: Opener) -> None:
    stores = open_file()
    with pytest.raises(RuntimeError, match="crash"), stores.database.write() as connection:
        connection.execute(schema.meta.insert().values(name="name", value="value"))
        raise RuntimeError("crash")
    assert stores.meta.get("name") is None
    stores.meta.set("name", "value")
    assert stores.meta.get("name") == "value"


def test_errors_of_the_library_become_ours(stores: store.Stores) -> None:
    with pytest.raises(errors.StoreError, match=r"the database refused: .*nowhere"), stores.database.read() as one:
        one.exec_driver_sql("SELECT * FROM nowhere")
    with pytest.raises(errors.StoreError, match=r"(?i)not.null"), stores.database.write() as one:
        one.execute(schema.meta.insert().values(name="name"))


def test_a_naive_time_is_refused_and_others_come_back_in_utc(stores: store.Stores) -> None:
    with pytest.raises(errors.StoreError, match="naive"):
        stores.outbox.switch_off("console", "gone", datetime(2026, 3, 1))
    assert schema.UtcTime().process_result_value("2026-03-01T12:00:00.000000+00:00", None) == rows.NOW
    late, early = datetime.max.replace(tzinfo=UTC), datetime.min.replace(tzinfo=UTC)
    bound = [schema.UtcTime().process_bind_param(moment, None) or "" for moment in (early, rows.NOW, late)]
    assert bound == sorted(bound)
    assert {len(text) for text in bound} == {32}


WRITES: dict[str, Callable[[store.Stores], object]] = {
    "sync_feeds": lambda s: s.feeds.sync_feeds([rows.feed()]),
    "add_feed": lambda s: s.feeds.add_feed(rows.feed()),
    "remove_feed": lambda s: s.feeds.remove_feed(rows.FEED),
    "pause_feed": lambda s: s.feeds.pause_feed(rows.FEED, paused=True),
    "record_quiet_polls": lambda s: s.feeds.record_quiet_polls([rows.outcome()]),
    "record_polls": lambda s: s.feeds.record_polls([rows.outcome(rows.entry(9))], rows.NOW),
    "record_read": lambda s: s.articles.record_read(2, rows.page(2), rows.NOW),
    "record_entry_failure": lambda s: s.articles.record_entry_failure(2, "x", retry_at=None, now=rows.NOW),
    "seed_baseline": lambda s: s.ledger.seed_baseline([rows.position()], rows.NOW),
    "record_step": lambda s: s.ledger.record_step(1, rows.step(), [rows.alert(1)], rows.NOW),
    "record_recheck": lambda s: s.rechecks.record_recheck("a1", next_at=rows.NOW, page=None, now=rows.NOW),
    "record_act": lambda s: s.by_hand.record_act(rows.hand_act(), []),
    "undo_act": lambda s: s.by_hand.undo_act(rows.hand_act(), rows.step(), [], rows.NOW),
    "add_alerts": lambda s: s.outbox.add_alerts([rows.alert(2)]),
    "claim_alerts": lambda s: s.outbox.claim_alerts(rows.NOW, 60, 10),
    "mark_sent": lambda s: s.outbox.mark_sent("A-9", None, rows.NOW),
    "mark_group_sent": lambda s: s.outbox.mark_group_sent(["A-9"], "group:7", rows.NOW),
    "hold_alerts": lambda s: s.outbox.hold_alerts(["A-9"], rows.NOW, "x"),
    "revive_alerts": lambda s: s.outbox.revive_alerts(None),
    "drop_alerts": lambda s: s.outbox.drop_alerts(["A-9"]),
    "mark_retry": lambda s: s.outbox.mark_retry("A-9", rows.NOW, "x"),
    "mark_dead": lambda s: s.outbox.mark_dead("A-9", "x", rows.NOW),
    "wake_alerts": lambda s: s.outbox.wake_alerts("console"),
    "switch_off": lambda s: s.outbox.switch_off("console", "x", rows.NOW),
    "switch_on": lambda s: s.outbox.switch_on("console"),
    "move_recipient": lambda s: s.outbox.move_recipient("telegram:1", "telegram:2"),
    "add_digest": lambda s: s.digests.add_digest(rows.digest(7, "console", rows.NOW), rows.NOW.date(), "{}"),
    "save_recipient": lambda s: s.recipients.save_recipient(rows.reader(), rows.NOW),
    "sync_recipients": lambda s: s.recipients.sync_recipients([rows.reader()], rows.NOW),
    "add_invitation": lambda s: s.recipients.add_invitation("aa", "telegram:1", rows.NOW, rows.at(60)),
    "accept_invitation": lambda s: s.recipients.accept_invitation("bb", rows.reader(), rows.NOW),
    "add_feedback": lambda s: s.recipients.add_feedback(rows.feedback()),
    "drop_contents": lambda s: s.digests.drop_contents(rows.NOW),
    "set": lambda s: s.meta.set("name", "value"),
    "forget": lambda s: s.meta.forget("no name"),
    "save_subscription": lambda s: s.subscriptions.save_subscription(rows.subscription()),
    "note_subscription_error": lambda s: s.subscriptions.note_subscription_error("path", "no"),
    "note_hint": lambda s: s.subscriptions.note_hint("path", rows.NOW),
    "forget_subscription": lambda s: s.subscriptions.forget_subscription("path"),
    "shift_back": lambda s: s.waiting.shift_back(rows.NOW, timedelta(hours=1)),
}
READS: dict[str, Callable[[store.Stores], object]] = {
    "list_feeds": lambda s: s.feeds.list_feeds(),
    "list_subscriptions": lambda s: s.subscriptions.list_subscriptions(),
    "subscription_at": lambda s: s.subscriptions.subscription_at("path"),
    "due_feeds": lambda s: s.feeds.due_feeds(rows.at(60), 5),
    "pending_entries": lambda s: s.articles.pending_entries(rows.NOW, 5),
    "unledgered": lambda s: s.articles.unledgered(5),
    "trace": lambda s: s.articles.trace("a1"),
    "load_positions": lambda s: s.ledger.load_positions(),
    "find_copy": lambda s: s.ledger.find_copy([1, 2, 3]),
    "due_rechecks": lambda s: s.rechecks.due_rechecks(rows.NOW, 5),
    "list_acts": lambda s: s.by_hand.list_acts(),
    "version": lambda s: s.by_hand.version(),
    "windows": lambda s: s.digests.windows("console"),
    "changes": lambda s: s.digests.changes([(0, 1)]),
    "count_alerts": lambda s: s.outbox.count_alerts(),
    "list_alerts": lambda s: s.outbox.list_alerts([types.DeliveryState.DEAD]),
    "news_sent": lambda s: s.outbox.news_sent("console", rows.NOW),
    "list_recipients": lambda s: s.recipients.list_recipients(),
    "recipient": lambda s: s.recipients.recipient("telegram:1"),
    "list_feedback": lambda s: s.recipients.list_feedback(),
    "get": lambda s: s.meta.get("name"),
    "find": lambda s: s.meta.find("na"),
}


def prepared(stores: store.Stores) -> None:
    first, _ = rows.polled(stores, 1, 2)
    stores.articles.record_read(first, rows.page(1), rows.NOW)


def test_every_method_that_writes_says_so_when_the_database_is_locked(open_file: Opener, file: Path) -> None:
    stores = open_file()
    prepared(stores)
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    for name, write in WRITES.items():
        with pytest.raises(errors.StoreError, match=r"locked .*another program"):
            pytest.fail(f"{name} wrote: {write(stores)}")
    for read in READS.values():
        read(stores)  # readers are not held up
    other.execute("ROLLBACK")
    other.close()
    for write in WRITES.values():
        write(stores)
    assert stores.meta.get("name") == "value"


def test_the_lists_above_name_every_method_that_writes() -> None:
    source = "\n".join(path.read_text() for path in Path(database.__file__).parent.glob("*.py"))
    writing = re.findall(r"    def ([a-z]\w*)\((?:(?!\n    def )[\s\S])*?self\._db\.write\(\)", source)
    assert set(writing) <= set(WRITES)
    assert len(writing) > 10


def test_a_writer_waits_for_another_program(file: Path) -> None:
    stores = store.open_stores(f"sqlite:///{file}")
    other = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    writer = threading.Thread(target=stores.meta.set, args=("name", "value"))
    writer.start()
    other.execute("INSERT INTO meta (name, value) VALUES ('other', 'value')")
    other.execute("COMMIT")
    writer.join(10)
    other.close()
    assert (stores.meta.get("name"), stores.meta.get("other")) == ("value", "value")
    stores.database.close()


def in_threads(*jobs: Callable[[], None]) -> None:
    failures: list[BaseException] = []

    def guarded(job: Callable[[], None]) -> None:
        try:
            job()
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=guarded, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert not failures


@pytest.mark.parametrize("place", ["memory", "file", "two openings of a file"])
def test_threads_that_read_and_write_lose_nothing(place: str, stores: store.Stores, open_patient: Opener) -> None:
    one = stores if place == "memory" else open_patient()
    two = open_patient() if place.startswith("two") else one  # has a writer's lock of its own: the database's has to do

    def write(name: str, opened: store.Stores) -> None:
        for number in range(25):
            opened.outbox.add_alerts([replace(rows.alert(number), id=f"{name}-{number}")])
            assert sum(opened.outbox.count_alerts().values()) > number

    in_threads(lambda: write("one", one), lambda: write("two", two))
    assert one.outbox.count_alerts() == {"waiting": 50}


def test_programs_that_start_together_all_find_the_schema(open_patient: Opener) -> None:
    def start() -> None:
        assert open_patient().ledger.load_positions() == []

    in_threads(start, start, start)


def test_two_dispatchers_never_claim_the_same_alert(open_patient: Opener) -> None:
    first, second = open_patient(), open_patient()
    first.outbox.add_alerts([rows.alert(number) for number in range(40)])
    claimed: list[str] = []

    def claim(stores: store.Stores) -> None:
        while found := stores.outbox.claim_alerts(rows.NOW, 60, 3):
            claimed.extend(alert.id for alert in found)

    in_threads(lambda: claim(first), lambda: claim(second))
    assert sorted(claimed) == sorted(f"A-{number}" for number in range(40))
