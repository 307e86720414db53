"""All stores over one open, migrated database."""

from dataclasses import dataclass

from storage import (
    articles,
    browsing,
    counting,
    database,
    feeds,
    ledger,
    meta,
    outbox,
    recipients,
    retention,
    waiting,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stores:
    """The stores of one installation."""

    feeds: feeds.SqlFeedStore
    articles: articles.SqlArticleStore
    ledger: ledger.SqlLedgerStore
    outbox: outbox.SqlOutbox
    recipients: recipients.SqlRecipients
    meta: meta.SqlMeta
    browsing: browsing.SqlBrowsing
    counting: counting.SqlCounting
    retention: retention.SqlRetention
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
        outbox=outbox.SqlOutbox(db),
        recipients=recipients.SqlRecipients(db),
        meta=meta.SqlMeta(db),
        browsing=browsing.SqlBrowsing(db),
        counting=counting.SqlCounting(db),
        retention=retention.SqlRetention(db),
        waiting=waiting.SqlWaiting(db),
        database=db,
    )
