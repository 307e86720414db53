"""Joins what the rules found with what the weights hold likely: likely claims are added, the rules' very unlikely ones left out.

Without weights the rules' claims stand as they are.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from monitor.claims import clauses, features, nouns, parts, places, senders, setting, speakers, topical, weights
from monitor.claims.context import Sentence
from monitor.claims.draft import Draft
from monitor.claims.features import Page
from monitor.claims.places import Place

Key = tuple[str, str, str, str | None, int | None]  # topic, subject, status, counts, number
Own = Mapping[tuple[int, int | None], float]  # {(sentence, number): how likely it is one country's soldiers}

_COUNTS = {"members": "membership", "attendees": "membership", "signatories": "membership", "interested": "membership",
           "troop_contributors": "troops", "contributors": "troops"}  # fmt: skip
# A claim less likely is not made; "": counts. Chosen on real excerpts and on articles that the reader had not learned from, precision
# before recall. A likelihood is a mean of two log-odds, which errs to the low side: what is held for 0.5 is right far more often.
_LEAST = {
    "attended": 0.5, "membership": 0.25, "open": 0.3, "support_only": 0.35, "troops": 0.4, "conditional": 0.45, "ruled_out": 0.45,
    "undecided": 0.55, "refused": 0.4, "offered": 0.5, "backstop": 0.5, "committed": 0.6, "sought": 0.6, "discussed": 0.8, "force_size": 0.4,
    "": 0.28,
}  # fmt: skip
# a claim that contradicts another of the article is made where it is as likely as that; of the US two can well stand side by side
_SURE = {"troops": 0.55, "membership": 0.6, "backstop": 0.5, "": 0.7}
# what a claim on the US must reach that nobody near names or hears: with words of a backstop, without
_UNHEARD, _UNSAID = 0.7, 0.8
_CARRIED = 0.4  # what a claim must reach whose subject its sentence does not name
_UNNAMED = frozenset({"first=carried", "first=main"})
_A_PART = 0.4
# a claim of the rules that is less likely is left out; who leads, joins or leaves the coalition the rules know better
_DOUBTED = {"attended": 0.3, "troops": 0.2, "backstop": 0.3, "": 0.1}
_RELEVANT = 0.42  # the likelihood that makes an article relevant


def key_of(draft: Draft) -> Key:
    """What makes a draft the same claim as another."""
    number = draft.number if draft.status in ("headcount", "force_size") else None
    return draft.topic, draft.subject, draft.status, draft.counts, number


def is_relevant(known: weights.Weights, page: Page) -> bool:
    """Whether an article is likely to be about the watch's subject; without weights its words alone decide."""
    judged = known.judge(places.ARTICLE, topical.of_article(page))
    return judged[places.RELEVANT] >= _RELEVANT if judged else page.ruled


@dataclass(frozen=True, slots=True)
class Judged:
    """A place with the likelihood of each claim there that is not hardly possible."""

    place: Place
    likely: dict[str, float]


def judge(known: weights.Weights, page: Page) -> list[Judged]:
    """All places of an article. Those at which the weights hold anything for possible are looked at by the network too."""
    found = list(places.find(page))
    sums: weights.Sums = {}
    rows = [known.odds(place.task, place.parts, sums) for place in found]
    seen = _look(known, page, found, rows)
    judged = []
    for number, (place, row) in enumerate(zip(found, rows, strict=True)):
        if row is not None:
            labels = known.tables[place.task].labels
            judged.append(Judged(place, _likely(zip(labels, row, strict=True), seen.get(number, {}))))
    return judged


def _likely(odds: Iterable[tuple[str, int]], seen: Mapping[str, float]) -> dict[str, float]:
    found = {}
    for label, hundredths in odds:
        value = hundredths / 100
        if label in seen:
            value += _NETWORKS * (seen[label] - value)
        if value > _HARDLY:
            found[label] = weights.likelihood(value)
    return found


def _look(
    known: weights.Weights, page: Page, found: Sequence[Place], rows: Sequence[list[int] | None]
) -> dict[int, dict[str, float]]:
    """{number of a place: the network's log-odds}, where the weights leave it open; a sentence's places are seen together."""
    network = known.network
    if network is None:
        return {}
    own = {
        task: [n for n, label in enumerate(table.labels) if not label.startswith(weights.PART)]
        for task, table in known.tables.items()
    }
    of_sentence: dict[int, list[int]] = {}
    for number, (place, row) in enumerate(zip(found, rows, strict=True)):
        if row is not None and page.sentences[place.sentence].row and max(row[n] for n in own[place.task]) > _OPEN:
            of_sentence.setdefault(place.sentence, []).append(number)
    # those of like length cost least together
    order = sorted(of_sentence, key=lambda index: len(page.sentences[index].row))
    groups = [
        (*places.sequences(page, index), [places.marked(page, found[n]) for n in of_sentence[index]]) for index in order
    ]
    numbers = [n for index in order for n in of_sentence[index]]
    return dict(zip(numbers, network.judge(groups), strict=True)) if groups else {}


_NETWORKS = 0.6  # the share of the network's log-odds in what both say
_HARDLY = -3.0  # log-odds; what is less likely than 0.05 is not looked at
_OPEN = -300  # hundredths; of the places of annotated claims, 95 to 99 in 100 are held for likelier by the weights


Best = dict[Key, tuple[float, Place, dict[str, float]]]


def likelihoods(judged: Iterable[Judged]) -> Best:
    """For each claim that could be made, how likely it is at its likeliest place."""
    best: Best = {}
    for one in judged:
        for label, likely in one.likely.items():
            key = _key(one.place, label)
            if key is not None and (key not in best or best[key][0] < likely):
                best[key] = (likely, one.place, one.likely)
    return best


def _key(place: Place, label: str) -> Key | None:
    if label.startswith(weights.PART) or label == weights.OWN:
        return None
    if place.task == places.COUNT:
        if label == "force_size":
            return "troops", "COALITION", "force_size", None, place.number
        return _COUNTS[label], "COALITION", "headcount", label, place.number
    topic, _, status = label.partition(".")
    if topic == "troops" and place.code in setting.NO_SENDER:
        return None
    return topic, place.code, status, None, None


def drafts(known: weights.Weights, page: Page) -> list[Draft]:
    """The drafts of an article."""
    if not known.tables:
        return list(page.drafts)
    found = judge(known, page)
    best = likelihoods(found)
    own = {
        (j.place.sentence, j.place.number): j.likely.get(weights.OWN, 0.0)
        for j in found
        if j.place.task == places.COUNT
    }
    kept = [d for d in page.drafts if not _is_doubted(known, d, best)]
    told = {key_of(d) for d in kept}
    stands = {(d.topic, d.subject, d.status) for d in kept}
    counted = {d.number for d in kept if d.counts is not None}  # a number counts one thing
    for key, (likely, place, judged) in sorted(best.items(), key=lambda one: -one[1][0]):
        least = _of_group(_LEAST, key)
        if _contradicts(key, stands) or key[4] in counted:
            least = max(least, _of_group(_SURE, key))
        if key[0] == "backstop":
            least = max(least, _anonymous(page, place))
        if not _UNNAMED.isdisjoint(place.parts[-1]):
            least = max(least, _CARRIED)
        if key not in told and likely >= least and not _is_misread(page, key, place):
            made = _draft(known, page, key, place, judged, own)
            if _is_of_others(page, made):
                continue
            kept.append(made)
            stands.add(key[:3])
            if key[3] is not None:
                counted.add(key[4])
    return [_spoken(known, page, d) for d in sorted(kept, key=lambda d: d.sentence)]


def _anonymous(page: Page, place: Place) -> float:
    """What a US part must reach where neither its sentence nor the one before names the US or hears it speak."""
    sentence = page.sentences[place.sentence]
    near = page.sentences[max(0, place.sentence - 1) : place.sentence + 1]
    if any(s.names("US") for s in near) or sentence.hears("US"):
        return 0.0
    return _UNHEARD if sentence.parse.classes & places.US_PART else _UNSAID


def _is_doubted(known: weights.Weights, draft: Draft, best: Best) -> bool:
    """Whether the weights hold a claim of the rules for hardly possible."""
    key = key_of(draft)
    task = places.BACKSTOP if draft.topic == "backstop" else places.COUNT if key[4] is not None else places.ACTOR
    if task not in known.tables or _label(key) not in known.tables[task].labels:
        return False
    if draft.status == "force_size" and draft.subject != "COALITION":
        return False  # a number that is one country's is not told apart by status
    likely = best[key][0] if key in best else 0.0
    return likely < _of_group(_DOUBTED, key, 0.0)


_AS_PART = re.compile(r"\b(?:troops|soldiers|forces|peacekeepers|personnel|units?)\b[^.;]{0,60}\bas (?:a )?part of\b")


def _is_misread(page: Page, key: Key, place: Place) -> bool:
    """Where the words say another thing: "soldiers as part of the coalition's force" (no member), who chairs the coalition itself,
    "an American pullback" (nobody attends), a newsroom's unanswered question, on what the force itself hangs."""
    if key[2] == "member":
        return bool(_AS_PART.search(page.sentences[place.sentence].raw))
    if key[0] == "backstop":
        return parts.is_unanswered(page.sentences[place.sentence])
    if key[2] == "conditional":
        return _is_of_the_force(page.sentences[place.sentence], key[1])
    if key[2] != "attended":
        return False
    if "noun=thing" in place.features and "first=subject" not in place.features:
        return True
    return any(d.status == "leads" and d.subject == key[1] and d.sentence == place.sentence for d in page.drafts)


def _is_of_the_force(sentence: Sentence, code: str) -> bool:
    """ "Starmer said that such a force would be viable only with guarantees": who says on what the force itself hangs sends nobody yet."""
    of_force = [
        c.subject is not None and c.subject.kind == nouns.FORCE and not c.subject.codes and c.kind == clauses.THAT
        for c in sentence.parse.clauses
    ]
    named = any(code in n.codes and n.kind == nouns.FORCE for n in sentence.parse.nouns)
    others = any(
        code in s for s, c in zip(sentence.subjects, sentence.parse.clauses, strict=True) if c.kind != clauses.MAIN
    )
    return any(of_force) and not named and not others


def _is_of_others(page: Page, draft: Draft) -> bool:
    """ "Macron said that 26 allies had vowed to send soldiers": who only says it is bound by nothing."""
    if draft.topic != "troops" or draft.counts is not None or draft.status == "force_size":
        return False
    sentence = page.sentences[draft.sentence]
    clause = sentence.parse.clauses[draft.clause]
    subject = clause.subject
    if subject is None or subject.codes or subject.head not in _OTHERS:
        return False
    named = {t.mention.code for t in sentence.row[clause.first : clause.last] if t.mention is not None}
    return draft.subject not in named


_OTHERS = senders.MANY | {"leaders", "them"}


def _spoken(known: weights.Weights, page: Page, draft: Draft) -> Draft:
    """The draft with who is likely to say it, or nobody; where no person is near, the rules' voice stands."""
    if speakers.TASK not in known.tables:
        return draft
    people = speakers.find(page, draft.sentence, draft.clause, draft.topic, draft.status, draft.subject)
    judged = [(known.judge(speakers.TASK, one.features).get(speakers.LABEL, 0.0), one) for one in people]
    likely, one = max(judged, key=lambda j: j[0], default=(0.0, None))
    if one is None:
        return draft
    return replace(draft, speaker=one.name if likely >= _SAYS else "")


_SAYS = 0.35


def _contradicts(key: Key, stands: Iterable[tuple[str, str, str]]) -> bool:
    """Whether another claim of the article says the opposite of its subject; both can hold, of different times."""
    topic, subject, status = key[:3]
    return any(t == topic and s == subject and {status, other} in _OPPOSITES for t, s, other in stands)


_OPPOSITES = [
    {"ruled_out", "pledged"}, {"ruled_out", "open"}, {"ruled_out", "undecided"}, {"ruled_out", "conditional"}, {"pledged", "undecided"},
    {"pledged", "open"}, {"pledged", "withdrew"}, {"pledged", "support_only"}, {"member", "declined"}, {"member", "considering"},
    {"member", "left"}, {"considering", "declined"}, {"attended", "declined"}, {"refused", "offered"}, {"refused", "committed"},
    {"offered", "withdrawn"}, {"committed", "uncommitted"}, {"offered", "committed"},
]  # fmt: skip


def _of_group(values: Mapping[str, float], key: Key, otherwise: float = 1.0) -> float:
    """The value for a claim: its status's own, else that of counts, else its topic's."""
    group = "" if key[2] in ("headcount", "force_size") else key[0]
    return values.get(key[2], values.get(group, otherwise))


def _label(key: Key) -> str:
    topic, _subject, status, counts, _number = key
    return counts or ("force_size" if status == "force_size" else f"{topic}.{status}")


def _draft(known: weights.Weights, page: Page, key: Key, place: Place, judged: dict[str, float], own: Own) -> Draft:
    topic, subject, status, counts, number = key
    label = _label(key)
    clause, (start, end) = _evidence(known, page, place, label)
    return Draft(
        topic=topic, subject=subject, status=status, start=start, end=end, sentence=place.sentence, clause=clause,
        number=number if number is not None else _size(place, own) if status == "pledged" else None,
        number_max=place.high if status == "force_size" else None, counts=counts,
        components=_components(judged) if topic == "backstop" else (),
        rule=f"learned.{label}", why=(f"{judged[label]:.2f}", *known.reasons(place.task, place.features, label)),
    )  # fmt: skip


def _components(judged: dict[str, float]) -> tuple[str, ...]:
    likely = {p: judged.get(weights.PART + p, 0.0) for p in weights.PARTS}
    named = tuple(p for p in weights.PARTS if likely[p] >= _A_PART)
    return named or (max(weights.PARTS, key=lambda p: likely[p]) if any(likely.values()) else "general",)


def _size(place: Place, own: Own) -> int | None:
    """The number of soldiers that the sentence gives a country, where it gives one."""
    return next((n for (sentence, n), likely in own.items() if sentence == place.sentence and likely >= 0.5), None)


def _evidence(known: weights.Weights, page: Page, place: Place, label: str) -> tuple[int, tuple[int, int]]:
    """The clause whose words speak loudest for the label, and what to quote: a short sentence whole, of a long one that clause
    with those that hang on it."""
    sentence = page.sentences[place.sentence]
    inner = sentence.parse.clauses
    numbers: Sequence[int] = place.clauses or range(len(inner))
    table = known.tables[place.task]

    def loud(number: int) -> float:
        clause = inner[number]
        if place.task == places.BACKSTOP:
            names = set().union(*features.of_us_clause(page, place.sentence, number)) | {
                "sc=" + c for c in clause.classes
            }
        else:
            names = {"oc=" + c for c in clause.classes} | {
                "own=" + key for t in sentence.row[clause.first : clause.last] for key in t.keys
            }
        return sum(table.weigh(name, label) for name in sorted(names))

    loudest = max(numbers, key=lambda n: (loud(n), -n))
    row = sentence.row
    if len(row) <= _SHORT:
        return loudest, (sentence.start, sentence.end)
    first, last = inner[loudest].first, inner[loudest].last
    subject = inner[loudest].subject
    if subject is not None and subject.last < first:
        first = subject.first
    for index in range(loudest + 1, len(inner)):
        if inner[index].kind not in _HANGING or inner[index].first > last:
            break
        last = max(last, inner[index].last)
    if last - first < _LEAST_WORDS:
        return loudest, (sentence.start, sentence.end)
    return loudest, (sentence.start + row[first].start, sentence.start + row[last - 1].end)


_SHORT = 28  # tokens; a sentence that long is quoted whole
_LEAST_WORDS = 7
_HANGING = frozenset({clauses.THAT, clauses.IF, clauses.ING, clauses.WHETHER, clauses.WH, clauses.REL, clauses.WHEN})
