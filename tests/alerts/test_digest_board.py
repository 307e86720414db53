"""The digest and the board: what they show, on quiet days too."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts import board, digest, policy, render
from alerts.channels import email
from monitor import types
from tests import smtp_standin, telegram_standin
from tests.alerts import fakes
from tests.alerts.test_alert_render import NASTY, check_page, developments

ROME = ZoneInfo("Europe/Rome")
HEALTHY = types.FeedHealth(healthy=12, total=12)
POSITIONS = (
    fakes.position(subject="GB", status="pledged", number=7500, source="baseline"),
    fakes.position(subject="FR", status="conditional"),
    fakes.position(subject="FR", aspect="troops:disputed", status="pledged"),
    fakes.position(subject="GB", aspect="troops:support_only", status="support_only"),
    fakes.position(subject="COALITION", aspect="headcount:contributors", status="headcount", number=31),
    fakes.position(topic=types.Topic.BACKSTOP, subject="US", aspect="air", status="offered"),
    fakes.position(topic=types.Topic.BACKSTOP, subject="US", aspect="language:Marco Rubio", status="a safety net"),
    fakes.position(topic=types.Topic.MEMBERSHIP, subject="IT", aspect="membership", status="member"),
)


def digested(*some: types.Development, earlier: Sequence[types.Development] = (), **fields: Any) -> render.Message:
    """A digest that tells of `some` as new and of what became of `earlier` ones."""
    changes = [types.DigestChange(development=d, is_new=True) for d in some]
    changes += [types.DigestChange(development=d, is_new=False) for d in earlier]
    values: dict[str, Any] = {"positions": POSITIONS, "health": HEALTHY} | fields
    return digest.render_digest(
        digest.Contents(changes=tuple(changes), **values),
        since=fakes.NOW - timedelta(days=1),
        until=fakes.NOW,
        tz=ROME,
        names=fakes.NAMES,
    )


def test_a_quiet_day_says_so() -> None:
    message = digested()
    assert message.subject == "Coalition Watch, 12 February 2026: nothing changed"
    assert "Nothing changed.\n\nHOW IT WAS READ\n12 of 12 feeds healthy" in message.plain
    assert "11 Feb 2026, 15:05 CET to 12 Feb 2026, 15:05 CET" in message.plain


def test_majors_come_before_minors_with_evidence_and_sources() -> None:
    minor = fakes.development(id="D-2", minor=True, subject="FR", new="open")
    message = digested(minor, fakes.development())
    assert message.subject.endswith("1 major and 1 minor developments")
    plain = message.plain
    order = ["MAJOR DEVELOPMENTS (1)", "Italy — troops", "“Italy will not", "MINOR DEVELOPMENTS (1)", "France — troops"]
    assert sorted(plain.index(each) for each in order) == [plain.index(each) for each in order]
    assert "• Example Times https://example.org/a1 (press), 12 Feb 2026, 14:45 CET" in plain
    assert '<a href="https://example.org/a1">Example Times</a>' in message.html


def test_it_says_what_is_taken_back_or_disputed() -> None:
    gone = fakes.development(taken_back=True, note="corrected by X")
    disputed = fakes.development(id="D-2", disputed=True, note="AFP: pledged")
    plain = digested(gone, disputed).plain
    assert "Taken back: corrected by X" in plain
    assert "Disputed: AFP: pledged; reported by one origin" in plain


def test_the_other_side_of_a_dispute_is_quoted() -> None:
    other = fakes.position(aspect="troops:disputed", reports=(fakes.report(evidence="Italy will go."),))
    disputed = fakes.development(disputed=True, note="AFP: pledged")
    assert "Against it:\n“Italy will go.”" in digested(disputed, positions=(other,)).plain
    assert "Against it" not in digested(fakes.development(), positions=(other,)).plain


def test_stale_feeds_are_named_in_the_line_that_counts_the_healthy() -> None:
    stale = tuple(f"Feed {number}" for number in range(14))
    plain = digested(health=types.FeedHealth(healthy=3, total=17, stale=stale)).plain
    assert "3 of 17 feeds healthy; stale: Feed 0, Feed 1, " in plain and "Feed 9 and 4 more" in plain


def test_what_became_of_earlier_news_is_told_apart() -> None:
    gone = fakes.development(taken_back=True, note="corrected by X")
    message = digested(fakes.development(id="D-2", minor=True), earlier=[gone])
    assert message.subject.endswith("1 minor development, 1 update")
    assert message.plain.index("MINOR DEVELOPMENTS (1)") < message.plain.index("EARLIER DEVELOPMENTS, NEWS OF THEM (1)")
    assert "Taken back: corrected by X" in message.plain
    assert digested(earlier=[gone]).subject.endswith(": 1 update")


def test_articles_in_other_languages_are_counted() -> None:
    plain = digested(unread={"de": 3, "fr": 11, "es": 0}).plain
    assert "Not read because of their language: 14 articles (11 fr, 3 de)" in plain.splitlines()


def test_what_was_held_back_is_one_line() -> None:
    plain = digested(held_back={"weaker": 2, "same": 40, "strange": 1, "old": 0}).plain
    assert "Held back: 43 claims (40 said the same, 2 said less, 1 strange)" in plain.splitlines()


def test_the_board_is_grouped_and_in_order() -> None:
    groups = board.board_rows(POSITIONS, fakes.NAMES)
    assert [group.title for group in groups] == ["Membership", "Troops", "US backstop"]
    assert [row.name for row in groups[1].rows] == ["Coalition of the willing", "France", *["United Kingdom"] * 2]
    assert groups[1].rows[3].what == "troops, besides"
    assert groups[1].rows[2].holds == "pledges to send forces (7,500 soldiers)"
    assert groups[2].rows[1].what == "wording for the US backstop (Marco Rubio)"
    assert groups[1].rows[2].from_baseline and not groups[1].rows[1].from_baseline


def test_the_board_is_a_table_in_text_and_a_list_in_html() -> None:
    groups = board.board_rows(POSITIONS, fakes.NAMES)
    rows = board.to_text(groups).splitlines()
    assert rows[3] == "TROOPS (4)"
    assert len({row.index("since 13 Jan 2026") for row in rows[4:8]}) == 1, "columns stand below each other"
    page = board.to_html(groups)
    assert page.count("<li>") == 7 and "7,500 soldiers" in page
    check_page(page)


def test_an_empty_board_says_so() -> None:
    assert board.to_text(board.board_rows((), {})) == "The ledger holds no positions."
    assert "holds no positions" in digested(positions=()).html


@settings(max_examples=40, deadline=None)
@given(st.lists(developments(), max_size=5), NASTY)
def test_no_text_breaks_the_digest(some: list[types.Development], name: str) -> None:
    positions = [fakes.position(subject=name, aspect=d.aspect, status=str(d.new), reports=d.reports) for d in some]
    message = digested(*some, positions=tuple(positions), health=types.FeedHealth(healthy=0, total=1, stale=(name,)))
    check_page(message.html)
    text = telegram_standin.parse_entities(message.telegram_html)
    assert len(text.encode("utf-16-le")) // 2 <= telegram_standin.LIMIT
    message.plain.encode("utf-8")


async def test_a_digest_arrives_by_mail_as_it_was_rendered() -> None:
    some = [fakes.development(id=f"D-{n}", reports=(fakes.report(evidence=f"Straße {n} — 中文"),)) for n in range(40)]
    message = digested(*some)
    with smtp_standin.serve() as standin:
        options = email.EmailOptions(host="127.0.0.1", port=standin.port, security="none", sender="w@example.org")
        digest_alert = policy.digest_alert("email:r@example.net", fakes.NOW, fakes.NOW, fakes.NOW.date())
        await email.EmailChannel(options).send(digest_alert, message)
    (mail,) = standin.mails
    plain, page = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None and page is not None
    assert plain.get_content().splitlines() == message.plain.splitlines()
    found = page.get_content().strip()
    for image in message.images:
        found = found.replace(f"cid:{image.name}.{digest_alert.id}@example.org", f"cid:{image.name}")
    assert found == message.html
    assert mail["Subject"] == message.subject


@pytest.mark.parametrize("count", [1, 60])
def test_a_busy_day_still_fits_a_chat(count: int) -> None:
    message = digested(*(fakes.development(id=f"D-{n}") for n in range(count)))
    assert message.plain.count("Italy — troops") == count
    assert len(message.telegram_html) < 10_000
