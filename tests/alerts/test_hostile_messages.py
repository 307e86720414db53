"""Arbitrary developments in groups, answers and the bot's pages: within the limits, balanced, nothing left out."""

import unicodedata
from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from alerts import markup, render
from alerts.bot import facts, wishes
from monitor import recipients, types
from tests import telegram_standin
from tests.alerts import fakes
from tests.alerts.test_alert_render import NASTY, developments


def check(marked_up: str, plain: str) -> str:
    """The text as Telegram shows it; fails where Telegram would refuse it, or where it holds what is not to be seen."""
    text = telegram_standin.parse_entities(marked_up)
    for form in (text, plain):
        assert 0 < markup.utf16_len(form) <= telegram_standin.LIMIT
        assert not {unicodedata.category(c) for c in form if c != "\n"} & {"Cc", "Cf", "Cs"}
    return text


@settings(max_examples=60, deadline=None)
@given(st.lists(developments(), min_size=1, max_size=20), NASTY)
def test_a_group_leaves_no_line_out(told: list[types.Development], name: str) -> None:
    names = {each.subject: name for each in told}
    rows = [(f"A-{number:08}", each) for number, each in enumerate(told)]
    message = render.render_group(rows, names)
    text = check(message.telegram_html, message.plain_short)
    for form in (text, message.plain_short, message.plain):
        assert all(alert_id in form for alert_id, _ in rows)


@settings(max_examples=60, deadline=None)
@given(developments(), st.sampled_from(list(types.AlertKind)[:4]), NASTY)
def test_an_answer_keeps_the_limits(development: types.Development, kind: types.AlertKind, name: str) -> None:
    message = render.render_development(development, {development.subject: name}, alert_id="A-00000001", kind=kind)
    assert "A-00000001" in check(message.answer_html, message.answer_plain)


def check_pages(lines: Sequence[markup.Line]) -> None:
    pages = markup.pages(lines)
    assert [line for page in pages for line in page] == list(lines)
    for page in pages:
        text = markup.to_telegram(page)
        if telegram_standin.parse_entities(text).strip():
            check(text, markup.to_plain(page, links=False))


@settings(max_examples=60, deadline=None)
@given(developments(), NASTY, st.lists(NASTY, max_size=3))
def test_the_bot_s_pages_keep_the_limits(d: types.Development, name: str, why: list[str]) -> None:
    names = {d.subject: name}
    claim = types.Claim(
        topic=d.topic, subject="IT", status="x", evidence=name, start=0, end=1, rule=name, why=tuple(why)
    )
    claims = {report.article_id: [claim] for report in d.reports}
    held = [fakes.position(topic=d.topic, subject=d.subject, aspect=d.aspect, status=name, reports=d.reports)] * 40
    for lines in (
        facts.board_lines(held, names, "The board"),
        facts.latest_lines([d] * 30, names),
        facts.source_lines(d, names),
        facts.why_lines(d, names, claims),
    ):
        check_pages(lines)


@given(NASTY)
def test_what_a_reader_says_comes_back_as_text(said: str) -> None:
    reader = recipients.Recipient(address="telegram:7")
    try:
        wishes.change_mutes(reader, said.split() or ["x"], lambda text: None, fakes.NOW)
    except wishes.Misread as error:
        check_pages([markup.line(markup.span(str(error), limit=300))])


def test_a_script_is_never_a_link() -> None:
    bad = fakes.development(reports=(fakes.report(url="javascript:alert(1)"),))
    held = fakes.position(reports=bad.reports)
    pages = [
        render.render_group([("A-1", bad)] * 3, fakes.NAMES).telegram_html,
        render.render_development(bad, fakes.NAMES).answer_html,
        markup.to_telegram(facts.source_lines(bad, fakes.NAMES)),
        markup.to_telegram(facts.why_lines(bad, fakes.NAMES, {})),
        markup.to_telegram(facts.board_lines([held], fakes.NAMES, "The board")),
    ]
    assert all("<a " not in page and "javascript:" not in page for page in pages)
    good = fakes.development()
    assert "<a href=" in render.render_group([("A-1", good)], fakes.NAMES).telegram_html, "and others are"
