"""The timeline as a value: developments by day, the filters of the address, two charts. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from alerts import words
from app.dashboard import labels
from app.dashboard.views import development, links
from storage import browsing

_LEFT, _RIGHT, _ROW, _TOP = 124, 640, 22, 20  # the charts' geometry, in their own units
_PLEDGED, _CONDITIONAL = "pledged", "conditional"
_HEIGHT = 110
SHOWN = 300  # changes in a chart of stances and in a table: a page stays under 200 kB


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The filters."""

    topic: str | None = None
    country: str | None = None
    grade: str | None = None
    minors: bool = True
    since: date | None = None
    until: date | None = None
    before: int | None = None

    def to_wanted(self, zone: tzinfo) -> browsing.Wanted:
        """The same as a query."""
        return browsing.Wanted(
            topic=self.topic,
            subject=self.country,
            grade=self.grade,
            minor=None if self.minors else False,
            since=links.start_of(self.since, zone) if self.since else None,
            until=links.end_of(self.until, zone) if self.until else None,
            before=self.before,
        )

    def to_query(self) -> dict[str, object]:
        """The filters as they stand in an address, without the place in the list."""
        return {
            "topic": self.topic,
            "country": self.country,
            "grade": self.grade,
            "minors": None if self.minors else "no",
            "since": self.since,
            "until": self.until,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """What a day brought."""

    day: date
    lines: tuple[development.Line, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A status held for some time."""

    x: float
    width: float
    label: labels.Label
    first: date
    last: date | None  # None: still
    room: bool  # for its word


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """One component's bars."""

    name: str
    y: int
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """A mark on an axis."""

    at: float
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StanceChart:
    """The US stance over time."""

    lanes: tuple[Lane, ...]
    ticks: tuple[Tick, ...]
    height: int
    shortened: bool  # older changes are left out


@dataclass(frozen=True, slots=True, kw_only=True)
class PledgeChart:
    """How many countries pledge forces, flatly or on a condition, over time."""

    firm: str  # points of a stepped line
    area: str
    both: str
    steps: tuple[tuple[date, int, int], ...]  # day, pledged, conditional: the same as a table
    ticks: tuple[Tick, ...]
    levels: tuple[Tick, ...]
    height: int


def to_days(lines: Sequence[development.Line], zone: tzinfo) -> tuple[Day, ...]:
    """Lines, newest first, by the day on which they were raised."""
    days: dict[date, list[development.Line]] = {}
    for line in lines:
        days.setdefault(links.day_of(line.raised_at, zone), []).append(line)
    return tuple(Day(day=day, lines=tuple(found)) for day, found in days.items())


def to_stances(spans: Sequence[browsing.Span], now: datetime, zone: tzinfo, *, shortened: bool) -> StanceChart | None:
    """The chart of the US stance; none where nothing is held."""
    changes = [span for span in merge(spans) if span.aspect in words.COMPONENTS]
    if not changes:
        return None
    shown, shortened = changes[-SHOWN:], shortened or len(changes) > SHOWN
    first = min(span.held_from for span in shown)
    found: list[Lane] = []
    for component in words.COMPONENTS:
        mine = [span for span in shown if span.aspect == component]
        if mine:
            bars = tuple(_to_bar(span, first, now, zone) for span in mine)
            found.append(Lane(name=words.component_words(component), y=_TOP + len(found) * _ROW, bars=bars))
    ticks = _months(first, now, zone)
    return StanceChart(lanes=tuple(found), ticks=ticks, height=_TOP + len(found) * _ROW + 4, shortened=shortened)


def merge(spans: Sequence[browsing.Span]) -> list[browsing.Span]:
    """Spans without the seams that a mere new source leaves: same key and status, one after the other."""
    merged: list[browsing.Span] = []
    last: dict[tuple[str, str, str], int] = {}
    for span in sorted(spans, key=lambda one: one.held_from):
        key = (span.topic, span.subject, span.aspect)
        at = last.get(key)
        if at is not None and merged[at].status == span.status and merged[at].held_until == span.held_from:
            before = merged[at]
            merged[at] = browsing.Span(
                topic=before.topic,
                subject=before.subject,
                aspect=before.aspect,
                status=before.status,
                held_from=before.held_from,
                held_until=span.held_until,
            )
        else:
            last[key] = len(merged)
            merged.append(span)
    return merged


def _to_bar(span: browsing.Span, first: datetime, now: datetime, zone: tzinfo) -> Bar:
    x = _place(span.held_from, first, now)
    width = max(1.5, _place(span.held_until or now, first, now) - x)
    label = labels.commitment(span.status)
    return Bar(
        x=x,
        width=round(width, 1),
        label=label,
        first=links.day_of(span.held_from, zone),
        last=links.day_of(span.held_until, zone) if span.held_until else None,
        room=width > 7.0 * len(label.text) + 16,
    )


def _place(moment: datetime, first: datetime, now: datetime) -> float:
    whole = max((now - first).total_seconds(), 1)
    share = min(max((moment - first).total_seconds() / whole, 0), 1)
    return round(_LEFT + share * (_RIGHT - _LEFT), 1)


def _months(first: datetime, now: datetime, zone: tzinfo) -> tuple[Tick, ...]:
    """Firsts of months, about six of them."""
    start, end = links.day_of(first, zone), links.day_of(now, zone)
    months = (end.year - start.year) * 12 + end.month - start.month
    stride = next((one for one in (1, 2, 3, 6, 12, 24, 60, 120) if months / one <= 6), 240)
    ticks = []
    for number in range(1, months + 1):
        year, month = divmod(start.year * 12 + start.month - 1 + number, 12)
        if (year * 12 + month) % stride:
            continue
        day = date(year, month + 1, 1)
        place = _place(links.start_of(day, zone), first, now)
        text = f"{day:%b %Y}" if stride < 12 else f"{day:%Y}"
        if place < _RIGHT - 28 and place > _LEFT + 10:
            ticks.append(Tick(at=place, text=text))
    return tuple(ticks)


def to_pledges(spans: Sequence[browsing.Span], now: datetime, zone: tzinfo) -> PledgeChart | None:
    """The chart of pledges; none where nobody ever pledged."""
    changes = _count(merge(spans), zone)
    if not changes:
        return None
    first = links.start_of(changes[0][0], zone)
    most = max(firm + conditional for _, firm, conditional in changes)
    firm_points = _steps([(day, firm) for day, firm, _ in changes], most, first, now, zone)
    both_points = _steps([(day, firm + some) for day, firm, some in changes], most, first, now, zone)
    floor = f"{_RIGHT},{_TOP + _HEIGHT} {_LEFT},{_TOP + _HEIGHT}"
    stride = max(1, -(-most // 4))
    levels = tuple(Tick(at=_level(n, most), text=str(n)) for n in range(0, most + 1, stride))
    return PledgeChart(
        firm=firm_points,
        area=f"{firm_points} {floor}",
        both=both_points,
        steps=tuple(changes),
        ticks=_months(first, now, zone),
        levels=levels,
        height=_TOP + _HEIGHT + 6,
    )


def _count(spans: Sequence[browsing.Span], zone: tzinfo) -> list[tuple[date, int, int]]:
    """(day, pledged, conditional) at the end of each day on which one of them changed."""
    moves: dict[date, list[int]] = {}
    for span in spans:
        if span.status in (_PLEDGED, _CONDITIONAL):
            at = 0 if span.status == _PLEDGED else 1
            moves.setdefault(links.day_of(span.held_from, zone), [0, 0])[at] += 1
            if span.held_until is not None:
                moves.setdefault(links.day_of(span.held_until, zone), [0, 0])[at] -= 1
    firm = conditional = 0
    found: list[tuple[date, int, int]] = []
    for day in sorted(moves):
        firm, conditional = firm + moves[day][0], conditional + moves[day][1]
        if not found or found[-1][1:] != (firm, conditional):
            found.append((day, firm, conditional))
    return found


def _steps(counts: Sequence[tuple[date, int]], most: int, first: datetime, now: datetime, zone: tzinfo) -> str:
    points: list[str] = []
    before: float | None = None
    for day, count in counts:
        x, y = _place(links.start_of(day, zone), first, now), _level(count, most)
        if before is not None:
            points.append(f"{x},{before}")
        points.append(f"{x},{y}")
        before = y
    return " ".join([*points, f"{_RIGHT},{before}"])


def _level(count: int, most: int) -> float:
    return round(_TOP + _HEIGHT - count / max(most, 1) * (_HEIGHT - 8), 1)


def to_choices(subjects: Sequence[str], names: Mapping[str, str], countries: frozenset[str]) -> list[tuple[str, str]]:
    """(code, name) for the filter, institutions last."""
    pairs = [(code, labels.plain(words.name_of(code, names), 40)) for code in subjects]
    return sorted(pairs, key=lambda pair: (pair[0] not in countries, pair[1].casefold()))
