"""Claims on the US part: what is sought of it, what the US refuses, discusses, offers, commits. One clause at a time."""

from collections.abc import Sequence

from monitor.claims import clauses, draft, nouns, oversight, parts, scopes, stance, verbs
from monitor.claims.clauses import Clause
from monitor.claims.context import Sentence
from monitor.claims.lexemes import Hit
from monitor.claims.stance import Operator
from monitor.claims.tokens import Token


class BackstopRules:
    """The rules of topic backstop."""

    def read(self, sentence: Sentence, near: bool, recent: frozenset[str], us_recent: bool) -> list[draft.Draft]:
        """Claims of one sentence. `near`: Ukraine or the force in reach; `recent`: classes of words in reach."""
        if not near or sentence.is_question:
            return []
        made: list[draft.Draft] = []
        for index, clause in enumerate(sentence.parse.clauses):
            voice = sentence.voices[index]
            if voice is not None and (voice.private or voice.code == "RU"):
                continue
            one = self._clause(sentence, index, clause, recent, us_recent)
            if one is not None:
                made.append(one)
        if made and parts.is_unanswered(sentence):
            return []
        general = ("general",)
        if any(d.status == "uncommitted" and d.components != general for d in made):  # the part itself is named
            made = [d for d in made if d.status != "uncommitted" or d.components != general]
        return made

    def _clause(
        self, sentence: Sentence, index: int, clause: Clause, recent: frozenset[str], us_recent: bool
    ) -> draft.Draft | None:
        monitored = oversight.monitoring(sentence, index, clause)
        if monitored is not None:
            return monitored
        part = (
            parts.part(sentence, index, clause, recent)
            or self._doubted(sentence, index, clause, recent)
            or _unsaid(sentence, index, clause, recent)
        )
        if part is None:
            return None
        part = _meant(sentence, index, clause, part, recent)
        actor = parts.is_us_acting(sentence, index, clause, part)
        named = us_recent and "phrases.backstop" in clause.classes
        if not (part.american or actor or named or parts.is_us_object(clause)):
            return None
        voice = sentence.voices[index]
        if clause.kind == clauses.IF and actor and (voice is None or voice.code != "US"):
            status, word = ("sought", "if") if _is_condition(sentence, index, clause) else (None, "")
        elif actor:
            status, word = self._us_stance(sentence, index, clause, part)
        else:
            status, word = self._others(sentence, index, clause, part)
        if status is None or (part.components == ("ground_troops",) and status in ("sought", "discussed")):
            return None
        start, end = scopes.evidence(sentence, clause, index)
        return draft.Draft(
            topic="backstop", subject="US", status=status, start=start, end=end, sentence=sentence.index, clause=index,
            components=part.components, rule=f"backstop.{status}", why=(word, *part.components),
        )  # fmt: skip

    def _doubted(self, sentence: Sentence, index: int, clause: Clause, recent: frozenset[str]) -> parts.Part | None:
        """ "air support, something Trump has been unwilling to say": the part stands in the clause before."""
        doubted = ("cues.uncommitted" in clause.classes and parts.is_us_subject(sentence, index)) or (
            "verbs.refuse" in clause.classes
            and clause.subject is not None
            and clause.subject.head in ("something", "possibility", "idea", "option", "which")
        )  # "..., something already ruled out by Washington"
        subject = clause.subject
        needed = "cues.vital" in clause.classes and subject is not None and "US" in subject.codes
        if not index or not (doubted or (needed and subject is not None and subject.first < clause.first)):
            return None
        before = parts.part(sentence, index - 1, sentence.parse.clauses[index - 1], recent)
        return parts.Part(before.components, clause.last, clause.last, True) if before is not None else None

    # ------------------------------------------------------------ the US speaks or acts

    def _us_stance(self, sentence: Sentence, index: int, clause: Clause, part: parts.Part) -> tuple[str | None, str]:
        parse = sentence.parse
        doubt = clause.hit("cues.uncommitted")
        pre = stance.operators(parse, clause, clause.first, part.first)
        outer = scopes.governors(sentence, index, clause)
        inside = [o for o in stance.operators(parse, clause, part.first, part.last + 1) if o.kind == stance.NEGATION]
        post = stance.operators(parse, clause, part.last + 1, clause.last)
        ops = [*outer, *pre, *inside]
        words = " ".join(o.word for o in ops)
        if any(o.kind == stance.NO_LONGER for o in ops):
            return "withdrawn", words
        taken = [h for h in clause.hits if h.name == "verbs.withdraw" and "*" in h.lemma and h.first < part.first]
        if taken and parse.kinds[taken[0].first] is not None and not any(o.kind == stance.NEGATION for o in pre):
            return "withdrawn", taken[0].lemma
        if any(o.kind == stance.WITHDRAW for o in ops) and "verbs.withdraw" in clause.classes:
            return "withdrawn", words
        refused = [o for o in ops if o.kind == stance.REFUSE]
        if doubt is not None and not (
            refused
            and (refused[0].first > doubt.last or (doubt.first > part.last and refused[0].first > part.first - 9))
        ):
            return "uncommitted", sentence.text(doubt.first, doubt.last).lower()
        talks = _talks(sentence, clause, part.last + 1)
        if clause.kind == clauses.WHETHER:
            return "uncommitted", "whether"
        if clause.kind == clauses.WH:
            above = sentence.parse.clauses[index - 1] if index else clause
            return ("uncommitted", "wh") if "cues.uncommitted" in above.classes else (None, "")
        if any(o.kind == stance.NEGATION for o in outer) and index and "US" not in sentence.subjects[index - 1]:
            return "uncommitted", "not"  # "had received no assurance that Washington would"
        if clause.kind == clauses.THAT and _is_wished(sentence, index):
            return "sought", "that"
        state = stance.evaluate(ops, stance.ACT)
        if (
            post
            and state in (stance.ACT, stance.YES)
            and clause.subject is not None
            and clause.subject.first <= part.last
            and part.first <= clause.subject.last
        ):
            state = stance.evaluate(post, state)
        if state == stance.UNDECIDED:
            return "uncommitted", words
        if state in (stance.NO, stance.WITHDREW):
            return "refused", words
        if state == stance.VOID:
            return None, ""
        if talks is not None and not any(o.word in _COMMIT for o in ops):
            return "discussed", sentence.text(talks.first, talks.last).lower()
        return self._positive(sentence, clause, part, ops, state)

    def _positive(
        self, sentence: Sentence, clause: Clause, part: parts.Part, ops: list[Operator], state: str
    ) -> tuple[str | None, str]:
        words = " ".join(o.word for o in ops)
        row = sentence.row
        low = {t.low for t in row[clause.first : clause.last]}
        if part.components == ("ground_troops",):
            return None, ""
        if state == stance.PERHAPS:
            return "offered", words or "perhaps"
        if any(h.name == "cues.firm" and h.lemma in _WILLING for h in clause.hits):
            return "offered", "willing"
        committed = [o for o in ops if o.word.split()[0] in _COMMIT or o.word in ("commitment", "promise", "pledge")]
        if committed:
            return "committed", committed[0].word
        if any(row[i].low == "only" for i in range(clause.verb or clause.first, part.first)):
            return "offered", "only"  # "will only give guarantees after an agreement"
        soft = [
            h
            for h in clause.hits
            if (h.name in ("verbs.soft", "cues.soft", "cues.firm") and h.lemma not in ("plan", "preparation", "duty"))
            or (h.lemma in _OFFER and sentence.parse.kinds[h.first] is not None)
            or (h.name.startswith("cues.") and h.lemma in _OFFER)
        ]
        verb_words = {row[i].low for i in range(clause.first, part.first)}
        does = bool(verb_words & _DEEDS) or sentence.parse.kinds[min(part.first, clause.last - 1)] is not None
        if verb_words & _WILL and not soft and does:
            return "committed", "will"
        if soft or any(o.kind == stance.FIRM for o in ops):
            return "offered", (soft[0].lemma if soft else words)
        if verb_words & _WILL or low & _SOFT_PHRASES:
            return "offered", "will"
        return None, ""

    # ------------------------------------------------------------ others about the US part

    def _others(self, sentence: Sentence, index: int, clause: Clause, part: parts.Part) -> tuple[str | None, str]:
        parse = sentence.parse
        doubt = clause.hit("cues.uncommitted")
        seek = _seek(sentence, clause, part)
        vital = clause.hit("cues.vital")
        subject_is_part = (
            clause.subject is not None and part.first <= clause.subject.last and clause.subject.first <= part.last
        )
        voice = sentence.voices[index]
        from_us = voice is not None and voice.code == "US"
        subject = clause.subject
        if (
            doubt is not None
            and subject is not None
            and subject.kind in (nouns.ACTOR, nouns.GROUP)
            and not doubt.lemma.startswith(("fail", "no ", "not ", "without", "lack", "absence", "n't"))
        ):
            doubt = None  # somebody else's hesitation
        if (
            doubt is not None
            and (part.american or subject_is_part)
            and not (seek is not None and seek.first < doubt.first)
        ):
            return "uncommitted", sentence.text(doubt.first, doubt.last).lower()
        if from_us:
            return None, ""
        talks = _talks(sentence, clause, clause.last)
        row = sentence.row
        if _is_theirs(sentence, clause, part):
            return "offered", "willingness"
        for place in range(max(clause.first, part.first - 4), part.first):
            if (
                row[place].low == "without"
                and not parts.is_us_subject(sentence, index)
                and _judges(sentence, index, place)
            ):
                return "sought", "without"
        if seek is not None:
            return "sought", sentence.text(seek.first, seek.last).lower()
        if vital is not None and (part.american or subject_is_part or "phrases.backstop" in clause.classes):
            return "sought", sentence.text(vital.first, vital.last).lower()
        if talks is not None and parts.is_us_object(clause) and not any(h.lemma in _COMMIT for h in clause.hits):
            return "discussed", sentence.text(talks.first, talks.last).lower()
        spoken = clause.hit("phrases.talks")
        if spoken is not None and any(n.preposition in ("with", "between") and "US" in n.codes for n in clause.nouns):
            return "discussed", sentence.text(spoken.first, spoken.last).lower()
        if part.components == ("ground_troops",) or (part.american and subject_is_part):
            ops = stance.operators(parse, clause, clause.first, clause.last)
            if (
                _is_denied(row, clause.first, part.last)
                and part.american
                and stance.evaluate([o for o in ops if o.kind in (stance.NEGATION, stance.REFUSE)], stance.ACT)
                == stance.NO
            ):
                return "refused", "no"
        return None, ""


def _is_denied(row: Sequence[Token], first: int, last: int) -> bool:
    """Whether a word from token first to last denies; "No, guarantees" answers and denies nothing."""
    behind = row[first + 1 : last + 2]
    return any(
        t.low in ("no", "not", "n't") and not (n < len(behind) and behind[n].text == ",")
        for n, t in enumerate(row[first : last + 1])
    )


_COMMIT = frozenset(
    (
        "pledge promise commit agree confirm sign guarantee vow undertake approve accept endorse swear reaffirm "
        "give declare announce committed"
    ).split()
)

_OFFER = frozenset(
    (
        "offer|signal|hint|suggest|indicate|propose|float|express|stand behind|help|support|back|ready|willing|"
        "open|prepared|be involved|present|put forward|consider"
    ).split("|")
)

_WILL = frozenset({"will", "would", "'ll", "'d", "shall"})

_DEEDS = frozenset(
    (
        "provide lead monitor guarantee deliver supply contribute participate give share oversee head ensure come "
        "take respond deploy join coordinate"
    ).split()
)

_SOFT_PHRASES = frozenset({"help", "support", "involved", "back", "behind", "assist", "backs", "supports"})


_WILLING = frozenset("readiness willingness ready willing prepared".split())
_WISHES = frozenset("hope want ask demand insist expect urge request wish".split())


def _is_wished(sentence: Sentence, index: int) -> bool:
    """ "European officials hope that Washington will"."""
    above = sentence.parse.clauses[index - 1] if index else None
    if above is None or "US" in sentence.subjects[index - 1]:
        return False
    return any(h.name == "verbs.seek" and h.lemma in _WISHES and h.last >= above.last - 2 for h in above.hits)


def _meant(sentence: Sentence, index: int, clause: Clause, part: parts.Part, recent: frozenset[str]) -> parts.Part:
    """ "tried to get air power and intelligence, but he has refused such a commitment": what "such" points back to."""
    row = sentence.row
    if part.components != ("general",) or not index:
        return part
    if not any(
        t.low in ("such", "this", "that", "these", "those") for t in row[max(clause.first, part.first - 2) : part.first]
    ):
        return part
    for above in range(index - 1, -1, -1):
        before = parts.part(sentence, above, sentence.parse.clauses[above], recent)
        if before is not None:
            return parts.Part(before.components, part.first, part.last, part.american)
    return part


def _unsaid(sentence: Sentence, index: int, clause: Clause, recent: frozenset[str]) -> parts.Part | None:
    """ "Washington has given them no reply": the part was spoken of just before."""
    subject = clause.subject
    if (
        not recent & {"phrases.backstop", "phrases.guarantee", "phrases.mission"}
        or "cues.uncommitted" not in clause.classes
        or clause.classes & {"phrases.other_matter", "phrases.other_send", "phrases.meeting", "phrases.force"}
        or subject is None
    ):
        return None
    acts = subject.kind in (nouns.ACTOR, nouns.PRONOUN) and sentence.subjects[index] == ("US",)
    if not acts and not any(h.name == "cues.uncommitted" and h.lemma.endswith("by @US") for h in clause.hits):
        return None
    return parts.Part(("general",), clause.last, clause.last, True)


def _talks(sentence: Sentence, clause: Clause, last: int) -> Hit | None:
    """A verb of negotiating; "prepared" and "agreed" as adjectives are none."""
    for hit in clause.hits:
        if hit.name == "verbs.negotiate" and hit.first < last:
            kind = sentence.parse.kinds[hit.first]
            if kind == verbs.ING and hit.first and sentence.row[hit.first - 1].low in ("in", "of", "by", "for", "from"):
                continue  # "engagement in shaping"
            if kind is not None and not (
                kind == verbs.PARTICIPLE and hit.lemma in ("prepare", "agree", "settle", "develop")
            ):
                return hit
    return None


def _is_condition(sentence: Sentence, index: int, clause: Clause) -> bool:
    """ "only if Washington provides support", "unless the US backs it": the part is what others make a condition of."""
    row = sentence.row
    word = row[clause.first].low
    before = row[clause.first - 1].low if clause.first else ""
    above = sentence.parse.clauses[index - 1].classes if index else frozenset()
    return (
        word == "unless" or before == "only" or "only" in {t.low for t in row[: clause.first]} or "verbs.send" in above
    )


def _is_theirs(sentence: Sentence, clause: Clause, part: parts.Part) -> bool:
    """ "thanked the United States for its willingness to act as a backstop", "hailed Washington's readiness to"."""
    row = sentence.row
    for hit in clause.hits:
        if hit.lemma not in ("willingness", "readiness") or hit.first > part.first:
            continue
        noun = nouns.at(clause.nouns, hit.first)
        if noun is None or sentence.parse.kinds[hit.first] is not None:
            continue
        if "US" in noun.codes:
            return True
        before = [n for n in clause.nouns if n.last < noun.first and n.kind == nouns.ACTOR and n.codes]
        if row[noun.first].low in ("its", "his", "their") and before and before[-1].codes == ("US",):
            return True
    return False


def _seek(sentence: Sentence, clause: Clause, part: parts.Part) -> Hit | None:
    """A word of asking or needing before the part, or before the US that is to provide it."""
    kinds = sentence.parse.kinds
    for hit in clause.hits:
        if hit.name != "verbs.seek" or hit.lemma in _WEAK_SEEK or kinds[hit.first] is None:
            continue
        following = sentence.row[min(hit.last + 1, len(sentence.row) - 1)].low
        if hit.lemma == "ask" and following in ("about", "whether", "if", "how", "what", "on", "why"):
            continue  # a question put to somebody
        if hit.first < part.first and hit.last < part.first:
            return hit
    return None


_WEAK_SEEK = frozenset(
    (
        "secure|extract|elicit|say|tell|discuss|believe|warn|agree|try|argue|stress|emphasise|emphasize|underline|underscore|raise|"
        "welcome|make clear|expect|win|get|obtain|reckon|struggle|hope"
    ).split("|")
)


_JUDGING = frozenset(
    "will wo would can ca could cannot not n't no never nothing nobody impossible useless worthless meaningless".split()
)


def _judges(sentence: Sentence, index: int, place: int) -> bool:
    """Whether somebody says what would come of it ("it won't work without"); a mere "a truce without guarantees" asks for nothing."""
    clause = sentence.parse.clauses[index]
    row = sentence.row[clause.first : clause.last]
    return sentence.voices[index] is not None or place == clause.first or any(t.low in _JUDGING for t in row)
