"""Compiles the watch's word lists into regular expressions, once. Knows the small pattern language of the seeds; reads no text.

An entry is a regular expression in which a space stands for any white space and {NAME} for another list or a mask of actors.
"""

import re
from collections.abc import Mapping

from monitor import watch

COUNTRY, DEMONYM, PERSON = "\ue000", "\ue001", "\ue002"
_MASKS = {
    "C": "\ue000+",
    "D": "\ue001+",
    "P": "\ue002+",
}
_MACRO = re.compile(r"\{([A-Za-z_.]+)\}")
_LOOSE_SPACE = re.compile(r" +")


class Lexicon:
    """Named lists of the watch as compiled, case-insensitive patterns."""

    def __init__(self, terms: Mapping[str, tuple[str, ...]]) -> None:
        self._terms = terms
        self._cache: dict[str, re.Pattern[str]] = {}

    def words(self, key: str) -> tuple[str, ...]:
        """The raw entries of a list."""
        return self._terms.get(key, ())

    def source(self, key: str) -> str:
        """The alternation of a list, macros expanded."""
        entries = self._terms.get(key)
        if entries is None:
            raise KeyError(f"no word list {key!r} in the watch")
        return "(?:" + "|".join(self._expand(entry) for entry in entries) + ")"

    def get(self, key: str) -> re.Pattern[str]:
        """A list as one pattern bounded by word edges."""
        if key not in self._cache:
            self._cache[key] = re.compile(r"(?<![\w\ue000-\ue002])" + self.source(key) + r"(?!\w)", re.IGNORECASE)
        return self._cache[key]

    def make(self, pattern: str) -> re.Pattern[str]:
        """A pattern of the grammar, in the same small language."""
        if pattern not in self._cache:
            self._cache[pattern] = re.compile(self._expand(pattern), re.IGNORECASE)
        return self._cache[pattern]

    def _expand(self, entry: str) -> str:
        def macro(match: re.Match[str]) -> str:
            name = match.group(1)
            if name in _MASKS:
                return "(?:" + _LOOSE_SPACE.sub(r"\\s+", _MASKS[name]) + ")"
            return self.source(name if "." in name else f"terms.{name}")

        return _MACRO.sub(macro, _LOOSE_SPACE.sub(r"(?:\\s+)", entry))


def load(loaded: watch.Watch) -> Lexicon:
    """The lexicon of a watch."""
    return Lexicon(loaded.terms)
