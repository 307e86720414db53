"""The channels apprise and webhook against a real HTTP server: what arrives, what refusals mean, what is never told."""

import hashlib
import hmac
import json
import logging
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from email.utils import format_datetime

import pytest

from alerts import render
from alerts.channels import notify, targets, webhook
from monitor import connecting, errors, types
from tests import server
from tests.alerts import fakes

KEY = "a long random word"
SECRET = "T0KEN-that-nobody-may-see"


@pytest.fixture
def site() -> Iterator[server.TestServer]:
    with server.TestServer() as opened:
        yield opened


def message(**fields: object) -> render.Message:
    return render.render_development(fakes.development(**fields), fakes.NAMES, alert_id="A-00000001")


def alert(channel: str) -> types.Alert:
    return fakes.alert(recipient=f"{channel}:ops")


# ---------------------------------------------------------------- names


def test_targets_have_names_that_give_nothing_away() -> None:
    found = targets.parse_targets(f"ops=json://host/{SECRET}?a=b ntfy://topic")
    assert list(found) == ["ops", f"ntfy-{hashlib.sha256(b'ntfy://topic').hexdigest()[:6]}"]
    assert found["ops"] == f"json://host/{SECRET}?a=b"


@pytest.mark.parametrize(
    "text", ["example.org", "ops=", "ops=example.org", "a=ntfy://x a=ntfy://y", "://x", "ops=x://"]
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"address|twice"):
        targets.parse_targets(text)


def test_every_part_that_may_be_a_secret_is_known_as_one() -> None:
    parts = targets.secrets_in("https://user:passw0rd@hooks.example.org:8443/T0KEN00/B1?key=abcdef9")
    assert {"passw0rd", "T0KEN00", "abcdef9"} <= set(parts) and "hooks.example.org" not in parts
    assert [len(each) for each in parts] == sorted((len(each) for each in parts), reverse=True)
    assert "secret-topic" in targets.secrets_in("ntfy://secret-topic")


# ---------------------------------------------------------------- webhook


@pytest.fixture
async def hook(site: server.TestServer) -> AsyncIterator[webhook.WebhookChannel]:
    channel = webhook.WebhookChannel(
        {"ops": f"{site.url}/{SECRET}", "gone": "http://127.0.0.1:9/x"},
        KEY,
        fakes.Clock(),
        connecting.guarded_transport(frozenset({"127.0.0.1"}), 5),
    )
    yield channel
    await channel.close()


async def test_a_webhook_gets_signed_json(site: server.TestServer, hook: webhook.WebhookChannel) -> None:
    site.route(f"/{SECRET}", server.status(204))
    evidence = '"Ünsere <script>alert(1)</script>" 中文'
    assert await hook.send(alert("webhook"), message(reports=(fakes.report(evidence=evidence),))) == "A-00000001"
    (request,) = site.requests
    stamp = request.headers["coalition-watch-timestamp"]
    assert int(stamp) == int(fakes.NOW.timestamp())
    signed = hmac.new(KEY.encode(), stamp.encode() + b"." + request.body, hashlib.sha256).hexdigest()
    assert request.headers["coalition-watch-signature"] == f"v1={signed}"
    assert (request.method, request.headers["content-type"]) == ("POST", "application/json")
    assert request.headers["coalition-watch-id"] == "A-00000001"
    document = json.loads(request.body)
    assert (document["id"], document["kind"], document["development_id"]) == ("A-00000001", "new", "D-1")
    told = document["development"]
    assert (told["topic"], told["subject"], told["old"], told["new"]) == ("troops", "IT", None, "ruled_out")
    assert told["evidence"] == evidence and told["sources"][0]["outlet"] == "Example Times"
    assert "Italy — troops" in document["text"]


async def test_a_second_try_says_the_same(site: server.TestServer, hook: webhook.WebhookChannel) -> None:
    site.route(f"/{SECRET}", server.status(503, Retry_After="7"))
    with pytest.raises(errors.SendError) as caught:
        await hook.send(alert("webhook"), message())
    assert caught.value.retry_after_s == 7 and not caught.value.permanent
    site.route(f"/{SECRET}", server.status(200))
    await hook.send(alert("webhook"), message())
    first, second = site.requests
    assert first.body == second.body
    assert first.headers["coalition-watch-id"] == second.headers["coalition-watch-id"]


@pytest.mark.parametrize(
    ("code", "permanent", "message_only"),
    [
        (301, False, False),
        (400, True, True),
        (401, False, False),
        (404, False, False),
        (410, True, False),
        (413, True, True),
        (429, False, False),
        (500, False, False),
    ],
)
async def test_what_a_webhooks_answer_means(
    site: server.TestServer, hook: webhook.WebhookChannel, code: int, permanent: bool, message_only: bool
) -> None:
    site.route(f"/{SECRET}", server.status(code, Location=site.url + "/elsewhere"))
    with pytest.raises(errors.SendError) as caught:
        await hook.send(alert("webhook"), message())
    assert (caught.value.permanent, caught.value.message_only) == (permanent, message_only)
    assert str(code) in str(caught.value) and SECRET not in str(caught.value)
    assert site.hits == {f"/{SECRET}": 1}, "a redirect is not followed"


@pytest.mark.parametrize(
    ("asked", "pause"),
    [
        (format_datetime(fakes.NOW + timedelta(minutes=2)), 120),
        ("soon", None),
        ("-5", None),
        ("999999999", 6 * 3600),
        (format_datetime(fakes.NOW - timedelta(minutes=2)), 0),
    ],
)
async def test_a_webhook_may_ask_for_a_pause(
    site: server.TestServer, hook: webhook.WebhookChannel, asked: str, pause: float | None
) -> None:
    site.route(f"/{SECRET}", server.status(429, Retry_After=asked))
    with pytest.raises(errors.SendError) as caught:
        await hook.send(alert("webhook"), message())
    assert caught.value.retry_after_s == pause


async def test_a_lost_answer_is_told_from_a_lost_request(
    site: server.TestServer, hook: webhook.WebhookChannel, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.DEBUG, logger="httpx")  # whatever level another test left it at
    site.route(f"/{SECRET}", server.closing)
    with pytest.raises(errors.SendError) as caught:
        await hook.send(alert("webhook"), message())
    assert caught.value.unknown_outcome
    with pytest.raises(errors.SendError) as refused:
        await hook.send(fakes.alert(recipient="webhook:gone"), message())
    assert not refused.value.unknown_outcome and not refused.value.permanent
    site.route(f"/{SECRET}", server.status(200))
    await hook.send(alert("webhook"), message())
    assert "HTTP Request: POST" in caplog.text, "the library did log the address"
    assert SECRET not in caplog.text and KEY not in caplog.text


async def test_a_webhook_reaches_no_address_that_is_not_allowed(site: server.TestServer) -> None:
    channel = webhook.WebhookChannel(
        {"ops": f"{site.url}/{SECRET}"}, KEY, fakes.Clock(), connecting.guarded_transport(False, 5)
    )
    with pytest.raises(errors.SendError, match="not public") as caught:
        await channel.send(alert("webhook"), message())
    await channel.close()
    assert SECRET not in str(caught.value) and site.requests == []


async def test_a_name_that_the_settings_lost_is_no_fault_of_the_reader(hook: webhook.WebhookChannel) -> None:
    with pytest.raises(errors.SendError, match="no such webhook") as caught:
        await hook.send(fakes.alert(recipient="webhook:other"), message())
    assert not caught.value.permanent


def test_a_webhook_must_be_a_web_address() -> None:
    with pytest.raises(errors.SettingsError):
        webhook.WebhookChannel({"ops": "ftp://example.org"}, KEY, fakes.Clock())


# ---------------------------------------------------------------- apprise


def apprise_at(site: server.TestServer) -> notify.AppriseChannel:
    return notify.AppriseChannel({"ops": f"json://127.0.0.1:{site.port}/{SECRET}"})


async def test_apprise_sends_plain_text(site: server.TestServer) -> None:
    site.route(f"/{SECRET}", server.status(200))
    evidence = "<!channel> @everyone <b>come</b> me@example.org"
    told = message(reports=(fakes.report(evidence=evidence),))
    assert await apprise_at(site).send(alert("apprise"), told) == "A-00000001"
    (request,) = site.requests
    document = json.loads(request.body)
    assert document["title"] == "Italy — troops: no position held → rules out sending forces"
    plain = document["message"].replace("\u200b", "")
    assert evidence in plain and "https://example.org/a1" in plain
    assert not any(each in document["message"] for each in ("<!channel", "@everyone", "@example"))


@pytest.mark.parametrize(("code", "permanent"), [(400, True), (401, False), (413, True), (429, False), (503, False)])
async def test_what_an_apprise_services_refusal_means(
    site: server.TestServer, caplog: pytest.LogCaptureFixture, code: int, permanent: bool
) -> None:
    caplog.set_level(logging.DEBUG)
    site.route(f"/{SECRET}", server.status(code))
    with pytest.raises(errors.SendError) as caught:
        await apprise_at(site).send(alert("apprise"), message())
    assert caught.value.permanent is caught.value.message_only is permanent
    assert str(code) in str(caught.value)
    assert "Failed to send" in caplog.text
    assert SECRET not in caplog.text + str(caught.value)


async def test_an_apprise_service_that_is_not_there_is_tried_again(
    unused_tcp_port: int, caplog: pytest.LogCaptureFixture
) -> None:
    channel = notify.AppriseChannel({"ops": f"json://127.0.0.1:{unused_tcp_port}/{SECRET}"})
    with pytest.raises(errors.SendError) as caught:
        await channel.send(alert("apprise"), message())
    assert caught.value.unknown_outcome and not caught.value.permanent
    assert SECRET not in caplog.text + str(caught.value)


async def test_apprise_refuses_what_it_does_not_know(site: server.TestServer) -> None:
    with pytest.raises(errors.SettingsError, match="ops is no URL"):
        notify.AppriseChannel({"ops": f"nosuchservice://{SECRET}"})
    with pytest.raises(errors.SendError, match="no such service"):
        await apprise_at(site).send(fakes.alert(recipient="apprise:other"), message())
