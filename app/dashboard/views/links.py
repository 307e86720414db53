"""Addresses within the dashboard and out of it, and days. Pure."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from urllib.parse import quote, urlencode

from alerts import markup
from monitor import types


def with_query(path: str, values: Mapping[str, object]) -> str:
    """An address with the values that are set."""
    query = urlencode({name: str(value) for name, value in values.items() if value not in (None, "", False)})
    return f"{path}?{query}" if query else path


def development(identity: str) -> str:
    """A development's page."""
    return f"/developments/{quote(identity, safe='')}"


def country(code: str) -> str:
    """A country's page."""
    return f"/countries/{quote(code, safe='')}"


def watch(name: str) -> str:
    """Where a watch's pages begin, where there are several."""
    return f"/w/{quote(name, safe='')}"


def outside(report: types.Report) -> str | None:
    """The report's address with the quotation marked (a text fragment), where it has one that may be linked to."""
    address = markup.safe_url(report.url)
    words = report.evidence.split()
    if not address or "#" in address or not words:
        return address
    ends = [" ".join(words[:4])] if len(words) < 9 else [" ".join(words[:4]), " ".join(words[-4:])]
    parts = (quote(end, safe="").replace("-", "%2D") for end in ends)
    return f"{address}#:~:text={','.join(parts)}"


def day_of(moment: datetime, zone: tzinfo) -> date:
    """The day on which it was there."""
    return moment.astimezone(zone).date()


def end_of(day: date, zone: tzinfo) -> datetime:
    """A day's last moment (a bare date is the next day's first, so it is not in it)."""
    try:
        return datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC) - timedelta(microseconds=1)
    except OverflowError:  # where the calendar ends
        return datetime.max.replace(tzinfo=UTC)


def start_of(day: date, zone: tzinfo) -> datetime:
    """A day's first moment."""
    try:
        return datetime.combine(day, time(), zone).astimezone(UTC)
    except OverflowError:  # where the calendar begins
        return datetime.min.replace(tzinfo=UTC)
