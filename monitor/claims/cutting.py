"""Where clauses begin in a row of tokens, and of what kind they are. Knows grammar, not the topic."""

from monitor.claims import clauses, closed, verbs
from monitor.claims.lexemes import Hit
from monitor.claims.nouns import Noun
from monitor.claims.tokens import Token

_REACH = 16  # tokens in which a clause that begins must show its verb

_FAR = 25
_DASHES = "–—"


class Cutter:
    """Finds where clauses begin."""

    def __init__(self, row: list[Token], kinds: list[str | None], phrases: list[Noun], hits: list[Hit]) -> None:
        self._row = row
        self._kinds = kinds
        self._at = {n.first: n for n in phrases}
        self._says = {h.last for h in hits if h.name == "verbs.say"} | {h.first for h in hits if h.name == "verbs.say"}

    def cut(self) -> list[clauses.Clause]:
        """The clauses in order; each begins where the one before ends."""
        starts: list[tuple[int, str]] = [(0, clauses.MAIN)]
        for index in range(len(self._row)):
            found = self._boundary(index, starts[-1][0])
            if found is not None and found[0] > starts[-1][0]:
                starts.append(found)
            elif (
                found is not None
                and found[0] == starts[-1][0]
                and starts[-1][1] in (clauses.MAIN, clauses.AND, clauses.RESUME)
            ):
                starts[-1] = found if len(starts) > 1 or found[1] != clauses.MAIN else starts[-1]
        if starts[0][0] == 0 and self._row and self._row[0].low in closed.SUBORDINATORS:
            kind = self._subordinate(0)
            if kind is not None:
                starts[0] = (0, kind)
        ends = [s for s, _ in starts[1:]] + [len(self._row)]
        parts = [clauses.Clause(a, b, kind) for (a, kind), b in zip(starts, ends, strict=True) if b > a]
        for clause in parts:
            clause.verb = next((i for i in range(clause.first, clause.last) if self._kinds[i] == verbs.FINITE), None)
        return _linked(parts)

    def _boundary(self, index: int, since: int) -> tuple[int, str] | None:
        """(first token, kind) of a clause that begins at or after this token."""
        token = self._row[index]
        low = token.low
        if token.is_mark:
            return self._at_mark(index, since)
        if low == "that" and index and self._row[index - 1].low in ("provided", "providing", "assuming"):
            return None
        if low == "that" and index and (self._begins(index + 1) is not None or self._is_said(index)):
            return index, clauses.THAT
        if low in closed.RELATIVES and index > since:
            if low != "that":
                partitive = (
                    index - 2 > since
                    and self._row[index - 1].low == "of"
                    and self._row[index - 2].low in closed.PARTITIVES
                )
                return (index - 2 if partitive else index), clauses.REL
            if self._is_finite(self._skip(index + 1)) and self._kinds[index - 1] is None:
                return index, clauses.REL
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
            return index, clauses.THAT
        return None

    def _is_said(self, index: int) -> bool:
        """ "reiterated that American support, notably in intelligence, is": a verb of saying before, a finite verb to come."""
        return (
            index - 1 in self._says
            and self._kinds[index - 1] is not None
            and any(self._kinds[i] == verbs.FINITE for i in range(index + 1, min(len(self._row), index + _FAR)))
        )

    def _at_mark(self, index: int, since: int) -> tuple[int, str] | None:
        token = self._row[index]
        if token.text in ";:" or token.text in _DASHES or token.text == "(":
            return index + 1, clauses.PAREN if token.text == "(" else clauses.MAIN
        if token.text == "-" and self._is_spaced(index):
            return index + 1, clauses.MAIN
        if token.text == ")":
            return index + 1, clauses.RESUME
        if (
            token.text in closed.QUOTES_OPEN + '"'
            and (index == 0 or self._row[index - 1].is_mark or index - 1 in self._says)
            and self._begins(index + 1) is not None
        ):
            return index + 1, clauses.MAIN
        if token.text in closed.QUOTES_CLOSE + '"' and index + 1 < len(self._row):
            return (index + 1, clauses.MAIN) if self._is_credited(index) else self._after_comma(index, since)
        if token.text == ",":
            return self._after_comma(index, since)
        return None

    def _is_credited(self, index: int) -> bool:
        """ "We will," NAME, the prime minister, said: behind a quotation its speaker, with what he is between him and the verb."""
        row = self._row
        following = row[index + 1]
        if not index or row[index - 1].text not in ",?!" or following.mention is None or following.is_mark:
            return False
        for place in range(index + 2, min(len(row), index + _CREDIT)):
            if row[place].text in closed.QUOTES_OPEN + closed.QUOTES_CLOSE + '";':
                return False
            if place in self._says and self._kinds[place] == verbs.FINITE:
                return row[place - 1].text == ","
        return False

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
            return following, clauses.RESUME
        if place < len(self._row) and self._kinds[place] == verbs.ING and place == following:
            return following, clauses.ING
        verb = self._begins(following)
        if verb is not None and self._has_verb(since, index):
            return following, clauses.MAIN
        if verb in self._says and verb is not None and verb + 1 < len(self._row) and self._row[verb + 1].text == ",":
            return following, clauses.PAREN  # "France, he confirmed, will"
        return None

    def _at_coordinator(self, index: int, since: int) -> tuple[int, str] | None:
        if not self._has_verb(since, index) and self._row[index].low in ("and", "or", "nor"):
            return None
        if self._begins(index + 1) is not None:
            return index, clauses.AND
        place = self._skip(index + 1)
        return (index, clauses.AND) if self._is_finite(place) else None

    def _subordinate(self, index: int) -> str | None:
        low = self._row[index].low
        kind = closed.SUBORDINATORS[low]
        begins = self._begins(index + 1) is not None
        place = self._skip(index + 1)
        is_ing = place < len(self._row) and self._kinds[place] == verbs.ING
        if low in ("after", "before", "since", "until", "till", "once", "despite", "while", "when", "though"):
            return kind if begins or is_ing or low in ("while", "though", "when") else None
        if low in ("as", "so"):
            return (
                kind
                if begins and self._row[index + 1].low != "far" and (low == "so" or self._row[index - 1].low != "such")
                else None
            )
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
                or (self._at[place].preposition in ("as", "after", "before", "since") and place == self._skip(index))
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
                token.low in closed.SUBORDINATORS and token.low not in ("as", "since", "after", "before", "until")
            ) or token.low in closed.RELATIVES:
                return None
            place += 1
        return None

    def _is_list_comma(self, place: int) -> bool:
        """A comma between two places or two persons."""
        if not 0 < place < len(self._row) - 1:
            return False
        before, after = self._row[place - 1].mention, self._row[place + 1].mention
        persons = ("person", "office")
        return before is not None and after is not None and (before.kind in persons) == (after.kind in persons)


_CREDIT = 16  # tokens behind a quotation in which its speaker says it
_BEGUN = (clauses.WHEN, clauses.WHILE, clauses.ALTHOUGH)  # "while Poland, which borders it, has": goes on with its verb
_ASIDE = (clauses.REL, clauses.PAREN, clauses.ING, *_BEGUN, "as")


def _linked(parts: list[clauses.Clause]) -> list[clauses.Clause]:
    """Set which clause each hangs on."""
    for index, clause in enumerate(parts):
        if index == 0:
            continue
        if clause.kind == clauses.RESUME:
            clause.parent = next(
                (
                    j
                    for j in range(index - 1, -1, -1)
                    if parts[j].kind not in _ASIDE
                    or (j < index - 1 and parts[j].kind in _BEGUN and parts[j].verb is None)
                ),
                0,
            )
        else:
            clause.parent = index - 1
    return parts
