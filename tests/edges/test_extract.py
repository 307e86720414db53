"""Text of pages: articles, plain text, shells and things that are no pages. Every text is fiction."""

from datetime import UTC, datetime

import pytest

from monitor import extract

SENTENCES = [
    "The cabinet of Ruritania decided on Tuesday to send three hundred engineers, the prime minister said.",
    "The engineers are to arrive once a ceasefire holds, and parliament is to vote on the plan within two weeks of it.",
    "Opposition leaders said that they wanted to see the costs first, and asked for a hearing of the finance minister.",
]


def page(paragraphs: list[str], head: str = "") -> str:
    text = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    menu = "".join(f'<li><a href="/{n}">Section {n}</a></li>' for n in range(10))
    return (
        f'<!DOCTYPE html><html lang="en-GB"><head><title>Ruritania to send engineers</title>{head}</head>'
        f"<body><nav><ul>{menu}</ul></nav><article><h1>Ruritania to send engineers</h1>{text}</article>"
        "<footer><p>Subscribe to our newsletter for more.</p></footer></body></html>"
    )


def test_an_article_has_its_paragraphs_title_and_language():
    got = extract.extract_text(page(SENTENCES).encode(), "https://n.example/1")
    assert got is not None
    assert got.text.endswith("\n\n".join(SENTENCES))
    assert "Section 3" not in got.text and "newsletter" not in got.text
    assert (got.title, got.language) == ("Ruritania to send engineers", "en")


@pytest.mark.parametrize(
    ("head", "expected", "date_only"),
    [
        (
            '<meta property="article:published_time" content="2026-03-10T11:30:00+01:00">',
            datetime(2026, 3, 10, 10, 30),
            False,
        ),
        (
            '<script type="application/ld+json">{"datePublished": "2026-03-10T09:00:00Z"}</script>',
            datetime(2026, 3, 10, 9),
            False,
        ),
        ('<meta name="date" content="2026-03-10">', datetime(2026, 3, 10), True),
    ],
)
def test_the_pages_own_date(head, expected, date_only):
    got = extract.extract_text(page(SENTENCES, head).encode(), "https://n.example/1")
    assert got is not None
    assert (got.published, got.date_only) == (expected.replace(tzinfo=UTC), date_only)


def test_windows_1251_is_read_as_declared():
    russian = [
        "Правительство Руритании решило во вторник направить триста инженеров, сообщил премьер-министр в столице."
    ] * 2
    body = page([f"{text} {n}" for n, text in enumerate(russian)], '<meta charset="windows-1251">').encode("cp1251")
    got = extract.extract_text(body, "https://n.example/1")
    assert got is not None and russian[0] in got.text


def test_plain_text_keeps_its_paragraphs():
    body = b"First line\r\nof one.\r\n\r\n\r\nSecond.\r\n"
    for content_type in ("text/plain", ""):
        got = extract.extract_text(body, "https://n.example/1.txt", content_type)
        assert got is not None and got.text == "First line of one.\n\nSecond." and got.title is None


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"  \n ",
        b"\x89PNG\r\n\x1a\n\0\0\0",
        b"%PDF-1.7 x",
        b'{"a": 1}',
        b"<?xml version='1.0'?><rss><channel><item><title>x</title></item></channel></rss>",
        b"<html><body></body></html>",
        b"<html><body><script>only()</script></body></html>",
        b"<" * 100_000,
    ],
    ids=lambda body: repr(body[:20]),
)
def test_what_gives_no_article(body):
    got = extract.extract_text(body, "https://n.example/1")
    assert got is None or set(got.text) == {"<"}
