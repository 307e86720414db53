"""Full-text search follows what is stored, changed and blanked; what a feed brought; what was held back."""

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from monitor import types
from storage import retention, searching, store
from tests.storage.builders import (
    FEED,
    NOW,
    bring_in,
    development,
    held,
    minutes,
    page,
    position,
    report,
    step,
)  # fmt: skip


def bring(stores: store.Stores, number: int, text: str, *, relevant: bool = True) -> None:
    (entry,) = bring_in(stores, number)
    read = page(number, relevant=relevant, text=text)
    stores.articles.record_read(entry, read, NOW)


def found(stores: store.Stores, text: str) -> list[str]:
    return [one.id for one in stores.searching.articles(text, 10)]


def test_articles_on_topic_are_found_the_newest_first(stores: store.Stores) -> None:
    bring(stores, 1, "Denmark promises soldiers.")
    bring(stores, 2, "Soldiers of Denmark leave.")
    bring(stores, 3, "Denmark bakes bread.", relevant=False)
    assert found(stores, "Denmark") == ["a2", "a1"]
    assert found(stores, "denmark soldier") == ["a2", "a1"]
    assert found(stores, '"promises soldiers"') == ["a1"]
    assert found(stores, "bread") == found(stores, "") == found(stores, "?!") == []


def test_a_text_that_was_blanked_is_found_no_more(stores: store.Stores) -> None:
    bring(stores, 1, "Denmark promises soldiers.")
    (waiting,) = stores.articles.unledgered(5)
    stores.ledger.record_step(waiting[0], step(positions=(), changes=()), [], NOW)
    assert stores.retention.prune(NOW + timedelta(days=100), retention.Keep()).texts == 1
    assert found(stores, "soldiers") == [] and found(stores, "Title") == ["a1"]


def test_evidence_is_found_and_follows_its_development(stores: store.Stores) -> None:
    made = development(reports=(report(evidence="a safety net", title="Head"),))
    for evidence in ("a safety net", "another tripwire \x00 \ud800"):
        now = replace(made, reports=(report(evidence=evidence, title="Head"),))
        change = types.DevelopmentChange(kind=types.AlertKind.NEW, development=now)
        stores.ledger.record_step(None, step(positions=(position(),), changes=(change,)), [], NOW)
    ids = {word: [one.development.id for one in stores.searching.developments(word, 5)] for word in ("net", "tripwire")}
    assert ids == {"net": [], "tripwire": ["D1"]}


@pytest.mark.parametrize(
    ("typed", "query"),
    [
        ("safety net", '"safety" "net"*'),
        ("safety net ", '"safety" "net"'),
        ('"safety net" x', '"safety net" "x"*'),
        ("a-b", '"a b"*'),
        ('say "', '"say"*'),
        ("", ""),
        ("()", ""),
    ],
)
def test_what_is_typed_becomes_quoted_words(typed: str, query: str) -> None:
    assert searching.to_query(typed) == query


def test_held_back_comes_in_pages_with_its_article(stores: store.Stores) -> None:
    bring(stores, 1, "Denmark.")
    for number, reason in enumerate(("same", "weaker", "same")):
        stores.ledger.record_step(
            None, step("a1", positions=(), changes=(), held_back=(held(reason),)), [], minutes(number)
        )
    kept = stores.behind.held_back(None, None, 10)
    assert [(one.held.reason, one.title) for one in kept] == [
        ("same", "Title 1"),
        ("weaker", "Title 1"),
        ("same", "Title 1"),
    ]
    assert [one.id for one in stores.behind.held_back("same", kept[0].id, 10)] == [kept[2].id]


def test_what_a_feed_brought(stores: store.Stores) -> None:
    bring(stores, 1, "Denmark.")
    bring(stores, 2, "Bread.", relevant=False)
    bring_in(stores, 3)
    brought = stores.behind.yields()[FEED]
    assert (brought.entries, brought.relevant, brought.failed) == (3, 1, 0)


@pytest.mark.parametrize("what", ["articles", "developments"])
def test_both_searches_go_by_their_index(stores: store.Stores, what: str) -> None:
    """As few rows as this, and a planner that takes a text apart for nothing, tempt it to read them all."""
    for number in range(1, 30):
        bring(stores, number, "Denmark promises soldiers.")
        made = development(f"D{number}", reports=(report(evidence="soldiers"),))
        change = types.DevelopmentChange(kind=types.AlertKind.NEW, development=made)
        stores.ledger.record_step(None, step(positions=(), changes=(change,)), [], NOW)
    with stores.database.write() as connection:
        connection.exec_driver_sql("ANALYZE")
    asked: list[tuple[str, object]] = []

    def note(connection: object, cursor: object, statement: str, parameters: object, *_: object) -> None:
        asked.append((statement, parameters))

    engine = stores.database.engine
    sa.event.listen(engine, "before_cursor_execute", note)
    getattr(stores.searching, what)("soldiers", 10)
    sa.event.remove(engine, "before_cursor_execute", note)
    explain = "EXPLAIN QUERY PLAN" if stores.database.is_sqlite else "EXPLAIN"
    plan = ""
    with stores.database.read() as connection:
        for statement, parameters in asked:
            if "SELECT" in statement:
                rows = connection.exec_driver_sql(f"{explain} {statement}", parameters)  # type: ignore[arg-type]
                plan += "\n".join(str(row[-1]) for row in rows)
            elif statement.startswith("SET"):
                connection.exec_driver_sql(statement)
    index = {"articles": "search_articles", "developments": "search_evidence"}[what]
    assert f"{index} VIRTUAL TABLE INDEX" in plan if stores.database.is_sqlite else f"Index Scan on {index}" in plan
    assert "Seq Scan" not in plan
