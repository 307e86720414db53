"""The places of an article at which a claim could stand: actors, sentences about the US part, numbers; each with its features.

Used alike when reading and when learning, so that both see the same.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from monitor.claims import candidates, features, marking, numbers, sentences
from monitor.claims.context import Sentence
from monitor.claims.features import Page

ACTOR, BACKSTOP, COUNT = marking.TASKS
ARTICLE, RELEVANT = "article", "relevant"  # the article as a whole
US_PART = frozenset({"phrases.backstop", "phrases.guarantee"})  # words that by themselves speak of what the US gives


@dataclass(frozen=True, slots=True)
class Place:
    """Where a claim could stand. `code`: whose it would be; `number` and `high` for counts; `clauses`: those that speak of it;
    `marks`: the tokens that name whose it would be, or the number."""

    task: str
    sentence: int
    code: str
    parts: features.Parts
    clauses: tuple[int, ...] = ()
    marks: tuple[int, ...] = ()
    number: int | None = None
    high: int | None = None

    @property
    def features(self) -> frozenset[str]:
        """All of them."""
        return frozenset().union(*self.parts)


def find(page: Page) -> Iterator[Place]:
    """All places of an article, task by task."""
    for one in candidates.find(page.sentences, page.main):
        marks = _named(page.sentences[one.sentence], one.code, one.place)
        yield Place(ACTOR, one.sentence, one.code, features.of_actor(page, one), one.clauses, marks)
    american = [s.names("US") for s in page.sentences]
    for index, sentence in enumerate(page.sentences):
        if any(american[max(0, index - features.US_REACH) : index + 1]) or _is_american(sentence):
            clauses = tuple(range(len(sentence.parse.clauses)))
            yield Place(BACKSTOP, index, "US", features.of_backstop(page, index), clauses, _named(sentence, "US", None))
    for index in range(len(page.sentences)):
        yield from counts(page, index)


def counts(page: Page, index: int) -> Iterator[Place]:
    """The numbers of a sentence."""
    sentence = page.sentences[index]
    begin = sentences.dateline(sentence.raw)
    for start, end, value, high in numbers.find(sentence.raw):
        if start < begin:
            continue
        token = next((i for i, t in enumerate(sentence.row) if start < t.end), None)
        if token is not None:
            found = features.of_number(page, index, token, value, high is not None)
            clause = sentence.parse.clause_at(token)
            marks = tuple(i for i, t in enumerate(sentence.row) if t.start < end and start < t.end)
            yield Place(COUNT, index, "COALITION", found, (clause,), marks, value, high)


def sequences(page: Page, index: int) -> tuple[marking.Sequenced, marking.Sequenced | None]:
    """A sentence and the one before it as the network sees them; None where none with words stands before."""
    before = features.as_sequence(page, index - 1) if index and page.sentences[index - 1].row else None
    return features.as_sequence(page, index), before


def marked(page: Page, place: Place) -> marking.Marked:
    """A place as the network sees it."""
    parts = page.sentences[place.sentence].parse.clauses
    spans = tuple((parts[n].first, parts[n].last) for n in place.clauses)
    before = _named(page.sentences[place.sentence - 1], place.code, None) if place.sentence else ()
    return marking.Marked(place.task, place.marks, spans, place.parts[-1], before)


def _named(sentence: Sentence, code: str, place: int | None) -> tuple[int, ...]:
    """The tokens that name an actor: its nouns, its mentions, and the token that stands for it."""
    found = {i for n in sentence.parse.nouns if code in n.codes for i in range(n.first, n.last + 1)}
    found.update(i for i, t in enumerate(sentence.row) if t.mention is not None and t.mention.code == code)
    if place is not None:
        found.add(place)
    return tuple(sorted(found))


def _is_american(sentence: Sentence) -> bool:
    """Whether the words or the speaker make it a matter of the US, though it is not named near."""
    return bool(sentence.parse.classes & US_PART) or sentence.hears("US")
