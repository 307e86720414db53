"""A country as a value: what holds, and every development with what it changed, newest first. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, tzinfo

from alerts import words
from app.dashboard import labels
from app.dashboard.views import board, links
from app.dashboard.views import development as developments
from monitor import types


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One position."""

    what: str
    value: str
    sign: str
    since: date
    grade: str
    baseline: bool
    disputed: bool
    development: str | None
    source: board.Source | None
    reports: tuple[developments.Quoted, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Country:
    """A country's page."""

    code: str
    name: str
    held: tuple[Held, ...]
    history: tuple[developments.Line, ...]
    more: int | None  # from where older ones follow


def to_country(
    code: str,
    positions: Iterable[types.Position],
    lines: Sequence[developments.Line],
    names: Mapping[str, str],
    zone: tzinfo,
    more: int | None = None,
) -> Country:
    """A country's page from the positions that hold and its developments."""
    mine = sorted((p for p in positions if p.subject == code), key=lambda p: (str(p.topic) != "troops", p.key))
    return Country(
        code=code,
        name=labels.plain(words.name_of(code, names), 60),
        held=tuple(to_held(position, zone) for position in mine),
        history=tuple(lines),
        more=more,
    )


def to_held(position: types.Position, zone: tzinfo) -> Held:
    """A position with its reports; the quotations stand alone, without their sentences."""
    topic = str(position.topic)
    signs = {"troops": labels.stance(position.status).sign, "backstop": labels.commitment(position.status).sign}
    disputed = position.aspect.endswith(":disputed")
    return Held(
        what=labels.plain(words.aspect_words(topic, position.aspect.removesuffix(":disputed")), 120).capitalize(),
        value=labels.plain(words.position_words(position)),
        sign=signs.get(topic, "").replace("·", ""),
        since=links.day_of(position.since, zone),
        grade=str(position.grade),
        baseline=position.source == "baseline",
        disputed=disputed,
        development=position.development_id,
        source=board.source_of(position, zone),
        reports=tuple(developments.to_quoted(report, topic, "") for report in position.reports),
    )
