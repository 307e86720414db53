"""The Telegram channel: one message to one chat through the Bot API; foreign errors become SendError.

Updates edit the message that told the development; disputes, their end and take-backs edit it and answer it besides,
for an edit alone makes no sound.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import httpx
import telegram
from telegram import error as telegram_errors
from telegram.constants import ParseMode
from telegram.request import HTTPXRequest

from alerts import redact, render
from monitor import errors, types

API = "https://api.telegram.org"
_ANSWERS = (types.AlertKind.DISPUTED, types.AlertKind.TAKEN_BACK)
# Bad requests after which nothing can ever reach the chat.
_CHAT_GONE = (
    "chat not found",
    "user not found",
    "peer_id_invalid",
    "group chat was deactivated",
    "have no rights to send",
    "not enough rights to send",
    "chat_write_forbidden",
    "user is deactivated",
)
_NOT_EDITABLE = ("message to edit not found", "message can't be edited", "message_id_invalid")


class TelegramChannel:
    """Sends to chats. The token never shows in an error."""

    def __init__(self, *, token: str, base_url: str | None = None, timeout_s: float = 15.0) -> None:
        redact.guard_loggers(token)
        self._token = token
        request = HTTPXRequest(
            connection_pool_size=16,
            read_timeout=timeout_s,
            write_timeout=timeout_s,
            connect_timeout=timeout_s,
            pool_timeout=timeout_s,
        )
        try:
            self._bot = telegram.Bot(token, base_url=_to_bot_url(base_url or API), request=request)
        except telegram_errors.InvalidToken as error:
            raise errors.SettingsError("telegram_token", "no bot token", "123456:ABC-DEF...") from error

    async def send(self, alert: types.Alert, message: object) -> str | None:
        """Send, edit or answer; return the message's number; raises errors.SendError."""
        assert isinstance(message, render.Message)
        chat = alert.recipient.partition(":")[2]
        async with self._mapped(alert.recipient):
            if not alert.message_ref:
                return await self._post(chat, message, None)
            edited = await self._edit(chat, alert, message)
            if edited and not _is_answer(alert):
                return alert.message_ref
            return await self._post(chat, message, int(alert.message_ref) if edited else None)
        raise AssertionError("unreachable: _mapped swallows nothing")

    async def check(self) -> str:
        """Say whose bot the token is; sends nothing; raises errors.SendError."""
        async with self._mapped("telegram"):
            bot = await self._bot.get_me()
        return f"bot @{bot.username}"

    async def close(self) -> None:
        """Give connections back."""
        await self._bot.request.shutdown()

    async def _post(self, chat: str, message: render.Message, answered: int | None) -> str:
        reply = telegram.ReplyParameters(answered, allow_sending_without_reply=True) if answered else None
        preview = telegram.LinkPreviewOptions(is_disabled=True)
        try:
            sent = await self._bot.send_message(
                chat,
                message.telegram_html,
                parse_mode=ParseMode.HTML,
                link_preview_options=preview,
                reply_parameters=reply,
            )
        except telegram_errors.BadRequest as error:
            if not _is_unparsed(error):
                raise
            sent = await self._bot.send_message(
                chat, message.plain_short, link_preview_options=preview, reply_parameters=reply
            )
        return str(sent.message_id)

    async def _edit(self, chat: str, alert: types.Alert, message: render.Message) -> bool:
        """Edit the earlier message; False where that is gone, so that the update is sent on its own."""
        number, preview = int(alert.message_ref or 0), telegram.LinkPreviewOptions(is_disabled=True)
        try:
            await self._bot.edit_message_text(
                message.telegram_html, chat, number, parse_mode=ParseMode.HTML, link_preview_options=preview
            )
        except telegram_errors.BadRequest as error:
            told = str(error).lower()
            if "message is not modified" in told:
                return True
            if any(word in told for word in _NOT_EDITABLE):
                return False
            if not _is_unparsed(error):
                raise
            await self._bot.edit_message_text(message.plain_short, chat, number, link_preview_options=preview)
        return True

    @asynccontextmanager
    async def _mapped(self, recipient: str) -> AsyncIterator[None]:
        """Turn every Telegram error into ours."""
        try:
            yield
        except telegram_errors.TelegramError as error:
            # The chain is cut: a cause holds the request, and its address the token.
            raise self._to_send_error(recipient, error) from None

    def _to_send_error(self, recipient: str, error: telegram_errors.TelegramError) -> errors.SendError:
        told = redact.redact(str(error), self._token)
        if isinstance(error, telegram_errors.RetryAfter):
            return errors.SendError(recipient, "too many messages", retry_after_s=_to_seconds(error.retry_after))
        if isinstance(error, telegram_errors.ChatMigrated):
            return errors.SendError(recipient, "the group has moved", moved_to=f"telegram:{error.new_chat_id}")
        if isinstance(error, telegram_errors.InvalidToken):
            # A wrong token is the operator's to mend; no chat is to blame, and nothing is lost meanwhile.
            return errors.SendError(recipient, "the bot token is not accepted")
        if isinstance(error, telegram_errors.Forbidden):
            return errors.SendError(recipient, told, permanent=True)
        if isinstance(error, telegram_errors.BadRequest):
            gone = any(word in told.lower() for word in _CHAT_GONE)
            return errors.SendError(recipient, told, permanent=True, message_only=not gone)
        unsent = isinstance(error.__cause__, (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout))
        return errors.SendError(recipient, told, unknown_outcome=not unsent)


def _is_answer(alert: types.Alert) -> bool:
    return alert.kind in _ANSWERS or bool(alert.payload.get("settled"))


def _to_bot_url(base_url: str) -> str:
    url = base_url.rstrip("/")
    return url if url.endswith("/bot") or "{token}" in url else f"{url}/bot"


def _to_seconds(value: int | timedelta) -> float:
    return value.total_seconds() if isinstance(value, timedelta) else float(value)


def _is_unparsed(error: telegram_errors.BadRequest) -> bool:
    told = str(error).lower()
    return "can't parse entities" in told or "message is too long" in told
