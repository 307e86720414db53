"""A feed's rhythm and wishes: tables of what is said and what follows from it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor import errors, rhythm, schedule, types

NOW = datetime(2026, 3, 10, 12, 30, tzinfo=UTC)  # a Tuesday
FEED = types.Feed(url="https://n.example/f", title="N", outlet="N", tier=types.Tier.PRESS, interval_s=600)
HOUR = timedelta(hours=1)


def at(*hours: float) -> list[datetime]:
    return [NOW - timedelta(hours=hour) for hour in hours]


def parsed(*hours: float, **fields: object) -> types.ParsedFeed:
    entries = tuple(types.Entry(key=str(hour), url="", title="t", published=at(hour)[0]) for hour in hours)
    return types.ParsedFeed(title="N", entries=entries, **fields)


def polled(
    parsed: types.ParsedFeed | None, state: types.FeedState | None = None, **headers: str
) -> tuple[types.FeedState, timedelta]:
    """The state after a poll, and the pause until the next one."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    answer = types.Fetched(url=FEED.url, final_url=FEED.url, status=200 if parsed else 304, headers=named)
    after = schedule.next_state_ok(FEED, state or types.FeedState(), answer, parsed, NOW, 0)
    assert after.next_poll_at is not None
    return after, after.next_poll_at - NOW


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        ((), None),
        ((1, 2, 3), None),
        ((1, 1, 1, 1, 1), None),  # one moment only
        ((1, 2, 3, 4), (3600, 3600)),
        ((4, 1, 3, 2), (3600, 3600)),
        ((0, 1, 2, 12), (3600, 36_000)),
        ((0, 1, 2, 3, 4, 5, 6, 7, 1000), (3600, 3600)),  # one old entry pinned to the end
        ((*range(40), 9000, 9999), (3600, 3600)),  # beyond the window
    ],
)
def test_gaps(hours, expected):
    assert rhythm.gaps(at(*hours)) == expected


@pytest.mark.parametrize(
    ("hours_between", "minutes"),
    [
        (0.01, 200 / 60),  # as often as allowed: a third of the listed ten minutes
        (0.2, 6),
        (0.3, 9),
        (0.5, 15),
        (24, 20),  # twice the listed interval: a ministry's rare news must not wait
    ],
)
def test_the_interval_follows_the_rhythm_within_bounds(hours_between, minutes):
    after, pause = polled(parsed(*(n * hours_between for n in range(6))))
    assert pause == pytest.approx(timedelta(minutes=minutes), abs=timedelta(seconds=1))
    assert polled(None, after)[1] == pause, "it holds while nothing changes"


@pytest.mark.parametrize(
    ("headers", "minutes"),
    [
        ({"cache_control": "max-age=1800"}, 30),
        ({"cache_control": "public, max-age=1800, must-revalidate"}, 30),
        ({"cache_control": "max-age=1800", "age": "600"}, 20),
        ({"cache_control": "max-age=30"}, 10),
        ({"cache_control": "max-age=86400"}, 60),
        ({"cache_control": "no-cache, max-age=1800"}, 10),
        ({"cache_control": "s-maxage=1800"}, 10),
        ({"cache_control": "max-age=soon"}, 10),
        ({"expires": "Tue, 10 Mar 2026 12:45:00 GMT", "date": "Tue, 10 Mar 2026 12:15:00 GMT"}, 30),
        ({"expires": "Tue, 10 Mar 2020 12:45:00 GMT", "date": "Tue, 10 Mar 2026 12:15:00 GMT"}, 10),
        ({"expires": "0", "date": "Tue, 10 Mar 2026 12:15:00 GMT"}, 10),
        ({"expires": "Tue, 10 Mar 2026 12:45:00 GMT"}, 10),
        ({"cache_control": "max-age=1200", "expires": "Tue, 10 Mar 2030 12:45:00 GMT"}, 20),
        ({}, 10),
    ],
)
def test_caching_headers_are_heeded_up_to_an_hour(headers, minutes):
    assert polled(parsed(), **headers)[1] == timedelta(minutes=minutes)
    assert polled(None, **headers)[1] == timedelta(minutes=minutes)


def test_ttl_is_remembered_over_polls_that_bring_nothing():
    after, pause = polled(parsed(ttl_s=1800))
    assert pause == timedelta(minutes=30)
    assert polled(None, after)[1] == timedelta(minutes=30)
    assert polled(parsed(), after)[1] == timedelta(minutes=10)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("<skipHours><hour>0</hour><hour> 5 </hour></skipHours>", "0 5"),
        ("<skipHours><hour>24</hour></skipHours>", "0"),
        ("<skipDays><day>Saturday</day><day>SUNDAY</day><day>Caturday</day></skipDays>", "saturday sunday"),
        ("<skipHours><hour>3</hour></skipHours><skipDays><day>Monday</day></skipDays>", "3 monday"),
        ("<skipHours></skipHours>", None),
        ("<rss/>", None),
    ],
)
def test_skips_are_read(text, words):
    assert rhythm.skips(text) == words


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (None, NOW),
        ("13 14", NOW),
        ("12", NOW.replace(hour=13, minute=0)),
        ("12 13 14", NOW.replace(hour=15, minute=0)),
        ("tuesday", NOW.replace(day=11, hour=0, minute=0)),
        ("saturday sunday", NOW),
        (" ".join(str(hour) for hour in range(24)), NOW),  # never is no wish
    ],
)
def test_skipped_hours_and_days_pass(words, expected):
    assert rhythm.after_skips(NOW, words) == expected


def test_skips_move_the_next_poll():
    after, pause = polled(parsed(skips="12"))
    assert pause == timedelta(minutes=30)
    assert polled(None, after)[1] == timedelta(minutes=30)


# ---------------------------------------------------------------- what is reported


def record(**state: object) -> types.FeedRecord:
    return types.FeedRecord(feed=FEED, state=types.FeedState(**({"ok_at": NOW} | state)))


@pytest.mark.parametrize(
    ("state", "word"),
    [
        ({}, None),
        ({"warning": "no dates on its entries"}, "no dates"),
        ({"gone": True}, "gone for good"),
        ({"failures": 2, "last_error": "x"}, None),
        ({"failures": 3, "last_error": "a web page, not a feed"}, "failed 3 times: a web page, not a feed"),
        ({"ok_at": NOW - HOUR * 3}, "not read for 3 h"),
        ({"newest_entry_at": NOW - HOUR * 11, "longest_gap_s": 600}, None),
        ({"newest_entry_at": NOW - HOUR * 13, "longest_gap_s": 600}, "new for 13 h, its longest usual pause is 10 min"),
        ({"newest_entry_at": NOW - HOUR * 200, "longest_gap_s": 3600 * 70}, None),
        ({"newest_entry_at": NOW - HOUR * 240, "longest_gap_s": 3600 * 70}, "nothing new for 10 days"),
        ({"newest_entry_at": NOW - HOUR * 900}, None),  # no rhythm is known
    ],
)  # fmt: skip
def test_trouble(state, word):
    found = schedule.trouble(record(**state), NOW)
    assert (found is None) if word is None else found is not None and word in found


def test_a_feed_that_is_off_has_no_trouble():
    off = replace(record(gone=True), feed=replace(FEED, enabled=False))
    assert schedule.trouble(off, NOW) is None


@pytest.mark.parametrize(
    ("parsed_feed", "word"),
    [
        (parsed(1), None),
        (parsed(), "no entries"),
        (parsed(1, warning="broken XML: x"), "broken XML: x"),
        (types.ParsedFeed(title="", entries=(types.Entry(key="1", url="", title="t"),)), "no dates on its entries"),
        (types.ParsedFeed(title="", entries=(types.Entry(key="1", url="", title="t"),), is_page=True), None),
    ],
)
def test_oddities(parsed_feed, word):
    assert schedule.oddity(parsed_feed) == word
    assert polled(parsed_feed)[0].warning == word


def test_an_oddity_is_kept_while_nothing_changes_and_goes_with_a_good_body():
    after, _ = polled(parsed())
    assert polled(None, after)[0].warning == "no entries"
    assert polled(parsed(1), after)[0].warning is None


def rung(number: int, **state: object) -> types.FeedRecord:
    feed = replace(FEED, url=f"https://n.example/{number}", ladder="N", rung=number)
    return replace(record(**state), feed=feed)


@pytest.mark.parametrize(
    ("first", "second", "idle"),
    [
        ({}, {}, {2, 3}),
        ({"failures": 9}, {}, {3}),
        ({"gone": True}, {"failures": 3}, set()),
        ({"failures": 1, "last_error": "x"}, {}, {2, 3}),
    ],
)
def test_a_higher_rung_stands_in_only_while_the_lower_ones_fail(first, second, idle):
    records = [rung(1, **first), rung(2, **second), rung(3), record()]
    assert schedule.standing_by(records, NOW) == {f"https://n.example/{number}" for number in idle}
    assert len(schedule.on_duty(records, NOW)) == 4 - len(idle)
    assert schedule.health(records, NOW).total == 4 - len(idle)


def test_an_error_after_a_rhythm_was_learned_backs_off_and_recovers_to_it():
    after, pause = polled(parsed(0, 0.2, 0.4, 0.6, 0.8))
    failed = schedule.next_state_failed(FEED, after, errors.FetchError(FEED.url, "down"), NOW, 0)
    assert failed.next_poll_at is not None and failed.next_poll_at - NOW == timedelta(minutes=20)
    assert polled(None, failed)[1] == pause
