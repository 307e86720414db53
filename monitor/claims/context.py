"""What an article has said so far: who is meant by "he", "it", "they", "the government". Resolves phrases; judges no stance."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from monitor.claims import actors, clauses, closed, nouns
from monitor.claims.nouns import Noun
from monitor.claims.tokens import Token


@dataclass(frozen=True, slots=True)
class Voice:
    """Who says something. `code` is the actor spoken for; a private voice speaks for nobody; `unnamed`: officials, sources, media."""

    name: str | None = None
    code: str | None = None
    private: bool = False
    unnamed: bool = False
    decides: bool = False


@dataclass(slots=True)
class Sentence:
    """A sentence with its parse and, for each clause, who says it."""

    index: int
    start: int
    end: int
    paragraph: int
    raw: str
    quotes: list[tuple[int, int]]
    mentions: list[actors.Mention]
    parse: clauses.Parse
    voices: list[Voice | None] = field(default_factory=list)
    subjects: list[tuple[str, ...]] = field(default_factory=list)  # for each clause, whose deed it is
    is_question: bool = False

    @property
    def row(self) -> list[Token]:
        """The tokens."""
        return self.parse.row

    def names(self, code: str) -> bool:
        """Whether it names an actor."""
        return any(m.code == code for m in self.mentions)

    def hears(self, code: str) -> bool:
        """Whether an actor says any of it."""
        return any(v is not None and v.code == code for v in self.voices)

    def text(self, first: int, last: int) -> str:
        """The words from token first to last (inclusive)."""
        return self.raw[self.row[first].start : self.row[last].end]


_THEIRS = {"its": "it", "his": "he", "her": "he", "their": "they", "our": "we", "my": "we"}
_GOVERNMENT = frozenset(
    (
        "government country cabinet ministry parliament army military nation minister premier president chancellor "
        "leader spokesman spokeswoman spokesperson administration presidency pm taoiseach side capital "
        "kingdom republic island duchy authorities forces troops soldiers office embassy delegation state bundestag"
    ).split()
)
_PERSONAL = frozenset(["minister", "premier", "president", "chancellor", "leader", "pm", "taoiseach", "secretary"])


_SOMEONE = closed.OFFICES | set("diplomat colonel adviser advisor aide source".split())


_TITLES = {
    "premier": ("prime minister", "premier", "head of government"), "pm": ("prime minister", "head of government"),
    "minister": ("minister", "head of government"), "secretary": ("secretary", "minister"), "taoiseach": ("taoiseach", "prime minister"),
    "leader": ("prime minister", "president", "head of government", "chancellor"),
}  # fmt: skip


_TOGETHER = frozenset(
    (
        "countries nations leaders sides governments capitals states ministers presidents allies powers parliaments "
        "country nation side government capital state"
    ).split()
)
_SIZES = {"two": 2, "pair": 2, "duo": 2, "three": 3, "trio": 3, "four": 4, "quartet": 4}
_RECENT = 6
_NEVER_ONE_OF_TWO = frozenset({"COALITION", "EU", "NATO", "RU", "UA", "US"})


@dataclass(slots=True)
class Memory:
    """What pronouns can mean at this point of the article."""

    person: actors.Mention | None = None
    someone: tuple[str, ...] = ()  # whose official without a name was the subject after that person
    people: dict[str, actors.Mention] = field(default_factory=dict)  # the last one of each name
    surnames: dict[str, str] = field(
        default_factory=dict
    )  # of holders that the watch does not know, with their country
    strangers: set[str] = field(default_factory=set)  # last names of private persons
    country: str | None = None
    group: tuple[str, ...] = ()
    recent: tuple[str, ...] = ()  # the countries named last, each once
    voice: Voice | None = None
    voice_paragraph: int = -9

    def resolve(self, noun: Noun | None, row: Sequence[Token], voice: Voice | None) -> tuple[str, ...]:
        """The actors that a phrase stands for; empty where it stands for none or for somebody private."""
        if noun is None or noun.kind == nouns.PRIVATE or noun.is_former:
            return ()
        if noun.codes:
            return noun.codes if noun.kind in (nouns.ACTOR, nouns.FORCE) else ()
        first = row[noun.first].low
        if noun.head in self.surnames and row[noun.last].text[:1].isupper():
            return (self.surnames[noun.head],)
        if noun.kind == nouns.PRONOUN:
            return self._pronoun(closed.PRONOUNS.get(noun.head, ""), voice)
        if noun.head in _GOVERNMENT:
            if first in _THEIRS:
                return self._pronoun(_THEIRS[first], voice)
            if first == "the" and noun.kind != nouns.FORCE:
                return self._definite(noun)
            if first == "ministers":
                return (self.country,) if self.country else ()
        size = self._size(noun, row)
        if size:
            return self.group if len(self.group) == size else self.recent[-size:] if len(self.recent) >= size else ()
        return ()

    def _size(self, noun: Noun, row: Sequence[Token]) -> int:
        """How many countries "both governments", "the two", "all three", "neither capital" mean; 0: none."""
        first = row[noun.first].low
        if first in ("both", "neither"):
            return 2 if noun.head in _TOGETHER or noun.first == noun.last else 0
        if first not in ("the", "all", "these", "those"):
            return 0
        number = noun.head if noun.head in _SIZES else row[noun.first + 1].low if noun.head in _TOGETHER else ""
        return _SIZES.get(number, 0)

    def _pronoun(self, kind: str, voice: Voice | None) -> tuple[str, ...]:
        if kind in ("we", "i"):
            return (voice.code,) if voice is not None and voice.code and not voice.private else ()
        if kind == "he":
            if self.someone:
                return self.someone
            return (self.person.code,) if self.person is not None and not self.person.former else ()
        if kind == "it":
            return (self.country,) if self.country else ()
        if kind == "they":
            return self.group
        return ()

    def _definite(self, noun: Noun) -> tuple[str, ...]:
        if noun.head in _PERSONAL:
            person = self.titled(noun.head)
            return (person.code,) if person is not None and not person.former else ()
        return (self.country,) if self.country else ()

    def titled(self, title: str) -> actors.Mention | None:
        """Who was named last of those that hold an office of this title."""
        words = _TITLES.get(title, (title,))
        for person in reversed(self.people.values()):
            if any(word in office for office in person.offices for word in words):
                return person
        return self.person if title in ("leader", "minister") else None

    def see(self, mention: actors.Mention) -> None:
        """Remember that a person was named."""
        if mention.person is not None:
            self.people.pop(mention.person, None)
            self.people[mention.person] = mention

    def note(self, noun: Noun | None, codes: tuple[str, ...], main: bool = True) -> None:
        """Remember the subject of a clause."""
        if noun is None or noun.kind == nouns.PRIVATE:
            return
        if noun.person is not None and main:
            self.person, self.someone = noun.person, ()
        elif main and noun.kind == nouns.ACTOR and noun.head in _SOMEONE and len(codes) == 1:
            self.someone = codes
        own = tuple(c for c in codes if c not in ("COALITION",))
        if len(own) > 1:
            self.group = own
        elif len(own) == 1:
            self.country = own[0]

    def name(self, codes: Sequence[str]) -> None:
        """Remember the countries that a sentence named, the last one last."""
        own = [c for c in dict.fromkeys(codes) if c not in _NEVER_ONE_OF_TWO]
        self.recent = (*(c for c in self.recent if c not in own), *own)[-_RECENT:]

    def turn(self, code: str, person: actors.Mention | None) -> None:
        """Remember that the text goes on to another country ("Spain?"): whoever is meant now is one of its people."""
        self.country = code
        self.people = {name: one for name, one in self.people.items() if one.code == code}
        if person is not None:
            self.person, self.someone = person, ()
        elif self.person is not None and self.person.code != code:
            self.person, self.someone = None, ()

    def speak(self, voice: Voice, paragraph: int) -> None:
        """Remember who spoke."""
        self.voice, self.voice_paragraph = voice, paragraph


MEDIA = frozenset(("press newspaper daily media broadcaster magazine outlet agency times post journal tabloid").split())


def as_voice(noun: Noun, codes: tuple[str, ...]) -> Voice:
    """The voice of a subject."""
    if noun.head in MEDIA:
        return Voice(unnamed=True)
    if noun.kind == nouns.PRIVATE or noun.is_former:
        return Voice(private=True)
    person = noun.person
    if person is not None:
        return Voice(name=person.person, code=person.code, decides=person.decides)
    if len(codes) > 1:
        return Voice(unnamed=True)
    if codes and noun.kind in (nouns.ACTOR, nouns.PRONOUN):
        return Voice(
            code=codes[0],
            decides=noun.kind == nouns.ACTOR and noun.head not in ("source", "sources"),
            unnamed=noun.head in ("official", "officials", "source", "sources", "diplomat", "diplomats"),
        )
    if codes:
        return Voice(code=codes[0])
    return Voice(unnamed=True)
