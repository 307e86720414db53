"""Logs: an event and key=value on standard error; no secret passes, whoever logs it."""

import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from app import logs

TOKEN = "123456789:" + "Ab3-_" * 7


@pytest.fixture(autouse=True)
def _leave_logging_as_it_was() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    yield
    root.handlers, root.level = handlers, level
    structlog.reset_defaults()


def test_events_as_text(capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up_logs("info", "text")
    structlog.get_logger("t").info("polled", feeds=3)
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "polled" in shown.err
    assert "feeds=3" in shown.err


def test_events_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up_logs("info", "json")
    structlog.get_logger("t").warning("feed_failed", feed="https://example.org/rss", reason="gone")
    row = json.loads(capsys.readouterr().err)
    assert (row["event"], row["level"], row["reason"]) == ("feed_failed", "warning", "gone")
    assert "timestamp" in row


def test_levels(capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up_logs("warning", "text")
    structlog.get_logger("t").info("quiet")
    logging.getLogger("other").info("quiet")
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("form", ["text", "json"])
def test_no_secret_passes(form: str, capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up_logs("debug", form, ("pass-word-9",))
    log = structlog.get_logger("t")
    log.info("sent", url=f"https://api.telegram.org/bot{TOKEN}/sendMessage", password="pass-word-9")
    log.info(f"event with {TOKEN}", many=[TOKEN, {"deep": "pass-word-9"}])
    logging.getLogger("library").warning("login %s failed at %s", "pass-word-9", f"https://x/bot{TOKEN}/")
    try:
        raise ValueError(f"postgresql://user:pass-word-9@host and {TOKEN}")
    except ValueError:
        log.exception("crashed")
        logging.getLogger("library").exception("crashed too")
    shown = capsys.readouterr().err
    assert "crashed too" in shown
    assert TOKEN not in shown
    assert "pass-word-9" not in shown


def test_an_address_with_a_token_is_not_logged_by_the_http_library(capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up_logs("debug", "text")
    for name in ("httpx", "httpcore", "httpcore.connection", "telegram.Bot"):
        logging.getLogger(name).info("HTTP Request: POST https://api.telegram.org/bot%s/getMe", TOKEN)
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("form", ["text", "json"])
def test_no_colours_and_no_line_breaks_from_outside(form: str, capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up_logs("info", form)
    structlog.get_logger("t").info("feed_failed", reason="one\ntwo\x1b[31m\rthree")
    shown = capsys.readouterr().err
    assert len(shown.splitlines()) == 1
    assert "\x1b" not in shown
