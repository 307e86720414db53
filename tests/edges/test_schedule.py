"""When a feed is asked again, and when it counts as stale."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor import errors, schedule, types

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
FEED = types.Feed(url="https://n.example/f", title="N", outlet="N", tier=types.Tier.PRESS, interval_s=600)
OK = types.Fetched(url=FEED.url, final_url=FEED.url, status=200, etag='"2"', body_hash="h2")
OLD = types.FeedState(etag='"1"', last_modified="lm", body_hash="h1", failures=4, last_error="x", entries_seen=3)


def parsed(*moments: datetime | None, ttl_s: int | None = None) -> types.ParsedFeed:
    entries = tuple(
        types.Entry(key=str(n), url=f"https://n.example/{n}", title="t", published=moment)
        for n, moment in enumerate(moments)
    )
    return types.ParsedFeed(title="N", entries=entries, ttl_s=ttl_s)


def pause(state: types.FeedState) -> timedelta:
    assert state.next_poll_at is not None
    return state.next_poll_at - NOW


def fails(
    error: errors.FetchError | errors.ParseError, state: types.FeedState = OLD, jitter: float = 0
) -> types.FeedState:
    return schedule.next_state_failed(FEED, state, error, NOW, jitter)


def test_a_good_poll_clears_failures_and_takes_the_new_validators():
    moments = (NOW - timedelta(hours=2), NOW + timedelta(days=1), None)
    state = schedule.next_state_ok(FEED, OLD, OK, parsed(*moments), NOW, 0)
    assert (state.etag, state.last_modified, state.body_hash) == ('"2"', None, "h2")
    assert (state.failures, state.last_error, state.ok_at, state.polled_at) == (0, None, NOW, NOW)
    assert state.newest_entry_at == moments[0]
    assert pause(state) == timedelta(minutes=10)


def test_an_unmodified_answer_keeps_what_is_known():
    held = replace(OLD, newest_entry_at=NOW - timedelta(days=1))
    answer = types.Fetched(url=FEED.url, final_url=FEED.url, status=304)
    state = schedule.next_state_ok(FEED, held, answer, None, NOW, 0)
    assert (state.etag, state.last_modified, state.body_hash) == ('"1"', "lm", "h1")
    assert state.newest_entry_at == held.newest_entry_at and state.entries_seen == 3


@pytest.mark.parametrize(("ttl_s", "minutes"), [(60, 10), (1800, 30), (86_400, 60), (None, 10)])
def test_a_feeds_wish_is_heeded_within_reason(ttl_s, minutes):
    assert pause(schedule.next_state_ok(FEED, OLD, OK, parsed(ttl_s=ttl_s), NOW, 0)) == timedelta(minutes=minutes)


@pytest.mark.parametrize(("jitter", "minutes"), [(-1, 9), (0, 10), (1, 11), (50, 11)])
def test_jitter_is_a_tenth(jitter, minutes):
    assert pause(schedule.next_state_ok(FEED, OLD, OK, None, NOW, jitter)) == timedelta(minutes=minutes)


def test_failures_double_the_pause_up_to_six_hours():
    state, pauses = types.FeedState(), []
    for _ in range(9):
        state = fails(errors.FetchError(FEED.url, "down"), state)
        pauses.append(pause(state) / timedelta(minutes=1))
    assert pauses == [20, 40, 80, 160, 320, 360, 360, 360, 360]
    assert state.failures == 9 and state.last_error == "down"
    assert pause(fails(errors.ParseError(FEED.url, "no feed"), replace(state, failures=10**6))) == timedelta(hours=6)


def test_validators_survive_a_failure_and_a_daily_feed_is_not_asked_more_often_for_it():
    assert fails(errors.ParseError(FEED.url, "x")).etag == '"1"'
    daily = replace(FEED, interval_s=86_400)
    state = schedule.next_state_failed(daily, OLD, errors.FetchError(FEED.url, "x"), NOW, 0)
    assert pause(state) == timedelta(days=1)


@pytest.mark.parametrize("jitter", [-1, 0, 1])
@pytest.mark.parametrize(("asked_s", "least", "most"), [(1, 0.2, 0.6), (3600, 1, 1.1), (10**9, 24, 24)])
def test_retry_after_is_obeyed_up_to_a_day(asked_s, least, most, jitter):
    state = fails(errors.FetchError(FEED.url, "busy", retry_after_s=asked_s), types.FeedState(), jitter)
    assert least <= pause(state) / timedelta(hours=1) <= most


def test_gone_and_offline():
    gone = fails(errors.FetchError(FEED.url, "gone", status=410, gone=True))
    assert gone.gone and gone.failures == 5
    offline = fails(errors.FetchError(FEED.url, "no network", offline=True))
    assert offline.failures == 4 and pause(offline) == timedelta(minutes=2) and offline.last_error == "no network"


def record(title: str, *, enabled: bool = True, **state: object) -> types.FeedRecord:
    return types.FeedRecord(feed=replace(FEED, title=title, enabled=enabled), state=types.FeedState(**state))


def test_health():
    records = [
        record("good", ok_at=NOW - timedelta(minutes=30)),
        record("new"),
        record("late", ok_at=NOW - timedelta(hours=2)),
        record("failing", ok_at=NOW, failures=3),
        record("gone", ok_at=NOW, gone=True),
        record("off", enabled=False, failures=9),
        record("hiccup", ok_at=NOW - timedelta(minutes=40), failures=1),
    ]
    found = schedule.health(records, NOW)
    assert found == types.FeedHealth(
        healthy=2, total=6, stale=("late (not read for 2 h)", "failing (failed 3 times: None)", "gone (gone for good)")
    )
    assert not schedule.is_stale(records[5], NOW)


def test_pages_that_carry_a_development_are_read_again_over_two_days() -> None:
    first = now = datetime(2026, 3, 1, tzinfo=UTC)
    turns = []
    while (turn := schedule.next_recheck(first, now)) is not None:
        turns.append((turn - first).total_seconds() / 3600)
        now = turn
    assert turns == [1, 4, 12, 24, 48]
    late = first + timedelta(hours=30)
    assert schedule.next_recheck(first, late) == first + timedelta(hours=48), "missed turns are not made up"
