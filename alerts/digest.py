"""The daily digest: the window's developments, the board, what was held back, feed health. Pure; loads nothing."""

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, tzinfo

from alerts import board, charts, figures, markup, policy, render, words
from alerts.markup import Line, line, span
from monitor import types

TITLE = "Coalition Watch"
MAX_STALE = 10
_REASONS = {
    "same": "said the same",
    "weaker": "said less",
    "old": "old news",
    "past": "told of the past",
    "recap": "recaps",
    "baseline": "retold the baseline",
    "copy": "copies of another report",
    "optional": "too vague",
    "beside": "kept beside a position",
    "disputed": "one side of a dispute",
    "rounded": "rounded figures",
    "same text": "said before in the same text",
    "taken back": "repeated what was taken back",
    "known": "known already",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What a digest tells."""

    changes: tuple[types.DigestChange, ...] = ()
    positions: tuple[types.Position, ...] = ()
    stances: tuple[types.Position, ...] = ()  # on the US backstop, as they came to be held
    health: types.FeedHealth
    held_back: Mapping[str, int] = field(default_factory=dict)  # reason: claims
    unread: Mapping[str, int] = field(default_factory=dict)  # language: articles


def render_digest(
    contents: Contents, since: datetime, until: datetime, tz: tzinfo, names: Mapping[str, str], title: str = TITLE
) -> render.Message:
    """The digest of a window; says in so many words when nothing changed."""
    parts = _sections(contents.changes)
    window = f"{words.time_words(since, tz)} to {words.time_words(until, tz)}"
    lines = [line(span(title, "bold"), " — digest", kind="head"), line(window, kind="small")]
    held = contents.positions
    sides = {(*p.key[:2], p.aspect.removesuffix(":disputed")): p for p in held if p.aspect.endswith(":disputed")}
    lines += _development_lines(parts, names, tz, sides) or [line("Nothing changed.")]
    lines += [
        line("How it was read", kind="section"),
        *_health_lines(contents.health),
        *_held_back_lines(contents.held_back),
        *_unread_lines(contents.unread),
    ]
    groups = board.board_rows(held, names)
    heading = line("The board", kind="section")
    pictures = _pictures(contents, until, names)
    message = render.to_message(
        f"{title}, {_day(until, tz)}: {_count_words(*(len(some) for _, some in parts))}",
        lines,
        extra_html="".join(picture.html for picture in pictures)
        + markup.to_html([heading])
        + (board.to_html(groups) or "<p>The ledger holds no positions.</p>"),
        extra_plain="".join(f"\n\n{markup.to_plain(picture.lines)}" for picture in pictures)
        + f"\n\n{markup.to_plain([heading])}\n\n{board.to_text(groups)}\n",
    )
    return replace(message, images=tuple(picture.image for picture in pictures if picture.image))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Picture:
    """A picture with its twin in words."""

    lines: tuple[Line, ...]
    html: str
    image: render.Image | None


def _pictures(contents: Contents, until: datetime, names: Mapping[str, str]) -> list[_Picture]:
    bars = figures.pledge_bars(contents.positions, names)
    tracks = figures.stance_tracks(contents.positions, contents.stances)
    pictures = []
    if bars:
        png = charts.draw_pledges(bars) if charts.is_available() else None
        pictures.append(_picture("Troop pledges by country", "pledges", figures.pledge_lines(bars), png))
    if tracks:
        png = charts.draw_stances(tracks, until) if charts.is_available() else None
        pictures.append(_picture("The US stance over time", "stances", figures.stance_lines(tracks), png))
    return pictures


def _picture(title: str, name: str, rows: Sequence[Line], png: bytes | None) -> _Picture:
    heading = line(title, kind="section")
    lines = (heading, *rows)
    if png is None:
        return _Picture(lines=lines, html=markup.to_html(lines), image=None)
    # Who can't see the picture is told the same in words.
    alt = f"{title}. " + "; ".join(markup.to_plain([row], links=False).removeprefix("• ") for row in rows)
    tag = (
        f'<img src="cid:{name}" alt="{html.escape(alt)}" width="{charts.WIDTH}" '
        'style="display:block;width:100%;max-width:480px;height:auto;margin:8px 0">'
    )
    return _Picture(lines=lines, html=markup.to_html([heading]) + tag, image=render.Image(name=name, png=png))


_Sections = tuple[tuple[str, list[types.Development]], ...]


def _sections(changes: Sequence[types.DigestChange]) -> _Sections:
    """News by weight, then what became of earlier news."""
    new = [change.development for change in changes if change.is_new]
    return (
        ("Major developments", [d for d in new if not d.minor]),
        ("Minor developments", [d for d in new if d.minor]),
        ("Earlier developments, news of them", [change.development for change in changes if not change.is_new]),
    )


def _day(moment: datetime, tz: tzinfo) -> str:
    local = moment.astimezone(tz)
    return f"{local.day} {local:%B %Y}"


def _count_words(majors: int, minors: int, updates: int) -> str:
    parts = [f"{majors} major"] if majors else []
    parts += [f"{minors} minor"] if minors else []
    told = [f"{' and '.join(parts)} development{'' if majors + minors == 1 else 's'}"] if parts else []
    told += [f"{updates} update{'' if updates == 1 else 's'}"] if updates else []
    return ", ".join(told) or "nothing changed"


def _development_lines(
    sections: _Sections,
    names: Mapping[str, str],
    tz: tzinfo,
    sides: Mapping[tuple[str, str, str], types.Position],
) -> list[Line]:
    lines: list[Line] = []
    for title, some in sections:
        if some:
            lines.append(line(f"{title} ({len(some)})", kind="section"))
        for development in some:
            lines += _entry_lines(development, names, tz)
            other = sides.get((str(development.topic), development.subject, development.aspect))
            if development.disputed and other is not None:
                lines += render.against_lines([policy.to_json(report) for report in other.reports], tz)
    return lines


def _entry_lines(d: types.Development, names: Mapping[str, str], tz: tzinfo) -> list[Line]:
    """One development: headline, how sure, quotation, sources."""
    style = "gone" if d.taken_back else "bold"
    head = line(span(words.headline(d, names), style, limit=500), kind="head", optional=True)
    state = f"Taken back: {d.note or 'no reason given'}" if d.taken_back else f"How sure: {words.grade_words(d)}"
    if d.disputed:
        state = f"Disputed: {d.note or 'reports contradict each other'}; {words.grade_words(d)}"
    quote = render.quote_of(d)
    lines = [head, line(span(state, limit=300), kind="text", optional=True)]
    if quote:
        lines.append(line(markup.Span(text=f"“{quote}”"), kind="quote", optional=True))
    lines += [
        line(
            span(r.outlet, limit=80, href=r.url),
            f" ({words.TIERS[str(r.tier)]}), {words.time_words(r.published, tz)}",
            kind="item",
            optional=True,
        )
        for r in [r for r in d.reports if r.copy_of is None][:4]
    ]
    return lines


def _health_lines(health: types.FeedHealth) -> list[Line]:
    text = f"{health.healthy} of {health.total} feeds healthy"
    if health.stale:
        named = ", ".join(markup.clip(markup.clean(title), 60) for title in health.stale[:MAX_STALE])
        more = f" and {len(health.stale) - MAX_STALE} more" if len(health.stale) > MAX_STALE else ""
        text += f"; stale: {named}{more}"
    return [line(span(text, limit=800), kind="small")]


def _unread_lines(unread: Mapping[str, int]) -> list[Line]:
    """One line on the articles whose language is not read."""
    counts = sorted(((number, language) for language, number in unread.items() if number), reverse=True)
    if not counts:
        return []
    total, named = sum(number for number, _ in counts), ", ".join(f"{number} {name}" for number, name in counts)
    text = f"Not read because of their language: {total} article{'' if total == 1 else 's'} ({named})"
    return [line(span(text, limit=700), kind="small")]


def _held_back_lines(held_back: Mapping[str, int]) -> list[Line]:
    """One line on the claims that made no development."""
    counts = sorted(((number, reason) for reason, number in held_back.items() if number), reverse=True)
    if not counts:
        return []
    words_of = ", ".join(f"{number} {_REASONS.get(reason, reason)}" for number, reason in counts)
    total = sum(number for number, _ in counts)
    return [line(span(f"Held back: {total} claims ({words_of})", limit=500), kind="small")]
