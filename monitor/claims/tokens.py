"""Cuts a sentence into tokens with offsets; a named actor is one token. Knows words, not their order."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from monitor.claims import actors

_TOKEN = re.compile(
    r"\d+(?:[.,\u00a0\u202f]\d+)*(?:st|nd|rd|th)?(?!\w)|(?:[A-Za-z]\.){2,}|[^\W_]+(?:[-‑](?=\w)[^\W_]+)*|['’]|[^\w\s]|_"
)
_CLITICS = frozenset({"s", "re", "ve", "ll", "d", "m", "t"})

Forms = Callable[[str], Mapping[str, frozenset[str]]]


@dataclass(slots=True)
class Token:
    """One word, number, mark or named actor; offsets relative to the sentence."""

    text: str
    low: str
    start: int
    end: int
    keys: tuple[str, ...]  # what patterns match it by: its low form and its base forms
    lemmas: Mapping[str, frozenset[str]]  # base forms with the names of the forms
    mention: actors.Mention | None = None
    is_mark: bool = False
    is_number: bool = False
    quoted: bool = False


def cut(raw: str, mentions: list[actors.Mention], quotes: list[tuple[int, int]], forms: Forms) -> list[Token]:
    """The tokens of a sentence in order."""
    row: list[Token] = []
    position = 0
    for mention in mentions:
        if mention.start < position:
            continue
        row.extend(_plain(raw, position, mention.start, forms))
        text = raw[mention.start : mention.end]
        row.append(Token(text, text.lower(), mention.start, mention.end, ("@M", "@" + mention.code), {}, mention))
        position = mention.end
    row.extend(_plain(raw, position, len(raw), forms))
    row = _without_asides(row)
    for start, end in quotes:
        for token in row:
            if start <= token.start < end:
                token.quoted = True
    return row


_ASIDE = 5  # words; a longer parenthesis is a clause of its own


def _without_asides(row: list[Token]) -> list[Token]:
    """The tokens without short parentheses ("Kristen Michal (Reform) announced"): grammar goes on as if they were not there."""
    if not any(t.text == "(" for t in row):
        return row
    kept: list[Token] = []
    index = 0
    while index < len(row):
        if row[index].text == "(":
            close = next((i for i in range(index + 1, min(len(row), index + _ASIDE + 2)) if row[i].text == ")"), None)
            follows = close is not None and close + 1 < len(row) and row[close + 1].text[:1].islower()
            if close is not None and follows and index and not any(t.is_number for t in row[index:close]):
                index = close + 1
                continue
        kept.append(row[index])
        index += 1
    return kept


def _plain(raw: str, start: int, end: int, forms: Forms) -> Iterator[Token]:
    pending: list[tuple[int, int]] = [m.span() for m in _TOKEN.finditer(raw, start, end)]
    index = 0
    while index < len(pending):
        a, b = pending[index]
        text = raw[a:b]
        if text in ("'", "’") and index + 1 < len(pending):
            c, d = pending[index + 1]
            tail = raw[c:d].lower()
            if c == b and tail in _CLITICS and (a == 0 or not raw[a - 1].isspace()):
                if tail == "t" and a and raw[a - 1].lower() == "n":
                    yield _make("n't", a - 1, d, forms)
                else:
                    yield _make("'" + tail, a, d, forms)
                index += 2
                continue
        following = raw[b : b + 2].lower()
        if len(text) > 1 and text[-1] in "nN" and following in ("'t", "’t"):
            stem = text[:-1]
            if stem:
                yield _make(stem, a, b - 1, forms)
            index += 1
            continue
        yield _make(text, a, b, forms)
        index += 1


def _make(text: str, start: int, end: int, forms: Forms) -> Token:
    low = text.lower()
    if "‑" in low:
        low = low.replace("‑", "-")
    lemmas = forms(low)
    keys = (low, *(lemma for lemma in lemmas if lemma != low)) if lemmas else (low,)
    first = text[0]
    is_mark = not (first.isalnum() or (len(text) > 1 and text.startswith(("'", "n't"))))
    return Token(text, low, start, end, keys, lemmas, None, is_mark, first.isdigit())


def unpossessed(word: str) -> str:
    """A word or name without the ending of possession ("Trump's")."""
    return word.removesuffix("'s").removesuffix("’s")
