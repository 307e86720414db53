"""Noun phrases: who or what a group of words names: an actor, its forces, somebody private, a group of countries, a thing."""

from collections.abc import Sequence
from dataclasses import dataclass

from monitor.claims import actors, closed
from monitor.claims.lexemes import Hit
from monitor.claims.tokens import Token

ACTOR, FORCE, PRIVATE, GROUP, PRONOUN, THING = "actor", "force", "private", "group", "pronoun", "thing"


@dataclass(frozen=True, slots=True)
class Noun:
    """A noun phrase, tokens first to last (inclusive). `codes`: whose it is or who it is, by `kind`."""

    first: int
    last: int
    head: str  # the last word, low
    kind: str
    codes: tuple[str, ...] = ()
    mentions: tuple[actors.Mention, ...] = ()
    preposition: str | None = None  # the one it hangs on

    @property
    def person(self) -> actors.Mention | None:
        """The named person or office in it."""
        return next((m for m in self.mentions if m.kind in ("person", "office")), None)

    @property
    def is_former(self) -> bool:
        """A former office holder."""
        return any(m.former for m in self.mentions)

    @property
    def acts(self) -> bool:
        """Whether it names an actor, and nobody who is out of office."""
        return self.kind == ACTOR and not self.is_former


def at(phrases: Sequence[Noun], first: int, last: int | None = None) -> Noun | None:
    """The phrase that covers the tokens first to last (inclusive; one token without `last`), if there is one."""
    last = first if last is None else last
    return next((n for n in phrases if n.first <= first and last <= n.last), None)


def chunk(row: Sequence[Token], kinds: Sequence[str | None], hits: Sequence[Hit]) -> list[Noun]:
    """All noun phrases of a sentence in order, coordinated actors joined ("France, Spain and Italy")."""
    classes: dict[int, set[str]] = {}
    for hit in hits:
        for place in range(hit.first, hit.last + 1):
            classes.setdefault(place, set()).add(hit.name)
    glued = {
        place
        for h in hits
        if h.name in ("phrases.force", "phrases.coalition")
        for place in range(h.first + 1, h.last + 1)
    }  # "boots on the ground", "coalition of the willing"
    runs: list[tuple[int, int]] = []
    start: int | None = None
    for index, token in enumerate(row):
        opens, member = (False, True) if index in glued else _role(row, index, kinds)
        if start is not None and (not member or opens):
            runs.append((start, index - 1))
            start = None
        if member and start is None and not token.is_mark:
            start = index
    if start is not None:
        runs.append((start, len(row) - 1))
    nouns = [_noun(row, first, last, classes) for first, last in _joined_demonyms(row, runs)]
    return _coordinate(row, nouns, kinds)


def _role(row: Sequence[Token], index: int, kinds: Sequence[str | None]) -> tuple[bool, bool]:
    """(opens a phrase, belongs to one)."""
    token = row[index]
    if token.mention is not None:
        if index and row[index - 1].mention is not token.mention and _is_when_or_where(row, index - 1, token.mention):
            return True, True  # "On Tuesday Macron", "In January France", "In Paris Macron"
        after_name = index > 0 and row[index - 1].mention is not None and token.mention.kind not in ("person", "office")
        return after_name and row[index - 1].end < token.start - 1, True
    if kinds[index] is not None:
        return False, False
    low = token.low
    if token.is_mark:
        if token.text in "-‑" and 0 < index < len(row) - 1:  # a dash between words of its own, as behind a dateline
            return False, row[index - 1].end == token.start or token.end == row[index + 1].start
        return False, token.text in "-‑$€£%" or (token.text in '“"‘”’' and _is_inside(row, index, kinds))
    if low == "'s":
        return False, True
    if low in closed.PRONOUNS and low not in closed.DETERMINERS:
        return True, True
    if (low == "no" and index + 1 < len(row) and row[index + 1].low == "longer") or (
        low == "longer" and index and row[index - 1].low == "no"
    ):
        return False, False
    if low == "that" and not _is_demonstrative(row, index):
        return False, False
    if low == "other" and index + 1 < len(row) and row[index + 1].low == "than":
        return False, False
    if low in closed.DETERMINERS:
        return not (index and row[index - 1].low in _BEFORE_THE), True
    if (
        low in closed.COORDINATORS
        or low in closed.PREPOSITIONS
        or low in closed.SUBORDINATORS
        or low in closed.RELATIVES
    ):
        return False, False
    if (
        low in ("late", "early")
        and index + 1 < len(row)
        and row[index + 1].low in closed.PREPOSITIONS | closed.CALENDAR
    ):
        return False, False
    if low in ("first", "further") and index and row[index - 1].low in closed.DETERMINERS:
        return False, True  # "for the first time"
    if (
        low in closed.NEGATIONS
        or low in closed.ADVERBS
        or (low.endswith("ly") and token.text[0].islower() and low not in closed.LY_NOUNS)
    ):
        return False, False
    if low in closed.PREDICATIVE and (index == 0 or row[index - 1].low not in closed.DETERMINERS):
        return False, False
    return False, True


_BEFORE_THE = frozenset("no any some the all both neither either such".split())


# "After the meeting Merz said"
_OCCASIONS = frozenset(
    "summit meeting call talks speech interview visit conference vote session evening morning night".split()
)


def _is_when_or_where(row: Sequence[Token], index: int, mention: actors.Mention) -> bool:
    """Whether a token ends an adverbial of time or place, so that a name behind it begins a phrase of its own."""
    token = row[index]
    if token.low in closed.CALENDAR or (token.low in _OCCASIONS and mention.kind == "person"):
        return True
    if token.is_number:
        return index > 0 and (
            row[index - 1].low in closed.CALENDAR or (row[index - 1].low == "in" and len(token.low) == 4)
        )
    before = row[index - 1].low if index else ""
    return (
        token.mention is not None
        and token.mention.kind == "seat"
        and mention.kind == "person"
        and before in ("in", "at")
    )


def _is_inside(row: Sequence[Token], index: int, kinds: Sequence[str | None]) -> bool:
    """A quotation mark between an adjective and its noun ("an American "security guarantee"")."""
    if not 0 < index < len(row) - 1 or kinds[index + 1] is not None or row[index + 1].is_mark:
        return False
    following, before = row[index + 1], row[index - 1]
    if (
        following.start != row[index].end
        or following.low in closed.DETERMINERS | closed.PRONOUNS.keys() | closed.PREPOSITIONS | closed.COORDINATORS
    ):
        return False
    return following.mention is None and (
        before.low in closed.DETERMINERS
        or before.mention is not None
        or before.low == "'s"
        or before.low.endswith("ed")
    )


def _is_demonstrative(row: Sequence[Token], index: int) -> bool:
    """ "that force", not "said that forces"."""
    following = row[index + 1] if index + 1 < len(row) else None
    before = row[index - 1] if index else None
    if (
        following is None
        or following.mention is not None
        or following.low in closed.DETERMINERS
        or following.low in closed.PRONOUNS
    ):
        return False
    return before is None or before.low in closed.PREPOSITIONS or before.low in ("and", "do", "did", "does")


def _is_demonym(token: Token) -> bool:
    return token.mention is not None and token.mention.kind == "demonym"


def _joined_demonyms(row: Sequence[Token], runs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """ "British and French troops" is one phrase; so is "a French and a British brigade"."""
    joined: list[tuple[int, int]] = []
    for first, last in runs:
        if joined and _is_demonym(row[joined[-1][1]]):
            before = joined[-1]
            gap = row[before[1] + 1 : first]
            tail = row[before[1]].mention
            if (
                tail is not None
                and tail.kind == "demonym"
                and gap
                and all(t.low in ("and", "or", ",", "nor", "&") for t in gap)
                and (
                    _is_demonym(row[first])
                    or row[first].low == "other"
                    or (first < last and row[first].low in closed.DETERMINERS and _is_demonym(row[first + 1]))
                )
            ):
                joined[-1] = (before[0], last)
                continue
        joined.append((first, last))
    return joined


_BALTIC_HEADS = frozenset("baltics states countries republics nations trio".split())


def _noun(row: Sequence[Token], first: int, last: int, classes: dict[int, set[str]]) -> Noun:
    while last > first and row[last].is_mark:
        last -= 1
    inside = tuple(t.mention for t in row[first : last + 1] if t.mention is not None)
    head = row[last]
    if head.low == "'s" and last > first:
        head = row[last - 1]
    preposition = _preposition(row, first)
    names = {name for place in range(first, last + 1) for name in classes.get(place, ())}
    head_names = classes.get(last, set())
    codes = tuple(dict.fromkeys(m.code for m in inside))

    def make(kind: str) -> Noun:
        return Noun(first, last, head.low, kind, codes, inside, preposition)

    if not inside and any(t.low in ("baltic", "baltics") for t in row[first : last + 1]) and head.low in _BALTIC_HEADS:
        return Noun(first, last, head.low, ACTOR, ("EE", "LV", "LT"), (), preposition)
    if not inside:
        return make(_plain_kind(row[first : last + 1], head, head_names, names))
    if head.mention is not None and head.low in ("bundeswehr", "the bundeswehr"):
        return make(FORCE)
    if head.mention is not None and head.mention.kind != "demonym":
        if "phrases.private_noun" in names and not _is_official(names):
            return make(PRIVATE)
        return make(ACTOR)
    if head.mention is not None:  # "the Germans", "the French"
        return make(ACTOR)
    if "phrases.force" in head_names or "phrases.deployment" in head_names:
        return make(FORCE)
    if "phrases.private_noun" in names and not (
        "phrases.voice_noun" in head_names and "former" not in _lows(row, first, last)
    ):
        return make(PRIVATE)
    if "phrases.voice_noun" in head_names or ("phrases.leader_noun" in names and _is_name(row, last)):
        return make(ACTOR)
    after = next(i for i in range(last, first - 1, -1) if row[i].mention is not None)
    if inside[-1].kind in ("person", "office") and all(_is_name(row, i) for i in range(after + 1, last + 1)):
        return make(ACTOR)  # "South Africa's President" and a name that the watch does not know
    return make(THING)


def _is_name(row: Sequence[Token], index: int) -> bool:
    """A capitalised word that no list knows."""
    token = row[index]
    return (
        index >= 0
        and token.text[:1].isupper()
        and token.text[1:].islower()
        and not token.lemmas
        and token.mention is None
    )


def _lows(row: Sequence[Token], first: int, last: int) -> set[str]:
    return {t.low for t in row[first : last + 1]}


def _is_official(names: set[str]) -> bool:
    return "phrases.voice_noun" in names


def _plain_kind(inside: Sequence[Token], head: Token, names: set[str], everywhere: set[str]) -> str:
    if len(inside) == 1 and (head.low in closed.PRONOUNS):
        return PRONOUN
    if "phrases.force" in names:
        return FORCE
    if "opposition" in {t.low for t in inside}:
        return PRIVATE
    if "phrases.private_noun" in names or ("phrases.private_noun" in everywhere and _is_name(inside, len(inside) - 1)):
        return PRIVATE
    if len(inside) >= 2 and _is_name(inside, len(inside) - 1) and _is_name(inside, len(inside) - 2) and not everywhere:
        return PRIVATE  # a person whom the watch does not know
    if "phrases.leader_noun" in names or "phrases.member_noun" in names or "phrases.official_group" in names:
        return GROUP
    return THING


def _preposition(row: Sequence[Token], first: int) -> str | None:
    place = first - 1
    while place >= 0 and row[place].is_mark and row[place].text in "“\"‘'":
        place -= 1
    if place > 0 and row[place].low == "to" and row[place - 1].low == "up" and row[first].low in ("a", "an"):
        return None  # "up to a company"
    of_number = row[first].is_number and place >= 0 and row[place].low in _OF_NUMBERS
    if of_number and (row[place].low != "to" or (place and row[place - 1].low == "up")):
        return None  # "up to 150 troops"
    if (
        place >= 0
        and row[place].mention is None
        and (row[place].low in closed.PREPOSITIONS or row[place].low in ("after", "before", "as", "since"))
    ):
        return row[place].low
    return None


_OF_NUMBERS = frozenset("to about around over under between than nearly".split())
_JOINERS = frozenset({",", "and", "or", "&", "as", "well", "plus", "both", "nor", "neither", "with"})


def _coordinate(row: Sequence[Token], nouns: list[Noun], kinds: Sequence[str | None]) -> list[Noun]:
    """Actors and forces in a row become one phrase."""
    result: list[Noun] = []
    for noun in nouns:
        if result and noun.kind == ACTOR and not noun.mentions and result[-1].kind == ACTOR and result[-1].codes:
            before = result[-1]  # "Britain, France and the three Baltic states"
            if all(t.low in _JOINERS for t in row[before.last + 1 : noun.first]):
                result[-1] = Noun(
                    before.first, noun.last, noun.head, ACTOR, tuple(dict.fromkeys(before.codes + noun.codes)),
                    before.mentions, before.preposition,
                )  # fmt: skip
                continue
        if result and noun.kind in (ACTOR, FORCE) and noun.mentions:
            before = result[-1]
            gap = row[before.last + 1 : noun.first]
            starts_anew = (
                before.preposition is not None
                and len(before.mentions) == 1
                and any(t.low == "," for t in gap)
                and noun.last + 1 < len(row)
                and (kinds[noun.last + 1] is not None or row[noun.last + 1].low in closed.PREDICATIVE)
            )  # "in Ukraine, and Italy ruling out"
            if before.kind == ACTOR and before.mentions and not starts_anew and _is_list_gap(row, before, noun, gap):
                result[-1] = Noun(
                    before.first, noun.last, noun.head, noun.kind if noun.kind == ACTOR else FORCE,
                    tuple(dict.fromkeys(before.codes + noun.codes)), before.mentions + noun.mentions, before.preposition,
                )  # fmt: skip
                continue
        result.append(noun)
    return result


def _is_list_gap(row: Sequence[Token], before: Noun, noun: Noun, gap: Sequence[Token]) -> bool:
    if not gap or len(gap) > 3 or any(t.low not in _JOINERS for t in gap) or gap[0].low == "with":
        return False
    if noun.kind == FORCE:
        return all(m.kind == "demonym" for m in before.mentions) and any(t.low in ("and", "or") for t in gap)
    if any(t.low in ("and", "or", "plus", "&", "well", "nor") for t in gap):
        # "in Paris and Macron said" joins a place with a person: no list
        return not (before.preposition is not None and noun.person is not None and before.person is None)
    # a bare comma: a list goes on to a conjunction, an apposition does not ("Donald Tusk, Poland's prime minister")
    if before.codes[-1:] == noun.codes[:1] and not (
        before.person and noun.person and before.mentions[-1].person != noun.person.person
    ):
        return False
    if (before.mentions[-1].kind in ("person", "office")) != (noun.mentions[0].kind in ("person", "office")):
        return _list_continues(row, noun) and before.preposition is None
    if before.preposition in ("in", "at", "from", "near", "outside") and noun.person is not None:
        return False
    return _list_continues(row, noun) or len(before.mentions) > 1


def _list_continues(row: Sequence[Token], noun: Noun) -> bool:
    place = noun.last + 1
    if place < len(row) and row[place].low == "," and place + 1 < len(row):
        place += 1
    return place < len(row) and (row[place].low in ("and", "or", "as") or row[place].mention is not None)
