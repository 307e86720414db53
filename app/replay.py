"""`coalition-watch replay`: archived articles through claims and ledger on a clock of their own, from the baseline.

Reads files and writes nothing; the ledger lives in memory.
"""

import json
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

from app import claims_command
from monitor import baseline, copies, errors, types, watch
from monitor.ledger import compare, rules, state

EPOCH = datetime(2025, 1, 1, tzinfo=UTC)
UNDATED = datetime.max.replace(tzinfo=UTC)  # articles without a date come last


class Engine(Protocol):
    """Reads the claims of an article."""

    def read(self, article: types.Article) -> types.Reading:
        """The article's reading."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Archived:
    """An article of an archive, with the claims that it is annotated with, if any."""

    article: types.Article
    gold: types.Reading | None = None

    @property
    def moment(self) -> datetime | None:
        """When it arrives: as noted, else when it was published; None where neither is known."""
        return self.article.arrived or self.article.published


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayResult:
    """What a replay brings."""

    developments: tuple[types.Development, ...]  # raised or altered, in the order in which they were raised
    positions: tuple[types.Position, ...]
    held_back: tuple[types.HeldBack, ...]
    articles: int

    def held_back_counts(self) -> dict[str, int]:
        """{reason: count}."""
        return dict(Counter(held.reason for held in self.held_back).most_common())


# ---------------------------------------------------------------- reading archives


def load_articles(paths: Iterable[Path], warn: Callable[[str], None] | None = None) -> list[Archived]:
    """Articles of JSON Lines files and folders of JSON, in order of arrival; other JSON is skipped with a word."""
    say = warn or (lambda word: print(word, file=sys.stderr))
    found: list[Archived] = []
    for path in paths:
        for name, base, text in _sources(path):
            try:
                found.append(parse_archived(json.loads(text), base))
            except (errors.InputError, ValueError, KeyError, TypeError, OSError) as error:
                say(f"{name}: skipped, no article ({error})")
    return sorted(found, key=lambda archived: archived.moment or UNDATED)


def _sources(path: Path) -> Iterator[tuple[str, Path, str]]:
    if path.is_dir():
        for file in sorted(path.glob("*.json")):
            yield file.name, path, file.read_text(encoding="utf-8")
    elif path.suffix == ".json":
        yield path.name, path.parent, path.read_text(encoding="utf-8")
    elif path.is_file():
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if line.strip():
                yield f"{path.name}:{number}", path.parent, line
    else:
        raise errors.InputError(str(path), "no such file or folder")


def parse_archived(data: Any, base: Path) -> Archived:
    """One archived article; raises errors.InputError, KeyError, TypeError or ValueError for anything else."""
    if not isinstance(data, dict):
        raise errors.InputError("line", "no JSON object")
    article = claims_command.parse_article(data, base)
    return Archived(article=article, gold=to_reading(data, article.text) if "claims" in data else None)


def to_reading(data: dict[str, Any], text: str) -> types.Reading:
    """The annotated claims as a reading."""
    return types.Reading(
        relevant=bool(data.get("relevant", True)), claims=tuple(_to_claim(row, text) for row in data["claims"])
    )


def _to_claim(row: dict[str, Any], text: str) -> types.Claim:
    start = max(text.find(row["evidence"]), 0)
    return types.Claim(
        topic=types.Topic(row["topic"]), subject=row["subject"], status=row["status"], evidence=row["evidence"],
        start=row.get("start", start), end=row.get("end", start + len(row["evidence"])), number=row.get("number"),
        number_max=row.get("number_max"), counts=row.get("counts"),
        components=tuple(sorted(row.get("components") or ())),
        when=types.When(row.get("when") or "current"), speaker=row.get("speaker"), origin=row.get("origin"),
        optional=bool(row.get("optional")), wording=row.get("wording"), act=types.Act(row.get("act") or "statement"),
    )  # fmt: skip


# ---------------------------------------------------------------- the way


def replay(
    articles: Sequence[Archived],
    engine: Engine | None,
    watched: watch.Watch,
    ledger_rules: rules.Rules,
    positions: Sequence[types.Position] | None = None,
    *,
    developments: Sequence[types.Development] = (),
    claims_from_gold: bool = False,
    on_step: Callable[[state.LedgerState, types.LedgerStep], state.LedgerState | None] | None = None,
) -> ReplayResult:
    """Take the articles in order into a ledger that starts from the baseline, or from what another one held."""
    held = state.LedgerState.load(baseline.load_baseline() if positions is None else positions, developments)
    known = dict(held.developments)
    seen = copies.CopyIndex()
    held_back: list[types.HeldBack] = []
    starts = [position.since for position in held.positions.values()] + [d.raised_at for d in developments]
    clock = max(starts, default=EPOCH)
    for archived in articles:
        clock = max(clock, archived.moment or clock)
        step = _take(archived, engine, watched, ledger_rules, held, seen, clock, claims_from_gold=claims_from_gold)
        if step is None:
            continue
        held.absorb(step)
        held_back += step.held_back
        if step.copy_of is None:
            seen.add(archived.article.id, step.sketch)
        if on_step is not None:
            held = on_step(held, step) or held
    return ReplayResult(
        developments=tuple(one for one in held.developments.values() if known.get(one.id) != one),
        positions=tuple(held.positions[key] for key in sorted(held.positions)),
        held_back=tuple(held_back),
        articles=len(articles),
    )


def _take(
    archived: Archived,
    engine: Engine | None,
    watched: watch.Watch,
    ledger_rules: rules.Rules,
    held: state.LedgerState,
    seen: copies.CopyIndex,
    now: datetime,
    *,
    claims_from_gold: bool,
) -> types.LedgerStep | None:
    reading = archived.gold if claims_from_gold or engine is None else engine.read(archived.article)
    if reading is None or not reading.relevant:
        return None
    copy_of = seen.find(copies.sketch(archived.article.text)) if reading.claims else None
    return compare.apply_article(
        held, archived.article, reading, rules=ledger_rules, watch=watched, copy_of=copy_of, now=now
    )


# ---------------------------------------------------------------- results


def development_to_json(development: types.Development) -> dict[str, Any]:
    """One line of the result."""
    return {
        "id": development.id,
        "published": development.published.isoformat(),
        "raised_at": development.raised_at.isoformat(),
        "topic": str(development.topic),
        "subject": development.subject,
        "aspect": development.aspect,
        "old": development.old,
        "new": development.new,
        "old_number": development.old_number,
        "new_number": development.new_number,
        "grade_at_first": str(development.grade_at_first),
        "grade": str(development.grade),
        "minor": development.minor,
        "disputed": development.disputed,
        "taken_back": development.taken_back,
        "evidence": development.reports[0].evidence,
        "article_ids": list(dict.fromkeys(report.article_id for report in development.reports)),
        "note": development.note,
    }
