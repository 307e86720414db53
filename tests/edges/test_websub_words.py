"""What of a feed and its server offers a hub; signatures. Pure."""

import hashlib
import hmac
import json

import pytest

from monitor import parse, websub

FEED, HUB, SELF = "https://e.org/feed", "https://hub.example/", "https://e.org/self"
OFFERS = {
    "in the header": ({"link": f'<{HUB}>; rel="hub", <{SELF}>; rel="self"'}, [], (HUB, SELF)),
    "without quotes": ({"link": f"<{HUB}>; title=x; rel=hub, <{SELF}>; REL=self"}, [], (HUB, SELF)),
    "in the document": ({}, [("hub", HUB), ("self", SELF)], (HUB, SELF)),
    "the header goes first": ({"link": f'<{HUB}>; rel="hub"'}, [("hub", "https://old.example/")], (HUB, FEED)),
    "without its own address": ({}, [("hub", HUB)], (HUB, FEED)),
    "the first that will do": ({}, [("hub", "ftp://x"), ("hub", "https://a:b@x.example"), ("hub", HUB)], (HUB, FEED)),
    "none": ({"link": f'<{SELF}>; rel="alternate hubs"'}, [("self", SELF)], None),
    "nonsense": ({"link": "<" * 3000 + ";rel=hub" * 3000}, [("hub", ""), ("hub", "javascript:1")], None),
}  # fmt: skip


@pytest.mark.parametrize("name", OFFERS)
def test_a_hub_is_found(name: str) -> None:
    headers, links, expected = OFFERS[name]
    assert websub.find_hub(headers, links, FEED) == expected


BODIES = {
    "atom": f'<feed xmlns="http://www.w3.org/2005/Atom"><link rel="hub" href="{HUB}"/><link rel="self" href="{SELF}"/>'
    "<entry><id>1</id><title>One</title></entry></feed>",
    "rss": f'<rss version="2.0" xmlns:a="http://www.w3.org/2005/Atom"><channel><a:link rel="hub" href="{HUB}"/>'
    f'<a:link rel="self" href="{SELF}"/><item><title>One</title><a:link rel="hub" href="https://no.example"/></item>'
    "</channel></rss>",
    "json": json.dumps(
        {
            "version": "https://jsonfeed.org/version/1.1",
            "feed_url": SELF,
            "hubs": [3, {"type": "rssCloud", "url": "https://no.example"}, {"type": "WebSub", "url": HUB}],
            "items": [{"id": "1", "title": "One"}],
        }
    ),
}


@pytest.mark.parametrize("name", BODIES)
def test_feeds_name_their_hub(name: str) -> None:
    parsed = parse.parse_feed(BODIES[name].encode(), url=FEED)
    assert websub.find_hub({}, parsed.links, FEED) == (HUB, SELF)


def test_signatures() -> None:
    good = hmac.new(b"key", b"body", hashlib.sha256).hexdigest()
    assert websub.is_signed("key", f"sha256={good}", b"body")
    assert websub.is_signed("key", f" SHA256={good.upper()} ", b"body")
    for wrong in (
        "",
        "sha256=",
        good,
        f"sha512={good}",
        f"md5={good}",
        f"sha256={good[:-1]}",
        f"sha256={good}x",
        "sha256=ü",
    ):
        assert not websub.is_signed("key", wrong, b"body")
    assert not websub.is_signed("other", f"sha256={good}", b"body")
    assert not websub.is_signed("key", f"sha256={good}", b"other")
