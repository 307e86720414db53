"""WebSub (W3C Recommendation of 23 January 2018): what a subscriber says, believes and remembers. Pure.

A hub's word is a hint that a feed has news; the feed is then polled as ever. What the hub sends is never parsed, so a
hub can bring in nothing that the feed's own server does not say.
"""

import hashlib
import hmac
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import urlsplit

from monitor import types, urls

LEASE_S = 10 * 24 * 3600  # asked for; the hub decides (section 5.1)
HINT_PAUSE = timedelta(seconds=10)  # a hub that never stops makes no feed be asked more often
_LEASES_S = (300, 90 * 24 * 3600)  # what is believed of a hub's own word
_FIRST_RETRY, _LONGEST_RETRY = timedelta(minutes=10), timedelta(days=1)
_MOST_TRIES_TO_END = 3  # then the hub is left to find out by the lease or by a 404
_LINK = re.compile(r"<([^<>\s]{1,2000})>((?:\s*;\s*[\w*-]{1,30}\s*=\s*(?:\"[^\"]{0,500}\"|[^;,\"\s]{0,500})){1,20})")
_REL = re.compile(r";\s*rel\s*=\s*(?:\"([^\"]*)\"|([^;,\"\s]*))", re.IGNORECASE)
# Section 7.1.1 names them; SHA-1 is what older hubs still send, and as an HMAC it holds.
_DIGESTS = {"sha1": hashlib.sha1, "sha256": hashlib.sha256, "sha384": hashlib.sha384, "sha512": hashlib.sha512}


class Step(StrEnum):
    """Where a subscription stands."""

    ASKED = "asked"  # for; the hub has not come to verify it yet
    ACTIVE = "active"
    ENDING = "ending"  # no longer wanted; the hub is told


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """One feed's subscription at its hub. `path` and `secret` are random, of this subscription alone: whoever learns
    them can make one feed be polled a little earlier."""

    feed_url: str
    hub: str
    topic: str
    callback: str  # the whole address, ending with the path
    path: str
    secret: str
    next_at: datetime  # when the hub is asked (again)
    step: Step = Step.ASKED
    lease_until: datetime | None = None
    failures: int = 0  # tries in a row that the hub has not verified
    last_error: str | None = None
    hinted_at: datetime | None = None

    @property
    def mode(self) -> str:
        """What is asked of the hub, and expected of its verification."""
        return "unsubscribe" if self.step is Step.ENDING else "subscribe"

    @property
    def is_given_up(self) -> bool:
        """Whether an end that the hub does not confirm is left at that."""
        return self.step is Step.ENDING and self.failures >= _MOST_TRIES_TO_END


def find_hub(headers: Mapping[str, str], links: Iterable[tuple[str, str]], feed_url: str) -> tuple[str, str] | None:
    """(hub, topic) where header (it goes first, section 4) or document offer a hub; None where none can be used.

    `headers` have lower-case names; `links` are the document's (relation, address).
    """
    told = [(rel, match[1]) for match in _LINK.finditer(headers.get("link", "")[:20_000]) for rel in _rels(match[2])]
    offers = [*told, *links]
    hub = next((url for rel, url in offers if rel == "hub" and _is_plain(url)), None)
    if hub is None:
        return None
    return hub, next((url for rel, url in offers if rel == "self" and _is_plain(url)), feed_url)


def _rels(parameters: str) -> list[str]:
    match = _REL.search(parameters)
    return (match[1] or match[2] or "").lower().split() if match else []


def _is_plain(url: str) -> bool:
    """A web address without a login: a feed has no say in what this program logs in as."""
    return urls.is_web_url(url) and "@" not in urlsplit(url).netloc


def wanted(records: Iterable[types.FeedRecord]) -> dict[str, tuple[str, str]]:
    """{feed's address: (hub, topic)} of the feeds that are polled and offer a hub."""
    return {
        one.feed.url: (one.state.hub, one.state.topic or one.feed.url)
        for one in records
        if one.state.hub and one.feed.enabled and not one.state.gone
    }


def to_form(held: Subscription) -> dict[str, str]:
    """The request to the hub (section 5.1)."""
    form = {"hub.mode": held.mode, "hub.topic": held.topic, "hub.callback": held.callback}
    if held.step is Step.ENDING:
        return form
    return form | {"hub.secret": held.secret, "hub.lease_seconds": str(LEASE_S)}


def tried(held: Subscription, now: datetime) -> Subscription:
    """The subscription as it is before the hub is asked: without a verification it is asked again, less and less often.
    A lease that still runs is kept."""
    pause: timedelta = min(_FIRST_RETRY * 2 ** min(held.failures, 10), _LONGEST_RETRY)
    return replace(held, failures=held.failures + 1, next_at=now + pause)


def verified(held: Subscription, lease_s: int, now: datetime) -> Subscription:
    """The subscription once the hub has verified it; renewed when three quarters of the lease are over."""
    lease = timedelta(seconds=max(_LEASES_S[0], min(lease_s, _LEASES_S[1])))
    return replace(
        held, step=Step.ACTIVE, lease_until=now + lease, next_at=now + lease * 0.75, failures=0, last_error=None
    )


def is_signed(secret: str, header: str, body: bytes) -> bool:
    """Whether X-Hub-Signature (`sha256=<hex>`) is the HMAC of the body (section 7.1)."""
    name, _, given = header.strip().partition("=")
    digest = _DIGESTS.get(name.lower())
    if digest is None:
        return False
    expected = hmac.new(secret.encode(), body, digest).hexdigest()
    return hmac.compare_digest(expected.encode(), given.strip().lower().encode())
