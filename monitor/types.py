"""The values that travel between the stages; frozen, keyword-only, aware UTC datetimes. No behaviour beyond checks.

Words are those of the README's vocabulary: feed, entry, article, outlet, origin, claim, position, development, alert.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum


def ensure_utc(moment: datetime) -> datetime:
    """Return `moment` in UTC; raises ValueError for a naive one."""
    if moment.tzinfo is None:
        raise ValueError(f"naive datetime: {moment!r}")
    return moment.astimezone(UTC)


class Tier(StrEnum):
    """How close an outlet is to the fact."""

    OFFICIAL = "official"  # a government, an institution
    WIRE = "wire"  # a news agency
    PRESS = "press"  # a newspaper or broadcaster with an editorial staff
    OTHER = "other"  # anything else


class Topic(StrEnum):
    """What a claim is about (the vocabulary of claims)."""

    MEMBERSHIP = "membership"
    TROOPS = "troops"
    BACKSTOP = "backstop"


class When(StrEnum):
    """A claim's time as the text gives it."""

    CURRENT = "current"  # news, or the position at publication
    PAST = "past"  # a recap


class Act(StrEnum):
    """What kind of act carries the claim."""

    STATEMENT = "statement"  # somebody says so
    DECISION = "decision"  # decided, signed, announced
    EVENT = "event"  # it happened (a meeting took place, a country joined)
    DENIAL = "denial"  # an office holder denies an earlier report
    CORRECTION = "correction"  # an outlet corrects itself
    RECAP = "recap"  # background, told again
    DRAFT = "draft"  # a draft or a leaked plan says so


class Grade(StrEnum):
    """How sure a development is."""

    REPORTED = "reported"  # one origin
    CONFIRMED = "confirmed"  # two independent origins or more
    OFFICIAL = "official"  # an official source, or the office holder quoted


class Step(StrEnum):
    """How far an entry has come; each step is stored before the next relies on it."""

    NEW = "new"  # announced by a feed; page not yet read
    READ = "read"  # text, relevance and claims stored; the ledger has not seen it
    DONE = "done"  # the ledger has taken it (or it needs none)
    FAILED = "failed"  # given up, with a reason


class DeliveryState(StrEnum):
    """The life of an alert row."""

    WAITING = "waiting"  # to be sent at or after not_before
    SENDING = "sending"  # claimed by a dispatcher until its lease ends
    SENT = "sent"  # the channel said so
    DEAD = "dead"  # permanently failed


class AlertKind(StrEnum):
    """What an alert tells."""

    NEW = "new"  # a development
    UPDATE = "update"  # its grade rose, sources joined
    TAKEN_BACK = "taken_back"  # it was taken back
    DISPUTED = "disputed"  # a contradiction arose
    SUMMARY = "summary"  # what the silent first poll brought
    DIGEST = "digest"  # the daily digest
    NOTICE = "notice"  # a word to the operator


# ---------------------------------------------------------------- acquisition


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """An address that is polled."""

    url: str
    title: str
    outlet: str
    tier: Tier
    language: str = "en"
    country: str | None = None
    interval_s: int = 900
    enabled: bool = True
    source: str | None = None  # where the address is known from
    kind: str = "feed"  # or "page": a web page without a feed, watched by its links
    ladder: str | None = None  # feeds of one ladder stand in for each other ...
    rung: int = 1  # ... a higher number is polled only while all lower ones fail


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedState:
    """What is remembered of a feed between polls. Times are aware UTC."""

    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    next_poll_at: datetime | None = None  # None: due now
    polled_at: datetime | None = None
    ok_at: datetime | None = None
    newest_entry_at: datetime | None = None
    failures: int = 0  # in a row
    last_error: str | None = None
    entries_seen: int = 0
    gone: bool = False  # 410: not polled any more
    gap_s: int | None = None  # between two entries, the median of the last ones: the feed's rhythm
    longest_gap_s: int | None = None
    ttl_s: int | None = None  # its own wish, from its last body
    skips: str | None = None
    warning: str | None = None  # read, but something is odd about it
    hub: str | None = None  # where it can be subscribed to (websub.py), as its last body said
    topic: str | None = None  # ... and by which address


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedRecord:
    """A stored feed with its state."""

    feed: Feed
    state: FeedState
    poll_url: str | None = None  # where a permanent redirect leads; the feed's own URL stays its identity


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchRequest:
    """One conditional GET."""

    url: str
    etag: str | None = None
    last_modified: str | None = None
    max_bytes: int = 5_000_000
    total_timeout_s: float = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """The answer to a FetchRequest: 200 with a body, or 304 without one. Everything else is a FetchError."""

    url: str  # as asked
    final_url: str  # after redirects
    status: int  # 200 or 304
    body: bytes = b""
    content_type: str = ""
    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None  # sha256 hex of the decoded body
    moved_permanently: bool = False
    headers: dict[str, str] = field(default_factory=dict)  # lower-case names


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One item of a feed, as announced."""

    key: str  # guid, else canonical URL, else content key: stable identity inside the feed
    url: str  # canonical
    title: str  # plain text
    summary: str = ""  # plain text
    published: datetime | None = None  # aware UTC
    updated: datetime | None = None
    content_key: str = ""  # hash of normalised title and summary: finds the same entry under a new GUID
    language: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedFeed:
    """What a feed's body holds."""

    title: str
    entries: tuple[Entry, ...]
    ttl_s: int | None = None
    language: str | None = None
    warning: str | None = None  # broken but usable
    skips: str | None = None  # hours (GMT) and days in which it wishes not to be asked: "0 1 saturday"
    is_page: bool = False  # a web page's links: undated by nature
    links: tuple[tuple[str, str], ...] = ()  # of the feed itself: (relation, address), hub and self


@dataclass(frozen=True, slots=True, kw_only=True)
class PollOutcome:
    """The result of one poll, to be stored in one transaction with the feed's new entries."""

    feed_url: str
    state: FeedState
    new_url: str | None = None  # a permanent redirect, to be stored
    entries: tuple[Entry, ...] = ()  # all entries of the body; the store keeps the unknown ones


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """An entry's text, read from its page; also what the interfaces `claims` and `replay` read."""

    id: str
    url: str | None
    outlet: str
    title: str
    text: str
    published: datetime | None  # aware UTC; a bare date is midnight UTC with date_only
    date_only: bool = False
    tier: Tier = Tier.PRESS
    arrived: datetime | None = None
    language: str | None = None
    via: str | None = None  # how it was come by, where not by the outlet's own feed and page


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryRecord:
    """A stored entry on its way."""

    id: int
    feed_url: str
    outlet: str
    tier: Tier
    entry: Entry
    step: Step
    attempts: int
    first_seen: datetime
    first_poll: bool  # came with the feed's first successful poll
    rung: int = 1  # of its feed, on the outlet's ladder


# ---------------------------------------------------------------- claims


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What one article says (claims vocabulary). `evidence` is text[start:end], letter for letter."""

    topic: Topic
    subject: str  # ISO 3166-1 alpha-2, EU, NATO, COALITION; US for backstop
    status: str
    evidence: str
    start: int
    end: int
    number: int | None = None
    number_max: int | None = None
    counts: str | None = None
    components: tuple[str, ...] = ()  # sorted
    when: When = When.CURRENT
    speaker: str | None = None
    origin: str | None = None
    optional: bool = False  # a case on which careful readers differ
    wording: str | None = None  # a US speaker's quoted phrase for the US part, verbatim
    act: Act = Act.STATEMENT
    rule: str = ""  # which rule made it
    why: tuple[str, ...] = ()  # the words that led to it
    said_at: datetime | None = None  # the claim's own mark of time, resolved
    official: bool = False  # the named office holder (or an official body) speaks for the subject
    in_passing: bool = False  # said in passing ("X, a member"): the event itself is not reported


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What the claim engine makes of one article."""

    relevant: bool
    claims: tuple[Claim, ...] = ()
    skipped: str | None = None  # e.g. "language"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadPage:
    """What a worker makes of a fetched page (screen, extract, claims), or why not."""

    article: Article | None
    reading: Reading | None
    reason: str | None = None  # off-topic, no text, language, ...


# ---------------------------------------------------------------- ledger


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One article's claim as the ledger keeps it: the evidence of a position or development."""

    article_id: str
    outlet: str
    tier: Tier
    origin: str  # whose report it is in truth: credited origin, else outlet
    url: str | None
    title: str
    published: datetime
    status: str
    evidence: str
    start: int
    end: int
    number: int | None = None
    number_max: int | None = None
    speaker: str | None = None
    official: bool = False
    copy_of: str | None = None  # article id of which this one is a copy
    document: str | None = None  # baseline: document name
    sha256: str | None = None  # baseline: document hash
    wording: str | None = None
    via: str | None = None  # how the article was come by, where not by the outlet's own feed


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """What the ledger holds to be true of (topic, subject, aspect)."""

    topic: Topic
    subject: str
    aspect: str  # troops | headcount:<counts> | force_size | membership | component | language | language:<speaker>
    status: str
    number: int | None = None
    number_max: int | None = None
    since: datetime
    grade: Grade = Grade.REPORTED
    reports: tuple[Report, ...] = ()
    development_id: str | None = None
    source: str = "news"  # baseline | news | hand

    @property
    def key(self) -> tuple[str, str, str]:
        """(topic, subject, aspect)."""
        return (str(self.topic), self.subject, self.aspect)


@dataclass(frozen=True, slots=True, kw_only=True)
class Development:
    """A change of a position: old -> new, with the reports that carry it."""

    id: str  # stable: derived from the raising article and the key
    topic: Topic
    subject: str
    aspect: str
    old: str | int | None
    new: str | int
    old_number: int | None = None
    new_number: int | None = None
    minor: bool
    grade_at_first: Grade
    grade: Grade
    disputed: bool = False
    taken_back: bool = False
    published: datetime  # of the raising article
    raised_at: datetime
    reports: tuple[Report, ...]  # the raising one first
    note: str = ""  # why disputed or taken back, in words
    wrong: bool = False  # an operator says that it should never have been told
    old_position: Position | None = None
    new_position: Position | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldBack:
    """A claim that made no development, and why."""

    article_id: str
    topic: Topic
    subject: str
    aspect: str
    status: str
    reason: str  # same | weaker | old | baseline | copy | optional | side | ...
    evidence: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DevelopmentChange:
    """A development that an article raised or altered."""

    kind: AlertKind  # NEW, UPDATE, DISPUTED, TAKEN_BACK
    development: Development  # as it is now
    grade_rose: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerStep:
    """All that one article does to the ledger; stored in one transaction."""

    article_id: str
    positions: tuple[Position, ...] = ()  # new or altered (by key)
    removed: tuple[tuple[str, str, str], ...] = ()  # keys that no longer hold (a first position taken back)
    changes: tuple[DevelopmentChange, ...] = ()
    held_back: tuple[HeldBack, ...] = ()
    sketch: tuple[int, ...] = ()  # near-duplicate sketch of the article
    copy_of: str | None = None
    recheck_at: datetime | None = None  # when its page is read again, as it carries a development


@dataclass(frozen=True, slots=True, kw_only=True)
class Recheck:
    """A page that carries a development and is to be read again."""

    article_id: str
    record: EntryRecord
    text: str  # as it was read last
    first_at: datetime  # when the development was raised
    done: int  # how often it has been read again


@dataclass(frozen=True, slots=True, kw_only=True)
class HandAct:
    """What an operator did to the ledger."""

    number: int = 0  # given when stored
    at: datetime
    kind: str  # set | wrong
    word: str  # what was done, in words
    step: LedgerStep
    undo: LedgerStep
    undone_at: datetime | None = None


# ---------------------------------------------------------------- alerts


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """A message to one recipient, as a row of the outbox."""

    id: str  # e.g. "A-1f3c"; visible to the reader
    recipient: str  # "console", "telegram:<chat>", "email:<address>"
    kind: AlertKind
    created_at: datetime
    development_id: str | None = None
    payload: dict[str, object] = field(default_factory=dict)  # JSON values
    not_before: datetime | None = None
    attempts: int = 0
    state: DeliveryState = DeliveryState.WAITING
    last_error: str | None = None
    message_ref: str | None = None  # the channel's own id of the message once sent


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedHealth:
    """A count for digests and boards."""

    healthy: int
    total: int
    stale: tuple[str, ...] = ()  # titles of feeds that fail or are late


Steps = tuple[int, int]  # the ledger steps low < step <= high


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestWindow:
    """What one digest to a recipient tells of."""

    local_date: date
    since: datetime
    until: datetime
    steps: tuple[Steps, ...]
    is_dead: bool = False  # given up: nobody was told


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestChange:
    """A development in a digest, as it stands when that is written."""

    development: Development
    is_new: bool  # raised in the window; else raised before and altered in it
