"""Turns an annotated article into lessons: at which of its places which claims stand. Used for learning only."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from monitor.claims import assemble, descent, places, speakers, topical, weights
from monitor.claims.context import Sentence
from monitor.claims.features import Page
from monitor.claims.learning import NO, UNKNOWN, YES, Lesson
from monitor.claims.places import Place

_COUNTED = ("headcount", "force_size")


def of_places(
    article: str, text: str, page: Page, claims: Iterable[Mapping[str, Any]]
) -> Iterator[tuple[Place, Lesson]]:
    """An article's places with their lessons. `claims`: annotated ones, with their evidence.

    A claim stands where its evidence does. Elsewhere in the article the same claim may be made again, which the annotation doesn't
    say: there its label is unknown. So is that of an optional claim everywhere.
    """
    placed = _placed(text, page, claims)
    for place in places.find(page):
        labels: dict[str, int] = {}
        for claim, where in placed:
            label = label_of(claim)
            if not _is_about(place, claim, label):
                continue
            here = place.sentence in where
            mark = YES if here and not claim.get("optional") else UNKNOWN
            labels[label] = max(labels.get(label, UNKNOWN), mark)
        if place.task == places.BACKSTOP:
            labels |= _parts(place, placed)
        yield place, Lesson(article, place.task, place.features, labels)


def of_sentences(page: Page, taught: Iterable[tuple[Place, Lesson]]) -> Iterator[descent.Group]:
    """The same lessons as the network takes them: each sentence with its places."""
    of_sentence: dict[int, list[descent.Example]] = {}
    for place, lesson in taught:
        if page.sentences[place.sentence].row:
            of_sentence.setdefault(place.sentence, []).append((places.marked(page, place), lesson.labels))
    for index, examples in sorted(of_sentence.items()):
        yield *places.sequences(page, index), examples


def of_relevance(article: str, page: Page, relevant: bool) -> Lesson:
    """What an article teaches on whether one is about the watch's subject."""
    mark = YES if relevant else NO
    return Lesson(article, places.ARTICLE, frozenset(topical.of_article(page)), {places.RELEVANT: mark})


def of_speakers(article: str, text: str, page: Page, claims: Iterable[Mapping[str, Any]]) -> Iterator[Lesson]:
    """Who says it and who doesn't, of the persons named near a claim."""
    for claim, where in _placed(text, page, claims):
        if not where or claim.get("optional"):
            continue
        sentence = page.sentences[where[0]]
        clause = next((n for n, c in enumerate(sentence.parse.clauses) if c.verb is not None), 0)
        said = _surname(str(claim.get("speaker") or ""))
        for one in speakers.find(page, where[0], clause, claim["topic"], claim["status"], claim["subject"]):
            mark = YES if said and said in (_surname(one.name), _surname(one.written)) else NO
            yield Lesson(article, speakers.TASK, one.features, {speakers.LABEL: mark})


def _surname(name: str) -> str:
    return assemble.folded(name.split()[-1]) if name else ""


def _placed(text: str, page: Page, claims: Iterable[Mapping[str, Any]]) -> list[tuple[Mapping[str, Any], list[int]]]:
    """Each claim with the sentences that its evidence stands in."""
    return [(claim, _sentences(page.sentences, text, claim["evidence"])) for claim in claims]


def label_of(claim: Mapping[str, Any]) -> str:
    """What a claim is called among the labels of its task."""
    if claim["status"] == "headcount":
        return str(claim["counts"])
    if claim["status"] == "force_size":
        return "force_size" if claim["subject"] == "COALITION" else weights.OWN
    return f"{claim['topic']}.{claim['status']}"


def _is_about(place: Place, claim: Mapping[str, Any], label: str) -> bool:
    if place.task == places.COUNT:
        return claim["status"] in _COUNTED and claim.get("number") == place.number
    if claim["status"] in _COUNTED:
        return False
    if place.task == places.BACKSTOP:
        return bool(claim["topic"] == "backstop")
    return bool(claim["topic"] != "backstop" and claim["subject"] == place.code)


def _parts(place: Place, claims: Iterable[tuple[Mapping[str, Any], list[int]]]) -> dict[str, int]:
    """The components of the US part: known only where there is a claim on it."""
    here = [c for c, where in claims if c["topic"] == "backstop" and place.sentence in where]
    named = {part for claim in here for part in claim["components"]}
    return {weights.PART + part: (YES if part in named else NO) if here else UNKNOWN for part in weights.PARTS}


def _sentences(sentences: Iterable[Sentence], text: str, evidence: str) -> list[int]:
    start = text.find(evidence)
    return [s.index for s in sentences if start >= 0 and s.start < start + len(evidence) and start < s.end]
