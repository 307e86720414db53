"""The channels against a Bot API and an SMTP server that keep the rules; every answer through the real clients."""

import io
import logging
import re
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from telegram import error as telegram_errors

from alerts import redact, render
from alerts.channels import console, email, telegram
from monitor import errors, types
from tests import smtp_standin, telegram_standin
from tests.alerts import fakes

HOSTILE = '<b>x</b> & "quotes" </blockquote><script>alert(1)</script>'


@pytest.fixture
async def api() -> AsyncIterator[telegram_standin.Standin]:
    async with telegram_standin.serve() as standin:
        yield standin


@pytest.fixture
async def channel(api: telegram_standin.Standin) -> AsyncIterator[telegram.TelegramChannel]:
    made = telegram.TelegramChannel(token=telegram_standin.TOKEN, base_url=api.url, timeout_s=2.0)
    yield made
    await made.close()


def message(**fields: object) -> render.Message:
    return render.render_development(fakes.development(**fields), fakes.NAMES, alert_id="A-1")


async def fails(channel: telegram.TelegramChannel, **fields: object) -> errors.SendError:
    with pytest.raises(errors.SendError) as caught:
        await channel.send(fakes.alert(**fields), message())
    assert telegram_standin.TOKEN not in f"{caught.value!r} {caught.value.__cause__!r} {caught.value.reason}"
    return caught.value


# ---------------------------------------------------------------- Telegram


async def test_telegram_shows_headline_quote_and_id_without_a_preview(
    api: telegram_standin.Standin, channel: telegram.TelegramChannel
) -> None:
    reference = await channel.send(fakes.alert(), message())
    (sent,) = api.of("7")
    assert reference == str(sent.number)
    assert "Italy — troops: no position held → rules out sending forces" in sent.text
    assert f"“{fakes.report().evidence}”" in sent.text
    assert "A-1 " in sent.text
    assert sent.parse_mode == "HTML" and not sent.previews


async def test_telegram_shows_hostile_text_as_text(
    api: telegram_standin.Standin, channel: telegram.TelegramChannel
) -> None:
    await channel.send(fakes.alert(), message(reports=(fakes.report(evidence=HOSTILE, outlet=HOSTILE),)))
    assert HOSTILE in api.of("7")[0].text
    assert "<script" not in api.of("7")[0].raw


async def test_telegram_edits_the_message_that_told_it(
    api: telegram_standin.Standin, channel: telegram.TelegramChannel
) -> None:
    first = await channel.send(fakes.alert(), message())
    update = fakes.alert(id="A-2", kind=types.AlertKind.UPDATE, message_ref=first)
    again = await channel.send(update, message(grade=types.Grade.OFFICIAL))
    once_more = await channel.send(update, message(grade=types.Grade.OFFICIAL))  # "message is not modified"
    (sent,) = api.of("7")
    assert again == once_more == first
    assert sent.edits == 1 and "How sure: official" in sent.text


async def test_telegram_sends_an_update_anew_where_the_message_is_gone(
    api: telegram_standin.Standin, channel: telegram.TelegramChannel
) -> None:
    update = fakes.alert(kind=types.AlertKind.UPDATE, message_ref="99")
    assert await channel.send(update, message()) == "1"
    assert [method for method, _ in api.calls] == ["editMessageText", "sendMessage"]


@pytest.mark.parametrize("kind", [types.AlertKind.TAKEN_BACK, types.AlertKind.DISPUTED])
async def test_telegram_answers_what_it_told(
    api: telegram_standin.Standin, channel: telegram.TelegramChannel, kind: types.AlertKind
) -> None:
    first = await channel.send(fakes.alert(), message())
    await channel.send(fakes.alert(kind=kind, message_ref=first), message(taken_back=True, note="denied by X"))
    assert [sent.answers for sent in api.of("7")] == [None, 1]
    assert all(sent.text.startswith("TAKEN BACK: denied by X") for sent in api.of("7")), "it is marked where it stands"
    await channel.send(fakes.alert(kind=kind, message_ref="99"), message())  # deleted meanwhile
    assert api.of("7")[2].answers is None


async def test_telegram_answers_where_a_dispute_is_over(
    api: telegram_standin.Standin, channel: telegram.TelegramChannel
) -> None:
    first = await channel.send(fakes.alert(), message())
    over = fakes.alert(kind=types.AlertKind.UPDATE, message_ref=first, payload={"settled": True})
    await channel.send(over, message(grade=types.Grade.OFFICIAL))
    assert [(sent.answers, sent.edits) for sent in api.of("7")] == [(None, 1), (1, 0)]


async def test_telegram_answers_a_grade_that_rose_and_edits_in_silence_what_joins(
    api: telegram_standin.Standin, channel: telegram.TelegramChannel
) -> None:
    first = await channel.send(fakes.alert(), message())
    joined = fakes.alert(kind=types.AlertKind.UPDATE, message_ref=first, payload={"silent": True, "rose": True})
    reports = (fakes.report(), fakes.report(article_id="a2", outlet="Other", origin="Other"))
    await channel.send(joined, message(reports=reports))
    assert [(sent.answers, sent.edits) for sent in api.of("7")] == [(None, 1)]
    rose = fakes.alert(kind=types.AlertKind.UPDATE, message_ref=first, payload={"rose": True})
    await channel.send(rose, message(reports=reports, grade=types.Grade.CONFIRMED))
    whole, answer = api.of("7")
    assert answer.answers == whole.number and whole.edits == 2
    assert "confirmed by 2 independent origins" in answer.text and len(answer.text) < len(whole.text)


async def test_telegram_writes_into_a_forum_topic(
    api: telegram_standin.Standin, channel: telegram.TelegramChannel
) -> None:
    await channel.send(fakes.alert(recipient="telegram:-1009/5"), message())
    (sent,) = api.of("-1009")
    assert sent.thread == "5"


async def test_telegram_offers_buttons_for_one_development(
    api: telegram_standin.Standin, channel: telegram.TelegramChannel
) -> None:
    await channel.send(fakes.alert(), message())
    await channel.send(fakes.alert(kind=types.AlertKind.UPDATE, message_ref="1"), message(grade=types.Grade.OFFICIAL))
    await channel.send(fakes.alert(kind=types.AlertKind.NOTICE, development_id=None), message())
    expected = {"Why": "why:D-1", "Sources": "sources:D-1", "Mute": "mute:D-1", "Wrong": "wrong:D-1"}
    assert [sent.buttons for sent in api.of("7")] == [expected, {}], "an edit keeps them"


async def test_telegram_falls_back_to_plain_text(
    api: telegram_standin.Standin, channel: telegram.TelegramChannel
) -> None:
    api.refuse_markup = True
    first = await channel.send(fakes.alert(), message())
    update = fakes.alert(kind=types.AlertKind.UPDATE, message_ref=first)
    await channel.send(update, message(grade=types.Grade.OFFICIAL))
    (sent,) = api.of("7")
    assert sent.parse_mode is None and sent.edits == 1
    assert fakes.report().evidence in sent.text


async def test_telegram_says_how_long_to_wait(api: telegram_standin.Standin, channel: telegram.TelegramChannel) -> None:
    api.plans["7"] = [telegram_standin.Refused(429, "Too Many Requests: retry after 17", retry_after=17)]
    error = await fails(channel)
    assert error.retry_after_s == 17 and not error.permanent and not error.unknown_outcome
    assert await channel.send(fakes.alert(), message()) == "1"


def test_telegram_takes_a_pause_as_number_or_duration() -> None:
    assert telegram._to_seconds(17) == telegram._to_seconds(timedelta(seconds=17)) == 17.0


async def test_telegram_refuses_what_is_too_fast(
    api: telegram_standin.Standin, channel: telegram.TelegramChannel
) -> None:
    api.paced = True
    for _ in range(8):
        await channel.send(fakes.alert(), message())
    assert (await fails(channel)).retry_after_s == 3
    assert await channel.send(fakes.alert(recipient="telegram:8"), message()), "other chats may go on"


async def test_telegram_tells_gone_chats_from_refused_messages(
    api: telegram_standin.Standin, channel: telegram.TelegramChannel
) -> None:
    api.blocked, api.unknown = {"7"}, {"8"}
    blocked, unknown = await fails(channel), await fails(channel, recipient="telegram:8")
    assert blocked.permanent and not blocked.message_only
    assert unknown.permanent and not unknown.message_only
    api.plans["9"] = [telegram_standin.Refused(400, "Bad Request: BUTTON_INVALID")]
    refused = await fails(channel, recipient="telegram:9")
    assert refused.permanent and refused.message_only


async def test_telegram_follows_a_group_that_moved(
    api: telegram_standin.Standin, channel: telegram.TelegramChannel
) -> None:
    api.moved["-5"] = -1005
    assert (await fails(channel, recipient="telegram:-5")).moved_to == "telegram:-1005"


@pytest.mark.parametrize("plan", ["accept and say nothing", "accept and hang up"])
async def test_telegram_does_not_know_what_became_of_an_unanswered_message(
    api: telegram_standin.Standin, plan: str
) -> None:
    quick = telegram.TelegramChannel(token=telegram_standin.TOKEN, base_url=api.url, timeout_s=0.3)
    api.plans["7"] = [plan]
    assert (await fails(quick)).unknown_outcome
    assert len(api.of("7")) == 1, "it was told all the same"
    await quick.close()


async def test_telegram_knows_that_a_refused_connection_sent_nothing(unused_tcp_port: int) -> None:
    nobody = telegram.TelegramChannel(token=telegram_standin.TOKEN, base_url=f"http://127.0.0.1:{unused_tcp_port}")
    error = await fails(nobody)
    assert not error.unknown_outcome and not error.permanent
    await nobody.close()


async def test_telegram_blames_no_chat_for_a_wrong_token(api: telegram_standin.Standin) -> None:
    wrong = telegram.TelegramChannel(token="99999:" + "x" * 35, base_url=api.url)
    assert not (await fails(wrong)).permanent
    await wrong.close()
    with pytest.raises(errors.SettingsError):
        telegram.TelegramChannel(token="")


async def test_no_log_holds_the_token(
    api: telegram_standin.Standin, channel: telegram.TelegramChannel, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.DEBUG, logger="httpx")  # a service's own setting of the same process keeps it quiet
    await channel.send(fakes.alert(), message())
    api.plans["7"] = [telegram_standin.Refused(500, f"Internal error at /bot{telegram_standin.TOKEN}/sendMessage")]
    await fails(channel)
    assert "HTTP Request: POST" in caplog.text, "the library did log the address"
    assert telegram_standin.TOKEN not in caplog.text
    assert telegram_standin.TOKEN not in "".join(str(record.__dict__) for record in caplog.records)


@pytest.mark.parametrize("kind", [k for k in vars(telegram_errors).values() if isinstance(k, type)])
def test_every_telegram_error_is_mapped(channel: telegram.TelegramChannel, kind: type) -> None:
    if not issubclass(kind, telegram_errors.TelegramError):
        pytest.skip("no error of the Bot API")
    made = kind.__new__(kind)
    fields = {"message": "x", "_retry_after": timedelta(seconds=3), "new_chat_id": -1}
    for name, value in fields.items():
        if name in {slot for base in kind.__mro__ for slot in getattr(base, "__slots__", ())}:
            setattr(made, name, value)
    assert isinstance(channel._to_send_error("telegram:7", made), errors.SendError)


@pytest.mark.parametrize(
    "text",
    [f"https://api.telegram.org/bot{telegram_standin.TOKEN}/x", "smtp://me:hunter22@mail.example.org/", "my-secret"],
)
def test_redact_leaves_no_secret(text: str) -> None:
    shown = redact.redact(text, "my-secret", None)
    assert "[secret]" in shown
    assert not re.search("AAExample|hunter22|my-secret", shown)


# ---------------------------------------------------------------- e-mail


def mailer(standin: smtp_standin.Standin, **fields: object) -> email.EmailChannel:
    values = {"host": "127.0.0.1", "port": standin.port, "security": "none", "sender": "watch@example.org"}
    return email.EmailChannel(email.EmailOptions(**(values | {"timeout_s": 5.0} | fields)))  # type: ignore[arg-type]


@pytest.mark.parametrize("security", ["none", "starttls", "tls"])
async def test_mail_is_multipart_and_says_whose_it_is(security: str) -> None:
    with smtp_standin.serve(security=security) as standin:
        channel = mailer(standin, security=security, tls_context=standin.client_tls)
        alert = fakes.alert(recipient="email:reader@example.net", message_ref="<A-0@example.org>")
        reference = await channel.send(alert, message(reports=(fakes.report(evidence=HOSTILE + "é" * 300),)))
    (mail,) = standin.mails
    assert standin.encrypted == [security != "none"]
    assert standin.envelopes == [("watch@example.org", ["reader@example.net"])]
    assert mail["From"] == "Coalition Watch <watch@example.org>" and mail["To"] == "reader@example.net"
    assert mail["Subject"] == "Italy — troops: no position held → rules out sending forces"
    assert mail["Date"].datetime == fakes.NOW
    assert mail["Message-ID"] == reference == "<A-00000001@example.org>"
    assert mail["In-Reply-To"] == "<A-0@example.org>"
    assert mail["References"] == "<A-0@example.org>"
    assert mail["List-Unsubscribe"].strip() == "<mailto:watch@example.org?subject=unsubscribe%20reader@example.net>"
    assert mail["List-Id"] == "Coalition Watch <coalition-watch.example.org>"
    assert mail["Auto-Submitted"] == "auto-generated"
    plain, page = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None and page is not None
    assert HOSTILE in plain.get_content()
    assert "<script" not in page.get_content() and "&lt;script&gt;" in page.get_content()


async def test_mail_logs_in() -> None:
    with smtp_standin.serve(security="starttls", auth=True) as standin:
        right = {"security": "starttls", "tls_context": standin.client_tls, "user": smtp_standin.USER}
        alert = fakes.alert(recipient="email:reader@example.net")
        await mailer(standin, **right, password=smtp_standin.PASSWORD).send(alert, message())
        assert len(standin.mails) == 1
        with pytest.raises(errors.SendError) as caught:
            await mailer(standin, **right, password="wrong word").send(alert, message())
    assert not caught.value.permanent, "no recipient is to blame for a wrong password"
    assert "wrong word" not in str(caught.value)


async def test_mail_does_not_go_out_where_tls_is_not_what_it_must_be() -> None:
    alert = fakes.alert(recipient="email:reader@example.net")
    with smtp_standin.serve(security="tls") as standin, pytest.raises(errors.SendError):
        await mailer(standin, security="tls").send(alert, message())  # an authority that nobody knows
    with smtp_standin.serve() as plain, pytest.raises(errors.SendError):
        await mailer(plain, security="starttls").send(alert, message())  # STARTTLS stripped
    assert standin.mails == plain.mails == []


@pytest.mark.parametrize(
    ("where", "answer", "permanent", "message_only"),
    [
        ("rcpt", "550 no such mailbox", True, False),
        ("rcpt", "450 greylisted", False, False),
        ("data", "554 looks like spam", True, True),
        ("data", "451 try again later", False, False),
    ],
)
async def test_mail_errors_are_permanent_or_not(where: str, answer: str, permanent: bool, message_only: bool) -> None:
    with smtp_standin.serve() as standin:
        if where == "rcpt":
            standin.at_rcpt["reader@example.net"] = answer
        else:
            standin.at_data.append(answer)
        with pytest.raises(errors.SendError) as caught:
            await mailer(standin).send(fakes.alert(recipient="email:reader@example.net"), message())
    assert caught.value.permanent is permanent
    assert caught.value.message_only is message_only
    assert answer[:3] in str(caught.value)


async def test_mail_server_that_is_not_there_is_tried_again(unused_tcp_port: int) -> None:
    nobody = smtp_standin.Standin(port=unused_tcp_port)
    with pytest.raises(errors.SendError) as caught:
        await mailer(nobody).send(fakes.alert(recipient="email:reader@example.net"), message())
    assert not caught.value.permanent and not caught.value.unknown_outcome


@pytest.mark.parametrize("fields", [{"security": "ssl3"}, {"sender": "nobody"}])
def test_mail_settings_are_checked(fields: dict[str, object]) -> None:
    with pytest.raises(errors.SettingsError):
        mailer(smtp_standin.Standin(), **fields)


def test_mail_password_is_not_shown() -> None:
    options = email.EmailOptions(host="h", port=1, sender="a@b", password="hunter22")
    assert "hunter22" not in repr(options)


# ---------------------------------------------------------------- console


async def test_console_prints_a_block() -> None:
    stream = io.StringIO()
    assert await console.ConsoleChannel(stream).send(fakes.alert(recipient="console"), message()) == "A-00000001"
    assert stream.getvalue().count(console.RULE) == 2
    assert fakes.report().evidence in stream.getvalue()


async def test_console_loses_no_alert_over_a_character() -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, "ascii")
    await console.ConsoleChannel(stream).send(fakes.alert(), message())
    assert b"rules out sending forces" in raw.getvalue()


async def test_console_that_is_closed_is_an_error() -> None:
    stream = io.StringIO()
    stream.close()
    with pytest.raises(errors.SendError):
        await console.ConsoleChannel(stream).send(fakes.alert(), message())
