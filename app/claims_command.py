"""The command `claims`: articles as JSON Lines in, claims as JSON Lines out, in the same order. Needs no network."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol, TextIO

from monitor import errors, types


class Reader(Protocol):
    """What reads an article."""

    def read(self, article: types.Article) -> types.Reading:
        """Relevance and claims."""


def run_claims(
    stdin_lines: Iterable[str], out: TextIO, err: TextIO, base: Path, engine: Reader, explain: bool = False
) -> int:
    """Read every line, write every answer; 2 where a line was no article, else 0."""
    code = 0
    for number, line in enumerate(stdin_lines, 1):
        if not line.strip():
            continue
        try:
            article = parse_article(_parse_line(line), base)
        except errors.InputError as error:
            err.write(f"line {number}: {error}\n")
            out.write(json.dumps({"error": str(error), "line": number}, ensure_ascii=False) + "\n")
            code = 2
            continue
        reading = engine.read(article)
        row: dict[str, object] = {
            "id": article.id,
            "relevant": reading.relevant,
            "claims": [claim_to_json(claim, explain=explain) for claim in reading.claims],
        }
        if reading.skipped:
            row["skipped"] = reading.skipped
        out.write(json.dumps(row, ensure_ascii=False) + "\n")
    out.flush()
    return code


def _parse_line(line: str) -> dict[str, Any]:
    try:
        obj = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise errors.InputError("line", f"no JSON ({error.__class__.__name__})") from error
    if not isinstance(obj, dict):
        raise errors.InputError("line", "no JSON object")
    return obj


def parse_article(obj: dict[str, Any], base: Path) -> types.Article:
    """An article of the interface's form; raises errors.InputError where it is none."""
    identity = obj.get("id")
    if not isinstance(identity, str) or not identity:
        raise errors.InputError("id", "missing or no text")
    published, date_only = _parse_moment(identity, "published", obj.get("published"))
    arrived, _ = _parse_moment(identity, "arrived", obj.get("arrived"))
    return types.Article(
        id=identity,
        url=_text_or_none(identity, obj, "url"),
        outlet=_text_or_none(identity, obj, "outlet") or "",
        title=_text_or_none(identity, obj, "title") or "",
        text=_text(identity, obj, base),
        published=published,
        date_only=date_only,
        tier=_tier(identity, obj.get("tier")),
        arrived=arrived,
        language=_text_or_none(identity, obj, "language"),
    )


def _text_or_none(identity: str, obj: dict[str, Any], key: str) -> str | None:
    value = obj.get(key)
    if value is not None and not isinstance(value, str):
        raise errors.InputError(identity, f"{key} is no text")
    return value


def _text(identity: str, obj: dict[str, Any], base: Path) -> str:
    text = _text_or_none(identity, obj, "text")
    if text is not None:
        return text
    document = _text_or_none(identity, obj, "document")
    if document is None:
        raise errors.InputError(identity, "neither text nor document")
    root = base.resolve()
    path = (root / document).resolve()
    names = [path, path.with_name(path.name + ".txt")]
    for name in names:
        if not name.is_relative_to(root):
            raise errors.InputError(identity, f"document {document!r} lies outside {base}")
        try:
            if name.is_file():
                return name.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError, ValueError) as error:
            raise errors.InputError(identity, f"document {document!r} can't be read") from error
    raise errors.InputError(identity, f"document {document!r} not found")


def _parse_moment(identity: str, key: str, value: object) -> tuple[datetime | None, bool]:
    if value is None:
        return None, False
    if not isinstance(value, str):
        raise errors.InputError(identity, f"{key} is neither a date nor null")
    try:
        moment = datetime.fromisoformat(value.strip())
    except ValueError as error:
        raise errors.InputError(identity, f"{key} {value!r} is no date") from error
    if len(value.strip()) <= 10:
        return moment.replace(tzinfo=UTC), True
    if moment.tzinfo is None:
        raise errors.InputError(identity, f"{key} {value!r} has no offset")
    try:
        return types.ensure_utc(moment), False
    except OverflowError as error:
        raise errors.InputError(identity, f"{key} {value!r} is out of range") from error


def _tier(identity: str, value: object) -> types.Tier:
    if value is None:
        return types.Tier.PRESS
    try:
        return types.Tier(str(value))
    except ValueError as error:
        raise errors.InputError(identity, f"tier {value!r} is unknown") from error


def claim_to_json(claim: types.Claim, *, explain: bool = False) -> dict[str, object]:
    """All keys of a claim; the words that led to it where asked for."""
    row: dict[str, object] = {
        "topic": str(claim.topic),
        "subject": claim.subject,
        "status": claim.status,
        "number": claim.number,
        "number_max": claim.number_max,
        "counts": claim.counts,
        "components": list(claim.components),
        "when": str(claim.when),
        "speaker": claim.speaker,
        "origin": claim.origin,
        "optional": claim.optional,
        "evidence": claim.evidence,
        "wording": claim.wording,
        "act": str(claim.act),
        "start": claim.start,
        "end": claim.end,
        "rule": claim.rule,
    }
    if explain:
        row["why"] = list(claim.why)
    return row
