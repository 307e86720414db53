"""Cuts a sentence into clauses, each with its subject and the clause that it hangs on. Knows grammar, not the topic."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from monitor.claims import closed, nouns, verbs
from monitor.claims.lexemes import Hit
from monitor.claims.nouns import Noun
from monitor.claims.tokens import Token

MAIN, THAT, REL, IF, WHEN, BECAUSE, ALTHOUGH, WHILE, WHETHER, AND, ING, PAREN, WH, RESUME, SO = (
    "main", "that", "rel", "if", "when", "because", "although", "while", "whether", "and", "ing", "paren", "wh", "resume", "so"
)  # fmt: skip
_REACH = 16  # tokens in which a clause that begins must show its verb
_DASHES = "–—"
_NO_SUBJECT = frozenset(
    {
        "in",
        "at",
        "from",
        "near",
        "outside",
        "inside",
        "on",
        "to",
        "into",
        "for",
        "with",
        "about",
        "over",
        "after",
        "before",
        "since",
        "under",
        "within",
        "between",
        "against",
        "during",
        "towards",
        "toward",
        "across",
        "through",
        "despite",
        "without",
        "like",
        "than",
        "as",
        "alongside",
        "along",
        "upon",
        "behind",
        "via",
        "per",
        "until",
        "amid",
        "following",
        "among",
        "around",
        "beyond",
        "regarding",
        "concerning",
        "off",
        "out",
    }
)


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


@dataclass(slots=True)
class Parse:
    """A sentence in its parts."""

    row: list[Token]
    kinds: list[str | None]
    hits: list[Hit]
    nouns: list[Noun]
    clauses: list[Clause]


def parse(row: list[Token], hits: list[Hit]) -> Parse:
    """Verbs, noun phrases, clauses and subjects of a sentence's tokens."""
    kinds = verbs.kinds(row)
    phrases = nouns.chunk(row, kinds, hits)
    cutter = _Cutter(row, kinds, phrases, hits)
    parts = cutter.cut()
    for clause in parts:
        clause.hits = [h for h in hits if clause.first <= h.first and h.last < clause.last]
        clause.nouns = [n for n in phrases if clause.first <= n.first < clause.last]
    for index in range(len(parts)):
        _set_subject(parts, index, row)
    return Parse(row, kinds, hits, phrases, parts)


class _Cutter:
    """Finds where clauses begin."""

    def __init__(self, row: list[Token], kinds: list[str | None], phrases: list[Noun], hits: list[Hit]) -> None:
        self._row = row
        self._kinds = kinds
        self._at = {n.first: n for n in phrases}
        self._says = {h.last for h in hits if h.name == "verbs.say"} | {h.first for h in hits if h.name == "verbs.say"}

    def cut(self) -> list[Clause]:
        """The clauses in order; each begins where the one before ends."""
        starts: list[tuple[int, str]] = [(0, MAIN)]
        for index in range(len(self._row)):
            found = self._boundary(index, starts[-1][0])
            if found is not None and found[0] > starts[-1][0]:
                starts.append(found)
            elif found is not None and found[0] == starts[-1][0] and starts[-1][1] in (MAIN, AND, RESUME):
                starts[-1] = found if len(starts) > 1 or found[1] != MAIN else starts[-1]
        if starts[0][0] == 0 and self._row and self._row[0].low in closed.SUBORDINATORS:
            kind = self._subordinate(0)
            if kind is not None:
                starts[0] = (0, kind)
        ends = [s for s, _ in starts[1:]] + [len(self._row)]
        parts = [Clause(a, b, kind) for (a, kind), b in zip(starts, ends, strict=True) if b > a]
        for clause in parts:
            clause.verb = next((i for i in range(clause.first, clause.last) if self._kinds[i] == verbs.FINITE), None)
        return _linked(parts)

    def _boundary(self, index: int, since: int) -> tuple[int, str] | None:
        """(first token, kind) of a clause that begins at or after this token."""
        token = self._row[index]
        low = token.low
        if token.is_mark:
            return self._at_mark(index, since)
        if low == "that" and index and self._begins(index + 1) is not None:
            return index, THAT
        if low in closed.RELATIVES and index > since:
            if low != "that":
                return index, REL
            if self._is_finite(self._skip(index + 1)) and self._kinds[index - 1] is None:
                return index, REL
            return None
        if low in closed.SUBORDINATORS:
            kind = self._subordinate(index)
            return (index, kind) if kind is not None else None
        if low in closed.COORDINATORS:
            return self._at_coordinator(index, since)
        if (
            index - 1 in self._says
            and self._kinds[index - 1] is not None
            and self._begins(index, said=True) is not None
        ):
            return index, THAT
        return None

    def _at_mark(self, index: int, since: int) -> tuple[int, str] | None:
        token = self._row[index]
        if token.text in ";:" or token.text in _DASHES or token.text == "(":
            return index + 1, PAREN if token.text == "(" else MAIN
        if token.text == "-" and self._is_spaced(index):
            return index + 1, MAIN
        if token.text == ")":
            return index + 1, RESUME
        if (
            token.text in closed.QUOTES_OPEN + '"'
            and (index == 0 or self._row[index - 1].is_mark or index - 1 in self._says)
            and self._begins(index + 1) is not None
        ):
            return index + 1, MAIN
        if token.text in closed.QUOTES_CLOSE + '"' and index + 1 < len(self._row):
            return self._after_comma(index, since)
        if token.text == ",":
            return self._after_comma(index, since)
        return None

    def _after_comma(self, index: int, since: int) -> tuple[int, str] | None:
        following = index + 1
        while (
            following < len(self._row) and self._row[following].text in closed.QUOTES_CLOSE + closed.QUOTES_OPEN + '"'
        ):
            following += 1
        if following >= len(self._row) or self._row[following].low in closed.COORDINATORS | closed.RELATIVES:
            return None
        if self._row[following].low in closed.SUBORDINATORS:
            return None
        place = self._skip(following)
        if self._is_finite(place):
            return following, RESUME
        if place < len(self._row) and self._kinds[place] == verbs.ING and place == following:
            return following, ING
        if self._begins(following) is not None and self._has_verb(since, index):
            return following, MAIN
        return None

    def _at_coordinator(self, index: int, since: int) -> tuple[int, str] | None:
        if not self._has_verb(since, index) and self._row[index].low in ("and", "or", "nor"):
            return None
        if self._begins(index + 1) is not None:
            return index, AND
        place = self._skip(index + 1)
        return (index, AND) if self._is_finite(place) else None

    def _subordinate(self, index: int) -> str | None:
        low = self._row[index].low
        kind = closed.SUBORDINATORS[low]
        begins = self._begins(index + 1) is not None
        place = self._skip(index + 1)
        is_ing = place < len(self._row) and self._kinds[place] == verbs.ING
        if low in ("after", "before", "since", "until", "till", "once", "despite", "while", "when", "though"):
            return kind if begins or is_ing or low in ("while", "though", "when") else None
        if low in ("as", "so"):
            return kind if begins and self._row[index + 1].low != "far" and (low == "so" or not self._row[index - 1].low == "such") else None
        if low == "provided":
            before = self._row[index - 1] if index else None
            return (
                kind
                if index == 0
                or (before is not None and before.low == ",")
                or self._row[min(index + 1, len(self._row) - 1)].low == "that"
                else None
            )
        if low in ("what", "why", "how", "where"):
            return kind if index and (begins or self._is_finite(place)) else None
        return kind

    def _skip(self, index: int) -> int:
        """Over adverbs and negations."""
        while index < len(self._row) and (
            self._row[index].low in closed.ADVERBS
            or (self._row[index].low.endswith("ly") and self._row[index].mention is None)
        ):
            index += 1
        return index

    def _is_finite(self, index: int) -> bool:
        return index < len(self._row) and self._kinds[index] == verbs.FINITE

    def _has_verb(self, start: int, end: int) -> bool:
        return any(self._kinds[i] == verbs.FINITE for i in range(start, end))

    def _is_spaced(self, index: int) -> bool:
        row = self._row
        return (
            0 < index < len(row) - 1 and row[index - 1].end < row[index].start and row[index].end < row[index + 1].start
        )

    def _begins(self, index: int, *, said: bool = False) -> int | None:
        """The finite verb of a clause with a subject of its own that begins here, or None. `said`: right after a verb of saying,
        where "Trump not to turn" is an object and its infinitive."""
        place = self._skip(index)
        end = min(len(self._row), place + _REACH)
        seen = False
        while place < end:
            token = self._row[place]
            if self._kinds[place] == verbs.FINITE:
                return place if seen else None
            if self._kinds[place] in (verbs.INFINITIVE, verbs.ING) and (
                not seen or (said and self._kinds[place] == verbs.INFINITIVE)
            ):
                return None
            if token.low == "as" and place > self._skip(index):
                return None
            if place in self._at and (
                self._at[place].preposition is None
                or (self._at[place].preposition in ("as", "after", "before", "since")
                and place == self._skip(index))
            ):
                noun = self._at[place]
                seen = True
                place = noun.last + 1
                continue
            if (
                token.is_mark
                and token.text not in "“\"‘'" + closed.QUOTES_CLOSE
                and not (token.text == "," and self._is_list_comma(place))
            ):
                return None
            if (
                (token.low in closed.SUBORDINATORS
                and token.low not in ("as", "since", "after", "before", "until"))
                or token.low in closed.RELATIVES
            ):
                return None
            place += 1
        return None

    def _is_list_comma(self, place: int) -> bool:
        row = self._row
        return 0 < place < len(row) - 1 and row[place - 1].mention is not None and row[place + 1].mention is not None


def _linked(parts: list[Clause]) -> list[Clause]:
    """Set which clause each hangs on."""
    for index, clause in enumerate(parts):
        if index == 0:
            continue
        if clause.kind in (RESUME,):
            clause.parent = next(
                (j for j in range(index - 1, -1, -1) if parts[j].kind not in (REL, PAREN, ING, WHEN, WHILE, ALTHOUGH)),
                0,
            )
        else:
            clause.parent = index - 1
    return parts


def _set_subject(parts: list[Clause], index: int, row: Sequence[Token]) -> None:
    clause = parts[index]
    limit = clause.verb if clause.verb is not None else clause.last
    own = _own_subject(clause, limit, row)
    if (
        (clause.kind == REL
        and row[clause.first].low in ("which", "who", "that", "whom"))
        or (clause.kind == REL and own is None)
    ):
        antecedent = _antecedent(parts, index, row)
        first = clause.first + 1
        if (
            own is None
            or own.first == clause.first
            or (clause.verb is not None and clause.verb <= first + 2 and own.first >= clause.verb)
        ):
            clause.subject = antecedent
            return
    if own is not None and clause.verb is not None:
        clause.subject = own
        return
    before = parts[index - 1] if index else None
    if (
        clause.kind == RESUME
        and before is not None
        and before.verb is None
        and before.subject is not None
        and before.kind not in (REL, PAREN, ING)
    ):
        clause.subject = before.subject
        return
    if (
        clause.kind in (RESUME, AND, ING)
        or (clause.kind == WHETHER and clause.verb is None)
        or (clause.verb is None and own is None and clause.kind in (WHEN, WHILE, ALTHOUGH))
    ):
        above = clause.parent
        while above is not None:
            if parts[above].subject is not None and parts[above].kind not in (REL, PAREN):
                clause.subject = parts[above].subject
                return
            if parts[above].kind == REL and clause.kind in (AND, ING):
                clause.subject = parts[above].subject
                return
            above = parts[above].parent
        if clause.kind == RESUME and index:
            clause.subject = next((n for n in parts[clause.parent or 0].nouns if n.preposition is None), None)
            return
    if own is None and before is not None and before.verb is None and before.subject is not None and clause.kind == MAIN:
        own = before.subject  # "Four leaders – X and Y – arrived"
    clause.subject = own


def _own_subject(clause: Clause, limit: int, row: Sequence[Token]) -> Noun | None:
    """The first phrase before the verb that hangs on no preposition; a group's "of" names the group."""
    found: Noun | None = None
    for noun in clause.nouns:
        if noun.first >= limit:
            break
        if noun.preposition is None or (
            noun.preposition in ("as", "since", "after", "before", "until", "like", "following")
            and noun.first == clause.first + 1
            and clause.kind != MAIN
        ):
            if found is None:
                found = noun
            elif found.kind == nouns.GROUP and not found.codes and noun.kind == nouns.ACTOR and len(noun.codes) > 1 and row[noun.first - 1].low == ",":
                found = Noun(found.first, noun.last, found.head, nouns.ACTOR, noun.codes, noun.mentions, None)
            elif (
                not found.codes
                and found.kind in (nouns.GROUP, nouns.THING)
                and noun.person is not None
                and row[noun.first - 1].low == ","
            ):
                found = noun  # "the prime minister, Donald Tusk, said"
            elif (
                (found.kind in (nouns.THING, nouns.PRONOUN)
                and found.head in ("today", "yesterday", "tonight", "week", "month", "year"))
                or (noun.kind in (nouns.ACTOR,)
                and found.kind == nouns.THING
                and not found.codes
                and found.last + 1 == noun.first)
            ):
                found = noun
        elif (
            found is not None
            and noun.codes
            and noun.kind == nouns.ACTOR
            and not found.codes
            and (
                found.kind == nouns.GROUP
                or found.head in ("others", "some", "many", "group", "number", "handful", "range", "several")
            )
            and (
                noun.preposition in ("including", "like")
                or (row[noun.first - 1].low == "as"
                and row[noun.first - 2].low == "such")
            )
        ):  # "a group of countries, including X and Y, have"
            found = Noun(found.first, noun.last, found.head, nouns.ACTOR, noun.codes, noun.mentions, None)
        elif (
            noun.preposition in ("of", "from")
            and found is not None
            and noun.codes
            and not found.codes
            and found.kind in (nouns.GROUP, nouns.FORCE)
        ):
            found = Noun(
                found.first,
                noun.last,
                found.head,
                nouns.ACTOR if found.kind == nouns.GROUP else nouns.FORCE,
                noun.codes,
                noun.mentions,
                None,
            )
    return found


def _antecedent(parts: list[Clause], index: int, row: Sequence[Token]) -> Noun | None:
    """Whom a relative clause is about: the nearest phrase before it."""
    before = parts[index - 1] if index else None
    if before is None or not before.nouns:
        return None
    first = parts[index].first
    near = [n for n in before.nouns if n.last < first]
    verb = parts[index].verb
    if near and verb is not None and row[verb].low in _PLURAL_VERBS:
        near = [n for n in near if len(n.codes) > 1 or n.head.endswith(("s", "men", "people"))] or near
    if not near:
        return None
    if near[-1].kind == nouns.GROUP and before.subject is not None and before.subject.codes and before.verb is not None:
        if row[before.verb].low in (
            "are",
            "is",
            "were",
            "was",
            "remain",
            "remains",
        ):  # "X and Y are the only countries that ..."
            return before.subject
    return near[-1]


_PLURAL_VERBS = frozenset({"are", "were", "have", "'ve", "'re"})
