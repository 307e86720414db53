"""`check` asks each channel's server, sends nothing, and says which one refuses."""

from pathlib import Path

import pytest

from alerts import faults
from app import cli, wiring
from storage import store
from tests import smtp_standin, telegram_standin


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CW_DATABASE_URL", f"sqlite:///{tmp_path}/watch.db")


def set_up(monkeypatch: pytest.MonkeyPatch, **values: str) -> None:
    """CW_ variables."""
    for name, value in values.items():
        monkeypatch.setenv(f"CW_{name.upper()}", value)


def test_servers_that_take_us(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    with telegram_standin.serve_in_thread() as bot, smtp_standin.serve() as smtp:
        set_up(monkeypatch, telegram_token=telegram_standin.TOKEN, telegram_chats="12", telegram_base_url=bot.url)
        set_up(monkeypatch, email_host="127.0.0.1", email_port=str(smtp.port), email_security="none")
        set_up(monkeypatch, email_to="a@example.org", email_from="watch@example.org")
        assert cli.main(["check"]) == 0
        assert [method for method, _ in bot.calls] == ["getMe"]
        assert smtp.mails == []
    shown = capsys.readouterr().out
    assert "@watch_bot" in shown
    assert f"127.0.0.1:{smtp.port}" in shown


def test_servers_that_refuse(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    wrong = "987654321:" + "B" * 35
    with telegram_standin.serve_in_thread() as bot, smtp_standin.serve() as smtp:
        port = smtp.port
        set_up(monkeypatch, telegram_token=wrong, telegram_chats="12", telegram_base_url=bot.url)
        set_up(monkeypatch, email_host="127.0.0.1", email_port=str(port), email_security="starttls")
        set_up(monkeypatch, email_to="a@example.org", email_from="watch@example.org")
        assert cli.main(["check"]) == 1
    shown = capsys.readouterr()
    assert "token is not accepted" in shown.out
    assert "STARTTLS" in shown.out
    assert wrong not in shown.out + shown.err


def test_a_relay_that_denies_the_sender_is_seen_and_gets_no_mail(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with smtp_standin.serve() as smtp:
        smtp.at_mail["watch@example.org"] = "550 5.7.1 relaying denied for this sender"
        set_up(monkeypatch, email_host="127.0.0.1", email_port=str(smtp.port), email_security="none")
        set_up(monkeypatch, email_to="a@example.org", email_from="watch@example.org")
        assert cli.main(["check"]) == 1
        assert smtp.mails == []
    assert "relaying denied" in capsys.readouterr().out


def test_a_fault_that_lasts_is_shown_by_check_and_health(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    stores = store.open_stores(f"sqlite:///{tmp_path}/watch.db")
    known = faults.Faults(stores.meta, wiring.utc_now)
    known.keep(known.note("email", "535 not accepted")[0])
    stores.meta.set("last_cycle_at", wiring.utc_now().isoformat())
    stores.database.close()
    assert cli.main(["health"]) == 0, "to start the container again would mend nothing"
    assert "email does not work since" in capsys.readouterr().out
    assert cli.main(["check"]) == 1
    assert "535 not accepted" in capsys.readouterr().out
