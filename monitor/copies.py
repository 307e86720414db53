"""Near-duplicate sketches: finds a text that has been printed before, lightly edited. Pure; the index is in memory.

A sketch is the 48 smallest crc32 values of a text's three-word runs; two sketches are compared by what they share.
"""

import re
import unicodedata
import zlib
from collections import Counter, defaultdict
from collections.abc import Sequence
from functools import lru_cache

SIZE = 48
SHINGLE = 3
ALIKE = 0.6
COMMON = 200  # a value that this many texts share is a stock phrase ("sign up for our newsletter") and says nothing

_WORD = re.compile(r"[^\W_]+")
_DOTTED = re.compile(r"\b(?:[A-Za-z]\.){2,}")
# Datelines and agencies' marks differ from copy to copy.
_DATELINE = re.compile(r"^[A-ZÀ-Ý][^\n.]{0,60}?(?:\([^)\n]{2,40}\)\s*)?[-–—]\s+")
# American spelling is brought to one form, together with words that editors drop.
_SPELLING = (
    (re.compile(r"isation(s?)$"), r"ization\1"),
    (re.compile(r"is(e|ed|es|ing)$"), r"iz\1"),
    (re.compile(r"([a-z]{2})our(s?|ed|ing)$"), r"\1or\2"),
    (re.compile(r"ll(ed|ing)$"), r"l\1"),
    (re.compile(r"(defen|offen|licen)ce(s?)$"), r"\1se\2"),
    (re.compile(r"tre(s?)$"), r"ter\1"),
    (re.compile(r"ogue(s?)$"), r"og\1"),
    (re.compile(r"amme(s?)$"), r"am\1"),
)
_DROPPED = frozenset(
    [
        "a",
        "an",
        "the",
        "that",
        "on",
        "of",
        "to",
        "in",
        "and",
        "said",
        "says",
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
    ]
)


@lru_cache(maxsize=256)  # asked for twice for each article: to look up copies, then to keep it
def sketch(text: str) -> tuple[int, ...]:
    """The text's sketch, ascending; empty for a text of fewer than three words."""
    words = _words(text)
    runs = {" ".join(words[i : i + SHINGLE]) for i in range(len(words) - SHINGLE + 1)}
    return tuple(sorted({zlib.crc32(run.encode()) for run in runs})[:SIZE])


def similarity(one: Sequence[int], other: Sequence[int]) -> float:
    """How much of the smaller sketch both share: 0 to 1."""
    if not one or not other:
        return 0.0
    return len(set(one) & set(other)) / min(len(one), len(other))


def likest(articles: Sequence[Sequence[str]]) -> str | None:
    """The article that shares enough of a sketch, most first; `articles` are those of each value, COMMON + 1 at most.

    Values that too many share don't count: a look-up then costs the same however many texts are kept.
    """
    telling = [found for found in articles if len(found) <= COMMON]
    shared = Counter(article for found in telling for article in found)
    if not shared or 2 * len(telling) < len(articles):
        return None
    article, count = min(shared.items(), key=lambda item: (-item[1], item[0]))
    return article if count >= ALIKE * len(telling) else None


class CopyIndex:
    """Sketches by value; answers which article a sketch is a copy of."""

    def __init__(self) -> None:
        self._articles: dict[int, list[str]] = defaultdict(list)

    def find(self, values: Sequence[int]) -> str | None:
        """The article that shares most of the sketch's values, where it shares enough."""
        if not values:
            return None
        return likest([self._articles.get(value, ())[: COMMON + 1] for value in values])

    def add(self, article_id: str, values: Sequence[int]) -> None:
        """Remember an article's sketch."""
        for value in values:
            if article_id not in self._articles[value]:
                self._articles[value].append(article_id)


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKC", _DATELINE.sub("", text.strip(), count=1)).casefold()
    plain = _DOTTED.sub(lambda match: match.group().replace(".", ""), plain)
    return [_spell(word) for word in _WORD.findall(plain) if word not in _DROPPED]


@lru_cache(maxsize=20_000)  # words come again and again
def _spell(word: str) -> str:
    for pattern, form in _SPELLING:
        word = pattern.sub(form, word)
    return word
