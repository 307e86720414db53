"""Scores extracted claims against annotated articles. Single errors are shown for odd ids alone.

strict: topic, subject and status agree (a count also number and kind, a force size its number). exact: also a pledge's
number and a backstop's set of components. Optional annotated claims are neither required nor wrong.
"""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from app import claims_command
from monitor import errors, types

Key = tuple[object, ...]


class Reader(Protocol):
    """What reads an article."""

    def read(self, article: types.Article) -> types.Reading:
        """Relevance and claims."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Annotated:
    """An article with what a reader must find in it."""

    article: types.Article
    relevant: bool
    claims: tuple[dict[str, Any], ...]


@dataclass(slots=True, kw_only=True)
class Tally:
    """Right, wrong and missed claims."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    @property
    def precision(self) -> float:
        """Share of the found that is right (1 where nothing was found)."""
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0

    @property
    def recall(self) -> float:
        """Share of the required that was found."""
        return self.right / (self.right + self.missed) if self.right + self.missed else 1.0

    @property
    def f1(self) -> float:
        """The harmonic mean of both."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


@dataclass(slots=True, kw_only=True)
class Score:
    """The figures of a set of articles."""

    articles: int = 0
    strict: Tally = field(default_factory=Tally)
    exact: Tally = field(default_factory=Tally)
    relevance: Tally = field(default_factory=Tally)
    loud: int = 0  # articles off topic with a claim
    off_topic: int = 0
    fields: dict[str, list[bool]] = field(default_factory=dict)
    errors: list[tuple[str, str, Key, str]] = field(default_factory=list)


def load_annotated(path: Path) -> list[Annotated]:
    """The annotated articles of a folder or file; others are left out."""
    found = []
    for file in sorted(path.glob("*.json")) if path.is_dir() else [path]:
        try:
            data = json.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise errors.InputError(str(file), f"is no JSON ({error})") from error
        if isinstance(data, dict) and isinstance(data.get("claims"), list):
            article = claims_command.parse_article(data, file.parent)
            found.append(Annotated(article=article, relevant=bool(data.get("relevant")), claims=tuple(data["claims"])))
    return found


def score(articles: Iterable[Annotated], reader: Reader) -> dict[str, Score]:
    """{"odd" | "even" | "all": figures}; an id without a number counts as odd."""
    scores = {name: Score() for name in ("odd", "even", "all")}
    for annotated in articles:
        reading = reader.read(annotated.article)
        half = "even" if _number(annotated.article.id) % 2 == 0 else "odd"
        for name in (half, "all"):
            _add(scores[name], annotated, reading)
    return scores


def _number(identity: str) -> int:
    digits = "".join(char for char in identity if char.isdecimal())
    return int(digits) if digits and len(digits) < 9 else 1


def _add(into: Score, annotated: Annotated, reading: types.Reading) -> None:
    into.articles += 1
    rows = [claims_command.claim_to_json(claim) for claim in reading.claims]
    _tally(into.strict, annotated, rows, exact=False, errors_into=into.errors)
    _tally(into.exact, annotated, rows, exact=True, errors_into=None)
    into.relevance.right += annotated.relevant and reading.relevant
    into.relevance.wrong += reading.relevant and not annotated.relevant
    into.relevance.missed += annotated.relevant and not reading.relevant
    into.off_topic += not annotated.relevant
    into.loud += not annotated.relevant and bool(rows)
    _compare_fields(into, annotated, rows)


def key_of(claim: dict[str, Any], *, exact: bool) -> Key:
    """What must agree."""
    base: Key = (claim["topic"], claim["subject"], claim["status"])
    if claim["status"] == "headcount":
        return (*base, claim.get("number"), claim.get("counts"))
    if claim["status"] == "force_size":
        return (*base, claim.get("number"))
    if exact and claim["topic"] == "backstop":
        return (*base, frozenset(claim.get("components") or ()))
    return (*base, claim.get("number")) if exact and claim["topic"] == "troops" else base


def _tally(
    into: Tally,
    annotated: Annotated,
    rows: Sequence[dict[str, Any]],
    *,
    exact: bool,
    errors_into: list[tuple[str, str, Key, str]] | None,
) -> None:
    found = {key_of(row, exact=exact): row for row in rows}
    required = {key_of(claim, exact=exact): claim for claim in annotated.claims if not claim.get("optional")}
    allowed = {key_of(claim, exact=exact) for claim in annotated.claims}
    wrong = [key for key in found if key not in allowed]
    missed = [key for key in required if key not in found]
    into.right += len(found.keys() & required.keys())
    into.wrong += len(wrong)
    into.missed += len(missed)
    if errors_into is not None:
        name = annotated.article.id
        errors_into += [("wrong", name, key, str(found[key]["evidence"])) for key in wrong]
        errors_into += [("missed", name, key, str(required[key].get("evidence"))) for key in missed]


def _compare_fields(into: Score, annotated: Annotated, rows: Sequence[dict[str, Any]]) -> None:
    found = {key_of(row, exact=False): row for row in rows}
    for claim in annotated.claims:
        row = found.get(key_of(claim, exact=False))
        if claim.get("optional") or row is None:
            continue
        into.fields.setdefault("when", []).append(claim.get("when") == row["when"])
        for name in ("speaker", "origin"):
            names = [str(one.get(name) or "").lower().split()[-1:] for one in (claim, row)]
            if any(names):
                into.fields.setdefault(name, []).append(names[0] == names[1])


def report(scores: dict[str, Score], show: int) -> str:
    """A table, and single errors of odd ids."""
    lines = []
    for name, one in scores.items():
        if not one.articles:
            continue
        lines.append(f"{name}: {one.articles} articles; off topic with a claim: {one.loud} of {one.off_topic}")
        for level, tally in (("strict", one.strict), ("exact", one.exact), ("relevance", one.relevance)):
            lines.append(
                f"  {level:<10} P {tally.precision:.3f}  R {tally.recall:.3f}  F1 {tally.f1:.3f}"
                f"   (right {tally.right}, wrong {tally.wrong}, missed {tally.missed})"
            )
        fields = ", ".join(
            f"{key} {sum(values) / len(values):.3f} of {len(values)}" for key, values in one.fields.items()
        )
        lines.append(f"  fields     {fields}")
    odd = scores["odd"].errors
    kinds = Counter(kind for kind, *_ in odd)
    lines += [f"odd ids: {kinds['wrong']} wrong, {kinds['missed']} missed"] * bool(show)
    for kind, article, key, evidence in odd[:show]:
        lines.append(f"{kind:<7}{article:<10}{' '.join(map(str, key)):<44}{evidence[:110]!r}")
    return "\n".join(lines)
