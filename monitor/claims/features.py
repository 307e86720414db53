"""What a statistical reader looks at in a sentence: words, their classes, who stands where. Turns places into names of features.

Features are plain text ("own=send", "neg&verbs.send"), so that a weight can be read and a claim explained by the words behind it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise

from monitor.claims import actors, candidates, closed, marking, nouns
from monitor.claims.context import Sentence
from monitor.claims.draft import Draft
from monitor.claims.tokens import Token

_AFTER = 12  # tokens behind an actor
_ROUND = 8  # tokens on either side of a number
US_REACH = 4  # sentences before in which the US is looked for
_GROUPS = frozenset({"US", "UA", "EU", "NATO"})


Named = tuple[str, actors.Mention | None, int]  # a person's name, the mention if the watch knows him, the token


@dataclass(frozen=True, slots=True)
class _View:
    """A sentence's tokens as features see them, whoever is looked at: words, lists of like sense, classes."""

    words: tuple[str | None, ...]  # None: a mark; of an actor what it is to others
    senses: tuple[tuple[str, ...], ...]
    classes: tuple[str | None, ...]  # "": inside a longer hit
    negatives: tuple[int, ...]  # the tokens that deny
    length: int  # how many tokens are no marks


@dataclass(frozen=True, slots=True)
class Page:
    """What all places of an article share."""

    sentences: Sequence[Sentence]
    title: tuple[str, ...]  # its words as `title_words` makes them
    flags: tuple[str, ...]  # what the article is about: "meeting", "force", "titled"
    ruled: bool  # its words alone make it relevant
    mine: float  # how much its words speak for the watch's subject
    theirs: float  # and for other coalitions, forces and places
    near: Sequence[bool]  # for each sentence: Ukraine, the force or the coalition in reach
    main: str | None  # the country that it is about
    senses: Mapping[str, tuple[str, ...]]  # stem -> lists of words of like sense that it is on
    lexicon: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # stem -> what it means, for the network
    drafts: Sequence[Draft] = ()  # what the rules found
    views: dict[int, _View] = field(default_factory=dict)  # of the sentences looked at so far
    rows: dict[int, marking.Sequenced] = field(default_factory=dict)  # and as the network sees them
    shared: dict[int, frozenset[str]] = field(default_factory=dict)  # what holds of them, whoever is looked at
    named: dict[int, tuple[Named, ...]] = field(default_factory=dict)  # and who is named in them
    parts: dict[tuple[int, tuple[int, ...], str | None], frozenset[str]] = field(default_factory=dict)  # of actors


_ENDINGS = (
    ("ations", "at"), ("ation", "at"), ("ings", ""), ("ing", ""), ("ies", "y"), ("ied", "y"), ("ed", ""), ("es", ""), ("ly", ""), ("s", ""),
)  # fmt: skip


@lru_cache(maxsize=20_000)
def stem(low: str) -> str:
    """A word without the commonest endings; crude, but the same for all forms of a word."""
    if len(low) > 5:
        for ending, left in _ENDINGS:
            if low.endswith(ending) and len(low) - len(ending) >= 3:
                return low[: -len(ending)] + left
    return low


def _word(token: Token) -> str | None:
    """A token as a feature: an actor by its part in the matter, a number as such, a word by its base form."""
    if token.mention is not None:
        theirs = token.mention.code
        return "@" + theirs if theirs in _NAMED else "@O"
    if token.is_mark:
        return None
    if token.is_number:
        return "#"
    return min(token.lemmas) if token.lemmas else stem(token.low)


_NAMED = frozenset({"US", "UA", "RU", "EU", "NATO"})


def as_sequence(page: Page, index: int) -> marking.Sequenced:
    """A sentence as the network sees it."""
    if index in page.rows:
        return page.rows[index]
    view, row = _view(page, index), page.sentences[index].row
    page.rows[index] = made = marking.Sequenced(
        words=[w if w is not None else t.text for w, t in zip(view.words, row, strict=True)],
        senses=[
            (*known, *page.lexicon.get(stem(t.low), ())) if t.mention is None else ()
            for known, t in zip(view.senses, row, strict=True)
        ],
        classes=view.classes,
        signs=[marking.NEGATIVE * (t.low in closed.NEGATIONS) + marking.QUOTED * t.quoted for t in row],
        mentions=[t.mention.code if t.mention is not None else None for t in row],
    )
    return made


def stems(senses: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    """{stem: names of its lists} of {name: words}."""
    found: dict[str, list[str]] = {}
    for name, words in senses.items():
        for one in dict.fromkeys(stem(w.lower()) for w in words):
            found.setdefault(one, []).append(name)
    return {one: tuple(names) for one, names in found.items()}


def _view(page: Page, index: int) -> _View:
    known = page.views.get(index)
    if known is not None:
        return known
    sentence = page.sentences[index]
    covered: dict[int, str] = {}
    for hit in sentence.parse.hits:
        if not hit.name.startswith(_LOOSE):
            for place in range(hit.first, hit.last + 1):
                covered.setdefault(place, hit.name.partition(".")[2] if place == hit.first else "")
    row = sentence.row
    words = tuple(_word(t) for t in row)
    made = _View(
        words=words,
        senses=tuple(page.senses.get(stem(t.low), ()) if t.mention is None else () for t in row),
        classes=tuple(covered.get(n) if t.mention is None else None for n, t in enumerate(row)),
        negatives=tuple(n for n, t in enumerate(row) if t.low in closed.NEGATIONS),
        length=sum(w is not None for w in words),
    )
    page.views[index] = made
    return made


def senses_in(page: Page, index: int, first: int, last: int) -> set[str]:
    """The lists of like sense of the tokens first to last (exclusive)."""
    return {name for names in _view(page, index).senses[max(0, first) : last] for name in names}


def _words(page: Page, index: int, first: int, last: int, code: str | None) -> list[str]:
    """The words from token first to last (exclusive); the actor itself is @S."""
    view, row = _view(page, index), page.sentences[index].row
    found: list[str] = []
    for place in range(max(0, first), min(last, len(row))):
        mention = row[place].mention
        plain = "@S" if mention is not None and mention.code == code else view.words[place]
        if plain is not None:
            found.append(plain)
    return found


def _denies(page: Page, index: int, first: int, last: int) -> bool:
    """Whether a word from token first to last (exclusive) denies."""
    return any(first <= place < last for place in _view(page, index).negatives)


def _pairs(words: Sequence[str]) -> Iterator[str]:
    return (f"{a}_{b}" for a, b in pairwise(words))


def _abstract(page: Page, index: int, first: int, last: int, code: str | None) -> list[str]:
    """The tokens with every word of a class replaced by the class, so that "send troops" and "deploy soldiers" are alike."""
    view, row = _view(page, index), page.sentences[index].row
    found: list[str] = []
    for place in range(max(0, first), min(last, len(row))):
        name = view.classes[place]
        if name == "":
            continue
        mention = row[place].mention
        plain = name or ("@S" if mention is not None and mention.code == code else view.words[place])
        if plain is not None:
            found.append(plain)
    return found


def _runs(words: Sequence[str]) -> Iterator[str]:
    """Two abstract tokens in a row, as features; longer runs are the network's."""
    return ("ab2=" + p for p in _pairs(words))


_LOOSE = ("phrases.comp_", "phrases.support", "phrases.member_noun", "phrases.other_matter")


# The features of a place; no two parts have one in common. The last are its traits: what holds of it besides its words.
Parts = tuple[frozenset[str], ...]


def of_actor(page: Page, one: candidates.Candidate) -> Parts:
    """The features of an actor in a sentence: its clauses' words and classes, which it shares with other actors, and its own."""
    sentence, code = page.sentences[one.sentence], one.code
    found = set(_shared(page, one.sentence))
    behind: set[str] = set()
    if one.place is not None:
        after = _abstract(page, one.sentence, one.place + 1, one.place + 1 + _AFTER, code)
        behind.update(["aft=" + w for w in after])
        behind.update(["a2=" + p for p in _pairs(["^", *after[:6]])])
        noun = nouns.at(sentence.parse.nouns, one.place)
        if noun is not None:
            found.add("prep=" + (noun.preposition or "-"))
            found.add("noun=" + noun.kind)
            behind.add("head=" + noun.head if noun.kind != nouns.ACTOR else "head=actor")
    found.update(["src=" + s for s in one.sources])
    found.add("first=" + one.sources[0])
    found.add("listed=" + str(min(one.listed, 4)))
    if code in _GROUPS:
        found.add("code=" + code)
    if code == page.main:
        found.add("main")
    voices = {_voice(sentence, n, code) for n in one.clauses}
    found.update(voices)
    found.update([f"{v}&{one.sources[0]}" for v in voices])
    for draft in page.drafts:
        if draft.subject == code:
            name = f"{draft.topic}.{draft.status}"
            found.update(_ruled(name, here=draft.sentence == one.sentence))
    return (
        _words_of_clauses(page, one.sentence, one.clauses, code),
        _classes_of_clauses(page, one.sentence, one.clauses),
        frozenset(behind),
        frozenset(found),
    )


def _words_of_clauses(page: Page, index: int, numbers: tuple[int, ...], code: str) -> frozenset[str]:
    """The words of an actor's clauses; actors that are not named in them share the answer."""
    sentence = page.sentences[index]
    clauses = [sentence.parse.clauses[n] for n in numbers]
    row = sentence.row
    is_named = any(m.code == code for c in clauses for t in row[c.first : c.last] if (m := t.mention) is not None)
    key = index, numbers, code if is_named else ""
    if (known := page.parts.get(key)) is not None:
        return known
    found: set[str] = set()
    abstract: list[str] = []
    for clause in clauses:
        mine = _words(page, index, clause.first, clause.last, code)
        found.update(["own=" + w for w in mine])
        found.update(["o2=" + p for p in _pairs(mine)])
        abstract += _abstract(page, index, clause.first, clause.last, code)
    found.update(_runs(abstract))
    page.parts[key] = made = frozenset(found)
    return made


def _classes_of_clauses(page: Page, index: int, numbers: tuple[int, ...]) -> frozenset[str]:
    """The classes and senses of the clauses' words, and whether they deny; the same for all actors of the clauses."""
    key = index, numbers, None
    if (known := page.parts.get(key)) is not None:
        return known
    sentence, view = page.sentences[index], _view(page, index)
    clauses = [sentence.parse.clauses[n] for n in numbers]
    found: set[str] = set()
    classes: set[str] = set()
    senses: set[str] = set()
    for number, clause in zip(numbers, clauses, strict=True):
        senses |= senses_in(page, index, clause.first, clause.last)
        classes |= clause.classes
        if clause.verb is not None:
            found.add(f"verb={view.words[clause.verb]}")
        for inner in sentence.parse.clauses:
            if inner.parent == number:
                found.update(["below=" + c for c in inner.classes])
    negated = any(_denies(page, index, c.first, c.last) for c in clauses)
    sign = "neg&" if negated else "pos&"
    found.add(sign[:3])
    found.update(["oc=" + c for c in classes])
    found.update([sign + c for c in classes])
    found.update(["oz=" + z for z in senses])
    found.update([sign + z for z in senses])
    page.parts[key] = made = frozenset(found)
    return made


def _ruled(name: str, *, here: bool) -> tuple[str, ...]:
    """What a rule found weighs more than a word: its feature counts threefold."""
    return (f"r={name}", f"r2={name}", f"r3={name}") if here else (f"ra={name}",)


def _voice(sentence: Sentence, clause: int, code: str | None) -> str:
    voice = sentence.voices[clause] if clause < len(sentence.voices) else None
    if voice is None:
        return "v=none"
    if voice.private:
        return "v=private"
    if not voice.code:
        return "v=unnamed"
    if voice.code == code:
        return "v=self"
    return "v=" + (voice.code if voice.code in ("US", "RU") else "other")


def _shared(page: Page, index: int) -> frozenset[str]:
    """What holds of a sentence and its article, whoever is looked at; its places share the answer."""
    if index not in page.shared:
        page.shared[index] = frozenset(_setting(page, index))
    return page.shared[index]


def _setting(page: Page, index: int) -> Iterator[str]:
    sentence = page.sentences[index]
    yield "bias"
    yield from page.flags
    yield "near" if page.near[index] else "far"
    if sentence.is_question:
        yield "question"
    yield "at=" + ("0" if index == 0 else "1" if index < 3 else "2" if index < 8 else "3")
    if index and page.sentences[index - 1].is_question:
        yield "asked"
    for back in (1, 2):
        if index >= back:
            yield from (f"b{back}={c}" for c in page.sentences[index - back].parse.classes if c in _SUBJECTS)
    yield from (f"said={d.counts or f'{d.topic}.{d.status}'}" for d in page.drafts if d.sentence == index - 1)
    yield "long=" + str(min(_view(page, index).length // 8, 5))


# what the sentences before were about, which a short one ("So will Norway.") goes on with
_SUBJECTS = frozenset(
    f"phrases.{name}" for name in ("meeting", "coalition", "force", "mission", "deployment", "backstop", "guarantee")
)


def _of_sentence(page: Page, sentence: Sentence) -> Iterator[str]:
    """The classes and senses of all its words; an actor is better judged by those of its own clauses."""
    yield from ("sc=" + c for c in sentence.parse.classes)
    yield from ("sz=" + z for z in senses_in(page, sentence.index, 0, len(sentence.row)))


def of_backstop(page: Page, index: int) -> Parts:
    """The features of a sentence as to what the US gives."""
    sentence = page.sentences[index]
    found: set[str] = set()
    traits = set(_shared(page, index))
    found.update(_runs(_abstract(page, index, 0, len(sentence.row), "US")))
    found.update("o2=" + p for p in _pairs(_words(page, index, 0, len(sentence.row), "US")))
    negated = _denies(page, index, 0, len(sentence.row))
    found.update(("neg&" if negated else "pos&") + c for c in sentence.parse.classes)
    found.update(_of_sentence(page, sentence))
    traits.add("neg" if negated else "pos")
    for number in range(len(sentence.parse.clauses)):
        own, said = of_us_clause(page, index, number)
        traits |= own
        found |= said
    named = sentence.names("US")
    traits.add("US" if named else "noUS")
    if not named:
        back = next((n for n in range(1, min(index, US_REACH) + 1) if page.sentences[index - n].names("US")), None)
        traits.add(f"USbefore={back}")
    for draft in page.drafts:
        if draft.topic == "backstop":
            traits.update(_ruled(draft.status, here=draft.sentence == index))
    return frozenset(found), frozenset(traits)


def of_us_clause(page: Page, index: int, number: int) -> tuple[set[str], set[str]]:
    """What one clause adds to the features of a sentence as to what the US gives: traits, and the rest."""
    sentence = page.sentences[index]
    clause = sentence.parse.clauses[number]
    who = "US" if "US" in sentence.subjects[number] else "other" if sentence.subjects[number] else "none"
    sign = "neg" if _denies(page, index, clause.first, clause.last) else "pos"
    voice = _voice(sentence, number, "US")
    found = {f"{who}&{sign}&{c}" for c in clause.classes}
    found.update([f"{who}&{sign}&{z}" for z in senses_in(page, index, clause.first, clause.last)])
    found.update([f"{who}&{w}" for w in _words(page, index, clause.first, clause.last, "US")])
    found.update([f"{voice}&{c}" for c in clause.classes])
    return {"subj=" + who, voice}, found


def of_number(page: Page, index: int, place: int, value: int, is_range: bool) -> Parts:
    """The features of a number in a sentence."""
    sentence = page.sentences[index]
    traits = set(_shared(page, index))
    found = set(_of_sentence(page, sentence))
    before = _abstract(page, index, place - _ROUND, place, None)
    after = _abstract(page, index, place + 1, place + 1 + _ROUND, None)
    found.update("bef=" + w for w in before)
    found.update("aft=" + w for w in after)
    found.update("b2=" + p for p in _pairs([*before[-5:], "#"]))
    found.update("a2=" + p for p in _pairs(["#", *after[:6]]))
    found.update("az=" + z for z in senses_in(page, index, place + 1, place + 1 + _ROUND))
    found.update("bz=" + z for z in senses_in(page, index, place - _ROUND, place))
    for distance, w in enumerate(after[:3]):
        found.add(f"a{distance}={w}")
    for distance, w in enumerate(reversed(before[-3:])):
        found.add(f"z{distance}={w}")
    clause = sentence.parse.clauses[sentence.parse.clause_at(place)]
    found.update("oc=" + c for c in clause.classes)
    found.update("own=" + w for w in _words(page, index, clause.first, clause.last, None))
    traits.add(
        "size=" + ("few" if value < 5 else "tens" if value < 70 else "hundreds" if value < 2500 else "thousands")
    )
    traits.add("range" if is_range else "single")
    for draft in page.drafts:
        if draft.number == value:
            name = f"{draft.status}.{draft.counts or ''}"
            traits.update(_ruled(name, here=draft.sentence == index))
    return frozenset(found), frozenset(traits)
