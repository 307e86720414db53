"""Every page over the storyline's ledger: what stands on it, in words."""

import re
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest

from app.dashboard import context
from storage import store
from tests.dashboard import filled
from tests.dashboard.filled import client_of
from tests.storage import builders

HOSTILE = "<script>alert(1)</script> \"quoted\" & 'single' ${x} {{ 7*7 }}"


def text_of(html: str) -> str:
    """The words of a page, single-spaced."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


async def test_the_board_shows_countries_counts_and_the_us(client: httpx.AsyncClient) -> None:
    answer = await client.get("/")
    words = text_of(answer.text)
    assert answer.status_code == 200
    assert "Britain ● Pledged 7,500 soldiers Leads" in words
    assert "Size of the force 18,000 soldiers official" in words
    assert "Air support ↩ Withdrawn" in words
    assert '<a href="/countries/DE" aria-label="Germany: Open">' in answer.text


async def test_every_page_forbids_everything_from_elsewhere(client: httpx.AsyncClient) -> None:
    for path in ("/", "/static/style.css", "/healthz", "/nowhere", "/?at=no-day"):
        policy = (await client.get(path)).headers["content-security-policy"]
        assert policy.startswith("default-src 'none'") and "unsafe" not in policy
    page = (await client.get("/")).text
    assert not re.search(r"<script(?![^>]* src=\"/static/)|style=|\son\w+=|(?:src|href)=\"//", page)


async def test_a_past_day_shows_what_was_held_at_its_end(client: httpx.AsyncClient) -> None:
    before, after = [text_of((await client.get(f"/?at=2026-05-{day}")).text) for day in (27, 28)]
    assert "What was held at the end of 27 May 2026" in before
    assert "Air support ● Committed" in before and "Air support ↩ Withdrawn" in after
    assert "28 May 2026" not in before.split("Latest developments")[1].split("Countries")[0]


async def test_a_day_before_everything_is_empty_and_says_so(client: httpx.AsyncClient) -> None:
    answer = await client.get("/?at=2020-01-01")
    assert answer.status_code == 200 and "The ledger holds nothing for that day" in text_of(answer.text)


@pytest.mark.parametrize("address", ["/?at=31.12.2026", "/?at=9999-12-31x", "/?sort=price", "/?stance=maybe"])
async def test_an_address_that_is_not_understood_says_so(client: httpx.AsyncClient, address: str) -> None:
    answer = await client.get(address)
    assert answer.status_code == 400 and "That can’t be shown" in answer.text


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
async def test_the_ends_of_the_calendar_do_no_harm(client: httpx.AsyncClient, day: str) -> None:
    assert (await client.get(f"/?at={day}")).status_code in (200, 400)


def rows_of(html: str) -> list[str]:
    return re.findall(r'<th scope="row"><a href="/countries/(\w+)">', html)


async def test_the_table_is_sorted_and_filtered_by_its_address(client: httpx.AsyncClient) -> None:
    by_name = rows_of((await client.get("/?sort=country")).text)
    assert by_name[:3] == ["AL", "AU", "GB"]  # Albania, Australia, Britain
    assert rows_of((await client.get("/?sort=country&order=down")).text) == by_name[::-1]
    assert rows_of((await client.get("/?sort=figure")).text)[:2] == ["GB", "FR"]
    assert set(rows_of((await client.get("/?stance=conditional")).text)) == {"NL", "ES"}
    assert rows_of((await client.get("/?q=germ")).text) == ["DE"]
    assert "No country fits" in (await client.get("/?q=atlantis")).text


async def test_a_development_tells_reports_grade_alerts_and_the_sentence(
    client: httpx.AsyncClient, ledger: store.Stores
) -> None:
    found = next(d for d in ledger.ledger.load_developments() if len(d.reports) > 1 and d.reports[0].official)
    page = (await client.get(f"/developments/{found.id}")).text
    words = text_of(page)
    for report in found.reports:
        assert report.outlet in words and f"<mark>{report.evidence}" in page.replace("&#39;", "'").replace("&#34;", '"')
    assert "How the grade came about" in words and "the office holder is quoted" in words
    assert "A-" in words and "console" in words
    assert f"coalition-watch why {found.id}" in words


async def test_alerts_name_the_channel_and_not_the_reader(client: httpx.AsyncClient, ledger: store.Stores) -> None:
    for one in ledger.ledger.load_developments():
        assert "somebody@example.org" not in (await client.get(f"/developments/{one.id}")).text


async def test_take_backs_and_disputes_say_why(client: httpx.AsyncClient, ledger: store.Stores) -> None:
    gone = next(d for d in ledger.ledger.load_developments() if d.taken_back)
    words = text_of((await client.get(f"/developments/{gone.id}")).text)
    assert "Taken back." in words and gone.note[:40] in words.replace("&#39;", "'").replace("&#34;", '"')


async def test_a_country_shows_what_holds_and_its_history(client: httpx.AsyncClient) -> None:
    words = text_of((await client.get("/countries/NL")).text)
    assert "would send forces only on a condition" in words and "History" in words
    assert "→ becomes" in words
    known = text_of((await client.get("/countries/PL")).text)
    assert "known before the first poll" in known and "No development yet" in known


@pytest.mark.parametrize("path", ["/developments/D0", "/countries/ZZ", "/countries/de", "/nothing"])
async def test_what_is_not_there_is_a_404_page(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path)
    assert answer.status_code == 404 and "nothing at this address" in answer.text


async def test_an_empty_ledger_has_words_for_it() -> None:
    stores = store.open_stores("sqlite://")
    async with client_of(filled.around(stores)) as client:
        words = text_of((await client.get("/")).text)
        assert "The ledger holds nothing yet" in words and "No count is held" in words
        assert "Nothing is held of Germany" in text_of((await client.get("/countries/DE")).text)
    stores.database.close()


async def test_a_database_that_fails_is_an_error_page(around: context.Context) -> None:
    stores = store.open_stores("sqlite://")
    with stores.database.write() as connection:
        connection.exec_driver_sql("DROP TABLE positions")
    async with client_of(replace(around, stores=stores)) as client:
        answer = await client.get("/")
        assert (
            answer.status_code == 503 and "does not answer just now" in answer.text and "positions" not in answer.text
        )
    stores.database.close()


async def test_hostile_text_stays_text() -> None:
    stores = store.open_stores("sqlite://")
    report = builders.report(
        outlet=HOSTILE,
        title=HOSTILE,
        evidence=HOSTILE,
        speaker=HOSTILE,
        origin="x" + HOSTILE,
        url="javascript:alert(1)",
    )
    position = builders.position(reports=(report,), development_id="D<1>")
    made = builders.development("D<1>", reports=(report,), note=HOSTILE, taken_back=True, new_position=position)
    step = builders.step(
        positions=(position,),
        changes=(builders.types.DevelopmentChange(kind=builders.types.AlertKind.NEW, development=made),),
    )
    stores.ledger.record_step(None, step, [], builders.NOW)
    async with client_of(filled.around(stores)) as client:
        for path in ("/", "/countries/DK", "/developments/D%3C1%3E"):
            page = (await client.get(path)).text
            assert "&lt;script&gt;alert(1)" in page, path
            assert "<script>alert" not in page and "javascript:" not in page and "49" not in text_of(page), path
    stores.database.close()


async def test_a_development_links_the_articles_beyond_the_reports_it_keeps() -> None:
    stores = store.open_stores("sqlite://")
    told = [builders.report(article_id=f"a{number}") for number in (1, 2)]
    for number, entry in enumerate(builders.bring_in(stores, 1, 2), 1):
        stores.articles.record_read(entry, builders.page(number, title=HOSTILE), builders.NOW)
    for reports in (told, told[:1]):
        made = builders.development("D1", reports=tuple(reports))
        change = builders.types.DevelopmentChange(kind=builders.types.AlertKind.UPDATE, development=made)
        stores.ledger.record_step(None, builders.step(changes=(change,)), [], builders.NOW)
    async with client_of(filled.around(stores)) as client:
        page = (await client.get("/developments/D1")).text
    assert "2 articles have said so: 1 of the others" in text_of(page)
    assert 'href="https://example.org/2"' in page and "<script>alert" not in page
    stores.database.close()


async def test_the_board_is_light(client: httpx.AsyncClient) -> None:
    """What a first visit loads, as it travels (the raw sizes; the page is packed on its way)."""
    sizes = 0
    page = await client.get("/", headers={"accept-encoding": "identity"})
    for path in ("/static/style.css", "/static/board.js", "/static/icon.svg"):
        sizes += len((await client.get(path, headers={"accept-encoding": "identity"})).content)
    assert len(page.content) + sizes < 200_000


async def test_health_says_how_old_the_last_cycle_is(around: context.Context) -> None:
    async with client_of(around) as client:
        answer = await client.get("/healthz")
        assert answer.status_code == 200
        assert answer.json() == {
            "state": "ok", "last_cycle_age_s": 20, "limit_s": 900, "database": True,
            "backlog": {"entries_to_read": 0, "articles_to_take": 0, "alerts_to_send": 0},
            "faults": 0,
        }  # fmt: skip
    late = replace(around, clock=lambda: filled.NOW + timedelta(hours=1))
    async with client_of(late) as client:
        answer = await client.get("/healthz")
        assert (answer.status_code, answer.json()["state"]) == (503, "late")


async def test_health_of_a_new_and_of_a_broken_database() -> None:
    stores = store.open_stores("sqlite://")
    async with client_of(filled.around(stores)) as client:
        assert (await client.get("/healthz")).json()["state"] == "starting"
        with stores.database.write() as connection:
            connection.exec_driver_sql("DROP TABLE meta")
        answer = await client.get("/healthz")
        assert (answer.status_code, answer.json()["database"]) == (503, False)
        assert "cw_database_up 0.0" in (await client.get("/metrics")).text
    stores.database.close()


async def test_metrics_are_in_prometheus_form(client: httpx.AsyncClient, ledger: store.Stores) -> None:
    from prometheus_client import parser

    answer = await client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    families = {family.name: family for family in parser.text_string_to_metric_families(answer.text)}
    assert families["cw_last_cycle_age_seconds"].samples[0].value == 20
    total = sum(sample.value for sample in families["cw_developments"].samples)
    assert total == len(ledger.ledger.load_developments())
    assert {sample.labels["state"] for sample in families["cw_alerts"].samples} == {"sent"}
    assert {"cw_polls", "cw_poll_errors", "cw_claims", "cw_deliveries", "cw_entries", "cw_articles"} <= families.keys()
