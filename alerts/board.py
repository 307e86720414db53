"""The board: all positions at a glance, by topic, as rows, plain text and HTML. Pure; loads nothing."""

import html
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from alerts import markup, words
from monitor import types

_TOPIC_ORDER = ("membership", "troops", "backstop")


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardRow:
    """One position in words; all texts are clean and clipped, none is escaped."""

    topic: str  # code
    subject: str  # code
    name: str  # display name
    what: str  # aspect in words
    holds: str  # status and figure in words
    since: str  # day
    grade: str
    outlet: str
    url: str | None
    from_baseline: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardGroup:
    """One topic's rows."""

    topic: str
    title: str
    rows: tuple[BoardRow, ...]


def board_rows(positions: Iterable[types.Position], names: Mapping[str, str]) -> tuple[BoardGroup, ...]:
    """Rows by topic: counts and the coalition first, then countries by name; other sides of disputes are left out."""
    held = [p for p in positions if not p.aspect.endswith(":disputed")]
    topics = sorted({str(p.topic) for p in held}, key=_TOPIC_ORDER.index)
    return tuple(
        BoardGroup(
            topic=topic,
            title=words.topic_words(topic).capitalize() if topic != "backstop" else words.topic_words(topic),
            rows=tuple(_to_row(p, names) for p in sorted(_of(held, topic), key=lambda p: _order(p, names))),
        )
        for topic in topics
    )


def _of(positions: Sequence[types.Position], topic: str) -> list[types.Position]:
    return [position for position in positions if str(position.topic) == topic]


def _order(position: types.Position, names: Mapping[str, str]) -> tuple[bool, str, str]:
    return (position.subject != "COALITION", words.name_of(position.subject, names).casefold(), position.aspect)


def _to_row(position: types.Position, names: Mapping[str, str]) -> BoardRow:
    report = position.reports[0] if position.reports else None
    return BoardRow(
        topic=str(position.topic),
        subject=position.subject,
        name=markup.clip(markup.clean(words.name_of(position.subject, names)), 40),
        what=markup.clip(markup.clean(words.aspect_words(str(position.topic), position.aspect)), 60),
        holds=markup.clip(markup.clean(words.position_words(position)), 120),
        since=words.day_words(position.since),
        grade=str(position.grade),
        outlet=markup.clip(markup.clean(report.outlet), 40) if report else "",
        url=markup.safe_url(report.url) if report else None,
        from_baseline=position.source == "baseline",
    )


def to_text(groups: Sequence[BoardGroup]) -> str:
    """A plain table for each topic."""
    return "\n\n".join(_group_text(group) for group in groups) or "The ledger holds no positions."


def _group_text(group: BoardGroup) -> str:
    cells = [(r.name, r.what, r.holds, f"since {r.since}", _grade(r)) for r in group.rows]
    widths = [max(len(row[at]) for row in cells) for at in range(5)]
    lines = ["  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip() for row in cells]
    return "\n".join([f"{group.title.upper()} ({len(group.rows)})", *lines])


def _grade(row: BoardRow) -> str:
    return row.grade + (", baseline" if row.from_baseline else "")


def to_html(groups: Sequence[BoardGroup]) -> str:
    """Lists rather than tables: they can be read on a telephone."""
    return "".join(_group_html(group) for group in groups)


def _group_html(group: BoardGroup) -> str:
    rows = "".join(_row_html(row) for row in group.rows)
    return (
        f'<h3 style="margin:18px 0 4px;font-size:16px">{html.escape(group.title)}</h3>'
        f'<ul style="margin:0;padding-left:18px;line-height:1.45;font-size:15px">{rows}</ul>'
    )


def _row_html(row: BoardRow) -> str:
    outlet = html.escape(row.outlet)
    if row.url:
        outlet = f'<a href="{html.escape(row.url)}">{outlet}</a>'
    tail = ", ".join(part for part in (f"since {html.escape(row.since)}", html.escape(_grade(row)), outlet) if part)
    what = "" if row.what == row.topic else f"{html.escape(row.what)}: "  # the heading says it already
    return (
        f"<li><strong>{html.escape(row.name)}</strong> — {what}{html.escape(row.holds)} "
        f'<span style="font-size:13px;opacity:.75">({tail})</span></li>'
    )
