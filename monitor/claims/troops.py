"""Claims on forces: who sends, may send, will not send, helps otherwise. Reads one clause at a time; knows no ledger."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from monitor.claims import clauses, closed, draft, nouns, numbers, stance, verbs
from monitor.claims.clauses import Clause
from monitor.claims.context import Sentence, Voice
from monitor.claims.lexemes import Hit
from monitor.claims.nouns import Noun
from monitor.claims.stance import Operator

NO_SENDER = frozenset({"UA", "RU", "US", "EU", "NATO", "COALITION", "UN", "BY", "KP"})
_STATUS = {
    stance.YES: "pledged", stance.PERHAPS: "open", stance.NO: "ruled_out", stance.UNDECIDED: "undecided", stance.WITHDREW: "withdrew",
}  # fmt: skip
_REACH = 9  # tokens between a sending verb and the force
_BE = frozenset(
    {"be", "is", "are", "was", "were", "been", "being", "'s", "'re", "go", "goes", "going", "stand", "remain", "stay"}
)
_PLACES_OF_FORCE = frozenset({"UA", "EU", "NATO", "COALITION"})


@dataclass(frozen=True, slots=True)
class Scene:
    """What the article so far says about the force."""

    force: bool  # the article deals with a force for Ukraine
    near: bool  # this sentence or its neighbours name Ukraine, the force or the coalition
    recent: frozenset[str]  # classes of words in this sentence and the two before it
    counted: bool = False  # the sentence before counted those who send troops
    refused: frozenset[str] = frozenset()  # who was read to send no troops, earlier in the article


@dataclass(frozen=True, slots=True)
class Deed:
    """Forces to be sent, as a clause puts it: tokens first to last, whose they are, whether a word in it denies."""

    first: int
    last: int
    owner: tuple[str, ...]
    force: Noun | None
    denied: bool
    verb: int | None  # the sending verb
    passive: bool = False
    nominal: bool = False
    why: str = ""


class TroopRules:
    """The rules of topic troops."""

    def read(self, sentence: Sentence, scene: Scene) -> list[draft.Draft]:
        """Claims of one sentence."""
        if not scene.force or not scene.near:
            return []
        made: list[draft.Draft] = _among(sentence, scene)
        for index, clause in enumerate(sentence.parse.clauses):
            found = self._clause(sentence, index, clause, scene)
            made.extend(found)
            if not any(d.status in ("pledged", "conditional") for d in found):
                made.extend(self._support(sentence, index, clause, scene, made))
        return made

    # ------------------------------------------------------------ deeds

    def _clause(self, sentence: Sentence, index: int, clause: Clause, scene: Scene) -> list[draft.Draft]:
        if is_unreal(sentence, clause) or clause.kind in (clauses.IF,):
            return []
        made: list[draft.Draft] = []
        for deed in _deeds(sentence, clause, scene):
            if _is_elsewhere(sentence, clause, deed):
                continue
            made.extend(self._judge(sentence, index, clause, deed))
        return made

    def _judge(self, sentence: Sentence, index: int, clause: Clause, deed: Deed) -> list[draft.Draft]:
        parse = sentence.parse
        absolute = _absolute(sentence, clause, deed)
        begin = absolute.last + 1 if absolute is not None else clause.first
        pre = [o for o in stance.operators(parse, clause, begin, deed.first) if not _is_inside(o, deed)]
        inner = stance.operators(parse, clause, deed.first, deed.last + 1) if deed.passive else []
        post = stance.after(parse, clause, deed.last + 1, clause.last) if deed.nominal or deed.passive else []
        if (
            deed.nominal
            and any(t.low in ("there", "be", "go", "going") for t in sentence.row[deed.last + 1 : deed.last + 5])
            and deed.force is not None
        ):
            post = stance.operators(parse, clause, deed.last + 1, clause.last)
        senders = _senders(sentence, index, clause, deed, pre)
        if not senders:
            return []
        outer = _governors(sentence, index, clause)
        state = stance.NO if deed.denied else stance.ACT
        if deed.passive or deed.nominal:
            state = stance.evaluate(post, state) if post else state
        state = stance.evaluate([*outer, *pre, *[o for o in inner if o.kind != stance.FIRM]], state)
        if state == stance.ACT:
            state = self._bare(sentence, clause, deed)
        if clause.kind == clauses.WHETHER:
            state = (
                stance.UNDECIDED
                if any(o.kind in (stance.NEGATION, stance.UNDECIDED_CUE) for o in outer)
                else stance.VOID
            )
        status = _STATUS.get(state)
        if status is None and deed.nominal and _needs_approval(sentence, clause):
            status = "conditional"
        if status is None:
            return []
        status, condition = _conditioned(sentence, index, clause, status)
        number, high = _size(sentence, deed) if status in ("pledged", "conditional", "open") else (None, None)
        words = tuple(o.word for o in (*outer, *pre, *inner, *post))
        span = _evidence(sentence, clause, index)
        return [
            draft.Draft(
                topic="troops", subject=code, status=status, start=span[0], end=span[1], sentence=sentence.index, clause=index,
                number=number if len(senders) == 1 else None, number_max=high if len(senders) == 1 else None,
                rule=f"troops.{status}", why=(deed.why, *words, *((condition,) if condition else ())),
            )
            for code in senders
        ]  # fmt: skip

    def _bare(self, sentence: Sentence, clause: Clause, deed: Deed) -> str:
        """A deed without a word of stance: "Italy isn't sending", "is sending troops"; a plain past or a mere noun says nothing."""
        row, kinds = sentence.row, sentence.parse.kinds
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
            and any(
                row[i].low in ("has", "have", "'ve", "'s") for i in range(max(clause.first, deed.verb - 3), deed.verb)
            )
        ):
            return (
                stance.YES
                if row[deed.verb].low in ("offered", "pledged", "committed", "promised", "volunteered", "contributed")
                else stance.VOID
            )
        if deed.verb is not None and row[deed.verb].low in (
            "offered",
            "offers",
            "pledged",
            "pledges",
            "committed",
            "commits",
            "promised",
            "volunteered",
            "contributes",
        ):
            return stance.YES
        return stance.VOID

    # ------------------------------------------------------------ other help

    def _support(
        self, sentence: Sentence, index: int, clause: Clause, scene: Scene, made: list[draft.Draft]
    ) -> list[draft.Draft]:
        """Help that is no ground troops, offered to the force."""
        parse = sentence.parse
        begin = clause.verb
        if begin is None and clause.kind in (clauses.WHILE, clauses.ING):
            begin = next((i for i in range(clause.first, clause.last) if parse.kinds[i] == verbs.ING), None)
        if is_unreal(sentence, clause) or clause.kind == clauses.IF or begin is None:
            return []
        ruled_out = {d.subject for d in made if d.status == "ruled_out"}
        context = (
            bool(ruled_out)
            or bool(scene.refused & set(sentence.subjects[index]))
            or "phrases.mission" in scene.recent
            or "phrases.coalition" in scene.recent
            or ("phrases.force" in scene.recent
            and "cues.awaited" in scene.recent)
        )
        if not context:
            return []
        things = [
            h for h in clause.hits if h.name in ("phrases.support_noun", "phrases.support_verb") and h.first > begin
        ]
        helps = [
            h
            for h in clause.hits
            if h.name in ("verbs.send", "verbs.partake", "cues.firm", "verbs.firm", "phrases.support_verb")
            and h.first >= begin
            and h.lemma not in _WEAK_HELP
        ]
        if not things or not helps or helps[0].first > things[-1].first:
            return []
        if (
            any(
                h.name == "phrases.other_send"
                and h.lemma not in ("jet", "drone", "patriot", "observer", "system", "equipment")
                for h in clause.hits
            )
            and not ruled_out
        ):
            return []
        if _names_ukraine_army(sentence, clause):
            return []
        ops = stance.operators(parse, clause, begin, things[0].first)
        state = stance.evaluate(
            [*_governors(sentence, index, clause), *[o for o in ops if not (o.kind == stance.WITHDRAW)]], stance.ACT
        )
        if state not in (stance.YES, stance.PERHAPS):
            return []
        if any(o.kind == stance.CALL for o in ops) or _called(sentence, clause, things[0].first):
            return []
        codes = [c for c in sentence.subjects[index] if c not in NO_SENDER]
        if not codes or len(codes) > 4 or _foreign(sentence.voices[index], codes):
            return []
        span = _evidence(sentence, clause, index)
        return [
            draft.Draft(
                topic="troops", subject=code, status="support_only", start=span[0], end=span[1], sentence=sentence.index, clause=index,
                rule="troops.support_only", why=(helps[0].lemma, things[0].lemma),
            )
            for code in codes
        ]  # fmt: skip


def _among(sentence: Sentence, scene: Scene) -> list[draft.Draft]:
    """ "Among them are France and Britain", right after so many countries were said to send troops."""
    row = sentence.row
    if not scene.counted or not row or row[0].low not in ("among", "they", "these", "the"):
        return []
    verb = next((i for i, t in enumerate(row[:10]) if t.low in ("are", "include", "were", "included", "is")), None)
    if verb is None or (row[0].low != "among" and row[verb].low not in ("include", "included")):
        return []
    codes = [
        c for n in sentence.parse.nouns if n.first > verb and n.kind == nouns.ACTOR and not n.is_former for c in n.codes
    ]
    return [
        draft.Draft(
            topic="troops", subject=code, status="pledged", start=sentence.start, end=sentence.end, sentence=sentence.index,
            rule="troops.pledged", why=("among those counted before",),
        )
        for code in dict.fromkeys(codes)
        if code not in NO_SENDER
    ]  # fmt: skip


_WEAK_HELP = frozenset(
    {
        "have",
        "get",
        "see",
        "involve",
        "want",
        "hope",
        "expect",
        "seek",
        "ask",
        "mean",
        "tell",
        "declare",
        "lead",
        "go",
        "enter",
        "move",
        "land",
        "be in",
        "confirm",
        "announce",
    }
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
                and any(h.name == "phrases.other_send" for h in clause.hits)
            ):
                return True
    return False


def _deeds(sentence: Sentence, clause: Clause, scene: Scene) -> Iterator[Deed]:
    used: set[int] = set()
    for noun in clause.nouns:
        hit = _force_hit(sentence, noun)
        if hit is None:
            continue
        deed = _with_force(sentence, clause, noun, hit, used)
        if deed is not None:
            used.update(range(deed.first, deed.last + 1))
            yield deed
    for hit in clause.hits:
        if hit.name not in ("verbs.partake", "verbs.send", "phrases.deployment") or used.intersection(
            range(hit.first, hit.last + 1)
        ):
            continue
        found = _with_mission(sentence, clause, hit, scene) or _elliptical(sentence, clause, hit, scene)
        if found is not None:
            used.update(range(found.first, found.last + 1))
            yield found
    if not used:
        bare = _unsaid(sentence, clause, scene)
        if bare is not None:
            yield bare


def _force_hit(sentence: Sentence, noun: Noun) -> Hit | None:
    """The word of force that heads a phrase."""
    hits = [
        h for h in sentence.parse.hits if h.name == "phrases.force" and noun.first <= h.first and h.last == noun.last
    ]
    if not hits or any(
        h.name == "phrases.other_force" and h.first <= noun.last and h.last >= noun.first for h in sentence.parse.hits
    ):
        return None
    if any(c in ("UA", "RU", "KP", "BY") for c in noun.codes):
        return None
    return max(hits, key=lambda h: h.last - h.first)


def _with_force(sentence: Sentence, clause: Clause, noun: Noun, hit: Hit, used: set[int]) -> Deed | None:
    row, kinds = sentence.row, sentence.parse.kinds
    denied = any(t.low in ("no", "zero", "neither") for t in row[noun.first : noun.last + 1])
    owner = tuple(c for c in noun.codes if c not in NO_SENDER)
    if not owner:
        source = next(
            (
                n
                for n in clause.nouns
                if n.preposition == "from"
                and n.first <= noun.last + 3
                and n.first > noun.last
                and n.kind == nouns.ACTOR
            ),
            None,
        )
        owner = tuple(c for c in source.codes if c not in NO_SENDER) if source is not None else ()
    weak = hit.lemma in _WEAK_FORCE
    if noun.codes and not owner:
        return None
    for other in reversed(clause.hits):
        if other.last >= noun.first or noun.first - other.last > _REACH or other.first in used:
            continue
        if other.name == "verbs.send" and kinds[other.first] is not None and _is_direct(sentence, other, noun):
            if (
                other.lemma in ("have", "get", "see", "bring", "give", "move", "host", "introduce", "involve")
                and weak
                and not owner
            ):
                continue
            if other.lemma in ("have", "get", "see") and not _in_ukraine(sentence, noun.last + 1, clause.last):
                continue
            return Deed(
                other.first,
                noun.last,
                owner,
                noun,
                denied,
                other.first,
                why=f"{row[other.first].low} {row[noun.last].low}",
            )
        if other.name == "phrases.deployment" and kinds[other.first] is None and _is_of(sentence, other, noun):
            return Deed(
                other.first,
                noun.last,
                owner,
                noun,
                denied or _no_before(row, other.first),
                None,
                nominal=True,
                why=f"{row[other.first].low} of {row[noun.last].low}",
            )
    passive = _passive_verb(sentence, clause, noun)
    if passive is not None:
        return Deed(
            noun.first,
            passive,
            owner or _own(sentence, clause, noun),
            noun,
            denied,
            passive,
            passive=True,
            why=f"{row[noun.last].low} {row[passive].low}",
        )
    if hit.lemma in ("troop contribution", "troop contingent", "troop deployment"):
        return Deed(noun.first, noun.last, owner, noun, denied, None, nominal=True, why=hit.lemma)
    if (not weak or owner) and _is_object_of_stance(sentence, clause, noun):
        return Deed(noun.first, noun.last, owner, noun, denied, None, nominal=True, why=row[noun.last].low)
    if owner and (denied or _is_there(sentence, clause, noun)):
        return Deed(noun.first, noun.last, owner, noun, denied, None, nominal=True, why=row[noun.last].low)
    if denied and _in_ukraine(sentence, noun.last + 1, clause.last) and not weak:
        return Deed(noun.first, noun.last, owner, noun, denied, None, nominal=True, why=row[noun.last].low)
    return None


_STANCE = frozenset({"verbs.firm", "verbs.refuse", "verbs.withdraw", "cues.firm", "cues.refuse", "verbs.soft"})
_NO_STANCE = frozenset(
    {
        "discuss",
        "debate",
        "review",
        "talk about",
        "speak of",
        "speak about",
        "assess",
        "announce",
        "confirm",
        "declare",
        "back",
        "tell",
        "notify",
        "expect",
        "approve",
        "endorse",
        "want",
        "plan",
        "support",
        "avoid",
        "analyse",
        "suggest",
        "welcome",
        "prepare",
        "seem",
        "appear",
        "evaluate",
        "study",
        "examine",
        "explore",
        "look at",
        "prepared",
    }
)


def _is_object_of_stance(sentence: Sentence, clause: Clause, noun: Noun) -> bool:
    """ "excludes soldiers", "weighing a battalion", "a pledge of 700 troops"."""
    for hit in clause.hits:
        if hit.name not in _STANCE or hit.lemma in _NO_STANCE or not 0 <= noun.first - hit.last - 1 <= 3:
            continue
        between = [t for t in sentence.row[hit.last + 1 : noun.first]]
        if all(
            t.low in ("of", "for", "its", "to", "up", "about", "around", "some")
            or t.is_number
            or t.low in closed.DETERMINERS
            for t in between
        ):
            return not any(t.low == "for" for t in between) or hit.lemma in ("offer", "pledge", "commitment")
    return False


_WEAK_FORCE = frozenset(
    {
        "force",
        "unit",
        "personnel",
        "company",
        "military",
        "army",
        "marine",
        "contingent",
        "armed force",
        "men",
        "men and women",
    }
)


def _own(sentence: Sentence, clause: Clause, noun: Noun) -> tuple[str, ...]:
    """ "our soldiers", "its troops"."""
    first = sentence.row[noun.first].low
    if first in ("our", "my"):
        voice = sentence.voices[sentence.parse.clauses.index(clause)]
        return (voice.code,) if voice is not None and voice.code and not voice.private else ()
    if first in ("its", "his", "her", "their"):
        index = sentence.parse.clauses.index(clause)
        for above in range(index, -1, -1):
            codes = sentence.subjects[above]
            if codes:
                return codes
        voice = sentence.voices[index]
        return (voice.code,) if voice is not None and voice.code and not voice.private else ()
    return ()


def _is_direct(sentence: Sentence, verb: Hit, noun: Noun) -> bool:
    """Whether the force is what the verb sends: nothing but numbers, places and joined things between."""
    row, kinds = sentence.row, sentence.parse.kinds
    if noun.preposition in ("to", "for", "in", "with", "on", "from", "by", "at", "into", "against"):
        return False  # "offer support to the force"
    for index in range(verb.last + 1, noun.first):
        if kinds[index] is not None and kinds[index] != verbs.PARTICIPLE:
            return False
        if row[index].is_mark and row[index].text not in ",“”\"‘’'-":
            return False
        if row[index].low in closed.SUBORDINATORS or row[index].low in ("about", "against", "on", "by", "that"):
            return False
    between = [n for n in sentence.parse.nouns if verb.last < n.first < noun.first]
    return all(
        (n.preposition is None
        and (row[n.last].is_number or n.kind in (nouns.THING, nouns.FORCE, nouns.GROUP)))
        or n.preposition in ("of", "to", "up", "than", "between", "from", "around", "about")
        for n in between
    )


def _is_of(sentence: Sentence, head: Hit, noun: Noun) -> bool:
    row = sentence.row
    between = [row[i].low for i in range(head.last + 1, noun.first)]
    if not between:
        return sentence.parse.kinds[head.first] is None and row[head.last].low in ("sending",)
    return (
        between[0] in ("of", "for")
        and len(between) <= 5
        and all(not row[i].is_mark for i in range(head.last + 1, noun.first))
    )


def _no_before(row: list, first: int) -> bool:  # type: ignore[type-arg]
    return first > 0 and row[first - 1].low in ("no", "any")


def _passive_verb(sentence: Sentence, clause: Clause, noun: Noun) -> int | None:
    """ "troops would be deployed", "soldiers will go", "troops to be sent"."""
    row, kinds = sentence.row, sentence.parse.kinds
    place = noun.last + 1
    end = min(clause.last, noun.last + 10)
    while place < end:
        if row[place].is_mark and row[place].text not in ',“”"':
            return None
        hits = [h for h in clause.hits if h.first == place and h.name in ("verbs.send", "verbs.partake")]
        if (
            hits
            and kinds[place] in (verbs.PARTICIPLE, verbs.INFINITIVE)
            and hits[0].lemma not in ("have", "see", "get", "give", "offer", "propose")
        ):
            lemma_passive = any(
                row[i].low in ("be", "been", "being", "is", "are", "were", "was") for i in range(noun.last + 1, place)
            )
            intransitive = any(
                h.lemma.split()[0]
                in ("go", "take", "participate", "serve", "deploy", "be", "set", "enter", "operate", "join")
                for h in hits
            )
            if (kinds[place] == verbs.PARTICIPLE and lemma_passive) or (kinds[place] == verbs.INFINITIVE and intransitive):
                return place
        inside = next((n for n in clause.nouns if n.first <= place <= n.last), None)
        if inside is not None and inside.kind == nouns.ACTOR:
            place, end = inside.last + 1, min(clause.last, max(end, inside.last + 8))
            continue
        if row[place].low in closed.COORDINATORS or row[place].low in closed.RELATIVES:
            return None
        place += 1
    return None


def _is_there(sentence: Sentence, clause: Clause, noun: Noun) -> bool:
    """ "there will be Polish soldiers", "Polish soldiers will be in Ukraine"."""
    row = sentence.row
    window = [row[i].low for i in range(max(clause.first, noun.first - 6), noun.first)]
    if "there" in window and any(w in _BE for w in window):
        return True
    tail = [row[i].low for i in range(noun.last + 1, min(clause.last, noun.last + 6))]
    return (
        bool(tail)
        and any(w in _BE or w == "have" for w in tail)
        and (_in_ukraine(sentence, noun.last + 1, clause.last) or "there" in tail)
    )


def _in_ukraine(sentence: Sentence, first: int, last: int) -> bool:
    row = sentence.row
    for index in range(first, min(last, len(row))):
        mention = row[index].mention
        if mention is not None and mention.code == "UA":
            return True
        if row[index].low == "ground" and index and row[index - 1].low == "the":
            return True
    return False


_INTRANSITIVE = frozenset({"deploy", "redeploy", "send", "commit"})


def _with_mission(sentence: Sentence, clause: Clause, hit: Hit, scene: Scene) -> Deed | None:
    """ "take part in the force", "join a peacekeeping mission", "deploy to Ukraine", "troop deployment"."""
    row, kinds = sentence.row, sentence.parse.kinds
    if hit.name == "phrases.deployment":
        if kinds[hit.first] is not None:
            return None
        owner = _noun_owner(sentence, hit)
        military = row[hit.last].low in ("deployment", "dispatch", "deployments") or row[hit.first].low in (
            "troop",
            "military",
            "ground",
        )
        target = _mission_after(sentence, clause, hit.last) or (
            military and _in_ukraine(sentence, hit.last + 1, clause.last)
        )
        if not target and not (military and "phrases.force" in scene.recent):
            return None
        return Deed(
            hit.first,
            hit.last,
            owner,
            None,
            _no_before(row, hit.first) and row[hit.first - 1].low == "no",
            None,
            nominal=True,
            why=row[hit.last].low,
        )
    if kinds[hit.first] is None:
        return None
    if hit.name == "verbs.partake" and hit.lemma not in _VAGUE:
        mission = _mission_after(sentence, clause, hit.last)
        if mission is None or any(
            h.name in ("phrases.meeting",) and hit.last < h.first <= mission.last + 3 for h in clause.hits
        ):
            return None
        if mission.first - hit.last > 6 or any(
            h.name == "phrases.support_noun" and hit.last < h.first < mission.first for h in clause.hits
        ):
            return None
        return Deed(hit.first, mission.last, (), None, False, hit.first, why=f"{hit.lemma} {row[mission.last].low}")
    if hit.name == "verbs.partake" and hit.lemma in (
        "be on the ground",
        "set foot in",
        "go to @UA",
        "be deployed",
        "be stationed",
        "go there",
        "set foot",
    ):
        if (
            hit.lemma in ("be deployed", "be stationed", "go there", "be on the ground", "set foot")
            and "phrases.force" not in scene.recent
        ):
            return None
        return Deed(hit.first, hit.last, (), None, False, hit.first, why=hit.lemma)
    if hit.name == "verbs.send" and hit.lemma in _INTRANSITIVE and kinds[hit.first] in (verbs.INFINITIVE, verbs.ING):
        following = row[hit.last + 1].low if hit.last + 1 < len(row) else ""
        if (
            following in ("to", "in", "there", "anyone", "anybody", "any", "them")
            and (
                _in_ukraine(sentence, hit.last + 1, min(clause.last, hit.last + 6))
                or following in ("there", "anyone", "anybody", "any", "them")
            )
            and "phrases.force" in scene.recent
        ):
            return Deed(hit.first, hit.last, (), None, False, hit.first, why=f"{row[hit.first].low} {following}")
    return None


_VAGUE = frozenset({"lead", "send", "help with", "help in", "go", "support", "enter", "be present", "be there", "be absent", "be in", "step into", "operate in",
                    "be deployed", "be stationed", "set foot in", "set foot", "be on the ground", "go to @UA", "go there", "serve", "do so", "do that"})  # fmt: skip


_GOING = frozenset({"take part", "participate", "go", "be present", "be there", "be involved", "join in", "join", "be on the ground", "be part of", "contribute", "go there",
                    "send", "help", "play * part|role", "serve", "be in", "do so", "do that"})  # fmt: skip
_NOBODY = frozenset(
    {"any", "anybody", "anyone", "them", "some", "none", "it", "nobody", "troops", "those", "one", "ours", "either"}
)
_ENDS = frozenset(
    {
        "when",
        "once",
        "if",
        "after",
        "there",
        "in",
        "anywhere",
        "now",
        "as",
        "but",
        "and",
        "without",
        "with",
        "or",
        "unless",
        "together",
        "alongside",
        "too",
        "militarily",
        "on",
        "until",
        "yet",
        "to",
    }
)


def _elliptical(sentence: Sentence, clause: Clause, hit: Hit, scene: Scene) -> Deed | None:
    """ "taking part", "won't be providing any", "isn't going anywhere": what is left unsaid is the force, spoken of just before."""
    if (
        not scene.recent & {"phrases.force", "phrases.mission", "phrases.deployment"}
        or sentence.parse.kinds[hit.first] is None
    ):
        return None
    if any(
        h.name in ("phrases.meeting", "phrases.other_matter", "phrases.coalition", "phrases.support_noun")
        for h in clause.hits
    ):
        return None
    row = sentence.row
    following = row[hit.last + 1] if hit.last + 1 < len(row) else None
    if hit.name == "verbs.send" and hit.lemma in (
        "send",
        "provide",
        "deploy",
        "contribute",
        "commit",
        "offer",
        "have",
        "supply",
    ):
        if following is not None and following.low in _NOBODY and (hit.lemma != "have"):
            return Deed(
                hit.first,
                hit.last + 1,
                (),
                None,
                following.low in ("nobody", "none"),
                hit.first,
                why=f"{row[hit.first].low} {following.low}",
            )
        return None
    if (
        hit.name == "verbs.partake"
        and hit.lemma in ("be involved in", "participate in", "take part in", "be in")
        and _in_ukraine(sentence, hit.last + 1, hit.last + 3)
    ):
        return Deed(hit.first, hit.last, (), None, False, hit.first, why=hit.lemma)
    if hit.name != "verbs.partake" or hit.lemma not in _GOING:
        return None
    end = following is None or following.is_mark or following.low in _ENDS
    if (
        hit.lemma == "go"
        and following is not None
        and following.low == "to"
        and not _in_ukraine(sentence, hit.last + 1, hit.last + 4)
    ):
        return None
    if hit.lemma == "go" and row[hit.first].low == "going" and following is not None and following.low == "to":
        return None
    if hit.lemma in ("join", "contribute", "send", "help", "be part of", "be in", "serve", "be involved") and not (
        following is None or following.is_mark or following.low in ("it", "in", "if", "when", "once", "there")
    ):
        return None
    if (
        not end
        or (following is not None
        and following.low == "in"
        and not (
            _in_ukraine(sentence, hit.last + 1, hit.last + 5)
            or row[min(hit.last + 2, len(row) - 1)].low in ("it", "this", "that", "any", "such")
        ))
    ):
        return None
    return Deed(hit.first, hit.last, (), None, False, hit.first, why=hit.lemma)


def _unsaid(sentence: Sentence, clause: Clause, scene: Scene) -> Deed | None:
    """A stance alone ("no decision has been made", "we have not ruled it out") on the force spoken of just before."""
    if not scene.recent & {"phrases.force", "phrases.deployment"} or any(
        h.name
        in ("phrases.other_matter", "phrases.meeting", "phrases.support_noun", "phrases.guarantee", "phrases.backstop")
        for h in clause.hits
    ):
        return None
    row = sentence.row
    for hit in clause.hits:
        if hit.name == "cues.undecided":
            return Deed(
                hit.last + 1,
                hit.last,
                (),
                None,
                False,
                None,
                nominal=True,
                why=sentence.text(hit.first, hit.last).lower(),
            )
        if (
            hit.name == "verbs.refuse"
            and hit.lemma in ("rule out", "rule * out", "exclude")
            and sentence.parse.kinds[hit.first] is not None
        ):
            inside = [row[i].low for i in range(hit.first, min(hit.last + 2, len(row)))]
            if any(w in ("it", "that", "this", "anything", "nothing") for w in inside):
                return Deed(
                    hit.last + 1,
                    hit.last,
                    (),
                    None,
                    False,
                    None,
                    nominal=True,
                    why=sentence.text(hit.first, hit.last).lower(),
                )
    return None


def _mission_after(sentence: Sentence, clause: Clause, last: int) -> Hit | None:
    for hit in clause.hits:
        if hit.name == "phrases.mission" and last < hit.first <= last + 9:
            return hit
    return None


def _noun_owner(sentence: Sentence, hit: Hit) -> tuple[str, ...]:
    """ "German participation", "Turkey's deployment"."""
    noun = next((n for n in sentence.parse.nouns if n.first <= hit.first and n.last >= hit.last), None)
    if noun is None:
        return ()
    return tuple(c for c in noun.codes if c not in NO_SENDER)


# ---------------------------------------------------------------- who, where, how many


def _senders(sentence: Sentence, index: int, clause: Clause, deed: Deed, pre: list[Operator]) -> list[str]:
    voice = sentence.voices[index]
    if voice is not None and (voice.private or voice.code == "RU"):
        return []
    if deed.verb is not None and not deed.passive and _called(sentence, clause, deed.first):
        return []
    if clause.subject is not None and clause.subject.kind == nouns.PRIVATE and clause.subject.last < deed.first:
        return []
    codes = deed.owner
    if not codes:
        absolute = _absolute(sentence, clause, deed)
        codes = _possessor(sentence, clause, pre) or (absolute.codes if absolute is not None else ())
    if not codes and deed.force is not None:
        codes = _own(sentence, clause, deed.force) if sentence.row[deed.force.first].low in ("our", "my") else ()
    if not codes:
        codes = _agent(sentence, index, clause, deed)
    if not codes and voice is not None and voice.code and not voice.private and not voice.unnamed:
        subject = clause.subject
        if (
            subject is None
            or (subject.kind == nouns.PRONOUN
            and subject.head in ("there", "it", "we", "this", "that"))
            or deed.passive
            or deed.nominal
            or (subject.kind in (nouns.THING, nouns.FORCE)
            and not subject.codes)
        ):
            if subject is None or subject.kind != nouns.GROUP:
                codes = (voice.code,)
    found = [c for c in dict.fromkeys(codes) if c not in NO_SENDER]
    if _foreign(voice, found):
        return []
    return found


def _possessor(sentence: Sentence, clause: Clause, pre: list[Operator]) -> tuple[str, ...]:
    """ "Italy's refusal to send", "Germany's readiness to"."""
    for operator in reversed(pre):
        if sentence.parse.kinds[operator.first] is None:
            noun = next((n for n in clause.nouns if n.first <= operator.first <= n.last), None)
            if noun is not None and noun.kind == nouns.THING and noun.codes:
                return noun.codes
    return ()


def _absolute(sentence: Sentence, clause: Clause, deed: Deed) -> Noun | None:
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
        or (clause.verb is None
        and noun.preposition is None)
        or (noun.first
        and row[noun.first - 1].low in ("and", ",", "while"))
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


def _agent(sentence: Sentence, index: int, clause: Clause, deed: Deed) -> tuple[str, ...]:
    """Who acts: the phrase behind "by", the nearest subject phrase of an infinitive's governor, else the clause's subject."""
    for noun in clause.nouns:
        if noun.preposition == "by" and noun.first > deed.last and noun.codes and noun.kind == nouns.ACTOR:
            return noun.codes
        if noun.preposition == "by" and noun.last < deed.first and noun.codes and noun.kind == nouns.ACTOR:
            return noun.codes
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


def _called(sentence: Sentence, clause: Clause, first: int) -> bool:
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


def _foreign(voice: Voice | None, codes: list[str] | tuple[str, ...]) -> bool:
    """One government speaking for another binds nobody but itself."""
    return (
        voice is not None and voice.code is not None and not voice.unnamed and bool(codes) and voice.code not in codes
    )


def _is_inside(operator: Operator, deed: Deed) -> bool:
    return deed.first <= operator.first <= deed.last and not deed.passive


def _governors(sentence: Sentence, index: int, clause: Clause) -> list[Operator]:
    """Operators of the clause above that reach into this one ("does not rule out that", "has not decided whether")."""
    if clause.kind not in (clauses.THAT, clauses.WHETHER, clauses.WH) or not index:
        return []
    above = sentence.parse.clauses[index - 1]
    found = stance.operators(sentence.parse, above, above.verb if above.verb is not None else above.first, above.last)
    kept = [o for o in found if o.kind in (stance.REFUSE, stance.NEGATION, stance.UNDECIDED_CUE, stance.SOFT)]
    says = [h for h in above.hits if h.name == "verbs.say" and h.last == above.last - 1]
    if clause.kind == clauses.THAT and says and not any(o.kind == stance.REFUSE for o in kept):
        return []  # "did not say that", "suggested that": no stance of the one who acts
    return kept


def _is_elsewhere(sentence: Sentence, clause: Clause, deed: Deed) -> bool:
    """Forces bound for another country than Ukraine."""
    row = sentence.row
    for noun in clause.nouns:
        if (
            noun.first <= deed.last
            or noun.preposition not in ("to", "in", "into", "inside", "on", "at")
            or not noun.mentions
        ):
            continue
        if noun.first - deed.last > 8:
            break
        mention = noun.mentions[0]
        if (
            mention.kind in ("country", "demonym")
            and mention.code not in _PLACES_OF_FORCE
            and row[noun.first - 1].low in ("to", "in", "into", "inside")
        ):
            return "UA" not in noun.codes
    return False


def is_unreal(sentence: Sentence, clause: Clause) -> bool:
    """A question, a hypothesis, a poll."""
    if sentence.is_question:
        return True
    return any(h.name == "cues.poll" for h in sentence.parse.hits)


def _conditioned(sentence: Sentence, index: int, clause: Clause, status: str) -> tuple[str, str]:
    """(status, the words of the condition): pledges and refusals that hang on more than the ceasefire are conditional."""
    if status not in ("pledged", "ruled_out", "open"):
        return status, ""
    word = _condition(sentence, index, clause)
    if not word:
        return status, ""
    if status == "open":
        return ("conditional" if word.startswith("only") else "open"), word
    if status == "ruled_out" and not re.match(r"without|unless|until", word):
        return status, ""
    return "conditional", word


def _condition(sentence: Sentence, index: int, clause: Clause) -> str:
    parse = sentence.parse
    for hit in clause.hits:
        if hit.name == "cues.condition" and not _is_awaited(sentence, hit.last + 1, clause.last):
            return sentence.text(hit.first, hit.last).lower()
    for place in range(clause.first, clause.last - 1):
        if sentence.row[place].low == "without" and any(
            h.name == "cues.condition_of" and place < h.first <= place + 7 for h in clause.hits
        ):
            return "without"
    for neighbour in parse.clauses[index + 1 : index + 2]:
        if (
            neighbour.kind in (clauses.AND, clauses.RESUME)
            and any(h.name == "cues.condition" for h in neighbour.hits)
            and any(h.lemma in ("do so", "do that") for h in neighbour.hits)
        ):
            return "only"
    for other, neighbour in enumerate(parse.clauses):
        if neighbour.kind != clauses.IF or abs(other - index) > 2:
            continue
        if any(h.name == "cues.condition_of" for h in neighbour.hits):
            return sentence.text(neighbour.first, min(neighbour.first + 3, neighbour.last - 1)).lower()
    return ""


def _needs_approval(sentence: Sentence, clause: Clause) -> bool:
    """ "any deployment would require the parliament's approval"."""
    return any(
        h.name == "cues.condition"
        and h.lemma.split()[0]
        in (
            "require",
            "requires",
            "need",
            "needs",
            "must",
            "would",
            "need|needs|needed|has|have|had",
            "subject",
            "parliamentary",
            "approved",
        )
        for h in clause.hits
    )


def _is_awaited(sentence: Sentence, first: int, last: int) -> bool:
    """Whether a condition names the ceasefire and nothing else."""
    names = {h.name for h in sentence.parse.hits if first <= h.first < min(last, first + 9)}
    return "cues.awaited" in names and "cues.condition_of" not in names


def _size(sentence: Sentence, deed: Deed) -> tuple[int | None, int | None]:
    """The soldiers of a pledge: a number in the phrase of force."""
    noun = deed.force
    if noun is None:
        return None, None
    row = sentence.row
    first = noun.first
    while first > 0 and (
        row[first - 1].is_number
        or row[first - 1].low in ("to", "between", "and", "up", "of", "than", "least", "-")
        or (row[first - 1].low.isalpha()
        and numbers.value(row[first - 1].low))
    ):
        first -= 1
    text = sentence.text(first, noun.last)
    for _, _, number, high in numbers.find(text):
        if number >= 10:
            return number, high
    return None, None


def _evidence(sentence: Sentence, clause: Clause, index: int) -> tuple[int, int]:
    """Where the clause stands in the text, with the condition that follows it."""
    first, last = clause.first, clause.last
    parse = sentence.parse
    if index + 1 < len(parse.clauses) and parse.clauses[index + 1].kind == clauses.IF:
        last = parse.clauses[index + 1].last
    if (
        clause.subject is not None
        and clause.subject.last < first
        and clause.kind in (clauses.RESUME, clauses.AND, clauses.REL, clauses.ING)
    ):
        first = clause.subject.first
    row = sentence.row
    return sentence.start + row[first].start, sentence.start + row[last - 1].end
