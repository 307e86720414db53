"""Reads numbers with what they count: figures and words, ranges, dozens. Knows money, years, percent and points for what they are not."""

import re

_WORDS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17,
    "eighteen": 18, "nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70,
    "eighty": 80, "ninety": 90,
}  # fmt: skip
_UNIT = "|".join(w for w in _WORDS if _WORDS[w] < 10)
_WORD = "|".join(sorted(_WORDS, key=len, reverse=True))
_SPELLED = rf"(?:two|three|four|a couple of|half a) dozen|(?:a )?dozen|(?:{_WORD})(?:-(?:{_UNIT})|(?<=ty) (?:{_UNIT})\b)?(?: (?:hundred|thousand))?|(?:a|several) hundred"
_DIGITS = r"\d{1,3}(?:[,.\u00a0\u202f ]\d{3}){1,3}|\d{1,9}(?:\.\d{1,3})?"
ONE = rf"(?:(?:{_DIGITS})(?: ?(?:thousand|k\b))?|{_SPELLED})"
_RANGE = re.compile(
    rf"(?<![\w.,$€£])(?P<low>{ONE})(?:-odd)?(?:(?:\s*(?:-|–|—|to|or)\s*|\s+and\s+)(?P<high>{ONE}))?(?!\w|[.,]\d|%|-(?:first|second|third|\w+th)\b)",
    re.IGNORECASE,
)
_BEFORE_NONE = re.compile(
    r"(?:[$€£¥]\s?|\b(?-i:No\.?|Number|Channel|Radio|RTL) |\barticle |\bresolution |\bage[d]? |\d:)$",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?:19|20)\d\d")
_OF_YEAR = re.compile(r"\b(?:since|until|in) $", re.IGNORECASE)
_AFTER_NONE = re.compile(
    r"\s?(?:%|per ?cent|percent|million|billion|bn|m\b|euros?|dollars?|pounds?|kroner|crowns?|years?|months?|weeks?|"
    r"days?|hours?|minutes?|km|kilomet|miles?|points?|point|-?point|p\.?m\.?|a\.?m\.?|:\d\d(?:am|pm)?|st|nd|rd|th|"
    r"(?-i:January|February|March|April|May|June|July|August|September|October|November|December))(?![A-Za-z])",
    re.IGNORECASE,
)


def value(words: str) -> int | None:
    """The number that a figure or number word stands for."""
    text = words.lower().strip()
    times = 1
    if text.endswith(("thousand", "k")):
        times, text = 1000, re.sub(r"\s*(?:thousand|k)$", "", text)
    elif text.endswith("hundred"):
        times, text = 100, re.sub(r"\s*hundred$", "", text)
    if text.endswith("dozen"):
        base = text.removesuffix("dozen").strip()
        return int({"half a": 0.5, "two": 2, "a couple of": 2, "three": 3, "four": 4}.get(base, 1) * 12)
    if len(text) > 20:  # no count of countries or soldiers is that long
        return None
    if not text or text == "a":
        return times if times > 1 else None
    if text[0].isdigit():
        cleaned = re.sub(r"(?<=\d)[,.\u00a0\u202f ](?=\d{3}(?:\D|$))", "", text)
        try:
            return int(float(cleaned) * times)
        except ValueError:
            return None
    head, _, tail = text.replace(" ", "-").partition("-")
    if head not in _WORDS:
        return None
    return (_WORDS[head] + _WORDS.get(tail, 0)) * times


def find(text: str) -> list[tuple[int, int, int, int | None]]:
    """(start, end, number, upper bound) of all counting numbers; a true range has an upper bound."""
    found: list[tuple[int, int, int, int | None]] = []
    for match in _RANGE.finditer(text):
        if _BEFORE_NONE.search(text[max(0, match.start() - 14) : match.start()]):
            continue
        if _AFTER_NONE.match(text[match.end() : match.end() + 14]):
            continue
        if _YEAR.fullmatch(match.group()) and _OF_YEAR.search(text[max(0, match.start() - 8) : match.start()]):
            continue
        low = value(match.group("low"))
        high = value(match.group("high")) if match.group("high") else None
        if low is None:
            continue
        if high is not None and low < high and "thousand" in (match.group("high") or "") and low < 1000:
            low *= 1000
        joined = match.group()
        if (
            high is not None
            and " and " in joined
            and "between" not in text[max(0, match.start() - 9) : match.start()].lower()
        ):
            found.append((match.start(), match.start("low") + len(match.group("low")), low, None))
            found.append((match.start("high"), match.end("high"), high, None))
            continue
        if high is not None and high <= low:
            high = None
        found.append((match.start(), match.end(), low, high))
    return found
