"""When a feed is asked again, and how well it does. Pure: the clock and the jitter (-1 to 1) are arguments.

Back-off doubles from the feed's interval to a cap, obeys Retry-After, and ends with a 410.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from monitor import errors, types

_JITTER = 0.1  # share of a pause
_LONGEST_BACKOFF = timedelta(hours=6)
_LONGEST_RETRY_AFTER = timedelta(hours=24)
_LONGEST_TTL = timedelta(hours=1)  # a feed's wish to be asked less often is heeded so far; news must not wait a day
_OFFLINE_PAUSE = timedelta(minutes=2)
_SHORTEST_PAUSE = timedelta(seconds=10)
# When a page that carries a development is read again, counted from the development: most corrections come on the first
# day.
_RECHECKS = (timedelta(hours=1), timedelta(hours=4), timedelta(hours=12), timedelta(hours=24), timedelta(hours=48))
_FAILURES_TO_STALE = 3
_LATE_INTERVALS = 3
_LATE_AT_LEAST = timedelta(hours=1)


def next_state_ok(
    feed: types.Feed,
    state: types.FeedState,
    fetched: types.Fetched,
    parsed: types.ParsedFeed | None,
    now: datetime,
    jitter: float,
) -> types.FeedState:
    """The state after a good poll; `parsed` is None where the body was not new."""
    entries = parsed.entries if parsed else ()
    dates = [entry.published for entry in entries if entry.published is not None and entry.published <= now]
    pause = _interval(feed)
    if parsed is not None and parsed.ttl_s:
        pause = max(pause, min(timedelta(seconds=parsed.ttl_s), _LONGEST_TTL))
    newest = [*dates, *([state.newest_entry_at] if state.newest_entry_at else [])]
    is_unmodified = fetched.status == 304
    return replace(
        state,
        etag=fetched.etag or (state.etag if is_unmodified else None),
        last_modified=fetched.last_modified or (state.last_modified if is_unmodified else None),
        body_hash=fetched.body_hash or state.body_hash,
        next_poll_at=now + _jittered(pause, jitter),
        polled_at=now,
        ok_at=now,
        newest_entry_at=max(newest) if newest else None,
        failures=0,
        last_error=None,
        entries_seen=max(state.entries_seen, len(entries)),
        gone=False,
        warning=oddity(parsed) if parsed is not None else state.warning,
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


def is_stale(record: types.FeedRecord, now: datetime) -> bool:
    """Whether an enabled feed is gone, fails again and again, or has not been read for long."""
    state = record.state
    if not record.feed.enabled:
        return False
    if state.gone or state.failures >= _FAILURES_TO_STALE:
        return True
    if state.ok_at is None:
        return False  # not yet asked, or failed once or twice
    return now - state.ok_at > max(_interval(record.feed) * _LATE_INTERVALS, _LATE_AT_LEAST)


def health(records: Sequence[types.FeedRecord], now: datetime) -> types.FeedHealth:
    """Counts over the enabled feeds; healthy are those that were read and are not stale."""
    enabled = [record for record in records if record.feed.enabled]
    stale = tuple(record.feed.title for record in enabled if is_stale(record, now))
    healthy = sum(record.state.ok_at is not None and not is_stale(record, now) for record in enabled)
    return types.FeedHealth(healthy=healthy, total=len(enabled), stale=stale)


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
