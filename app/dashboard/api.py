"""The JSON API, described by OpenAPI at /api/openapi.json. Read only; the shapes below are its promise."""

from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from fastapi.exceptions import HTTPException
from pydantic import BaseModel, Field

from alerts import words
from app import rows
from app.dashboard import context
from app.dashboard.asking import LARGEST, Grade, Topic
from app.dashboard.views import development as developments
from app.dashboard.views import links
from monitor import types
from storage import browsing

Subject = Annotated[str, Query(pattern="^([A-Z]{2,12})?$", description="ISO 3166 code, or EU, NATO, UN, COALITION")]
Code = Annotated[str, Path(pattern="^[A-Z]{2,12}$", description="ISO 3166 code, or EU, NATO, UN, COALITION")]
Identity = Annotated[str, Path(pattern="^[A-Za-z0-9_-]{1,80}$", description="such as D1f3c2b4d5e6f")]


class Missing(BaseModel):
    """What is said where there is nothing."""

    detail: str


class Report(BaseModel):
    """One outlet's report, with a short quotation."""

    outlet: str
    tier: str
    origin: str = Field(description="whose report it is in truth")
    title: str
    url: str | None
    published: datetime
    says: str = Field(description="the status that it reports")
    number: int | None
    quote: str
    speaker: str | None
    official: bool = Field(description="an official source, or the office holder quoted")
    copied: bool = Field(description="a copy of a report that is counted already")


class Position(BaseModel):
    """What the ledger holds to be true."""

    topic: str
    subject: str
    subject_name: str
    aspect: str
    status: str
    status_words: str
    number: int | None
    number_max: int | None
    since: datetime
    grade: str
    baseline: bool = Field(description="known before the first poll")
    development_id: str | None
    reports: list[Report]


class Development(BaseModel):
    """A change of a position."""

    id: str
    topic: str
    subject: str
    subject_name: str
    aspect: str
    headline: str
    old: str | int | None
    new: str | int
    old_number: int | None
    new_number: int | None
    minor: bool
    grade_at_first: str
    grade: str
    disputed: bool
    taken_back: bool
    note: str
    published: datetime = Field(description="when the raising report was published")
    raised_at: datetime
    page: str = Field(description="its page on this dashboard")
    reports: list[Report]


class Board(BaseModel):
    """All positions at a moment."""

    at: datetime = Field(description="the moment for which it holds")
    positions: list[Position]


class Developments(BaseModel):
    """A page of developments, newest first."""

    developments: list[Development]
    next: int | None = Field(description="give it as `before` for the next page; null: that was all")


class Country(BaseModel):
    """What holds of a country, or of an institution, and its latest developments."""

    code: str
    name: str
    positions: list[Position]
    developments: list[Development]


def router(around: context.Context) -> APIRouter:
    """The routes of the API over this context."""
    routes = APIRouter(prefix="/api/v1", tags=["ledger"])
    browse, names = around.stores.browsing, around.names
    missing: dict[int | str, dict[str, Any]] = {404: {"model": Missing, "description": "there is nothing by that name"}}

    @routes.get("/board", summary="All positions, now or at the end of a day")
    def board(at: Annotated[date | None, Query(description="such as 2026-03-01")] = None) -> Board:
        moment = around.clock() if at is None else links.end_of(at, around.zone)
        return Board(at=moment, positions=[to_position(one, around) for one in browse.positions(moment)])

    @routes.get("/developments", summary="Developments, newest first")
    def list_developments(
        topic: Topic = "",
        subject: Subject = "",
        grade: Grade = "",
        minor: bool | None = None,
        since: Annotated[date | None, Query(description="raised on that day or later")] = None,
        until: Annotated[date | None, Query(description="raised on that day or earlier")] = None,
        before: Annotated[int | None, Query(ge=1, le=LARGEST, description="`next` of the page before")] = None,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
    ) -> Developments:
        wanted = browsing.Wanted(
            topic=topic or None,
            subject=subject or None,
            grade=grade or None,
            minor=minor,
            since=links.start_of(since, around.zone) if since else None,
            until=links.end_of(until, around.zone) if until else None,
            before=before,
        )
        found = browse.developments(wanted, limit + 1)
        return Developments(
            developments=[to_development(one.development, around) for one in found[:limit]],
            next=found[limit - 1].seq if len(found) > limit else None,
        )

    @routes.get("/developments/{identity}", summary="One development", responses=missing)
    def one_development(identity: Identity) -> Development:
        found = around.stores.ledger.development(identity)
        if found is None:
            raise HTTPException(404)
        return to_development(found, around)

    @routes.get("/subjects/{code}", summary="One country or institution", responses=missing)
    def one_subject(code: Code) -> Country:
        if code not in names:
            raise HTTPException(404)
        found = browse.developments(browsing.Wanted(subject=code), 100)
        return Country(
            code=code,
            name=names[code],
            positions=[to_position(one, around) for one in browse.positions() if one.subject == code],
            developments=[to_development(one.development, around) for one in found],
        )

    return routes


def to_position(one: types.Position, around: context.Context) -> Position:
    """A position in the API's shape."""
    return Position(
        topic=str(one.topic),
        subject=one.subject,
        subject_name=words.name_of(one.subject, around.names),
        aspect=one.aspect,
        status=one.status,
        status_words=words.position_words(one),
        number=one.number,
        number_max=one.number_max,
        since=one.since,
        grade=str(one.grade),
        baseline=one.source == "baseline",
        development_id=one.development_id,
        reports=[to_report(report) for report in one.reports],
    )


def to_development(one: types.Development, around: context.Context) -> Development:
    """A development in the API's shape."""
    line = developments.to_line(one, around.names, around.countries)
    return Development(
        id=one.id,
        topic=str(one.topic),
        subject=one.subject,
        subject_name=line.subject,
        aspect=one.aspect,
        headline=words.headline(one, around.names),
        old=one.old,
        new=one.new,
        old_number=one.old_number,
        new_number=one.new_number,
        minor=one.minor,
        grade_at_first=str(one.grade_at_first),
        grade=str(one.grade),
        disputed=one.disputed,
        taken_back=one.taken_back,
        note=one.note,
        published=one.published,
        raised_at=one.raised_at,
        page=line.href,
        reports=[to_report(report) for report in one.reports],
    )


def to_report(report: types.Report) -> Report:
    """A report in the API's shape; the quotation is short."""
    return Report(
        outlet=report.outlet,
        tier=str(report.tier),
        origin=report.origin,
        title=report.title,
        url=report.url,
        published=report.published,
        says=report.status,
        number=report.number,
        quote=report.evidence[: rows.QUOTE_LIMIT],
        speaker=report.speaker,
        official=report.official or report.tier is types.Tier.OFFICIAL,
        copied=report.copy_of is not None,
    )
