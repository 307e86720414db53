"""Claims on the coalition itself: who leads, belongs, attends, weighs, declines, leaves. Counts nobody."""

from monitor.claims import attends, clauses, draft, leads, nouns, roles, scopes, senders, stance, verbs
from monitor.claims.clauses import Clause
from monitor.claims.context import Sentence
from monitor.claims.lexemes import Hit


class MembershipRules:
    """The rules of topic membership."""

    def read(
        self, sentence: Sentence, *, near: bool, meeting: bool, recent: frozenset[str], group: bool
    ) -> list[draft.Draft]:
        """Claims of one sentence.

        `near`: Ukraine in reach; `meeting`: the article is about a meeting of the coalition; `recent`: classes of words in this
        sentence and the two before; `group`: the coalition is named before, so that "the group" can mean it.
        """
        if not near or sentence.is_question:
            return []
        made: list[draft.Draft] = []
        if meeting:
            made += attends.gathered(sentence)
            made += attends.chaired(sentence)
        if (
            meeting
            or "phrases.meeting" in sentence.parse.classes
            or (group and "verbs.attend" in sentence.parse.classes)
        ):
            made += attends.beside(sentence)
        if group or meeting:
            made += _admitted(sentence)
        coalition = [h for h in sentence.parse.hits if roles.is_coalition(h, group)]
        led = coalition + [
            h
            for h in sentence.parse.hits
            if group and h.name in ("phrases.coalition_loose", "phrases.mission", "phrases.effort")
        ]
        if led:
            made += leads.leads(sentence, led)
        for index, clause in enumerate(sentence.parse.clauses):
            if clause.kind == clauses.IF:
                continue
            voice = sentence.voices[index]
            if voice is not None and (voice.private or voice.code == "RU"):
                continue
            near_hits = [h for h in coalition if clause.first <= h.first < clause.last]
            if near_hits or (group and "phrases.coalition" in recent and "phrases.coalition_loose" in clause.classes):
                made += _belongs(
                    sentence,
                    index,
                    clause,
                    near_hits or [h for h in clause.hits if h.name == "phrases.coalition_loose"],
                )
            made += attends.attends(sentence, index, clause, meeting=meeting, coalition=bool(coalition))
        return made


def _admitted(sentence: Sentence) -> list[draft.Draft]:
    """ "welcomed Iceland and Montenegro as new members", "Montenegro became the 36th member"."""
    row, parse = sentence.row, sentence.parse
    if "phrases.coalition" not in parse.classes and any(t.low in _OTHER_CLUBS for t in row):
        return []
    for place in range(1, len(row)):
        if row[place].low not in ("member", "members", "participant", "participants"):
            continue
        index = parse.clause_at(place)
        clause = parse.clauses[index]
        before = [t.low for t in row[max(clause.first, place - 4) : place]]
        if "as" in before and any(h.lemma in ("welcome", "admit", "greet") and h.first < place for h in clause.hits):
            named = [n for n in clause.nouns if n.kind == nouns.ACTOR and n.last < place and n.preposition is None]
            named = [n for n in named if clause.verb is not None and n.first > clause.verb]
            return roles.make(sentence, clause, index, [c for n in named for c in n.codes], "member", "welcomed as")
        counted = any(w.endswith(("th", "st", "nd", "rd")) and w[0].isdigit() for w in before)
        became = any(h.lemma == "become" for h in clause.hits) or "new" in before or "newest" in before
        if counted and became and sentence.subjects[index]:
            return roles.make(sentence, clause, index, sentence.subjects[index], "member", "became a member")
    return []


_ITS = frozenset({"'s", "’s", "force", "forces", "mission", "plans", "planning", "work"})
_PARTAKING = frozenset({"take part in", "participate in", "be involved in"})
_OTHER_CLUBS = frozenset("eu nato un bloc union alliance council".split())


def _join_status(leaving: bool, state: str, kind: str | None, pre: list[stance.Operator]) -> str | None:
    if leaving:
        return {stance.ACT: "left", stance.YES: "left", stance.NO: "member", stance.PERHAPS: None}.get(state)
    if state == stance.ACT:
        return "member" if kind in (verbs.FINITE, verbs.PARTICIPLE) else None
    if state == stance.YES:
        soft = any(
            o.word
            in (
                "plan",
                "intend",
                "want",
                "hope",
                "wish",
                "seek",
                "aim",
                "ready",
                "willing",
                "prepared",
                "ask",
                "offer",
                "readiness",
                "willingness",
                "intention",
                "eager",
                "apply",
                "expect",
            )
            for o in pre
        )
        return "considering" if soft else "member"
    return {
        stance.PERHAPS: "considering",
        stance.UNDECIDED: "considering",
        stance.NO: "declined",
        stance.WITHDREW: "left",
    }.get(state)


def _belongs(sentence: Sentence, index: int, clause: Clause, groups: list[Hit]) -> list[draft.Draft]:
    parse, row = sentence.parse, sentence.row
    codes = [c for c in sentence.subjects[index] if c not in roles.NEVER and c != "EU"]
    voice = sentence.voices[index]
    group = groups[0]
    if any(h.name == "phrases.meeting" and 0 < h.first - group.last <= 3 for h in clause.hits):
        return []
    made: list[draft.Draft] = []
    for hit in clause.hits:
        if (
            not (hit.name in ("verbs.join", "verbs.leave") or (hit.name == "verbs.partake" and hit.lemma in _PARTAKING))
            or parse.kinds[hit.first] is None
            or not -1 <= group.first - hit.last <= 7
        ):
            continue
        if any(h.name == "phrases.meeting" and hit.last < h.first < group.last + 3 for h in clause.hits):
            continue
        if any(
            h.name in ("phrases.force", "phrases.mission") and hit.last < h.first < group.first for h in clause.hits
        ):
            continue  # "ready to join the forces of the coalition"
        if hit.name == "verbs.partake" and (
            group.first - hit.last > 2 or any(t.low in _ITS for t in row[group.first : group.last + 2])
        ):
            continue  # "will take part in the coalition's force"
        if (
            hit.name == "verbs.leave"
            and hit.lemma in ("end", "terminate", "pause", "suspend", "freeze", "withdraw", "halt")
            and not any(
                row[i].low in ("participation", "membership", "part", "role", "cooperation", "involvement", "from")
                for i in range(hit.last, group.first + 1)
            )
        ):
            continue
        called = senders.called(sentence, clause, hit.first) or _is_demanded(sentence, index, clause)
        pre = list(stance.operators(parse, clause, clause.first, hit.first))
        state = stance.evaluate([*scopes.governors(sentence, index, clause), *pre], stance.ACT)
        status = _join_status(hit.name == "verbs.leave", state, parse.kinds[hit.first], pre)
        if status in (None, "member") and any("apply" in t.keys for t in row[clause.first : hit.first]):
            status = "considering"
        if called or status is None or (senders.foreign(voice, codes) and status in ("considering", "declined")):
            continue
        made += roles.make(sentence, clause, index, codes, status, hit.lemma)
    if made:
        return made
    return _member(sentence, index, clause, codes, group)


def _is_demanded(sentence: Sentence, index: int, clause: Clause) -> bool:
    """ "The party demanded that the country leave the coalition", "reports that it would": what others wish or tell."""
    if clause.kind != clauses.THAT or not index:
        return False
    above = sentence.parse.clauses[index - 1]
    subject = clause.subject
    if (
        clause.verb is not None
        and sentence.row[clause.verb].low in ("leave", "join", "withdraw", "quit")
        and subject is not None
        and len(subject.codes) == 1
        and any(m.kind == "country" for m in subject.mentions)
    ):
        return True  # "asked that Romania leave"
    if sentence.row[clause.first - 1].low in _TOLD:
        return True
    return any(h.name == "verbs.call" and h.lemma in _DEMANDS and h.last >= above.last - 2 for h in above.hits)


_TOLD = frozenset("report reports rumour rumours rumor rumors claims speculation".split())
_DEMANDS = frozenset("demand urge request propose recommend".split())
_LINKING = frozenset(
    "is are 're remains remain was became becomes has have will were 's belongs does do stays wo".split()
)
_BELONGING = frozenset("member members part participant participants membership belong belongs".split())
_STAYING = frozenset("remain remains remained stay stays staying".split())


def _member(sentence: Sentence, index: int, clause: Clause, codes: list[str], group: Hit) -> list[draft.Draft]:
    """ "is a member of", "members of the coalition such as X", "part of the coalition"."""
    row, parse = sentence.row, sentence.parse
    before = [row[i].low for i in range(max(clause.first, group.first - 7), group.first)]
    word = next(
        (
            w
            for i, w in enumerate(before)
            if (w in _BELONGING or (w == "in" and i and before[i - 1] in _STAYING))
            # "send troops as part of the coalition", "take part in its planning"
            and not (w == "part" and i and before[i - 1] in ("as", "take", "takes", "took", "taking", "taken"))
        ),
        None,
    )
    following = row[group.last + 1].low if group.last + 1 < len(row) else ""
    if word is None and following in ("member", "members", "participant", "participants"):
        word = following
    if word is not None and clause.verb is not None and row[clause.verb].low in _LINKING:
        subject = clause.subject
        state = stance.evaluate(stance.operators(parse, clause, clause.first, group.first), stance.ACT)
        if codes and subject is not None and subject.kind != nouns.FORCE and subject.last < group.first:
            untold = row[clause.verb].low in ("was", "were") or clause.kind == clauses.WHETHER
            if state in (stance.ACT, stance.YES) and not untold:
                return roles.make(sentence, clause, index, codes, "member", word, passing=True)
            if state == stance.NO and word in ("part", "member", "participant", "belong"):
                return roles.make(sentence, clause, index, codes, "declined", word)
    taking = _participation(sentence, index, clause, group)
    if taking:
        return taking
    listed = _listed(sentence, group)
    if listed:
        return roles.make(sentence, clause, index, listed, "member", "includes", passing=True)
    return []


def _participation(sentence: Sentence, index: int, clause: Clause, group: Hit) -> list[draft.Draft]:
    """ "confirmed his country's participation in the coalition", "Japan's membership of the coalition"."""
    row, parse = sentence.row, sentence.parse
    for noun in parse.nouns:
        if (
            noun.head not in ("participation", "membership", "accession", "entry")
            or not 0 < group.first - noun.last <= 7
        ):
            continue
        governing = stance.operators(parse, clause, max(0, noun.first - 8), noun.first)
        state = stance.evaluate(governing, stance.YES)
        if any(h.name == "phrases.meeting" and noun.last < h.first < group.first + 3 for h in parse.hits):
            return []
        codes = noun.codes
        if not codes and any(t.low in ("his", "her", "its", "our", "their") for t in row[noun.first : noun.last]):
            voice = sentence.voices[index]
            codes = (voice.code,) if voice is not None and voice.code and not voice.private else ()
        said = any(h.name == "verbs.say" and h.lemma in ("confirm", "announce", "reaffirm") for h in parse.hits)
        if codes and said and state == stance.YES:
            return roles.make(sentence, clause, index, codes, "member", noun.head)
    return []


def _listed(sentence: Sentence, group: Hit) -> list[str]:
    """ "the coalition, which includes X and Y", "coalition members such as X"."""
    row = sentence.row
    if any(t.low in ("leaders", "representatives", "ministers") for t in row[max(0, group.first - 4) : group.first]):
        return []  # "leaders of the coalition, including X"
    for place in range(group.last + 1, min(len(row), group.last + 9)):
        low = row[place].low
        if row[place].text in ".;":
            return []
        if low in ("includes", "comprises", "including") or (
            low == "such" and row[min(place + 1, len(row) - 1)].low == "as"
        ):
            between = [row[i].low for i in range(group.last + 1, place)]
            if any(
                w in ("meeting", "leaders", "summit", "call", "talks", "plans", "plan", "support", "guarantees")
                for w in between
            ):
                return []
            noun = next((n for n in sentence.parse.nouns if place < n.first <= place + 3), None)
            if noun is not None and noun.kind == nouns.ACTOR:
                return [c for c in noun.codes if c not in roles.NEVER]
    return []
