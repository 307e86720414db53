"""Messages: what they show, and that no text of a feed or page can break them or out of them."""

import html.parser
import json
import unicodedata
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts import markup, policy, render, words
from monitor import types
from tests import telegram_standin
from tests.alerts import fakes

BACKSTOP: dict[str, Any] = {"topic": types.Topic.BACKSTOP, "subject": "US"}
NEW, UPDATE = types.AlertKind.NEW, types.AlertKind.UPDATE


def shown(kind: types.AlertKind = NEW, **fields: Any) -> render.Message:
    return render.render_development(fakes.development(**fields), fakes.NAMES, alert_id="A-1f3c", kind=kind)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, "Italy — troops: no position held → rules out sending forces"),
        (
            {"old": "open", "new": "pledged", "new_number": 600, "subject": "NL"},
            "NL — troops: does not rule out sending forces → pledges to send forces (600 soldiers)",
        ),
        (
            {"old": "pledged", "new": 7500, "new_number": 7500, "subject": "GB"},
            "United Kingdom — troops: pledges to send forces, no figure → 7,500 soldiers",
        ),
        (
            {"old": 26, "new": 31, "old_number": 26, "new_number": 31, "subject": "COALITION",
             "aspect": "headcount:contributors"},
            "Coalition of the willing — contributing countries: 26 → 31 countries",
        ),
        (
            {"old": None, "new": 25000, "new_number": 25000, "subject": "COALITION", "aspect": "force_size",
             "new_position": fakes.position(aspect="force_size", number=25000, number_max=30000)},
            "Coalition of the willing — size of the force: no position held → 25,000–30,000 soldiers",
        ),
        (
            BACKSTOP | {"aspect": "air", "old": "refused", "new": "offered"},
            "United States — US backstop, air support: ruled out → offered",
        ),
        (
            BACKSTOP | {"aspect": "language", "old": "backstop", "new": "a safety net"},
            "United States — wording for the US backstop: “backstop” → “a safety net”",
        ),
        (
            {"topic": types.Topic.MEMBERSHIP, "aspect": "membership", "old": "attended", "new": "left"},
            "Italy — membership: took part in a coalition meeting → leaves or suspends its part",
        ),
    ],
)  # fmt: skip
def test_the_headline_says_old_and_new_in_plain_words(fields: dict[str, Any], expected: str) -> None:
    message = shown(**fields)
    assert message.plain.splitlines()[0] == message.subject == expected
    assert telegram_standin.parse_entities(message.telegram_html).splitlines()[0] == expected


def test_every_status_of_the_storyline_has_words() -> None:
    path = Path(__file__).parent.parent / "data" / "storyline" / "expected.json"
    for row in json.loads(path.read_text(encoding="utf-8"))["developments"]:
        line = words.headline(
            fakes.development(
                topic=types.Topic(row["topic"]), subject=row["subject"], aspect=row["aspect"], old=row["old"],
                new=row["new"], old_number=row["old_number"], new_number=row["new_number"],
            ),
            fakes.NAMES,
        )  # fmt: skip
        assert "_" not in line and "None" not in line and "headcount" not in line, line


@pytest.mark.parametrize(
    ("grade", "origins", "expected"),
    [
        (types.Grade.OFFICIAL, ("X",), "How sure: official"),
        (types.Grade.CONFIRMED, ("X", "Y", "x"), "How sure: confirmed by 2 independent origins"),
        (types.Grade.REPORTED, ("X",), "How sure: reported by one origin"),
    ],
)
def test_it_says_how_sure_it_is(grade: types.Grade, origins: tuple[str, ...], expected: str) -> None:
    reports = tuple(fakes.report(origin=origin, outlet=origin) for origin in origins)
    assert expected in shown(grade=grade, reports=reports).plain


def test_sources_show_outlet_tier_origin_time_and_link() -> None:
    reports = (
        fakes.report(outlet="AFP", origin="AFP", tier=types.Tier.WIRE, via="found by search"),
        fakes.report(outlet="Gazette", origin="Bloomberg", url="https://example.org/g", official=True),
        fakes.report(outlet="Copycat", origin="AFP", copy_of="a1"),
    )
    message = shown(reports=reports)
    assert "• AFP https://example.org/a1 (news agency, found by search), 12 Feb 2026, 13:45 UTC" in message.plain
    assert "• Gazette https://example.org/g (press, citing Bloomberg, office holder quoted)" in message.plain
    assert "and 1 more" in message.plain and "Copycat" not in message.plain
    assert '<a href="https://example.org/g">Gazette</a>' in message.telegram_html


def test_it_says_what_was_held_before() -> None:
    held = fakes.position(status="open", source="baseline")
    assert (
        "Before: does not rule out sending forces, since 13 Jan 2026, Example Times (baseline)"
        in shown(old="open", old_position=held).plain
    )


def test_wordings_stand_side_by_side_with_what_differs_marked() -> None:
    message = shown(NEW, **BACKSTOP, aspect="language", old="no boots on the ground", new="no troops on the ground")
    assert "Old wording: no [-boots-] on the ground" in message.plain
    assert "New wording: no [+troops+] on the ground" in message.plain
    assert "no <s>boots</s> on the ground" in message.telegram_html
    assert "no <ins>troops</ins> on the ground" in message.html


@pytest.mark.parametrize(
    ("kind", "fields", "first", "subject"),
    [
        (UPDATE, {"grade": types.Grade.OFFICIAL}, "Update: now official (first told as reported)", "Update: Italy"),
        (UPDATE, {"note": "corrected by X; rests on Y"}, "Update: corrected by X; rests on Y", "Update: Italy"),
        (
            types.AlertKind.DISPUTED,
            {"disputed": True, "note": "AFP: pledged"},
            "DISPUTED: AFP: pledged, against Example Times",
            "DISPUTED: Italy",
        ),
        (
            types.AlertKind.TAKEN_BACK,
            {"taken_back": True, "note": "denied by the minister"},
            "TAKEN BACK: denied by the minister",
            "TAKEN BACK: Italy",
        ),
        (NEW, {"taken_back": True}, "TAKEN BACK: no reason given", "TAKEN BACK: Italy"),
    ],
)
def test_it_says_first_what_became_of_it(
    kind: types.AlertKind, fields: dict[str, Any], first: str, subject: str
) -> None:
    message = shown(kind, **fields)
    assert message.plain.splitlines()[0] == first
    assert message.subject.startswith(subject)
    assert render.quote_of(fakes.development()) in message.plain


def test_both_sides_of_a_dispute_are_shown() -> None:
    other = fakes.report(outlet="Other <Side>", evidence="It will & must go", url="https://example.org/o")
    payload: dict[str, object] = {"against": [policy.to_json(other)]}
    alert = fakes.alert(kind=types.AlertKind.DISPUTED, payload=payload)
    message = render.render_alert(alert, fakes.development(disputed=True, note="Other: pledged"), fakes.NAMES)
    assert message.plain.index(fakes.report().evidence) < message.plain.index("Against it:\n“It will & must go”")
    assert '<a href="https://example.org/o">Other &lt;Side&gt;</a> (press)' in message.telegram_html
    over = render.render_alert(alert, fakes.development(), fakes.NAMES)
    assert "Against it" not in over.plain, "settled before it was sent"


def test_it_says_that_a_dispute_is_over() -> None:
    alert = fakes.alert(kind=UPDATE, payload={"settled": True})
    message = render.render_alert(alert, fakes.development(grade=types.Grade.OFFICIAL), fakes.NAMES)
    assert message.plain.startswith("Update: no longer disputed, now official (first told as reported)")


def test_what_is_taken_back_is_struck_and_the_old_position_named() -> None:
    message = shown(taken_back=True, note="x", old_position=fakes.position(status="open"))
    assert "<s>no position held → rules out sending forces</s>" in message.telegram_html
    assert "What holds again: does not rule out sending forces" in message.plain


def test_a_quotation_is_not_quoted_twice() -> None:
    whole = fakes.report(evidence="“We will not go.”")
    part = fakes.report(evidence="“No,” he said. “Never.”")
    assert "\n“We will not go.”\n" in shown(reports=(whole,)).plain
    assert "““No,” he said. “Never.””" in shown(reports=(part,)).plain


def test_evidence_is_missed_where_there_is_none() -> None:
    empty = fakes.development(reports=(fakes.report(evidence=" \u200b"),))
    assert not render.has_evidence(render.render_development(empty, {}), empty)
    assert render.has_evidence(shown(), fakes.development())


# ---------------------------------------------------------------- hostile text


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "ftp://example.org/",
        "https://",
        "https://exa mple.org/",
        "https://example.org/\u202egpj.exe",
        "https://example.org/" + "x" * 2000,
        "//example.org/",
        "http://[::1",
        "",
        None,
    ],
)
def test_only_web_addresses_are_linked(url: str | None) -> None:
    assert markup.safe_url(url) is None
    assert "<a " not in shown(reports=(fakes.report(url=url),)).telegram_html


def test_a_web_address_is_escaped() -> None:
    message = shown(reports=(fakes.report(url="https://example.org/?a=1&b=\"'<>"),))
    assert 'href="https://example.org/?a=1&amp;b=&quot;&#x27;&lt;&gt;"' in message.telegram_html


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\u200bb\u202ec\u2066d\ufefff", "abcdf"),
        ("a\x00\x1b[31mb\r\n c\u2028d", "a[31mb c d"),
        ("\ud800x", "x"),
        ("z" + "\u0301" * 50 + "y", "z\u0301\u0301y"),
        ("\U000e0041x", "x"),
        ("Żółć — naïve 中文 🇺🇦", "Żółć — naïve 中文 🇺🇦"),
    ],
)
def test_unseen_signs_are_taken_out(text: str, expected: str) -> None:
    assert markup.clean(text) == expected


@pytest.mark.parametrize("limit", [1, 2, 5, 10])
def test_clipping_counts_as_telegram_does(limit: int) -> None:
    for text in ("🇺🇦🇺🇦🇺🇦🇺🇦🇺🇦", "a b c d e f g", "abcdefghijkl"):
        clipped = markup.clip(text, limit)
        assert markup.utf16_len(clipped) <= limit
        assert clipped.endswith("…") or clipped == text


NASTY = st.one_of(
    st.text(max_size=60),
    st.text(alphabet="<>&\"'/bai= \u202e\u200b\n🇺\u0301\ud83d", max_size=40),
    st.sampled_from(["</b><script>", "&amp;lt;", "<a href='x'>", "&#60;b&#62;", "x" * 5000, "🇺🇦" * 3000, "a " * 4000]),
)
URLS = st.one_of(st.none(), NASTY, NASTY.map(lambda tail: "https://example.org/" + tail))


@st.composite
def developments(draw: st.DrawFn) -> types.Development:
    tiers, grades = st.sampled_from(list(types.Tier)), st.sampled_from(list(types.Grade))
    reports = tuple(
        fakes.report(
            outlet=draw(NASTY), origin=draw(NASTY), url=draw(URLS), tier=draw(tiers), evidence=draw(NASTY),
            speaker=draw(st.none() | NASTY), official=draw(st.booleans()),
        )
        for _ in range(draw(st.integers(0, 12)))
    )  # fmt: skip
    topic = draw(st.sampled_from(list(types.Topic)))
    aspects = ["troops", "membership", "headcount:members", "force_size", "language", "air", "language:Rubio"]
    values = NASTY | st.integers(-5, 10**12)
    return fakes.development(
        topic=topic, subject=draw(NASTY), aspect=draw(st.sampled_from(aspects) | NASTY),
        old=draw(st.none() | values), new=draw(values), new_number=draw(st.none() | st.integers(0, 10**9)),
        grade=draw(grades), minor=draw(st.booleans()), disputed=draw(st.booleans()), taken_back=draw(st.booleans()),
        note=draw(NASTY), reports=reports,
        old_position=draw(st.none() | st.builds(lambda s: fakes.position(status=s, reports=reports), NASTY)),
    )  # fmt: skip


@settings(max_examples=120, deadline=None)
@given(developments(), st.sampled_from(list(types.AlertKind)[:4]), NASTY)
def test_no_text_breaks_a_message(development: types.Development, kind: types.AlertKind, name: str) -> None:
    names = {development.subject: name}
    against = [policy.to_json(report) for report in development.reports]
    message = render.render_development(development, names, alert_id="A-00000001", kind=kind, against=against)
    text = telegram_standin.parse_entities(message.telegram_html)  # refuses what Telegram refuses
    assert 0 < markup.utf16_len(text) <= telegram_standin.LIMIT
    assert 0 < markup.utf16_len(message.plain_short) <= telegram_standin.LIMIT
    assert "A-00000001" in text and "A-00000001" in message.plain_short
    quote = render.quote_of(development)
    assert quote in text and quote in message.plain and quote in message.plain_short
    assert "\n" not in message.subject and markup.utf16_len(message.subject) <= 180
    check_page(message.html)
    for form in (text, message.plain, message.subject, message.html):
        form.encode("utf-8")
        assert not {unicodedata.category(c) for c in form if c != "\n"} & {"Cc", "Cf", "Cs"}


class Page(html.parser.HTMLParser):
    """Fails where a page has a tag or an address that the renderer does not write."""

    TEXT = ("p", "h2", "h3", "ul", "li", "span", "blockquote", "a", "strong", "del", "ins", "em")
    KNOWN = frozenset(("html", "head", "meta", "title", "body", "div", "img", *TEXT))
    NAMES = frozenset(("style", "href", "lang", "charset", "name", "content", "src", "alt", "width"))

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in self.KNOWN, tag
        assert {name for name, _ in attrs} <= self.NAMES
        assert all((value or "").startswith(("http://", "https://")) for name, value in attrs if name == "href")
        assert all((value or "").startswith("cid:") for name, value in attrs if name == "src")
        if tag not in ("meta", "img"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open and self.open.pop() == tag


def check_page(page: str) -> None:
    parser = Page()
    parser.feed(page)
    parser.close()
    assert parser.open == []


def test_the_page_check_can_fail() -> None:
    for broken in ("<script>x</script>", "<p><b>", '<a href="javascript:x">y</a>', '<p onclick="x">y</p>'):
        with pytest.raises(AssertionError):
            check_page(broken)


def long_lines() -> Iterator[markup.Line]:
    yield markup.line("first")
    for number in range(100):
        yield markup.line(f"{number} " + "x" * 200, optional=True)
    yield markup.line("last")


def test_optional_lines_make_room_from_the_end() -> None:
    kept = markup.to_plain(markup.fit(tuple(long_lines())), links=False)
    assert kept.startswith("first\n0 x") and kept.endswith("\nlast")
    assert 3800 < len(kept) <= markup.TELEGRAM_LIMIT


def test_the_mail_page_reads_in_the_dark_and_on_a_telephone() -> None:
    page = shown().html
    assert 'name="color-scheme" content="light dark"' in page
    assert 'name="viewport"' in page
    assert "background" not in page and "color:" not in page


def test_a_summary_without_developments_says_so() -> None:
    alert = fakes.alert(kind=types.AlertKind.SUMMARY, payload={"majors": 0, "minors": 0})
    message = render.render_alert(alert, None, {})
    assert "No development against the baseline" in message.plain


def test_a_summary_says_how_many_more_there_are() -> None:
    alert = fakes.alert(kind=types.AlertKind.SUMMARY, payload={"majors": 3, "minors": 1})
    assert "and 2 more" in render.render_alert(alert, None, {}, [fakes.development()]).plain


def test_times_are_in_utc() -> None:
    assert words.time_words(fakes.NOW + timedelta(minutes=1)) == "12 Feb 2026, 14:06 UTC"
