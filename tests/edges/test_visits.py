"""Work in visits: one host each, nothing twice, pages first, in turns."""

from datetime import UTC, datetime

from monitor import types, visits

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def feed(url: str, poll_url: str | None = None) -> types.FeedRecord:
    listed = types.Feed(url=url, title=url, outlet="O", tier=types.Tier.PRESS)
    return types.FeedRecord(feed=listed, state=types.FeedState(), poll_url=poll_url)


def plan(
    due: visits.Due, waiting: list[visits.Visit] | None = None, under_way: list[visits.Visit] | None = None
) -> list[visits.Visit]:
    return visits.plan(due, waiting or [], under_way or [], 100)


A, B, MOVED = feed("https://a.org/1"), feed("https://B.org/1"), feed("https://a.org/2", "https://b.org:443/2")


def test_a_host_s_feeds_and_pages_are_one_visit_and_pages_go_first() -> None:
    due = visits.Due(
        feeds=[A, B, MOVED], entries=[(7, "https://c.org/x"), (8, "https://b.org/y"), (9, "https://c.org/z")]
    )
    found = plan(due)
    assert [(one.host, one.feeds, one.entries) for one in found] == [
        ("c.org", (), (7, 9)),
        ("b.org", (B.feed.url, MOVED.feed.url), (8,)),
        ("a.org", (A.feed.url,), ()),
    ]
    assert [one.has_pages for one in found] == [True, True, False]


def test_what_somebody_has_in_hand_is_not_offered_again() -> None:
    due = visits.Due(feeds=[A, B], entries=[(7, "https://a.org/x"), (8, "https://a.org/y")])
    (first,) = [one for one in plan(due) if one.host == "a.org"]
    later = visits.Due(feeds=[A, B], entries=[*due.entries, (9, "https://a.org/z")])
    assert [one.host for one in plan(later, waiting=[first])] == ["b.org"], "one that waits is enough"
    again = plan(later, under_way=[first])
    assert [(one.host, one.feeds, one.entries) for one in again] == [("a.org", (), (9,)), ("b.org", (B.feed.url,), ())]


def test_a_long_list_is_worked_off_in_turns_and_a_full_queue_takes_no_more() -> None:
    due = visits.Due(
        feeds=[feed(f"https://a.org/{n}") for n in range(visits.MOST_FEEDS + 1)],
        entries=[(n, f"https://a.org/p{n}") for n in range(visits.MOST_PAGES + 1)],
    )
    (first,) = plan(due)
    assert (len(first.feeds), len(first.entries)) == (visits.MOST_FEEDS, visits.MOST_PAGES)
    (second,) = plan(due, under_way=[first])
    assert (len(second.feeds), len(second.entries)) == (1, 1)
    assert visits.plan(visits.Due(feeds=[A, B]), [], [], 1)[0].host == "a.org"
    assert visits.plan(visits.Due(feeds=[A, B]), [], [], -5) == []


def test_an_address_without_a_host_is_still_somebody_s_work() -> None:
    (visit,) = plan(visits.Due(entries=[(1, "http://[broken"), (2, "")]))
    assert (visit.host, visit.entries) == ("", (1, 2))
