"""The digest's pictures, drawn with Pillow (the extra `charts`); without it the digest has lists in their place.

Drawn for a telephone's width, at three times its size for sharp screens. The ground is transparent and every colour
a middle tone, so that a picture reads on a white page and on a black one.
"""

import io
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from alerts import figures

try:
    from PIL import Image, ImageDraw, ImageFont
except ImportError:  # the extra is not installed
    Image = None  # type: ignore[assignment]

WIDTH = 360  # CSS pixels
SCALE = 3
INK = "#7a808a"  # at least 4 to 1 against white and against black
FAINT = "#8a8f9966"
COLOURS = {
    "pledged": "#2f7fd6",
    "conditional": "#2f7fd6",
    "refused": "#d0543f",
    "withdrawn": "#d0543f",
    "uncommitted": "#8a8f99",
    "discussed": "#c98b22",
    "offered": "#5fa8ea",
    "committed": "#1f6fc8",
}
LEGEND = (
    ("refused, withdrawn", "refused"),
    ("no commitment", "uncommitted"),
    ("discussed", "discussed"),
    ("offered", "offered"),
    ("committed", "committed"),
)


def is_available() -> bool:
    """Whether pictures can be drawn here."""
    return Image is not None


class _Sheet:
    """A drawing in CSS pixels."""

    def __init__(self, height: int) -> None:
        self._image: Any = Image.new("RGBA", (WIDTH * SCALE, height * SCALE), (0, 0, 0, 0))
        self._draw: Any = ImageDraw.Draw(self._image)

    def text(self, x: float, y: float, words: str, *, size: int = 13, anchor: str = "lm") -> None:
        """One line; `anchor` as Pillow has it: l, m or r, and m for the middle of its height."""
        font = ImageFont.load_default(size * SCALE)
        self._draw.text((x * SCALE, y * SCALE), words, fill=INK, font=font, anchor=anchor)

    def width_of(self, words: str, size: int = 13) -> float:
        """How wide a text is."""
        return float(self._draw.textlength(words, font=ImageFont.load_default(size * SCALE))) / SCALE

    def bar(self, x: float, y: float, width: float, height: float, colour: str, *, hollow: bool = False) -> None:
        """A rounded bar."""
        box = [x * SCALE, y * SCALE, (x + max(width, 3)) * SCALE, (y + height) * SCALE]
        fill, outline = (None, colour) if hollow else (colour, None)
        self._draw.rounded_rectangle(box, radius=2 * SCALE, fill=fill, outline=outline, width=2 * SCALE)

    def block(self, x: float, y: float, width: float, height: float, colour: str) -> None:
        """A block with a gap at its end, so that neighbours stand apart."""
        self._draw.rectangle([x * SCALE, y * SCALE, (x + max(width - 1, 2)) * SCALE, (y + height) * SCALE], fill=colour)

    def rule(self, x: float, top: float, bottom: float) -> None:
        """A faint upright line."""
        self._draw.line([x * SCALE, top * SCALE, x * SCALE, bottom * SCALE], fill=FAINT, width=SCALE)

    def to_png(self) -> bytes:
        """The picture; the same drawing gives the same bytes."""
        out = io.BytesIO()
        self._image.save(out, "PNG", optimize=True)
        return out.getvalue()


def draw_pledges(bars: Sequence[figures.Bar]) -> bytes:
    """Troop pledges by country as a PNG: full bars are pledges, hollow ones hang on a condition."""
    row, top = 24, 4
    sheet = _Sheet(top + row * len(bars) + 26)
    left = min(130.0, max((sheet.width_of(bar.name) for bar in bars), default=0) + 10)
    right = max((sheet.width_of(bar.figure) for bar in bars), default=0) + 8
    room = WIDTH - left - right
    most = max((bar.number or 0 for bar in bars), default=0) or 1
    for number, bar in enumerate(bars):
        y = top + row * number
        sheet.text(0, y + row / 2, bar.name)
        width = room * (bar.number or 0) / most
        if bar.number is not None:
            sheet.bar(left, y + 5, width, row - 10, COLOURS[bar.status], hollow=bar.status == "conditional")
        sheet.text(left + (max(width, 3) + 6 if bar.number is not None else 0), y + row / 2, bar.figure)
    y = top + row * len(bars) + 14
    sheet.bar(left, y - 5, 14, 10, COLOURS["pledged"])
    sheet.text(left + 20, y, "pledged", size=11)
    sheet.bar(left + 80, y - 5, 14, 10, COLOURS["conditional"], hollow=True)
    sheet.text(left + 100, y, "on a condition", size=11)
    return sheet.to_png()


def draw_stances(tracks: Sequence[figures.Track], until: datetime) -> bytes:
    """The US stance on each component over time as a PNG."""
    row, top = 42, 2
    foot = top + row * len(tracks)
    sheet = _Sheet(foot + 62)
    since = min((track.spans[0].since for track in tracks), default=until)
    total = max((until - since).total_seconds(), 1.0)

    def at(moment: datetime) -> float:
        return WIDTH * min(max((moment - since).total_seconds() / total, 0.0), 1.0)

    for year, month in _quarters(since, until):
        moment = since.replace(year=year, month=month, day=1, hour=0, minute=0, second=0, microsecond=0)
        if moment > since and at(moment) < WIDTH - 34:
            for number in range(len(tracks)):  # beside the bars only: a line through words makes them hard to read
                sheet.rule(at(moment), top + row * number + 19, top + row * number + 37)
            sheet.text(at(moment), foot + 9, f"{moment:%b}" + (f" {year}" if month == 1 else ""), size=11, anchor="mm")
    for number, track in enumerate(tracks):
        above = top + row * number
        sheet.text(0, above + 10, f"{track.name}: {track.now}")
        ends = [*(span.since for span in track.spans[1:]), until]
        for span, end in zip(track.spans, ends, strict=True):
            sheet.block(at(span.since), above + 21, at(end) - at(span.since), 13, COLOURS.get(span.status, INK))
    x, y = 0.0, foot + 30.0
    for words, status in LEGEND:
        width = sheet.width_of(words, 11) + 28
        if x + width > WIDTH:
            x, y = 0.0, y + 18
        sheet.block(x, y - 5, 11, 10, COLOURS[status])
        sheet.text(x + 16, y, words, size=11)
        x += width
    return sheet.to_png()


def _quarters(since: datetime, until: datetime) -> list[tuple[int, int]]:
    """The first months of the quarters between; of the years only, where there are many."""
    years = range(since.year, until.year + 1)
    months = (1, 4, 7, 10) if len(years) <= 3 else (1,)
    return [(year, month) for year in years for month in months]
