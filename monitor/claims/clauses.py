"""Cuts a sentence into clauses, each with its subject and the clause that it hangs on. Knows grammar, not the topic."""

from dataclasses import dataclass, field

from monitor.claims.lexemes import Hit
from monitor.claims.nouns import Noun
from monitor.claims.tokens import Token

MAIN = "main"

THAT = "that"

REL = "rel"

IF = "if"

WHEN = "when"

BECAUSE = "because"

ALTHOUGH = "although"

WHILE = "while"

WHETHER = "whether"

AND = "and"

ING = "ing"

PAREN = "paren"

WH = "wh"

RESUME = "resume"


@dataclass(slots=True)
class Clause:
    """Tokens first to last (exclusive), the kind of link, the finite verb's place, who acts, and the clause above."""

    first: int
    last: int
    kind: str
    verb: int | None = None
    subject: Noun | None = None
    parent: int | None = None
    hits: list[Hit] = field(default_factory=list)
    nouns: list[Noun] = field(default_factory=list)
    classes: frozenset[str] = frozenset()  # of its words ("verbs.send")

    def hit(self, name: str) -> Hit | None:
        """Its first hit of a class of words."""
        return next((h for h in self.hits if h.name == name), None)


@dataclass(slots=True)
class Parse:
    """A sentence in its parts."""

    row: list[Token]
    kinds: list[str | None]
    hits: list[Hit]
    nouns: list[Noun]
    clauses: list[Clause]
    classes: frozenset[str]  # of its words

    def clause_at(self, place: int) -> int:
        """The index of the clause that holds a token; clauses leave no token out."""
        return next(i for i, c in enumerate(self.clauses) if c.first <= place < c.last)
