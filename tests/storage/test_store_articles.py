"""Entries go NEW, READ, DONE or FAILED, each step once; articles come back letter for letter."""

from typing import Any, cast

import pytest

from monitor import errors, types
from storage import store
from tests.storage import rows


def ids(stores: store.Stores, minutes: float = 0, limit: int = 10) -> list[int]:
    return [record.id for record in stores.articles.pending_entries(rows.at(minutes), limit)]


def test_a_pending_entry_carries_what_its_feed_says(stores: store.Stores) -> None:
    [entry_id] = rows.polled(stores, 1)
    assert stores.articles.pending_entries(rows.NOW, 10) == [
        types.EntryRecord(
            id=entry_id, feed_url=rows.FEED, outlet="The Paper", tier=types.Tier.PRESS, entry=rows.entry(1),
            step=types.Step.NEW, attempts=0, first_seen=rows.NOW, first_poll=True,
        )
    ]  # fmt: skip


def test_a_read_article_waits_for_the_ledger(stores: store.Stores) -> None:
    first, second = rows.polled(stores, 1, 2)
    stores.articles.record_read(first, rows.page(1), rows.NOW)
    assert ids(stores) == [second]
    assert stores.articles.count_pending() == {"new": 1, "read": 1}
    page = rows.page(1)
    assert stores.articles.unledgered(10) == [(first, page.article, page.reading)]
    assert stores.articles.article("a1") == (page.article, page.reading)
    assert stores.articles.article("a2") is None


def test_every_field_of_an_article_comes_back(stores: store.Stores) -> None:
    [entry_id] = rows.polled(stores, 1)
    full = rows.page(
        1, text='Line\r\n\t"quoted" \\ и ще 🕊', date_only=True, tier=types.Tier.OFFICIAL, language="uk", url=None,
        published=None,
    )  # fmt: skip
    stores.articles.record_read(entry_id, full, rows.NOW)
    assert stores.articles.article("a1") == (full.article, full.reading)


def test_bad_characters_keep_the_places_of_the_others(stores: store.Stores) -> None:
    [entry_id] = rows.polled(stores, 1)
    stores.articles.record_read(entry_id, rows.page(1, text=f"\x00\ud800{rows.EVIDENCE}"), rows.NOW)
    found = stores.articles.article("a1")
    assert found is not None
    assert found[0].text == f"\ufffd\ufffd{rows.EVIDENCE}"


def test_the_ledger_gets_articles_in_order_of_arrival(stores: store.Stores) -> None:
    for entry_id, number, arrived in zip(rows.polled(stores, 1, 2, 3), (1, 2, 3), (9, 5, 7), strict=True):
        stores.articles.record_read(entry_id, rows.page(number, arrived=rows.at(arrived)), rows.NOW)
    assert [article.id for _, article, _ in stores.articles.unledgered(10)] == ["a2", "a3", "a1"]
    assert [article.id for _, article, _ in stores.articles.unledgered(1)] == ["a2"]


def test_an_article_without_time_of_arrival_arrives_when_it_is_stored(stores: store.Stores) -> None:
    [entry_id] = rows.polled(stores, 1)
    stores.articles.record_read(entry_id, rows.page(1, arrived=None), rows.at(3))
    assert stores.articles.unledgered(1)[0][1].arrived == rows.at(3)


@pytest.mark.parametrize(
    ("page", "is_kept"),
    [
        (types.ReadPage(article=None, reading=None, reason="off topic (screen)"), False),
        (rows.page(1, relevant=False), True),
        (types.ReadPage(article=rows.article(1), reading=types.Reading(relevant=False, skipped="language")), True),
    ],
    ids=["no article", "off topic", "language"],
)
def test_what_needs_no_ledger_is_done_at_once(stores: store.Stores, page: types.ReadPage, is_kept: bool) -> None:
    [entry_id] = rows.polled(stores, 1)
    stores.articles.record_read(entry_id, page, rows.NOW)
    assert stores.articles.count_pending() == {"new": 0, "read": 0}
    assert stores.articles.unledgered(10) == []
    assert (stores.articles.article("a1") is not None) is is_kept


def test_reading_twice_stores_once(stores: store.Stores) -> None:
    [entry_id] = rows.polled(stores, 1)
    stores.articles.record_read(entry_id, rows.page(1), rows.NOW)
    stores.articles.record_read(entry_id, rows.page(1, text="other"), rows.NOW)
    stores.articles.record_read(99, rows.page(99), rows.NOW)
    assert [article.text for _, article, _ in stores.articles.unledgered(10)] == [rows.TEXT]


def test_an_article_that_cannot_be_stored_leaves_its_entry_new(stores: store.Stores) -> None:
    first, second = rows.polled(stores, 1, 2)
    stores.articles.record_read(first, rows.page(1), rows.NOW)
    with pytest.raises(errors.StoreError, match=r"(?i)unique"):
        stores.articles.record_read(second, rows.page(1), rows.NOW)
    assert ids(stores) == [second]


def test_failures_are_counted_until_given_up(stores: store.Stores) -> None:
    [entry_id] = rows.polled(stores, 1)
    stores.articles.record_entry_failure(entry_id, "no answer", retry_at=rows.at(2), now=rows.NOW)
    assert ids(stores, 1) == []
    [record] = stores.articles.pending_entries(rows.at(2), 10)
    assert record.attempts == 1
    stores.articles.record_entry_failure(entry_id, "not found", retry_at=None, now=rows.at(2))
    assert ids(stores, 9999) == []
    found = cast(Any, stores.articles.trace(str(entry_id)))
    assert (found["entry"]["step"], found["entry"]["reason"], found["entry"]["attempts"]) == ("failed", "not found", 2)


def test_a_late_failure_does_not_undo_a_reading(stores: store.Stores) -> None:
    [entry_id] = rows.read(stores, 1)
    stores.articles.record_entry_failure(entry_id, "no answer", retry_at=rows.at(2), now=rows.NOW)
    assert stores.articles.count_pending() == {"new": 0, "read": 1}


def test_what_was_read_is_counted_by_what_became_of_it(stores: store.Stores) -> None:
    entries = rows.polled(stores, *range(1, 8))
    skipped = types.Reading(relevant=False, skipped="language")
    pages = [
        rows.page(1),
        rows.page(2, relevant=False),
        types.ReadPage(article=None, reading=None, reason="off topic (screen); no answer"),
        types.ReadPage(article=rows.article(4), reading=skipped, reason="off topic"),
        types.ReadPage(article=None, reading=None, reason="the page gave no text"),
    ]
    for entry_id, page in zip(entries, pages, strict=False):
        stores.articles.record_read(entry_id, page, rows.NOW)
    stores.articles.record_entry_failure(entries[5], "not found", retry_at=None, now=rows.NOW)
    assert stores.articles.count_read(rows.at(-1)) == {
        "relevant": 1, "off topic": 2, "not read: language": 1, "no text": 1, "failed": 1, "waiting": 1,
    }  # fmt: skip
    assert stores.articles.count_read(rows.NOW) == {}


# ---------------------------------------------------------------- why


def test_why_tells_the_whole_way_by_any_name(stores: store.Stores) -> None:
    first, second = rows.read(stores, 1, 2)
    stores.ledger.record_step(first, rows.step("a1"), [rows.alert(1, development_id="D1")], rows.at(5))
    stores.outbox.claim_alerts(rows.at(5), 60, 1)
    stores.outbox.mark_sent("A-1", "77", rows.at(6))
    found = cast(Any, stores.articles.trace("a1"))
    assert found["kind"] == "article"
    assert found["entry"]["feed"] == rows.FEED
    assert (found["entry"]["step"], found["entry"]["first_seen"]) == ("done", rows.NOW.isoformat())
    assert found["article"]["title"] == "Title 1"
    assert found["article"]["published"] == rows.at(-60).isoformat()
    assert found["claims"][0]["evidence"] == rows.EVIDENCE
    assert found["held_back"][0]["reason"] == "same"
    assert found["developments"][0]["development"]["id"] == "D1"
    assert found["developments"][0]["alerts"][0]["state"] == "sent"
    for reference in (str(first), "https://paper.example/1"):
        assert stores.articles.trace(reference) == found
    assert cast(Any, stores.articles.trace(str(second)))["developments"] == []


def test_why_tells_a_development_by_its_id_or_an_alert_of_it(stores: store.Stores) -> None:
    [first] = rows.read(stores, 1)
    stores.ledger.record_step(first, rows.step("a1"), [rows.alert(1, development_id="D1")], rows.at(5))
    stores.outbox.add_alerts([rows.alert(2, kind=types.AlertKind.NOTICE)])
    found = cast(Any, stores.articles.trace("D1"))
    assert (found["kind"], found["development"]["new"]) == ("development", "pledged")
    assert found["articles"][0]["title"] == "Title 1"
    assert found["alerts"][0]["id"] == "A-1"
    assert stores.articles.trace("A-1") == found
    assert cast(Any, stores.articles.trace("A-2"))["alerts"][0]["kind"] == "notice"


@pytest.mark.parametrize(
    "reference", ["", "a", "a99", "99", "9" * 40, "D9", "nothing", "\ud800", "' OR 1=1 --"], ids=ascii
)
def test_why_knows_nothing_of_what_is_not_stored(stores: store.Stores, reference: str) -> None:
    rows.read(stores, 1)
    assert stores.articles.trace(reference) is None


def test_why_knows_a_source_whose_report_gave_way_to_others(stores: store.Stores) -> None:
    [first, second] = rows.read(stores, 1, 2)
    both = (rows.report("a1"), rows.report("a2"))
    stores.ledger.record_step(first, rows.step("a1"), [], rows.at(5))
    stores.ledger.record_step(second, rows.step("a2", changes=(rows.change(reports=both),)), [], rows.at(6))
    stores.ledger.record_step(None, rows.step("a3", changes=(rows.change(reports=both[:1]),)), [], rows.at(7))
    found = cast(Any, stores.articles.trace("a2"))
    assert found["claims"][0]["became"][0] == "development D1 (troops), as one source of many"
    assert cast(Any, stores.articles.trace("D1"))["articles_in_all"] == 2
