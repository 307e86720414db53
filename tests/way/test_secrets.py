"""No secret in anything that a full run with faults leaves behind: log, output, stored errors, database."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests import smtp_standin, telegram_standin
from tests.way import site as sites
from tests.way.test_way import command, environment

PASSWORD = "hunter-22-in-a-mail"
SECRETS = (telegram_standin.TOKEN.partition(":")[2], PASSWORD)


@contextmanager
def telling_api() -> Iterator[telegram_standin.Standin]:
    """A Bot API that fails in every way, and names the token when it does."""
    with telegram_standin.serve_in_thread() as standin:
        leak = f"Internal error at https://api.telegram.org/bot{telegram_standin.TOKEN}/sendMessage"
        answers = [
            telegram_standin.Refused(500, leak),
            telegram_standin.Refused(400, f"Bad Request: {leak}"),
            telegram_standin.Refused(403, f"Forbidden: {leak}"),
            telegram_standin.BROKEN,
            telegram_standin.RESET,
        ]
        for number, answer in enumerate(answers):
            standin.plans[str(100 + number)] = [answer] * 3
        yield standin


@pytest.mark.timeout(240)
def test_no_secret_is_left_anywhere(tmp_path: Path) -> None:
    site = sites.Site()
    site.add("one", sites.PLEDGE, sites.WEATHER)
    written = b""
    with telling_api() as api, smtp_standin.serve() as smtp:
        env = environment(tmp_path, site, "one") | {
            "CW_LOG_LEVEL": "debug",
            "CW_TELEGRAM_TOKEN": telegram_standin.TOKEN,
            "CW_TELEGRAM_CHATS": ",".join(str(100 + number) for number in range(5)),
            "CW_TELEGRAM_BASE_URL": api.url,
            "CW_EMAIL_HOST": "127.0.0.1",
            "CW_EMAIL_PORT": str(smtp.port),
            "CW_EMAIL_SECURITY": "none",
            "CW_EMAIL_USER": "somebody",
            "CW_EMAIL_PASSWORD": PASSWORD,
            "CW_EMAIL_FROM": "watch@example.org",
            "CW_EMAIL_TO": "reader@example.net",
        }
        for args in (
            ["poll"],
            ["digest", "--send"],
            ["check"],
            ["outbox", "list"],
            ["digest", "--preview", "page.html"],
        ):
            done = subprocess.run(command(*args), env=env, cwd=tmp_path, capture_output=True, timeout=120)
            written += done.stdout + done.stderr
        assert len(api.calls) >= 3, "the chats were written to"
    site.close()
    assert b"alert_failed" in written, "and there were faults"
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert any(path.suffix == ".db" for path in files)
    for secret in SECRETS:
        assert secret.encode() not in written
        for path in files:
            assert secret.encode() not in path.read_bytes(), path.name
    assert all(secret in str(env) for secret in SECRETS), "they were there to be left"
