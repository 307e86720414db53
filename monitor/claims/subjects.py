"""Who acts in each clause: its own subject, the one above, or the antecedent of a relative. Knows grammar, not the topic."""

from collections.abc import Sequence

from monitor.claims import clauses, closed, nouns
from monitor.claims.nouns import Noun
from monitor.claims.tokens import Token


def set_subject(parts: list[clauses.Clause], index: int, row: Sequence[Token]) -> None:
    clause = parts[index]
    limit = clause.verb if clause.verb is not None else clause.last
    own = None if _opens_with_ing(clause, row) else _own_subject(clause, limit, row)
    if clause.kind == clauses.REL and own is not None and row[clause.first].low == "whose" and own.head in _OWNED:
        clause.subject = _antecedent(parts, index, row)  # "Macron, whose country has promised"
        return
    partitive = row[clause.first].low in closed.PARTITIVES  # "Finland and Japan, none of which is sending"
    if clause.kind == clauses.REL and (
        own is None or partitive or row[clause.first].low in ("which", "who", "that", "whom")
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
        clause.kind == clauses.RESUME
        and before is not None
        and before.verb is None
        and before.subject is not None
        and before.kind not in (clauses.REL, clauses.PAREN, clauses.ING)
    ):
        clause.subject = before.subject
        return
    if (
        clause.kind in (clauses.RESUME, clauses.AND, clauses.ING)
        or (clause.kind == clauses.WHETHER and clause.verb is None)
        or (clause.verb is None and own is None and clause.kind in (clauses.WHEN, clauses.WHILE, clauses.ALTHOUGH))
    ):
        above = clause.parent
        while above is not None:
            if parts[above].subject is not None and parts[above].kind not in (clauses.REL, clauses.PAREN):
                clause.subject = parts[above].subject
                return
            if parts[above].kind == clauses.REL and clause.kind in (clauses.AND, clauses.ING):
                clause.subject = parts[above].subject
                return
            above = parts[above].parent
        if clause.kind == clauses.RESUME and index:
            clause.subject = next((n for n in parts[clause.parent or 0].nouns if n.preposition is None), None)
            return
    if (
        own is None
        and before is not None
        and before.verb is None
        and before.subject is not None
        and clause.kind == clauses.MAIN
    ):
        own = before.subject  # "Four leaders – X and Y – arrived"
    clause.subject = own


def _opens_with_ing(clause: clauses.Clause, row: Sequence[Token]) -> bool:
    """ "after attending the meeting", "while stressing": the subject is that of the clause above."""
    second = row[clause.first + 1].low if clause.first + 1 < clause.last else ""
    return (
        clause.verb is None
        and clause.kind in (clauses.WHEN, clauses.WHILE, clauses.ALTHOUGH)
        and second.endswith("ing")
        and not any(n.first <= clause.first + 1 <= n.last for n in clause.nouns)
    )


def _own_subject(clause: clauses.Clause, limit: int, row: Sequence[Token]) -> Noun | None:
    """The first phrase before the verb that hangs on no preposition; a group's "of" names the group."""
    found: Noun | None = None
    for noun in clause.nouns:
        if noun.first >= limit:
            break
        if noun.preposition is None or (
            noun.preposition in ("as", "since", "after", "before", "until", "like", "following")
            and noun.first == clause.first + 1
            and clause.kind != clauses.MAIN
        ):
            if found is None:
                found = noun
            elif row[found.first].low == "it" and not _PLAIN.isdisjoint((found.head, row[found.last + 1].low)):
                found = noun  # "made it clear they will"
            elif (
                found.kind == nouns.GROUP
                and not found.codes
                and noun.kind == nouns.ACTOR
                and len(noun.codes) > 1
                and row[noun.first - 1].low == ","
            ):
                found = Noun(found.first, noun.last, found.head, nouns.ACTOR, noun.codes, noun.mentions, None)
            elif (
                not found.codes
                and found.kind in (nouns.GROUP, nouns.THING)
                and noun.person is not None
                and row[noun.first - 1].low == ","
            ):
                found = noun  # "the prime minister, Donald Tusk, said"
            elif (
                found.kind in (nouns.THING, nouns.PRONOUN)
                and found.head in ("today", "yesterday", "tonight", "week", "month", "year")
            ) or (
                noun.kind in (nouns.ACTOR,)
                and found.kind == nouns.THING
                and not found.codes
                and found.last + 1 == noun.first
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
                or (row[noun.first - 1].low == "as" and row[noun.first - 2].low == "such")
            )
        ):  # "a group of countries, including X and Y, have"
            found = Noun(found.first, noun.last, found.head, nouns.ACTOR, noun.codes, noun.mentions, None)
        elif found is not None and noun.preposition == "of" and noun.person is not None and found.head in _HEADS:
            found = noun  # "the head of the Irish government Micheál Martin said"
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


def _antecedent(parts: list[clauses.Clause], index: int, row: Sequence[Token]) -> Noun | None:
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
    copular = before.verb is not None and row[before.verb].low in _COPULA
    if near[-1].kind == nouns.GROUP and before.subject is not None and before.subject.codes and copular:
        return before.subject  # "X and Y are the only countries that ..."
    return near[-1]


_PLAIN = frozenset("clear plain known certain obvious".split())
_HEADS = frozenset("head chief leader boss".split())
_OWNED = frozenset("country government nation army military parliament cabinet administration".split())
_COPULA = frozenset("are is were was remain remains".split())
_PLURAL_VERBS = frozenset({"are", "were", "have", "'ve", "'re"})
