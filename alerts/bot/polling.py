"""The bot on Telegram: one long poll, updates handled in order and once, answers sent in pages.

The number of the last update that was handled is stored, and Telegram is told of it only then: what arrives while the
program is down, or when it is killed, is handled at the next start.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar

import telegram
from telegram import error as telegram_errors
from telegram import ext
from telegram.constants import ParseMode

from alerts import board_picture, markup, redact
from alerts.bot import asking, desk, hall
from monitor import ports

log = logging.getLogger("alerts.bot")

T = TypeVar("T")
POLL_S = 25
PAUSES_S = (1.0, 2.0, 5.0, 15.0, 60.0)
LAST_UPDATE = "telegram_last_update"  # in meta: number and time
# Telegram begins anew with a random number when a bot gets no update for a week: an old number could hide new ones.
FORGET = timedelta(days=6)
KINDS = ["message", "channel_post", "callback_query", "my_chat_member"]
TRIES = 4
_NO_PREVIEW = telegram.LinkPreviewOptions(is_disabled=True)

Application = ext.Application[Any, Any, Any, Any, Any, Any]


class Bot:
    """Asks Telegram for updates until it is told to stop."""

    def __init__(
        self,
        counter: desk.Desk | hall.Hall,
        meta: ports.Meta,
        *,
        token: str,
        base_url: str,
        on_change: Callable[[], None] = lambda: None,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        poll_s: int = POLL_S,
    ) -> None:
        redact.guard_loggers(token)
        self._hall = counter if isinstance(counter, hall.Hall) else hall.Hall([counter], meta)
        self._meta, self._token, self._sleep, self._poll_s = meta, token, sleep, poll_s
        self.on_change = on_change
        self._application = _build(token, base_url, poll_s)
        self._application.add_handlers([
            ext.CallbackQueryHandler(self._on_press),
            ext.MessageHandler(ext.filters.StatusUpdate.MIGRATE, self._on_moved),
            ext.MessageHandler(ext.filters.UpdateType.MESSAGE & ext.filters.TEXT, self._on_text),
            ext.MessageHandler(ext.filters.UpdateType.CHANNEL_POST & ext.filters.TEXT, self._on_text),
            ext.ChatMemberHandler(self._on_membership, ext.ChatMemberHandler.MY_CHAT_MEMBER),
        ])  # fmt: skip
        self._application.add_error_handler(self._on_error)

    async def run(self, stopping: asyncio.Event) -> None:
        """Poll until `stopping` is set; trouble on the line only makes pauses."""
        stop = asyncio.create_task(stopping.wait())
        polling = asyncio.create_task(self._run_for_ever())
        await asyncio.wait({stop, polling}, return_when=asyncio.FIRST_COMPLETED)
        for task in (stop, polling):
            task.cancel()
        await asyncio.gather(stop, polling, return_exceptions=True)
        await self._application.shutdown()

    async def _run_for_ever(self) -> None:
        while True:
            try:
                await self._run()
            except Exception as error:  # a job boundary: whatever it met, the bot must be there for the next update
                log.error("bot_crashed reason=%s", redact.redact(f"{type(error).__name__}: {error}", self._token))
                await self._sleep(PAUSES_S[2])

    async def _run(self) -> None:
        await self._lasting(self._application.initialize)
        await self._lasting(self._register_menus)
        log.info("bot_started name=%s", self._application.bot.username)
        while True:
            for update in await self._lasting(self._poll):
                await self._handle(update)

    async def _lasting(self, call: Callable[[], Awaitable[T]]) -> T:
        """Try again with growing pauses until it works."""
        failures = 0
        while True:
            try:
                return await call()
            except telegram_errors.RetryAfter as error:
                pause = desk_seconds(error.retry_after)
            except telegram_errors.TelegramError as error:
                pause = PAUSES_S[min(failures, len(PAUSES_S) - 1)]
                level = logging.INFO if isinstance(error, telegram_errors.NetworkError) else logging.WARNING
                log.log(level, "bot_failed reason=%s pause_s=%s", redact.redact(str(error), self._token), pause)
            failures += 1
            await self._sleep(pause)

    # ------------------------------------------------------------ updates

    async def _poll(self) -> Sequence[telegram.Update]:
        last = self._last()
        offset = last[0] + 1 if last and self._hall.clock() - last[1] < FORGET else None
        bot: telegram.Bot = self._application.bot
        return await bot.get_updates(offset=offset, timeout=self._poll_s, allowed_updates=KINDS)

    async def _handle(self, update: telegram.Update) -> None:
        """Once: not where it was handled before, and recorded when it has been."""
        last = self._last()
        if last is None or last[0] != update.update_id:
            await self._application.process_update(update)
            self._meta.set(LAST_UPDATE, f"{update.update_id} {self._hall.clock().isoformat()}")

    def _last(self) -> tuple[int, datetime] | None:
        number, _, moment = (self._meta.get(LAST_UPDATE) or "").partition(" ")
        return (int(number), datetime.fromisoformat(moment)) if moment else None

    async def _on_text(self, update: telegram.Update, context: Any) -> None:
        message = update.effective_message
        if message is None or not message.text:
            return
        asker = _asker(message, message.from_user)
        name, at, said = _parse(message.text)
        mine = at in {"", self._application.bot.username.casefold()}
        if not asker.is_private and (not name or not mine or not (at or self._is_known(asker))):
            return  # people talking, or another bot's command: nothing of ours
        answer = self._hall.answer(asker, name or "help", said, self._application.bot.username)
        await self._reply(asker, answer, message.message_id)
        if answer.joined:
            await self._register_menu(asker.chat)
        self.on_change()

    async def _on_press(self, update: telegram.Update, context: Any) -> None:
        query = update.callback_query
        message = query.message if query else None
        if query is None or message is None:
            return
        asker = _asker(message, query.from_user)
        answer = self._hall.press(asker, query.data or "")
        try:
            await query.answer(text=answer.toast or None, show_alert=len(answer.toast) > 60)
        except telegram_errors.BadRequest:
            log.info("press_too_old")  # pressed while the program was down; what it does is done all the same
        await self._reply(asker, answer, message.message_id)
        self.on_change()

    async def _on_moved(self, update: telegram.Update, context: Any) -> None:
        message = update.effective_message
        if message is not None and message.migrate_to_chat_id:
            self._hall.moved(message.chat.id, message.migrate_to_chat_id)

    async def _on_membership(self, update: telegram.Update, context: Any) -> None:
        change = update.my_chat_member
        if change is not None and change.new_chat_member.status in {"kicked", "left"}:
            self._hall.removed(change.chat.id)
            self.on_change()

    async def _on_error(self, update: object, context: Any) -> None:
        error = context.error
        log.error("bot_crashed reason=%s", redact.redact(f"{type(error).__name__}: {error}", self._token))

    def _is_known(self, asker: asking.Asker) -> bool:
        return asking.rights(asker, self._hall.known()).may_read

    # ------------------------------------------------------------ answers

    async def _reply(self, asker: asking.Asker, answer: asking.Answer, to: int) -> None:
        if answer.picture is not None and await self._send_board(asker, answer.picture, to):
            return
        pages = markup.pages(answer.lines)
        for number, page in enumerate(pages):
            reply = telegram.ReplyParameters(to, allow_sending_without_reply=True) if number == 0 else None
            await self._send_page(asker, page, None if asker.is_private else reply)

    async def _send_board(self, asker: asking.Asker, board: board_picture.Board, to: int) -> bool:
        """Send the board's sheets; False where there are none or Telegram does not take them: text goes instead."""
        sheets = await asyncio.to_thread(board_picture.draw, board)
        reply = None if asker.is_private else telegram.ReplyParameters(to, allow_sending_without_reply=True)
        try:
            for number, png in enumerate(sheets, 1):
                words = board_picture.caption(board, number, len(sheets))
                await self._send(
                    lambda png=png, words=words, number=number: self._application.bot.send_photo(  # type: ignore[misc]
                        asker.chat, png, caption=words, reply_parameters=reply if number == 1 else None,
                        message_thread_id=asker.thread, filename="board.png",
                    )
                )  # fmt: skip
        except telegram_errors.Forbidden:
            raise  # text would not come through either
        except telegram_errors.TelegramError as error:
            log.warning("no_picture reason=%s", redact.redact(str(error), self._token))
            return False
        return bool(sheets)

    async def _send_page(
        self, asker: asking.Asker, page: Sequence[markup.Line], reply: telegram.ReplyParameters | None
    ) -> None:
        async def say(text: str, mode: str | None) -> None:
            await self._send(
                lambda: self._application.bot.send_message(
                    asker.chat, text, parse_mode=mode, link_preview_options=_NO_PREVIEW, reply_parameters=reply,
                    message_thread_id=asker.thread,
                )
            )  # fmt: skip

        try:
            await say(markup.to_telegram(page), ParseMode.HTML)
        except telegram_errors.BadRequest:
            await say(markup.to_plain(page, links=False), None)

    async def _send(self, call: Callable[[], Awaitable[object]]) -> None:
        """A few tries; an answer to a command is asked for again rather than kept for later."""
        for left in range(TRIES - 1, -1, -1):
            try:
                await call()
                return
            except telegram_errors.RetryAfter as error:
                pause = desk_seconds(error.retry_after)
                if not left or pause > POLL_S:
                    raise
            except (telegram_errors.BadRequest, telegram_errors.Forbidden):
                raise
            except telegram_errors.NetworkError:
                if not left:
                    raise
                pause = PAUSES_S[TRIES - 1 - left]
            await self._sleep(pause)

    # ------------------------------------------------------------ menus

    async def _register_menus(self) -> None:
        """Everybody's menu has /start alone, so that strangers learn nothing; each known chat's has what it may ask."""
        await self._application.bot.set_my_commands([("start", asking.BY_NAME["start"].does)])
        for one in self._hall.known():
            chat = one.address.removeprefix("telegram:").partition("/")[0]
            if one.address.startswith("telegram:") and chat.lstrip("-").isdecimal() and one.may_ask:
                await self._register_menu(int(chat))

    async def _register_menu(self, chat: int) -> None:
        rights = asking.rights(asking.Asker(user=chat, chat=chat), self._hall.known())
        commands = [
            (each.name, each.does) for each in asking.menu(operator=rights.is_operator, several=self._hall.has_several)
        ]
        try:
            await self._application.bot.set_my_commands(commands, scope=telegram.BotCommandScopeChat(chat))
        except telegram_errors.BadRequest as error:  # a chat that the bot has never met
            log.info("no_menu chat=%s reason=%s", chat, error)


def desk_seconds(value: int | timedelta) -> float:
    """A pause that the library gives as either."""
    return value.total_seconds() if isinstance(value, timedelta) else float(value)


def _build(token: str, base_url: str, poll_s: int) -> Application:
    builder = ext.Application.builder().token(token).base_url(base_url).updater(None).job_queue(None)
    return builder.get_updates_read_timeout(poll_s + 10).read_timeout(20).write_timeout(20).build()


def _asker(message: telegram.MaybeInaccessibleMessage, user: telegram.User | None) -> asking.Asker:
    # An anonymous administrator or a channel speaks as sender_chat; the user beside it is a stand-in of Telegram's.
    anonymous = isinstance(message, telegram.Message) and message.sender_chat is not None
    in_topic = isinstance(message, telegram.Message) and bool(message.is_topic_message)
    thread = message.message_thread_id if in_topic and isinstance(message, telegram.Message) else None
    return asking.Asker(
        user=None if user is None or (anonymous and user.is_bot) else user.id, chat=message.chat.id, thread=thread
    )


def _parse(text: str) -> tuple[str, str, list[str]]:
    """(command, the bot it is meant for, words after it); no command: ("", "", [])."""
    first, *said = text.split()[:40] or [""]
    if not first.startswith("/"):
        return "", "", []
    name, _, at = first[1:].casefold().partition("@")
    return name or "help", at, said
