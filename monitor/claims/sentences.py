"""Cuts a text into sentences with offsets and marks quotations. Linear in the text; knows nothing of the topic."""

import re
from dataclasses import dataclass

MAX_SENTENCE = 1000  # characters; longer stretches are cut at a clause mark, so that no later step sees a monster

_ABBREVIATIONS = re.compile(
    r"(?:\b(?:[A-Z]|Mr|Mrs|Ms|Dr|Sen|Rep|Gov|Gen|Lt|Col|Maj|Adm|Capt|Sgt|Prof|Rev|Hon|St|Jr|Sr|vs|No|Nos|approx|etc|"
    r"Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec|U\.S|U\.K|U\.N|E\.U|a\.m|p\.m|i\.e|e\.g|Inc|Ltd|Co|Corp))$"
)
_END = re.compile(r"[.!?…]+[\"”’»')\]*_]*(?=\s|$)")
_CLAUSE_MARK = re.compile(r"[,;:]\s|\s")
_OPEN, _CLOSE = "“«„", "”»“"


@dataclass(frozen=True, slots=True)
class Span:
    """One sentence: offsets in the text, the paragraph's number."""

    start: int
    end: int
    paragraph: int


def split(text: str) -> list[Span]:
    """All sentences in order; paragraphs end at line breaks."""
    spans: list[Span] = []
    position = 0
    for paragraph, line in enumerate(text.splitlines(keepends=True)):
        if line.strip():
            spans.extend(_split_line(text, position, position + len(line), paragraph))
        position += len(line)
    return spans


def _split_line(text: str, start: int, end: int, paragraph: int) -> list[Span]:
    spans: list[Span] = []
    begin = start
    for match in _END.finditer(text, start, end):
        if match.end() < end and not _is_end(text, match, end):
            continue
        spans.extend(_capped(text, begin, match.end(), paragraph))
        begin = match.end()
    spans.extend(_capped(text, begin, end, paragraph))
    return spans


def _is_end(text: str, match: re.Match[str], end: int) -> bool:
    mark = match.group()
    following = text[match.end() : min(end, match.end() + 4)].lstrip()
    if not following:
        return True
    if mark[0] == "." and len(mark) == 1 and _ABBREVIATIONS.search(text[max(0, match.start() - 8) : match.start()]):
        # "U.S." may still end a sentence before a clear opener
        return False
    return not following[0].islower()


def _capped(text: str, start: int, end: int, paragraph: int) -> list[Span]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    spans = []
    while end - start > MAX_SENTENCE:
        cut = start + MAX_SENTENCE
        marks = list(_CLAUSE_MARK.finditer(text, start + MAX_SENTENCE // 2, cut))
        strong = [m for m in marks if m.group()[0] in ",;:"] or marks
        cut = strong[-1].end() if strong else cut
        spans.append(Span(start, cut, paragraph))
        start = cut
        while start < end and text[start].isspace():
            start += 1
    if end > start:
        spans.append(Span(start, end, paragraph))
    return spans


def quote_spans(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Quoted stretches of one sentence; an unclosed quotation runs to its end, an unopened one from its start."""
    spans: list[tuple[int, int]] = []
    opened: int | None = None
    for index in range(start, end):
        char = text[index]
        if char == '"':
            is_open = opened is None
        elif char in _OPEN and not (char == "“" and opened is not None):
            is_open = True
        elif char in _CLOSE:
            is_open = False
        else:
            continue
        if is_open:
            opened = index
        else:
            spans.append((opened if opened is not None else start, index + 1))
            opened = None
    if opened is not None:
        spans.append((opened, end))
    return spans


_MONTH = (
    r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec|JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC)[A-Za-z]*\.?"
)
_DATE = rf"(?:{_MONTH} \d{{1,2}}|\d{{1,2}} {_MONTH})(?:,? \d{{4}})?"
_PLACE = r"[A-ZÀ-Þ][A-ZÀ-Þ'’.-]+(?:[ /][A-ZÀ-Þ][A-ZÀ-Þ'’.-]+){0,3}(?:, [A-Z][A-Za-z.]+(?: [A-Z][a-z]+)?)?"
_AGENCY = r"\([A-Z][^()]{1,30}\)"
_DATELINE = re.compile(
    rf"\W*(?:{_AGENCY} [-–—]+ )?(?:"
    rf"{_PLACE}(?:, {_DATE})?(?: {_AGENCY})? ?(?:[-–—]+|\.) (?=[A-Z“\"‘'])|"
    rf"[A-Z][a-z]+(?: [A-Z][a-z]+)?(?:, {_DATE})? {_AGENCY}(?: ?[-–—]+)? )"
)


def dateline(raw: str) -> int:
    """How many characters of a sentence are its dateline ("PARIS, Jan 2 (AFP) - "): where and when it was written, no part of the news."""
    match = _DATELINE.match(raw)
    return match.end() if match is not None else 0
