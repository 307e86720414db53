"""When a feed is asked again, and how well it does. Pure: the clock and the jitter (-1 to 1) are arguments.

The interval follows the feed's own rhythm within bounds around the listed one, and the wishes of feed and server up to
an hour. Back-off doubles from the interval to a cap, obeys Retry-After, and ends with a 410.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from monitor import errors, rhythm, types, websub

_JITTER = 0.1  # share of a pause
_LONGEST_BACKOFF = timedelta(hours=6)
_LONGEST_RETRY_AFTER = timedelta(hours=24)
_LONGEST_WISH = timedelta(hours=1)  # ttl and caching headers are heeded so far; news must not wait a day
_OFFLINE_PAUSE = timedelta(minutes=2)
_SHORTEST_PAUSE = timedelta(seconds=10)
# When a page that carries a development is read again, counted from the development: most corrections come on the first
# day.
_RECHECKS = (timedelta(hours=1), timedelta(hours=4), timedelta(hours=12), timedelta(hours=24), timedelta(hours=48))
_FASTER, _SLOWER = 3, 2  # a feed is asked up to 3 times as often as listed, or half as often
_ASKS_A_GAP = 2  # polls between two entries
_FAILURES_TO_STALE = 3
_LATE_INTERVALS = 3
_LATE_AT_LEAST = timedelta(hours=1)
_SILENT_GAPS = 3  # of its longest usual pauses
_SILENT_AT_LEAST = timedelta(hours=12)


def next_state_ok(
    feed: types.Feed,
    state: types.FeedState,
    fetched: types.Fetched,
    parsed: types.ParsedFeed | None,
    now: datetime,
    jitter: float,
) -> types.FeedState:
    """The state after a good poll; `parsed` is None where the body was not new."""
    is_unmodified = fetched.status == 304
    held = replace(
        _learned(state, fetched, parsed, now) if parsed is not None else state,
        etag=fetched.etag or (state.etag if is_unmodified else None),
        last_modified=fetched.last_modified or (state.last_modified if is_unmodified else None),
        body_hash=fetched.body_hash or state.body_hash,
        polled_at=now,
        ok_at=now,
        failures=0,
        last_error=None,
        gone=False,
    )
    pause = max(interval(feed, held), _wish(held, fetched))
    return replace(held, next_poll_at=rhythm.after_skips(now + _jittered(pause, jitter), held.skips))


def _learned(
    state: types.FeedState, fetched: types.Fetched, parsed: types.ParsedFeed, now: datetime
) -> types.FeedState:
    """The state with what a new body says of the feed itself."""
    hub, topic = websub.find_hub(fetched.headers, parsed.links, fetched.final_url) or (None, None)
    dates = [entry.published for entry in parsed.entries if entry.published is not None and entry.published <= now]
    newest = [*dates, *([state.newest_entry_at] if state.newest_entry_at else [])]
    median, longest = rhythm.gaps(dates) or (state.gap_s, state.longest_gap_s)
    return replace(
        state,
        newest_entry_at=max(newest) if newest else None,
        entries_seen=max(state.entries_seen, len(parsed.entries)),
        gap_s=median,
        longest_gap_s=longest,
        ttl_s=parsed.ttl_s,
        skips=parsed.skips,
        warning=oddity(parsed),
        hub=hub,
        topic=topic,
    )


def next_recheck(first_at: datetime, now: datetime) -> datetime | None:
    """When a page that carried a development at `first_at` is read again; None: no more. Missed turns stay missed."""
    return next((first_at + pause for pause in _RECHECKS if first_at + pause > now), None)


def oddity(parsed: types.ParsedFeed) -> str | None:
    """What is odd about a feed that could be read: broken, empty, undated."""
    if parsed.warning:
        return parsed.warning
    if not parsed.entries:
        return "no entries"
    if parsed.is_page:
        return None
    return None if any(entry.published for entry in parsed.entries) else "no dates on its entries"


def next_state_failed(
    feed: types.Feed,
    state: types.FeedState,
    error: errors.FetchError | errors.ParseError,
    now: datetime,
    jitter: float,
) -> types.FeedState:
    """The state after a failed poll. Being offline is nobody's failure: it is tried again soon and not counted."""
    failed = replace(state, polled_at=now, last_error=error.reason)
    if isinstance(error, errors.FetchError):
        if error.offline:
            return replace(failed, next_poll_at=now + _jittered(_OFFLINE_PAUSE, jitter))
        if error.gone:
            return replace(failed, gone=True, failures=state.failures + 1, next_poll_at=now + _LONGEST_RETRY_AFTER)
    pause = _jittered(_backoff(feed, state.failures), jitter)
    if isinstance(error, errors.FetchError) and error.retry_after_s:
        # Never sooner than asked for, so jitter only adds.
        asked = timedelta(seconds=min(error.retry_after_s, _LONGEST_RETRY_AFTER.total_seconds()))
        pause = max(pause, min(asked + _jittered(timedelta(minutes=1), jitter), _LONGEST_RETRY_AFTER))
    return replace(failed, failures=state.failures + 1, next_poll_at=now + pause)


def interval(feed: types.Feed, state: types.FeedState) -> timedelta:
    """Half the usual pause between two entries, from a third to twice the listed interval; that one while unknown."""
    listed = _interval(feed)
    if not state.gap_s:
        return listed
    own = timedelta(seconds=state.gap_s / _ASKS_A_GAP)
    return max(min(max(own, listed / _FASTER), listed * _SLOWER), _SHORTEST_PAUSE)


def _wish(state: types.FeedState, fetched: types.Fetched) -> timedelta:
    """How long feed (ttl) and server (caching headers) wish not to be asked."""
    seconds = max(state.ttl_s or 0, rhythm.fresh_s(fetched.headers) or 0)
    return min(timedelta(seconds=seconds), _LONGEST_WISH)


# ---------------------------------------------------------------- health


def trouble(record: types.FeedRecord, now: datetime) -> str | None:
    """What is wrong with an enabled feed, in words; None where it does well."""
    state = record.state
    if not record.feed.enabled:
        return None
    if state.gone:
        return "gone for good"
    if state.failures >= _FAILURES_TO_STALE:
        return f"failed {state.failures} times: {state.last_error}"
    if state.ok_at is None:
        return None  # not yet asked, or failed once or twice
    if now - state.ok_at > max(_interval(record.feed) * _SLOWER * _LATE_INTERVALS, _LATE_AT_LEAST):
        return f"not read for {_words(now - state.ok_at)}"
    return _silence(state, now) or state.warning


def _silence(state: types.FeedState, now: datetime) -> str | None:
    """A feed that answers but brings nothing, against its own rhythm."""
    if state.newest_entry_at is None or state.longest_gap_s is None:
        return None
    quiet, usual = now - state.newest_entry_at, timedelta(seconds=state.longest_gap_s)
    if quiet <= max(usual * _SILENT_GAPS, _SILENT_AT_LEAST):
        return None
    return f"nothing new for {_words(quiet)}, its longest usual pause is {_words(usual)}"


def is_stale(record: types.FeedRecord, now: datetime) -> bool:
    """Whether an enabled feed is gone, fails, has not been read for long, is silent or odd."""
    return trouble(record, now) is not None


def health(records: Sequence[types.FeedRecord], now: datetime) -> types.FeedHealth:
    """Counts over the feeds on duty; healthy are those that were read and about which nothing is wrong."""
    enabled = on_duty(records, now)
    found = [(record, trouble(record, now)) for record in enabled]
    stale = tuple(f"{record.feed.title} ({word})" for record, word in found if word)
    healthy = sum(record.state.ok_at is not None and not word for record, word in found)
    return types.FeedHealth(healthy=healthy, total=len(enabled), stale=stale)


def on_duty(records: Sequence[types.FeedRecord], now: datetime) -> list[types.FeedRecord]:
    """The feeds that are on and polled: not those that would only stand in for others."""
    idle = standing_by(records, now)
    return [record for record in records if record.feed.enabled and record.feed.url not in idle]


def standing_by(records: Sequence[types.FeedRecord], now: datetime) -> set[str]:
    """Addresses of feeds on a higher rung that are not needed: a lower one of their ladder does well."""
    return {
        one.feed.url
        for one in records
        if one.feed.ladder
        and any(
            other.feed.ladder == one.feed.ladder
            and other.feed.rung < one.feed.rung
            and other.feed.enabled
            and trouble(other, now) is None
            for other in records
        )
    }


def _words(span: timedelta) -> str:
    hours = span / timedelta(hours=1)
    return f"{hours / 24:.0f} days" if hours >= 48 else f"{hours:.0f} h" if hours >= 1.5 else f"{hours * 60:.0f} min"


def _interval(feed: types.Feed) -> timedelta:
    return max(timedelta(seconds=feed.interval_s), _SHORTEST_PAUSE)


def _backoff(feed: types.Feed, failures: int) -> timedelta:
    """The interval doubled with each failure in a row, up to a cap (or the interval itself where that is longer)."""
    factor: int = 2 ** min(failures + 1, 12)
    doubled = _interval(feed) * factor
    return max(min(doubled, _LONGEST_BACKOFF), _interval(feed))


def _jittered(pause: timedelta, jitter: float) -> timedelta:
    share: float = _JITTER * max(-1.0, min(1.0, jitter))
    return pause * (1 + share)
