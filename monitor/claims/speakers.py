"""Who says a claim: every person named near it, with what speaks for each. Names candidates and their features; the weights choose."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from monitor.claims import actors, closed, speech, tokens
from monitor.claims.context import Sentence
from monitor.claims.features import Named, Page

TASK, LABEL = "speaker", "says"
_BEFORE, _BEHIND = 4, 2  # sentences before and behind a claim in which its speaker is looked for
_NAME = re.compile(
    r"\b[A-Z][^\W\d_]+(?:[-’'][^\W\d_]+)*(?: (?:[A-Z]\. )?(?:van |de |der |von |al-)*[A-Z][^\W\d_]+(?:[-’'][^\W\d_]+)*){1,2}"
)
_OFFICES = closed.OFFICES | set("admiral colonel chief adviser advisor commissioner director head commander".split())
_WE = frozenset("we our us i my".split())
_HE = frozenset("he she".split())


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who could have said it."""

    name: str
    written: str  # as the sentence that names him first has it
    features: frozenset[str]


@dataclass(slots=True)
class _Seen:
    name: str
    mention: actors.Mention | None
    places: list[tuple[int, int, int]]  # sentence, token, how many persons were named before in it


def find(page: Page, index: int, clause: int, topic: str, status: str, subject: str) -> Iterator[Person]:
    """The persons named near sentence `index`, in the order of their names."""
    sentences = page.sentences
    first = max(0, index - _BEFORE)
    seen: dict[str, _Seen] = {}
    for at in range(first, min(len(sentences), index + _BEHIND + 1)):
        for order, (name, mention, token) in enumerate(_roll(page, at)):
            key = name.split()[-1].lower()
            seen.setdefault(key, _Seen(name, mention, [])).places.append((at, token, order))
    shared = set(_of_claim(sentences[index], clause, topic, status, subject))
    latest = max((s.places[0] for s in seen.values() if s.places[0][0] <= index), default=None)
    for key in sorted(seen):
        one = seen[key]
        at, token, _order = one.places[0]
        yield Person(
            one.name,
            tokens.unpossessed(sentences[at].row[token].text),
            frozenset(shared | set(_of_person(sentences, index, clause, one, subject, topic, latest))),
        )


def _roll(page: Page, at: int) -> Sequence[Named]:
    """Who is named in a sentence; the claims near it share the answer."""
    if at not in page.named:
        page.named[at] = tuple(_named(page.sentences[at]))
    return page.named[at]


def _named(sentence: Sentence) -> Iterator[Named]:
    """Persons and seats of government of the watch, and capitalised names that stand by a verb of saying or an office."""
    taken: list[tuple[int, int]] = []
    for token, word in enumerate(sentence.row):
        mention = word.mention
        if mention is None:
            continue
        if mention.person is not None:
            taken.append((mention.start, mention.end))
            yield mention.person, mention, token
        elif mention.kind == "seat":
            name = sentence.raw[mention.start : mention.end]
            if name.split()[-1] in speech.SEATS:
                taken.append((mention.start, mention.end))
                yield name, mention, token
    near = [h.first for h in sentence.parse.hits if h.name == "verbs.say"]
    near += [n for n, t in enumerate(sentence.row) if t.low in _OFFICES]
    if not near:
        return
    for match in _NAME.finditer(sentence.raw):
        if any(a < match.end() and match.start() < b for a, b in taken):
            continue
        place = next((i for i, t in enumerate(sentence.row) if t.end >= match.end()), None)
        if place is not None and any(abs(n - place) <= 4 for n in near) and sentence.row[place].mention is None:
            yield match.group(), None, place


def _of_claim(sentence: Sentence, clause: int, topic: str, status: str, subject: str) -> Iterator[str]:
    yield "bias"
    yield "topic=" + topic
    yield "status=" + status
    words = {t.low for t in sentence.row}
    if sentence.quotes:
        yield "quote"
        if sentence.quotes[0][0] <= 1 and sentence.quotes[-1][1] >= len(sentence.raw) - 2:
            yield "all quote"
    if words & _WE:
        yield "we"
    voice = sentence.voices[clause] if clause < len(sentence.voices) else None
    yield "voice=" + (
        "none" if voice is None else "private" if voice.private else "unnamed" if voice.name is None else "named"
    )


def _of_person(
    sentences: Sequence[Sentence],
    index: int,
    clause: int,
    one: _Seen,
    subject: str,
    topic: str,
    latest: tuple[int, int, int] | None,
) -> Iterator[str]:
    sentence = sentences[index]
    own = one.mention is not None and one.mention.code == subject
    side = (
        "own"
        if own
        else "US"
        if one.mention is not None and one.mention.code == "US"
        else "none"
        if one.mention is None
        else "other"
    )
    yield "side=" + side
    if one.mention is not None:
        yield "kind=" + one.mention.kind
        if one.mention.former:
            yield "former"
        if one.mention.decides:
            yield "decides"
    before = [p for p in one.places if p[0] < index]
    here = [p for p in one.places if p[0] == index]
    near = max(before, default=None)
    yield "near=" + ("here" if here else str(near[0] - index) if near is not None else "behind")
    yield "near&side=" + ("here" if here else str(near[0] - index) if near is not None else "behind") + side
    if latest is not None and one.places[0] == latest:
        yield "latest"
    voices = {v.name for v in sentence.voices if v is not None and v.name}
    voice = sentence.voices[clause] if clause < len(sentence.voices) else None
    surname = one.name.split()[-1]
    is_voice = voice is not None and voice.name is not None and voice.name.split()[-1] == surname
    said = False
    if is_voice:
        yield "is voice"
    elif any(v.split()[-1] == surname for v in voices):
        yield "is some voice"
    elif voices:
        yield "other voice"
    for at, token, order in one.places:
        step = str(at - index)
        says = _says(sentences[at], token)
        if says:
            said = True
            yield f"says&{step}"
            yield f"says={says}"
            if len(one.places) == 1:
                yield f"says&{says}&{step}"
        yield f"order={min(order, 2)}&{step}"
        if any(
            s is not None and s.subject is not None and s.subject.first <= token <= s.subject.last
            for s in sentences[at].parse.clauses
        ):
            yield f"subject&{step}"
        if sentences[at].paragraph == sentence.paragraph and at != index:
            yield f"same paragraph&{step}"
    how = "voice" if is_voice else "says" if said else "silent"
    yield f"{how}&{side}&{topic}"
    yield f"{how}&{'here' if here else 'away'}&{side}"
    if not here and any(t.low in _HE for t in sentence.row):
        yield "he"
        if latest is not None and one.places[0] == latest:
            yield "he&latest"
    if _tells(sentence) and not here:
        yield "told by other words"


def _says(sentence: Sentence, token: int) -> str | None:
    """How a name stands to a verb of saying: before it, behind it, credited; None where it doesn't."""
    row = sentence.row
    for hit in sentence.parse.hits:
        if hit.name == "verbs.say":
            if 0 < hit.first - token <= 6 and not any(t.text in '.;“"' for t in row[token + 1 : hit.first]):
                return "before"
            if 0 < token - hit.last <= 4:
                return "behind"
    if any(row[i].low == "according" for i in range(max(0, token - 4), token)):
        return "according"
    return "colon" if token + 1 < len(row) and row[token + 1].text == ":" else None


def _tells(sentence: Sentence) -> bool:
    return "verbs.say" in sentence.parse.classes
