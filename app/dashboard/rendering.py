"""Templates: one environment with everything escaped, a few filters for days and times. Knows no page."""

import re
from datetime import date, datetime
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import jinja2
from fastapi.responses import HTMLResponse

from alerts import words
from app.dashboard import context, labels
from app.dashboard.views import links

HERE = Path(__file__).resolve().parent
STATIC = HERE / "static"
_OWN_ADDRESS = re.compile(r'(\s(?:href|action|src)=")(?=/(?!w/))')
PAGES = (("/", "Board"), ("/timeline", "Timeline"), ("/language", "Language"), ("/search", "Search"))
BEHIND = (("/feeds", "Feeds"), ("/held-back", "Held back"), ("/about", "Data and API"))


def page(around: context.Context, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    """A template as an answer."""
    return HTMLResponse(_below(around.prefix, render(around, template, **values)), status_code=status)


def render(around: context.Context, template: str, **values: Any) -> str:
    """A template, or a part of a page, as HTML."""
    known = {"zone": around.zone, "now": around.clock(), "watch": around.watch, "watches": around.siblings}
    return _environment().get_template(template).render(**known, **values)


def _below(prefix: str, html: str) -> str:
    """The page with its own addresses below a watch's. Templates write every attribute in double quotes and text
    escapes them, so nothing that a feed says can look like one; addresses of watches (/w/...) are whole already."""
    return _OWN_ADDRESS.sub(rf"\1{prefix}", html) if prefix else html


def error_page(around: context.Context, status: int, words_shown: str) -> HTMLResponse:
    """A page that says what is wrong."""
    return page(around, "error.html", status=status, words=words_shown, path="")


@lru_cache(maxsize=1)
def _environment() -> jinja2.Environment:
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"day": _day, "moment": _moment, "iso": _iso, "query": links.with_query}
    made.globals |= {
        "PAGES": PAGES,
        "BEHIND": BEHIND,
        "STANCES": labels.STANCES,
        "TOPICS": {code: labels.topic(code) for code in labels.TOPICS},
        "GRADES": labels.GRADES,
        "development_href": links.development,
        "country_href": links.country,
        "watch_href": links.watch,
        "asset": _asset,
    }
    return made


@lru_cache(maxsize=16)
def _asset(name: str) -> str:
    """A static file's address, with its contents' mark, so that a new version is fetched at once."""
    return f"/static/{name}?v={sha256((STATIC / name).read_bytes()).hexdigest()[:10]}"


def _day(value: date | datetime, zone: ZoneInfo | None = None) -> str:
    day = links.day_of(value, zone) if isinstance(value, datetime) and zone else value
    return f"{day.day} {day:%b %Y}"


def _moment(value: datetime, zone: ZoneInfo) -> str:
    return words.time_words(value, zone)


def _iso(value: date | datetime) -> str:
    return value.isoformat(timespec="seconds") if isinstance(value, datetime) else value.isoformat()
