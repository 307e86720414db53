"""How the US names its part, by speaker over time, differing words marked. Developments in; pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from alerts import markup, render
from alerts.markup import Span
from app.dashboard import labels
from app.dashboard.views import links
from monitor import types


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One wording."""

    day: date
    at: datetime
    speaker: str
    spans: tuple[Span, ...]  # words that the wording before did not have are `added`
    gone: tuple[Span, ...]  # the wording before; its words that are no longer there are `struck`
    href: str
    outlet: str
    url: str | None
    grade: str
    taken_back: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaker:
    """One speaker's wordings, oldest first."""

    name: str
    said: tuple[Said, ...]


def to_wordings(developments: Sequence[types.Development], zone: tzinfo) -> tuple[Speaker, ...]:
    """The wordings of developments of language (in the order in which they were raised), by speaker; each is compared
    with that speaker's last one, the first with the US's last."""
    by_speaker: dict[str, list[Said]] = {}
    last: dict[str, str] = {}
    last_of_all = ""
    for one in developments:
        name, wording = speaker_of(one), labels.plain(str(one.new), 400)
        before = last.get(name) or last_of_all or labels.plain(str(one.old or ""), 400)
        by_speaker.setdefault(name, []).append(_to_said(one, name, before, wording, zone))
        if not one.taken_back:
            last[name] = last_of_all = wording
    return tuple(Speaker(name=name, said=tuple(said)) for name, said in sorted(by_speaker.items()))


def speaker_of(one: types.Development) -> str:
    """Who said it."""
    named = one.aspect.partition(":")[2] or next((r.speaker for r in one.reports if r.speaker), None)
    return labels.plain(named or "", 80) or "speaker not named"


def _to_said(one: types.Development, name: str, before: str, wording: str, zone: tzinfo) -> Said:
    gone, spans = render.diff_words(before.split(), wording.split()) if before else ([], [Span(text=wording)])
    report = one.reports[0] if one.reports else None
    return Said(
        day=links.day_of(one.published, zone),
        at=one.published,
        speaker=name,
        spans=tuple(spans),
        gone=tuple(gone),
        href=links.development(one.id),
        outlet=labels.plain(report.outlet, 60) if report else "",
        url=markup.safe_url(report.url) if report else None,
        grade=str(one.grade),
        taken_back=one.taken_back,
    )
