"""Cuts a feed of very many entries down to its newest before it is parsed: what a full archive costs is then bounded.

Looks at the text only. Where it can't tell one entry from the next, the feed is left as it is.
"""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_ENTRY = re.compile(r"<(item|entry)(?:\s[^<>]{0,500})?>")
_DATE = re.compile(
    r"<(?:pubDate|published|updated|dc:date|date)(?:\s[^<>]{0,200})?>\s*(?:<!\[CDATA\[)?\s*([^<\]]{6,60})"
)
_NEVER = datetime.min.replace(tzinfo=UTC)


def shorten(text: str, most: int) -> str:
    """The feed with at most its `most` newest entries, in their order; the first ones where most have no date."""
    opening = _ENTRY.search(text)
    if opening is None or text.count(f"</{opening[1]}>") <= most:
        return text
    spans = _spans(text, opening[1])
    if spans is None or len(spans) <= most:
        return text
    dates = [_date_in(text, *span) for span in spans]
    kept = set(range(most))
    if sum(date is not _NEVER for date in dates) > len(dates) / 2:
        kept = set(sorted(range(len(dates)), key=lambda at: dates[at], reverse=True)[:most])
    entries = "".join(text[start:end] for at, (start, end) in enumerate(spans) if at in kept)
    return text[: spans[0][0]] + entries + text[spans[-1][1] :]


def _spans(text: str, name: str) -> list[tuple[int, int]] | None:
    """Where each entry begins and ends; None where they do not simply follow each other."""
    spans, at, close = [], 0, f"</{name}>"
    while opening := _ENTRY.search(text, at):
        end = text.find(close, opening.end())
        if end < 0:  # the body was cut off
            break
        if _ENTRY.search(text, opening.end(), end):  # one in another, or in somebody's example
            return None
        at = end + len(close)
        spans.append((opening.start(), at))
    return spans


def _date_in(text: str, start: int, end: int) -> datetime:
    match = _DATE.search(text, start, end)
    return _NEVER if match is None else _to_moment(match[1].strip())


def _to_moment(text: str) -> datetime:
    for read in (parsedate_to_datetime, datetime.fromisoformat):
        try:
            moment = read(text)
        except (TypeError, ValueError, OverflowError):
            continue
        try:
            return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
        except (ValueError, OverflowError):
            break
    return _NEVER
