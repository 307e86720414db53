"""A Bot API on loopback that keeps Telegram's rules: limits, entities, pacing, edits, buttons, updates, gone chats.

Behaves as https://core.telegram.org/bots/api says; what a test needs to go wrong is planned on the Standin.
"""

import asyncio
import email.parser
import email.policy
import html
import json
import re
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from urllib.parse import parse_qs

from PIL import Image, UnidentifiedImageError

TOKEN = "123456789:AAExampleExampleExampleExampleExample1"
LIMIT, CAPTION_LIMIT, DATA_LIMIT = 4096, 1024, 64
TAGS = {"b", "strong", "i", "em", "u", "ins", "s", "strike", "del", "a", "code", "pre", "blockquote", "tg-spoiler"}
PHOTO_BYTES, PHOTO_SIDES, PHOTO_RATIO = 10 * 1024 * 1024, 10_000, 20
_PART = re.compile(r"<(/?)([a-zA-Z-]*)([^<>]*)>|&(#\d+|#x[0-9a-fA-F]+|[a-zA-Z]+);|(<)|(&)", re.S)
_SENDS = {"sendMessage", "sendPhoto", "editMessageText"}
SILENT, BROKEN, RESET = "accept and say nothing", "accept and hang up", "hang up"


class Refused(Exception):
    """An answer other than ok."""

    def __init__(self, code: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.code, self.description, self.parameters = code, description, parameters


@dataclass(kw_only=True)
class Sent:
    """A message in a chat, as readers see it."""

    chat: str
    number: int
    text: str  # after entity parsing; of a photo the caption
    raw: str  # as it came
    parse_mode: str | None
    answers: int | None = None
    previews: bool = True
    edits: int = 0
    thread: str | None = None
    buttons: dict[str, str] = field(default_factory=dict)  # {label: data}
    photo: bytes | None = None


@dataclass(kw_only=True)
class Standin:
    """What happens to whom, and what came."""

    url: str = ""
    messages: list[Sent] = field(default_factory=list)
    calls: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    plans: dict[str, list[Refused | str]] = field(default_factory=dict)  # chat -> answers to come, first first
    chance: Callable[[str], Refused | str | None] | None = None  # chat -> what goes wrong now
    on_withheld: Callable[[Sent], None] | None = None  # told of each message whose answer is withheld
    blocked: set[str] = field(default_factory=set)
    unknown: set[str] = field(default_factory=set)
    moved: dict[str, int] = field(default_factory=dict)
    refuse_markup: bool = False
    paced: bool = False  # refuse what is faster than Telegram takes
    updates: list[dict[str, Any]] = field(default_factory=list)
    commands: dict[str, list[str]] = field(default_factory=dict)  # {scope: names} of the registered menus
    answers: list[tuple[str, str]] = field(default_factory=list)  # (callback query id, text)
    released: asyncio.Event = field(default_factory=asyncio.Event)  # set at the end: silent answers stop waiting
    _arrived: asyncio.Event = field(default_factory=asyncio.Event)
    _poller: asyncio.Event = field(default_factory=asyncio.Event)  # of the running getUpdates; set: another took over
    _next_update: int = 1000
    _sent_at: list[tuple[float, str]] = field(default_factory=list)

    def of(self, chat: str) -> list[Sent]:
        """The messages of a chat."""
        return [message for message in self.messages if message.chat == chat]

    # ------------------------------------------------------------ what people do

    def say(self, text: str, *, user: int = 7, chat: int | None = None, thread: int | None = None) -> None:
        """A user writes to the bot, in private or in a group."""
        where = user if chat is None else chat
        message: dict[str, Any] = {
            "message_id": 500_000 + self._next_update,
            "date": int(time.time()),
            "chat": _chat(where),
            "from": _user(user),
            "text": text,
        }
        if thread is not None:
            message |= {"message_thread_id": thread, "is_topic_message": True}
        if text.startswith("/"):
            length = len(text.split()[0])
            message["entities"] = [{"type": "bot_command", "offset": 0, "length": length}]
        self.update(message=message)

    def press(self, sent: Sent, label: str, *, user: int = 7) -> None:
        """A user presses a button."""
        query = {
            "id": str(self._next_update), "from": _user(user), "chat_instance": "1", "data": sent.buttons[label],
            "message": _as_json(sent),
        }  # fmt: skip
        self.update(callback_query=query)

    def update(self, **what: Any) -> None:
        """Anything else that happens."""
        self.updates.append({"update_id": self._next_update, **what})
        self._next_update += 1
        self._arrived.set()

    # ------------------------------------------------------------ methods

    def answer(self, token: str, method: str, fields: dict[str, Any]) -> Any:
        """What a method gives; raises Refused."""
        self.calls.append((method, fields))
        if token != TOKEN:
            raise Refused(401, "Unauthorized")
        if method == "getMe":
            return {"id": 123456789, "is_bot": True, "first_name": "Watch", "username": "watch_bot"}
        if method == "setMyCommands":
            return self._set_commands(fields)
        if method == "answerCallbackQuery":
            self.answers.append((fields["callback_query_id"], fields.get("text", "")))
            return True
        if method not in _SENDS:
            raise Refused(404, "Not Found: method not found")
        chat = fields["chat_id"]
        self._check_chat(chat)
        if method == "sendPhoto":
            _check_photo(fields)
            return self._send(chat, self._check_text(fields, "caption", CAPTION_LIMIT), fields)
        text = self._check_text(fields, "text", LIMIT)
        return self._edit(chat, text, fields) if method == "editMessageText" else self._send(chat, text, fields)

    async def poll(self, offset: int, timeout_s: float) -> list[dict[str, Any]]:
        """getUpdates: confirms what is below the offset, waits for something, gives what there is."""
        self._poller.set()
        mine = self._poller = asyncio.Event()
        self.updates = [each for each in self.updates if each["update_id"] >= offset]
        if not self.updates and timeout_s:
            self._arrived.clear()
            waits = [asyncio.create_task(event.wait()) for event in (self._arrived, mine, self.released)]
            await asyncio.wait(waits, timeout=timeout_s, return_when=asyncio.FIRST_COMPLETED)
            for each in waits:
                each.cancel()
        if mine.is_set():
            raise Refused(409, "Conflict: terminated by other getUpdates request")
        return self.updates[:100]

    def _set_commands(self, fields: dict[str, Any]) -> bool:
        commands = json.loads(fields["commands"])
        for each in commands:
            if not re.fullmatch(r"[a-z0-9_]{1,32}", each["command"]) or not 1 <= len(each["description"]) <= 256:
                raise Refused(400, "Bad Request: BOT_COMMAND_INVALID")
        scope = json.loads(fields.get("scope", '{"type": "default"}'))
        name = scope["type"] + (f":{scope['chat_id']}" if "chat_id" in scope else "")
        self.commands[name] = [each["command"] for each in commands]
        return True

    def _check_chat(self, chat: str) -> None:
        if chat in self.unknown:
            raise Refused(400, "Bad Request: chat not found")
        if chat in self.moved:
            raise Refused(
                400,
                "Bad Request: group chat was upgraded to a supergroup chat",
                migrate_to_chat_id=self.moved[chat],
            )
        if chat in self.blocked:
            raise Refused(403, "Forbidden: bot was blocked by the user")
        plan = self.plans.get(chat, [])
        if plan and isinstance(plan[0], Refused):
            raise plan.pop(0)  # type: ignore[misc]
        if self.paced:
            self._check_pace(chat)

    def _check_pace(self, chat: str) -> None:
        """Bursts above about one message a second in a chat, 20 a minute in a group, 30 a second overall."""
        now = time.monotonic()
        self._sent_at = [(at, where) for at, where in self._sent_at if now - at < 60]
        mine = [at for at, where in self._sent_at if where == chat]
        if len([at for at in mine if now - at < 5]) >= 8:
            raise Refused(429, "Too Many Requests: retry after 3", retry_after=3)
        if chat.startswith("-") and len(mine) >= 20:
            raise Refused(429, "Too Many Requests: retry after 30", retry_after=30)
        if len([at for at, _ in self._sent_at if now - at < 1]) >= 30:
            raise Refused(429, "Too Many Requests: retry after 1", retry_after=1)
        self._sent_at.append((now, chat))

    def _check_text(self, fields: dict[str, Any], name: str, limit: int) -> str:
        text, mode = fields.get(name, ""), fields.get("parse_mode")
        if mode == "HTML":
            if self.refuse_markup:
                raise Refused(400, "Bad Request: can't parse entities: Unsupported start tag")
            text = parse_entities(text)
        if not text.strip() and name == "text":
            raise Refused(400, "Bad Request: message text is empty")
        if len(text.encode("utf-16-le")) // 2 > limit:
            raise Refused(400, f"Bad Request: message {'is' if name == 'text' else 'caption is'} too long")
        return str(text).strip()

    def _send(self, chat: str, text: str, fields: dict[str, Any]) -> dict[str, Any]:
        reply = json.loads(fields["reply_parameters"]) if "reply_parameters" in fields else {}
        preview = json.loads(fields.get("link_preview_options", "{}"))
        answered = reply.get("message_id")
        known = any(message.number == answered for message in self.of(chat))
        if answered and not known and not reply.get("allow_sending_without_reply"):
            raise Refused(400, "Bad Request: message to be replied not found")
        sent = Sent(
            chat=chat,
            number=len(self.messages) + 1,
            text=text,
            raw=fields.get("text", fields.get("caption", "")),
            parse_mode=fields.get("parse_mode"),
            answers=answered if known else None,
            previews=not preview.get("is_disabled", False),
            thread=fields.get("message_thread_id"),
            buttons=_buttons(fields),
            photo=fields.get("photo"),
        )
        self.messages.append(sent)
        return _as_json(sent)

    def _edit(self, chat: str, text: str, fields: dict[str, Any]) -> dict[str, Any]:
        number = int(fields["message_id"])
        found = next((message for message in self.of(chat) if message.number == number), None)
        if found is None:
            raise Refused(400, "Bad Request: message to edit not found")
        if found.photo is not None:
            raise Refused(400, "Bad Request: there is no text in the message to edit")
        buttons = _buttons(fields)
        if found.raw == fields["text"] and found.buttons == buttons:
            raise Refused(
                400,
                "Bad Request: message is not modified: specified new message content and reply markup are exactly "
                "the same as a current content and reply markup of the message",
            )
        found.text, found.raw, found.buttons, found.edits = text, fields["text"], buttons, found.edits + 1
        return _as_json(found)


def _check_photo(fields: dict[str, Any]) -> None:
    """At most 10 MB, 10,000 pixels of width and height together, one side 20 times the other."""
    data = fields.get("photo")
    if not isinstance(data, bytes) or not data:
        raise Refused(400, "Bad Request: there is no photo in the request")
    if len(data) > PHOTO_BYTES:
        raise Refused(
            400,
            f"Bad Request: file of size {len(data)} bytes is too big for a photo; "
            f"the maximum size is {PHOTO_BYTES} bytes",
        )
    try:
        with Image.open(BytesIO(data)) as image:
            width, height = image.size
    except (UnidentifiedImageError, OSError) as error:
        raise Refused(400, "Bad Request: IMAGE_PROCESS_FAILED") from error
    if width + height > PHOTO_SIDES or max(width, height) > PHOTO_RATIO * min(width, height):
        raise Refused(400, "Bad Request: PHOTO_INVALID_DIMENSIONS")


def _buttons(fields: dict[str, Any]) -> dict[str, str]:
    rows = json.loads(fields.get("reply_markup") or "{}").get("inline_keyboard", [])
    found = {each["text"]: each["callback_data"] for row in rows for each in row}
    if any(not 1 <= len(data.encode()) <= DATA_LIMIT for data in found.values()):
        raise Refused(400, "Bad Request: BUTTON_DATA_INVALID")
    return found


def _user(number: int) -> dict[str, Any]:
    return {"id": number, "is_bot": False, "first_name": f"Reader {number}"}


def _chat(number: int) -> dict[str, Any]:
    if number > 0:
        return {"id": number, "type": "private", "first_name": f"Reader {number}"}
    kind = "supergroup" if str(number).startswith("-100") else "group"
    return {"id": number, "type": kind, "title": "A group"}


def _as_json(sent: Sent) -> dict[str, Any]:
    number = int(sent.chat) if sent.chat.lstrip("-").isdecimal() else -1009
    message: dict[str, Any] = {"message_id": sent.number, "date": 1_700_000_000, "chat": _chat(number)}
    if sent.photo is None:
        message["text"] = sent.text
    else:
        with Image.open(BytesIO(sent.photo)) as image:
            size = {"width": image.width, "height": image.height, "file_size": len(sent.photo)}
        message |= {"caption": sent.text, "photo": [{"file_id": f"P{sent.number}", "file_unique_id": "P"} | size]}
    if sent.thread:
        message |= {"message_thread_id": int(sent.thread), "is_topic_message": True}
    return message


def parse_entities(text: str) -> str:
    """The text without markup; raises Refused as the Bot API does for markup that it does not take."""
    plain, open_tags, at = [], list[str](), 0
    for found in _PART.finditer(text):
        plain.append(text[at : found.start()])
        at = found.end()
        closing, tag, rest, entity, loose, amp = found.groups()
        if loose or (tag is not None and not entity and tag.lower() not in TAGS):
            raise Refused(400, f'Bad Request: can\'t parse entities: Unsupported start tag "{tag}"')
        if amp:
            plain.append("&")
        elif entity:
            if not entity.startswith("#") and entity not in {"lt", "gt", "amp", "quot"}:
                raise Refused(400, f"Bad Request: can't parse entities: unknown entity {entity}")
            plain.append(html.unescape(f"&{entity};"))
        elif closing:
            if not open_tags or open_tags.pop() != tag:
                raise Refused(400, f'Bad Request: can\'t parse entities: Unmatched end tag "{tag}"')
        else:
            if tag == "a" and not re.fullmatch(r' href="https?://[^"\s]+"', rest):
                raise Refused(400, "Bad Request: can't parse entities: bad attribute")
            open_tags.append(tag)
    if open_tags:
        raise Refused(400, f"Bad Request: can't parse entities: Can't find end tag corresponding to {open_tags[-1]}")
    return "".join([*plain, text[at:]])


# ---------------------------------------------------------------- HTTP


@asynccontextmanager
async def serve(port: int = 0) -> AsyncIterator[Standin]:
    """A stand-in that listens on loopback until the block ends."""
    standin = Standin()
    talks: set[asyncio.Task[None]] = set()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        talks.add(task)
        try:
            while await _one_call(standin, reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the client has gone, or the test is over
        finally:
            writer.close()
            talks.discard(task)

    server = await asyncio.start_server(talk, "127.0.0.1", port)
    standin.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield standin
    finally:
        standin.released.set()
        server.close()
        for task in list(talks):
            task.cancel()
        await asyncio.gather(*talks, return_exceptions=True)


async def _one_call(standin: Standin, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    path = head.split(" ")[1]
    length = int(re.search(r"content-length: (\d+)", head, re.I).group(1))  # type: ignore[union-attr]
    fields = _fields(head, await reader.readexactly(length))
    token, _, method = path.removeprefix("/bot").partition("/")
    trouble = _trouble(standin, method, str(fields.get("chat_id", "")))
    if trouble == RESET:
        return False
    before = len(standin.messages)
    status, answer = await _call(standin, token, method, fields, trouble)
    if trouble in {SILENT, BROKEN} and standin.on_withheld is not None:
        for message in standin.messages[before:]:
            standin.on_withheld(message)
    if trouble == SILENT:
        await standin.released.wait()
    if trouble in {SILENT, BROKEN}:
        return False
    data = json.dumps(answer).encode()
    writer.write(
        f"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {len(data)}\r\n\r\n".encode() + data
    )
    await writer.drain()
    return True


def _trouble(standin: Standin, method: str, chat: str) -> Refused | str | None:
    """What is planned to go wrong with this call after its rules are checked."""
    plan = standin.plans.get(chat, [])
    if plan and plan[0] in {SILENT, BROKEN, RESET}:
        return plan.pop(0)
    return standin.chance(chat) if standin.chance is not None and method in _SENDS else None


def _fields(head: str, body: bytes) -> dict[str, Any]:
    kind = re.search(r"content-type: *(\S.*)\r", head, re.I)
    if kind and kind.group(1).startswith("multipart/"):
        whole = f"Content-Type: {kind.group(1)}\r\n\r\n".encode() + body
        form = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(whole)
        found: dict[str, Any] = {}
        for part in form.iter_parts():  # type: ignore[attr-defined]
            name, data = part.get_param("name", header="content-disposition"), part.get_payload(decode=True)
            found[name] = data if part.get_filename() else data.decode()
        if str(found.get("photo", "")).startswith("attach://"):
            found["photo"] = found[str(found["photo"]).removeprefix("attach://")]
        return found
    return {key: values[0] for key, values in parse_qs(body.decode(), keep_blank_values=True).items()}


async def _call(
    standin: Standin, token: str, method: str, fields: dict[str, Any], trouble: Refused | str | None
) -> tuple[int, dict[str, Any]]:
    try:
        if isinstance(trouble, Refused):
            raise trouble
        if method == "getUpdates" and token == TOKEN:
            found = await standin.poll(int(fields.get("offset", 0)), float(fields.get("timeout", 0)))
            return 200, {"ok": True, "result": found}
        return 200, {"ok": True, "result": standin.answer(token, method, fields)}
    except Refused as error:
        answer: dict[str, Any] = {"ok": False, "error_code": error.code, "description": error.description}
        if error.parameters:
            answer["parameters"] = error.parameters
        return error.code, answer


@contextmanager
def serve_in_thread() -> Iterator[Standin]:
    """The same in a loop and thread of its own, for what runs a loop in this one or in another process."""
    ready, done = threading.Event(), threading.Event()
    found: list[Standin] = []

    async def run() -> None:
        async with serve() as standin:
            found.append(standin)
            ready.set()
            await asyncio.to_thread(done.wait)

    thread = threading.Thread(target=asyncio.run, args=(run(),))
    thread.start()
    assert ready.wait(10)
    try:
        yield found[0]
    finally:
        done.set()
        thread.join()
