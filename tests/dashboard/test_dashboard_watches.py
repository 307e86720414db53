"""Several watches behind one port: each below /w/NAME, the default one at the root too; /healthz, /metrics of all."""

import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from app import settings, subscribing, wiring
from app.dashboard import context
from monitor import types
from storage import store
from tests.dashboard import filled

PATHS = ("/", "/timeline", "/language", "/search?q=x", "/feeds", "/held-back", "/about", "/nothing-here")
ADDRESS = re.compile(r'(?:href|action|src)="(/[^"]*)"')


@pytest.fixture
def harbour(tmp_path: Path) -> Iterator[store.Stores]:
    stores = store.open_stores(f"sqlite:///{tmp_path}/watch.harbour.db")
    held = types.Position(
        topic=types.Topic.TROOPS, subject="XB", aspect="troops", status="pledged", number=200, since=filled.NOW,
        source="hand",
    )  # fmt: skip
    stores.ledger.seed_baseline([held], filled.NOW)
    yield stores
    stores.database.close()


@pytest.fixture
async def client(around: context.Context, harbour: store.Stores) -> AsyncIterator[httpx.AsyncClient]:
    theirs = replace(around, stores=harbour, names={"XB": "Ostrel"}, countries=frozenset({"XB"}), watch="harbour")
    async with filled.client_of(replace(around, others=(theirs,))) as made:
        yield made


async def test_each_watch_shows_its_own_ledger(client: httpx.AsyncClient) -> None:
    root, mine, theirs = [(await client.get(path)).text for path in ("/", "/w/coalition/", "/w/harbour/")]
    assert "Ostrel" in theirs and "Ostrel" not in root
    assert "Germany" in root and "Germany" in mine and "Germany" not in theirs
    assert "Coalition Watch: harbour" in theirs
    for page in (root, mine, theirs):
        assert 'href="/w/coalition/"' in page and 'href="/w/harbour/"' in page
    assert (await client.get("/w/nobody/")).status_code == 404


@pytest.mark.parametrize("path", PATHS)
async def test_every_address_of_a_watch_s_page_stays_in_it_and_answers(client: httpx.AsyncClient, path: str) -> None:
    page = (await client.get(f"/w/harbour{path}")).text
    found = set(ADDRESS.findall(page))
    assert len(found) > 8
    assert {one for one in found if not one.startswith("/w/")} == set()
    for address in sorted(one for one in found if one.startswith("/w/harbour/"))[:12]:
        assert (await client.get(address.replace("&amp;", "&"))).status_code == 200, address


async def test_feeds_and_the_api_of_a_watch_name_it(client: httpx.AsyncClient) -> None:
    feed = (await client.get("/w/harbour/feed.json")).json()
    assert "harbour" in feed["title"] and "/w/harbour/" in feed["feed_url"]
    board = (await client.get("/w/harbour/api/v1/board")).json()
    assert "Germany" not in str(board) and "XB" in str(board)
    missing = await client.get("/w/harbour/api/v1/developments/D00000000")
    assert missing.status_code == 404 and missing.headers["content-type"] == "application/json"
    described = (await client.get("/w/harbour/api/openapi.json")).json()
    assert described["servers"] == [{"url": "/w/harbour"}]


async def test_health_is_that_of_the_worst_and_metrics_say_whose_they_are(
    client: httpx.AsyncClient, harbour: store.Stores
) -> None:
    assert (await client.get("/healthz")).json()["state"] == "starting", "the second has not polled yet"
    old = filled.NOW.replace(year=2020)
    harbour.meta.set("last_cycle_at", old.isoformat())
    answer = await client.get("/healthz")
    assert (answer.status_code, answer.json()["state"]) == (503, "late")
    text = (await client.get("/metrics")).text
    positions = dict(re.findall(r'^cw_positions\{watch="(\w+)"\} (\S+)$', text, re.MULTILINE))
    assert float(positions["harbour"]) == 1 and float(positions["coalition"]) > 1
    assert text.count("# TYPE cw_positions gauge") == 1


async def test_a_single_watch_is_as_before(around: context.Context) -> None:
    async with filled.client_of(around) as client:
        page = (await client.get("/")).text
        assert "/w/" not in page and "Watches" not in page
        assert "watch=" not in (await client.get("/metrics")).text
        assert (await client.get("/w/coalition/")).status_code == 404


@pytest.mark.parametrize(
    ("watches", "places"),
    [
        ("coalition", ["https://watch.example.org/hub/"]),
        ("{harbour}", ["https://watch.example.org/hub/"]),
        (
            "{harbour}:coalition",
            ["https://watch.example.org/w/harbour/hub/", "https://watch.example.org/w/coalition/hub/"],
        ),
    ],
)
def test_hubs_reach_each_watch_where_its_pages_are(watches: str, places: list[str], tmp_path: Path) -> None:
    data = Path(__file__).parents[1] / "data" / "watches" / "harbour"
    given = {"CW_DATABASE_URL": f"sqlite:///{tmp_path}/watch.db", "CW_WATCHES": watches.format(harbour=data)}
    chosen = settings.load_settings(given | {"CW_HTTP_PUBLIC_URL": "https://watch.example.org/"})
    bases = wiring.open_bases(chosen, seed=False)
    beside: list[list[Any]] = [[] for _ in bases]
    subscribing.attach(zip(bases, beside, strict=True), wiring.utc_now)
    assert [one[0].__self__._prefix for one in beside] == places
    for base in bases:
        base.close()
