"""The daily digest: the window's developments, the board, what was held back, feed health. Pure; loads nothing."""

from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo

from alerts import board, markup, policy, render, words
from alerts.markup import Line, line, span
from monitor import types

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


def render_digest(
    developments: Sequence[types.Development],
    positions: Sequence[types.Position],
    health: types.FeedHealth,
    held_back: Mapping[str, int],
    since: datetime,
    until: datetime,
    tz: tzinfo,
    names: Mapping[str, str],
) -> render.Message:
    """The digest of a window; says in so many words when nothing changed."""
    majors = [d for d in developments if not d.minor]
    minors = [d for d in developments if d.minor]
    window = f"{words.time_words(since, tz)} to {words.time_words(until, tz)}"
    lines = [line(span("Coalition Watch", "bold"), " — digest", kind="head"), line(window, kind="small")]
    sides = {(*p.key[:2], p.aspect.removesuffix(":disputed")): p for p in positions if p.aspect.endswith(":disputed")}
    lines += _development_lines(majors, minors, names, tz, sides) or [line("Nothing changed.")]
    lines += [*_health_lines(health), *_held_back_lines(held_back)]
    groups = board.board_rows(positions, names)
    heading = line("The board", kind="section")
    return render.to_message(
        f"Coalition Watch, {_day(until, tz)}: {_count_words(len(majors), len(minors))}",
        lines,
        extra_html=markup.to_html([heading]) + (board.to_html(groups) or "<p>The ledger holds no positions.</p>"),
        extra_plain=f"\n\n{markup.to_plain([heading])}\n\n{board.to_text(groups)}\n",
    )


def _day(moment: datetime, tz: tzinfo) -> str:
    local = moment.astimezone(tz)
    return f"{local.day} {local:%B %Y}"


def _count_words(majors: int, minors: int) -> str:
    if not majors and not minors:
        return "nothing changed"
    parts = [f"{majors} major"] if majors else []
    parts += [f"{minors} minor"] if minors else []
    return f"{' and '.join(parts)} development{'' if majors + minors == 1 else 's'}"


def _development_lines(
    majors: Sequence[types.Development],
    minors: Sequence[types.Development],
    names: Mapping[str, str],
    tz: tzinfo,
    sides: Mapping[tuple[str, str, str], types.Position],
) -> list[Line]:
    lines: list[Line] = []
    for title, some in (("Major developments", majors), ("Minor developments", minors)):
        if some:
            lines.append(line(f"{title} ({len(some)})", kind="section"))
        for development in some:
            lines += _entry_lines(development, names, tz)
            other = sides.get((str(development.topic), development.subject, development.aspect))
            if development.disputed and other is not None:
                lines += render.against_lines([policy.to_json(report) for report in other.reports])
    return lines


def _entry_lines(d: types.Development, names: Mapping[str, str], tz: tzinfo) -> list[Line]:
    """One development: headline, how sure, quotation, sources."""
    style = "gone" if d.taken_back else "bold"
    head = line(span(words.headline(d, names), style, limit=500), kind="head", optional=True)
    state = f"Taken back: {d.note or 'no reason given'}" if d.taken_back else words.grade_words(d)
    if d.disputed:
        state = f"Disputed: {d.note or 'reports contradict each other'}; {state}"
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
    lines = [line(f"{health.healthy} of {health.total} feeds healthy", kind="text")]
    if health.stale:
        named = ", ".join(markup.clip(markup.clean(title), 60) for title in health.stale[:MAX_STALE])
        more = f" and {len(health.stale) - MAX_STALE} more" if len(health.stale) > MAX_STALE else ""
        lines.append(line(span(f"Failing or late: {named}{more}", limit=700), kind="small"))
    return lines


def _held_back_lines(held_back: Mapping[str, int]) -> list[Line]:
    """One line on the claims that made no development."""
    counts = sorted(((number, reason) for reason, number in held_back.items() if number), reverse=True)
    if not counts:
        return []
    words_of = ", ".join(f"{number} {_REASONS.get(reason, reason)}" for number, reason in counts)
    total = sum(number for number, _ in counts)
    return [line(span(f"Held back: {total} claims ({words_of})", limit=500), kind="small")]
