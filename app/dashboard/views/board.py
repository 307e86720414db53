"""The board as a value: countries, the US stance by component, counts. Positions in; nothing is loaded here."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, tzinfo

from alerts import markup, words
from app.dashboard import labels
from app.dashboard.views import links
from monitor import types

_GRADE_ORDER = {"official": 0, "confirmed": 1, "reported": 2}
_MEMBER_ORDER = {"leads": 0, "member": 1, "attended": 2, "considering": 3, "declined": 4, "left": 5}


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The last report of a position."""

    outlet: str
    url: str | None
    day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One country."""

    code: str
    name: str
    stance: labels.Label
    membership: str
    membership_code: str
    figure: str
    number: int | None
    since: date | None
    grade: str
    source: Source | None
    development: str | None  # the development that made the position
    disputed: bool
    baseline: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """What the US says of one part of the backstop."""

    name: str
    label: labels.Label
    since: date
    grade: str
    source: Source | None
    development: str | None
    sought: bool  # others ask for it


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """A head count or the size of the force."""

    name: str
    value: str
    since: date
    grade: str
    source: Source | None
    development: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """The wording that holds for the US part."""

    phrase: str
    speaker: str
    since: date
    source: Source | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """Everything that the page shows."""

    rows: tuple[Row, ...]  # after filter and order
    everybody: tuple[Row, ...]  # by name: for map and totals
    components: tuple[Component, ...]
    counts: tuple[Count, ...]
    wordings: tuple[Wording, ...]
    totals: tuple[tuple[labels.Label, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """How the reader wants the table."""

    sort: str = "troops"
    descending: bool = False
    stance: str | None = None
    text: str = ""


def to_board(
    positions: Iterable[types.Position], names: Mapping[str, str], countries: frozenset[str], zone: tzinfo, asked: Asked
) -> Board:
    """The board of some positions."""
    held = {position.key: position for position in positions}
    subjects = {key[1] for key in held if key[1] in countries and key[0] in ("membership", "troops")}
    everybody = sorted((_to_row(code, held, names, zone) for code in subjects), key=lambda row: row.name.casefold())
    rows = [row for row in everybody if _fits(row, asked)]
    rows.sort(key=lambda row: _key(row, asked.sort), reverse=asked.descending)
    present = [row.stance.code for row in everybody]
    return Board(
        rows=tuple(rows),
        everybody=tuple(everybody),
        components=_components(held, zone),
        counts=_counts(held.values(), names, zone),
        wordings=_wordings(held.values(), zone),
        totals=tuple((label, present.count(code)) for code, label in labels.STANCES.items()),
    )


def source_of(position: types.Position, zone: tzinfo) -> Source | None:
    """The newest report."""
    if not position.reports:
        return None
    report = max(position.reports, key=lambda one: one.published)
    return Source(
        outlet=labels.plain(report.outlet, 60),
        url=markup.safe_url(report.url),
        day=links.day_of(report.published, zone),
    )


def _to_row(
    code: str, held: Mapping[tuple[str, str, str], types.Position], names: Mapping[str, str], zone: tzinfo
) -> Row:
    troops, member = held.get(("troops", code, "troops")), held.get(("membership", code, "membership"))
    shown = troops or member
    disputed = any(key[1] == code and key[2].endswith(":disputed") for key in held)
    number = troops.number if troops else None
    return Row(
        code=code,
        name=labels.plain(words.name_of(code, names), 40),
        stance=labels.stance(troops.status if troops else None),
        membership=labels.membership(member.status if member else None),
        membership_code=member.status if member else "",
        figure="" if number is None or troops is None else words.figure_words("troops", number, troops.number_max),
        number=number,
        since=links.day_of(shown.since, zone) if shown else None,
        grade=str(shown.grade) if shown else "",
        source=source_of(shown, zone) if shown else None,
        development=shown.development_id if shown else None,
        disputed=disputed,
        baseline=shown is not None and shown.source == "baseline",
    )


def _fits(row: Row, asked: Asked) -> bool:
    if asked.stance and row.stance.code != asked.stance:
        return False
    text = asked.text.casefold().strip()
    return not text or text in row.name.casefold() or text == row.code.casefold()


def _key(row: Row, sort: str) -> tuple[object, ...]:
    order = list(labels.STANCES)
    name = row.name.casefold()
    keys: dict[str, tuple[object, ...]] = {
        "country": (name,),
        "membership": (_MEMBER_ORDER.get(row.membership_code, 9), name),
        "troops": (order.index(row.stance.code), -(row.number or 0), _MEMBER_ORDER.get(row.membership_code, 9), name),
        "figure": (-(row.number or 0), name),
        "since": (-(row.since.toordinal() if row.since else 0), name),
        "grade": (_GRADE_ORDER.get(row.grade, 9), name),
    }
    return keys[sort]


def _components(held: Mapping[tuple[str, str, str], types.Position], zone: tzinfo) -> tuple[Component, ...]:
    found = []
    for name in words.COMPONENTS:
        position, sought = held.get(("backstop", "US", name)), held.get(("backstop", "US", f"{name}:sought"))
        shown = position or sought
        if shown is not None:
            found.append(
                Component(
                    name=words.component_words(name),
                    label=labels.commitment(shown.status),
                    since=links.day_of(shown.since, zone),
                    grade=str(shown.grade),
                    source=source_of(shown, zone),
                    development=shown.development_id,
                    sought=sought is not None and position is not None,
                )
            )
    return tuple(found)


def _counts(positions: Iterable[types.Position], names: Mapping[str, str], zone: tzinfo) -> tuple[Count, ...]:
    found = [p for p in positions if p.aspect.startswith(("headcount", "force_size")) and ":disputed" not in p.aspect]
    return tuple(
        Count(
            name=_count_name(position, names),
            value=words.position_words(position),
            since=links.day_of(position.since, zone),
            grade=str(position.grade),
            source=source_of(position, zone),
            development=position.development_id,
        )
        for position in sorted(found, key=lambda p: (str(p.topic), p.subject != "COALITION", p.subject, p.aspect))
    )


def _count_name(position: types.Position, names: Mapping[str, str]) -> str:
    name = words.aspect_words(str(position.topic), position.aspect).capitalize()
    return name if position.subject == "COALITION" else f"{name} ({words.name_of(position.subject, names)})"


def _wordings(positions: Iterable[types.Position], zone: tzinfo) -> tuple[Wording, ...]:
    found: Sequence[types.Position] = [
        p for p in positions if p.aspect == "language" or p.aspect.startswith("language:")
    ]
    return tuple(
        Wording(
            phrase=labels.plain(position.status, 300),
            speaker=labels.plain(position.aspect.partition(":")[2], 80) or "the US, latest",
            since=links.day_of(position.since, zone),
            source=source_of(position, zone),
        )
        for position in sorted(found, key=lambda p: p.aspect)
        if not position.aspect.endswith(":disputed")
    )
