"""Claims on forces: who sends, may send, will not send, helps otherwise. Reads one clause at a time; knows no ledger."""

from dataclasses import replace

from monitor.claims import clauses, deeds, draft, scopes, senders, setting, stance, support, verbs
from monitor.claims.clauses import Clause
from monitor.claims.context import Sentence

_STATUS = {
    stance.YES: "pledged", stance.PERHAPS: "open", stance.NO: "ruled_out", stance.UNDECIDED: "undecided", stance.WITHDREW: "withdrew",
}  # fmt: skip


class TroopRules:
    """The rules of topic troops."""

    def read(self, sentence: Sentence, scene: setting.Scene) -> list[draft.Draft]:
        """Claims of one sentence."""
        if not scene.force or not scene.near:
            return []
        made: list[draft.Draft] = _among(sentence, scene) + _likewise(sentence, scene)
        for index, clause in enumerate(sentence.parse.clauses):
            found = self._clause(sentence, index, clause, scene)
            made.extend(found)
            if not any(d.status in ("pledged", "conditional") for d in found):
                made.extend(support.support(sentence, index, clause, scene, made))
        return _on_the_us(sentence, made)

    # ------------------------------------------------------------ deeds

    def _clause(self, sentence: Sentence, index: int, clause: Clause, scene: setting.Scene) -> list[draft.Draft]:
        if scopes.is_unreal(sentence) or clause.kind == clauses.IF:
            return []
        if clause.kind == clauses.WH and not any(
            o.kind == stance.UNDECIDED_CUE for o in scopes.governors(sentence, index, clause)
        ):
            return []  # "asked how many troops Latvia would send"
        made: list[draft.Draft] = []
        for deed in deeds.deeds(sentence, clause, scene):
            if scopes.is_elsewhere(sentence, clause, deed):
                continue
            made.extend(self._judge(sentence, index, clause, deed))
        return made

    def _judge(self, sentence: Sentence, index: int, clause: Clause, deed: setting.Deed) -> list[draft.Draft]:
        parse = sentence.parse
        apart = senders.absolute(sentence, clause, deed)
        begin = apart.last + 1 if apart is not None else clause.first
        pre = [o for o in stance.operators(parse, clause, begin, deed.first) if not scopes.is_inside(o, deed)]
        inner = stance.operators(parse, clause, deed.first, deed.last + 1) if deed.passive else []
        gerund = (
            deed.verb is not None
            and parse.kinds[deed.verb] == verbs.ING
            and clause.verb is not None
            and clause.verb > deed.last
        )
        infinitive = (
            deed.verb is not None
            and clause.verb is not None
            and clause.verb > deed.last
            and not gerund
            and not deed.passive
        )
        sized = deed.nominal and deed.figure is not None  # "the contingent would number 500": what follows is its size
        # "sending troops is out of the question"
        behind = (deed.nominal and not sized) or deed.passive or gerund or infinitive
        post = stance.after(parse, clause, deed.last + 1, clause.last) if behind else []
        if (
            deed.nominal
            and (
                deed.why.endswith(" serve")
                or any(t.low in ("there", "be", "go", "going") for t in sentence.row[deed.last + 1 : deed.last + 5])
            )
            and deed.force is not None
            and not deed.force.head.startswith(("deployment", "contribution"))
        ):
            end = clause.verb + 2 if deed.why.endswith(" serve") and clause.verb is not None else clause.last
            post = stance.operators(parse, clause, deed.last + 1, end)
        if deed.nominal and any(
            h.lemma in ("precondition", "prerequisite") for h in clause.hits if h.first > deed.last
        ):
            return []  # "its deployment was not a precondition for"
        if _is_talk(sentence, clause, deed) or scopes.is_asked(sentence, index, clause):
            return []
        codes = senders.senders(sentence, index, clause, deed, pre)
        excepted = [] if codes else senders.excepted(sentence, clause)
        if not codes and not excepted:
            return []
        outer = [*_denied_above(sentence, index, clause), *scopes.governors(sentence, index, clause)]
        state = stance.NO if deed.denied else stance.ACT
        if behind:
            state = stance.evaluate(post, state)
        state = stance.evaluate(
            [*outer, *pre, *[o for o in inner if o.kind != stance.FIRM and not _is_counted(o, deed)]], state
        )
        if state == stance.ACT:
            state = stance.YES if sized else _bare(sentence, clause, deed)
        if clause.kind == clauses.WHETHER and any(o.kind == stance.SOFT for o in outer):
            state = stance.PERHAPS
        elif clause.kind == clauses.WHETHER:
            state = (
                stance.UNDECIDED
                if any(o.kind in (stance.NEGATION, stance.UNDECIDED_CUE) for o in outer)
                else stance.VOID
            )
        if any(h.name == "cues.undecided" and h.first < deed.first and deed.last < h.last for h in clause.hits):
            state = stance.UNDECIDED  # "a decision on deploying troops would depend on"
        if excepted:  # "other than Britain and France, no member has pledged"
            codes, state = excepted, stance.YES if state == stance.NO else stance.VOID
        status = _STATUS.get(state)
        if status == "ruled_out" and scopes.is_bounded(sentence, clause):
            return []
        if status is None and (deed.nominal or infinitive) and scopes.needs_approval(clause):
            status = "conditional"
        if status is None:
            return []
        status, condition = scopes.conditioned(sentence, index, clause, status)
        number, high = scopes.size(sentence, deed) if status in ("pledged", "conditional", "open") else (None, None)
        words = tuple(o.word for o in (*outer, *pre, *inner, *post))
        span = scopes.evidence(sentence, clause, index)
        return [
            draft.Draft(
                topic="troops", subject=code, status=status, start=span[0], end=span[1], sentence=sentence.index, clause=index,
                number=number if len(codes) == 1 else None, number_max=high if len(codes) == 1 else None,
                rule=f"troops.{status}", why=(deed.why, *words, *((condition,) if condition else ())),
            )
            for code in codes
        ]  # fmt: skip


def _is_talk(sentence: Sentence, clause: Clause, deed: setting.Deed) -> bool:
    """ "did not give the number of its troops"; "money to prepare the troops for a possible deployment": nothing is sent by that."""
    row = sentence.row
    for place in range(max(deed.first, 1), min(deed.last, len(row) - 2)):
        if (
            row[place].low in _SIZES
            and row[place + 1].low == "of"
            and row[place - 1].low in ("the", "its", "exact", "what")
        ):
            return True
    if deed.nominal and any(row[i].low == "for" for i in range(max(clause.first, deed.first - 3), deed.first)):
        return any(_PREPARING.intersection(t.keys) for t in row[clause.first : deed.first])
    return False


_SIZES = frozenset("number numbers size strength".split())
_PREPARING = frozenset("prepare preparation preparations train equip ready".split())


def _denied_above(sentence: Sentence, index: int, clause: Clause) -> list[stance.Operator]:
    """ "Greece is not one of the countries that are ready to send": the denial of the clause above."""
    above = sentence.parse.clauses[index - 1] if index else None
    if clause.kind != clauses.REL or above is None or above.subject is None or clause.subject is not above.subject:
        return []
    found = stance.operators(sentence.parse, above, above.verb if above.verb is not None else above.first, above.last)
    return [o for o in found if o.kind == stance.NEGATION]


def _on_the_us(sentence: Sentence, made: list[draft.Draft]) -> list[draft.Draft]:
    """ "I'm open to sending forces, but a US backstop is essential": what is open hangs on the US."""
    for index, clause in enumerate(sentence.parse.clauses):
        if sentence.row[clause.first].low != "but" or not clause.classes & {"phrases.backstop", "phrases.guarantee"}:
            continue
        needed = clause.classes & {"cues.vital"} and any("US" in n.codes for n in clause.nouns)
        if needed:
            return [
                replace(d, status="conditional", rule="troops.conditional", why=(*d.why, "US backstop"))
                if d.status == "open" and d.clause < index
                else d
                for d in made
            ]
    return made


_LIKEWISE = frozenset("has have did does do will would is are".split())


def _likewise(sentence: Sentence, told: setting.Scene) -> list[draft.Draft]:
    """ "So has Britain.", "France has made the same offer.": the stand of the sentence before, for somebody else."""
    if told.last is None:
        return []
    row = sentence.row
    codes: tuple[str, ...] = ()
    for place in range(len(row) - 2):
        if row[place].low == "so" and row[place + 1].low in _LIKEWISE and row[place + 2].mention is not None:
            codes = next((n.codes for n in sentence.parse.nouns if n.first == place + 2), ())
        if row[place].low in ("same", "similar") and any(
            h.first == place + 1 and h.name in ("cues.firm", "verbs.firm") for h in sentence.parse.hits
        ):
            codes = sentence.subjects[sentence.parse.clause_at(place)]
        if row[place].low == "for" and row[place + 1].low in ("this", "that", "it") and place:
            firm = any(h.name == "cues.firm" and h.last == place - 1 for h in sentence.parse.hits)
            if firm and told.last == "pledged" and not any(t.low in ("not", "n't") for t in row[:place]):
                codes = sentence.subjects[sentence.parse.clause_at(place)]  # "Denmark is also ready for this"
    return [
        draft.Draft(
            topic="troops", subject=code, status=told.last, start=sentence.start, end=sentence.end, sentence=sentence.index,
            rule=f"troops.{told.last}", why=("the same",),
        )
        for code in dict.fromkeys(codes)
        if code not in setting.NO_SENDER
    ]  # fmt: skip


def _among(sentence: Sentence, told: setting.Scene) -> list[draft.Draft]:
    """ "Among them are France and Britain", after so many were counted; "Among those that have offered troops are"."""
    row, parse = sentence.row, sentence.parse
    if not row or row[0].low not in ("among", "they", "these"):
        return []
    verb = next((i for i in range(len(row) - 2, 0, -1) if row[i].low in ("are", "include", "were", "is")), None)
    if verb is None or (row[0].low != "among" and row[verb].low != "include"):
        return []
    if not told.counted:
        between = {h.name for h in parse.hits if h.last < verb}
        ops = stance.operators(parse, parse.clauses[-1], 0, verb)
        if not between & {"phrases.force", "phrases.mission"} or stance.evaluate(ops, stance.ACT) != stance.YES:
            return []
    codes = [c for n in parse.nouns if n.first > verb and n.acts for c in n.codes]
    return [
        draft.Draft(
            topic="troops", subject=code, status="pledged", start=sentence.start, end=sentence.end, sentence=sentence.index,
            rule="troops.pledged", why=("among",),
        )
        for code in dict.fromkeys(codes)
        if code not in setting.NO_SENDER
    ]  # fmt: skip


def _is_counted(operator: stance.Operator, deed: setting.Deed) -> bool:
    """Whether a negation inside the phrase of force is what makes the deed a denied one."""
    noun = deed.force
    return (
        deed.denied
        and operator.kind == stance.NEGATION
        and noun is not None
        and noun.first <= operator.first <= noun.last
    )


_PROMISED = frozenset("offered pledged committed promised volunteered".split())
_PROMISES = frozenset("offers pledges commits contributes".split())
_THOUGHTS = frozenset("possibility prospect idea question option".split())


def _bare(sentence: Sentence, clause: Clause, deed: setting.Deed) -> str:
    """A deed without a word of stance: "Italy isn't sending", "is sending troops"; a plain past or a mere noun says nothing."""
    row, kinds = sentence.row, sentence.parse.kinds
    if deed.verb is not None and any(h.name == "verbs.resize" and h.first == deed.verb for h in clause.hits):
        thought = any(t.low in _THOUGHTS for t in row[deed.verb + 1 : deed.verb + 5])
        return stance.PERHAPS if thought else stance.YES  # "raised the possibility of Spanish forces"
    if deed.denied:
        return stance.NO
    if (
        deed.verb is not None
        and kinds[deed.verb] == verbs.ING
        and deed.verb
        and row[deed.verb - 1].low in ("is", "are", "'re", "'s", "be")
    ):
        return stance.YES
    if (
        deed.verb is not None
        and kinds[deed.verb] == verbs.PARTICIPLE
        and not deed.passive
        and any(row[i].low in ("has", "have", "'ve", "'s") for i in range(max(clause.first, deed.verb - 3), deed.verb))
    ):
        return stance.YES if row[deed.verb].low in _PROMISED | {"contributed"} else stance.VOID
    if deed.verb is not None and row[deed.verb].low in _PROMISED | _PROMISES:
        return stance.YES
    return stance.VOID
