"""Keeps secrets out of words: bot tokens and passwords in errors and in what libraries log. Configures no logging."""

import logging
import re

_TOKEN = re.compile(r"\d{5,14}:[A-Za-z0-9_-]{20,}")
_USER_INFO = re.compile(r"(?<=://)[^/\s:@]+:[^/\s@]+(?=@)")
# httpx logs each address at INFO, and a Bot API address holds the token.
CHATTY = (
    "httpx",
    "httpcore.connection",
    "httpcore.http11",
    "httpcore.proxy",
    "telegram.Bot",
    "telegram.request",
    "telegram.ext.ExtBot",
    "telegram.ext.Application",
)


def redact(text: str, *secrets: str | None) -> str:
    """The text without bot tokens, credentials in addresses and the secrets given."""
    for secret in secrets:
        if secret:
            text = text.replace(secret, "[secret]")
    return _USER_INFO.sub("[secret]", _TOKEN.sub("[secret]", text))


class RedactFilter(logging.Filter):
    """Rewrites records so that no handler sees a secret."""

    def __init__(self, *secrets: str) -> None:
        super().__init__()
        self._secrets = secrets

    def filter(self, record: logging.LogRecord) -> bool:
        """Always lets the record through."""
        record.msg, record.args = redact(record.getMessage(), *self._secrets), ()
        return True


def guard_loggers(*secrets: str) -> None:
    """Put a filter on the loggers of libraries that may name an address with a token."""
    for name in CHATTY:
        logging.getLogger(name).addFilter(RedactFilter(*secrets))
