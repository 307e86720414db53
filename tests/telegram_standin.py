"""A Bot API on loopback that keeps Telegram's rules: limits, entities, pacing, edits, gone and moved chats."""

import asyncio
import html
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

TOKEN = "123456789:AAExampleExampleExampleExampleExample1"
LIMIT = 4096
TAGS = {"b", "strong", "i", "em", "u", "ins", "s", "strike", "del", "a", "code", "pre", "blockquote", "tg-spoiler"}
_PART = re.compile(r"<(/?)([a-zA-Z-]*)([^<>]*)>|&(#\d+|#x[0-9a-fA-F]+|[a-zA-Z]+);|(<)|(&)", re.S)


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
    text: str  # after entity parsing
    raw: str  # as it came
    parse_mode: str | None
    answers: int | None = None
    previews: bool = True
    edits: int = 0


@dataclass(kw_only=True)
class Standin:
    """What happens to whom, and what came."""

    url: str = ""
    messages: list[Sent] = field(default_factory=list)
    calls: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    plans: dict[str, list[Refused | str]] = field(default_factory=dict)  # chat -> answers to come, first first
    blocked: set[str] = field(default_factory=set)
    unknown: set[str] = field(default_factory=set)
    moved: dict[str, int] = field(default_factory=dict)
    refuse_markup: bool = False
    released: asyncio.Event = field(default_factory=asyncio.Event)  # set at the end: silent answers stop waiting

    def of(self, chat: str) -> list[Sent]:
        """The messages of a chat."""
        return [message for message in self.messages if message.chat == chat]

    def answer(self, token: str, method: str, fields: dict[str, str]) -> dict[str, Any]:
        """What a method gives; raises Refused."""
        self.calls.append((method, fields))
        if token != TOKEN:
            raise Refused(401, "Unauthorized")
        if method == "getMe":
            return {"id": 123456789, "is_bot": True, "first_name": "Watch", "username": "watch_bot"}
        if method not in {"sendMessage", "editMessageText"}:
            raise Refused(404, "Not Found: method not found")
        chat = fields["chat_id"]
        self._check_chat(chat)
        text = self._check_text(fields)
        return self._edit(chat, text, fields) if method == "editMessageText" else self._send(chat, text, fields)

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

    def _check_text(self, fields: dict[str, str]) -> str:
        text, mode = fields.get("text", ""), fields.get("parse_mode")
        if mode == "HTML":
            if self.refuse_markup:
                raise Refused(400, "Bad Request: can't parse entities: Unsupported start tag")
            text = parse_entities(text)
        if not text.strip():
            raise Refused(400, "Bad Request: message text is empty")
        if len(text.encode("utf-16-le")) // 2 > LIMIT:
            raise Refused(400, "Bad Request: message is too long")
        return text.strip()

    def _send(self, chat: str, text: str, fields: dict[str, str]) -> dict[str, Any]:
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
            raw=fields["text"],
            parse_mode=fields.get("parse_mode"),
            answers=answered if known else None,
            previews=not preview.get("is_disabled", False),
        )
        self.messages.append(sent)
        return _as_json(sent)

    def _edit(self, chat: str, text: str, fields: dict[str, str]) -> dict[str, Any]:
        number = int(fields["message_id"])
        found = next((message for message in self.of(chat) if message.number == number), None)
        if found is None:
            raise Refused(400, "Bad Request: message to edit not found")
        if found.raw == fields["text"]:
            raise Refused(
                400,
                "Bad Request: message is not modified: specified new message content and reply markup are exactly "
                "the same as a current content and reply markup of the message",
            )
        found.text, found.raw, found.edits = text, fields["text"], found.edits + 1
        return _as_json(found)


def _as_json(sent: Sent) -> dict[str, Any]:
    chat = {"id": int(sent.chat), "type": "private", "first_name": "Reader"}
    return {"message_id": sent.number, "date": 1_700_000_000, "chat": chat, "text": sent.text}


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
async def serve() -> AsyncIterator[Standin]:
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

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
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
    body = (await reader.readexactly(length)).decode()
    fields = {key: values[0] for key, values in parse_qs(body, keep_blank_values=True).items()}
    token, _, method = path.removeprefix("/bot").partition("/")
    plan = standin.plans.get(fields.get("chat_id", ""), [])
    silent = bool(plan) and plan[0] == "accept and say nothing"
    broken = bool(plan) and plan[0] == "accept and hang up"
    if silent or broken:
        plan.pop(0)
    status, answer = _call(standin, token, method, fields)
    if silent:
        await standin.released.wait()
    if silent or broken:
        return False
    data = json.dumps(answer).encode()
    writer.write(
        f"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {len(data)}\r\n\r\n".encode() + data
    )
    await writer.drain()
    return True


def _call(standin: Standin, token: str, method: str, fields: dict[str, str]) -> tuple[int, dict[str, Any]]:
    try:
        return 200, {"ok": True, "result": standin.answer(token, method, fields)}
    except Refused as error:
        answer: dict[str, Any] = {"ok": False, "error_code": error.code, "description": error.description}
        if error.parameters:
            answer["parameters"] = error.parameters
        return error.code, answer
