"""Other help for the force than ground troops: who gives it, and that it is meant for the force. Reads one clause at a time."""

from monitor.claims import clauses, draft, scopes, senders, setting, stance, verbs
from monitor.claims.clauses import Clause
from monitor.claims.context import Sentence
from monitor.claims.lexemes import Hit

_WEAK_HELP = frozenset(
    (
        "have|get|see|involve|want|hope|expect|seek|ask|mean|tell|declare|lead|go|enter|move|land|be in|confirm|"
        "announce"
    ).split("|")
)


def _is_money(sentence: Sentence, clause: Clause) -> bool:
    """Millions for Ukraine, with no word of the force."""
    return not clause.classes & {"phrases.mission", "phrases.coalition"} and any(
        t.low in ("million", "billion", "bn") for t in sentence.row[clause.first : clause.last]
    )


def _names_ukraine_army(sentence: Sentence, clause: Clause) -> bool:
    """Aid for Ukraine's own army is no share in the force."""
    for place in range(clause.first, clause.last - 1):
        mention = sentence.row[place].mention
        if mention is not None and mention.code == "UA":
            following = sentence.row[place + 1].low
            if mention.kind == "demonym" and following in (
                "army",
                "military",
                "soldiers",
                "troops",
                "forces",
                "armed",
                "recruits",
                "servicemen",
                "pilots",
                "civilians",
            ):
                return True
            if (
                place > clause.first
                and sentence.row[place - 1].low in ("to", "with", "arm", "supply")
                and "phrases.other_send" in clause.classes
            ):
                return True
    return False


def _is_joining(clause: Clause, hit: Hit) -> bool:
    """ "considers taking part in the coalition": that is membership, whatever the coalition is for."""
    return hit.name == "verbs.partake" and any(
        h.name.startswith("phrases.coalition") and 0 < h.first - hit.last <= 5 for h in clause.hits
    )


def support(
    sentence: Sentence, index: int, clause: Clause, scene: setting.Scene, made: list[draft.Draft]
) -> list[draft.Draft]:
    """Help that is no ground troops, offered to the force."""
    parse = sentence.parse
    begin = clause.verb
    if begin is None and clause.kind in (clauses.WHILE, clauses.ING):
        begin = next((i for i in range(clause.first, clause.last) if parse.kinds[i] == verbs.ING), None)
    if scopes.is_unreal(sentence) or clause.kind == clauses.IF or begin is None:
        return []
    ruled_out = {d.subject for d in made if d.status == "ruled_out"}
    context = (
        bool(ruled_out)
        or bool(scene.refused & set(sentence.subjects[index]))
        or "phrases.mission" in scene.recent
        or "phrases.coalition" in scene.recent
        or ("phrases.force" in scene.recent and "cues.awaited" in scene.recent)
    )
    if not context:
        return []
    things = [h for h in clause.hits if h.name in ("phrases.support_noun", "phrases.support_verb") and h.first > begin]
    helps = [
        h
        for h in clause.hits
        if h.name in ("verbs.help", "verbs.send", "verbs.partake", "cues.firm", "verbs.firm", "phrases.support_verb")
        and h.first >= begin
        and h.lemma not in _WEAK_HELP
    ]
    if not things or not helps or helps[0].first > things[-1].first or _is_joining(clause, helps[0]):
        return []
    if (
        any(
            h.name == "phrases.other_send" and h.lemma not in ("jet", "patriot", "observer", "system", "equipment")
            for h in clause.hits
        )
        and not ruled_out
    ):
        return []
    if not ruled_out & set(sentence.subjects[index]) and (
        ("phrases.mission" not in clause.classes and _names_ukraine_army(sentence, clause))
        or _is_money(sentence, clause)
    ):
        return []
    ops = stance.operators(parse, clause, begin, things[0].first)
    state = stance.evaluate(
        [*scopes.governors(sentence, index, clause), *[o for o in ops if o.kind != stance.WITHDRAW]], stance.ACT
    )
    if state not in (stance.YES, stance.PERHAPS):
        return []
    if any(o.kind == stance.CALL for o in ops) or senders.called(sentence, clause, things[0].first):
        return []
    codes = [c for c in sentence.subjects[index] if c not in setting.NO_SENDER]
    if not codes or len(codes) > 4 or senders.foreign(sentence.voices[index], codes):
        return []
    span = scopes.evidence(sentence, clause, index)
    return [
        draft.Draft(
            topic="troops", subject=code, status="support_only", start=span[0], end=span[1], sentence=sentence.index, clause=index,
            rule="troops.support_only", why=(helps[0].lemma, things[0].lemma),
        )
        for code in codes
    ]  # fmt: skip
