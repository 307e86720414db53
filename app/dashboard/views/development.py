"""A development as a value: old and new, every report with its quotation in its sentence, how the grade came about."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo

from alerts import markup, render, words
from alerts.markup import Span
from app.dashboard import labels
from app.dashboard.views import links
from monitor import types
from monitor.claims import sentences
from storage import browsing

_AROUND = 200  # characters of its sentence shown on each side of a quotation: short quotations, never an article
_QUOTE = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class Quoted:
    """One report."""

    outlet: str
    tier: str
    origin: str  # empty where the outlet reports by itself
    title: str
    url: str | None
    published: datetime
    before: str  # of the sentence
    quote: str
    after: str
    speaker: str
    says: str  # the status in words
    official: bool
    copied: bool
    document: str  # baseline: the document's name


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A development in a list."""

    id: str
    href: str
    subject: str
    country: str | None  # its page, where it has one
    what: str
    topic: str
    topic_code: str
    old: str
    new: str
    grade: str
    minor: bool
    disputed: bool
    taken_back: bool
    raised_at: datetime
    published: datetime
    quote: str
    outlet: str
    url: str | None
    origins: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """A development's page."""

    line: Line
    reports: tuple[Quoted, ...]
    grade_words: str
    grade_steps: tuple[str, ...]
    note: str
    before: str  # what was held before, since when and on whose word
    wording: tuple[tuple[Span, ...], tuple[Span, ...]] | None
    told: tuple[browsing.Told, ...]


def to_line(d: types.Development, names: Mapping[str, str], countries: frozenset[str]) -> Line:
    """A development in a list."""
    old, new = words.change_words(d)
    first = d.reports[0] if d.reports else None
    return Line(
        id=d.id,
        href=links.development(d.id),
        subject=labels.plain(words.name_of(d.subject, names), 60),
        country=links.country(d.subject) if d.subject in countries else None,
        what=labels.plain(words.aspect_words(str(d.topic), d.aspect), 120),
        topic=labels.topic(str(d.topic)),
        topic_code=str(d.topic),
        old=labels.plain(old),
        new=labels.plain(new),
        grade=str(d.grade),
        minor=d.minor,
        disputed=d.disputed,
        taken_back=d.taken_back,
        raised_at=d.raised_at,
        published=d.published,
        quote=render.quote_of(d),
        outlet=labels.plain(first.outlet, 60) if first else "",
        url=links.outside(first) if first else None,
        origins=words.count_origins(d),
    )


def to_whole(
    d: types.Development,
    names: Mapping[str, str],
    countries: frozenset[str],
    texts: Mapping[str, str],
    told: Iterable[browsing.Told],
    zone: tzinfo,
) -> Whole:
    """A development's page; `texts` are the stored texts of its articles."""
    wording = None
    if d.aspect.startswith("language") and d.old is not None:
        old, new = render.diff_words(labels.plain(str(d.old)).split(), labels.plain(str(d.new)).split())
        wording = (tuple(old), tuple(new))
    return Whole(
        line=to_line(d, names, countries),
        reports=tuple(to_quoted(report, str(d.topic), texts.get(report.article_id, "")) for report in d.reports),
        grade_words=words.grade_words(d),
        grade_steps=grade_steps(d.reports),
        note=labels.plain(d.note, 400),
        before=_before(d.old_position, zone),
        wording=wording,
        told=tuple(told),
    )


def to_further(found: Iterable[browsing.Further]) -> list[browsing.Further]:
    """The articles beyond the reports shown, with names and addresses that a page may show."""
    return [
        replace(
            one,
            outlet=labels.plain(one.outlet, 80) or "unnamed outlet",
            title=labels.plain(one.title),
            url=markup.safe_url(one.url),
        )
        for one in found
    ]


def to_quoted(report: types.Report, topic: str, text: str) -> Quoted:
    """A report with its quotation in the sentence that holds it."""
    before, after = around(text, report.start, report.end, report.evidence)
    other = report.origin.casefold() != report.outlet.casefold()
    return Quoted(
        outlet=labels.plain(report.outlet, 80) or "unnamed outlet",
        tier=words.TIERS.get(str(report.tier), "other source"),
        origin=labels.plain(report.origin, 80) if other else "",
        title=labels.plain(report.title),
        url=links.outside(report),
        published=report.published,
        before=before,
        quote=labels.plain(report.evidence, _QUOTE),
        after=after,
        speaker=labels.plain(report.speaker or "", 80),
        says=_says(report, topic),
        official=report.official,
        copied=report.copy_of is not None,
        document=labels.plain(report.document or "", 80),
    )


def _says(report: types.Report, topic: str) -> str:
    if report.status == "headcount" and report.number is not None:
        return words.figure_words("headcount", report.number, report.number_max)
    said = labels.plain(words.status_words(topic, report.status), 200)
    figure = "" if report.number is None else f" ({words.figure_words('troops', report.number, report.number_max)})"
    return said + figure


def around(text: str, start: int, end: int, evidence: str) -> tuple[str, str]:
    """What stands before and after a quotation in its sentence; nothing where the text is gone or has changed."""
    if not evidence or text[start:end] != evidence:
        return "", ""
    line_start, line_end = text.rfind("\n", 0, start) + 1, text.find("\n", end)
    line = text[line_start : line_end if line_end >= 0 else len(text)]
    spans = [(span.start + line_start, span.end + line_start) for span in sentences.split(line)]
    begin = max((first for first, _ in spans if first <= start), default=start)
    stop = min((last for _, last in spans if last >= end), default=end)
    before, after = text[max(begin, start - _AROUND) : start], text[end : min(stop, end + _AROUND)]
    cut_before = "…" if begin < start - _AROUND else ""
    cut_after = "…" if stop > end + _AROUND else ""
    return cut_before + labels.plain(before), labels.plain(after) + cut_after


def grade_steps(reports: Sequence[types.Report]) -> tuple[str, ...]:
    """How the grade came about, report by report in the order in which they were taken in."""
    steps: list[str] = []
    origins: set[str] = set()
    for report in reports:
        outlet = labels.plain(report.outlet, 80) or "unnamed outlet"
        origin = labels.plain(report.origin, 80) or outlet
        if report.copy_of is not None:
            steps.append(f"{outlet}: a copy of a report that is counted already")
            continue
        known = origin.casefold() in origins
        origins.add(origin.casefold())
        count = f"origin {origin}" + (" (counted already)" if known else f", number {len(origins)}")
        if report.tier is types.Tier.OFFICIAL:
            count += "; an official source"
        elif report.official:
            count += "; the office holder is quoted"
        steps.append(f"{outlet}: {count}")
    return tuple(steps)


def _before(held: types.Position | None, zone: tzinfo) -> str:
    if held is None:
        return ""
    source = f", {labels.plain(held.reports[0].outlet, 60)}" if held.reports else ""
    known = ", known before the first poll" if held.source == "baseline" else ""
    day = links.day_of(held.since, zone)
    return f"{labels.plain(words.position_words(held))}, since {day.day} {day:%b %Y} ({held.grade}{source}{known})"
