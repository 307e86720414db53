"""The readable report of a replay: one HTML page with timeline, board, and each development with its evidence.

Pure: values in, a page out. All text from outside is cleaned and escaped; links lead to web addresses only.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from itertools import groupby

from alerts import board, markup, words
from app import replay
from monitor import types

_STYLE = """body{font:16px/1.5 system-ui,sans-serif;max-width:62rem;margin:2rem auto;padding:0 1rem}
article{border-left:4px solid #999;padding:.2rem 1rem;margin:1rem 0}.major{border-color:#b00}.taken_back h3{
text-decoration:line-through}blockquote{margin:.3rem 0;font-style:italic}.small{font-size:.85rem;color:#555}
table{border-collapse:collapse}td,th{text-align:left;padding:.2rem .8rem .2rem 0;border-bottom:1px solid #ddd}"""


def to_html(result: replay.ReplayResult, names: Mapping[str, str]) -> str:
    """The whole page."""
    told = result.developments
    majors = sum(not development.minor for development in told)
    rows = board.board_rows((p for p in result.positions), names)
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Replay</title><style>{_STYLE}</style></head><body>
<h1>Replay</h1>
<p>{result.articles} articles, {len(told)} developments: {majors} major, {len(told) - majors} minor,
{sum(d.disputed for d in told)} disputed, {sum(d.taken_back for d in told)} taken back.</p>
<h2>Timeline</h2>
<table>{_timeline(told, names)}</table>
<h2>Developments</h2>
{"".join(_development(development, names) for development in told) or "<p>None.</p>"}
<h2>Board at the end</h2>
{board.to_html(rows) or "<p>The ledger holds no positions.</p>"}
<h2>Held back</h2>
<table>{_held_back(result.held_back)}</table>
</body></html>
"""


def _text(value: object, limit: int = 400) -> str:
    return escape(markup.clip(markup.clean(str(value)), limit))


def _timeline(developments: Iterable[types.Development], names: Mapping[str, str]) -> str:
    """One row a day, in the order of the days on which they were raised."""
    days = groupby(developments, key=lambda development: f"{development.raised_at:%Y-%m-%d}")
    return "".join(
        f"<tr><th>{day}</th><td>{'<br>'.join(_line(development, names) for development in of_day)}</td></tr>"
        for day, of_day in days
    )


def _line(development: types.Development, names: Mapping[str, str]) -> str:
    mark = " (taken back)" if development.taken_back else " (disputed)" if development.disputed else ""
    return f'<a href="#{_text(development.id)}">{_what(development, names)}</a>: {_change(development)}{mark}'


def _what(development: types.Development, names: Mapping[str, str]) -> str:
    aspect = words.aspect_words(str(development.topic), development.aspect)
    return f"{_text(words.name_of(development.subject, names), 60)}, {_text(aspect, 80)}"


def _change(development: types.Development) -> str:
    old = _value(development.old, development.old_number)
    return f"{old} → {_value(development.new, development.new_number)}"


def _value(value: str | int | None, number: int | None) -> str:
    if value is None:
        return "nothing held"
    said = _text(str(value).replace("_", " "))
    return f"{said} ({number})" if number is not None and number != value else said


def _development(development: types.Development, names: Mapping[str, str]) -> str:
    size = "minor" if development.minor else "major"
    kind = f"{size} taken_back" if development.taken_back else size
    grade = str(development.grade)
    if development.grade is not development.grade_at_first:
        grade = f"{development.grade_at_first} → {grade}"
    marks = [size, grade, *["disputed"] * development.disputed, *["taken back"] * development.taken_back]
    note = f"<p>{_text(development.note)}</p>" if development.note else ""
    reports = "".join(f"<li>{_report(report)}</li>" for report in development.reports)
    return (
        f'<article class="{kind}" id="{_text(development.id)}"><h3>{_what(development, names)}: '
        f"{_change(development)}</h3>"
        f'<p class="small">{_text(", ".join(marks))}; raised {development.raised_at:%d %b %Y, %H:%M} UTC; '
        f"{_text(development.id)}</p>{note}<ul>{reports}</ul></article>\n"
    )


def _report(report: types.Report) -> str:
    outlet, link = _text(report.outlet, 80), markup.safe_url(report.url)
    source = f'<a href="{escape(link)}">{outlet}</a>' if link else outlet
    credit = f", after {_text(report.origin, 80)}" if report.origin != report.outlet else ""
    speaker = f", {_text(report.speaker, 80)}" if report.speaker else ""
    sure = ", official" if report.official else ""
    return (
        f"<blockquote>{_text(report.evidence)}</blockquote>{source}{credit}{speaker}{sure}, "
        f"{report.published:%d %b %Y, %H:%M} UTC ({_text(report.article_id, 80)})"
    )


def _held_back(held_back: Sequence[types.HeldBack]) -> str:
    counts = Counter(held.reason for held in held_back).most_common()
    return "".join(f"<tr><td>{_text(reason)}</td><td>{count}</td></tr>" for reason, count in counts)
