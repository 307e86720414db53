"""Whether a sentence tells of now or of an earlier time, anchored on the publication date. Reads marks of time only."""

import re
from datetime import datetime

from monitor.claims import clauses, draft
from monitor.claims.context import Sentence

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


_MARK = re.compile(
    r"\b(?:(?:earlier this|last|the previous) (?:year|month|spring|summer|autumn|winter|fall|January|February|March|April|May|June|July|August|"
    r"September|October|November|December)|back in (?:the )?\w+|(?:weeks|months|years|a year|a month|a week) (?:ago|earlier|before)|last (?:week|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)|"
    r"(?:an )?(?:earlier|previous|prior) (?:gathering|meeting|summit|round|session|statement|position|pledge|commitment|refusal|offer)|"
    r"previously(?! reported)|formerly|at the time|until (?:now|recently)|had (?:earlier|previously|once|initially|originally|already)|used to|"
    r"once (?:said|promised|pledged|ruled)|the previous (?:government|cabinet|administration|president|chancellor)|"
    r"under (?:his|her|its) predecessor|initially|originally|at the peak)\b",
    re.IGNORECASE,
)


# a verb of the present: what is so now, whatever happened earlier in the sentence
_STANDING = re.compile(r"\b(?:is|are|has|have|will|would|can|does|do|remains?|wants?|needs?|says?)\b", re.IGNORECASE)


def _reach(sentence: Sentence, one: draft.Draft) -> str:
    """The claim's clause, and the words of saying that it hangs on."""
    start, end = one.start - sentence.start, one.end - sentence.start
    parts = sentence.parse.clauses
    if one.clause < len(parts) and parts[one.clause].kind == clauses.THAT and one.clause:
        start = min(start, sentence.row[parts[one.clause - 1].first].start)
    return sentence.raw[start:end]


class Clock:
    """Decides between current and past."""

    def is_past(self, sentence: Sentence, published: datetime | None, one: draft.Draft) -> bool:
        """Whether the stretch of the sentence is a recap."""
        stretch = _reach(sentence, one)
        text = sentence.raw
        mark = _MARK.search(stretch)
        if mark is None and not _STANDING.search(stretch):
            mark = _MARK.search(text)
        if mark and not _PRESENT.search(stretch) and not _PRESENT.search(text[max(0, mark.start() - 10) : mark.end()]):
            return True
        if published is None:
            return False
        for match in _DATED.finditer(text):
            month = match.group("m1") or match.group("m2")
            day = int(match.group("day") or match.group("day2"))
            if self._days_before(published, month, day, match.group("year")) > 8 and not _PRESENT.search(text):
                return True
        for match in _IN_MONTH.finditer(text):
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
