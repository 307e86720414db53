"""What the rules of topic membership share: a claim for each of several actors, and what names the coalition."""

from collections.abc import Iterable

from monitor.claims import draft, scopes
from monitor.claims.clauses import Clause
from monitor.claims.context import Sentence
from monitor.claims.lexemes import Hit

NEVER = frozenset({"RU", "BY", "KP", "COALITION", "UN"})


def is_coalition(hit: Hit, group: bool) -> bool:
    return hit.name == "phrases.coalition" or (
        group and hit.name == "phrases.coalition_loose" and hit.lemma in ("coalition", "cow")
    )


def make(
    sentence: Sentence,
    clause: Clause,
    index: int,
    codes: Iterable[str],
    status: str,
    why: str,
    *,
    passing: bool = False,
) -> list[draft.Draft]:
    start, end = scopes.evidence(sentence, clause, index)
    return [
        draft.Draft(
            topic="membership", subject=code, status=status, start=start, end=end, sentence=sentence.index, clause=index,
            rule=f"membership.{status}", why=(why,), in_passing=passing,
        )
        for code in dict.fromkeys(codes)
        if code not in NEVER
    ]  # fmt: skip
