"""`coalition-watch baseline build`: seed documents in, baseline.yaml out. Facts and places only, no sentences."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import yaml

from app import replay
from monitor import baseline, errors, types, watch
from monitor.ledger import officials

MANIFEST = Path(__file__).resolve().parents[1] / "seeds" / "coalition" / "documents.yaml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A document as the manifest lists it."""

    name: str
    sha256: str
    published: date
    outlet: str
    title: str = ""
    origin: str | None = None
    hand: tuple[Mapping[str, Any], ...] = ()  # what a reader finds
    reject: tuple[Mapping[str, Any], ...] = ()  # what the engine finds and a reader does not


def build(documents: Sequence[Path], manifest: Path | None, engine: replay.Engine, watched: watch.Watch) -> str:
    """The baseline that the documents establish; hand entries of the manifest fill what the engine does not see."""
    listed = load_manifest(manifest or MANIFEST)
    found: list[baseline.Document] = []
    hand: list[baseline.Fact] = []
    for path in documents:
        for article, name, sha256 in _articles(path, listed):
            reading = engine.read(article)
            entry = listed.get(name)
            claims = tuple(
                _credited(claim, article, entry, watched)
                for claim in reading.claims
                if entry is None or not _is_rejected(claim, entry)
            )
            document = (article, types.Reading(relevant=reading.relevant, claims=claims), name, sha256)
            found.append(document)
            if name in listed:
                seen = {_said(fact) for fact in baseline.facts_of(document)}
                hand += [f for f in _hand_facts(document, listed[name], watched) if _said(f) not in seen]
    return baseline.to_yaml(baseline.derive(found, hand), hand)


def load_manifest(path: Path) -> dict[str, Listed]:
    """The listed documents by name; raises errors.SeedError."""
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
        rows = [
            Listed(
                name=row["name"], sha256=row["sha256"], published=row["published"], outlet=row["outlet"],
                title=row.get("title", ""), origin=row.get("origin"),
                hand=tuple(row.get("hand") or ()), reject=tuple(row.get("reject") or ()),
            )
            for row in data["documents"]
        ]  # fmt: skip
    except (OSError, yaml.YAMLError, KeyError, TypeError) as error:
        raise errors.SeedError(path.name, "documents", f"name, sha256, published, outlet each ({error})") from error
    return {row.name: row for row in rows}


def _articles(path: Path, listed: Mapping[str, Listed]) -> list[tuple[types.Article, str, str]]:
    body = path.read_bytes()
    sha256 = hashlib.sha256(body).hexdigest()
    if path.suffix == ".json":
        try:
            article = replay.parse_archived(json.loads(body), path.parent).article
        except (errors.InputError, ValueError, KeyError, TypeError, OSError) as error:
            raise errors.InputError(path.name, f"no article ({error})") from error
        if article.published is None:
            raise errors.InputError(path.name, "a baseline document needs its date")
        return [(article, path.name, sha256)]
    entry = listed.get(path.name)
    if entry is None:
        raise errors.InputError(path.name, "not in the manifest")
    if entry.sha256 != sha256:
        raise errors.InputError(path.name, "its content is not what the manifest lists (sha256)")
    article = types.Article(
        id=path.stem, url=None, outlet=entry.outlet, title=entry.title or path.stem, text=body.decode("utf-8"),
        published=datetime.combine(entry.published, time(), UTC), date_only=True,
    )  # fmt: skip
    return [(article, path.name, sha256)]


def _is_rejected(claim: types.Claim, entry: Listed) -> bool:
    said = {"topic": str(claim.topic), "subject": claim.subject, "status": claim.status}
    return any(
        all(row[name] == value for name, value in said.items())
        and ("components" not in row or tuple(sorted(row["components"])) == claim.components)
        for row in entry.reject
    )


def _said(fact: baseline.Fact) -> tuple[object, ...]:
    return (*fact.key, fact.report.status, fact.report.number)


def _credited(claim: types.Claim, article: types.Article, entry: Listed | None, watched: watch.Watch) -> types.Claim:
    origin = claim.origin or (entry.origin if entry else None)
    official = officials.speaks_for(claim, article, watched)
    return types.Claim(**{**_fields(claim), "origin": origin, "official": official})


def _fields(claim: types.Claim) -> dict[str, Any]:
    return {name: getattr(claim, name) for name in types.Claim.__dataclass_fields__}


def _hand_facts(document: baseline.Document, entry: Listed, watched: watch.Watch) -> list[baseline.Fact]:
    article, _, name, sha256 = document
    facts: list[baseline.Fact] = []
    for row in entry.hand:
        claim = types.Claim(
            topic=types.Topic(row["topic"]), subject=row["subject"], status=row["status"], evidence="",
            start=row["start"], end=row["end"], number=row.get("number"), counts=row.get("counts"),
            components=tuple(sorted(row.get("components", ()))), when=types.When(row.get("when", "current")),
            speaker=row.get("speaker"),
        )  # fmt: skip
        claim = _credited(claim, article, entry, watched)
        reading = types.Reading(relevant=True, claims=(claim,))
        facts += baseline.facts_of((article, reading, name, sha256), by="hand", reason=row["reason"])
    return facts
