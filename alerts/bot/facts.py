"""Answers from the ledger as lines: board, country, latest, why, sources. Pure."""

from collections.abc import Mapping, Sequence
from datetime import tzinfo

from alerts import board, render, words
from alerts.markup import Line, line, span
from monitor import types


def board_lines(positions: Sequence[types.Position], names: Mapping[str, str], title: str) -> list[Line]:
    """Positions by topic, a line each."""
    groups = board.board_rows(positions, names)
    lines = [line(span(title, "bold"), kind="head")]
    for group in groups:
        lines.append(line(span(f"{group.title} ({len(group.rows)})"), kind="section"))
        lines += [_row_line(row) for row in group.rows]
    return lines if groups else [*lines, line("The ledger holds nothing on it.")]


def _row_line(row: board.BoardRow) -> Line:
    known = "baseline" if row.from_baseline else row.grade
    what = f"{row.what}: " if row.what != row.topic else ""
    return line(
        span(row.name, "bold"), f" — {what}{row.holds} ", span(f"({known}, since {row.since})", "quiet", href=row.url),
        kind="item",
    )  # fmt: skip


def latest_lines(developments: Sequence[types.Development], names: Mapping[str, str]) -> list[Line]:
    """Developments, newest first."""
    if not developments:
        return [line("No development yet: what the baseline says still holds.")]
    lines = [line(span("Latest developments", "bold"), kind="head")]
    for d in reversed(developments):
        mark = "taken back: " if d.taken_back else "disputed: " if d.disputed else ""
        tail = f" ({d.grade}{', minor' if d.minor else ''}, {words.day_words(d.raised_at)}) "
        lines.append(line(span(mark + words.headline(d, names), limit=260), tail, span(d.id, "quiet"), kind="item"))
    return lines


def source_lines(d: types.Development, names: Mapping[str, str], zone: tzinfo | None = None) -> list[Line]:
    """All reports that carry a development, copies named as such."""
    lines = [line(span(words.headline(d, names), "bold", limit=400), kind="head")]
    counts = ((len(d.reports), "report"), (words.count_origins(d), "origin"))
    told = ", ".join(f"{number} {what}{'' if number == 1 else 's'}" for number, what in counts)
    lines.append(line(f"{words.grade_words(d)}; {told}"))
    for report in d.reports:
        lines.append(render.source_line(report, zone))
        if report.copy_of:
            lines.append(line(span("(a copy, counted once)", "quiet"), kind="small"))
    return [*lines, line(span(d.id, "quiet"), kind="small")]


def why_lines(
    d: types.Development,
    names: Mapping[str, str],
    claims: Mapping[str, Sequence[types.Claim]],
    zone: tzinfo | None = None,
) -> list[Line]:
    """The way from the text to the development; `claims` by article id."""
    lines = [line(span(words.headline(d, names), "bold", limit=400), kind="head")]
    lines.append(line(f"Before: {words.position_words(d.old_position) if d.old_position else words.NOTHING}"))
    lines.append(line(f"How sure: {words.grade_words(d)} (first told as {d.grade_at_first})"))
    if d.note:
        lines.append(line(span(d.note, limit=300)))
    for report in d.reports[:3]:
        lines += [line(span(f"“{report.evidence}”", limit=600), kind="quote"), render.source_line(report, zone)]
        for claim in claims.get(report.article_id, ()):
            if claim.evidence == report.evidence and str(claim.topic) == str(d.topic):
                led = ", ".join(f"“{word}”" for word in claim.why) or "the sentence as a whole"
                lines.append(line(span(f"rule {claim.rule or 'unnamed'}: {led}", "quiet", limit=300), kind="small"))
                break
    return [*lines, line(span(f"{d.id} · raised {words.time_words(d.raised_at, zone)}", "quiet"), kind="small")]
