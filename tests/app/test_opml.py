"""Feed lists as OPML: what goes out comes in again; what is no feed list is refused with a word."""

from dataclasses import replace

import pytest

from app import opml
from monitor import errors, types, watch

FEEDS = [
    types.Feed(
        url="https://example.org/rss?a=1&b=2", title='Post & "Sons" <x>', outlet="Example Post", tier=types.Tier.PRESS
    ),
    types.Feed(
        url="https://example.net/atom", title="Agência", outlet="Wire", tier=types.Tier.WIRE, language="pt",
    ),
    types.Feed(
        url="https://example.net/news", title="News", outlet="Ministry", tier=types.Tier.OFFICIAL, interval_s=300,
        country="DK", kind="page", ladder="dk-ministry", rung=2, source="asked by mail",
    ),
]  # fmt: skip


def test_a_round_trip_keeps_every_feed() -> None:
    assert opml.from_opml(opml.to_opml(FEEDS), "feeds.opml") == FEEDS


def test_the_shipped_list_comes_back_whole() -> None:
    shipped = [replace(feed, enabled=True) for feed in watch.load_feeds()]
    assert any(feed.ladder and feed.rung > 1 for feed in shipped)
    assert opml.from_opml(opml.to_opml(shipped), "feeds.opml") == shipped


def test_another_program_s_nested_list_is_read() -> None:
    text = """<?xml version="1.0" encoding="UTF-8"?>
    <opml version="1.0"><head/><body><outline text="News"><outline text="Post" type="rss"
    xmlUrl="https://example.org/rss" htmlUrl="https://example.org/"/></outline></body></opml>"""
    (feed,) = opml.from_opml(text, "feeds.opml")
    assert feed == types.Feed(url=feed.url, title="Post", outlet="Post", tier=types.Tier.OTHER), "all else by default"
    assert (feed.url, feed.title, feed.outlet, feed.tier) == ("https://example.org/rss", "Post", "Post", "other")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no xml",
        "<opml><body/></opml>",
        "<opml><body><outline text='x' xmlUrl='file:///etc/passwd'/></body></opml>",
        "<opml><body><outline text='x' xmlUrl='https://example.org/rss' tier='royal'/></body></opml>",
        "<opml><body><outline text='x' xmlUrl='https://example.org/rss' rung='top'/></body></opml>",
        "<opml><body><outline text='x' xmlUrl='https://example.org/rss' intervalSeconds='0'/></body></opml>",
        "<!DOCTYPE x [<!ENTITY a 'b'>]><opml><body><outline text='&a;' xmlUrl='https://a.example/'/></body></opml>",
    ],
)
def test_what_is_no_feed_list_is_refused(text: str) -> None:
    with pytest.raises(errors.InputError, match=r"feeds\.opml"):
        opml.from_opml(text, "feeds.opml")
