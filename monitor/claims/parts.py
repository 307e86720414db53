"""The US part that a clause names: which components, and whether the words, the subject or the speaker make it American."""

import re
from dataclasses import dataclass

from monitor.claims import clauses, nouns
from monitor.claims.clauses import Clause
from monitor.claims.context import Sentence
from monitor.claims.lexemes import Hit

_CONTEXT = frozenset(
    (
        "phrases.mission phrases.coalition phrases.guarantee phrases.backstop cues.awaited phrases.force "
        "phrases.deployment"
    ).split()
)

# what makes a component more than a word in passing: somebody gives, seeks, needs or refuses it
_ACTING = frozenset(
    (
        "verbs.send phrases.support verbs.seek cues.vital verbs.partake phrases.deployment cues.firm verbs.firm "
        "cues.refuse verbs.refuse verbs.help cues.uncommitted verbs.withdraw cues.negation"
    ).split()
)


@dataclass(frozen=True, slots=True)
class Part:
    """A US part that a clause names: components, where, and whether the words themselves say that it is American."""

    components: tuple[str, ...]
    first: int
    last: int
    american: bool


def part(sentence: Sentence, index: int, clause: Clause, recent: frozenset[str]) -> Part | None:
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
    if us_in_play and not general and not found:
        general += _backed(sentence, clause)
        if not general and (sentence.subjects[index] == ("US",) or _voice_is_us(sentence, index)):
            general += _promised(sentence, clause)
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
    if found and not general and "surveillance" not in found and not _ACTING & clause.classes:
        return None
    places = [*found.values(), *general]
    first, last = min(h.first for h in places), max(h.last for h in places)
    american = any(_is_american(sentence, h) for h in places)
    names = tuple(sorted(found))
    if not names:
        names = ("guarantee",) if strong and all(h.name == "phrases.guarantee" for h in strong) else ("general",)
    return Part(names, first, last, american)


def _backed(sentence: Sentence, clause: Clause) -> list[Hit]:
    """ "back European troops", "support the force": a part in general."""
    for hit in clause.hits:
        if hit.lemma in _BACKING and sentence.parse.kinds[hit.first] is not None:
            after = [n for n in clause.nouns if 0 < n.first - hit.last <= 2]
            if any(n.kind == nouns.FORCE and "US" not in n.codes and "UA" not in n.codes for n in after):
                return [hit]
    return []


def _promised(sentence: Sentence, clause: Clause) -> list[Hit]:
    """ "we'll help them out", "there's going to be a lot of help", "the United States would be involved": said by the US."""
    row = sentence.row
    if clause.classes & {"phrases.other_send", "phrases.other_matter", "phrases.meeting", "phrases.private_noun"}:
        return []
    ahead = [
        i
        for i in range(clause.first, clause.last)
        if row[i].low in ("will", "'ll", "would", "'d")
        or (row[i].low == "going" and row[min(i + 1, len(row) - 1)].low == "to")
    ]
    if not ahead:
        return []
    found = [
        h
        for h in clause.hits
        if h.first > ahead[0] and h.name in ("phrases.support", "verbs.help", "verbs.partake") and h.lemma in _HELPING
    ]
    return found[:1]


_HELPING = frozenset(["help", "be involved", "support", "assist", "involvement", "backing"])


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
            return mention.code == "US" and any(
                row[i].low in ("from", "by", "of") or (row[i].low == "for" and hit.lemma in ("role", "part"))
                for i in range(hit.last + 1, place)
            )
    return False


def _is_us_support(sentence: Sentence, clause: Clause, hit: Hit) -> bool:
    """Support, backing, a role: a US part only where the words say whose."""
    if sentence.parse.kinds[hit.first] is not None:
        return False
    noun = nouns.at(sentence.parse.nouns, hit.first)
    if noun is not None and sentence.row[noun.first].low == "its":
        owner = next((c for c in reversed(sentence.subjects[: sentence.parse.clauses.index(clause)]) if c), ())
        if owner == ("US",):
            return hit.lemma not in _LOOSE_SUPPORT or bool((_TOPICS - {"phrases.deployment"}) & clause.classes)
    if clause.kind == clauses.IF and sentence.subjects[sentence.parse.clauses.index(clause)] == ("US",):
        return hit.lemma not in _LOOSE_SUPPORT  # "if the United States provides military support"
    if _is_american(sentence, hit):
        return hit.lemma not in _LOOSE_SUPPORT or bool(_TOPICS & clause.classes)
    if any(
        n.kind == nouns.THING and "US" in n.codes and n.head in _POSSESSED and n.first < hit.first for n in clause.nouns
    ):
        return True  # "America's readiness to provide support"
    # "the US has refused to make such a commitment"
    return hit.lemma in ("commitment", "assurance") and any(
        n.kind == nouns.ACTOR and "US" in n.codes and n.preposition in (None, "from", "by") for n in clause.nouns
    )


_POSSESSED = frozenset({"readiness", "willingness", "promise", "offer", "pledge", "refusal", "decision"})

_OTHERS = frozenset("european europe's allied foreign western coalition multinational".split())
_BACKING = frozenset("back support defend protect help assist".split())
_LOOSE_SUPPORT = frozenset({"commitment", "engagement", "leadership", "input", "part", "role", "help", "contribution"})

_TOPICS = frozenset(
    (
        "phrases.mission phrases.guarantee phrases.backstop phrases.coalition phrases.coalition_loose "
        "phrases.force phrases.deployment"
    ).split()
)


def _belongs_elsewhere(sentence: Sentence, hit: Hit) -> bool:
    """ "British troops", "European aircraft", "Ukrainian air defence"."""
    noun = nouns.at(sentence.parse.nouns, hit.first, hit.last)
    if noun is None or not noun.codes:
        return False
    return "US" not in noun.codes


def _is_us_troops(sentence: Sentence, index: int, clause: Clause, hit: Hit) -> bool:
    noun = nouns.at(sentence.parse.nouns, hit.first, hit.last)
    if noun is not None and "US" in noun.codes:
        return True
    if noun is not None and (
        noun.preposition in ("for", "behind", "under", "alongside", "to")
        or any(t.low in _OTHERS for t in sentence.row[noun.first : noun.last + 1])
    ):
        return False
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


def is_us_subject(sentence: Sentence, index: int) -> bool:
    return "US" in sentence.subjects[index]


def is_us_acting(sentence: Sentence, index: int, clause: Clause, part: Part) -> bool:
    """Whether it is the US that promises, refuses, discusses."""
    subject = clause.subject
    if subject is not None and (
        subject.kind == nouns.PRIVATE or subject.head in ("europe", "europeans", "allies", "nato")
    ):
        return False
    if (
        is_us_subject(sentence, index)
        and subject is not None
        and subject.kind in (nouns.ACTOR, nouns.PRONOUN, nouns.GROUP)
    ) and (subject.first <= part.first or clause.verb is not None):
        return not (subject.first <= part.last and part.first <= subject.last)
    if _voice_is_us(sentence, index) and (subject is None or subject.kind in (nouns.PRONOUN, nouns.THING, nouns.FORCE)):
        return not subject or not subject.codes or "US" in subject.codes
    return any(noun.preposition == "by" and "US" in noun.codes and noun.kind == nouns.ACTOR for noun in clause.nouns)


def is_us_object(clause: Clause) -> bool:
    return any(n.kind in (nouns.ACTOR, nouns.FORCE, nouns.THING) and "US" in n.codes for n in clause.nouns)


_UNANSWERED = re.compile(
    r"\b(?:did not|didn’t|didn't|has not|have not|had not|hasn't|could not be)\s+(?:\w+\s+){0,2}"
    r"(?:respond\w*|repl(?:y|ied)|return\w*|answer\w*|reached)\b.{0,40}\b(?:comment|requests?|questions?|e-?mails?|calls?)\b",
    re.IGNORECASE,
)


def is_unanswered(sentence: Sentence) -> bool:
    """ "The White House did not immediately respond to a request for comment on whether": silence towards one newsroom is no stand."""
    return bool(_UNANSWERED.search(sentence.raw))
