"""Claims on the US part: what is sought of it, what the US refuses, discusses, offers, commits. One clause at a time."""

from dataclasses import dataclass

from monitor.claims import clauses, draft, nouns, stance, troops, verbs
from monitor.claims.clauses import Clause
from monitor.claims.context import Sentence
from monitor.claims.lexemes import Hit
from monitor.claims.stance import Operator

COMPONENTS = ("ground_troops", "air", "intelligence", "surveillance", "logistics", "command")
_CONTEXT = frozenset(
    {
        "phrases.mission",
        "phrases.coalition",
        "phrases.guarantee",
        "phrases.backstop",
        "cues.awaited",
        "phrases.force",
        "phrases.deployment",
    }
)
_ASKERS = frozenset({"UA", "EU", "NATO", "COALITION"})


@dataclass(frozen=True, slots=True)
class Part:
    """A US part that a clause names: components, where, and whether the words themselves say that it is American."""

    components: tuple[str, ...]
    first: int
    last: int
    american: bool


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
        return made

    def _clause(
        self, sentence: Sentence, index: int, clause: Clause, recent: frozenset[str], us_recent: bool
    ) -> draft.Draft | None:
        monitored = _monitoring(sentence, index, clause)
        if monitored is not None:
            return monitored
        part = _part(sentence, index, clause, recent) or self._doubted(sentence, index, clause, recent)
        if part is None:
            return None
        actor = _is_us_acting(sentence, index, clause, part)
        if not part.american and not actor and not (_is_us_object(sentence, clause)):
            if not (us_recent and any(h.name == "phrases.backstop" for h in clause.hits)):
                return None
        status, word = (
            self._us_stance(sentence, index, clause, part) if actor else self._others(sentence, index, clause, part)
        )
        if status is None or (part.components == ("ground_troops",) and status in ("sought", "discussed")):
            return None
        start, end = troops._evidence(sentence, clause, index)
        return draft.Draft(
            topic="backstop", subject="US", status=status, start=start, end=end, sentence=sentence.index, clause=index,
            components=part.components, rule=f"backstop.{status}", why=(word, *part.components),
        )  # fmt: skip

    def _doubted(self, sentence: Sentence, index: int, clause: Clause, recent: frozenset[str]) -> Part | None:
        """ "air support, something Trump has been unwilling to say": the part stands in the clause before."""
        if (
            not index
            or _hit(clause, "cues.uncommitted", clause.first, clause.last) is None
            or not _is_us_subject(sentence, index)
        ):
            return None
        before = _part(sentence, index - 1, sentence.parse.clauses[index - 1], recent)
        return Part(before.components, clause.last, clause.last, True) if before is not None else None

    # ------------------------------------------------------------ the US speaks or acts

    def _us_stance(self, sentence: Sentence, index: int, clause: Clause, part: Part) -> tuple[str | None, str]:
        parse = sentence.parse
        doubt = _hit(clause, "cues.uncommitted", clause.first, clause.last)
        pre = stance.operators(parse, clause, clause.first, part.first)
        outer = troops._governors(sentence, index, clause)
        inside = [o for o in stance.operators(parse, clause, part.first, part.last + 1) if o.kind == stance.NEGATION]
        post = stance.operators(parse, clause, part.last + 1, clause.last)
        ops = [*outer, *pre, *inside]
        words = " ".join(o.word for o in ops)
        if any(o.kind == stance.NO_LONGER for o in ops):
            return "withdrawn", words
        if any(o.kind == stance.WITHDRAW for o in ops) and _hit(clause, "verbs.withdraw", clause.first, clause.last):
            return "withdrawn", words
        refused = [o for o in ops if o.kind == stance.REFUSE]
        if doubt is not None and not (
            refused and (refused[0].first > doubt.last or (doubt.first > part.last and refused[0].first > part.first - 9))
        ):
            return "uncommitted", sentence.text(doubt.first, doubt.last).lower()
        talks = _talks(sentence, clause, part.last + 1)
        if clause.kind == clauses.WHETHER:
            return ("uncommitted", "whether")
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
        self, sentence: Sentence, clause: Clause, part: Part, ops: list[Operator], state: str
    ) -> tuple[str | None, str]:
        words = " ".join(o.word for o in ops)
        row = sentence.row
        low = {t.low for t in row[clause.first : clause.last]}
        if part.components == ("ground_troops",):
            return None, ""
        if state == stance.PERHAPS:
            return "offered", words or "perhaps"
        committed = [o for o in ops if o.word.split()[0] in _COMMIT or o.word in ("commitment", "promise", "pledge")]
        if committed:
            return "committed", committed[0].word
        soft = [h for h in clause.hits if h.name in ("verbs.soft", "cues.soft", "cues.firm") or h.lemma in _OFFER]
        verb_words = {row[i].low for i in range(clause.first, part.first)}
        if verb_words & _WILL and not soft and verb_words & _DEEDS:
            return "committed", "will"
        if soft or any(o.kind == stance.FIRM for o in ops):
            return "offered", (soft[0].lemma if soft else words)
        if verb_words & _WILL or low & _SOFT_PHRASES:
            return "offered", "will"
        return None, ""

    # ------------------------------------------------------------ others about the US part

    def _others(self, sentence: Sentence, index: int, clause: Clause, part: Part) -> tuple[str | None, str]:
        parse = sentence.parse
        doubt = _hit(clause, "cues.uncommitted", clause.first, clause.last)
        seek = _seek(sentence, clause, part)
        vital = _hit(clause, "cues.vital", clause.first, clause.last)
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
        for place in range(max(clause.first, part.first - 4), part.first):
            if row[place].low == "without" and not _is_us_subject(sentence, index):
                return "sought", "without"
        if seek is not None:
            return "sought", sentence.text(seek.first, seek.last).lower()
        if vital is not None and (
            part.american or subject_is_part or "phrases.backstop" in {h.name for h in clause.hits}
        ):
            return "sought", sentence.text(vital.first, vital.last).lower()
        if talks is not None and _is_us_object(sentence, clause) and not any(h.lemma in _COMMIT for h in clause.hits):
            return "discussed", sentence.text(talks.first, talks.last).lower()
        spoken = _hit(clause, "phrases.talks", clause.first, clause.last)
        if spoken is not None and any(n.preposition in ("with", "between") and "US" in n.codes for n in clause.nouns):
            return "discussed", sentence.text(spoken.first, spoken.last).lower()
        if part.components == ("ground_troops",) or (part.american and subject_is_part):
            ops = stance.operators(parse, clause, clause.first, clause.last)
            denied = any(t.low in ("no", "not", "n't") for t in row[clause.first : part.last + 1])
            if (
                denied
                and part.american
                and stance.evaluate([o for o in ops if o.kind in (stance.NEGATION, stance.REFUSE)], stance.ACT)
                == stance.NO
            ):
                return "refused", "no"
        return None, ""


_COMMIT = frozenset(
    {
        "pledge",
        "promise",
        "commit",
        "agree",
        "confirm",
        "sign",
        "guarantee",
        "vow",
        "undertake",
        "approve",
        "accept",
        "endorse",
        "swear",
        "reaffirm",
        "give",
        "declare",
        "announce",
        "committed",
    }
)
_OFFER = frozenset(
    {
        "offer",
        "signal",
        "hint",
        "suggest",
        "indicate",
        "propose",
        "float",
        "express",
        "stand behind",
        "help",
        "support",
        "back",
        "ready",
        "willing",
        "open",
        "prepared",
        "be involved", "present", "put forward",
        "consider",
    }
)
_WILL = frozenset({"will", "would", "'ll", "'d", "shall"})
_DEEDS = frozenset(
    {
        "provide",
        "lead",
        "monitor",
        "guarantee",
        "deliver",
        "supply",
        "contribute",
        "participate",
        "give",
        "share",
        "oversee",
        "head",
        "ensure",
        "come",
        "take",
        "respond",
        "deploy",
        "join",
        "coordinate",
    }
)
_SOFT_PHRASES = frozenset({"help", "support", "involved", "back", "behind", "assist", "backs", "supports"})


_LED = frozenset(
    {
        "led",
        "leadership",
        "lead",
        "helm",
        "command",
        "auspices",
        "supervision",
        "supervise",
        "oversee",
        "head",
        "heads",
        "headed",
    }
)


def _monitoring(sentence: Sentence, index: int, clause: Clause) -> draft.Draft | None:
    """A monitoring of the ceasefire under US leadership: committed, or sought where Europeans say that it should be."""
    hit = _hit(clause, "phrases.comp_surveillance", clause.first, clause.last)
    row = sentence.row
    if hit is None or not any(
        t.low in ("ceasefire", "cease-fire", "truce", "peace", "monitoring")
        for t in row[max(clause.first, hit.first - 8) : hit.last + 9]
    ):
        return None
    led = any(
        row[i].low in _LED
        and (
            any(row[j].mention is not None and row[j].mention.code == "US" for j in range(max(clause.first, i - 3), i))  # type: ignore[union-attr]
            or (
                row[i].low in ("led", "headed")
                and any(
                    row[j].mention is not None and row[j].mention.code == "US"
                    for j in range(i + 1, min(clause.last, i + 5))
                )
            )  # type: ignore[union-attr]
            or _is_us_subject(sentence, index)
        )
        for i in range(clause.first, clause.last)
    )
    if not led:
        return None
    ops = stance.operators(sentence.parse, clause, clause.first, clause.last)
    if any(o.kind in (stance.NEGATION, stance.REFUSE, stance.MAY) for o in ops):
        return None
    sought = (
        any(o.kind == stance.SHOULD for o in ops)
        or (_hit(clause, "verbs.seek", clause.first, hit.first) is not None
        and not _is_us_subject(sentence, index)
        and any(h.lemma in ("ask", "call on", "want", "urge", "seek", "demand") for h in clause.hits))
    )
    status = "sought" if sought else "committed"
    start, end = troops._evidence(sentence, clause, index)
    return draft.Draft(
        topic="backstop", subject="US", status=status, start=start, end=end, sentence=sentence.index, clause=index,
        components=("surveillance",), rule=f"backstop.{status}", why=("led by the US", "surveillance"),
    )  # fmt: skip


def _hit(clause: Clause, name: str, first: int, last: int) -> Hit | None:
    return next((h for h in clause.hits if h.name == name and first <= h.first < last), None)


def _talks(sentence: Sentence, clause: Clause, last: int) -> Hit | None:
    """A verb of negotiating; "prepared" and "agreed" as adjectives are none."""
    for hit in clause.hits:
        if hit.name == "verbs.negotiate" and hit.first < last:
            kind = sentence.parse.kinds[hit.first]
            if kind is not None and not (
                kind == verbs.PARTICIPLE and hit.lemma in ("prepare", "agree", "settle", "develop")
            ):
                return hit
    return None


def _part(sentence: Sentence, index: int, clause: Clause, recent: frozenset[str]) -> Part | None:
    """The US part that the clause names, if it names one."""
    row = sentence.row
    found: dict[str, Hit] = {}
    american = False
    general: list[Hit] = []
    has_us = any(t.mention is not None and t.mention.code == "US" for t in row[clause.first : clause.last])
    us_in_play = (
        has_us or sentence.subjects[index] == ("US",) or _voice_is_us(sentence, index) or _us_before(sentence, index)
    )
    for hit in clause.hits:
        name = hit.name.partition(".")[2]
        if name in ("backstop", "guarantee") or (name == "support" and _is_us_support(sentence, clause, hit)):
            general.append(hit)
        elif name.startswith("comp_"):
            component = name.removeprefix("comp_")
            if _belongs_elsewhere(sentence, hit) or (
                component == "ground_troops" and not _is_us_troops(sentence, index, clause, hit)
            ):
                continue
            found.setdefault(component, hit)
    if not us_in_play and not any(h.name == "phrases.backstop" for h in general):
        return None
    if (
        "air" in found
        and found["air"].lemma == "air"
        and found["air"].first + 1 < len(row)
        and row[found["air"].first + 1].low in ("defence", "defense", "raid", "strike", "attack", "base")
    ):
        del found["air"]
    strong = [h for h in general if h.name != "phrases.support"]
    if not found and not strong and not general:
        return None
    if not strong and not _CONTEXT & recent:
        return None
    if (
        found
        and not strong
        and not any(
            h.name
            in (
                "verbs.send",
                "phrases.support",
                "verbs.seek",
                "cues.vital",
                "verbs.partake",
                "phrases.deployment",
                "cues.firm",
                "verbs.firm",
                "cues.refuse",
                "verbs.refuse",
            )
            or h.name.startswith("verbs.withdraw")
            for h in clause.hits
        )
        and not general
    ):
        if not any(h.name == "cues.negation" for h in clause.hits):
            return None
    places = [*found.values(), *general]
    first, last = min(h.first for h in places), max(h.last for h in places)
    american = any(_is_american(sentence, h) for h in places)
    names = tuple(sorted(found))
    if not names:
        names = ("guarantee",) if strong and all(h.name == "phrases.guarantee" for h in strong) else ("general",)
    return Part(names, first, last, american)


def _is_american(sentence: Sentence, hit: Hit) -> bool:
    """ "a US backstop", "American air support", "guarantees from Washington", "Trump's support"."""
    row = sentence.row
    noun = next((n for n in sentence.parse.nouns if n.first <= hit.last and n.last >= hit.first), None)
    if noun is not None and "US" in noun.codes:
        return True
    for place in range(hit.last + 1, min(len(row), hit.last + 6)):
        if row[place].is_mark and row[place].text not in "“”\"‘’'":
            return False
        mention = row[place].mention
        if mention is not None:
            return mention.code == "US" and any(row[i].low in ("from", "by", "of") for i in range(hit.last + 1, place))
    return False


def _is_us_support(sentence: Sentence, clause: Clause, hit: Hit) -> bool:
    """Support, backing, a role: a US part only where the words say whose."""
    if sentence.parse.kinds[hit.first] is not None:
        return False
    noun = next((n for n in sentence.parse.nouns if n.first <= hit.first <= n.last), None)
    if noun is not None and sentence.row[noun.first].low == "its":
        owner = next((c for c in reversed(sentence.subjects[: sentence.parse.clauses.index(clause)]) if c), ())
        if owner == ("US",):
            return hit.lemma not in _LOOSE_SUPPORT or any(
                h.name in _TOPICS - {"phrases.deployment"} for h in clause.hits
            )
    if _is_american(sentence, hit):
        return hit.lemma not in _LOOSE_SUPPORT or any(h.name in _TOPICS for h in clause.hits)
    if any(n.kind == nouns.THING and "US" in n.codes and n.head in _POSSESSED and n.first < hit.first for n in clause.nouns):
        return True  # "America's readiness to provide support"
    # "the US has refused to make such a commitment"
    return hit.lemma in ("commitment", "assurance") and any(
        n.kind == nouns.ACTOR and "US" in n.codes and n.preposition in (None, "from", "by") for n in clause.nouns
    )


_POSSESSED = frozenset({"readiness", "willingness", "promise", "offer", "pledge", "refusal", "decision"})
_LOOSE_SUPPORT = frozenset({"commitment", "engagement", "leadership", "input", "part", "role", "help", "contribution"})
_TOPICS = frozenset(
    {
        "phrases.mission",
        "phrases.guarantee",
        "phrases.backstop",
        "phrases.coalition",
        "phrases.coalition_loose",
        "phrases.force",
        "phrases.deployment",
    }
)


def _belongs_elsewhere(sentence: Sentence, hit: Hit) -> bool:
    """ "British troops", "European aircraft", "Ukrainian air defence"."""
    noun = next((n for n in sentence.parse.nouns if n.first <= hit.first and n.last >= hit.last), None)
    if noun is None or not noun.codes:
        return False
    return "US" not in noun.codes


def _is_us_troops(sentence: Sentence, index: int, clause: Clause, hit: Hit) -> bool:
    noun = next((n for n in sentence.parse.nouns if n.first <= hit.first and n.last >= hit.last), None)
    if noun is not None and "US" in noun.codes:
        return True
    if noun is not None and sentence.row[noun.first].low in ("our",) and _voice_is_us(sentence, index):
        return True
    return (
        sentence.subjects[index] == ("US",) or (_voice_is_us(sentence, index) and not sentence.subjects[index])
    ) and any(
        h.name in ("verbs.send", "phrases.deployment", "cues.negation", "verbs.refuse") and h.first <= hit.first
        for h in clause.hits
    )


def _voice_is_us(sentence: Sentence, index: int) -> bool:
    voice = sentence.voices[index]
    return voice is not None and voice.code == "US" and not voice.private


def _us_before(sentence: Sentence, index: int) -> bool:
    return any("US" in codes for codes in sentence.subjects[:index])


def _is_us_subject(sentence: Sentence, index: int) -> bool:
    return "US" in sentence.subjects[index]


def _is_us_acting(sentence: Sentence, index: int, clause: Clause, part: Part) -> bool:
    """Whether it is the US that promises, refuses, discusses."""
    subject = clause.subject
    if subject is not None and subject.kind == nouns.PRIVATE:
        return False
    if (
        _is_us_subject(sentence, index)
        and subject is not None
        and subject.kind in (nouns.ACTOR, nouns.PRONOUN, nouns.GROUP)
    ):
        if subject.first <= part.first or clause.verb is not None:
            return not (subject.first <= part.last and part.first <= subject.last)
    if _voice_is_us(sentence, index):
        if subject is None or subject.kind in (nouns.PRONOUN, nouns.THING, nouns.FORCE):
            return not subject or not subject.codes or "US" in subject.codes
    for noun in clause.nouns:  # "ruled out by Trump"
        if noun.preposition == "by" and "US" in noun.codes and noun.kind == nouns.ACTOR:
            return True
    return False


def _is_us_object(sentence: Sentence, clause: Clause) -> bool:
    return any(n.kind in (nouns.ACTOR, nouns.FORCE, nouns.THING) and "US" in n.codes for n in clause.nouns)


def _seek(sentence: Sentence, clause: Clause, part: Part) -> Hit | None:
    """A word of asking or needing before the part, or before the US that is to provide it."""
    kinds = sentence.parse.kinds
    for hit in clause.hits:
        if hit.name != "verbs.seek" or hit.lemma in _WEAK_SEEK or kinds[hit.first] is None:
            continue
        if hit.first < part.first and hit.last < part.first:
            return hit
    return None


_WEAK_SEEK = frozenset(
    {
        "say",
        "tell",
        "discuss",
        "believe",
        "warn",
        "agree",
        "try",
        "argue",
        "stress",
        "emphasise",
        "emphasize",
        "underline",
        "underscore",
        "raise",
        "welcome",
        "make clear",
        "expect",
        "win",
        "get",
        "obtain",
        "reckon",
        "struggle",
        "hope",
    }
)
