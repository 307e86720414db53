"""What only a shared PostgreSQL brings: moving there, programs beside each other, a lock that death sets free."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from monitor import errors
from storage import database, leading, moving, schema, store
from tests import postgres
from tests.storage import rows


@pytest.fixture
def url(server_url: str) -> Iterator[str]:
    """An emptied PostgreSQL with the schema."""
    stores = store.open_stores(server_url)
    with stores.database.write() as connection:
        connection.exec_driver_sql(f"TRUNCATE {', '.join(schema.metadata.tables)} RESTART IDENTITY CASCADE")
    stores.database.close()
    yield server_url


def together(*jobs: Callable[[], object]) -> None:
    """Run at the same time; fail where one does."""
    failures: list[BaseException] = []
    ready = threading.Barrier(len(jobs))

    def run(job: Callable[[], object]) -> None:
        try:
            ready.wait(20)
            job()
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=run, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not failures, failures


@pytest.fixture
def several(url: str) -> Iterator[list[store.Stores]]:
    """As many programs, each with connections of its own."""
    opened = [store.open_stores(url) for _ in range(4)]
    yield opened
    for one in opened:
        one.database.close()


def count(stores: store.Stores, table: sa.Table) -> int:
    with stores.database.read() as connection:
        return connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0


# ---------------------------------------------------------------- beside each other


def test_an_entry_that_several_find_at_once_is_new_once(several: list[store.Stores]) -> None:
    feeds = [rows.feed(f"https://paper.example/feed-{n}") for n in range(4)]
    several[0].feeds.sync_feeds(feeds)
    entries = [rows.entry(number) for number in range(1, 60)]

    def poll(one: store.Stores, url: str) -> None:
        for start in range(0, 60, 10):
            rows.record(one, rows.outcome(*entries[start : start + 10], url=url), rows.NOW)

    together(*(lambda one=one, url=feed.url: poll(one, url) for one, feed in zip(several, feeds, strict=True)))
    assert count(several[0], schema.entries) == 59


def test_several_that_start_at_once_find_one_schema_one_list_and_one_baseline(url: str) -> None:
    postgres.empty(url)
    seeded: list[bool] = []

    def start() -> None:
        stores = store.open_stores(url)
        stores.feeds.sync_feeds([rows.feed(), rows.feed("https://paper.example/other")])
        seeded.append(stores.ledger.seed_baseline([rows.position()], rows.NOW))
        stores.recipients.sync_recipients([rows.reader(f"telegram:{number}") for number in range(40)], rows.NOW)
        stores.database.close()

    together(*[start] * 4)
    assert sorted(seeded) == [False, False, False, True]


def test_an_article_is_taken_once_and_an_alert_claimed_once(several: list[store.Stores]) -> None:
    ids = rows.read(several[0], *range(1, 9))
    alerts = [rows.alert(number) for number in range(1, 9)]

    def take(one: store.Stores) -> None:
        for entry_id, number, alert in zip(ids, range(1, 9), alerts, strict=True):
            step = rows.step(f"a{number}", changes=(rows.change(f"D{number}"),))
            one.ledger.record_step(entry_id, step, [alert], rows.NOW)

    together(*(lambda one=one: take(one) for one in several))
    assert count(several[0], schema.developments) == count(several[0], schema.alerts) == 8
    claimed: list[str] = []

    def claim(one: store.Stores) -> None:
        while found := one.outbox.claim_alerts(rows.NOW, 60, 2):
            claimed.extend(alert.id for alert in found)

    together(*(lambda one=one: claim(one) for one in several))
    assert sorted(claimed) == sorted(alert.id for alert in alerts)


def test_the_same_word_of_several_is_written_once(several: list[store.Stores]) -> None:
    def write(one: store.Stores) -> None:
        for number in range(20):
            one.meta.set(f"name-{number}", "value")
            one.outbox.add_alerts([rows.alert(number)])
            one.digests.add_digest(
                replace(rows.digest(99, "email:a@example.org", rows.NOW)), rows.at(1440 * number).date(), ""
            )

    together(*(lambda one=one: write(one) for one in several))
    assert several[0].outbox.count_alerts() == {"waiting": 21}


# ---------------------------------------------------------------- one service


def test_the_lead_is_one_s_and_free_when_its_session_dies(url: str) -> None:
    first, second = leading.Leader(url), leading.Leader(url)
    assert first.acquire()
    assert first.acquire(), "whoever has it keeps it"
    assert not second.acquire()
    engine = sa.create_engine(url)
    with engine.begin() as connection:  # what a kill -9 does to the session
        connection.exec_driver_sql(
            "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND pid <> pg_backend_pid()"
        )
    engine.dispose()
    assert not first.is_held()
    assert second.acquire()
    assert not first.acquire()
    second.release()
    assert first.acquire()
    first.release()


def test_on_sqlite_there_is_no_rival(tmp_path: Path) -> None:
    one = leading.Leader(f"sqlite:///{tmp_path}/watch.db")
    assert one.acquire() and one.is_held()
    one.release()


def test_a_server_that_is_away_is_said_to_be(url: str) -> None:
    away = sa.make_url(url).set(port=1).render_as_string(hide_password=False)
    with pytest.raises(errors.StoreError) as caught:
        leading.Leader(away).acquire()
    assert caught.value.kind == "gone"


# ---------------------------------------------------------------- moving


@pytest.fixture
def filled(tmp_path: Path) -> str:
    stores = store.open_stores(f"sqlite:///{tmp_path}/watch.db")
    first, _second, third = rows.read(stores, 1, 2, 3)
    stores.articles.record_entry_failure(third, "odd \x00 \ud800 characters", retry_at=None, now=rows.NOW)
    stores.ledger.record_step(first, rows.step(), [rows.alert(1), rows.alert(2, recipient="telegram:1")], rows.NOW)
    stores.digests.add_digest(rows.digest(3, "email:a@example.org", rows.NOW), rows.NOW.date(), "")
    stores.meta.set("caught_up_at", rows.NOW.isoformat())
    stores.database.close()
    return f"sqlite:///{tmp_path}/watch.db"


def test_everything_is_there_after_a_move_and_goes_on(filled: str, url: str) -> None:
    held = moving.move(filled, url)
    assert {name: table.rows for name, table in held.items() if name in ("entries", "developments", "alerts")} == {
        "entries": 3, "developments": 1, "alerts": 3
    }  # fmt: skip
    old, new = store.open_stores(filled), store.open_stores(url)
    assert new.ledger.load_developments() == old.ledger.load_developments()
    assert new.ledger.load_positions() == old.ledger.load_positions()
    assert new.articles.article("a2") == old.articles.article("a2")
    assert new.digests.windows("email:a@example.org") == old.digests.windows("email:a@example.org") != []
    assert rows.record(new, rows.outcome(rows.entry(1), rows.entry(4)), rows.NOW) == 1, "numbers go on"
    new.outbox.add_alerts([rows.alert(7)])
    old.database.close()
    new.database.close()


def test_only_an_empty_database_is_filled_and_nothing_is_half_moved(
    filled: str, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(moving, "measure", lambda connection, table: moving.Table(rows=0, digest="other"))
        with pytest.raises(errors.StoreError, match="differs after the move"):
            moving.move(filled, url)
    moving.move(filled, url)
    with pytest.raises(errors.StoreError, match="already"):
        moving.move(filled, url)
    with pytest.raises(errors.StoreError, match="same database"):
        moving.move(filled, filled)


def test_a_move_notices_a_single_value_that_differs(filled: str) -> None:
    db = database.open_database(filled)
    with db.write() as connection:
        before = moving.measure(connection, schema.alerts)
        connection.execute(schema.alerts.update().where(schema.alerts.c.id == "A-1").values(attempts=1))
        assert moving.measure(connection, schema.alerts) != before
    db.close()
