"""Who is told by which settings, and who is no more."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from app import settings, wiring
from monitor import recipients, types
from storage import store
from tests.alerts import fakes

TOKEN = "123456789:" + "A" * 35
MAIL = {"CW_EMAIL_HOST": "mx.example.org", "CW_EMAIL_TO": "a@example.org", "CW_DIGEST_TIME": "06:30"}
CHATS = {"CW_TELEGRAM_TOKEN": TOKEN, "CW_TELEGRAM_CHATS": "-1005/3,12,13"}


def seeds(given: dict[str, str]) -> dict[str, recipients.Recipient]:
    return {one.address: one for one in wiring.to_seeds(settings.load_settings(given))}


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    ("given", "addresses", "operator"),
    [
        ({}, ["console"], "console"),
        (MAIL, ["email:a@example.org"], "console"),
        (MAIL | {"CW_CONSOLE": "true"}, ["console", "email:a@example.org"], "console"),
        (CHATS, ["telegram:-1005/3", "telegram:12", "telegram:13"], "telegram:12"),
        (CHATS | {"CW_OPERATOR": "telegram:13"}, ["telegram:-1005/3", "telegram:12", "telegram:13"], "telegram:13"),
        (
            CHATS | {"CW_OPERATOR": "telegram:99"},
            ["telegram:-1005/3", "telegram:12", "telegram:13", "telegram:99"],
            "telegram:99",
        ),
        (MAIL | {"CW_OPERATOR": "email:a@example.org"}, ["email:a@example.org"], "email:a@example.org"),
    ],
)
def test_the_settings_name_recipients_and_operator(given: dict[str, str], addresses: list[str], operator: str) -> None:
    found = seeds(given)
    assert list(found) == addresses
    assert wiring.operator_of(settings.load_settings(given)) == operator
    bosses = [name for name, one in found.items() if one.role is recipients.Role.OPERATOR]
    assert bosses == [name for name in addresses if name == operator]


def test_mail_gets_a_digest_at_the_set_time_and_the_console_all_at_once() -> None:
    mail, console = seeds(MAIL | {"CW_TIMEZONE": "Europe/Paris"})["email:a@example.org"], seeds({})["console"]
    assert (mail.digest_at, mail.zone, mail.is_immediate) == ("06:30", "Europe/Paris", False)
    assert (console.digest_at, console.cap_per_hour, console.is_immediate) == (None, 0, True)


@pytest.mark.parametrize("chat", ["me", "12/x", "1 2", "@x"])
def test_a_chat_must_be_one(chat: str) -> None:
    with pytest.raises(Exception, match="CW_TELEGRAM_CHATS"):
        settings.load_settings({"CW_TELEGRAM_TOKEN": TOKEN, "CW_TELEGRAM_CHATS": chat})


def test_a_step_is_told_to_whom_the_settings_name_and_ends_mutes(tmp_path: Path) -> None:
    now = datetime(2026, 3, 1, tzinfo=UTC)
    stores = store.open_stores(f"sqlite:///{tmp_path}/watch.db")
    base = wiring.Base(
        settings=settings.load_settings(CHATS),
        watch=None,  # type: ignore[arg-type]
        rules=None,  # type: ignore[arg-type]
        stores=stores,
    )
    wiring.seed_recipients(base)
    left = recipients.Recipient(address="telegram:44")
    stores.recipients.save_recipient(left, now)
    wiring.seed_recipients(base)
    mute = recipients.Mute(subject="IT")
    stores.recipients.save_recipient(recipients.Recipient(address="telegram:12", mutes=(mute,)), now)
    step = fakes.step(types.DevelopmentChange(kind=types.AlertKind.NEW, development=fakes.development()))
    told = [alert.recipient for alert in wiring.plan_alerts(base, step, now, False)]
    reader = stores.recipients.recipient("telegram:12")
    stores.database.close()
    assert told == ["telegram:-1005/3", "telegram:12", "telegram:13"]
    assert reader is not None and reader.mutes == ()
