"""A sentence in its parts: verbs, noun phrases, clauses with their subjects."""

from monitor.claims import clauses, cutting, nouns, subjects, verbs
from monitor.claims.lexemes import Hit
from monitor.claims.tokens import Token


def parse(row: list[Token], hits: list[Hit]) -> clauses.Parse:
    """Verbs, noun phrases, clauses and subjects of a sentence's tokens."""
    kinds = verbs.kinds(row)
    phrases = nouns.chunk(row, kinds, hits)
    cutter = cutting.Cutter(row, kinds, phrases, hits)
    parts = cutter.cut()
    for clause in parts:
        clause.hits = [h for h in hits if clause.first <= h.first and h.last < clause.last]
        clause.classes = _classes(clause.hits)
        clause.nouns = [n for n in phrases if clause.first <= n.first < clause.last]
    for index in range(len(parts)):
        subjects.set_subject(parts, index, row)
    return clauses.Parse(row, kinds, hits, phrases, parts, _classes(hits))


def _classes(hits: list[Hit]) -> frozenset[str]:
    return frozenset(h.name for h in hits)
