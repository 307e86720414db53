"""Feeds and what was held back, as values. Records in, lines out; pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from alerts import markup, redact, words
from app.dashboard import labels
from monitor import schedule, types
from storage import behind

REASONS = {
    "same": "says what is held already",
    "weaker": "says less than what is held",
    "baseline": "retells what was known before the first poll",
    "old": "older than what is held",
    "past": "told as the past",
    "copy": "a copy of a text that is counted already",
    "optional": "careful readers differ on it",
    "beside": "kept beside the position",
    "disputed": "contradicts a position; both are shown",
    "denial": "a denial; the claim before was taken back",
    "known": "a value that was held before",
    "rounded": "a round figure near the one that is held",
    "side": "kept beside the position",
}
_QUIET = 4  # times its usual pause without an entry: a gap
_LEAST_QUIET = timedelta(hours=36)


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedLine:
    """One feed."""

    title: str
    url: str | None
    outlet: str
    tier: str
    state: str  # healthy | failing | gone | waiting | off
    sign: str
    rhythm: str
    newest: datetime | None
    ok: datetime | None
    gap: str
    error: str
    entries: int
    share: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldLine:
    """One claim that made no development."""

    who: str
    what: str
    says: str
    reason: str
    reason_words: str
    quote: str
    title: str
    url: str | None
    outlet: str
    at: datetime


_SIGNS = {"healthy": "●", "failing": "✕", "gone": "✕", "waiting": "○", "off": "–"}
_ORDER = ("gone", "failing", "waiting", "healthy", "off")


def to_feeds(
    records: Sequence[types.FeedRecord], yields: Mapping[str, behind.Yield], now: datetime
) -> tuple[FeedLine, ...]:
    """All feeds, those in trouble first."""
    lines = [_to_feed(record, yields.get(record.feed.url), now) for record in records]
    return tuple(sorted(lines, key=lambda line: (_ORDER.index(line.state), line.outlet.casefold(), line.title)))


def _to_feed(record: types.FeedRecord, brought: behind.Yield | None, now: datetime) -> FeedLine:
    feed, state = record.feed, record.state
    pause = _pause(brought)
    newest = state.newest_entry_at
    silence = now - newest if newest else None
    is_gap = silence is not None and pause is not None and silence > max(pause * _QUIET, _LEAST_QUIET)
    word = _state(record, now)
    return FeedLine(
        title=labels.plain(feed.title, 80),
        url=markup.safe_url(feed.url),
        outlet=labels.plain(feed.outlet, 60),
        tier=words.TIERS.get(str(feed.tier), "other source"),
        state=word,
        sign=_SIGNS[word],
        rhythm=f"an entry every {span_words(pause)}" if pause else "",
        newest=newest,
        ok=state.ok_at,
        gap=f"silent for {span_words(silence)}" if is_gap and silence else "",
        error=_trouble(word, state, now),
        entries=state.entries_seen,
        share=_share(brought),
    )


def _trouble(word: str, state: types.FeedState, now: datetime) -> str:
    """Why it is not well: what its server said last, or for how long nobody has read it."""
    if state.failures or state.gone:
        return labels.plain(redact.redact(state.last_error or ""), 200)
    return f"not read for {span_words(now - state.ok_at)}" if word == "failing" and state.ok_at else ""


def _state(record: types.FeedRecord, now: datetime) -> str:
    if not record.feed.enabled:
        return "off"
    if record.state.gone:
        return "gone"
    if record.state.failures or schedule.is_stale(record, now):
        return "failing"
    return "healthy" if record.state.ok_at else "waiting"


def _pause(brought: behind.Yield | None) -> timedelta | None:
    if brought is None or brought.entries < 2 or brought.first is None or brought.last is None:
        return None
    pause = (brought.last - brought.first) / (brought.entries - 1)
    return pause if pause > timedelta(seconds=30) else None  # all at once, as with a first poll, is no rhythm


def _share(brought: behind.Yield | None) -> str:
    if brought is None or not brought.entries:
        return ""
    return f"{brought.relevant / brought.entries:.0%} of {brought.entries:,}"


def span_words(span: timedelta) -> str:
    """A length of time in one unit."""
    seconds = span.total_seconds()
    for size, word in ((86_400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= 1.5 * size:
            return f"{seconds / size:.0f} {word}s"
    return "minute" if seconds >= 45 else f"{seconds:.0f} seconds"


def to_held(kept: Sequence[behind.Kept], names: Mapping[str, str]) -> tuple[HeldLine, ...]:
    """Claims that made no development."""
    return tuple(
        HeldLine(
            who=labels.plain(words.name_of(one.held.subject, names), 60),
            what=labels.plain(words.aspect_words(str(one.held.topic), one.held.aspect), 100),
            says=_says(one.held),
            reason=labels.plain(one.held.reason, 40),
            reason_words=reason_words(one.held.reason),
            quote=labels.plain(one.held.evidence, 300),
            title=labels.plain(one.title, 200),
            url=markup.safe_url(one.url),
            outlet=labels.plain(one.outlet, 60),
            at=one.at,
        )
        for one in kept
    )


def _says(held: types.HeldBack) -> str:
    if held.status == "headcount":
        return "a count"
    return labels.plain(words.status_words(str(held.topic), held.status), 200)


def reason_words(reason: str) -> str:
    """A reason in words; one that is not in the table shows as itself."""
    base = reason.partition(":")[0].strip()
    return REASONS.get(base) or labels.plain(reason.replace("_", " "), 60)
