"""`check` asks each channel's server, sends nothing, and says which one refuses."""

from pathlib import Path

import pytest

from app import cli
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
