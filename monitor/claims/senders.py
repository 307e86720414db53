"""Whose forces a deed is about: possessors, subjects, agents, the one who speaks; and when somebody else is only asked."""

from monitor.claims import clauses, deeds, nouns, setting, tokens, verbs
from monitor.claims.clauses import Clause
from monitor.claims.context import Sentence, Voice
from monitor.claims.nouns import Noun
from monitor.claims.stance import REFUSE, Operator


def senders(sentence: Sentence, index: int, clause: Clause, deed: setting.Deed, pre: list[Operator]) -> list[str]:
    voice = sentence.voices[index]
    if voice is not None and (voice.private or voice.code == "RU"):
        return []
    if deed.verb is not None and not deed.passive and called(sentence, clause, deed.first):
        return []
    if clause.subject is not None and clause.subject.kind == nouns.PRIVATE and clause.subject.last < deed.first:
        return []
    if _is_others(sentence, deed) or _is_everybodys(sentence, deed) or _is_said_of_many(sentence, index, clause):
        return []
    codes = deed.owner
    if not codes:
        apart = absolute(sentence, clause, deed)
        codes = _possessor(sentence, clause, pre) or (apart.codes if apart is not None else ())
    if not codes and deed.force is not None:
        codes = deeds.own(sentence, clause, deed.force) if sentence.row[deed.force.first].low in ("our", "my") else ()
    if not codes:
        codes = _agent(sentence, index, clause, deed)
    if not codes and voice is not None and voice.code and not voice.private:
        subject = clause.subject
        spoken = subject is None or (
            subject.kind == nouns.PRONOUN and subject.head in ("there", "it", "we", "this", "that")
        )
        of_things = subject is not None and (
            ((deed.passive or deed.nominal) and subject.kind != nouns.GROUP)
            or _is_own_army(sentence, subject)  # "the army isn't going"
            or _is_gerund(sentence, clause, deed)  # "a decision on deploying troops would depend"
        )
        if spoken or of_things:
            codes = (voice.code,)
    found = [c for c in dict.fromkeys(codes) if c not in setting.NO_SENDER]
    if foreign(voice, found):
        return []
    return found


def _is_others(sentence: Sentence, deed: setting.Deed) -> bool:
    """ "with many countries contributing soldiers": those that do are not named."""
    if deed.verb is None or deed.passive or sentence.parse.kinds[deed.verb] != verbs.ING:
        return False
    noun = nouns.at(sentence.parse.nouns, deed.verb - 1) if deed.verb else None
    return noun is not None and not noun.codes and noun.head in _SOME


def _is_said_of_many(sentence: Sentence, index: int, clause: Clause) -> bool:
    """ "after reports emerged that certain countries, including France, were considering": not who spoke before."""
    if clause.kind != clauses.RESUME or not index:
        return False
    above = sentence.parse.clauses[index - 1]
    that = next((i for i in range(above.first, above.last) if sentence.row[i].low == "that"), None)
    return that is not None and any(
        n.first in (that + 1, that + 2) and n.head in MANY and not n.codes for n in above.nouns
    )


def _is_everybodys(sentence: Sentence, deed: setting.Deed) -> bool:
    """ "no European troops", said by one country: whose they are is not told."""
    noun = deed.force
    if (
        noun is None
        or noun.codes
        or deed.owner
        or (deed.verb is not None and not deed.passive and deed.verb < noun.first)
    ):
        return False
    return any(t.low in _EVERYBODYS for t in sentence.row[noun.first : noun.last])


_EVERYBODYS = frozenset("european foreign western allied international nato".split())
MANY = frozenset("countries nations states members allies partners participants governments".split())  # of no names
_SOME = MANY | {"others"}


def _is_own_army(sentence: Sentence, subject: Noun) -> bool:
    """ "the army", "the soldiers" by themselves: the speaker's own; "a force", "the mission" is everybody's."""
    if subject.kind != nouns.FORCE or subject.codes or sentence.row[subject.first].low != "the":
        return False
    return not any(
        h.name in ("phrases.mission", "phrases.mission_loose") and h.first <= subject.last and h.last >= subject.first
        for h in sentence.parse.hits
    )


def _is_gerund(sentence: Sentence, clause: Clause, deed: setting.Deed) -> bool:
    """Whether sending is what the clause speaks about and not what its subject does."""
    return (
        deed.verb is not None
        and sentence.parse.kinds[deed.verb] == verbs.ING
        and clause.verb is not None
        and clause.verb > deed.last
    )


def excepted(sentence: Sentence, clause: Clause) -> list[str]:
    """ "Other than Britain and France, no member": whom a denial of all others leaves."""
    row = sentence.row
    subject = clause.subject
    if subject is None or subject.codes or row[subject.first].low not in ("no", "nobody", "none"):
        return []
    for noun in sentence.parse.nouns:
        before = " ".join(t.low for t in row[max(0, noun.first - 2) : noun.first])
        if noun.kind == nouns.ACTOR and before.endswith(
            ("other than", "apart from", "aside from", "except", "except for", "besides")
        ):
            return [c for c in noun.codes if c not in setting.NO_SENDER]
    return []


def _possessor(sentence: Sentence, clause: Clause, pre: list[Operator]) -> tuple[str, ...]:
    """ "Italy's refusal to send", "Germany's readiness to"."""
    for operator in reversed(pre):
        if sentence.parse.kinds[operator.first] is None:
            noun = nouns.at(clause.nouns, operator.first)
            if noun is not None and noun.kind == nouns.THING and noun.codes:
                subject = clause.subject
                answers = subject.codes if subject is not None and subject.last < operator.first else ()
                if noun.head in _PROPOSED and answers and any(o.kind == REFUSE and o.first < noun.first for o in pre):
                    return answers  # "Spain rejected a British proposal"
                return noun.codes
            words = sentence.row[max(0, noun.first - 1) : noun.last] if noun is not None else ()
            if any(tokens.unpossessed(t.low).rstrip("'’") in _TOGETHER for t in words):
                return ("COALITION",)  # "the alliance's readiness" is no single country's
    return ()


_TOGETHER = frozenset("alliance coalition europe allies european partners group".split())
_PROPOSED = frozenset("proposal proposals idea suggestion plan plans call calls request invitation".split())


def absolute(sentence: Sentence, clause: Clause, deed: setting.Deed) -> Noun | None:
    """ "with France and Canada ready to send", "and Italy ruling out": a phrase with a predicate but no finite verb."""
    row, kinds = sentence.row, sentence.parse.kinds
    before = [n for n in clause.nouns if n.last < deed.first and n.kind == nouns.ACTOR and n.codes]
    if not before:
        return None
    noun = before[-1]
    if clause.verb is not None and noun.last < clause.verb:
        return None
    following = noun.last + 1
    opens = (
        noun.preposition in ("with", "including")
        or (clause.verb is None and noun.preposition is None)
        or (noun.first and row[noun.first - 1].low in ("and", ",", "while"))
        or (
            noun.first
            and row[noun.first - 1].low in ("foresees", "envisages", "sees", "foresaw", "envisaged", "seeing")
        )
    )
    if (
        opens
        and following < len(row)
        and (
            kinds[following] == verbs.ING
            or row[following].low
            in ("ready", "willing", "open", "prepared", "unwilling", "reluctant", "set", "not", "all", "both")
        )
    ):
        return noun
    return None


def _agent(sentence: Sentence, index: int, clause: Clause, deed: setting.Deed) -> tuple[str, ...]:
    """Who acts: the phrase behind "by", the nearest subject phrase of an infinitive's governor, else the clause's subject."""
    for noun in clause.nouns:
        outside = noun.first > deed.last or noun.last < deed.first
        chaired = noun.last < deed.first and noun.first > 1 and sentence.parse.kinds[noun.first - 2] == verbs.PARTICIPLE
        if noun.preposition == "by" and outside and not chaired and noun.codes and noun.kind == nouns.ACTOR:
            return noun.codes  # not "a call chaired by France dealt with the deployment"
    subject = clause.subject
    if deed.nominal and subject is not None and deed.first <= subject.first <= deed.last:
        return ()
    if subject is not None and subject.kind == nouns.PRIVATE:
        return ()
    if sentence.subjects[index]:
        return sentence.subjects[index]
    if subject is not None and subject.kind == nouns.THING and not subject.codes:
        # "the decision to send": whose it is stands behind "of", "by", or before it
        for noun in clause.nouns:
            if noun.preposition in ("of", "by") and noun.codes and noun.kind == nouns.ACTOR and noun.last < deed.first:
                return noun.codes
    if subject is None:
        return next(
            (
                n.codes
                for n in clause.nouns
                if n.last < deed.first and n.preposition is None and n.kind == nouns.ACTOR and n.codes
            ),
            (),
        )
    return ()


def called(sentence: Sentence, clause: Clause, first: int) -> bool:
    """Whether somebody else is asked to do it ("urged Germany to send", "wants Berlin to")."""
    for hit in clause.hits:
        if hit.name != "verbs.call" or hit.last >= first or sentence.parse.kinds[hit.first] is None:
            continue
        objects = [
            n
            for n in clause.nouns
            if hit.last < n.first < first and n.preposition in (None, "on", "upon", "to", "for", "from")
        ]
        if any(n.kind in (nouns.ACTOR, nouns.GROUP, nouns.PRONOUN) for n in objects):
            return True
        if hit.lemma in ("call for", "push for", "demand", "propose", "suggest", "recommend", "urge", "seek", "appeal"):
            return True
    return False


def foreign(voice: Voice | None, codes: list[str] | tuple[str, ...]) -> bool:
    """One government speaking for another binds nobody but itself."""
    return (
        voice is not None and voice.code is not None and not voice.unnamed and bool(codes) and voice.code not in codes
    )
