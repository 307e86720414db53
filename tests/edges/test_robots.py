"""robots.txt on article pages: obeyed, asked for once, and what follows where it can't be had."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from monitor import errors, fetch, robots
from tests import server as srv

RULES = """User-agent: *
Disallow: /private/
Allow: /private/open$

User-agent: CoalitionWatch
Disallow: /members/
"""


class Clock:
    """A time that a test moves."""

    now = datetime(2026, 3, 10, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def server() -> Iterator[srv.TestServer]:
    with srv.TestServer() as running:
        yield running


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def asked(clock: Clock) -> AsyncIterator[robots.Robots]:
    fetcher = fetch.HttpFetcher(user_agent="test/1", allow_private=True)
    yield robots.Robots(fetcher, agent="CoalitionWatch", clock=clock)
    await fetcher.close()


async def test_the_rules_for_this_program_are_obeyed(server, asked):
    server.route("/robots.txt", srv.content(RULES, "text/plain"))
    assert not await asked.may_read(server.url + "/members/1")
    assert await asked.may_read(server.url + "/private/1"), "the group of its own name counts alone (RFC 9309, 2.2.1)"
    assert server.hits["/robots.txt"] == 1


async def test_the_rules_for_all_are_obeyed_where_none_are_its_own(server, asked):
    server.route("/robots.txt", srv.content(RULES.partition("\n\n")[0], "text/plain"))
    assert not await asked.may_read(server.url + "/private/1")
    assert await asked.may_read(server.url + "/private/open")
    assert await asked.may_read(server.url + "/news/1")


@pytest.mark.parametrize("route", [srv.status(404), srv.status(403), srv.content("<html>Welcome", "text/html")])
async def test_a_site_without_rules_may_be_read(route, server, asked):
    server.route("/robots.txt", route)
    assert await asked.may_read(server.url + "/private/1")


@pytest.mark.parametrize("code", [500, 503, 429])
async def test_while_the_site_fails_nothing_is_read(code, server, asked):
    server.route("/robots.txt", srv.status(code))
    with pytest.raises(errors.FetchError) as caught:
        await asked.may_read(server.url + "/news/1")
    assert caught.value.status == code and not caught.value.refused
    server.route("/robots.txt", srv.content(RULES, "text/plain"))
    assert await asked.may_read(server.url + "/news/1"), "a failure is not remembered"


async def test_rules_are_asked_for_again_after_a_day(server, asked, clock):
    server.route("/robots.txt", srv.status(404))
    assert await asked.may_read(server.url + "/private/1")
    server.route("/robots.txt", srv.content(RULES.partition("\n\n")[0], "text/plain"))
    clock.now += timedelta(hours=23)
    assert await asked.may_read(server.url + "/private/1")
    clock.now += timedelta(hours=2)
    assert not await asked.may_read(server.url + "/private/1")
    assert server.hits["/robots.txt"] == 2
