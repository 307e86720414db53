"""The pages' routes: an address in, a view's value into a template. Queries are in storage/, words in the views."""

from datetime import date, datetime
from typing import Literal

from fastapi import APIRouter
from fastapi.exceptions import HTTPException
from fastapi.responses import HTMLResponse

from app.dashboard import context, rendering
from app.dashboard.views import atlas, board, country, development, links
from storage import browsing

Sort = Literal["country", "membership", "troops", "figure", "since", "grade"]
Stance = Literal["pledged", "conditional", "open", "undecided", "support_only", "withdrew", "ruled_out", "none", ""]
HISTORY = 100  # developments on a country's page at once


def router(around: context.Context) -> APIRouter:
    """The routes of the pages over this context."""
    routes = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
    browse = around.stores.browsing

    @routes.get("/")
    def show_board(
        at: str = "", sort: Sort = "troops", order: Literal["up", "down"] = "up", stance: Stance = "", q: str = ""
    ) -> HTMLResponse:
        day = parse_day(at)
        moment = None if day is None else end_of(day, around)
        asked = board.Asked(sort=sort, descending=order == "down", stance=stance or None, text=q[:60])
        shown = board.to_board(browse.positions(moment), around.names, around.countries, around.zone, asked)
        first = browse.first_day()
        today = links.day_of(around.clock(), around.zone)
        return rendering.page(
            around,
            "board.html",
            path="/",
            board=shown,
            atlas=atlas.to_atlas(shown.everybody),
            asked=asked,
            at=day,
            today=today,
            first=links.day_of(first, around.zone) if first else today,
            kept={"at": day, "sort": "" if sort == "troops" else sort, "stance": stance, "q": q},
            latest=[
                development.to_line(one.development, around.names, around.countries)
                for one in browse.developments(browsing.Wanted(until=moment), 8)
            ],
        )

    @routes.get("/developments/{identity}")
    def show_development(identity: str) -> HTMLResponse:
        found = around.stores.ledger.development(identity)
        if found is None:
            raise HTTPException(404)
        texts = browse.texts([report.article_id for report in found.reports])
        whole = development.to_whole(found, around.names, around.countries, texts, browse.told(identity), around.zone)
        return rendering.page(around, "development.html", path="/timeline", whole=whole)

    @routes.get("/countries/{code}")
    def show_country(code: str, before: int | None = None) -> HTMLResponse:
        if code not in around.names:
            raise HTTPException(404)
        found = browse.developments(browsing.Wanted(subject=code, before=before), HISTORY + 1)
        lines = [development.to_line(one.development, around.names, around.countries) for one in found[:HISTORY]]
        more = found[HISTORY - 1].seq if len(found) > HISTORY else None
        whole = country.to_country(code, browse.positions(), lines, around.names, around.zone, more)
        return rendering.page(around, "country.html", path="/", country=whole)

    return routes


def end_of(day: date, around: context.Context) -> datetime:
    """The last moment of a day of an address."""
    try:
        return links.end_of(day, around.zone)
    except ValueError as error:
        raise HTTPException(400, "The calendar ends before that day.") from error


def parse_day(text: str) -> date | None:
    """A day of an address; none where it is empty."""
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise HTTPException(400, f"That is no day like 2026-03-01: {text[:30]}") from error
