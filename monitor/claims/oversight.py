"""A monitoring of the ceasefire under US leadership: committed, or sought by others. One clause at a time."""

from monitor.claims import clauses, draft, parts, scopes, stance
from monitor.claims.clauses import Clause
from monitor.claims.context import Sentence
from monitor.claims.tokens import Token

_LED = frozenset(("led leadership lead helm command auspices supervision supervise oversee head heads headed").split())


def _names_us(token: Token) -> bool:
    return token.mention is not None and token.mention.code == "US"


def monitoring(sentence: Sentence, index: int, clause: Clause) -> draft.Draft | None:
    """A monitoring of the ceasefire under US leadership: committed, or sought where Europeans say that it should be."""
    hit = clause.hit("phrases.comp_surveillance")
    if (
        hit is None
        and index + 1 < len(sentence.parse.clauses)
        and sentence.parse.clauses[index + 1].kind in (clauses.REL, clauses.THAT)
    ):
        below = sentence.parse.clauses[index + 1]  # "would head the body that monitors a ceasefire"
        hit = below.hit("phrases.comp_surveillance")
    row = sentence.row
    if hit is None or not any(
        t.low in ("ceasefire", "cease-fire", "truce", "peace", "monitoring")
        for t in row[max(clause.first, hit.first - 8) : hit.last + 9]
    ):
        return None
    led = any(
        row[i].low in _LED
        and (
            any(_names_us(t) for t in row[max(clause.first, i - 3) : i])
            or (row[i].low in ("led", "headed") and any(_names_us(t) for t in row[i + 1 : min(clause.last, i + 5)]))
            or parts.is_us_subject(sentence, index)
        )
        for i in range(clause.first, clause.last)
    )
    if not led:
        return None
    ops = stance.operators(sentence.parse, clause, clause.first, clause.last)
    if any(o.kind in (stance.NEGATION, stance.REFUSE, stance.MAY) for o in ops):
        return None
    sought = any(o.kind == stance.SHOULD for o in ops) or (
        any(h.name == "verbs.seek" and h.first < hit.first for h in clause.hits)
        and not parts.is_us_subject(sentence, index)
        and any(h.lemma in ("ask", "call on", "want", "urge", "seek", "demand") for h in clause.hits)
    )
    status = "sought" if sought else "committed"
    start, end = scopes.evidence(sentence, clause, index)
    return draft.Draft(
        topic="backstop", subject="US", status=status, start=start, end=end, sentence=sentence.index, clause=index,
        components=("surveillance",), rule=f"backstop.{status}", why=("led by the US", "surveillance"),
    )  # fmt: skip
