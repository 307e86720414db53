"""Builders for what the stores take: small values with a meaning, made up."""

from datetime import UTC, datetime, timedelta
from typing import Any

from monitor import recipients, types, websub
from storage import store

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
FEED = "https://paper.example/feed"


def at(minutes: float) -> datetime:
    """A time so many minutes after NOW."""
    return NOW + timedelta(minutes=minutes)


def feed(url: str = FEED, **fields: Any) -> types.Feed:
    values: dict[str, Any] = {"title": "Paper", "outlet": "The Paper", "tier": types.Tier.PRESS}
    return types.Feed(url=url, **(values | fields))


def entry(number: int, **fields: Any) -> types.Entry:
    values: dict[str, Any] = {
        "key": f"guid-{number}",
        "url": f"https://paper.example/{number}",
        "title": f"Title {number}",
        "content_key": f"content-{number}",
        "published": at(-60),
    }
    return types.Entry(**(values | fields))


def outcome(*entries: types.Entry, url: str = FEED, **fields: Any) -> types.PollOutcome:
    state = types.FeedState(polled_at=NOW, ok_at=NOW, next_poll_at=at(15))
    return types.PollOutcome(feed_url=url, entries=entries, **({"state": state} | fields))


def record(stores: store.Stores, outcome: types.PollOutcome, now: datetime) -> int:
    """Store one poll; how many of its entries were new."""
    return stores.feeds.record_polls([outcome], now)[0]


def subscription(**fields: Any) -> websub.Subscription:
    values: dict[str, Any] = {
        "feed_url": FEED, "hub": "https://hub.example/", "topic": FEED, "callback": "https://watch.example/hub/path",
        "path": "path", "secret": "secret", "next_at": at(10),
    }  # fmt: skip
    return websub.Subscription(**(values | fields))


TEXT = "Ruritania will send troops.\n\nIts minister said so."
EVIDENCE = "Ruritania will send troops."


def claim(**fields: Any) -> types.Claim:
    values: dict[str, Any] = {
        "topic": types.Topic.TROOPS,
        "subject": "DK",
        "status": "pledged",
        "evidence": EVIDENCE,
        "start": 0,
        "end": len(EVIDENCE),
    }
    return types.Claim(**(values | fields))


def article(number: int, **fields: Any) -> types.Article:
    values: dict[str, Any] = {
        "id": f"a{number}",
        "url": f"https://paper.example/{number}",
        "outlet": "The Paper",
        "title": f"Title {number}",
        "text": TEXT,
        "published": at(-60),
        "arrived": at(number),
    }
    return types.Article(**(values | fields))


def page(number: int, *, relevant: bool = True, **fields: Any) -> types.ReadPage:
    reading = types.Reading(relevant=relevant, claims=(claim(),) if relevant else ())
    return types.ReadPage(article=article(number, **fields), reading=reading, reason=None if relevant else "off topic")


def report(article_id: str = "a1", **fields: Any) -> types.Report:
    values: dict[str, Any] = {
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
    return types.Report(article_id=article_id, **(values | fields))


def position(status: str = "pledged", subject: str = "DK", **fields: Any) -> types.Position:
    values: dict[str, Any] = {"topic": types.Topic.TROOPS, "aspect": "troops", "since": NOW, "reports": (report(),)}
    return types.Position(subject=subject, status=status, **(values | fields))


def development(name: str = "D1", **fields: Any) -> types.Development:
    values: dict[str, Any] = {
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
    return types.Development(id=name, **(values | fields))


def change(name: str = "D1", **fields: Any) -> types.DevelopmentChange:
    return types.DevelopmentChange(kind=types.AlertKind.NEW, development=development(name, **fields))


def alert(number: int, **fields: Any) -> types.Alert:
    values: dict[str, Any] = {"recipient": "console", "kind": types.AlertKind.NEW, "created_at": NOW}
    return types.Alert(id=f"A-{number}", **(values | fields))


def digest(number: int, recipient: str, until: datetime) -> types.Alert:
    return alert(number, recipient=recipient, kind=types.AlertKind.DIGEST, payload={"until": until.isoformat()})


def reader(address: str = "telegram:1", **fields: Any) -> recipients.Recipient:
    return recipients.Recipient(address=address, **fields)


def feedback(sender: str = "telegram:1", **fields: Any) -> recipients.Feedback:
    values: dict[str, Any] = {"development_id": "D1", "recipient": "telegram:-5", "at": NOW}
    return recipients.Feedback(sender=sender, **(values | fields))


def hand_act() -> types.HandAct:
    return types.HandAct(at=NOW, kind="set", word="DK pledged", step=step(changes=()), undo=step(positions=()))


def step(article_id: str = "a1", **fields: Any) -> types.LedgerStep:
    values: dict[str, Any] = {
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
    return types.LedgerStep(article_id=article_id, **(values | fields))


def polled(stores: store.Stores, *numbers: int) -> list[int]:
    """Store a feed and entries; return the entries' ids."""
    stores.feeds.sync_feeds([feed()])
    record(stores, outcome(*(entry(number) for number in numbers)), NOW)
    return [record.id for record in stores.articles.pending_entries(NOW, 100)]


def read(stores: store.Stores, *numbers: int) -> list[int]:
    """Store a feed, entries and their articles; return the entries' ids."""
    ids = polled(stores, *numbers)
    for entry_id, number in zip(ids, numbers, strict=True):
        stores.articles.record_read(entry_id, page(number), at(number))
    return ids
