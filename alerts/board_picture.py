"""The board as a picture for a chat: what it shows as values, what it says to who can't see it, and the drawing.

Telegram shows a picture at 1280 pixels of height at most and shrinks what is taller, so that a long board is drawn on
several sheets: at a telephone's width a row is then still read without a magnifier.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from alerts import charts, markup, words
from monitor import types

CAPTION_LIMIT = 1024  # UTF-16 code units, as the Bot API has it
WIDTH, HEIGHT, SCALE = 450, 640, 2  # 900 by 1280 pixels at most
MARGIN, ROW = 14, 20
INK, QUIET, FAINT, STRIPE = "#171b21", "#5a626e", "#d5dae1", "#f3f5f8"
GROUND = "#ffffff"
TEXT_HINT = "/board text has sources and links."

_MEMBERSHIP = {
    "leads": "leads", "member": "member", "attended": "took part", "considering": "considers",
    "declined": "declined", "left": "left",
}  # fmt: skip
_TROOPS = {
    "pledged": "pledged", "conditional": "conditional", "open": "not ruled out", "undecided": "undecided",
    "support_only": "support only", "ruled_out": "ruled out", "withdrew": "pledge withdrawn",
}  # fmt: skip
_COLOURS = charts.COLOURS | {
    "open": "#5fa8ea", "undecided": "#8a8f99", "support_only": "#8a8f99", "ruled_out": "#d0543f",
    "withdrew": "#d0543f",
}  # fmt: skip
_HOLLOW = {"conditional", "support_only", "withdrew", "withdrawn"}
_SURE = (("official", 3), ("confirmed", 2), ("reported", 1))  # how many of three bars are full
_FIGURES = ("members", "signatories", "contributors", "troop_contributors", "interested", "attendees")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A country, or a component of the US part."""

    name: str
    status: str  # code of what is shown with a colour; "" for none
    holds: str  # the same in words, with the figure
    part: str  # of a country: its part in the coalition, in a word
    since: str
    grade: str
    is_disputed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """What the picture shows."""

    figures: tuple[str, ...]  # of the coalition as a whole
    stances: tuple[Row, ...]  # of the US
    countries: tuple[Row, ...]
    moment: str


def to_board(positions: Iterable[types.Position], names: Mapping[str, str], now: datetime, zone: tzinfo) -> Board:
    """What is held, a row for each country and for each component; what is kept beside a position is left out."""
    held = {p.key: p for p in positions}
    disputed = {(topic, who, what.removesuffix(":disputed")) for topic, who, what in held if what.endswith(":disputed")}
    subjects = sorted({who for topic, who, _ in held if who != "COALITION" and topic != "backstop"})
    parts = {who: held.get(("membership", who, "membership")) for who in subjects}
    troops = {who: held.get(("troops", who, "troops")) for who in subjects}
    known = [who for who in subjects if parts[who] or troops[who]]
    known.sort(key=lambda who: (*_weight(parts[who], troops[who]), _name(who, names).casefold()))
    stances = [held[key] for c in words.COMPONENTS if (key := ("backstop", "US", c)) in held]
    return Board(
        figures=tuple(_figures(held)),
        stances=tuple(
            _row(words.component_words(p.aspect), p, words.status_words("backstop", p.status), disputed)
            for p in stances
        ),
        countries=tuple(_country(_name(who, names), parts[who], troops[who], disputed) for who in known),
        moment=words.time_words(now, zone),
    )


def _name(who: str, names: Mapping[str, str]) -> str:
    return markup.clip(markup.clean(words.name_of(who, names)), 22)


def _weight(part: types.Position | None, troops: types.Position | None) -> tuple[int, int, int]:
    """Who sends most comes first, then who takes part most."""
    return (
        list(_TROOPS).index(troops.status) if troops and troops.status in _TROOPS else len(_TROOPS),
        -(troops.number or 0) if troops else 0,
        list(_MEMBERSHIP).index(part.status) if part and part.status in _MEMBERSHIP else len(_MEMBERSHIP),
    )


def _figures(held: Mapping[tuple[str, str, str], types.Position]) -> Iterable[str]:
    ours = {what: p for (_, who, what), p in held.items() if who == "COALITION" and p.number is not None}
    for count in _FIGURES:
        if p := ours.get(f"headcount:{count}"):
            number = words.figure_words(p.aspect, p.number or 0, p.number_max)
            yield f"{words.aspect_words(str(p.topic), p.aspect)}: {number} ({words.day_words(p.since)})"
    if p := ours.get("force_size"):
        yield f"size of the force: {words.figure_words(p.aspect, p.number or 0, p.number_max)}"


def _country(
    name: str,
    part: types.Position | None,
    troops: types.Position | None,
    disputed: set[tuple[str, str, str]],
) -> Row:
    shown = troops or part
    assert shown is not None
    holds = ""
    if troops is not None:
        holds = _TROOPS.get(troops.status) or markup.clip(markup.clean(troops.status), 20)
        if troops.number is not None:
            holds += " " + words.figure_words("", troops.number, troops.number_max).partition(" ")[0]
    row = _row(name, shown, holds, disputed)
    word = (_MEMBERSHIP.get(part.status) or markup.clip(markup.clean(part.status), 12)) if part else ""
    return Row(
        name=row.name, status=row.status if troops else "", holds=holds, part=word, since=row.since, grade=row.grade,
        is_disputed=row.is_disputed,
    )  # fmt: skip


def _row(name: str, p: types.Position, holds: str, disputed: set[tuple[str, str, str]]) -> Row:
    return Row(
        name=name, status=p.status, holds=holds, part="", since=words.day_words(p.since), grade=str(p.grade),
        is_disputed=p.key in disputed,
    )  # fmt: skip


# ---------------------------------------------------------------- for who can't see it


def caption(board: Board, sheet: int, sheets: int) -> str:
    """The board in words, as far as a caption has room; of later sheets only which one it is."""
    of = f" ({sheet} of {sheets})" if sheets > 1 else ""
    head = f"The board, {board.moment}{of}"
    if sheet > 1:
        return head
    said = [("Coalition", "; ".join(board.figures)), ("US backstop", _said(board.stances))]
    said.append(("Countries", _said(board.countries)))
    text = "\n".join(f"{title}: {rest}." for title, rest in said if rest)
    room = CAPTION_LIMIT - markup.utf16_len(head) - markup.utf16_len(TEXT_HINT) - 2
    return f"{head}\n{markup.clip(text, room)}\n{TEXT_HINT}" if text else head


def _said(rows: Sequence[Row]) -> str:
    return "; ".join(
        f"{row.name} {', '.join(x for x in (row.holds, row.part) if x)}{' (disputed)' * row.is_disputed}"
        for row in rows
    )


# ---------------------------------------------------------------- drawing


def draw(board: Board) -> list[bytes]:
    """The sheets as PNG; none where there is nothing to show or no Pillow."""
    if not charts.is_available() or not (board.figures or board.stances or board.countries):
        return []
    first = (HEIGHT - _top(board) - _FOOT - _TABLE_HEAD) // ROW
    later = (HEIGHT - _TITLE - _FOOT - _TABLE_HEAD) // ROW
    chunks = [board.countries[:first]]
    for at in range(first, len(board.countries), later):
        chunks.append(board.countries[at : at + later])
    return [_draw_sheet(board, rows, number, len(chunks)) for number, rows in enumerate(chunks, 1)]


_TITLE, _TABLE_HEAD, _FOOT = 50, 26, 30
_NAME, _HOLDS, _PART, _SINCE, _BARS = MARGIN, 122, 276, 338, WIDTH - MARGIN - 20
_HOLDS_OF_US = 170  # names of components are longer, and there is no part to show


def _top(board: Board) -> int:
    """What stands above the countries on the first sheet."""
    stances = (_TABLE_HEAD + ROW * len(board.stances)) if board.stances else 0
    return _TITLE + 17 * len(board.figures) + stances + 8


def _draw_sheet(board: Board, rows: Sequence[Row], number: int, sheets: int) -> bytes:
    above = _top(board) if number == 1 else _TITLE
    height = above + (_TABLE_HEAD + ROW * len(rows) if rows else 0) + _FOOT
    sheet = charts.Sheet(height, width=WIDTH, scale=SCALE, ground=GROUND, ink=INK)
    of = f"  ({number} of {sheets})" if sheets > 1 else ""
    sheet.text(MARGIN, 19, f"Coalition of the willing{of}", size=18, bold=True)
    sheet.text(MARGIN, 38, f"What is held on {board.moment}", size=12, colour=QUIET)
    y = float(_TITLE)
    if number == 1:
        for words_of in board.figures:
            sheet.text(MARGIN, y + 8, words_of[0].upper() + words_of[1:], size=13)
            y += 17
        if board.stances:
            y = _draw_head(sheet, y, "What the US says of a backstop", ())
            y = _draw_rows(sheet, y, board.stances, _HOLDS_OF_US)
        y = float(above)
    if rows:
        y = _draw_head(sheet, y, "Countries", ((_HOLDS, "forces"), (_PART, "part"), (_SINCE, "since")))
        y = _draw_rows(sheet, y, rows, _HOLDS)
    _draw_foot(sheet, y + 16)
    return sheet.to_png()


def _draw_head(sheet: charts.Sheet, y: float, title: str, columns: Sequence[tuple[float, str]]) -> float:
    sheet.text(MARGIN, y + 14, title, size=14, bold=True)
    for x, word in columns:
        sheet.text(x, y + 15, word, size=11, colour=QUIET)
    sheet.block(MARGIN, y + _TABLE_HEAD - 2, WIDTH - 2 * MARGIN, 1, FAINT)
    return y + _TABLE_HEAD


def _draw_rows(sheet: charts.Sheet, y: float, rows: Sequence[Row], holds: float) -> float:
    for number, row in enumerate(rows):
        if number % 2:
            sheet.block(MARGIN - 6, y, WIDTH - 2 * MARGIN + 12, ROW, STRIPE)
        middle = y + ROW / 2
        sheet.text(_NAME, middle, row.name, room=holds - _NAME - 6, bold=True)
        if row.status:
            sheet.bar(holds, middle - 4.5, 9, 9, _COLOURS.get(row.status, QUIET), hollow=row.status in _HOLLOW)
        mark = "disputed: " if row.is_disputed else ""
        room = (_PART if row.part else _SINCE) - holds - 20
        colour = _COLOURS["refused"] if row.is_disputed else INK
        sheet.text(holds + 15, middle, mark + row.holds, room=room, colour=colour)
        sheet.text(_PART, middle, row.part, room=_SINCE - _PART - 4, colour=QUIET)
        sheet.text(_SINCE, middle, row.since, size=12, colour=QUIET)
        _draw_bars(sheet, _BARS, middle, dict(_SURE).get(row.grade, 0))
        y += ROW
    return y


def _draw_bars(sheet: charts.Sheet, x: float, y: float, full: int) -> None:
    """How sure it is, as three bars that grow."""
    for number in range(3):
        height = 4.0 + 3.0 * number
        sheet.block(x + 7 * number, y + 5 - height, 6, height, INK if number < full else FAINT)


def _draw_foot(sheet: charts.Sheet, y: float) -> None:
    x = float(MARGIN)
    sheet.text(x, y, "How sure:", size=11, colour=QUIET)
    x += sheet.width_of("How sure:", 11) + 10
    for word, full in _SURE:
        _draw_bars(sheet, x, y, full)
        sheet.text(x + 26, y, word, size=11, colour=QUIET)
        x += sheet.width_of(word, 11) + 42
