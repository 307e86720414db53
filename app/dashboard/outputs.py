"""Feeds and files: Atom, RSS, JSON Feed, CSV and JSON of board and ledger. Large ones are written as they are read."""

import csv
import io
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import Literal

from fastapi import APIRouter, Request
from fastapi.exceptions import HTTPException
from fastapi.responses import Response, StreamingResponse

from alerts import words
from app import rows
from app.dashboard import context, labels
from app.dashboard.asking import Topic, day_of_address
from app.dashboard.views import links, syndication
from storage import browsing

ITEMS = 50  # of a feed
_PAGE = 500  # developments read at once for a file
Writer = Callable[[syndication.Channel, Sequence[syndication.Item]], bytes]


def _json_feed(channel: syndication.Channel, items: Sequence[syndication.Item]) -> bytes:
    return json.dumps(syndication.to_json_feed(channel, items), ensure_ascii=False).encode()


_FORMS: dict[str, tuple[str, Writer]] = {
    "atom": ("application/atom+xml", syndication.to_atom),
    "rss": ("application/rss+xml", syndication.to_rss),
    "json": ("application/feed+json", _json_feed),
}


def router(around: context.Context) -> APIRouter:
    """The routes of feeds and files."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/feed.{form}")
    def feed(request: Request, form: Literal["atom", "rss", "json"], topic: Topic = "", country: str = "") -> Response:
        wanted = to_wanted(around, topic, country)
        found = around.stores.browsing.developments(wanted, ITEMS)
        base = base_of(around, request)
        items = [syndication.to_item(one.development, around.names, base) for one in found]
        channel = _channel(around, base, form, wanted)
        media_type, write = _FORMS[form]
        return answer(request, write(channel, items), f"{media_type}; charset=utf-8")

    @routes.get("/board.{form}")
    def board(request: Request, form: Literal["csv", "json"], at: str = "") -> Response:
        day = day_of_address(at)
        held = around.stores.browsing.positions(None if day is None else links.end_of(day, around.zone))
        lines = [rows.to_row(one) for one in held]
        if form == "json":
            return answer(request, json.dumps(lines, ensure_ascii=False).encode(), "application/json")
        body = "".join(_csv(rows.POSITION_COLUMNS, lines))
        return answer(request, body.encode(), "text/csv; charset=utf-8", _as_file("board.csv"))

    @routes.get("/ledger.{form}")
    def ledger(form: Literal["csv", "json"], topic: Topic = "", country: str = "") -> Response:
        lines = _walk(around, to_wanted(around, topic, country))
        if form == "json":
            return StreamingResponse(_json_list(lines), media_type="application/json")
        body = _csv(rows.DEVELOPMENT_COLUMNS, lines)
        return StreamingResponse(body, media_type="text/csv; charset=utf-8", headers=_as_file("ledger.csv"))

    return routes


def to_wanted(around: context.Context, topic: str, country: str) -> browsing.Wanted:
    """What an address asks for; refuses a country that nobody knows."""
    if country and country not in around.names:
        raise HTTPException(404, "No such country. Codes are those of ISO 3166, such as DE.")
    return browsing.Wanted(topic=topic or None, subject=country or None)


def base_of(around: context.Context, request: Request) -> str:
    """How readers reach the dashboard, without a slash at the end."""
    return (around.settings.http_public_url or str(request.base_url)).rstrip("/") + around.prefix


def answer(request: Request, body: bytes, media_type: str, headers: dict[str, str] | None = None) -> Response:
    """The body, or 304 where the reader has it already."""
    mark = f'"{sha256(body).hexdigest()[:24]}"'
    known = [one.strip().removeprefix("W/") for one in request.headers.get("if-none-match", "").split(",")]
    marked = {"etag": mark, "cache-control": "private, no-cache", **(headers or {})}
    if mark in known:
        return Response(status_code=304, headers=marked)
    return Response(body, media_type=media_type, headers=marked)


def _channel(around: context.Context, base: str, form: str, wanted: browsing.Wanted) -> syndication.Channel:
    about = [around.watch] if around.siblings else []
    about += [labels.topic(wanted.topic)] if wanted.topic else []
    about += [words.name_of(wanted.subject, around.names)] if wanted.subject else []
    query = {"topic": wanted.topic, "country": wanted.subject}
    return syndication.Channel(
        title="Coalition Watch" + (f": {', '.join(about)}" if about else ""),
        home=links.with_query(f"{base}/timeline", query),
        address=links.with_query(f"{base}/feed.{form}", query),
        updated=around.stores.browsing.first_day() or datetime(2025, 1, 1, tzinfo=UTC),
    )


def _walk(around: context.Context, wanted: browsing.Wanted) -> Iterator[dict[str, object]]:
    """All that fit, newest first, a page at a time."""
    before: int | None = None
    while True:
        found = around.stores.browsing.developments(replace(wanted, before=before), _PAGE)
        yield from (rows.to_row(one.development) for one in found)
        if len(found) < _PAGE:
            return
        before = found[-1].seq


def _csv(columns: Sequence[str], lines: Iterator[dict[str, object]] | Sequence[dict[str, object]]) -> Iterator[str]:
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, fieldnames=columns)
    writer.writeheader()
    for line in lines:
        writer.writerow({key: rows.to_cell(value) for key, value in line.items()})
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
    yield buffer.getvalue()


def _json_list(lines: Iterator[dict[str, object]]) -> Iterator[str]:
    comma = "["
    for line in lines:
        yield comma + json.dumps(line, ensure_ascii=False)
        comma = ",\n"
    yield "[]" if comma == "[" else "]"


def _as_file(name: str) -> dict[str, str]:
    return {"content-disposition": f'attachment; filename="{name}"'}
