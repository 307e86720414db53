"""All stores over one open, migrated database."""

from dataclasses import dataclass

from storage import (
    articles,
    behind,
    browsing,
    by_hand,
    counting,
    database,
    digests,
    feeds,
    ledger,
    meta,
    outbox,
    rechecks,
    recipients,
    retention,
    searching,
    subscriptions,
    waiting,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stores:
    """The stores of one installation."""

    feeds: feeds.SqlFeedStore
    articles: articles.SqlArticleStore
    ledger: ledger.SqlLedgerStore
    by_hand: by_hand.SqlHandActs
    outbox: outbox.SqlOutbox
    digests: digests.SqlDigests
    rechecks: rechecks.SqlRechecks
    recipients: recipients.SqlRecipients
    meta: meta.SqlMeta
    behind: behind.SqlBehind
    browsing: browsing.SqlBrowsing
    counting: counting.SqlCounting
    retention: retention.SqlRetention
    searching: searching.SqlSearching
    subscriptions: subscriptions.SqlSubscriptions
    waiting: waiting.SqlWaiting
    database: database.Database


def open_stores(url: str, *, busy_timeout_ms: int = database.BUSY_TIMEOUT_MS) -> Stores:
    """Open and migrate the database; raises errors.StoreError."""
    db = database.open_database(url, busy_timeout_ms=busy_timeout_ms)
    try:
        db.migrate()
    except BaseException:
        db.close()
        raise
    return Stores(
        feeds=feeds.SqlFeedStore(db),
        articles=articles.SqlArticleStore(db),
        ledger=ledger.SqlLedgerStore(db),
        by_hand=by_hand.SqlHandActs(db),
        outbox=outbox.SqlOutbox(db),
        digests=digests.SqlDigests(db),
        rechecks=rechecks.SqlRechecks(db),
        recipients=recipients.SqlRecipients(db),
        meta=meta.SqlMeta(db),
        behind=behind.SqlBehind(db),
        browsing=browsing.SqlBrowsing(db),
        counting=counting.SqlCounting(db),
        retention=retention.SqlRetention(db),
        searching=searching.SqlSearching(db),
        subscriptions=subscriptions.SqlSubscriptions(db),
        waiting=waiting.SqlWaiting(db),
        database=db,
    )
