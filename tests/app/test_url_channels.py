"""Channels by URL from the settings to the wire: who is told, and that no part of an address is kept or logged."""

import logging
from pathlib import Path

import pytest

from app import settings, wiring
from monitor import errors, types
from tests import server
from tests.storage import rows

SECRET = "T0KEN-that-nobody-may-see"


def load(folder: Path, **environ: str) -> settings.Settings:
    values = {"CW_DATABASE_URL": f"sqlite:///{folder}/watch.db"} | {f"CW_{k.upper()}": v for k, v in environ.items()}
    return settings.load_settings(values)


def test_the_settings_name_recipients_and_hide_their_addresses(tmp_path: Path) -> None:
    loaded = load(
        tmp_path, notify_urls=f"ops=json://127.0.0.1/{SECRET} ntfy://{SECRET}", webhooks="a=https://x.example/h",
        webhook_key="k" * 20,
    )  # fmt: skip
    addresses = [seed.address for seed in wiring.to_seeds(loaded)]
    assert addresses[0] == "apprise:ops" and addresses[1].startswith("apprise:ntfy-")
    assert addresses[2] == "webhook:a"
    assert SECRET not in repr(loaded) + " ".join(addresses)
    assert {SECRET, "k" * 20} <= set(settings.secrets_of(loaded))


@pytest.mark.parametrize(
    ("given", "word"),
    [
        ({"webhooks": "https://x.example/"}, "WEBHOOK_KEY"),
        ({"notify_urls": f"no-address-{SECRET}"}, "NOTIFY_URLS"),
        ({"webhooks": f"a={SECRET}", "webhook_key": "k"}, "WEBHOOKS"),
    ],
)
def test_what_is_wrong_is_told_without_the_address(tmp_path: Path, given: dict[str, str], word: str) -> None:
    with pytest.raises(errors.SettingsError, match=word) as caught:
        load(tmp_path, **given)
    assert SECRET not in str(caught.value)


def test_mails_may_go_out_at_once(tmp_path: Path) -> None:
    mail = {"email_host": "mail.example.org", "email_to": "r@example.net", "email_immediate": "true"}
    (seed,) = wiring.to_seeds(load(tmp_path, **mail))
    assert seed.is_immediate and seed.digest_at == "07:00"
    (seed,) = wiring.to_seeds(load(tmp_path, **(mail | {"email_immediate": "false"})))
    assert not seed.is_immediate


async def test_a_failing_run_keeps_no_part_of_an_address(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with server.TestServer({f"/{SECRET}": server.status(503)}) as site:
        loaded = load(
            tmp_path, notify_urls=f"ops=json://127.0.0.1:{site.port}/{SECRET}", webhooks=f"ops={site.url}/{SECRET}",
            webhook_key="another-secret-key", allow_private_addresses="127.0.0.1",
        )  # fmt: skip
        base = wiring.open_base(loaded)
        wiring.seed_recipients(base)
        step = rows.step()
        base.stores.ledger.record_step(None, step, wiring.plan_alerts(base, step, wiring.utc_now(), False), rows.NOW)
        sender = wiring.build_dispatcher(base)
        count = await sender.dispatch_once()
        await sender.close()
        assert site.hits[f"/{SECRET}"] == count.retried == 2
        assert base.stores.outbox.count_alerts() == {str(types.DeliveryState.WAITING): 2}
        base.close()
    stored = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"status 503" in stored
    for secret in (SECRET, "another-secret-key"):
        assert secret.encode() not in stored
        assert secret not in caplog.text
