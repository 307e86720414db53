"""What is forgotten by age and what never is; a pruned feed brings no flood; room goes back to the disk."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from monitor import errors, types
from storage import retention, schema, store, upkeep
from tests.storage import rows
from tests.storage.conftest import Opener

KEEP = retention.Keep(texts_days=30, entries_days=100, deliveries_days=60)


def days(count: float) -> Any:
    return rows.NOW + timedelta(days=count)


def count(stores: store.Stores, table: sa.Table) -> int:
    with stores.database.read() as connection:
        return connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0


def take(stores: store.Stores, entry_id: int, number: int, **fields: Any) -> None:
    stores.ledger.record_step(entry_id, rows.step(f"a{number}", **fields), [], rows.NOW)


def text_of(stores: store.Stores, name: str) -> str | None:
    found = stores.articles.article(name)
    return None if found is None else found[0].text


def test_old_texts_are_blanked_but_for_evidence_and_what_is_under_way(stores: store.Stores) -> None:
    carrying, plain, corroborating, waiting, _young = rows.read(stores, 1, 2, 3, 4, 5)
    take(stores, carrying, 1)
    take(stores, plain, 2, positions=(), changes=())
    take(stores, corroborating, 3, positions=(rows.position(reports=(rows.report(), rows.report("a3"))),), changes=())
    later = days(30) + timedelta(minutes=4.5)
    assert stores.retention.prune(later, KEEP) == retention.Pruned(texts=1)
    assert stores.retention.prune(later, KEEP) == retention.Pruned()
    assert {name: text_of(stores, name) for name in ("a1", "a2", "a3", "a4", "a5")} == {
        "a1": rows.TEXT, "a2": "", "a3": rows.TEXT, "a4": rows.TEXT, "a5": rows.TEXT
    }  # fmt: skip
    assert waiting in [entry_id for entry_id, _, _ in stores.articles.unledgered(9)]


def test_entries_that_no_feed_shows_go_with_all_that_hangs_on_them(stores: store.Stores) -> None:
    carrying, plain, _waiting = rows.read(stores, 1, 2, 3)
    take(stores, carrying, 1)
    take(stores, plain, 2, positions=(), changes=(), sketch=tuple(range(48)))
    rows.record(stores, rows.outcome(rows.entry(9)), days(5))  # the others have left the feed
    assert stores.retention.prune(days(99), KEEP).entries == 0, "too young"
    assert stores.retention.prune(days(101), KEEP).entries == 1
    assert text_of(stores, "a2") is None
    assert text_of(stores, "a1") == text_of(stores, "a3") == rows.TEXT
    with stores.database.read() as connection:
        assert set(connection.scalars(sa.select(schema.sketches.c.article_id))) == {"a1"}
        assert set(connection.scalars(sa.select(schema.held_back.c.article_id))) == {"a1"}
        assert set(connection.scalars(sa.select(schema.entries.c.key))) == {"guid-1", "guid-3", "guid-9"}
    assert stores.ledger.load_developments() != []
    assert stores.ledger.history("troops", "DK", "troops") != []


def done(stores: store.Stores, *ids: int) -> None:
    for entry_id in ids:
        stores.articles.record_entry_failure(entry_id, "gone", retry_at=None, now=rows.NOW)


def test_what_a_feed_still_shows_stays_known_however_old_it_is(stores: store.Stores) -> None:
    done(stores, *rows.polled(stores, 1, 2, 3))
    # Unchanged for two years: nothing is parsed, so nothing is noted.
    assert stores.retention.prune(days(700), KEEP).entries == 0
    assert rows.record(stores, rows.outcome(rows.entry(1), rows.entry(2), rows.entry(4)), days(700)) == 1
    assert stores.retention.prune(days(701), KEEP).entries == 1, "the third has left the feed"
    assert rows.record(stores, rows.outcome(*(rows.entry(n) for n in (1, 2, 4))), days(702)) == 0


@pytest.mark.parametrize("same", ["key", "url", "content"])
def test_being_shown_counts_by_whatever_makes_an_entry_known(stores: store.Stores, same: str) -> None:
    done(stores, *rows.polled(stores, 1, 2))
    known, other = rows.entry(1), rows.entry(8)
    shown = {
        "key": replace(other, key=known.key),
        "url": replace(other, url=known.url),
        "content": replace(other, content_key=known.content_key),
    }[same]
    assert rows.record(stores, rows.outcome(shown, rows.entry(9)), days(150)) == 1
    assert stores.retention.prune(days(200), KEEP).entries == 1
    assert rows.record(stores, rows.outcome(shown), days(201)) == 0


def test_another_feed_that_shows_the_same_address_keeps_it_known(stores: store.Stores) -> None:
    done(stores, *rows.polled(stores, 1))
    stores.feeds.sync_feeds([rows.feed("https://other.example/feed")])
    rows.record(stores, rows.outcome(rows.entry(1), url="https://other.example/feed"), days(150))
    rows.record(stores, rows.outcome(rows.entry(2)), days(150))
    stores.retention.prune(days(200), KEEP)
    again = replace(rows.entry(1), key="another", content_key="another")
    assert rows.record(stores, rows.outcome(again, url="https://other.example/feed"), days(201)) == 0


def test_old_deliveries_go_but_not_what_waits_nor_the_last_digest(stores: store.Stores) -> None:
    outbox = stores.outbox
    for number, until in ((1, 0), (2, 1)):
        stores.digests.add_digest(rows.digest(number, "email:a@example.org", days(until)), days(until).date(), "")
    outbox.add_alerts([rows.alert(3), rows.alert(4), rows.alert(5, recipient="telegram:1"), rows.alert(6)])
    for number in (1, 2, 3):
        outbox.mark_sent(f"A-{number}", None, rows.NOW)
    outbox.mark_dead("A-4", "refused", rows.NOW)
    outbox.switch_off("telegram:1", "gone", rows.NOW)
    assert stores.retention.prune(days(60), KEEP).deliveries == 0
    assert stores.retention.prune(days(62), KEEP).deliveries == 4
    assert outbox.count_alerts() == {"sent": 1, "waiting": 1}
    assert [window.until for window in stores.digests.windows("email:a@example.org")] == [days(1)]
    assert [alert.id for alert in outbox.claim_alerts(days(62), 60, 9)] == ["A-6"]


def test_pruning_goes_by_small_transactions(stores: store.Stores, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "CHUNK", 2)
    done(stores, *rows.polled(stores, *range(1, 8)))
    rows.record(stores, rows.outcome(rows.entry(9)), days(5))
    assert stores.retention.prune(days(200), KEEP).entries == 7
    assert count(stores, schema.entries) == 1


def test_pruning_says_so_when_the_database_is_locked(open_file: Opener, file: Path) -> None:
    stores = open_file()
    done(stores, *rows.polled(stores, 1))
    rows.record(stores, rows.outcome(rows.entry(9)), days(5))
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(errors.StoreError, match="locked"):
            stores.retention.prune(days(200), KEEP)
        other.execute("ROLLBACK")
    assert stores.retention.prune(days(200), KEEP).entries == 1


# ---------------------------------------------------------------- the file


def grow(stores: store.Stores) -> None:
    numbers = range(1, 60)
    for entry_id, number in zip(rows.polled(stores, *numbers), numbers, strict=True):
        stores.articles.record_read(entry_id, rows.page(number, relevant=False, text="word " * 20_000), rows.at(number))


def test_room_goes_back_to_the_disk_and_the_journal_is_emptied(open_file: Opener, file: Path) -> None:
    stores = open_file()
    grow(stores)
    before = upkeep.measure(stores.database)
    stores.retention.prune(days(90), KEEP)
    assert upkeep.measure(stores.database).used < before.used / 3
    upkeep.give_back(stores.database)
    after = upkeep.measure(stores.database)
    assert after.total == after.used < before.total / 3
    assert Path(f"{file}-wal").stat().st_size == 0
    assert after.disk_free is not None and after.disk_free > 0


def test_a_file_from_before_room_could_be_given_back_is_rewritten_once(file: Path, open_file: Opener) -> None:
    file.parent.mkdir()
    with closing(sqlite3.connect(file)) as old:
        old.execute("PRAGMA journal_mode=WAL")
        old.execute("CREATE TABLE before (x TEXT)")
        old.commit()
    stores = open_file()
    grow(stores)
    stores.retention.prune(days(90), KEEP)
    before = stores.database.size_bytes()
    upkeep.give_back(stores.database)
    assert stores.database.size_bytes() < before / 3
    with stores.database.read() as connection:
        assert connection.exec_driver_sql("PRAGMA auto_vacuum").scalar() == 2


def test_in_memory_there_is_nothing_to_give_back(stores: store.Stores) -> None:
    upkeep.give_back(stores.database)
    if stores.database.is_sqlite:
        assert upkeep.measure(stores.database).disk_free is None
    assert upkeep.measure(stores.database).used > 0


def test_the_steps_of_an_entry_that_count_as_ended_are_all_but_those_under_way() -> None:
    under_way = {str(types.Step.NEW), str(types.Step.READ)}
    assert {str(step) for step in types.Step} - under_way == set(retention._ENDED)
