"""A claim on its way: what a topic's rules found in a sentence, before time, speaker and origin are added."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """Topic, subject and status with the evidence's place in the text."""

    topic: str
    subject: str
    status: str
    start: int  # in the text
    end: int
    sentence: int  # index of the sentence
    clause: int = 0  # its clause
    number: int | None = None
    number_max: int | None = None
    counts: str | None = None
    components: tuple[str, ...] = ()
    optional: bool = False
    in_passing: bool = False
    speaker: str | None = None  # who says it, where the weights chose; empty: nobody who is named
    rule: str
    why: tuple[str, ...] = ()
