"""Builders for what the stores take: small values with a meaning, made up."""

from datetime import UTC, datetime, timedelta

from monitor import types
from storage import store

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
FEED = "https://paper.example/feed"


def at(minutes: float) -> datetime:
    """A time so many minutes after NOW."""
    return NOW + timedelta(minutes=minutes)


def feed(url: str = FEED, **fields: object) -> types.Feed:
    values: dict[str, object] = {"title": "Paper", "outlet": "The Paper", "tier": types.Tier.PRESS}
    return types.Feed(url=url, **(values | fields))  # type: ignore[arg-type]


def entry(number: int, **fields: object) -> types.Entry:
    values: dict[str, object] = {
        "key": f"guid-{number}",
        "url": f"https://paper.example/{number}",
        "title": f"Title {number}",
        "content_key": f"content-{number}",
        "published": at(-60),
    }
    return types.Entry(**(values | fields))  # type: ignore[arg-type]


def outcome(*entries: types.Entry, url: str = FEED, **fields: object) -> types.PollOutcome:
    state = types.FeedState(polled_at=NOW, ok_at=NOW, next_poll_at=at(15))
    return types.PollOutcome(feed_url=url, entries=entries, **({"state": state} | fields))  # type: ignore[arg-type]


TEXT = "Ruritania will send troops.\n\nIts minister said so."
EVIDENCE = "Ruritania will send troops."


def claim(**fields: object) -> types.Claim:
    values: dict[str, object] = {
        "topic": types.Topic.TROOPS,
        "subject": "DK",
        "status": "pledged",
        "evidence": EVIDENCE,
        "start": 0,
        "end": len(EVIDENCE),
    }
    return types.Claim(**(values | fields))  # type: ignore[arg-type]


def article(number: int, **fields: object) -> types.Article:
    values: dict[str, object] = {
        "id": f"a{number}",
        "url": f"https://paper.example/{number}",
        "outlet": "The Paper",
        "title": f"Title {number}",
        "text": TEXT,
        "published": at(-60),
        "arrived": at(number),
    }
    return types.Article(**(values | fields))  # type: ignore[arg-type]


def page(number: int, *, relevant: bool = True, **fields: object) -> types.ReadPage:
    reading = types.Reading(relevant=relevant, claims=(claim(),) if relevant else ())
    return types.ReadPage(article=article(number, **fields), reading=reading, reason=None if relevant else "off topic")


def report(article_id: str = "a1", **fields: object) -> types.Report:
    values: dict[str, object] = {
        "outlet": "The Paper",
        "tier": types.Tier.PRESS,
        "origin": "The Paper",
        "url": None,
        "title": "Title",
        "published": NOW,
        "status": "pledged",
        "evidence": EVIDENCE,
        "start": 0,
        "end": len(EVIDENCE),
    }
    return types.Report(article_id=article_id, **(values | fields))  # type: ignore[arg-type]


def position(status: str = "pledged", subject: str = "DK", **fields: object) -> types.Position:
    values: dict[str, object] = {"topic": types.Topic.TROOPS, "aspect": "troops", "since": NOW, "reports": (report(),)}
    return types.Position(subject=subject, status=status, **(values | fields))  # type: ignore[arg-type]


def development(name: str = "D1", **fields: object) -> types.Development:
    values: dict[str, object] = {
        "topic": types.Topic.TROOPS,
        "subject": "DK",
        "aspect": "troops",
        "old": "open",
        "new": "pledged",
        "minor": False,
        "grade_at_first": types.Grade.REPORTED,
        "grade": types.Grade.REPORTED,
        "published": NOW,
        "raised_at": NOW,
        "reports": (report(),),
    }
    return types.Development(id=name, **(values | fields))  # type: ignore[arg-type]


def change(name: str = "D1", **fields: object) -> types.DevelopmentChange:
    return types.DevelopmentChange(kind=types.AlertKind.NEW, development=development(name, **fields))


def alert(number: int, **fields: object) -> types.Alert:
    values: dict[str, object] = {"recipient": "console", "kind": types.AlertKind.NEW, "created_at": NOW}
    return types.Alert(id=f"A-{number}", **(values | fields))  # type: ignore[arg-type]


def digest(number: int, recipient: str, until: datetime) -> types.Alert:
    return alert(number, recipient=recipient, kind=types.AlertKind.DIGEST, payload={"until": until.isoformat()})


def step(article_id: str = "a1", **fields: object) -> types.LedgerStep:
    values: dict[str, object] = {
        "positions": (position(),),
        "changes": (change(),),
        "held_back": (
            types.HeldBack(
                article_id=article_id,
                topic=types.Topic.TROOPS,
                subject="GB",
                aspect="troops",
                status="pledged",
                reason="same",
            ),
        ),
        "sketch": tuple(range(4_294_967_248, 4_294_967_296)),
    }
    return types.LedgerStep(article_id=article_id, **(values | fields))  # type: ignore[arg-type]


def polled(stores: store.Stores, *numbers: int) -> list[int]:
    """Store a feed and entries; return the entries' ids."""
    stores.feeds.sync_feeds([feed()])
    stores.feeds.record_poll(outcome(*(entry(number) for number in numbers)), NOW)
    return [record.id for record in stores.articles.pending_entries(NOW, 100)]


def read(stores: store.Stores, *numbers: int) -> list[int]:
    """Store a feed, entries and their articles; return the entries' ids."""
    ids = polled(stores, *numbers)
    for entry_id, number in zip(ids, numbers, strict=True):
        stores.articles.record_read(entry_id, page(number), at(number))
    return ids
