"""The channel apprise: one message to one of Apprise's services (Slack, Discord, Matrix, ntfy ...) by its URL.

Needs the extra `notify`. Apprise says only whether a service took the message; why not, it logs, and from there comes
no more than the HTTP status, for its lines may name the URL with its tokens.
"""

import asyncio
import logging
import re
from collections.abc import Mapping
from contextvars import ContextVar

from alerts import redact, render
from alerts.channels import targets
from monitor import errors, types

_STATUS = re.compile(r"error[=: ]+(\d{3})\b")
_REFUSED = {400, 413, 422}  # this message, whenever it is sent
# A chat service takes these in plain text too: for everybody in the room, for one of them, for a channel.
_MENTION = re.compile(r"@(?=\w)|<(?=[!@#])")
_LISTENS: ContextVar[logging.Handler | None] = ContextVar("listens", default=None)  # goes along into the thread
_BREAK = "\u200b"  # a space without width behind the sign takes its meaning away


class AppriseChannel:
    """Sends to named Apprise URLs; the address is apprise:<name>."""

    def __init__(self, urls: Mapping[str, str]) -> None:
        try:
            import apprise
        except ImportError as error:
            raise errors.SettingsError(
                "notify_urls", "Apprise is not installed", "pip install 'coalition-watch[notify]'"
            ) from error
        self._secrets = [secret for url in urls.values() for secret in targets.secrets_in(url)]
        # Its debug lines hold whole URLs and messages; what is left goes through the filter.
        logger = logging.getLogger("apprise")
        logger.setLevel(max(logger.level, logging.WARNING))
        redact.guard_loggers(*self._secrets)
        self._format = apprise.NotifyFormat.TEXT
        self._services: dict[str, apprise.Apprise] = {}
        for name, url in urls.items():
            service = apprise.Apprise()
            if not service.add(url):
                raise errors.SettingsError("notify_urls", f"{name} is no URL that Apprise knows", "ops=ntfy://topic")
            self._services[name] = service

    async def send(self, alert: types.Alert, message: object) -> str | None:
        """Send; raises errors.SendError."""
        assert isinstance(message, render.Message)
        name = alert.recipient.partition(":")[2]
        service = self._services.get(name)
        if service is None:
            raise errors.SendError(alert.recipient, "the settings name no such service")
        heard = _Ear()
        logger = logging.getLogger("apprise")
        logger.addHandler(heard)
        _LISTENS.set(heard)
        try:
            taken = await asyncio.to_thread(
                service.notify,
                title=_defuse(message.subject),
                body=_defuse(message.plain_short),
                body_format=self._format,
            )
        except Exception as error:  # foreign code of a hundred services: whatever it raises is a failed try
            raise errors.SendError(alert.recipient, f"{type(error).__name__}", unknown_outcome=True) from None
        finally:
            logger.removeHandler(heard)
        if not taken:
            raise _to_error(alert.recipient, heard.status)
        return alert.id


class _Ear(logging.Handler):
    """Hears the HTTP status of a refusal; of its own send alone, as others run beside it."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.status: int | None = None

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the status, nothing else."""
        found = _STATUS.search(record.getMessage())
        if found and _LISTENS.get() is self:
            self.status = int(found[1])


def _to_error(recipient: str, status: int | None) -> errors.SendError:
    if status is None:
        return errors.SendError(recipient, "the service did not take it", unknown_outcome=True)
    refused = status in _REFUSED
    return errors.SendError(
        recipient, f"the service answered with status {status}", permanent=refused, message_only=refused
    )


def _defuse(text: str) -> str:
    """The text without mentions that would ring for a whole room."""
    return _MENTION.sub(lambda found: found[0] + _BREAK, text)
