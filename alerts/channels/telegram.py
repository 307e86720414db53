"""The Telegram channel: one message to one chat through the Bot API; foreign errors become SendError.

Updates edit the message that told the development; a grade that rises, disputes, their end and take-backs edit it and
answer it besides, for an edit alone makes no sound.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

import httpx
import telegram
from telegram import error as telegram_errors
from telegram.constants import ParseMode
from telegram.request import HTTPXRequest

from alerts import redact, render
from monitor import errors, types

T = TypeVar("T")

BUTTONS = ("Why", "Sources", "Mute", "Wrong")
_NO_PREVIEW = telegram.LinkPreviewOptions(is_disabled=True)
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
    "message thread not found",
    "topic_closed",
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
            self._bot = telegram.Bot(token, base_url=to_bot_url(base_url or API), request=request)
        except telegram_errors.InvalidToken as error:
            raise errors.SettingsError("telegram_token", "no bot token", "123456:ABC-DEF...") from error

    async def send(self, alert: types.Alert, message: object) -> str | None:
        """Send, edit or answer; return the message's number; raises errors.SendError."""
        assert isinstance(message, render.Message)
        chat, _, thread = alert.recipient.partition(":")[2].partition("/")
        place = _Place(chat=chat, thread=int(thread) if thread else None, buttons=to_buttons(alert))
        async with self._mapped(alert.recipient):
            if not alert.message_ref:
                return await self._post(place, message, None)
            told = int(alert.message_ref)
            if alert.payload.get("grouped"):  # told among others: its own message from now on, as an answer
                return await self._post(place, message, told)
            edited = await self._edit(place, told, message)
            if not edited:
                return await self._post(place, message, None)
            if _is_answer(alert):
                await self._answer(place, told, message)
            return alert.message_ref
        raise AssertionError("unreachable: _mapped swallows nothing")

    async def check(self) -> str:
        """Say whose bot the token is; sends nothing; raises errors.SendError."""
        async with self._mapped("telegram"):
            bot = await self._bot.get_me()
        return f"bot @{bot.username}"

    async def close(self) -> None:
        """Give connections back."""
        await self._bot.request.shutdown()

    async def _post(self, place: "_Place", message: render.Message, answered: int | None) -> str:
        return await self._say(place, message.telegram_html, message.plain_short, answered)

    async def _answer(self, place: "_Place", answered: int, message: render.Message) -> str:
        """In short, for the whole stands in the message that is answered."""
        return await self._say(place, message.answer_html or message.telegram_html, message.answer_plain, answered)

    async def _say(self, place: "_Place", marked_up: str, plain: str, answered: int | None) -> str:
        reply = telegram.ReplyParameters(answered, allow_sending_without_reply=True) if answered else None

        async def say(text: str, mode: str | None) -> telegram.Message:
            return await self._bot.send_message(
                place.chat,
                text,
                parse_mode=mode,
                link_preview_options=_NO_PREVIEW,
                reply_parameters=reply,
                message_thread_id=place.thread,
                reply_markup=place.buttons,
            )

        return str((await _marked_up_or_plain(say, marked_up, plain)).message_id)

    async def _edit(self, place: "_Place", number: int, message: render.Message) -> bool:
        """Edit the earlier message; False where that is gone, so that the update is sent on its own."""

        async def edit(text: str, mode: str | None) -> object:
            return await self._bot.edit_message_text(
                text,
                place.chat,
                number,
                parse_mode=mode,
                link_preview_options=_NO_PREVIEW,
                reply_markup=place.buttons,
            )

        try:
            await _marked_up_or_plain(edit, message.telegram_html, message.plain_short)
        except telegram_errors.BadRequest as error:
            told = str(error).lower()
            if "message is not modified" in told:
                return True
            if any(word in told for word in _NOT_EDITABLE):
                return False
            raise
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
            return errors.SendError(
                recipient, "the bot token is not accepted (settings: telegram_token)", fault=errors.Fault.CHANNEL
            )
        if isinstance(error, telegram_errors.Forbidden):
            return errors.SendError(recipient, told, permanent=True)
        if isinstance(error, telegram_errors.BadRequest):
            gone = any(word in told.lower() for word in _CHAT_GONE)
            return errors.SendError(recipient, told, permanent=True, message_only=not gone)
        unsent = isinstance(error.__cause__, (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout))
        return errors.SendError(recipient, told, unknown_outcome=not unsent)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Where a message goes, and the buttons below it."""

    chat: str
    thread: int | None
    buttons: telegram.InlineKeyboardMarkup | None


def to_buttons(alert: types.Alert) -> telegram.InlineKeyboardMarkup | None:
    """The buttons of an alert that tells one development; alerts/bot answers them."""
    if alert.development_id is None:
        return None
    row = [
        telegram.InlineKeyboardButton(label, callback_data=f"{label.lower()}:{alert.development_id}")
        for label in BUTTONS
    ]
    return telegram.InlineKeyboardMarkup([row])


Say = Callable[[str, str | None], Awaitable[T]]


async def _marked_up_or_plain(say: Say[T], marked_up: str, plain: str) -> T:
    """Say it with markup; where Telegram cannot read that, without."""
    try:
        return await say(marked_up, ParseMode.HTML)
    except telegram_errors.BadRequest as error:
        if not _is_unparsed(error):
            raise
        return await say(plain or marked_up, None)


def _is_answer(alert: types.Alert) -> bool:
    """Whether an edit alone is not enough: it makes no sound."""
    if alert.payload.get("silent"):
        return False
    return alert.kind in _ANSWERS or any(alert.payload.get(flag) for flag in ("settled", "rose"))


def to_bot_url(base_url: str) -> str:
    """The address to which the library adds the token."""
    url = base_url.rstrip("/")
    return url if url.endswith("/bot") or "{token}" in url else f"{url}/bot"


def _to_seconds(value: int | timedelta) -> float:
    return value.total_seconds() if isinstance(value, timedelta) else float(value)


def _is_unparsed(error: telegram_errors.BadRequest) -> bool:
    told = str(error).lower()
    return "can't parse entities" in told or "message is too long" in told
