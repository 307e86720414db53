"""Who takes part in a meeting of the coalition: subjects, companions, lists of those present."""

import re

from monitor.claims import clauses, draft, nouns, presence, roles, stance, verbs
from monitor.claims.clauses import Clause
from monitor.claims.context import Sentence
from monitor.claims.lexemes import Hit

_WEAK_ATTEND = frozenset(
    (
        "bring|include|involve|open|appear|land|fly|come|receive|greet|pose|assemble|represent|travel|invite|"
        "welcome|call in|sit|dial|speak at"
    ).split("|")
)

_CHAIRING = frozenset({"chairmanship", "co-chairmanship", "invitation", "chair", "co-chair"})

_GATHERING = frozenset(
    ("bring together|rally|gather|meet|convene|host|assemble|attend|join|bring|hold|participate|take part").split("|")
)

_SHOWING = frozenset(
    "feature|see|include|involve|bring|bring together|hold|chair|co-chair|host|convene|represent".split("|")
)

_MEETING_VERBS = frozenset({"dial in", "dial into", "beam in", "phone in", "log on"})

_OTHER_MEETINGS = frozenset(
    (
        "eu european nato g7 g20 council bilateral alaska cabinet trilateral press news defense ramstein contact udcg"
    ).split()
)

_OF_A_CLUB = frozenset("ministers leaders ambassadors members states countries envoys diplomats".split())


def gathered(sentence: Sentence) -> list[draft.Draft]:
    """ "rallied some 29 nations, including Australia and Canada", "a call of leaders, among them X"."""
    kinds = sentence.parse.kinds
    gathering = [
        h.first
        for h in sentence.parse.hits
        if h.name == "verbs.attend" and h.lemma in _GATHERING and kinds[h.first] is not None
    ]
    if not gathering:
        return []
    row = sentence.row
    for place in range(2, len(row) - 1):
        if row[place].low != "including" or not any(
            h.name in ("phrases.member_noun", "phrases.leader_noun") and place - 8 <= h.last < place
            for h in sentence.parse.hits
        ):
            continue
        index = sentence.parse.clause_at(place)
        found = [
            n
            for n in sentence.parse.nouns
            if place < n.first <= place + 7 and n.acts and n.first < sentence.parse.clauses[index].last
        ]
        codes = [c for n in found for c in n.codes if c != "EU"]
        index = sentence.parse.clause_at(place)
        same = any(sentence.parse.clause_at(g) == index for g in gathering)
        if codes and (same or sentence.parse.clauses[index].verb is None):
            return roles.make(sentence, sentence.parse.clauses[index], index, codes, "attended", "including")
    return []


def beside(sentence: Sentence) -> list[draft.Draft]:
    """ "with X among the participants", "with X and Y in the chair", "X among them", "X, a participant in the summit"."""
    row = sentence.row
    gathers = not sentence.parse.classes.isdisjoint({"verbs.attend", "phrases.meeting"})
    made: list[draft.Draft] = []
    for noun in sentence.parse.nouns:
        if not noun.acts or not noun.codes:
            continue
        text = " ".join(t.low for t in row[noun.last + 1 : noun.last + 8])
        before = row[noun.first - 1] if noun.first else None
        with_them = noun.preposition == "with" and _THERE.match(text)
        of_them = before is not None and before.text in ",(–—" and gathers and _AMONG.match(text)
        one_of_them = _A_PARTICIPANT.match(text)
        if with_them or of_them or one_of_them:
            index = sentence.parse.clause_at(noun.first)
            made += roles.make(
                sentence, sentence.parse.clauses[index], index, noun.codes, "attended", "among those there"
            )
    return made


_THERE = re.compile(
    r"(?:among the (?:participants|attendees|guests)|in the chair|in attendance|presiding|attending|taking part|connected by)\b"
)
_AMONG = re.compile(r"(?:among them|included)\b")
_A_PARTICIPANT = re.compile(r", (?:a|another|one) (?:participant|attendee|guest) (?:in|at)\b")


def chaired(sentence: Sentence) -> list[draft.Draft]:
    """ "under the chairmanship of X", "at the invitation of Y"."""
    row = sentence.row
    for place in range(len(row) - 2):
        if row[place].low in _CHAIRING and row[place + 1].low == "of":
            noun = next((n for n in sentence.parse.nouns if place + 2 <= n.first <= place + 4), None)
            if noun is not None and noun.acts:
                index = sentence.parse.clause_at(place)
                return roles.make(
                    sentence, sentence.parse.clauses[index], index, noun.codes, "attended", row[place].low
                )
    return []


def attends(sentence: Sentence, index: int, clause: Clause, *, meeting: bool, coalition: bool) -> list[draft.Draft]:
    if not (meeting or coalition):
        return []
    parse, row = sentence.parse, sentence.row
    made: list[draft.Draft] = []
    met = _meetings(sentence, index, clause)
    subject = clause.subject
    for hit in clause.hits:
        if hit.name != "verbs.attend" or parse.kinds[hit.first] is None or hit.lemma in _WEAK_ATTEND:
            continue
        near = [h for h in met if presence.gap(sentence, hit.last, h.first) <= 10 or h.first < clause.first]
        if not near and hit.lemma not in _MEETING_VERBS and not (meeting and presence.ends_bare(row, hit)):
            continue
        if not _is_ours(sentence, near, meeting=meeting, coalition=coalition):
            continue
        if (
            hit.lemma == "hold"
            and near
            and row[min(near[0].last + 1, len(row) - 1)].low == "with"
            and near[0].lemma in _TALKS
        ):
            continue  # "held talks with 20 countries"
        pre = stance.operators(parse, clause, clause.first, hit.first)
        state = stance.evaluate(pre, stance.ACT)
        if state in (stance.NO, stance.VOID, stance.UNDECIDED, stance.WITHDREW) or any(
            o.kind == stance.MAY for o in pre
        ):
            continue
        if not near and any(o.kind in (stance.FIRM, stance.SOFT, stance.WILL) for o in pre):
            continue
        if subject is not None and subject.codes in (("EU",), ("NATO",)) and subject.head in _OF_A_CLUB:
            continue  # "EU defence ministers gathered": their own meeting
        codes: list[str] = []
        if (
            subject is not None
            and subject.kind in (nouns.ACTOR, nouns.PRONOUN)
            and not subject.is_former
            and parse.kinds[hit.first] != verbs.PARTICIPLE
        ) or (
            subject is not None
            and parse.kinds[hit.first] == verbs.PARTICIPLE
            and presence.has_have(row, clause, hit.first)
        ):
            codes += presence.rows_before(sentence, index)
            codes += sentence.subjects[index]
        elif hit.first == clause.first == 0 and parse.kinds[hit.first] == verbs.ING:
            codes += presence.acts_after(sentence, index)  # "Taking part in the meeting by video, Luxon said"
        codes += presence.companions(sentence, clause, hit)
        made += roles.make(sentence, clause, index, codes, "attended", hit.lemma)
    for hit in clause.hits:  # "led a virtual summit"
        if (
            hit.name == "verbs.lead"
            and hit.lemma in ("lead", "co-lead", "head")
            and parse.kinds[hit.first] == verbs.FINITE
        ):
            led = any(0 < h.first - hit.last <= 4 for h in met) and _is_ours(
                sentence, met, meeting=meeting, coalition=coalition
            )
            if led and subject is not None and subject.acts:
                made += roles.make(sentence, clause, index, sentence.subjects[index], "attended", hit.lemma)
    verbal = bool(made)
    made += _host(sentence, index, clause, met, meeting=meeting, coalition=coalition)
    for hit in clause.hits:  # "with the participation of President Zelenskyy"
        if hit.lemma == "participation" and met and hit.first and row[hit.first - 1].low == "the":
            named = next((n for n in clause.nouns if n.preposition == "of" and 0 < n.first - hit.last <= 3), None)
            if named is not None and named.acts and row[hit.first - 2].low == "with":
                made += roles.make(sentence, clause, index, named.codes, "attended", "participation")
    for hit in clause.hits:  # "confirmed France's participation in the meeting"
        if (
            hit.name == "phrases.deployment"
            and hit.lemma == "participation"
            and any(0 < h.first - hit.last <= 3 for h in met)
        ):
            noun = nouns.at(clause.nouns, hit.first)
            if noun is not None and noun.codes:
                made += roles.make(sentence, clause, index, noun.codes, "attended", "participation")
    if not made and (meeting or met):
        made += roles.make(
            sentence, clause, index, presence.is_there_too(sentence, index, clause), "attended", "present"
        )
    if not made:
        made += _also_there(sentence, index, clause, meeting=meeting)
    if not verbal:
        made += _present(sentence, index, clause, met, meeting=meeting, coalition=coalition)
    return made


def _meetings(sentence: Sentence, index: int, clause: Clause) -> list[Hit]:
    """The meetings that a clause is about: its own, the antecedent's, the one in a subject that stands before it."""
    parse, row = sentence.parse, sentence.row
    met = [
        h for h in _named(parse, clause) if row[min(h.last + 1, len(row) - 1)].low != "for" or h.lemma != "call"
    ]  # not "the call for more"
    if clause.kind == clauses.REL and index:  # "hosted a call, which was also joined by X"
        met += _named(parse, parse.clauses[index - 1])
    subject = clause.subject
    if subject is not None and not clause.first <= subject.first < clause.last:  # "the summit, hosted by X"
        met += [h for h in parse.hits if h.name == "phrases.meeting" and subject.first <= h.first <= subject.last]
    return met


def _named(parse: clauses.Parse, clause: Clause) -> list[Hit]:
    return [h for h in clause.hits if h.name == "phrases.meeting" and parse.kinds[h.first] is None]


def _host(
    sentence: Sentence, index: int, clause: Clause, met: list[Hit], *, meeting: bool, coalition: bool
) -> list[draft.Draft]:
    """The meeting as the subject ("the call will include X"), and who spoke to it or at it ("told a meeting of the coalition")."""
    row, parse = sentence.row, sentence.parse
    pronoun = meeting and clause.subject is not None and clause.subject.head == "it"
    if not (met or pronoun) or not _is_ours(sentence, met, meeting=meeting, coalition=coalition):
        return []
    subject = clause.subject
    codes: list[str] = []
    if (
        subject is not None
        and subject.kind in (nouns.ACTOR, nouns.PRONOUN)
        and presence.speaks_there(sentence, clause, met)
    ):
        codes += [] if subject.is_former else sentence.subjects[index]
    if subject is not None and subject.kind == nouns.PRONOUN and subject.head == "it":
        for hit in clause.hits:  # "The call ... . It is also set to include the leaders of"
            if hit.lemma in ("include", "involve", "bring together") and parse.kinds[hit.first] is not None:
                codes += [c for n in clause.nouns if n.first > hit.last and n.acts for c in n.codes]
    for hit in clause.hits:
        if (hit.name == "verbs.attend" and hit.lemma in _SHOWING and parse.kinds[hit.first] is not None) and (
            subject is not None
            and subject.last < hit.first
            and any(subject.first <= h.first <= subject.last or h.first < hit.first for h in met)
        ):
            if hit.lemma in ("chair", "co-chair", "host", "convene", "hold") and not (
                hit.last + 1 < len(row) and row[hit.last + 1].low == "by"
            ):
                continue
            codes += [
                c
                for n in clause.nouns
                if n.first > hit.last
                and (hit.lemma not in ("involve", "include") or presence.opens_list(clause, hit))
                and n.acts
                and n.preposition in (None, "of", "from", "by", "as")
                for c in n.codes
            ]
    if (
        subject is not None
        and subject.acts
        and ("phrases.coalition" in clause.classes or (meeting and sentence.index < 3))
    ):
        said = next((h for h in clause.hits if h.name == "verbs.say" and parse.kinds[h.first] == verbs.FINITE), None)
        if said is not None and any(
            h.first > said.last
            and (row[h.first - 1].low in ("the", "a", "to", "virtual") or h.first > 1)
            and presence.at_meeting(sentence, said, h)
            for h in met
        ):
            codes += subject.codes
    return roles.make(sentence, clause, index, codes, "attended", "meeting") if codes else []


def _also_there(sentence: Sentence, index: int, clause: Clause, *, meeting: bool) -> list[draft.Draft]:
    """ "Also taking part were the leaders of X and Y.", "Also present was X"."""
    row, parse = sentence.row, sentence.parse
    verb = clause.verb
    if not meeting or verb is None or row[verb].low not in ("was", "were", "is", "are") or verb - clause.first > 9:
        return []
    opening = row[clause.first : verb]
    among = row[clause.first].low == "among" and any(t.low in _PRESENT for t in row[clause.first : verb])
    taking = any(
        h.name == "verbs.attend"
        and h.lemma not in _WEAK_ATTEND
        and h.first < verb
        and parse.kinds[h.first] == verbs.ING
        for h in clause.hits
    )
    present = any(t.low == "present" and row[clause.first + i - 1].low != "at" for i, t in enumerate(opening))
    if not taking and not among and not present:
        return []
    named = [n for n in clause.nouns if n.first > verb and n.acts]
    return roles.make(sentence, clause, index, [c for n in named for c in n.codes], "attended", "also there")


_TALKS = frozenset("talk discussion consultation call".split())
_PRESENT = frozenset("present participants attendees attending participating leaders guests".split())


def _present(
    sentence: Sentence, index: int, clause: Clause, met: list[Hit], *, meeting: bool, coalition: bool
) -> list[draft.Draft]:
    """ "the participants were X and Y", "leaders including X and Y" of a meeting named in the clause."""
    row = sentence.row
    leaders = [
        h
        for h in clause.hits
        if h.name == "phrases.leader_noun"
        or (
            h.name == "phrases.member_noun"
            and any(
                x.lemma in ("bring", "gather", "meet", "join", "attend", "assemble", "bring together", "rally")
                for x in sentence.parse.hits
            )
        )
    ]
    counted = meeting and any(
        row[h.first - 1].is_number or (h.first > 1 and row[h.first - 2].is_number) for h in leaders if h.first
    )
    if not counted and (not met or not _is_ours(sentence, met, meeting=meeting, coalition=coalition)):
        return []
    if not leaders:
        return []
    codes: list[str] = []
    for place in range(clause.first, clause.last - 1):
        if row[place].low == "including" or row[place].low == "from" or row[place].low == "among":
            noun = next((n for n in clause.nouns if place < n.first <= place + 2), None)
            if (
                noun is not None
                and noun.acts
                and (len(noun.codes) > 1 or noun.person is not None or row[place].low == "including")
            ):
                codes += noun.codes
    return roles.make(sentence, clause, index, codes, "attended", "leaders") if codes else []


def _is_of_two(sentence: Sentence, hit: Hit) -> bool:
    """ "the UK-Ireland summit", "the Franco-German meeting"."""
    before = sentence.row[max(0, hit.first - 4) : hit.first]
    return sum(t.mention is not None for t in before) >= 2 and any(t.text in "-–‑" for t in before)


def _is_ours(sentence: Sentence, met: list[Hit], *, meeting: bool, coalition: bool) -> bool:
    """Whether the meeting in the clause is the coalition's."""
    if met and all(_is_of_two(sentence, h) for h in met):
        return False
    if "phrases.coalition" in sentence.parse.classes or coalition:
        return True
    row = sentence.row
    for hit in met:
        before = [t.low for t in row[max(0, hit.first - 3) : hit.first]]
        behind = {row[i].low for i in range(hit.last + 1, min(len(row), hit.last + 5)) if row[hit.last + 1].low == "of"}
        if (
            before[-2:] == ["of", "seven"]
            or not _OTHER_MEETINGS.isdisjoint(before)
            or behind & {"contact", "council", "ramstein", "g7", "g20", "cabinet"}
        ):
            return False
    return meeting
