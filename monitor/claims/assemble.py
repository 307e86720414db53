"""Makes claims of drafts: adds time, speaker, origin, act; drops doubles and contradictions. Enforces the evidence rule."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import replace
from functools import cached_property

from monitor import types
from monitor.claims import draft, tokens
from monitor.claims.context import Sentence, Voice

_TEXT_EDGE = " \t\n,;:–—-"
_DENIAL = re.compile(
    r"\b(?:den(?:y|ied|ies)|not true|false report|dismissed (?:a |the )?reports?|is no truth)\b", re.IGNORECASE
)
_CORRECTION = re.compile(r"\b(?:correction|earlier version of this|corrects?)\b", re.IGNORECASE)
_DRAFT = re.compile(r"\b(?:draft\w*|leaked)\b", re.IGNORECASE)
_DECISION = re.compile(
    r"\b(?:signed|decided|decision|announced|approved|agreed|adopted|has ruled out)\b", re.IGNORECASE
)
_QUOTED = re.compile(r"[“\"]([^“”\"]{4,120})[”\"]")
_US_PART = re.compile(
    r"backstop|guarantee|boots|air|support|article|help|protection|assurance|coordinat", re.IGNORECASE
)


_SEEN = frozenset({"attended", "leads"})  # statuses that are mostly seen, not said


def evidence_span(text: str, start: int, end: int) -> tuple[int, int]:
    """The stretch without stray marks at its edges."""
    while start < end and text[start] in _TEXT_EDGE:
        start += 1
    while end > start and text[end - 1] in _TEXT_EDGE:
        end -= 1
    return start, end


def to_claim(
    article: types.Article, one: draft.Draft, sentence: Sentence, *, past: bool, origin: str | None
) -> types.Claim:
    """One claim; raises ValueError where the evidence would not be the text's own."""
    start, end = evidence_span(article.text, one.start, one.end)
    voice = _voice(one, sentence)
    evidence = article.text[start:end]
    if not evidence:
        raise ValueError(f"no evidence for {one.rule} in {article.id}")
    official = article.tier is types.Tier.OFFICIAL or (
        voice is not None and not voice.private and voice.decides and voice.code == one.subject
    )
    return types.Claim(
        topic=types.Topic(one.topic), subject=one.subject, status=one.status, evidence=evidence, start=start, end=end,
        number=one.number, number_max=one.number_max, counts=one.counts, components=tuple(sorted(one.components)),
        when=types.When.PAST if past else types.When.CURRENT,
        speaker=_speaker(one, sentence, voice), origin=origin, optional=one.optional,
        wording=_wording(one, sentence, voice), act=_act(evidence, sentence.raw, past=past, spoken=voice is not None, status=one.status),
        rule=one.rule, why=one.why, official=official, in_passing=one.in_passing,
    )  # fmt: skip


def _voice(one: draft.Draft, sentence: Sentence) -> Voice | None:
    return sentence.voices[one.clause] if one.clause < len(sentence.voices) else None


def _speaker(one: draft.Draft, sentence: Sentence, voice: Voice | None) -> str | None:
    """Who says it; taking part is seen, not said, and a leader who is the subject of a stand speaks by it."""
    if one.speaker is not None:
        return one.speaker or None
    if one.status in _SEEN:
        return None
    if voice is not None and voice.name is not None:
        return voice.name
    clause = sentence.parse.clauses[one.clause] if one.clause < len(sentence.parse.clauses) else None
    subject = clause.subject if clause is not None else None
    if (
        subject is not None
        and subject.person is not None
        and subject.person.kind == "person"
        and not subject.person.former
        and subject.codes == (one.subject,)
        and sentence.row[subject.last].mention is not None
    ):  # not "Trump's administration", not "Macron and Starmer signed"
        return subject.person.person
    return None


def _wording(one: draft.Draft, sentence: Sentence, voice: Voice | None) -> str | None:
    if one.topic != "backstop" or one.status == "sought" or voice is None or voice.code != "US":
        return None
    for match in _QUOTED.finditer(sentence.raw):
        if _US_PART.search(match.group(1)):
            return match.group(1).rstrip(",.")
    return None


def _act(evidence: str, sentence: str, *, past: bool, spoken: bool, status: str) -> types.Act:
    if _CORRECTION.search(sentence):
        return types.Act.CORRECTION
    if _DENIAL.search(sentence):
        return types.Act.DENIAL
    if _DRAFT.search(sentence):
        return types.Act.DRAFT
    if past:
        return types.Act.RECAP
    if status in ("attended", "left") or (status == "member" and "join" in evidence.lower()):
        return types.Act.EVENT
    if _DECISION.search(evidence):
        return types.Act.DECISION
    return types.Act.STATEMENT if spoken else types.Act.EVENT if status == "headcount" else types.Act.STATEMENT


class Spelling:
    """How the article itself writes names ("Nauseda" for Nausėda, "Zelensky" for Zelenskyy)."""

    def __init__(self, text: str, built: Iterable[Sentence]) -> None:
        self._text = text
        self._built = built

    @cached_property
    def _words(self) -> dict[str, str]:
        """{folded: as it stands first in the text}; made when the first name is asked for."""
        words = (tokens.unpossessed(w) for w in reversed(_NAME.findall(self._text)))
        return {folded(word): word for word in words if word[0].isupper()}

    @cached_property
    def _surnames(self) -> dict[str, str]:
        """{person: the last word of the name under which the article speaks of him}; the first naming counts."""
        named: dict[str, str] = {}
        for sentence in self._built:
            for mention in sentence.mentions:
                if mention.person is not None and mention.kind == "person":
                    word = tokens.unpossessed(sentence.raw[mention.start : mention.end]).split()[-1]
                    if _is_alike(word, mention.person.split()[-1]):  # not "the Polish premier"
                        named.setdefault(mention.person, word)
        return named

    def of(self, name: str | None) -> str | None:
        """The name in the article's letters, as far as it has them."""
        if name is None:
            return None
        *first, last = name.split()
        last = self._surnames.get(name, last)
        return " ".join(self._words.get(folded(word), word) for word in (*first, last))


_NAME = re.compile(r"\b[^\W\d_][\w’'-]*")


def _is_alike(word: str, surname: str) -> bool:
    return folded(word)[:2] == folded(surname)[:2]


_LETTERS = str.maketrans({"ø": "o", "ł": "l", "ı": "i", "đ": "d", "ß": "ss", "æ": "ae", "’": "'"})


def folded(word: str) -> str:
    """A word in small letters without marks, for comparing names."""
    if word.isascii():  # most are
        return word.casefold().removesuffix("'s")
    plain = unicodedata.normalize("NFKD", word.casefold().translate(_LETTERS))
    return "".join(c for c in plain if not unicodedata.combining(c)).removesuffix("'s")


def settle(claims: list[types.Claim]) -> tuple[types.Claim, ...]:
    """One claim for each (topic, subject, status, counts, number, components, when); weaker ones beside stronger go."""
    kept: dict[tuple[object, ...], types.Claim] = {}
    for claim in claims:
        key: tuple[object, ...] = (claim.topic, claim.subject, claim.status, claim.counts, claim.components, claim.when)
        if claim.status in ("headcount", "force_size"):
            key += (claim.number,)
        old = kept.get(key)
        if old is None or (old.optional and not claim.optional) or (old.number is None and claim.number is not None):
            kept[key] = claim
        elif old.speaker is None and claim.speaker is not None and (old.number is None or old.number == claim.number):
            kept[key] = claim if claim.origin is not None else replace(claim, origin=old.origin)
        elif old.origin is None and claim.origin is not None:
            kept[key] = replace(old, origin=claim.origin)
    result = list(kept.values())
    pledged = {c.subject for c in result if c.topic == "troops" and c.status == "pledged"}
    standing = {
        (c.topic, c.subject, c.status, c.counts, c.number, c.components) for c in result if c.when is types.When.CURRENT
    }
    members = {c.subject for c in result if c.topic == "membership" and c.status in ("member", "leads")}
    return tuple(
        sorted(
            (
                c for c in result
                if not (c.status == "support_only" and c.subject in pledged)
                and not (c.status == "considering" and c.subject in members)
                and not (c.when is types.When.PAST and (c.topic, c.subject, c.status, c.counts, c.number, c.components) in standing)
            ),
            key=lambda c: (c.start, c.end, c.topic, c.subject, c.status),
        )
    )  # fmt: skip
