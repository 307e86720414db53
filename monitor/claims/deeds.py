"""Forces to be sent, as the words of a clause put it: the verb or noun of sending, the force, whose it is. Judges no stance."""

from collections.abc import Iterator

from monitor.claims import closed, ellipsis, nouns, setting, verbs
from monitor.claims.clauses import Clause
from monitor.claims.context import Sentence
from monitor.claims.lexemes import Hit
from monitor.claims.nouns import Noun

_REACH = 9  # tokens between a sending verb and the force

_BE = frozenset(
    {"be", "is", "are", "was", "were", "been", "being", "'s", "'re", "go", "goes", "going", "stand", "remain", "stay"}
)


def deeds(sentence: Sentence, clause: Clause, scene: setting.Scene) -> Iterator[setting.Deed]:
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
        found = ellipsis.with_mission(sentence, clause, hit, scene) or ellipsis.elliptical(sentence, clause, hit, scene)
        if found is not None:
            used.update(range(found.first, found.last + 1))
            yield found
    if not used:
        bare = ellipsis.unsaid(sentence, clause, scene)
        if bare is not None:
            yield bare


def _force_hit(sentence: Sentence, noun: Noun) -> Hit | None:
    """The word of force that heads a phrase."""
    hits = [
        h for h in sentence.parse.hits if h.name == "phrases.force" and noun.first <= h.first and h.last == noun.last
    ]
    if not hits and noun.kind == nouns.FORCE and sentence.row[noun.last].mention is not None:
        return Hit("phrases.force", noun.last, noun.last, "troop")  # the Bundeswehr
    if not hits or any(
        h.name == "phrases.other_force" and h.first <= noun.last and h.last >= noun.first for h in sentence.parse.hits
    ):
        return None
    if any(c in ("UA", "RU", "KP", "BY") for c in noun.codes):
        return None
    return max(hits, key=lambda h: h.last - h.first)


def _with_force(sentence: Sentence, clause: Clause, noun: Noun, hit: Hit, used: set[int]) -> setting.Deed | None:
    row, kinds = sentence.row, sentence.parse.kinds
    denied = any(t.low in ("no", "zero", "neither") for t in row[noun.first : noun.last + 1])
    apart = noun.first > 1 and row[noun.first - 1].low == "not" and row[noun.first - 2].low in ("but", ",")
    owner = tuple(c for c in noun.codes if c not in setting.NO_SENDER)
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
        owner = tuple(c for c in source.codes if c not in setting.NO_SENDER) if source is not None else ()
    weak = hit.lemma in _WEAK_FORCE
    if noun.codes and not owner:
        return None
    for other in reversed(clause.hits):
        if other.last >= noun.first or noun.first - other.last > _REACH or other.first in used:
            continue
        if other.lemma == "host":
            continue  # "Lithuania will host a German brigade"
        if other.name == "verbs.send" and kinds[other.first] is not None and _is_direct(sentence, other, noun):
            if (
                other.lemma in ("have", "get", "see", "bring", "give", "move", "host", "introduce", "involve")
                and weak
                and not owner
            ):
                continue
            if other.lemma in ("have", "get", "see") and not setting.in_ukraine(sentence, noun.last + 1, clause.last):
                continue
            return setting.Deed(
                other.first,
                noun.last,
                owner,
                noun,
                denied or apart,  # "will provide logistics, but not troops"
                other.first,
                why=f"{row[other.first].low} {row[noun.last].low}",
            )
        if (
            other.name == "phrases.deployment"
            and kinds[other.first] is None
            and (_is_of(sentence, other, noun) or (noun.preposition == "including" and noun.first - other.last <= 3))
        ):
            return setting.Deed(
                other.first,
                noun.last,
                owner,
                noun,
                denied or setting.no_before(row, other.first),
                None,
                nominal=True,
                why=f"{row[other.first].low} of {row[noun.last].low}",
            )
    if denied and noun.first and row[noun.first - 1].low in ("but", "not") and not weak:
        giving = next((h for h in clause.hits if h.name in ("verbs.send", "verbs.help") and h.last < noun.first), None)
        if (
            giving is not None and kinds[giving.first] is not None
        ):  # "will contribute ships and training, but no troops"
            return setting.Deed(
                noun.first, noun.last, owner, noun, denied, None, nominal=True, why=f"but no {row[noun.last].low}"
            )
    resized = _resized(sentence, clause, noun)
    if resized is not None:
        return setting.Deed(
            resized.first, noun.last, owner, noun, denied, resized.first, why=f"{resized.lemma} {row[noun.last].low}"
        )
    passive = _passive_verb(sentence, clause, noun)
    if passive is not None:
        return setting.Deed(
            noun.first,
            passive,
            owner or own(sentence, clause, noun),
            noun,
            denied,
            passive,
            passive=True,
            why=f"{row[noun.last].low} {row[passive].low}",
        )
    if hit.lemma in ("troop contribution", "troop contingent", "troop deployment"):
        return setting.Deed(noun.first, noun.last, owner, noun, denied, None, nominal=True, why=hit.lemma)
    taken_back = any(h.name == "verbs.withdraw" and "*" in h.lemma and h.last < noun.first for h in clause.hits)
    if (not weak or owner or taken_back) and _is_object_of_stance(sentence, clause, noun):
        return setting.Deed(noun.first, noun.last, owner, noun, denied, None, nominal=True, why=row[noun.last].low)
    if owner and noun is clause.subject and _serves(sentence, clause, noun):
        return setting.Deed(
            noun.first, noun.last, owner, noun, denied, None, nominal=True, why=f"{row[noun.last].low} serve"
        )
    if owner and noun is clause.subject and _is_sized(sentence, clause):
        return setting.Deed(
            noun.first, noun.last, owner, noun, denied, None, nominal=True, why=f"{row[noun.last].low} number",
            figure=(noun.last + 1, min(len(row) - 1, noun.last + 10)),
        )  # fmt: skip
    if owner and (denied or _is_there(sentence, clause, noun)):
        return setting.Deed(noun.first, noun.last, owner, noun, denied, None, nominal=True, why=row[noun.last].low)
    if denied and setting.in_ukraine(sentence, noun.last + 1, clause.last) and not weak:
        return setting.Deed(noun.first, noun.last, owner, noun, denied, None, nominal=True, why=row[noun.last].low)
    return None


def _resized(sentence: Sentence, clause: Clause, noun: Noun) -> Hit | None:
    """ "raise its contribution from 150 to 250 soldiers": the verb, where the phrase is the new size."""
    row = sentence.row
    if not row[noun.first].is_number or noun.first == 0 or row[noun.first - 1].low != "to":
        return None
    for hit in clause.hits:
        if (
            hit.name == "verbs.resize"
            and 0 < noun.first - hit.last <= 12
            and sentence.parse.kinds[hit.first] is not None
        ):
            return hit
    return None


_SERVING = frozenset(
    "help form guard patrol protect secure monitor keep train serve operate support enforce police make".split()
)


def _serves(sentence: Sentence, clause: Clause, noun: Noun) -> bool:
    """ "British soldiers would help to keep the peace": a deed of theirs to come, not denied."""
    verb = clause.verb
    if verb is None or verb - noun.last > 8 or sentence.row[verb].low not in closed.MODALS:
        return False
    following = sentence.row[verb + 1] if verb + 1 < len(sentence.row) else None
    return following is not None and not _SERVING.isdisjoint(following.keys)


_STANCE = frozenset({"verbs.firm", "verbs.refuse", "verbs.withdraw", "cues.firm", "cues.refuse", "verbs.soft"})

_NO_STANCE = frozenset(
    (
        "discuss|debate|review|talk about|speak of|speak about|assess|announce|confirm|declare|back|tell|notify|"
        "expect|approve|endorse|want|plan|support|avoid|analyse|suggest|welcome|prepare|seem|appear|evaluate|study|"
        "examine|explore|look at|prepared"
    ).split("|")
)


def _is_object_of_stance(sentence: Sentence, clause: Clause, noun: Noun) -> bool:
    """ "excludes soldiers", "weighing a battalion", "a pledge of 700 troops"."""
    for hit in clause.hits:
        if hit.name not in _STANCE or hit.lemma in _NO_STANCE or not 0 <= noun.first - hit.last - 1 <= 3:
            continue
        between = list(sentence.row[hit.last + 1 : noun.first])
        if all(
            t.low in ("of", "for", "its", "to", "up", "about", "around", "some")
            or t.is_number
            or t.low in closed.DETERMINERS
            for t in between
        ):
            return not any(t.low == "for" for t in between) or hit.lemma in ("offer", "pledge", "commitment")
    return False


_WEAK_FORCE = frozenset(
    ("force|unit|personnel|company|military|army|marine|contingent|armed force|men|men and women").split("|")
)


def own(sentence: Sentence, clause: Clause, noun: Noun) -> tuple[str, ...]:
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
        for above in range(index - 1, -1, -1):  # "the announcement by Croatia and Romania that their troops"
            for owner in reversed(sentence.parse.clauses[above].nouns):
                if owner.preposition in ("by", "of") and owner.acts:
                    return owner.codes
        voice = sentence.voices[index]
        return (voice.code,) if voice is not None and voice.code and not voice.private else ()
    return ()


def _is_direct(sentence: Sentence, verb: Hit, noun: Noun) -> bool:
    """Whether the force is what the verb sends: nothing but numbers, places and joined things between."""
    row, kinds = sentence.row, sentence.parse.kinds
    if noun.preposition == "with" and verb.lemma.endswith(" with"):
        return noun.first - verb.last <= 2  # "back this with boots on the ground"
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
        (n.preposition is None and (row[n.last].is_number or n.kind in (nouns.THING, nouns.FORCE, nouns.GROUP)))
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
            if (kinds[place] == verbs.PARTICIPLE and lemma_passive) or (
                kinds[place] == verbs.INFINITIVE and intransitive
            ):
                return place
        inside = nouns.at(clause.nouns, place)
        if inside is not None and inside.kind == nouns.ACTOR:
            place, end = inside.last + 1, min(clause.last, max(end, inside.last + 8))
            continue
        if row[place].low in closed.COORDINATORS or row[place].low in closed.RELATIVES:
            return None
        place += 1
    return None


_SIZING = frozenset("number comprise total amount consist".split())


def _is_sized(sentence: Sentence, clause: Clause) -> bool:
    """ "The British contingent is to number up to 7,500": a size told of forces to come."""
    if clause.verb is None:
        return False
    row = sentence.row
    ahead = row[clause.verb].low in closed.MODALS or row[min(clause.verb + 1, len(row) - 1)].low == "to"
    return ahead and any(
        not _SIZING.isdisjoint(row[i].keys) and any(t.is_number for t in row[i + 1 : min(clause.last, i + 6)])
        for i in range(clause.verb, min(clause.last, clause.verb + 4))
    )


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
        and (setting.in_ukraine(sentence, noun.last + 1, clause.last) or "there" in tail)
    )
