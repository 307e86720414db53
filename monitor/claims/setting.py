"""What the rules of topic troops share: the scene that an article sets, and a deed as a clause puts it. No rules."""

from collections.abc import Sequence
from dataclasses import dataclass

from monitor.claims.context import Sentence
from monitor.claims.nouns import Noun
from monitor.claims.tokens import Token

NO_SENDER = frozenset({"UA", "RU", "US", "EU", "NATO", "COALITION", "UN", "BY", "KP"})


@dataclass(frozen=True, slots=True)
class Scene:
    """What the article so far says about the force."""

    force: bool  # the article deals with a force for Ukraine
    near: bool  # this sentence or its neighbours name Ukraine, the force or the coalition
    recent: frozenset[str]  # classes of words in this sentence and the two before it
    counted: bool = False  # the sentence before counted those who send troops
    last: str | None = None  # the stand told in the sentence before, or earlier in this one
    refused: frozenset[str] = frozenset()  # who was read to send no troops, earlier in the article


@dataclass(frozen=True, slots=True)
class Deed:
    """Forces to be sent, as a clause puts it: tokens first to last, whose they are, whether a word in it denies."""

    first: int
    last: int
    owner: tuple[str, ...]
    force: Noun | None
    denied: bool
    verb: int | None  # the sending verb
    passive: bool = False
    nominal: bool = False
    why: str = ""
    figure: tuple[int, int] | None = (
        None  # tokens among which its size stands, where that is not in the phrase of force
    )


def no_before(row: Sequence[Token], first: int) -> bool:
    return first > 0 and row[first - 1].low == "no"


def in_ukraine(sentence: Sentence, first: int, last: int) -> bool:
    row = sentence.row
    for index in range(first, min(last, len(row))):
        mention = row[index].mention
        if mention is not None and mention.code == "UA":
            return True
        if row[index].low == "ground" and index and row[index - 1].low == "the":
            return True
    return False
