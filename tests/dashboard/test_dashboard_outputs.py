"""Feeds, files, API: what comes out can be read by others' programs, and holds no article's text."""

import csv
import io
import json
from email.utils import parsedate_to_datetime
from xml.etree import ElementTree as ET

import feedparser
import httpx
import pytest

from app import replay
from app.dashboard import context
from app.dashboard.views import syndication
from monitor import types
from storage import store
from tests.dashboard import filled
from tests.dashboard.filled import client_of
from tests.storage import builders

ATOM = "{http://www.w3.org/2005/Atom}"
HOSTILE = "<script>alert(1)</script> & <b>bold</b> \x00 ]]> \u202e"


def parse(answer: httpx.Response) -> feedparser.FeedParserDict:
    return feedparser.parse(io.BytesIO(answer.content), response_headers=dict(answer.headers))


@pytest.mark.parametrize("form", ["atom", "rss"])
async def test_feeds_are_well_formed_and_complete(client: httpx.AsyncClient, ledger: store.Stores, form: str) -> None:
    parsed = parse(await client.get(f"/feed.{form}"))
    assert not parsed.bozo and parsed.version == {"atom": "atom10", "rss": "rss20"}[form]
    newest = ledger.ledger.load_developments()[::-1][:50]
    assert [entry.id for entry in parsed.entries] == [f"urn:coalition-watch:{one.id}" for one in newest]
    assert parsed.entries[0].link == f"http://localhost:8642/developments/{newest[0].id}"
    assert "→" in parsed.entries[0].title and all(entry.published_parsed for entry in parsed.entries)


async def test_atom_keeps_the_rules_of_rfc_4287(client: httpx.AsyncClient) -> None:
    answer = await client.get("/feed.atom")
    root = ET.fromstring(answer.content)
    assert answer.headers["content-type"] == "application/atom+xml; charset=utf-8"
    for element in (root, *root.findall(f"{ATOM}entry")):
        for name in ("id", "title", "updated"):
            assert len(element.findall(f"{ATOM}{name}")) == 1
        assert element.findtext(f"{ATOM}updated", "").endswith("Z")
    links = {link.get("rel"): link.get("href") for link in root.findall(f"{ATOM}link")}
    assert links["self"] == "http://localhost:8642/feed.atom" == root.findtext(f"{ATOM}id")
    assert root.find(f"{ATOM}author/{ATOM}name") is not None
    ids = [entry.findtext(f"{ATOM}id") for entry in root.findall(f"{ATOM}entry")]
    assert len(set(ids)) == len(ids)


async def test_rss_keeps_its_rules(client: httpx.AsyncClient) -> None:
    channel = ET.fromstring((await client.get("/feed.rss")).content).find("channel")
    assert channel is not None and all(channel.findtext(name) for name in ("title", "link", "description"))
    assert parsedate_to_datetime(channel.findtext("lastBuildDate", ""))
    for item in channel.findall("item"):
        guid = item.find("guid")
        assert guid is not None and guid.get("isPermaLink") == "false"
        assert item.findtext("title") and parsedate_to_datetime(item.findtext("pubDate", ""))


async def test_json_feed_has_what_its_version_asks_for(client: httpx.AsyncClient) -> None:
    feed = (await client.get("/feed.json?topic=troops")).json()
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["feed_url"] == "http://localhost:8642/feed.json?topic=troops"
    assert all(item["id"] and item["content_text"] and "Troops" in item["tags"] for item in feed["items"])


async def test_feeds_by_topic_and_country(client: httpx.AsyncClient) -> None:
    parsed = parse(await client.get("/feed.atom?topic=troops&country=NL"))
    assert parsed.entries and all(entry.title.startswith(("Netherlands", "TAKEN")) for entry in parsed.entries)
    assert parsed.feed.title == "Coalition Watch: Troops, Netherlands"
    assert (await client.get("/feed.atom?country=XX")).status_code == 404
    assert (await client.get("/feed.atom?topic=weather")).status_code == 400


async def test_a_feed_that_has_not_changed_costs_its_reader_nothing(client: httpx.AsyncClient) -> None:
    first = await client.get("/feed.atom")
    again = await client.get("/feed.atom", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert (await client.get("/feed.atom", headers={"if-none-match": '"another"'})).status_code == 200


async def test_an_empty_feed_is_a_feed() -> None:
    stores = store.open_stores("sqlite://")
    async with client_of(filled.around(stores)) as client:
        for form in ("atom", "rss"):
            parsed = parse(await client.get(f"/feed.{form}"))
            assert not parsed.bozo and parsed.entries == [] and parsed.feed.title == "Coalition Watch"
        assert (await client.get("/ledger.json")).json() == []
    stores.database.close()


async def test_behind_a_proxy_links_lead_to_the_public_address(ledger: store.Stores) -> None:
    outside = filled.around(ledger, http_public_url="https://watch.example.org/")
    async with client_of(outside) as client:
        parsed = parse(await client.get("/feed.rss"))
    assert parsed.entries[0].link.startswith("https://watch.example.org/developments/D")


def test_hostile_text_stays_text_in_feeds() -> None:
    report = builders.report(outlet=HOSTILE, evidence=HOSTILE, url="javascript:alert(1)")
    made = builders.development("D1", reports=(report,), note=HOSTILE, topic=types.Topic.BACKSTOP, subject="US",
                                aspect="language", old=None, new=HOSTILE)  # fmt: skip
    channel = syndication.Channel(title="x", home="http://h/", address="http://h/f", updated=builders.NOW)
    items = [syndication.to_item(made, {}, "http://h")]
    atom, rss = syndication.to_atom(channel, items), syndication.to_rss(channel, items)
    for body in (atom, rss):
        parsed = feedparser.parse(io.BytesIO(body), response_headers={"content-type": "application/xml"})
        assert not parsed.bozo and b"<script" not in body and b"javascript:" not in body
    title = ET.fromstring(atom).findtext(f"{ATOM}entry/{ATOM}title", "")
    assert "<script>alert(1)</script>" in title  # text for whoever reads it as text
    shown = ET.fromstring(rss).findtext("channel/item/title", "")
    assert "&lt;script&gt;" in shown  # and for whoever reads it as HTML
    assert "script>" in json.dumps(syndication.to_json_feed(channel, items))


# ------------------------------------------------------------ files


async def test_csv_of_the_board_and_the_ledger(client: httpx.AsyncClient, ledger: store.Stores) -> None:
    answer = await client.get("/board.csv")
    board = list(csv.DictReader(io.StringIO(answer.text)))
    assert len(board) == len(ledger.ledger.load_positions())
    assert {"topic", "subject", "status", "since", "grade", "first_url", "first_evidence"} <= board[0].keys()
    assert 'filename="board.csv"' in answer.headers["content-disposition"]
    lines = list(csv.DictReader(io.StringIO((await client.get("/ledger.csv?topic=troops")).text)))
    expected = [d.id for d in ledger.ledger.load_developments()[::-1] if d.topic is types.Topic.TROOPS]
    assert [line["id"] for line in lines] == expected


async def test_a_cell_is_never_a_formula(around: context.Context) -> None:
    stores = store.open_stores("sqlite://")
    report = builders.report(outlet="=1+1", evidence="@SUM(A1)\nsecond line")
    stores.ledger.record_step(
        None, builders.step(positions=(builders.position(reports=(report,)),), changes=()), [], builders.NOW
    )
    async with client_of(filled.around(stores)) as client:
        (line,) = csv.DictReader(io.StringIO((await client.get("/board.csv")).text))
        assert line["first_outlet"] == "'=1+1" and line["first_evidence"].startswith("'@SUM")
    stores.database.close()


async def test_the_board_of_a_past_day_as_a_file(client: httpx.AsyncClient) -> None:
    air = [
        row["status"]
        for row in (await client.get("/board.json?at=2026-05-27")).json()
        if (row["topic"], row["aspect"]) == ("backstop", "air")
    ]
    assert air == ["committed"]


# ------------------------------------------------------------ API


async def test_the_api_pages_through_all_developments(client: httpx.AsyncClient, ledger: store.Stores) -> None:
    seen: list[str] = []
    address = "/api/v1/developments?limit=20"
    while True:
        page = (await client.get(address)).json()
        seen += [one["id"] for one in page["developments"]]
        if page["next"] is None:
            break
        address = f"/api/v1/developments?limit=20&before={page['next']}"
    assert seen == [one.id for one in ledger.ledger.load_developments()[::-1]]


async def test_the_api_chooses(client: httpx.AsyncClient) -> None:
    asked = "/api/v1/developments?topic=troops&subject=NL&minor=false&since=2026-01-01&until=2026-12-31"
    found = (await client.get(asked)).json()["developments"]
    assert found and {one["subject"] for one in found} == {"NL"} and not any(one["minor"] for one in found)
    assert all(one["reports"][0]["quote"] for one in found)


async def test_the_api_on_a_subject_and_on_a_past_board(client: httpx.AsyncClient) -> None:
    netherlands = (await client.get("/api/v1/subjects/NL")).json()
    assert netherlands["name"] == "Netherlands" and netherlands["positions"] and netherlands["developments"]
    board = (await client.get("/api/v1/board?at=2026-05-27")).json()
    assert [one["status"] for one in board["positions"] if one["aspect"] == "air"] == ["committed"]
    for path in ("/api/v1/subjects/ZZ", "/api/v1/developments/D0"):
        answer = await client.get(path)
        assert (answer.status_code, answer.headers["content-type"]) == (404, "application/json")
    assert (await client.get("/api/v1/board?at=yesterday")).status_code == 422


async def test_no_output_holds_an_article_s_text(client: httpx.AsyncClient, ledger: store.Stores) -> None:
    """Three sentences in a row stand nowhere: not on a page, not in a feed, a file or the API."""
    articles = replay.load_articles([filled.STORYLINE], lambda _: None)
    runs = [one.article.text[100:700] for one in articles if len(one.article.text) > 720]
    ids = [one.id for one in ledger.ledger.load_developments()]
    paths = [
        "/",
        "/timeline",
        "/language",
        "/held-back",
        "/search?q=ceasefire",
        "/feed.atom",
        "/feed.json",
        "/ledger.csv",
    ]
    paths += ["/ledger.json", "/board.json", "/api/v1/board", "/api/v1/developments?limit=200", "/countries/US"]
    assert len(runs) > 20
    for path in [*paths, *(f"/developments/{one}" for one in ids)]:
        text = (await client.get(path)).text
        assert not [run for run in runs if run in text], path
