"""What people look at: the board of any moment, pages of developments, counts."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from monitor import types
from storage import browsing, store
from tests.storage.builders import NOW, alert, bring_in, development, minutes, page, position, report, step
from tests.storage.conftest import Opener


def take(stores: store.Stores, number: int, **fields: object) -> None:
    """One step that makes a development and its position, a minute after the one before."""
    made = development(f"D{number}", raised_at=minutes(number), **fields)
    held = position(
        topic=made.topic, subject=made.subject, aspect=made.aspect, status=str(made.new), development_id=made.id
    )
    change = types.DevelopmentChange(kind=types.AlertKind.NEW, development=replace(made, new_position=held))
    stores.ledger.record_step(None, step(f"a{number}", positions=(held,), changes=(change,)), [], minutes(number))


@pytest.fixture
def filled(stores: store.Stores) -> store.Stores:
    take(stores, 1, new="open", minor=True)
    take(stores, 2, new="pledged")
    take(stores, 3, subject="SE", new="support_only", minor=True, grade=types.Grade.OFFICIAL)
    take(stores, 4, topic=types.Topic.BACKSTOP, subject="US", aspect="air", new="offered")
    take(stores, 5, topic=types.Topic.BACKSTOP, subject="US", aspect="language:Somebody", new="a safety net")
    take(stores, 6, new="ruled_out")
    return stores


def statuses(found: list[types.Position]) -> dict[str, str]:
    return {f"{one.subject} {one.aspect}": one.status for one in found}


@pytest.mark.parametrize("minute", [None, 0, 0.5, 1, 1.5, 2, 3.9, 6, 100])
def test_the_board_of_a_moment_is_the_ledger_s(filled: store.Stores, minute: float | None) -> None:
    moment = None if minute is None else minutes(minute)
    expected = filled.ledger.load_positions() if moment is None else filled.ledger.positions_at(moment)
    assert filled.browsing.positions(moment) == expected


def test_a_position_that_no_longer_holds_is_not_on_the_board(filled: store.Stores) -> None:
    gone = step("a7", positions=(), changes=(), removed=(("troops", "SE", "troops"),))
    filled.ledger.record_step(None, gone, [], minutes(7))
    assert "SE troops" not in statuses(filled.browsing.positions())
    assert "SE troops" in statuses(filled.browsing.positions(minutes(6.5)))


def test_positions_of_one_moment_the_last_counts(stores: store.Stores) -> None:
    for status in ("open", "pledged"):
        stores.ledger.record_step(None, step(positions=(position(status=status),), changes=()), [], NOW)
    assert statuses(stores.browsing.positions(NOW)) == {"DK troops": "pledged"}


def test_an_empty_ledger(stores: store.Stores) -> None:
    assert stores.browsing.positions() == stores.browsing.positions(NOW) == []
    assert stores.browsing.first_day() is None
    assert stores.browsing.developments(browsing.Wanted(), 10) == []


def ids(filled: store.Stores, wanted: browsing.Wanted, limit: int = 10) -> list[str]:
    return [one.development.id for one in filled.browsing.developments(wanted, limit)]


def test_developments_come_newest_first_and_fit(filled: store.Stores) -> None:
    assert ids(filled, browsing.Wanted()) == ["D6", "D5", "D4", "D3", "D2", "D1"]
    assert ids(filled, browsing.Wanted(topic="troops", subject="DK")) == ["D6", "D2", "D1"]
    assert ids(filled, browsing.Wanted(grade="official")) == ["D3"]
    assert ids(filled, browsing.Wanted(minor=False)) == ["D6", "D5", "D4", "D2"]
    assert ids(filled, browsing.Wanted(aspect="language")) == ["D5"]
    assert ids(filled, browsing.Wanted(since=minutes(2), until=minutes(4))) == ["D4", "D3", "D2"]


def test_developments_come_in_pages(filled: store.Stores) -> None:
    first = filled.browsing.developments(browsing.Wanted(), 4)
    assert ids(filled, browsing.Wanted(before=first[-1].seq)) == ["D2", "D1"]


def test_spans_say_how_long_a_status_was_held(filled: store.Stores) -> None:
    found = filled.browsing.spans(topic="troops", subject="DK", limit=10)
    assert [(one.status, one.held_until) for one in found] == [
        ("open", minutes(2)), ("pledged", minutes(6)), ("ruled_out", None),
    ]  # fmt: skip
    assert found[0].held_from == minutes(1)
    assert [one.status for one in filled.browsing.spans(topic="troops", limit=1)] == ["ruled_out"]


def test_alerts_are_told_by_channel_only(filled: store.Stores) -> None:
    filled.outbox.add_alerts([alert("A-1", recipient="email:a@example.org"), alert("A-2", development_id="D2")])
    told = filled.browsing.told("D1")
    assert [(one.id, one.channel, one.state) for one in told] == [("A-1", "email", "waiting")]
    assert "example.org" not in repr(told)


def test_texts_are_found_by_article(stores: store.Stores) -> None:
    (entry,) = bring_in(stores, 1)
    stores.articles.record_read(entry, page(1), NOW)
    assert stores.browsing.texts(["a1", "a2"]) == {"a1": "Denmark will send 300 soldiers."}


def test_counts_and_backlog(filled: store.Stores) -> None:
    waiting = bring_in(filled, 1, 2)
    filled.articles.record_read(waiting[0], page(1), NOW)
    filled.outbox.add_alerts(
        [alert("A-1", recipient="email:a@example.org"), alert("A-2", created_at=NOW - timedelta(1))]
    )
    counts = filled.counting.counts()
    assert counts.entries == {"new": 1, "read": 1} and counts.articles == 1
    assert counts.developments[("troops", "official")] == 1 and sum(counts.developments.values()) == 6
    assert counts.held_back == {"same": 6} and counts.positions == 4
    assert counts.alerts == {("email", "waiting"): 1, ("console", "waiting"): 1}
    assert counts.oldest_waiting == NOW - timedelta(1)
    assert filled.counting.backlog() == {"entries_to_read": 1, "articles_to_take": 1, "alerts_to_send": 2}


def test_articles_beyond_the_reports_kept_are_found_latest_first(stores: store.Stores) -> None:
    for number, entry in enumerate(bring_in(stores, 1, 2, 3, 4), 1):
        stores.articles.record_read(entry, page(number), NOW)
        made = development("D1", reports=(report(article_id="a1"), report(article_id=f"a{number}")))
        change = types.DevelopmentChange(kind=types.AlertKind.UPDATE, development=made)
        stores.ledger.record_step(entry, step(f"a{number}", positions=(), changes=(change,)), [], minutes(number))
    found, number = stores.browsing.further("D1", ["a1", "a4"], 10)
    assert ([one.url for one in found], number) == ([f"https://example.org/{n}" for n in (3, 2)], 2)
    found, number = stores.browsing.further("D1", ["a1"], 1)
    assert ([one.url for one in found], number) == (["https://example.org/4"], 3)
    assert stores.browsing.further("D2", ["a1"], 10) == ([], 0)


def test_no_page_reads_a_table_whole(open_file: Opener) -> None:
    """By the plans of SQLite once it has been told how much there is (upkeep.py tells it each day)."""
    stores = open_file()
    for number in range(600):
        take(stores, number, subject=("DK", "SE", "NO")[number % 3])
    asked: list[tuple[str, object]] = []
    with stores.database.outside_transactions() as cursor:
        cursor.execute("ANALYZE")

    def note(connection: object, cursor: object, statement: str, parameters: object, *_: object) -> None:
        asked.append((statement, parameters))

    sa.event.listen(stores.database.engine, "before_cursor_execute", note)
    browse = stores.browsing
    for moment in (None, minutes(300)):
        browse.positions(moment)
        browse.latest(moment, 8)
    for wanted in (
        browsing.Wanted(),
        browsing.Wanted(topic="troops", subject="DK", minor=False),
        browsing.Wanted(grade="official"),
        browsing.Wanted(since=minutes(100), until=minutes(110)),
        browsing.Wanted(subject="US", before=90),
    ):
        browse.developments(wanted, 60)
    browse.first_day(), browse.subjects(), browse.version(), browse.told("D5"), browse.further("D5", ["a5"], 10)
    browse.spans(topic="troops", limit=100)
    sa.event.remove(stores.database.engine, "before_cursor_execute", note)
    with stores.database.read() as connection:
        plans = [
            (statement, row.detail)
            for statement, parameters in asked
            if statement.lstrip().startswith(("SELECT", "WITH"))
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)  # type: ignore[arg-type]
        ]
    assert len(asked) > 15
    whole = re.compile(r"SCAN (?:positions|developments|articles|alerts|reports)(?! USING)")
    ends = re.compile(
        r"\bFROM \w+ *(?:\n?WHERE [^()]+)? ORDER BY \w+\.(?:seq|id) DESC\s+LIMIT \?"
    )  # walks back from the last
    assert [(s, p) for s, p in plans if "BLOOM" in p or (whole.search(p) and not ends.search(s))] == []
    stores.database.close()
