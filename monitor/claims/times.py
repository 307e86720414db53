"""Whether a sentence tells of now or of an earlier time, anchored on the publication date. Reads marks of time only."""

import re
from datetime import datetime

from monitor.claims import lexicon, speakers

_MONTHS = {
    m: i for i, m in enumerate(
        ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"), 1
    )
}  # fmt: skip
_DATED = re.compile(
    r"\b(?:(?:on |by |from )?(?P<day>\d{1,2})(?:st|nd|rd|th)? (?P<m1>January|February|March|April|May|June|July|August|September|October|November|December)|"
    r"(?P<m2>January|February|March|April|May|June|July|August|September|October|November|December) (?P<day2>\d{1,2})\b)(?:,? (?P<year>20\d\d))?"
)
_IN_MONTH = re.compile(
    r"\b(?P<lead>in|since|last|as of|until|by) (?:early |late |mid-)?(?P<m>January|February|March|April|May|June|July|August|September|October|November|December)(?: (?P<year>20\d\d))?\b"
)
_PRESENT = re.compile(
    r"\bsince\b|\bhas (?:not )?(?:been|since|now)\b|\bnow\b|\bstill\b|\bremains?\b|\bhave been\b", re.IGNORECASE
)


class Clock:
    """Decides between current and past."""

    def __init__(self, words: lexicon.Lexicon) -> None:
        self._past = words.get("cues.past_mark")

    def is_past(self, sentence: speakers.Sentence, published: datetime | None, start: int, end: int) -> bool:
        """Whether the stretch of the sentence is a recap."""
        text = sentence.masked
        mark = self._past.search(text)
        if (
            mark
            and not _PRESENT.search(text[start:end])
            and not _PRESENT.search(text[max(0, mark.start() - 10) : mark.end()])
        ):
            return True
        if published is None:
            return False
        for match in _DATED.finditer(sentence.raw):
            month = match.group("m1") or match.group("m2")
            day = int(match.group("day") or match.group("day2"))
            if self._days_before(published, month, day, match.group("year")) > 8 and not _PRESENT.search(text):
                return True
        for match in _IN_MONTH.finditer(sentence.raw):
            if match.group("lead") in ("since", "by", "as of", "until"):
                continue
            days = self._days_before(published, match.group("m"), 28, match.group("year"))
            if days > 8 and not _PRESENT.search(text):
                return True
        return False

    def _days_before(self, published: datetime, month: str, day: int, year: str | None) -> int:
        number = _MONTHS[month.lower()]
        of_year = int(year) if year else published.year - (1 if number > published.month + 1 else 0)
        return (published.year - of_year) * 365 + (published.month - number) * 30 + published.day - min(day, 31)
