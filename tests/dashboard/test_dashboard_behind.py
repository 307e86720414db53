"""Timeline, language, feeds, held back, search and the description of the data."""

import itertools
import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import httpx
import pytest

from alerts import faults
from app.dashboard.views import behind as views
from app.dashboard.views import finding, links, timeline
from monitor import types
from storage import behind, browsing, store
from tests.dashboard import filled
from tests.dashboard.filled import client_of
from tests.dashboard.test_dashboard_pages import HOSTILE, text_of
from tests.storage import builders

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 6, 30, 12, tzinfo=UTC)


def day(number: int, hour: int = 12) -> datetime:
    return datetime(2026, 6, number, hour, tzinfo=UTC)


# ------------------------------------------------------------ timeline


async def test_the_timeline_shows_days_and_charts(client: httpx.AsyncClient) -> None:
    page = (await client.get("/timeline")).text
    words = text_of(page)
    assert "17 Jun 2026 Coalition · number of members 36" in words
    assert "Air support: Committed, 19 Mar 2026 to 28 May 2026" in words
    assert "Filled: pledged, 6 now. Dashed: with those on a condition, 8 now." in words


@pytest.mark.parametrize(
    ("query", "field", "value"),
    [("topic=troops", "topic", "troops"), ("country=NL", "subject", "NL"), ("grade=official", "grade", "official"),
     ("minors=no", "minor", "False"), ("topic=backstop&country=US", "topic", "backstop")],
)  # fmt: skip
async def test_the_address_filters(
    client: httpx.AsyncClient, ledger: store.Stores, query: str, field: str, value: str
) -> None:
    page = (await client.get(f"/timeline?{query}")).text
    shown = re.findall(r'href="/developments/(\w+)"', page)
    fits = {d.id for d in ledger.ledger.load_developments() if str(getattr(d, field)) == value}
    assert shown and set(shown) <= fits
    if "&" not in query:
        assert set(shown) == fits


async def test_days_filter_and_an_empty_answer_says_so(client: httpx.AsyncClient) -> None:
    page = (await client.get("/timeline?since=2026-05-28&until=2026-05-28")).text
    assert "28 May 2026" in page and "17 Jun 2026" not in page
    assert "No development fits" in (await client.get("/timeline?since=2030-01-01")).text
    assert (await client.get("/timeline?since=soon")).status_code == 400


def span(
    status: str, first: datetime, last: datetime | None, subject: str = "DK", aspect: str = "troops"
) -> browsing.Span:
    topic = "backstop" if subject == "US" else "troops"
    return browsing.Span(topic=topic, subject=subject, aspect=aspect, status=status, held_from=first, held_until=last)


def test_a_new_source_is_no_seam() -> None:
    merged = timeline.merge([span("open", day(1), day(2)), span("open", day(2), day(5)), span("pledged", day(5), None)])
    assert [(one.status, one.held_from, one.held_until) for one in merged] == [
        ("open", day(1), day(5)), ("pledged", day(5), None),
    ]  # fmt: skip


def test_pledges_are_counted_by_day() -> None:
    spans = [
        span("pledged", day(1), day(9)), span("ruled_out", day(9), None),
        span("conditional", day(3), day(5), "FR"), span("pledged", day(5), None, "FR"),
    ]  # fmt: skip
    chart = timeline.to_pledges(spans, NOW, BERLIN)
    assert chart is not None
    assert [(one.day, firm, some) for one, firm, some in chart.steps] == [(1, 1, 0), (3, 1, 1), (5, 2, 0), (9, 1, 0)]
    assert timeline.to_pledges([span("open", day(1), None)], NOW, BERLIN) is None


def test_the_us_chart_stays_in_its_frame() -> None:
    spans = [span("offered", day(1), day(2), "US", "air"), span("committed", day(2), None, "US", "air")]
    chart = timeline.to_stances(spans, NOW, BERLIN, shortened=False)
    assert chart is not None and chart.lanes[0].name == "Air support"
    assert all(bar.x >= 124 and bar.x + bar.width <= 641 for bar in chart.lanes[0].bars)
    assert timeline.to_stances([], NOW, BERLIN, shortened=False) is None


def test_a_day_is_the_reader_s() -> None:
    made = builders.development(raised_at=datetime(2026, 6, 1, 22, 30, tzinfo=UTC))
    from app.dashboard.views import development

    (only,) = timeline.to_days([development.to_line(made, {}, frozenset())], BERLIN)
    assert only.day.isoformat() == "2026-06-02"


# ------------------------------------------------------------ language


async def test_wordings_stand_by_speaker_with_differing_words_marked(client: httpx.AsyncClient) -> None:
    page = (await client.get("/language")).text
    assert '<h2 id="s-1">Donald Trump</h2>' in page
    assert "<ins>It is a safety net, not a tripwire</ins>" in page
    assert "<del>No boots on the ground, but help from the air</del>" in page


# ------------------------------------------------------------ feeds, held back


def record(**state: object) -> types.FeedRecord:
    return types.FeedRecord(feed=builders.feed(title=HOSTILE), state=types.FeedState(**state))  # type: ignore[arg-type]


def _reason(state: dict[str, object]) -> object:
    """What the page should blame: the server's words, or how many days nobody has read the feed."""
    ok_at = state.get("ok_at")
    return state.get("last_error") or ((NOW - ok_at).days if isinstance(ok_at, datetime) else None)


@pytest.mark.parametrize(
    ("state", "word"),
    [
        ({}, "waiting"),
        ({"ok_at": NOW}, "healthy"),
        ({"ok_at": NOW, "failures": 1, "last_error": "timed out"}, "failing"),
        ({"gone": True}, "gone"),
        ({"ok_at": NOW - timedelta(days=9)}, "failing"),
    ],
)
def test_a_feed_s_state(state: dict[str, object], word: str) -> None:
    (line,) = views.to_feeds([record(**state)], {}, NOW)
    assert line.state == word
    assert line.error == {"timed out": "timed out", 9: "not read for 9 days"}.get(_reason(state), "")


def test_a_feed_s_rhythm_share_and_silence() -> None:
    brought = behind.Yield(entries=25, relevant=5, failed=0, first=day(1, 0), last=day(5, 0))
    (line,) = views.to_feeds([record(ok_at=NOW, newest_entry_at=day(5))], {builders.FEED: brought}, NOW)
    assert (line.rhythm, line.share, line.gap) == ("an entry every 4 hours", "20% of 25", "silent for 25 days")
    (line,) = views.to_feeds([record(ok_at=NOW, newest_entry_at=NOW)], {builders.FEED: brought}, NOW)
    assert line.gap == ""


async def test_the_feeds_page(client: httpx.AsyncClient) -> None:
    words = text_of((await client.get("/feeds")).text)
    assert "1 of 1 feeds healthy" in words and "Storyline Example Wire ● healthy" in words


async def test_a_channel_that_does_not_work_is_shown(client: httpx.AsyncClient, ledger: store.Stores) -> None:
    known = faults.Faults(ledger.meta, lambda: NOW)
    known.keep(known.note("email", "535 <b>not</b> accepted")[0])
    try:
        page = (await client.get("/feeds")).text
        assert "535 &lt;b&gt;not&lt;/b&gt; accepted" in page
        assert "cw_channel_faults 1.0" in (await client.get("/metrics")).text
        assert (await client.get("/healthz")).json()["faults"] == 1
    finally:
        known.begin([])
    assert "not accepted" not in text_of((await client.get("/feeds")).text)


async def test_held_back_says_what_and_why(client: httpx.AsyncClient, ledger: store.Stores) -> None:
    words = text_of((await client.get("/held-back")).text)
    assert "says what is held already" in words
    first = await client.get("/held-back?reason=same")
    assert first.text.count('<li class="dev">') == 60
    older = re.search(r'href="(/held-back\?reason=same[^"]*before=\d+)"', first.text)
    assert older is not None
    rest = await client.get(older.group(1).replace("&amp;", "&"))
    total = ledger.ledger.held_back_counts()["same"]
    assert rest.text.count('<li class="dev">') == total - 60
    assert "Nothing was held back for that reason" in (await client.get("/held-back?reason=nonsense")).text


# ------------------------------------------------------------ search


async def test_search_finds_evidence_and_articles(client: httpx.AsyncClient) -> None:
    page = (await client.get("/search?q=tripwire")).text
    assert "It is a safety net, not a tripwire" in page and "<mark>tripwire</mark>" in page
    assert "No article on topic holds these words" in (await client.get("/search?q=zebra")).text


@pytest.mark.parametrize(
    "typed",
    ['"', "AND", "NEAR(", "a*", "title:x", "^", "-", "\x00", "' OR 1=1 --", "{x}", "\ud800", "ü" * 200, "+", "%"],
)
def test_whatever_is_typed_is_only_words(ledger: store.Stores, typed: str) -> None:
    assert isinstance(ledger.searching.articles(typed, 5), list)
    assert isinstance(ledger.searching.developments(typed, 5), list)


def test_what_was_found_is_marked_and_clean() -> None:
    assert finding.to_parts("a \x02net\x03 of\n\u202e \x02it\x03") == (
        ("a ", False),
        ("net", True),
        (" of ", False),
        ("it", True),
    )
    assert finding.to_parts("") == ()


async def test_hostile_text_stays_text_behind_the_ledger() -> None:
    stores = store.open_stores("sqlite://")
    stores.feeds.sync_feeds([builders.feed(title=HOSTILE, outlet=HOSTILE, url="https://example.org/<x>")])
    poll = builders.outcome(builders.entry(1), url="https://example.org/<x>", failures=3, last_error=HOSTILE)
    stores.feeds.record_polls([poll], NOW)
    (waiting,) = stores.articles.pending_entries(NOW, 5)
    stores.articles.record_read(
        waiting.id, builders.page(1, title=HOSTILE, outlet=HOSTILE, text=f"alert {HOSTILE}"), NOW
    )
    kept = types.HeldBack(article_id="a1", topic=types.Topic.TROOPS, subject=HOSTILE, aspect=HOSTILE, status=HOSTILE,
                          reason=HOSTILE[:30], evidence=HOSTILE)  # fmt: skip
    stores.ledger.record_step(None, builders.step(changes=(), positions=(), held_back=(kept,)), [], NOW)
    async with client_of(filled.around(stores)) as client:
        for path in ("/feeds", "/held-back", "/search?q=alert", "/search?q=%3Cscript%3Ealert(1)"):
            page = (await client.get(path)).text
            assert "&lt;script&gt;" in page and "<script>alert" not in page, path
    stores.database.close()


async def test_the_api_is_described(client: httpx.AsyncClient) -> None:
    words = text_of((await client.get("/about")).text)
    assert "/api/v1/developments Developments, newest first topic, subject, grade" in words


def test_charts_of_years_show_the_latest_changes_and_say_so() -> None:
    hours = [day(1) + timedelta(hours=number) for number in range(timeline.SHOWN + 10)]
    spans = [
        span(("offered", "committed")[number % 2], since, until, "US", "air")
        for number, (since, until) in enumerate(itertools.pairwise(hours))
    ]
    chart = timeline.to_stances(spans, NOW, BERLIN, shortened=False)
    assert chart is not None and chart.shortened
    assert [bar.first for bar in chart.lanes[0].bars][-1] == links.day_of(spans[-1].held_from, BERLIN)
    assert len(chart.lanes[0].bars) == timeline.SHOWN


async def test_charts_are_made_anew_when_a_position_changes() -> None:
    stores = store.open_stores("sqlite://")
    async with client_of(filled.around(stores)) as client:
        for number, status in enumerate(("offered", "committed")):
            held = builders.position(topic=types.Topic.BACKSTOP, subject="US", aspect="air", status=status)
            step = types.LedgerStep(article_id="a1", positions=(held,))
            stores.ledger.record_step(None, step, [], NOW + timedelta(days=number))
            shown = text_of((await client.get("/timeline")).text)
            assert f"Air support: {status.capitalize()}" in shown
    stores.database.close()
