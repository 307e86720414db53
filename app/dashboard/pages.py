"""The pages' routes: an address in, a view's value into a template. Queries are in storage/, words in the views."""

from datetime import timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from fastapi.exceptions import HTTPException
from fastapi.responses import HTMLResponse

from alerts import faults
from app.dashboard import charts, context, labels, rendering
from app.dashboard.asking import LARGEST, Grade, Sort, Stance, Topic, day_of_address
from app.dashboard.views import about, atlas, behind, board, country, development, finding, language, links, timeline
from monitor import schedule
from storage import browsing

Before = Annotated[int | None, Query(ge=1, le=LARGEST)]
DAYS = 60  # developments on the timeline at once
WORDINGS = 200
FOUND = 40
HELD = 60  # claims that were held back at once
FURTHER = 200  # articles linked beyond the reports kept with a development
HISTORY = 100  # developments on a country's page at once


def router(around: context.Context) -> APIRouter:
    """The routes of the pages over this context."""
    routes = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
    browse, kept = around.stores.browsing, charts.Keeper(around)

    @routes.get("/")
    def show_board(
        at: str = "", sort: Sort = "troops", order: Literal["up", "down"] = "up", stance: Stance = "", q: str = ""
    ) -> HTMLResponse:
        day = day_of_address(at)
        moment = None if day is None else links.end_of(day, around.zone)
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
            latest=[development.to_line(one, around.names, around.countries) for one in browse.latest(moment, 8)],
        )

    @routes.get("/developments/{identity}")
    def show_development(identity: str) -> HTMLResponse:
        found = around.stores.ledger.development(identity)
        if found is None:
            raise HTTPException(404)
        shown = [report.article_id for report in found.reports]
        told, texts = browse.told(identity), browse.texts(shown)
        further, number = browse.further(identity, shown, FURTHER)
        return rendering.page(
            around,
            "development.html",
            path="/timeline",
            whole=development.to_whole(found, around.names, around.countries, texts, told, around.zone),
            further=development.to_further(further),
            in_all=number + len(set(shown)),
        )

    @routes.get("/countries/{code}")
    def show_country(code: str, before: Before = None) -> HTMLResponse:
        if code not in around.names:
            raise HTTPException(404)
        found = browse.developments(browsing.Wanted(subject=code, before=before), HISTORY + 1)
        lines = [development.to_line(one.development, around.names, around.countries) for one in found[:HISTORY]]
        more = found[HISTORY - 1].seq if len(found) > HISTORY else None
        whole = country.to_country(code, browse.positions(), lines, around.names, around.zone, more)
        return rendering.page(around, "country.html", path="/", country=whole)

    @routes.get("/timeline")
    def show_timeline(
        topic: Topic = "",
        country: str = "",
        grade: Grade = "",
        minors: Literal["no", ""] = "",
        since: str = "",
        until: str = "",
        before: Before = None,
    ) -> HTMLResponse:
        asked = timeline.Asked(
            topic=topic or None,
            country=country or None,
            grade=grade or None,
            minors=minors != "no",
            since=day_of_address(since),
            until=day_of_address(until),
            before=before,
        )
        found = browse.developments(asked.to_wanted(around.zone), DAYS + 1)
        lines = [development.to_line(one.development, around.names, around.countries) for one in found[:DAYS]]
        return rendering.page(
            around,
            "timeline.html",
            path="/timeline",
            days=timeline.to_days(lines, around.zone),
            asked=asked,
            query=asked.to_query(),
            filtered=asked != timeline.Asked(),
            more=found[DAYS - 1].seq if len(found) > DAYS else None,
            countries=timeline.to_choices(browse.subjects(), around.names, around.countries),
            charts=kept.charts() if asked == timeline.Asked() else "",
        )

    @routes.get("/language")
    def show_language() -> HTMLResponse:
        found = browse.developments(browsing.Wanted(topic="backstop", aspect="language"), WORDINGS)
        said = [one.development for one in reversed(found)]
        return rendering.page(
            around,
            "language.html",
            path="/language",
            speakers=language.to_wordings(said, around.zone),
            shortened=len(found) == WORDINGS,
        )

    @routes.get("/feeds")
    def show_feeds() -> HTMLResponse:
        now, records = around.clock(), around.stores.feeds.list_feeds()
        last = around.stores.meta.time("last_cycle_at")
        return rendering.page(
            around,
            "feeds.html",
            path="/feeds",
            lines=behind.to_feeds(records, around.stores.behind.yields(), now),
            health=schedule.health(records, now),
            last=last,
            backlog=around.stores.counting.backlog(),
            faults=[labels.plain(fault.words, 400) for fault in faults.load_faults(around.stores.meta)],
        )

    @routes.get("/held-back")
    def show_held_back(reason: Annotated[str, Query(max_length=40)] = "", before: Before = None) -> HTMLResponse:
        found = around.stores.behind.held_back(reason or None, before, HELD + 1)
        return rendering.page(
            around,
            "held.html",
            path="/held-back",
            lines=behind.to_held(found[:HELD], around.names),
            counts=around.stores.ledger.held_back_counts(around.clock() - timedelta(days=30)),
            reason=reason,
            words_of=behind.reason_words,
            more=found[HELD - 1].id if len(found) > HELD else None,
        )

    @routes.get("/search")
    def show_search(q: Annotated[str, Query(max_length=200)] = "") -> HTMLResponse:
        found = around.stores.searching.developments(q, FOUND)
        return rendering.page(
            around,
            "search.html",
            path="/search",
            q=q.strip(),
            lines=[development.to_line(one.development, around.names, around.countries) for one in found],
            hits=finding.to_hits(around.stores.searching.articles(q, FOUND)),
            limit=FOUND,
        )

    @routes.get("/about")
    def show_about(request: Request) -> HTMLResponse:
        example = "DE" if "DE" in around.names else min(around.countries, default="DE")
        calls = about.to_calls(request.app.openapi())
        return rendering.page(around, "about.html", path="/about", calls=calls, example=example)

    return routes
