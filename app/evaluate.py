"""Scores extracted claims against annotated articles. Single errors are shown for odd ids alone.

strict: topic, subject and status agree (a count also its number and kind, a force size its number); exact: also a
pledge's number and a backstop's components; lenient: statuses that say nearly the same are one. Optional annotated
claims are neither required nor wrong.
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
NOTHING = -1.0  # a field that neither claim has
# What `lenient` takes for one: {topic: {status: group}}.
GROUPS = {
    "membership": {
        **dict.fromkeys(("leads", "member", "attended"), "in"),
        "considering": "maybe",
        **dict.fromkeys(("declined", "left"), "out"),
    },
    "troops": {
        **dict.fromkeys(("pledged", "conditional"), "yes"),
        **dict.fromkeys(("open", "undecided"), "maybe"),
        **dict.fromkeys(("ruled_out", "withdrew"), "no"),
    },
    "backstop": {
        **dict.fromkeys(("uncommitted", "refused", "withdrawn"), "no"),
        **dict.fromkeys(("offered", "committed"), "yes"),
    },
}


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
    is_whole: bool = True  # False: sentences alone, which tell neither who speaks nor what an article is about


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
    lenient: Tally = field(default_factory=Tally)
    relevance: Tally = field(default_factory=Tally)
    loud: int = 0  # articles off topic with a claim
    off_topic: int = 0
    fields: dict[str, list[float]] = field(default_factory=dict)
    errors: list[tuple[str, str, Key, str]] = field(default_factory=list)


def load_annotated(path: Path) -> list[Annotated]:
    """The annotated articles of a folder of JSON files, a JSON file, or a JSON Lines file; others are left out."""
    found = []
    for file in sorted(path.glob("*.json")) if path.is_dir() else [path]:
        try:
            text = file.read_text(encoding="utf-8")
            rows = [json.loads(line) for line in (text.splitlines() if file.suffix == ".jsonl" else [text])]
        except (OSError, ValueError) as error:
            raise errors.InputError(str(file), f"is no JSON ({error})") from error
        for data in rows:
            if isinstance(data, dict) and isinstance(data.get("claims"), list):
                article = claims_command.parse_article(data, file.parent)
                claims = tuple(data["claims"])
                found.append(Annotated(article=article, relevant=bool(data.get("relevant")), claims=claims))
    return found


def refuse_missing(path: Path) -> None:
    """Raises errors.InputError where there is no such path."""
    if not path.exists():
        raise errors.InputError(str(path), "no such folder or file")


def load_required(path: Path) -> list[Annotated]:
    """As load_annotated, also of JSON Lines files below a folder; raises errors.InputError where there is none."""
    refuse_missing(path)
    files = [*sorted(path.rglob("*.jsonl")), path] if path.is_dir() else [path]
    found = [article for file in files for article in load_annotated(file)]
    if not found:
        raise errors.InputError(str(path), "no annotated article in it (JSON with text and claims)")
    return found


def score(articles: Iterable[Annotated], reader: Reader) -> dict[str, Score]:
    """{"odd" | "even" | "all": figures}; an id without a number counts as odd."""
    scores = {name: Score() for name in ("odd", "even", "all")}
    for annotated in articles:
        reading = reader.read(annotated.article)
        half = "odd" if is_odd(annotated.article.id) else "even"
        for name in (half, "all"):
            _add(scores[name], annotated, reading)
    return scores


def is_odd(identity: str) -> bool:
    """Whether an id's number is odd; one without a number counts as odd."""
    digits = "".join(char for char in identity if char.isdecimal())
    return not (digits and len(digits) < 9) or int(digits) % 2 == 1


def _add(into: Score, annotated: Annotated, reading: types.Reading) -> None:
    into.articles += 1
    rows = [claims_command.claim_to_json(claim) for claim in reading.claims]
    _tally(into.strict, annotated, rows, level="strict", errors_into=into.errors)
    _tally(into.exact, annotated, rows, level="exact", errors_into=None)
    _tally(into.lenient, annotated, rows, level="lenient", errors_into=None)
    into.relevance.right += annotated.relevant and reading.relevant
    into.relevance.wrong += reading.relevant and not annotated.relevant
    into.relevance.missed += annotated.relevant and not reading.relevant
    into.off_topic += not annotated.relevant
    into.loud += not annotated.relevant and bool(rows)
    _compare_fields(into, annotated, rows)


def key_of(claim: dict[str, Any], *, level: str) -> Key:
    """What must agree."""
    topic, status = claim["topic"], claim["status"]
    group = GROUPS[topic].get(status, status) if level == "lenient" and topic in GROUPS else status
    base: Key = (topic, claim["subject"], group)
    if status in {"headcount", "force_size"}:
        kind = (claim.get("counts"),) if status == "headcount" and level != "lenient" else ()
        return (*base, claim.get("number"), *kind)
    if level == "exact" and topic == "backstop":
        return (*base, frozenset(claim.get("components") or ()))
    return (*base, claim.get("number")) if level == "exact" and topic == "troops" else base


def _tally(
    into: Tally,
    annotated: Annotated,
    rows: Sequence[dict[str, Any]],
    *,
    level: str,
    errors_into: list[tuple[str, str, Key, str]] | None,
) -> None:
    found = {key_of(row, level=level): row for row in rows}
    required = {key_of(claim, level=level): claim for claim in annotated.claims if not claim.get("optional")}
    allowed = {key_of(claim, level=level) for claim in annotated.claims}
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
    """The other fields of the claims that strictly agree, each paired with the likest."""
    for claim in annotated.claims:
        key = key_of(claim, level="strict")
        likely = [row for row in rows if key_of(row, level="strict") == key]
        if claim.get("optional") or not likely:
            continue
        for name, value in max((_likeness(claim, row) for row in likely), key=lambda one: tuple(one.values())).items():
            if value != NOTHING:
                into.fields.setdefault(name, []).append(value)


def _likeness(claim: dict[str, Any], row: dict[str, Any]) -> dict[str, float]:
    """{field: 1 where it agrees}, the share of common components; -1 where there is nothing to compare."""
    mine, theirs = set(claim.get("components") or ()), set(row.get("components") or ())
    numbers = [(one.get("number"), one.get("number_max")) for one in (claim, row)]
    named = claim["topic"] == "troops" and any(number for number, _ in numbers)
    common = len(mine & theirs) / len(mine | theirs) if mine | theirs else 1.0
    likeness = {
        "components": common if claim["topic"] == "backstop" else NOTHING,
        "when": float(claim.get("when", "current") == row["when"]),
        "number": float(numbers[0] == numbers[1]) if named else NOTHING,
    }
    for name in ("speaker", "origin"):
        last = [str(one.get(name) or "").lower().split()[-1:] for one in (claim, row)]
        likeness[name] = float(last[0] == last[1]) if any(last) else NOTHING
    return likeness


def report(scores: dict[str, Score], show: int) -> str:
    """A table, and single errors of odd ids."""
    lines = []
    for name, one in scores.items():
        if not one.articles:
            continue
        lines.append(f"{name}: {one.articles} articles; off topic with a claim: {one.loud} of {one.off_topic}")
        for level, tally in (
            ("strict", one.strict),
            ("exact", one.exact),
            ("lenient", one.lenient),
            ("relevance", one.relevance),
        ):
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
