"""The places of an article at which a claim could stand: actors, sentences about the US part, numbers; each with its features.

Used alike when reading and when learning, so that both see the same.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from monitor.claims import candidates, features, numbers
from monitor.claims.context import Sentence
from monitor.claims.features import Page

ACTOR, BACKSTOP, COUNT = "actor", "backstop", "count"
ARTICLE, RELEVANT = "article", "relevant"  # the article as a whole
US_PART = frozenset({"phrases.backstop", "phrases.guarantee"})  # words that by themselves speak of what the US gives
_REACH = 2  # sentences before, in which the US was named


@dataclass(frozen=True, slots=True)
class Place:
    """Where a claim could stand. `code`: whose it would be; `number` and `high` for counts; `clauses`: those that speak of it."""

    task: str
    sentence: int
    code: str
    parts: features.Parts
    clauses: tuple[int, ...] = ()
    number: int | None = None
    high: int | None = None

    @property
    def features(self) -> frozenset[str]:
        """All of them."""
        return frozenset().union(*self.parts)


def find(page: Page) -> Iterator[Place]:
    """All places of an article, task by task."""
    for one in candidates.find(page.sentences, page.main):
        yield Place(ACTOR, one.sentence, one.code, features.of_actor(page, one), one.clauses)
    american = [s.names("US") for s in page.sentences]
    for index, sentence in enumerate(page.sentences):
        if any(american[max(0, index - _REACH) : index + 1]) or _is_american(sentence):
            clauses = tuple(range(len(sentence.parse.clauses)))
            yield Place(BACKSTOP, index, "US", features.of_backstop(page, index), clauses)
    for index in range(len(page.sentences)):
        yield from counts(page, index)


def counts(page: Page, index: int) -> Iterator[Place]:
    """The numbers of a sentence."""
    sentence = page.sentences[index]
    for start, _end, value, high in numbers.find(sentence.raw):
        token = next((i for i, t in enumerate(sentence.row) if start < t.end), None)
        if token is not None:
            found = features.of_number(page, index, token, value, high is not None)
            clause = sentence.parse.clause_at(token)
            yield Place(COUNT, index, "COALITION", found, (clause,), value, high)


def _is_american(sentence: Sentence) -> bool:
    """Whether the words or the speaker make it a matter of the US, though it is not named near."""
    return bool(sentence.parse.classes & US_PART) or sentence.hears("US")
