"""Feed lists as OPML: what goes out comes in again; what is no feed list is refused with a word."""

import pytest

from app import opml
from monitor import errors, types

FEEDS = [
    types.Feed(
        url="https://example.org/rss?a=1&b=2", title='Post & "Sons" <x>', outlet="Example Post", tier=types.Tier.PRESS
    ),
    types.Feed(
        url="https://example.net/atom", title="Agência", outlet="Wire", tier=types.Tier.WIRE, language="pt",
    ),
]  # fmt: skip


def test_a_round_trip_keeps_every_feed() -> None:
    assert opml.from_opml(opml.to_opml(FEEDS), "feeds.opml") == FEEDS


def test_another_program_s_nested_list_is_read() -> None:
    text = """<?xml version="1.0" encoding="UTF-8"?>
    <opml version="1.0"><head/><body><outline text="News"><outline text="Post" type="rss"
    xmlUrl="https://example.org/rss" htmlUrl="https://example.org/"/></outline></body></opml>"""
    (feed,) = opml.from_opml(text, "feeds.opml")
    assert (feed.url, feed.title, feed.outlet, feed.tier) == ("https://example.org/rss", "Post", "Post", "other")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no xml",
        "<opml><body/></opml>",
        "<opml><body><outline text='x' xmlUrl='file:///etc/passwd'/></body></opml>",
        "<opml><body><outline text='x' xmlUrl='https://example.org/rss' tier='royal'/></body></opml>",
        "<!DOCTYPE x [<!ENTITY a 'b'>]><opml><body><outline text='&a;' xmlUrl='https://a.example/'/></body></opml>",
    ],
)
def test_what_is_no_feed_list_is_refused(text: str) -> None:
    with pytest.raises(errors.InputError, match=r"feeds\.opml"):
        opml.from_opml(text, "feeds.opml")
