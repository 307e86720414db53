"""The watch's token patterns, compiled: from a place in a row of tokens to the classes of words that begin there.

A pattern is a row of words; a|b is either, ?word may be missing, * stands for up to four words without a mark between, @M for a
named actor, @US and the like for one actor. Matching costs a dictionary look-up a token, whatever the size of the lists.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from monitor import watch
from monitor.claims import inflect, tokens

VERB_FILE, NOUN_FILES = "verbs", ("phrases", "cues")
_GAP = 4


@dataclass(frozen=True, slots=True)
class Element:
    """One place of a pattern."""

    words: frozenset[str] = frozenset()
    optional: bool = False
    gap: bool = False
    actor: str = ""  # "M" any, else a code


@dataclass(frozen=True, slots=True)
class Hit:
    """A pattern found: tokens first to last (inclusive), with the class's name ("verbs.send")."""

    name: str
    first: int
    last: int
    lemma: str


_Pattern = tuple[str, str, tuple[Element, ...]]  # class, entry, elements


class Lexemes:
    """All token patterns of a watch, by first word; and the base forms of every word that the patterns name."""

    def __init__(self, loaded: watch.Watch) -> None:
        self.forms: dict[str, dict[str, frozenset[str]]] = {}  # form -> lemma -> names of forms
        # by first word: patterns of one word; those whose second word is certain, by it; the others
        self._single: dict[str, list[tuple[str, str]]] = defaultdict(list)
        self._pairs: dict[str, dict[str, list[_Pattern]]] = defaultdict(lambda: defaultdict(list))
        self._others: dict[str, list[_Pattern]] = defaultdict(list)
        forms: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        for key, entries in loaded.terms.items():
            file, _, _name = key.partition(".")
            if file == VERB_FILE:
                self._add(key, entries, forms, verb=True)
            elif file in NOUN_FILES:
                self._add(key, entries, forms, verb=False)
        self.forms = {form: {lemma: frozenset(n) for lemma, n in by.items()} for form, by in forms.items()}

    def _add(self, key: str, entries: Iterable[str], forms: dict[str, dict[str, set[str]]], *, verb: bool) -> None:
        for entry in entries:
            elements = _parse(entry)
            if verb:
                for word in elements[0].words:
                    for form, names in inflect.verb_forms(word).items():
                        forms[form][word] |= names
            if key.startswith("phrases."):
                for word in elements[-1].words:
                    if word.isalpha() or "-" in word:
                        forms[inflect.plural(word)][word].add("plural")
            for word in elements[0].words or {"@" + elements[0].actor}:
                self._file(word, key, entry, elements)

    def _file(self, word: str, key: str, entry: str, elements: tuple[Element, ...]) -> None:
        if len(elements) == 1:
            self._single[word].append((key, entry))
        elif elements[1].words and not elements[1].optional and not elements[1].gap:
            for second in elements[1].words:
                self._pairs[word][second].append((key, entry, elements))
        else:
            self._others[word].append((key, entry, elements))

    def lemmas(self, form: str) -> dict[str, frozenset[str]]:
        """The base forms that a form can have, each with the names of the forms."""
        return self.forms.get(form, {})

    def find(self, row: Sequence[tokens.Token]) -> list[Hit]:
        """All hits in a row of tokens, the longest of each class at each place."""
        hits: list[Hit] = []
        for index, token in enumerate(row):
            best: dict[str, Hit] = {}
            for word in token.keys:
                for key, entry in self._single.get(word, ()):
                    if key not in best:
                        best[key] = Hit(key, index, index, entry)
                for key, entry, elements in self._longer(word, row, index):
                    last = _match(row, index + 1, elements, 1)
                    if last is not None and (key not in best or best[key].last < last):
                        best[key] = Hit(key, index, last, entry)
            if best:
                hits.extend(sorted(best.values(), key=lambda h: -h.last))
        return _outside_names(hits)

    def _longer(self, word: str, row: Sequence[tokens.Token], index: int) -> list[_Pattern]:
        """The patterns of several words that may begin with this word here."""
        found = self._others.get(word, [])
        pairs = self._pairs.get(word)
        if pairs is None or index + 1 >= len(row):
            return found
        for second in row[index + 1].keys:
            more = pairs.get(second)
            if more:
                found = found + more
        return found


_NAMES = ("phrases.coalition", "phrases.mission")  # set phrases whose words mean nothing by themselves ("willing")


def _outside_names(hits: list[Hit]) -> list[Hit]:
    spans = [(h.first, h.last) for h in hits if h.name in _NAMES and h.last > h.first]
    if not spans:
        return hits
    return [h for h in hits if h.name.startswith("phrases.") or not any(a <= h.first and h.last <= b for a, b in spans)]


def _parse(entry: str) -> tuple[Element, ...]:
    elements = []
    for part in entry.split():
        optional = part.startswith("?")
        part = part.removeprefix("?")
        if part == "*":
            elements.append(Element(gap=True))
        elif part.startswith("@"):
            elements.append(Element(actor=part[1:], optional=optional))
        else:
            elements.append(Element(words=frozenset(w.lower() for w in part.split("|")), optional=optional))
    return tuple(elements)


def _match(row: Sequence[tokens.Token], index: int, elements: tuple[Element, ...], place: int) -> int | None:
    """The last token of a match that begins at the index, or None."""
    if place == len(elements):
        return index - 1
    element = elements[place]
    if element.gap:
        for skip in range(_GAP, -1, -1):
            if any(t.is_mark for t in row[index : index + skip]):
                continue
            found = _match(row, index + skip, elements, place + 1)
            if found is not None:
                return found
        return None
    if index < len(row) and _fits(row[index], element):
        found = _match(row, index + 1, elements, place + 1)
        if found is not None:
            return found
    return _match(row, index, elements, place + 1) if element.optional else None


def _fits(token: tokens.Token, element: Element) -> bool:
    if element.actor:
        return token.mention is not None and element.actor in ("M", token.mention.code)
    return not element.words.isdisjoint(token.keys)
