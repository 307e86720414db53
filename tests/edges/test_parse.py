"""Feeds as they come: good, broken, hostile, in wrong encodings. Each is read or refused with a reason."""

import json
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor import errors, parse, plaintext, types

URL = "https://news.example/feed"
NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
REAL = Path(__file__).parents[3] / "shared" / "feeds"


def rss(items: str, head: str = "<title>News</title>", prolog: str = "") -> str:
    return f'{prolog}<rss version="2.0"><channel>{head}{items}</channel></rss>'


def item(title: str = "A title", link: str = "https://news.example/1", more: str = "") -> str:
    return f"<item><title>{title}</title><link>{link}</link>{more}</item>"


def read(text: str | bytes, **more: object) -> types.ParsedFeed:
    body = text.encode() if isinstance(text, str) else text
    return parse.parse_feed(body, **({"url": URL, "now": NOW} | more))


def refusal(text: str | bytes) -> str:
    with pytest.raises(errors.ParseError) as caught:
        read(text)
    assert caught.value.url == URL
    return caught.value.reason


def test_an_rss_item_becomes_an_entry():
    more = (
        "<guid isPermaLink='false'>id-1</guid><description>&lt;p&gt;One.&lt;/p&gt;&lt;p&gt;Two.&lt;/p&gt;</description>"
    )
    more += "<pubDate>Tue, 10 Mar 2026 11:00:00 +0100</pubDate>"
    feed = read(rss(item(more=more), head="<title>News</title><ttl>30</ttl><language>en-GB</language>"))
    (entry,) = feed.entries
    assert (feed.title, feed.ttl_s, feed.language, feed.warning) == ("News", 1800, "en", None)
    assert (entry.key, entry.url, entry.title) == ("id-1", "https://news.example/1", "A title")
    assert entry.summary == "One.\n\nTwo."
    assert entry.published == datetime(2026, 3, 10, 10, tzinfo=UTC)
    assert entry.language == "en" and entry.content_key


def test_an_atom_entry_with_a_relative_link():
    atom = (
        '<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title><entry><id>tag:x,2026:1</id><title type="html">'
        '&lt;b&gt;Bold&lt;/b&gt; &amp;amp; plain</title><link rel="alternate" href="../a?utm_source=x#y"/>'
        "<updated>2026-03-10T10:00:00Z</updated>"
        "<content>Longer than the summary.</content><summary>S</summary></entry></feed>"
    )
    (entry,) = read(atom, url="https://news.example/feeds/all").entries
    assert (entry.url, entry.title, entry.summary) == (
        "https://news.example/a",
        "Bold & plain",
        "Longer than the summary.",
    )
    assert entry.published == entry.updated == datetime(2026, 3, 10, 10, tzinfo=UTC)


def test_an_empty_feed_is_a_feed():
    assert read(rss("")).entries == ()
    assert read('<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title></feed>').entries == ()


def test_json_feed():
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "J",
        "language": "en",
        "items": [
            {
                "id": "1",
                "url": "/a",
                "title": "x < y & z",
                "content_text": "1 < 2",
                "date_published": "2026-03-10T10:00:00+02:00",
            },
            {"id": 2, "url": "javascript:alert(1)", "content_html": "<p>only text</p>", "date_published": "2199-01-01"},
            "no item",
        ],
    }
    feed = read(json.dumps(document))
    first, second = feed.entries
    assert (first.title, first.summary, first.url) == ("x < y & z", "1 < 2", "https://news.example/a")
    assert first.published == datetime(2026, 3, 10, 8, tzinfo=UTC)
    assert second.key == "2" and second.published is None and second.url.startswith(URL + "#entry-")


def test_a_news_sitemap():
    def address(path: str, news: str) -> str:
        return f"<url><loc>https://news.example{path}</loc>{news}</url>"

    news = "<n:news><n:publication><n:name>N</n:name><n:language>en</n:language></n:publication>"
    news += "<n:publication_date>2026-03-10T10:00:00+01:00</n:publication_date><n:title>A &amp; B</n:title></n:news>"
    body = address("/1?utm_source=x", news) + address("/archive", "<lastmod>2020-01-01</lastmod>")
    spaces = (
        'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:n="http://www.google.com/schemas/sitemap-news/0.9"'
    )
    (entry,) = read(f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset {spaces}>{body}</urlset>').entries
    assert (entry.url, entry.title, entry.language) == ("https://news.example/1", "A & B", "en")
    assert entry.published == datetime(2026, 3, 10, 9, tzinfo=UTC)


LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY l0 "lol">'
    + "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    + "]>"
    + rss(item(title="&l9;"))
)
REFUSED = {
    "empty": ("", "an empty body"),
    "blank": (" \n\0 ", "an empty body"),
    "a web page": ("<!DOCTYPE html><html><body>Hi</body></html>", "a web page, not a feed"),
    "XHTML": ('<?xml version="1.0"?>\n<!-- x --><!DOCTYPE html PUBLIC "x"><html></html>', "a web page, not a feed"),
    "a login page": ('<html><form><input type="password"></form></html>', "the site asks for a login"),
    "JSON": ('{"items": []}', "JSON, but no feed"),
    "JSON list": ("[1]", "JSON, but no feed"),
    "broken JSON": ('{"version": ', "broken JSON"),
    "deep JSON": ("[" * 100_000, "JSON"),
    "broken XML": ("<rss><channel><item", "broken XML"),
    "XML": ("<note><to>x</to></note>", "XML, but no feed"),
    "text": ("Service unavailable", "plain text, no feed"),
    "a path": ("/etc/passwd", "plain text, no feed"),
    "billion laughs": (LAUGHS, "could be a bomb"),
    "an entity of a file": ('<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + rss(item(title="&x;")), "bomb"),
    "one large entity": (f'<!DOCTYPE r [<!ENTITY x "{"x" * 5000}">]>' + rss(item(title="&x;" * 50)), "bomb"),
    "a broken sitemap": ("<urlset><url>", "broken XML"),
    "very many attributes": ("<rss " + "".join(f"a{n}='' " for n in range(5000)) + "/>", "thousand attributes"),
    "parameter entities": ('<!DOCTYPE r [<!ENTITY % x "y"> %x;]>' + rss(item()), "bomb"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused_with_a_reason(name):
    text, expected = REFUSED[name]
    assert expected in refusal(text)


def test_harmless_entities_and_talk_of_entities_are_read():
    prolog = '<!DOCTYPE rss [<!ENTITY nbsp "&#160;">]>'
    assert read(rss(item(title="a&nbsp;b"), prolog=prolog)).entries[0].title == "a b"
    told = item(title="<![CDATA[<!DOCTYPE x [<!ENTITY a '&b;'>]> explained]]>")
    assert "explained" in read(rss(told)).entries[0].title


def test_broken_but_usable():
    feed = read(rss(item(title="A & B")) + "<oops")
    assert feed.entries[0].title == "A & B"
    assert feed.warning and "broken XML" in feed.warning


RUSSIAN = "Коалиция желающих направит войска"
ENCODINGS = {
    "utf-8": (rss(item(title=RUSSIAN)).encode(), ""),
    "utf-8 with a mark": (b"\xef\xbb\xbf" + rss(item(title=RUSSIAN)).encode(), ""),
    "utf-16": (rss(item(title=RUSSIAN), prolog='<?xml version="1.0" encoding="utf-16"?>').encode("utf-16"), ""),
    "utf-16 without a mark": (rss(item(title=RUSSIAN), prolog='<?xml version="1.0"?>').encode("utf-16-le"), ""),
    "header latin-1, document utf-8": (rss(item(title=RUSSIAN)).encode(), "text/xml; charset=iso-8859-1"),
    "says utf-8, is windows-1251": (
        rss(item(title=RUSSIAN), prolog='<?xml version="1.0" encoding="utf-8"?>').encode("cp1251"),
        "application/rss+xml; charset=utf-8",
    ),
    "says nothing, is windows-1251": (rss(item(title=RUSSIAN)).encode("cp1251"), ""),
    "says windows-1251": (
        rss(item(title=RUSSIAN), prolog='<?xml version="1.0" encoding="windows-1251"?>').encode("cp1251"),
        "",
    ),
    "says koi8-r in the header": (rss(item(title=RUSSIAN)).encode("koi8_r"), 'text/xml; charset="koi8-r"'),
    "unknown name": (rss(item(title=RUSSIAN), prolog='<?xml version="1.0" encoding="nonsense"?>').encode(), ""),
}


@pytest.mark.parametrize("name", ENCODINGS)
def test_text_is_right_whatever_is_claimed(name):
    body, content_type = ENCODINGS[name]
    assert read(body, content_type=content_type).entries[0].title == RUSSIAN


def test_damaged_utf8_stays_utf8():
    body = rss(item(title=RUSSIAN)).encode().replace("войска".encode(), "войска".encode()[:-1])
    assert read(body).entries[0].title.startswith("Коалиция желающих направит войск")


@pytest.mark.parametrize(
    "date", ["Tue, 10 Mar 1970 11:00:00 GMT", "Tue, 10 Mar 2099 11:00:00 GMT", "soon", "Mon, 99 Mar 2026", ""]
)
def test_absurd_dates_are_none(date):
    assert read(rss(item(more=f"<pubDate>{date}</pubDate>"))).entries[0].published is None


def test_identity_of_entries():
    two = item(link="https://news.example/1", more="<guid>0</guid>") + item(
        link="https://news.example/2", more="<guid>0</guid>"
    )
    assert [entry.key for entry in read(rss(two)).entries] == ["https://news.example/1", "https://news.example/2"]
    without = read(rss(item() + item())).entries
    assert [entry.key for entry in without] == ["https://news.example/1"]


def test_the_content_key_survives_a_new_id_and_tells_days_apart():
    def keys(*items: str) -> list[str]:
        return [entry.content_key for entry in read(rss("".join(items))).entries]

    long = "<description>A sentence that is long enough to tell it from others.</description>"
    same = keys(item(more=long + "<guid>1</guid>"), item(link="https://news.example/2", more=long + "<guid>2</guid>"))
    assert len(set(same)) == 1
    days = [f"<pubDate>Tue, {day} Mar 2026 11:00:00 GMT</pubDate><guid>{day}</guid>" for day in ("03", "10")]
    live = keys(*(item(title="Live updates", link=f"https://news.example/{n}", more=day) for n, day in enumerate(days)))
    assert len(set(live)) == 2


def test_an_entry_without_a_link_keeps_its_words():
    feed = read(rss("<item><title>One</title></item><item><title>Two</title></item><item><guid>x y</guid></item>"))
    assert [entry.title for entry in feed.entries] == ["One", "Two"]
    assert len({entry.url for entry in feed.entries}) == 2


@pytest.mark.parametrize(
    ("guid", "url"),
    [
        ("/news/7", "https://news.example/news/7"),
        ("tag:news.example,2026:7", ""),
        ("7", ""),
        ("https://news.example/7", "https://news.example/7"),
    ],
)
def test_an_id_is_an_address_only_where_it_looks_like_one(guid, url):
    (entry,) = read(rss(f"<item><title>Seven</title><guid>{guid}</guid></item>")).entries
    assert entry.key == guid
    assert entry.url == url if url else "#entry-" in entry.url


def test_xml_base_is_heeded():
    atom = (
        '<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://other.example/a/"><title>T</title>'
        '<entry xml:base="b/"><id>urn:1</id><title>One</title><link href="c"/></entry></feed>'
    )
    (entry,) = read(atom).entries
    assert entry.url == "https://other.example/a/b/c"


def test_only_web_links_are_taken():
    (entry,) = read(rss(item(link="javascript:alert(1)", more="<guid>https://news.example/9</guid>"))).entries
    assert entry.url == "https://news.example/9"


def test_plain_text():
    assert plaintext.to_line("a\u200bb\u202ec\x00d <b>e</b>\n&amp; f") == "abcd e & f"
    assert plaintext.to_line("&lt;i&gt;twice&lt;/i&gt; &amp;amp;") == "twice &"
    assert plaintext.to_line("5 < 6 and 7 > 6") == "5 < 6 and 7 > 6"
    assert plaintext.to_paragraphs("<p>a\nb</p><script>x<p>y</p></script><p>c</p>") == "a b\n\nc"
    assert plaintext.to_line("word " * 300).endswith("…") and len(plaintext.to_line("word " * 300)) <= 500
    assert len(plaintext.to_line("x" * 3000)) == 500


@pytest.mark.parametrize("piece", ["<", "<a ", "<script>", "&lt;", "<!--", "\n", "<p>", "</div><div>"])
def test_hostile_markup_takes_linear_time(piece):
    began = time.monotonic()
    read(rss(item(title=f"<![CDATA[{piece * 50_000}]]>")))
    assert time.monotonic() - began < 3


@pytest.mark.skipif(not REAL.is_dir(), reason="the collection of real feeds is not here")
def test_real_feeds_are_read_or_refused_with_a_reason():
    read_count = 0
    for path in sorted(REAL.iterdir()):
        if path.suffix not in (".xml", ".rss", ".atom"):
            continue
        try:
            feed = read(path.read_bytes())
        except errors.ParseError as error:
            assert error.reason, path.name
            continue
        read_count += 1
        for entry in feed.entries:
            assert entry.key and entry.url.startswith("http") and "<" not in entry.url, path.name
            assert "\ufffd" not in entry.title, path.name
    assert read_count >= 30
