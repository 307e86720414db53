"""The screen: whether a page is worth extracting, by the watch's words anywhere in it. Cheap; judges nothing beyond that."""

import html
import unicodedata

from ahocorasick_rs import AhoCorasick

from monitor import watch


class Screen:
    """Looks for words of place and topic in one pass."""

    def __init__(self, loaded: watch.Watch) -> None:
        kinds = {name: loaded.terms[f"screen.{name}"] for name in ("place", "topic", "alone")}
        self._words = [(_fold(word), kind) for kind, words in kinds.items() for word in words]
        self._automaton = AhoCorasick([word for word, _ in self._words])

    def is_on_topic(self, title: str, summary: str, raw_text: str) -> bool:
        """Whether title, summary and raw page (markup and all) name a place and a topic, or a topic that needs no place."""
        folded = _fold(f"{title}\n{summary}\n{raw_text}")
        indexes = self._automaton.find_matches_as_indexes(folded, overlapping=True)
        found = {self._words[index][1] for index, _, _ in indexes}
        return "alone" in found or {"place", "topic"} <= found


def _fold(text: str) -> str:
    """Lower case, composed, with character references resolved: pages write one letter in many ways."""
    if "&" in text:
        text = html.unescape(text)
    return (text if text.isascii() else unicodedata.normalize("NFC", text)).lower()
