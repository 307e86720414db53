"""Who could be the subject of a claim in a sentence: every actor named, meant by a pronoun, speaking, or carried over from before."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from monitor.claims import actors, nouns, sentences
from monitor.claims.context import Sentence

NAMED, SUBJECT, VOICE, CARRIED, MAIN = "named", "subject", "voice", "carried", "main"

_NEVER = frozenset({"RU", "BY", "KP", "COALITION"})


@dataclass(frozen=True, slots=True)
class Candidate:
    """An actor in a sentence: how it comes in (first the surest), the token that stands for it, its clauses."""

    sentence: int
    code: str
    sources: tuple[str, ...]
    place: int | None
    clauses: tuple[int, ...]
    listed: int  # how many actors stand in one phrase with it


def find(built: Sequence[Sentence], main: str | None) -> Iterator[Candidate]:
    """All candidates of an article in order of its sentences. `main`: the country that it is about."""
    last: tuple[str, ...] = ()
    heads = _heads(built)
    for index, sentence in enumerate(built):
        here: dict[str, _Found] = {}
        headed = heads.get(index)
        begin = _begin(sentence)
        for noun in sentence.parse.nouns:
            if noun.kind == nouns.PRIVATE or noun.is_former or noun.last < begin:
                continue
            for code in noun.codes:
                if code not in _NEVER:
                    found = here.setdefault(code, _Found())
                    found.add(NAMED, noun.last, sentence.parse.clause_at(noun.first), len(noun.codes))
        for place, token in enumerate(sentence.row[begin:], begin):
            mention = token.mention
            if mention is not None and not mention.former and mention.code not in _NEVER and mention.code not in here:
                here.setdefault(mention.code, _Found()).add(NAMED, place, sentence.parse.clause_at(place), 1)
        for number, codes in enumerate(sentence.subjects):
            for code in codes:
                if code not in _NEVER:
                    found = here.setdefault(code, _Found())
                    subject = sentence.parse.clauses[number].subject
                    found.add(SUBJECT, subject.last if subject is not None else None, number, len(codes))
        for number, voice in enumerate(sentence.voices):
            if voice is not None and voice.code and not voice.private and voice.code not in _NEVER:
                here.setdefault(voice.code, _Found()).add(VOICE, None, number, 1)
        others = [c for c in here if c not in ("US", "UA", "EU", "NATO")]
        if headed is not None and others and headed not in here:
            here[headed] = _Found([CARRIED], None, list(range(len(sentence.parse.clauses))), 1)
        if not others:
            everything = tuple(range(len(sentence.parse.clauses)))
            for code in last:
                if code not in here:
                    here[code] = _Found([CARRIED], None, list(everything), len(last))
            if main is not None and main not in here:
                here[main] = _Found([MAIN], None, list(everything), 1)
        else:
            subjects = [c for c in others if SUBJECT in here[c].sources]
            last = tuple(subjects or others)[:3]
        for code, found in here.items():
            yield Candidate(
                index,
                code,
                tuple(dict.fromkeys(found.sources)),
                found.place,
                tuple(sorted(set(found.clauses))),
                found.listed,
            )


def _heads(built: Sequence[Sentence]) -> dict[int, str]:
    """{sentence: the country of the heading that it stands under}: a paragraph of its own of few words that names one country, above the
    next paragraph; or the words before the colon that open a paragraph."""
    found: dict[int, str] = {}
    of_paragraph: dict[int, str] = {}
    for index, sentence in enumerate(built):
        first = not index or built[index - 1].paragraph != sentence.paragraph
        alone = first and (index + 1 == len(built) or built[index + 1].paragraph != sentence.paragraph)
        label = _LABEL.match(sentence.raw) if first else None
        if alone and len(sentence.raw) <= _SHORT:
            codes = {m.code for m in sentence.mentions} - _NEVER
            if len(codes) == 1 and index + 1 < len(built):
                of_paragraph[built[index + 1].paragraph] = next(iter(codes))
        elif label is not None:
            codes = {m.code for m in sentence.mentions if m.end <= label.end()} - _NEVER
            if len(codes) == 1:
                of_paragraph[sentence.paragraph] = next(iter(codes))
        if sentence.paragraph in of_paragraph:
            found[index] = of_paragraph[sentence.paragraph]
    return found


_SHORT = 30  # characters of a heading
_LABEL = re.compile(r"[^\w]{0,4}[^:.–—]{2,30}(?:[:.–—]| - )")


def _begin(sentence: Sentence) -> int:
    """The token behind the dateline; a country at the head of a row ("POLAND - no soldiers") is none."""
    end = sentences.dateline(sentence.raw)
    told = any(c in "(0123456789" for c in sentence.raw[:end])  # a day or an agency, which no row has
    if not end or (not told and any(m.kind != "seat" for m in sentence.mentions if m.start < end)):
        return 0
    return next((i for i, t in enumerate(sentence.row) if t.start >= end), len(sentence.row))


class _Found:
    """One actor of a sentence, being gathered."""

    def __init__(
        self,
        sources: list[str] | None = None,
        place: int | None = None,
        clauses: list[int] | None = None,
        listed: int = 1,
    ) -> None:
        self.sources = sources or []
        self.place = place
        self.clauses = clauses or []
        self.listed = listed

    def add(self, source: str, place: int | None, clause: int, listed: int) -> None:
        if source == SUBJECT and SUBJECT not in self.sources:
            self.sources.insert(0, source)
            self.place = place if place is not None else self.place
            self.listed = listed
        else:
            self.sources.append(source)
            if self.place is None:
                self.place = place
                self.listed = listed
        self.clauses.append(clause)


def main_country(built: Sequence[Sentence], titled: Sequence[actors.Mention]) -> str | None:
    """The country that the article is about: named in the title, else most often in its first sentences."""
    counted: Counter[str] = Counter()
    for mention in titled:
        counted[mention.code] += 3
    for sentence in built[:5]:
        for mention in sentence.mentions:
            counted[mention.code] += 1
    for code in (*_NEVER, "US", "UA", "EU", "NATO"):
        counted.pop(code, None)
    best = counted.most_common(2)
    if not best or (len(best) > 1 and best[0][1] == best[1][1]):
        return None
    return best[0][0]
