"""Addresses of both kinds, as pure functions: nothing here connects."""

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from monitor import addresses, urls

REFUSED = [
    *("127.0.0.1", "127.255.255.254", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254"),
    *("100.64.0.1", "100.127.255.255", "0.0.0.0", "192.0.0.8", "192.0.2.1", "198.51.100.1", "203.0.113.9"),
    *("198.18.0.1", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255", "192.88.99.1"),
    *("::1", "::", "::ffff:8.8.8.8", "::ffff:127.0.0.1", "::8.8.8.8", "64:ff9b::808:808", "64:ff9b:1::1"),
    *("2002:7f00:1::", "2001::1", "2001:db8::1", "3fff::1", "fc00::1", "fd12::1", "fe80::1", "fe80::1%eth0"),
    *("fec0::1", "ff02::1", "100::1", "5f00::1", "4000::1", "example.org", "", "2130706433"),
]


@pytest.mark.parametrize("address", REFUSED)
def test_refused_with_a_reason(address):
    assert addresses.refusal(address)


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "172.32.0.1", "100.128.0.1", "193.0.6.139", "2606:4700::1111", "2a00:1450::1"]
)
def test_public_addresses_pass(address):
    assert addresses.refusal(address) is None


def test_listed_by_name_address_or_network():
    assert addresses.is_listed("intranet", "10.1.2.3", {"intranet"})
    assert addresses.is_listed("x", "10.1.2.3", {"10.1.2.3"})
    assert addresses.is_listed("x", "10.1.2.3", {"10.0.0.0/8"})
    assert not addresses.is_listed("x", "11.1.2.3", {"10.0.0.0/8", "y"})
    assert not addresses.is_listed("x", "::1", {"10.0.0.0/8"})


CANONICAL = {
    "HTTP://Example.ORG:80/a#top": "http://example.org/a",
    "https://example.org:443": "https://example.org/",
    "https://example.org:8443/a": "https://example.org:8443/a",
    "https://user:pass@example.org/a": "https://example.org/a",
    "https://example.org/a?utm_source=x&id=7&fbclid=1&gclid=2&at_medium=rss": "https://example.org/a?id=7",
    "https://example.org/a?b=2&a=1": "https://example.org/a?a=1&b=2",
    "https://example.org/story/amp": "https://example.org/story",
    "https://example.org/story/amp/": "https://example.org/story",
    "https://example.org/story.amp.html": "https://example.org/story.html",
    "https://example.org/story?amp=1": "https://example.org/story",
    "https://example.org/amp/story": "https://example.org/amp/story",
    "https://example.org/amp": "https://example.org/amp",
    "https://amp.theguardian.com/world/1": "https://www.theguardian.com/world/1",
    "https://m.unknown.example/1": "https://m.unknown.example/1",
    "https://www.bing.com/news/apiclick.aspx?ref=x&url=https%3a%2f%2fexample.org%2fa%3futm_id%3d1": "https://example.org/a",
    " https://example.org/a b\n": "https://example.org/a%20b",
    "https://bücher.example/ä": "https://xn--bcher-kva.example/%C3%A4",
}


@pytest.mark.parametrize("url", CANONICAL)
def test_canonical_form(url):
    assert urls.canonical_url(url) == CANONICAL[url]
    assert urls.canonical_url(CANONICAL[url]) == CANONICAL[url]


PLAIN = st.from_regex(urls._CANONICAL, fullmatch=True) | st.sampled_from(
    ["https://m.bbc.com/1", "https://a.example/x/amp", "https://a.example/x.amp.html", "http://a.example:8080/"]
)


@settings(max_examples=150, deadline=None)
@given(url=PLAIN)
@example(url="http://a.example:99999/")
def test_the_short_way_to_a_canonical_form_is_the_long_one(url: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        short = urls.canonical_url(url)
        patch.setattr(urls, "_CANONICAL", re.compile("nothing at all"))
        assert urls.canonical_url(url) == short


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.org",
        "ftp://example.org",
        "javascript:alert(1)",
        "http://",
        "http://[x/",
        "http://a:b/",
        "mailto:a@b.c",
    ],
)
def test_what_is_no_web_address(url):
    assert not urls.is_web_url(url)
    assert urls.canonical_url(url) == ""


def test_no_control_characters_in_a_web_address():
    assert not urls.is_web_url("http://example.org/a\r\nHost: b")
    assert not urls.is_web_url("http://example.org\\@evil.example/")
    assert urls.is_web_url("https://example.org/ä?x=1")
