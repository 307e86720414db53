"""The channel webhook: a JSON document to an address of yours, signed so that its receiver can trust it.

Redirects are not followed; the transport given decides which addresses may be reached. What a receiver checks stands
below and in the README.
"""

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime

import httpx

from alerts import redact, render
from alerts.channels import targets
from monitor import errors, types

# A receiver computes the signature over the bytes that came, compares in constant time, refuses old timestamps, and
# drops an id that it has seen: an answer that was lost makes a second try.
ID = "Coalition-Watch-Id"  # A-6179deb2c41f07aa, the same for every try
TIMESTAMP = "Coalition-Watch-Timestamp"  # seconds since 1970, when it was sent
SIGNATURE = "Coalition-Watch-Signature"  # v1=<hex>: HMAC-SHA256 with the key over "<timestamp>.<body>"

TIMEOUT_S = 20.0
_THIS_MESSAGE = {400, 413, 415, 422}
_LONGEST_PAUSE_S = 6 * 3600.0


class WebhookChannel:
    """Posts to named addresses; the address is webhook:<name>."""

    def __init__(
        self,
        urls: Mapping[str, str],
        key: str,
        clock: Callable[[], datetime],
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        for name, url in urls.items():
            if not url.startswith(("https://", "http://")):
                raise errors.SettingsError("webhooks", f"{name} is no web address", "ops=https://example.org/hook")
        self._urls, self._key, self._clock = dict(urls), key.encode(), clock
        self._secrets = (key, *(secret for url in urls.values() for secret in targets.secrets_in(url)))
        redact.guard_loggers(*self._secrets)
        self._client = httpx.AsyncClient(
            transport=transport, timeout=TIMEOUT_S, follow_redirects=False, trust_env=False
        )

    async def send(self, alert: types.Alert, message: object) -> str | None:
        """Post; raises errors.SendError."""
        assert isinstance(message, render.Message)
        url = self._urls.get(alert.recipient.partition(":")[2])
        if url is None:
            raise errors.SendError(alert.recipient, "the settings name no such webhook")
        body = to_body(alert, message)
        stamp = str(int(self._clock().timestamp()))
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "CoalitionWatch",
            ID: alert.id,
            TIMESTAMP: stamp,
            SIGNATURE: f"v1={sign(self._key, stamp, body)}",
        }
        try:
            async with self._client.stream("POST", url, content=body, headers=headers) as answer:
                status, asked = answer.status_code, answer.headers.get("Retry-After")
        except errors.FetchError as error:  # the guarded transport's refusal of an address
            raise errors.SendError(alert.recipient, self._clean(error.reason)) from None
        except httpx.HTTPError as error:
            # The chain is cut: a cause holds the request, and its address the secret.
            sent = not isinstance(error, (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout))
            word = self._clean(str(error)) or type(error).__name__
            raise errors.SendError(alert.recipient, word, unknown_outcome=sent) from None
        if not 200 <= status < 300:
            raise to_error(alert.recipient, status, self._to_pause(asked))
        return alert.id

    async def close(self) -> None:
        """Give connections back."""
        await self._client.aclose()

    def _clean(self, text: str) -> str:
        return redact.redact(text, *self._secrets)

    def _to_pause(self, asked: str | None) -> float | None:
        """Retry-After in seconds, given as seconds or as a date."""
        if not asked:
            return None
        try:
            pause = float(asked) if asked.isdecimal() else self._until(asked)
        except (ValueError, TypeError, OverflowError):
            return None
        return min(max(pause, 0.0), _LONGEST_PAUSE_S)

    def _until(self, date: str) -> float:
        return (parsedate_to_datetime(date) - self._clock()).total_seconds()


def sign(key: bytes, stamp: str, body: bytes) -> str:
    """The signature of a body sent at a time, as hex."""
    return hmac.new(key, stamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def to_body(alert: types.Alert, message: render.Message) -> bytes:
    """The document; the same for every try of an alert whose development has not changed."""
    document = {
        "id": alert.id,
        "kind": str(alert.kind),
        "created_at": alert.created_at.isoformat(),
        "development_id": alert.development_id,
        "subject": message.subject,
        "text": message.plain_short,
        "development": message.facts,
    }
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def to_error(recipient: str, status: int, retry_after_s: float | None) -> errors.SendError:
    """What an answer other than 2xx means: 410 that the receiver is gone, some that this message is not taken."""
    word = f"answered with status {status}"
    if status == 410:
        return errors.SendError(recipient, word, permanent=True)
    if status in _THIS_MESSAGE:
        return errors.SendError(recipient, word, permanent=True, message_only=True)
    return errors.SendError(recipient, word, retry_after_s=retry_after_s)
