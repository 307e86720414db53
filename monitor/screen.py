"""The screen: whether a page is worth extracting, by the watch's words anywhere in it. Judges nothing beyond that."""

import html
import unicodedata

from ahocorasick_rs import AhoCorasick

from monitor import watch

_KINDS = ("place", "topic", "alone", "group", "force")
_ENOUGH = ({"alone"}, {"place", "topic"}, {"group", "force"})


class Screen:
    """Looks for words of place and topic in one pass."""

    def __init__(self, loaded: watch.Watch) -> None:
        self._kinds: dict[str, set[str]] = {}
        for kind in _KINDS:
            for word in loaded.terms[f"screen.{kind}"]:
                self._kinds.setdefault(_fold(word), set()).add(kind)
        self._words = list(self._kinds)
        self._automaton = AhoCorasick(self._words)

    def is_on_topic(self, title: str, summary: str, raw_text: str) -> bool:
        """Whether title, summary and raw page (markup and all) name a place and a topic, or enough without a place."""
        folded = _fold(f"{title}\n{summary}\n{raw_text}")
        indexes = self._automaton.find_matches_as_indexes(folded, overlapping=True)
        found = set().union(*(self._kinds[self._words[index]] for index in {index for index, _, _ in indexes}))
        return any(needed <= found for needed in _ENOUGH)


def _fold(text: str) -> str:
    """Lower case, composed, with character references resolved: pages write one letter in many ways."""
    if "&" in text:
        text = html.unescape(text)
    return (text if text.isascii() else unicodedata.normalize("NFC", text)).lower()
