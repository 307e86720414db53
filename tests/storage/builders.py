"""Values for the stores' tests: each with what the tests don't care about filled in."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from monitor import types
from storage import store

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
FEED = "https://example.org/feed"


def minutes(count: float) -> datetime:
    """NOW and some minutes."""
    return NOW + timedelta(minutes=count)


def _any(defaults: dict[str, Any]) -> dict[str, Any]:
    """Field values of many types, to be unpacked into a constructor."""
    return defaults


def feed(url: str = FEED, **fields: Any) -> types.Feed:
    return types.Feed(**_any({"url": url, "title": "Feed", "outlet": "Outlet", "tier": types.Tier.PRESS}) | fields)


def entry(number: int = 1, **fields: Any) -> types.Entry:
    return types.Entry(
        **_any(
            {
                "key": f"key-{number}",
                "url": f"https://example.org/{number}",
                "title": f"Title {number}",
                "content_key": f"content-{number}",
                "published": minutes(number),
            }
        )
        | fields
    )


def outcome(*entries: types.Entry, url: str = FEED, new_url: str | None = None, **state: Any) -> types.PollOutcome:
    fields = _any({"polled_at": NOW, "ok_at": NOW}) | state
    return types.PollOutcome(feed_url=url, state=types.FeedState(**fields), new_url=new_url, entries=entries)


def claim(**fields: Any) -> types.Claim:
    return types.Claim(
        **_any(
            {
                "topic": types.Topic.TROOPS,
                "subject": "DK",
                "status": "pledged",
                "evidence": "Denmark will send",
                "start": 0,
                "end": 17,
                "number": 300,
            }
        )
        | fields
    )


def article(number: int = 1, **fields: Any) -> types.Article:
    return types.Article(
        **_any(
            {
                "id": f"a{number}",
                "url": f"https://example.org/{number}",
                "outlet": "Outlet",
                "title": f"Title {number}",
                "text": "Denmark will send 300 soldiers.",
                "published": minutes(number),
                "arrived": minutes(number),
            }
        )
        | fields
    )


def page(number: int = 1, *, relevant: bool = True, **fields: Any) -> types.ReadPage:
    return types.ReadPage(
        article=article(number, **fields),
        reading=types.Reading(relevant=relevant, claims=(claim(),) if relevant else ()),
        reason=None if relevant else "off topic",
    )


def report(article_id: str = "a1", **fields: Any) -> types.Report:
    return types.Report(
        **_any(
            {
                "article_id": article_id,
                "outlet": "Outlet",
                "tier": types.Tier.PRESS,
                "origin": "Outlet",
                "url": None,
                "title": "Title",
                "published": NOW,
                "status": "pledged",
                "evidence": "Denmark will send",
                "start": 0,
                "end": 17,
            }
        )
        | fields
    )


def position(**fields: Any) -> types.Position:
    return types.Position(
        **_any(
            {
                "topic": types.Topic.TROOPS,
                "subject": "DK",
                "aspect": "troops",
                "status": "pledged",
                "since": NOW,
                "reports": (report(),),
            }
        )
        | fields
    )


def development(identity: str = "D1", **fields: Any) -> types.Development:
    return types.Development(
        **_any(
            {
                "id": identity,
                "topic": types.Topic.TROOPS,
                "subject": "DK",
                "aspect": "troops",
                "old": None,
                "new": "pledged",
                "new_number": 300,
                "minor": False,
                "grade_at_first": types.Grade.REPORTED,
                "grade": types.Grade.REPORTED,
                "published": NOW,
                "raised_at": NOW,
                "reports": (report(),),
                "new_position": position(),
            }
        )
        | fields
    )


def held(reason: str = "same", article_id: str = "a1") -> types.HeldBack:
    return types.HeldBack(
        article_id=article_id,
        topic=types.Topic.TROOPS,
        subject="DK",
        aspect="troops",
        status="pledged",
        reason=reason,
    )


def step(article_id: str = "a1", **fields: Any) -> types.LedgerStep:
    made = development()
    full = _any(
        {
            "positions": (position(development_id=made.id),),
            "changes": (types.DevelopmentChange(kind=types.AlertKind.NEW, development=made),),
            "held_back": (held(),),
            "sketch": (1, 2, 3, 4, 5),
        }
    )
    return types.LedgerStep(**{"article_id": article_id} | full | fields)


def alert(identity: str = "A-1", **fields: Any) -> types.Alert:
    return types.Alert(
        **_any(
            {
                "id": identity,
                "recipient": "console",
                "kind": types.AlertKind.NEW,
                "created_at": NOW,
                "development_id": "D1",
                "payload": {"grade": "reported", "words": ["“x”", 1, None]},
            }
        )
        | fields
    )


def digest(identity: str, recipient: str = "email:a@example.org", until: datetime = NOW) -> types.Alert:
    window = {"since": (until - timedelta(days=1)).isoformat(), "until": until.isoformat()}
    base = alert(identity, recipient=recipient, kind=types.AlertKind.DIGEST, payload=dict(window))
    return replace(base, development_id=None, created_at=until)


def bring_in(stores: store.Stores, *numbers: int) -> list[int]:
    """Poll a feed that announces these entries; return the ids of the entries that wait."""
    stores.feeds.sync_feeds([feed()])
    stores.feeds.record_polls([outcome(*(entry(number) for number in numbers))], NOW)
    return [record.id for record in stores.articles.pending_entries(NOW, 100)]
