"""What a feed's own entries and its server say of when to ask again. Pure: texts and times in, figures out."""

import re
import statistics
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from itertools import pairwise

_WINDOW = 40  # entries; what a feed did long ago says little
_LEAST = 4  # dated entries; fewer show no rhythm
_MAX_AGE = re.compile(r"(?:^|[\s,])max-age\s*=\s*\"?(\d{1,9})", re.IGNORECASE)
_UNCACHED = re.compile(r"(?:^|[\s,])no-(?:cache|store)\b", re.IGNORECASE)
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SKIP_HOURS = re.compile(r"<skipHours>(.{0,4000}?)</skipHours>", re.DOTALL | re.IGNORECASE)
_SKIP_DAYS = re.compile(r"<skipDays>(.{0,2000}?)</skipDays>", re.DOTALL | re.IGNORECASE)
_WORD = re.compile(r">\s*([A-Za-z]{6,9}|\d{1,2})\s*<")


def gaps(moments: Sequence[datetime]) -> tuple[int, int] | None:
    """(median, longest) pause between entries in seconds; None where too few are dated.

    Of eight pauses or more the longest is left out: one old entry pinned to the end must not count as a long silence.
    """
    newest = sorted(set(moments), reverse=True)[:_WINDOW]
    if len(newest) < _LEAST:
        return None
    pauses = sorted((later - earlier).total_seconds() for later, earlier in pairwise(newest))
    longest = pauses[-2] if len(pauses) >= 8 else pauses[-1]
    return round(statistics.median(pauses)), round(longest)


def fresh_s(headers: Mapping[str, str]) -> float | None:
    """How long the answer stays fresh by its headers (RFC 9111, 4.2), in seconds; None where they don't say."""
    control = headers.get("cache-control", "")
    if _UNCACHED.search(control):
        return 0.0
    if match := _MAX_AGE.search(control):
        age = headers.get("age", "").strip()
        return max(0.0, float(match[1]) - (float(age[:9]) if age.isascii() and age.isdigit() else 0.0))
    expires, date = (_to_timestamp(headers.get(name, "")) for name in ("expires", "date"))
    if "expires" not in headers:
        return None
    # Without the server's own clock a date says nothing; "Expires: 0" and the like mean now (RFC 9111, 5.3).
    return max(0.0, expires - date) if expires is not None and date is not None else 0.0


def skips(text: str) -> str | None:
    """The hours (GMT) and days in which an RSS feed wishes not to be asked, as words: "0 1 2 saturday"."""
    hours, days = _SKIP_HOURS.search(text), _SKIP_DAYS.search(text)
    found = [str(int(word) % 24) for word in _WORD.findall(hours[1]) if word.isdigit()] if hours else []
    found += [word.lower() for word in _WORD.findall(days[1]) if word.lower() in _DAYS] if days else []
    return " ".join(dict.fromkeys(found)) or None


def after_skips(moment: datetime, words: str | None) -> datetime:
    """The moment, or the first whole hour after it that is not skipped; the moment itself where all hours are."""
    skipped = set((words or "").split())
    if not skipped:
        return moment
    hour = moment
    for _ in range(25):
        if str(hour.hour) not in skipped and _DAYS[hour.weekday()] not in skipped:
            return hour
        hour = hour.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return moment + timedelta(hours=24) if skipped.intersection(_DAYS) else moment


def _to_timestamp(text: str) -> float | None:
    try:
        return parsedate_to_datetime(text).timestamp()
    except (TypeError, ValueError, OverflowError):
        return None
