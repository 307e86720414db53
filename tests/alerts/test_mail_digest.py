"""The digest as a mail, and what a mail server's answers mean; against a real SMTP server, mails parsed back."""

import io
import re
from datetime import timedelta
from email.message import EmailMessage

import pytest
from hypothesis import HealthCheck, given, settings
from PIL import Image

from alerts import charts, digest, dispatcher, faults, policy, render
from alerts.channels import email, smtp_errors
from monitor import errors, types
from tests import smtp_standin
from tests.alerts import fakes
from tests.alerts.test_alert_render import NASTY, check_page
from tests.alerts.test_digest_board import POSITIONS, digested

READER = "reader@example.net"
BACKSTOP = types.Topic.BACKSTOP
STANCES = tuple(
    fakes.position(topic=BACKSTOP, subject="US", aspect="air", status=status, since=fakes.NOW - timedelta(days=days))
    for status, days in (("refused", 200), ("discussed", 90), ("offered", 20))
)


def alert(address: str = READER, name: str = "A-00000001") -> types.Alert:
    written = policy.digest_alert(f"email:{address}", fakes.NOW, fakes.NOW, fakes.NOW.date())
    return fakes.alert(id=name, recipient=written.recipient, kind=written.kind, development_id=None)


def mailer(standin: smtp_standin.Standin, **fields: object) -> email.EmailChannel:
    values = {"host": "127.0.0.1", "port": standin.port, "security": "none", "sender": "Watch <watch@example.org>"}
    return email.EmailChannel(email.EmailOptions(**(values | {"timeout_s": 5.0} | fields)))  # type: ignore[arg-type]


def to_page(mail: EmailMessage) -> str:
    page = mail.get_body(("html",))
    assert isinstance(page, EmailMessage)
    return str(page.get_content())


def pictures(mail: EmailMessage) -> dict[str, EmailMessage]:
    return {str(part["Content-ID"]): part for part in mail.walk() if part.get_content_maintype() == "image"}


@pytest.mark.parametrize("security", ["starttls", "tls"])
async def test_every_picture_of_the_page_is_in_the_mail_and_the_reverse(security: str) -> None:
    message = digested(fakes.development(), stances=STANCES)
    with smtp_standin.serve(security=security, auth=security == "starttls") as standin:
        who = {"user": smtp_standin.USER, "password": smtp_standin.PASSWORD} if security == "starttls" else {}
        channel = mailer(standin, security=security, tls_context=standin.client_tls, **who)
        await channel.send(alert(), message)
    (mail,) = standin.mails
    assert standin.encrypted == [True]
    assert mail.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "multipart/related"]
    named = re.findall(r'src="cid:([^"]+)"', to_page(mail))
    found = pictures(mail)
    assert named == ["pledges.A-00000001@example.org", "stances.A-00000001@example.org"]
    assert sorted(found) == sorted(f"<{name}>" for name in named)
    for part in found.values():
        assert part.get_content_disposition() == "inline"
        with Image.open(io.BytesIO(part.get_content())) as image:
            assert image.format == "PNG" and image.width == charts.WIDTH * charts.SCALE


async def test_who_sees_no_pictures_reads_the_same() -> None:
    message = digested(stances=STANCES)
    assert "• United Kingdom: 7,500 soldiers" in message.plain
    assert "• France: no figure, on a condition" in message.plain
    assert "• Air support: ruled out (27 Jul 2025) → under discussion (14 Nov 2025) → offered (23 Jan 2026)" in (
        message.plain
    )
    alts = re.findall(r'alt="([^"]+)"', message.html)
    assert alts[0] == "Troop pledges by country. United Kingdom: 7,500 soldiers; France: no figure, on a condition"
    assert "offered (23 Jan 2026)" in alts[1]


def test_without_the_extra_the_page_has_lists(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(charts, "Image", None)
    message = digested(stances=STANCES)
    assert message.images == () and "<img" not in message.html
    assert "<strong>United Kingdom</strong>: 7,500 soldiers" in message.html
    assert "<strong>Air support: </strong>ruled out (27 Jul 2025)" in message.html


def test_a_message_that_was_kept_comes_back_as_it_was() -> None:
    message = digested(fakes.development(), stances=STANCES)
    assert message.images
    assert render.from_json(render.to_json(message)) == message
    page = render.to_page(message)
    assert "cid:" not in page and page.count("data:image/png;base64,") == 2


def test_the_same_digest_is_the_same_to_the_last_byte() -> None:
    first, second = (digested(fakes.development(), stances=STANCES) for _ in range(2))
    assert first == second
    mails = [email.to_mail(alert(), each, READER, "watch@example.org") for each in (first, second)]
    assert mails[0]["Message-ID"] == mails[1]["Message-ID"]


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(NASTY, NASTY)
def test_hostile_text_never_becomes_markup_in_a_mail(text: str, name: str) -> None:
    development = fakes.development(
        note=text, subject=name, reports=(fakes.report(evidence=text, outlet=name, url=f"javascript:{text}"),)
    )
    held = (*POSITIONS, fakes.position(subject=name, status="pledged", number=5, reports=development.reports))
    health = types.FeedHealth(healthy=0, total=1, stale=(name,))
    contents = digest.Contents(
        changes=(types.DigestChange(development=development, is_new=True),),
        positions=held,
        stances=STANCES,
        health=health,
        held_back={text: 3},
        unread={name: 2},
    )
    message = digest.render_digest(contents, fakes.NOW, fakes.NOW, fakes.NOW.tzinfo or None, fakes.NAMES)  # type: ignore[arg-type]
    mail = email.to_mail(alert(), message, READER, "watch@example.org")
    page = to_page(mail)
    check_page(page)
    assert "javascript:" not in re.findall(r'href="([^"]*)"', page)
    assert page.count("<img") == 2
    assert set(re.findall(r'src="cid:([^"]+)"', page)) == {key.strip("<>") for key in pictures(mail)}
    assert not re.search(r"[\r\n]", str(mail["Subject"]))


async def test_one_refused_address_keeps_nobody_else_waiting() -> None:
    outbox, clock = fakes.FakeOutbox(), fakes.Clock()
    people = ["a@example.net", "gone@example.net", "full@example.net", "z@example.net"]
    outbox.add_alerts([alert(person, f"A-{number}") for number, person in enumerate(people)])
    message = digested()
    with smtp_standin.serve() as standin:
        standin.at_rcpt = {
            "gone@example.net": "550 5.1.1 no such user",
            "full@example.net": "452 4.2.2 mailbox full",
        }
        sender = dispatcher.Dispatcher(
            outbox,
            {"email": mailer(standin)},
            load_development=lambda name: None,
            names=fakes.NAMES,
            clock=clock,
            render_digest_for=lambda each: message,
            known_faults=faults.Faults(fakes.FakeMeta(), clock),
            recipient_of=lambda address: None,
            sleep=clock.sleep,
        )
        count = await sender.dispatch_once()
    assert sorted(to for _, (to,) in standin.envelopes) == ["a@example.net", "z@example.net"]
    assert count.sent == 2
    assert list(outbox.off) == ["email:gone@example.net"]
    states = {row.recipient: row.state for row in outbox.rows.values()}
    assert states["email:full@example.net"] is types.DeliveryState.WAITING


RECIPIENT, SENDER, DATA = smtp_errors.Stage.RECIPIENT, smtp_errors.Stage.SENDER, smtp_errors.Stage.DATA
AGAIN, MESSAGE, GONE = smtp_errors.TRY_AGAIN, smtp_errors.THIS_MESSAGE, smtp_errors.THIS_RECIPIENT
CHANNEL, DENIED = smtp_errors.MEND_CHANNEL, smtp_errors.MEND_RECIPIENT


@pytest.mark.parametrize(
    ("stage", "code", "text", "verdict"),
    [
        (RECIPIENT, 550, "5.1.1 no such user", GONE),
        (RECIPIENT, 550, "no such user", GONE),
        (RECIPIENT, 553, "mailbox name not allowed", GONE),
        (RECIPIENT, 550, "5.2.1 mailbox disabled", GONE),
        (RECIPIENT, 550, "5.7.1 your address is on a block list", DENIED),
        (RECIPIENT, 554, "5.7.1 <r@example.net>: Relay access denied", DENIED),
        (RECIPIENT, 554, "transaction failed", DENIED),
        (RECIPIENT, 550, "relay not permitted", DENIED),
        (RECIPIENT, 530, "5.7.0 authentication required", CHANNEL),
        (RECIPIENT, 552, "5.2.2 mailbox full", AGAIN),
        (RECIPIENT, 552, "over quota", AGAIN),
        (RECIPIENT, 450, "4.2.0 greylisted", AGAIN),
        (RECIPIENT, 421, "closing", AGAIN),
        (RECIPIENT, 550, "5.2.3 message too big for this mailbox", MESSAGE),
        (SENDER, 552, "5.3.4 message size exceeds the limit", MESSAGE),
        (SENDER, 552, "too big", MESSAGE),
        (SENDER, 550, "5.7.1 sender not allowed", CHANNEL),
        (SENDER, 530, "must issue a STARTTLS command first", CHANNEL),
        (DATA, 550, "5.7.1 relaying denied", DENIED),
        (SENDER, 451, "later", AGAIN),
        (DATA, 554, "5.6.0 content refused", MESSAGE),
        (DATA, 554, "looks like spam", MESSAGE),
        (DATA, 552, "5.3.1 mail system full", AGAIN),
        (DATA, 451, "4.3.0 later", AGAIN),
        (smtp_errors.Stage.OTHER, 503, "bad sequence", MESSAGE),
        (smtp_errors.Stage.OTHER, 454, "later", AGAIN),
    ],
)
def test_what_a_refusal_means(stage: smtp_errors.Stage, code: int, text: str, verdict: smtp_errors.Verdict) -> None:
    assert smtp_errors.judge(stage, code, text) == verdict


async def test_a_server_that_does_not_take_the_log_in_loses_no_mail() -> None:
    with smtp_standin.serve(security="starttls", auth=True) as standin:
        channel = mailer(standin, security="starttls", tls_context=standin.client_tls, user="watch", password="wrong1")
        with pytest.raises(errors.SendError) as caught:
            await channel.send(alert(), digested())
    assert not caught.value.permanent and not caught.value.unknown_outcome
    assert "wrong1" not in str(caught.value)
