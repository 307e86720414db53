"""Finds out whether an article corrects an earlier one of its outlet, and which development that touches. Pure."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor import types, watch
from monitor.ledger import evidence, rules, state

_TITLE = re.compile(
    r"^\W*(?:correct(?:ed|ion|s)|clarification|retraction|retracted|withdrawn|refile)\b\s*[:(–—-]", re.IGNORECASE
)
_TEXT = re.compile(
    r"\b(?:an? )?(?:earlier|previous|original) (?:version|edition) of (?:this|the|our) "
    r"(?:report|article|story|text|item|page|dispatch)\b"
    r"|\bthis (?:report|article|story) (?:has been|was) (?:corrected|amended|retracted|withdrawn)\b"
    r"|\b(?:this|the) (?:report|article|story) (?:wrongly|incorrectly|erroneously|mistakenly)\b"
    r"|\b(?:an?|our) (?:earlier|previous) (?:report|article|story)\b[^.]{0,80}"
    r"\b(?:wrong|incorrect|mistaken|in error|retracted)"
    r"|\bwe (?:wrongly|incorrectly|erroneously|mistakenly) (?:reported|said|stated|wrote)\b",
    re.IGNORECASE,
)
_DENIES = re.compile(
    r"\b(?:den(?:y|ies|ied)|denial|false|untrue|not true|no truth|baseless|unfounded|incorrect|fabricat\w+|invented|"
    r"made[- ]up|fake|no such|nothing of the (?:kind|sort))\b",
    re.IGNORECASE,
)
_DIGITS = re.compile(r"\d{1,3}(?:,\d{3})+|\d+")
_WORD = re.compile(r"[^\W_]{3,}")
_SENTENCE = re.compile(r"[^.!?\n]+[.!?]?")
_COMMON = frozenset(
    [
        "the",
        "and",
        "for",
        "that",
        "was",
        "with",
        "this",
        "has",
        "had",
        "said",
        "are",
        "were",
        "not",
        "been",
        "its",
        "report",
        "version",
        "earlier",
        "from",
    ]
)
OVERLAP = 0.5
NEAR = 250  # letters round a claim in which a denial is looked for


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """What an article says of its earlier version."""

    said: str  # the sentences that speak of the earlier version, and the one after each
    titled: bool  # the title says so
    spans: tuple[tuple[int, int], ...] = ()  # where the text tells what the earlier version said

    def retells(self, claim: types.Claim) -> bool:
        """Whether the claim is what the earlier version said."""
        return any(start <= claim.start < end for start, end in self.spans)


def find(article: types.Article, claims: Iterable[types.Claim]) -> Correction | None:
    """The correction that the article carries, if any."""
    found = [match for match in _SENTENCE.finditer(article.text) if match.group().strip()]
    sentences = [match.group().strip() for match in found]
    marked = [i for i, sentence in enumerate(sentences) if _TEXT.search(sentence)]
    titled = _TITLE.search(article.title) is not None
    flagged = any(claim.act is types.Act.CORRECTION for claim in claims)
    if not marked and not flagged and not titled:
        return None
    said = " ".join(" ".join(sentences[i : i + 2]) for i in marked)
    spans = tuple((found[i].start(), found[i].end()) for i in marked)
    return Correction(said=said, titled=titled or flagged, spans=spans)


def is_denial(article: types.Article, claim: types.Claim) -> bool:
    """Whether the claim denies an earlier report: marked so, or said next to words of denial."""
    if claim.act is types.Act.DENIAL:
        return True
    near = article.text[max(0, claim.start - NEAR) : claim.end + NEAR]
    return bool(_DENIES.search(near))


def touched(
    correction: Correction | None,
    article: types.Article,
    claims: Sequence[tuple[state.Key, types.Claim]],
    held: state.LedgerState,
    watched: watch.Watch,
    ledger_rules: rules.Rules,
    now: datetime,
) -> list[types.Development]:
    """Developments that rest on this outlet's earlier report and that the article no longer bears out."""
    published = article.published or now
    oldest = published - timedelta(days=ledger_rules.days["correction"])
    outlet = evidence.canonical(article.outlet, watched)
    found = []
    # Without a correction only the page's own developments can be touched: the ledger's size must not matter.
    for development in list(held.developments.values()) if correction else held.developments_by(article.id):
        if development.taken_back or development.published < oldest or development.aspect == "language":
            continue
        own = [report for report in development.reports if evidence.same_origin(report.origin, outlet)]
        if not own or _still_says(development, claims):
            continue
        same_page = any(report.article_id == article.id for report in own)
        latest = held.developments_of(state.key_of(development))[-1] is development
        if same_page or (correction and _speaks_of(correction, development, own, claims, latest=latest)):
            found.append(development)
    return found


def _still_says(development: types.Development, claims: Sequence[tuple[state.Key, types.Claim]]) -> bool:
    return any(
        key == state.key_of(development) and carries(development, claim.status, claim.number) for key, claim in claims
    )


def carries(development: types.Development, status: str, number: int | None) -> bool:
    """Whether a status and figure are what the development says is new."""
    if isinstance(development.new, int):
        return number == development.new
    return status == development.new and (
        number is None or development.new_number is None or number == development.new_number
    )


def _speaks_of(
    correction: Correction,
    development: types.Development,
    own: Sequence[types.Report],
    claims: Sequence[tuple[state.Key, types.Claim]],
    *,
    latest: bool,
) -> bool:
    current = any(key == state.key_of(development) and claim.when is types.When.CURRENT for key, claim in claims)
    numbers = {int(digits.replace(",", "")) for digits in _DIGITS.findall(correction.said)}
    if isinstance(development.new, int) and numbers:
        return development.new in numbers
    if current and latest and correction.titled:  # the same matter, told differently
        return True
    said = _content(correction.said)
    told = [_content(text) for report in own for text in (report.evidence, report.title) if text]
    return any(len(words & said) >= max(OVERLAP * len(words), 2) for words in told)


def _content(text: str) -> set[str]:
    """Words cut to their first letters, so that "withdrawing" meets "withdraws"."""
    return {word[:6] for word in _WORD.findall(text.casefold()) if word not in _COMMON}
