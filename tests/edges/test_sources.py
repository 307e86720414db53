"""Sources beyond RSS: GDELT, Google News, pages without a feed; and what stands where a text was expected."""

import base64
import json
from datetime import UTC, datetime

import pytest

from monitor import errors, googlenews, parse, types, walls

URL = "https://www.ministry.example/news"


def read(body: str, kind: str = "feed") -> types.ParsedFeed:
    return parse.parse_feed(body.encode(), url=URL, kind=kind, now=datetime(2026, 3, 10, 12, tzinfo=UTC))


def test_gdelt():
    article = {
        "url": "https://paper.example/1?utm_source=x",
        "title": "Ruritania pledges troops , minister says",
        "seendate": "20260310T101500Z",
        "domain": "paper.example",
        "language": "English",
    }
    (entry,) = read(json.dumps({"articles": [article]})).entries
    assert (entry.url, entry.title) == ("https://paper.example/1", "Ruritania pledges troops, minister says")
    assert entry.published == datetime(2026, 3, 10, 10, 15, tzinfo=UTC) and entry.language == "en"
    assert read('{"articles": []}').entries == ()
    odd = read(json.dumps({"articles": [{"seendate": 5, "url": None, "title": "x y z"}]})).entries
    assert [one.published for one in odd] == [None]
    with pytest.raises(errors.ParseError, match="no feed"):
        read('{"articles": [{"url": "x"}]}')
    with pytest.raises(errors.ParseError, match="plain text"):
        read("Please limit requests to one every 5 seconds.")


def wrapped(inner: bytes) -> str:
    name = (
        base64.urlsafe_b64encode(b"\x08\x13\x22" + bytes([len(inner)]) + inner + b"\xd2\x01\x00").decode().rstrip("=")
    )
    return f"https://news.google.com/rss/articles/{name}?oc=5"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (wrapped(b"https://paper.example/article/1"), "https://paper.example/article/1"),
        (wrapped(b"AU_yqLNnumber_of_googles_own"), None),
        ("https://news.google.com/rss/articles/%%%", None),
        ("https://paper.example/rss/articles/CBMiabcdefgh", None),
    ],
)
def test_google_news_links_are_resolved_where_they_hold_the_address(url, expected):
    assert googlenews.unwrap(url) == (expected or url)


def test_a_google_news_feed_gives_the_articles_own_address_where_it_can():
    items = "".join(
        f"<item><guid>{n}</guid><title>Headline {n} - Paper</title><link>{wrapped(inner)}</link></item>"
        for n, inner in enumerate((b"https://paper.example/a", b"AU_yqLNnumber_of_googles_own"))
    )
    first, second = read(f'<rss version="2.0"><channel>{items}</channel></rss>').entries
    assert first.url == "https://paper.example/a" and not googlenews.is_wrapped(first.url)
    assert googlenews.is_wrapped(second.url)


PAGE = """<!DOCTYPE html><html><body><nav><a href="/">Home page of the ministry itself</a><a href="/a">About</a></nav>
<ul><li><time datetime="2026-03-09">9 March</time><a href="/news/1">Minister receives the envoy of Ruritania</a></li>
<li><a href="https://ministry.example/news/2">Statement on the meeting in the capital</a></li>
<li><a href="/news/1">Minister receives the envoy of Ruritania</a></li>
<li><a href="https://elsewhere.example/3">Somebody else has written about us here</a></li>
<li><a href="javascript:go()">A script that looks like a headline here</a></li></ul></body></html>"""


def test_a_page_without_a_feed_is_watched_by_its_links():
    found = read(PAGE, kind="page")
    assert [entry.url for entry in found.entries] == [
        "https://www.ministry.example/",
        "https://www.ministry.example/news/1",
        "https://ministry.example/news/2",
    ]
    assert found.entries[1].title == "Minister receives the envoy of Ruritania"
    assert found.entries[1].published == datetime(2026, 3, 9, tzinfo=UTC)
    assert found.is_page
    with pytest.raises(errors.ParseError, match="a web page, not a feed"):
        read(PAGE)
    with pytest.raises(errors.ParseError, match="without links to articles: the site asks for consent"):
        read("<html><div id='onetrust-consent-sdk'></div></html>", kind="page")


@pytest.mark.parametrize(
    ("page", "wall"),
    [
        ("<div class='g-recaptcha'></div><input type=password>", walls.CAPTCHA),
        ("<title>Just a moment...</title>", walls.CAPTCHA),
        ('<script type="application/ld+json">{"isAccessibleForFree": "False"}</script>', walls.PAYWALL),
        ("<p>Subscribe to continue reading</p>", walls.PAYWALL),
        ("<h1>Before you continue to the site</h1>", walls.CONSENT),
        ("<input name=p type='password'>", walls.LOGIN),
        ("<p>An ordinary page</p>", None),
    ],
)
def test_walls_are_recognised(page, wall):
    assert walls.recognise(page) == wall


def test_a_consent_host_is_known_by_its_name():
    assert walls.recognise("<p>x</p>", "https://consent.news.example/?to=x") == walls.CONSENT
