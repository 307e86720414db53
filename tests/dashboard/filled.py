"""A ledger as the storyline leaves it, with its feed, articles and alerts: what the dashboard's tests look at."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path

import httpx

from alerts import policy
from app import replay
from app import settings as app_settings
from app.dashboard import application, context
from monitor import baseline, recipients, types, watch
from monitor.ledger import rules, state
from storage import store

STORYLINE = Path(__file__).parent.parent / "data" / "storyline"
FEED = types.Feed(url="https://example.org/storyline", title="Storyline", outlet="Example Wire", tier=types.Tier.WIRE)
TOLD = (
    recipients.Recipient(address="console", cap_per_hour=0),
    recipients.Recipient(address="email:somebody@example.org"),
)
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


@lru_cache(maxsize=1)
def load_watch() -> watch.Watch:
    return watch.load_watch()


def fill(stores: store.Stores) -> None:
    """Take the storyline, with its annotated claims, into the stores as the service would."""
    stores.feeds.sync_feeds([FEED])
    stores.ledger.seed_baseline(baseline.load_baseline(), datetime(2026, 1, 1, tzinfo=UTC))
    articles = [one for one in replay.load_articles([STORYLINE], lambda _: None) if one.gold is not None]
    ids = _bring_in(stores, articles)

    def record(_: state.LedgerState, step: types.LedgerStep) -> None:
        entry, now = ids[step.article_id]
        alerts = policy.plan_alerts(step, TOLD, now, silent=False)
        stores.ledger.record_step(entry, step, alerts, now)

    replay.replay(articles, None, load_watch(), rules.load_rules(), claims_from_gold=True, on_step=record)
    for alert in stores.outbox.claim_alerts(NOW, 60, 1000):
        stores.outbox.mark_sent(alert.id, None, alert.created_at + timedelta(seconds=4))
    stores.meta.set("last_cycle_at", (NOW - timedelta(seconds=20)).isoformat())


def _bring_in(stores: store.Stores, articles: list[replay.Archived]) -> dict[str, tuple[int, datetime]]:
    """Store feed entries and read pages; {article id: (entry id, when it came)}."""
    entries = tuple(
        types.Entry(
            key=one.article.id,
            url=one.article.url or f"https://example.org/{one.article.id}",
            title=one.article.title,
            content_key=one.article.id,
            published=one.article.published,
        )
        for one in articles
    )
    times = {one.article.id: one.moment or NOW for one in articles}
    made = types.FeedState(polled_at=NOW, ok_at=NOW, newest_entry_at=NOW, entries_seen=len(entries))
    stores.feeds.record_polls([types.PollOutcome(feed_url=FEED.url, state=made, entries=entries)], NOW)
    found: dict[str, tuple[int, datetime]] = {}
    by_id = {one.article.id: one for one in articles}
    for record in stores.articles.pending_entries(NOW, 1000):
        one = by_id[record.entry.key]
        stores.articles.record_read(record.id, types.ReadPage(article=one.article, reading=one.gold), NOW)
        found[record.entry.key] = (record.id, times[record.entry.key])
    return found


def around(stores: store.Stores, clock: Callable[[], datetime] = lambda: NOW, **settings: str) -> context.Context:
    """The dashboard's surroundings over these stores."""
    loaded = load_watch()
    return context.Context(
        stores=stores,
        names={actor.code: actor.name for actor in loaded.actors},
        countries=frozenset(actor.code for actor in loaded.actors if actor.kind == "country"),
        settings=app_settings.load_settings({f"CW_{name.upper()}": value for name, value in settings.items()}),
        clock=clock,
    )


def client_of(around: context.Context) -> httpx.AsyncClient:
    """A client that talks to the application in this process."""
    app = application.create_app(around)
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://localhost:8642")
