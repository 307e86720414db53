"""The baseline: positions known before the first poll, in facts and places, never in sentences of a document.

Derives them from readings of the seed documents, writes and reads baseline.yaml. Extracts nothing itself.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import yaml

from monitor import errors, types
from monitor.ledger import compare, evidence, rules

SEEDS = Path(__file__).resolve().parents[1] / "seeds" / "coalition" / "baseline.yaml"
HEADER = """\
# Positions known before the first poll: facts with the place where a document says so (offsets into its text).
# Written by `coalition-watch baseline build`; entries `by: hand` come from the manifest, with their reason.
"""

Document = tuple[types.Article, types.Reading, str, str]  # article, reading, document name, sha256
Mark = tuple[str, str, str, str, int | None, str, int]  # key, status, number, document, start


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One claim of one document, for one aspect."""

    key: tuple[str, str, str]
    report: types.Report
    past: bool = False
    by: str = "engine"  # engine | hand
    reason: str = ""


def facts_of(document: Document, *, by: str = "engine", reason: str = "") -> list[Fact]:
    """The facts that a document's claims state, one for each aspect."""
    article, reading, name, sha256 = document
    assert article.published is not None
    found = []
    for claim in reading.claims:
        report = types.Report(
            article_id=article.id, outlet=article.outlet, tier=article.tier, origin=claim.origin or article.outlet,
            url=None, title="", published=article.published, status=claim.status, evidence="", start=claim.start,
            end=claim.end, number=claim.number, number_max=claim.number_max, speaker=claim.speaker,
            official=claim.official, document=name, sha256=sha256,
        )  # fmt: skip
        past = claim.when is types.When.PAST
        for aspect in compare.aspects_of(claim):
            aside = f"{aspect}:{claim.status}" if claim.status == "sought" else aspect
            key = (str(claim.topic), claim.subject, aside)
            found.append(Fact(key=key, report=report, past=past, by=by, reason=reason))
    return found


def derive(
    readings: Sequence[Document], hand: Iterable[Fact] = (), ledger_rules: rules.Rules | None = None
) -> tuple[types.Position, ...]:
    """The positions that the documents establish, oldest document first; every report stays with its position."""
    facts = [fact for document in readings for fact in facts_of(document)] + list(hand)
    return positions_of(facts, ledger_rules or rules.load_rules())


def positions_of(facts: Iterable[Fact], ledger_rules: rules.Rules) -> tuple[types.Position, ...]:
    """Facts brought together by key; the ledger's rules say which of them holds in the end."""
    held: dict[tuple[str, str, str], types.Position] = {}
    kept: dict[tuple[str, str, str], list[types.Report]] = {}
    for fact in sorted(facts, key=lambda fact: (fact.report.published, fact.past)):
        reports = kept.setdefault(fact.key, [])
        if any(_mark(fact.key, report) == _mark(fact.key, fact.report) for report in reports):
            continue
        reports.append(fact.report)
        position = held.get(fact.key)
        if position is None or (not fact.past and _holds(ledger_rules, position, fact)):
            held[fact.key] = _position(fact)
    graded = (_with_reports(position, kept[key], ledger_rules) for key, position in held.items())
    return tuple(sorted(graded, key=lambda position: position.key))


def _holds(ledger_rules: rules.Rules, held: types.Position, fact: Fact) -> bool:
    report = fact.report
    if rules.is_figure(fact.key[2]) and held.since == report.published and held.number is not None:
        return False  # two counts in one document: the first
    verdict = rules.decide(
        ledger_rules, held, topic=fact.key[0], aspect=fact.key[2], status=report.status, number=report.number,
        number_max=report.number_max,
    )  # fmt: skip
    return verdict.holds


def _position(fact: Fact) -> types.Position:
    report = fact.report
    return types.Position(
        topic=types.Topic(fact.key[0]), subject=fact.key[1], aspect=fact.key[2], status=report.status,
        number=report.number, number_max=report.number_max, since=report.published, source="baseline",
    )  # fmt: skip


def _with_reports(
    position: types.Position, reports: Sequence[types.Report], ledger_rules: rules.Rules
) -> types.Position:
    bearing = [r for r in reports if r.status == position.status and r.number == position.number]
    grade = evidence.grade(bearing, position.since, ledger_rules)
    return types.Position(
        topic=position.topic, subject=position.subject, aspect=position.aspect, status=position.status,
        number=position.number, number_max=position.number_max, since=position.since, grade=grade,
        reports=tuple(reports), source="baseline",
    )  # fmt: skip


def _mark(key: tuple[str, str, str], report: types.Report) -> Mark:
    return (*key, report.status, report.number, report.document or "", report.start)


# ---------------------------------------------------------------- file


def to_yaml(positions: Iterable[types.Position], hand: Iterable[Fact] = ()) -> str:
    """baseline.yaml's text: positions in facts, with the documents' names, hashes and offsets."""
    reasons = {_mark(fact.key, fact.report): fact.reason for fact in hand}
    rows = [_to_row(position, reasons) for position in positions]
    return HEADER + yaml.safe_dump({"positions": rows}, sort_keys=False, allow_unicode=True, width=120)


def _to_row(position: types.Position, reasons: Mapping[Mark, str]) -> dict[str, Any]:
    row: dict[str, Any] = {
        "topic": str(position.topic), "subject": position.subject, "aspect": position.aspect,
        "status": position.status, "number": position.number, "number_max": position.number_max,
        "since": _day_or_time(position.since), "grade": str(position.grade),
    }  # fmt: skip
    row["reports"] = [_to_report_row(position.key, report, reasons) for report in position.reports]
    return {name: value for name, value in row.items() if value is not None}


def _to_report_row(key: tuple[str, str, str], report: types.Report, reasons: Mapping[Mark, str]) -> dict[str, Any]:
    reason = reasons.get(_mark(key, report))
    row = {
        "document": report.document, "sha256": report.sha256, "start": report.start, "end": report.end,
        "article": report.article_id if report.document is None else None, "url": report.url,
        "date": _day_or_time(report.published), "outlet": report.outlet, "origin": report.origin,
        "tier": str(report.tier), "status": report.status, "number": report.number, "number_max": report.number_max,
        "speaker": report.speaker, "official": report.official or None,
        "by": _by(report, reason), "reason": "set by hand" if report.article_id == "hand" else reason,
    }  # fmt: skip
    return {name: value for name, value in row.items() if value is not None}


def _by(report: types.Report, reason: str | None) -> str:
    if reason is not None or report.article_id == "hand":
        return "hand"
    return "engine" if report.document is not None else "news"


def _day_or_time(moment: datetime) -> date | str:
    """A day where no time is known (documents); else the time."""
    return moment.date() if moment.time() == time() else moment.isoformat()


def cut(positions: Iterable[types.Position], developments: Iterable[types.Development]) -> tuple[types.Position, ...]:
    """A ledger's positions as a baseline for another one: with the reports of earlier values, which stay known."""
    earlier: dict[tuple[str, str, str], list[types.Report]] = {}
    for development in developments:
        if development.old_position is not None and not development.taken_back:
            earlier.setdefault(development.old_position.key, []).extend(development.old_position.reports)
    return tuple(
        replace(
            position, source="baseline", development_id=None,
            reports=tuple(dict.fromkeys((*position.reports, *earlier.get(position.key, ())))),
        )
        for position in sorted(positions, key=lambda position: position.key)
    )  # fmt: skip


def load_baseline(path: Path | None = None, ledger_rules: rules.Rules | None = None) -> tuple[types.Position, ...]:
    """The positions of a baseline file (the shipped one where none is named), whose statuses the rules know; raises
    errors.SeedError."""
    file, known = path or SEEDS, ledger_rules or rules.load_rules()
    try:
        data = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise errors.SeedError(file.name, "file", "readable YAML") from error
    if not isinstance(data, dict) or not isinstance(data.get("positions"), list):
        raise errors.SeedError(file.name, "positions", "a list")
    return tuple(_from_row(file.name, index, row, known) for index, row in enumerate(data["positions"]))


def _from_row(file: str, index: int, row: Any, ledger_rules: rules.Rules) -> types.Position:
    where = f"positions[{index}]"
    try:
        reports = tuple(_from_report_row(report) for report in row["reports"])
        position = types.Position(
            topic=types.Topic(row["topic"]), subject=str(row["subject"]), aspect=str(row["aspect"]),
            status=str(row["status"]), number=_number(row, "number"), number_max=_number(row, "number_max"),
            since=_moment(row["since"]), grade=types.Grade(row["grade"]), reports=reports, source="baseline",
        )  # fmt: skip
    except (KeyError, TypeError, ValueError) as error:
        raise errors.SeedError(file, where, f"a position in facts ({error})") from error
    _check(file, where, position, ledger_rules)
    return position


def _check(file: str, where: str, position: types.Position, ledger_rules: rules.Rules) -> None:
    topic = str(position.topic)
    if rules.is_figure(position.aspect):
        if position.number is None:
            raise errors.SeedError(file, f"{where}.number", "a number, for a count or a size")
    elif position.aspect == "language" or position.aspect.startswith("language:"):
        return  # a phrase; it has no order
    elif position.status not in ledger_rules.beside and ledger_rules.rank(topic, position.status) < 0:
        raise errors.SeedError(file, f"{where}.status", f"a status of {topic}, not {position.status!r}")
    if not position.reports:
        raise errors.SeedError(file, f"{where}.reports", "one report or more")


def _from_report_row(row: Mapping[str, Any]) -> types.Report:
    if row["by"] not in {"engine", "news", "hand"} or (row["by"] == "hand" and not row.get("reason")):
        raise ValueError("by: engine, by: news, or by: hand with a reason")
    document = None if row["by"] == "news" or "article" in row else str(row["document"])
    return types.Report(
        article_id=str(row["article"]) if document is None else Path(document).stem,
        outlet=str(row["outlet"]), tier=types.Tier(row["tier"]), origin=str(row["origin"]), url=row.get("url"),
        title="", published=_moment(row["date"]), status=str(row["status"]),
        evidence="", start=int(row["start"]), end=int(row["end"]), number=_number(row, "number"),
        number_max=_number(row, "number_max"), speaker=row.get("speaker"), official=bool(row.get("official")),
        document=document, sha256=None if document is None else str(row["sha256"]),
    )  # fmt: skip


def _number(row: Mapping[str, Any], name: str) -> int | None:
    value = row.get(name)
    if value is not None and (not isinstance(value, int) or isinstance(value, bool)):
        raise ValueError(f"{name}: {value!r} is no number")
    return value


def _moment(value: Any) -> datetime:
    if isinstance(value, str):
        return types.ensure_utc(datetime.fromisoformat(value))
    if not isinstance(value, date):
        raise ValueError(f"{value!r} is no date")
    return datetime.combine(value, time(), UTC)


def diff_required(positions: Iterable[types.Position], required: Iterable[types.Claim]) -> list[types.Claim]:
    """The claims (optional ones aside) that no position holds, not even among its reports."""
    known = {(*position.key, report.status, report.number) for position in positions for report in position.reports}
    missing = []
    for claim in required:
        marks = [
            (
                str(claim.topic),
                claim.subject,
                f"{a}:sought" if claim.status == "sought" else a,
                claim.status,
                claim.number,
            )
            for a in compare.aspects_of(claim)
        ]
        if not claim.optional and not all(mark in known for mark in marks):
            missing.append(claim)
    return missing
