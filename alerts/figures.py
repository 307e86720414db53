"""What the digest's pictures show, as values and as words: troop pledges by country, the US stance over time. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from alerts import markup, words
from alerts.markup import Line, line, span
from monitor import types

MAX_BARS = 16
PLEDGED = ("pledged", "conditional")
_COMPONENTS = (
    "general", "guarantee", "ground_troops", "air", "intelligence", "surveillance", "logistics", "command",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One country's pledge."""

    name: str
    status: str  # pledged | conditional
    number: int | None  # soldiers; None: no figure is known
    number_max: int | None = None

    @property
    def figure(self) -> str:
        """The figure in words."""
        if self.number is None:
            return "no figure"
        high = f"–{self.number_max:,}" if self.number_max and self.number_max > self.number else ""
        return f"{self.number:,}{high}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A time in which one stance was held; it ends where the next begins."""

    since: datetime
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """The stance on one component, oldest first."""

    name: str
    spans: tuple[Span, ...]

    @property
    def now(self) -> str:
        """What holds now, in words."""
        return f"{words.status_words('backstop', self.spans[-1].status)} since {words.day_words(self.spans[-1].since)}"


def pledge_bars(positions: Sequence[types.Position], names: Mapping[str, str]) -> tuple[Bar, ...]:
    """Countries that pledge forces, or would on a condition: the largest first, those without a figure last."""
    bars = [
        Bar(
            name=markup.clip(markup.clean(words.name_of(p.subject, names)), 24),
            status=p.status,
            number=p.number,
            number_max=p.number_max,
        )
        for p in positions
        if p.topic is types.Topic.TROOPS and p.aspect == "troops" and p.status in PLEDGED
    ]
    return tuple(sorted(bars, key=lambda bar: (-(bar.number or 0), bar.name))[:MAX_BARS])


def stance_tracks(positions: Sequence[types.Position], stances: Sequence[types.Position]) -> tuple[Track, ...]:
    """The US stance on each component that is held now, as it is known today: what was taken back is left out.

    `stances` are all positions that were ever held, in the order in which they came to be held.
    """
    held = {p.aspect for p in positions if p.topic is types.Topic.BACKSTOP}
    tracks = []
    for component in _COMPONENTS:
        spans = _spans([p for p in stances if p.aspect == component]) if component in held else ()
        if spans:
            tracks.append(Track(name=words.component_words(component), spans=spans))
    return tuple(tracks)


def _spans(held: Sequence[types.Position]) -> tuple[Span, ...]:
    spans: list[Span] = []
    for position in held:
        # An older position that is held again undoes what came after it.
        while spans and spans[-1].since >= position.since and spans[-1].status != position.status:
            spans.pop()
        while len(spans) > 1 and spans[-1].since > position.since:
            spans.pop()
        if not spans or spans[-1].status != position.status:
            spans.append(Span(since=position.since, status=position.status))
    return tuple(spans)


def pledge_lines(bars: Sequence[Bar]) -> list[Line]:
    """The pledges as a list."""
    return [
        line(
            span(bar.name, "bold"),
            f": {bar.figure}{' soldiers' if bar.number else ''}{', on a condition' * (bar.status == 'conditional')}",
            kind="item",
        )
        for bar in bars
    ]


def stance_lines(tracks: Sequence[Track]) -> list[Line]:
    """The stances as a list: each with the days of its changes."""
    return [line(span(f"{track.name}: ", "bold"), span(_steps(track), limit=400), kind="item") for track in tracks]


def _steps(track: Track) -> str:
    return " → ".join(
        f"{words.status_words('backstop', each.status)} ({words.day_words(each.since)})" for each in track.spans
    )
