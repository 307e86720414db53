"""A sentence and its places as a sequence: what the network is told of each token, and of where a claim could stand. Turns nothing into numbers."""

from collections.abc import Sequence
from dataclasses import dataclass

TASKS = ("actor", "backstop", "count")  # the kinds of place
# What an actor is to others; 0 is none, 1 any other country.
MENTIONS = {"US": 2, "UA": 3, "RU": 4, "EU": 5, "NATO": 6, "COALITION": 7}
NEGATIVE, QUOTED = 1, 2  # the signs of a token, added up


@dataclass(frozen=True, slots=True)
class Sequenced:
    """A sentence's tokens: each as a word, its lists of like sense, its class of words, its signs, the actor that it names."""

    words: Sequence[str]
    senses: Sequence[Sequence[str]]
    classes: Sequence[str | None]
    signs: Sequence[int]
    mentions: Sequence[str | None]


@dataclass(frozen=True, slots=True)
class Marked:
    """A place: its own tokens, the tokens of its clauses (first, last exclusive), and what else holds of it."""

    task: str
    marks: tuple[int, ...]
    spans: tuple[tuple[int, int], ...]
    traits: frozenset[str]
    before: tuple[int, ...] = ()  # the tokens of the sentence before that name the same
