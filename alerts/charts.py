"""The digest's pictures, drawn with Pillow (the extra `charts`); without it the digest has lists in their place.

Drawn for a telephone's width, at three times its size for sharp screens. The ground is transparent and every colour
a middle tone, so that a picture reads on a white page and on a black one.
"""

import io
import unicodedata
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
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


class Sheet:
    """A drawing in CSS pixels; without a ground it is transparent."""

    def __init__(
        self, height: float, *, width: int = WIDTH, scale: int = SCALE, ground: str | None = None, ink: str = INK
    ) -> None:
        size, self._scale, self._ink = (width * scale, round(height * scale)), scale, ink
        self._image: Any = Image.new("RGB", size, ground) if ground else Image.new("RGBA", size, (0, 0, 0, 0))
        self._draw: Any = ImageDraw.Draw(self._image)

    def text(
        self,
        x: float,
        y: float,
        words: str,
        *,
        size: int = 13,
        anchor: str = "lm",
        colour: str | None = None,
        bold: bool = False,
        room: float | None = None,
    ) -> None:
        """One line; `anchor` as Pillow has it: l, m or r, and m for the middle of its height.

        What is wider than its `room` is written smaller, down to three quarters, and then cut.
        """
        words, least = _drawable(words), size * 3 // 4
        while room is not None and size > least and self.width_of(words, size) > room:
            size -= 1
        while room is not None and len(words) > 1 and self.width_of(words, size) > room:
            words = words[:-2].rstrip() + "…"
        at, stroke = (x * self._scale, y * self._scale), self._scale * size / 60 if bold else 0
        fill = colour or self._ink
        self._draw.text(at, words, fill=fill, font=_font(size * self._scale), anchor=anchor, stroke_width=stroke)

    def width_of(self, words: str, size: int = 13) -> float:
        """How wide a text is."""
        return float(self._draw.textlength(_drawable(words), font=_font(size * self._scale))) / self._scale

    def bar(self, x: float, y: float, width: float, height: float, colour: str, *, hollow: bool = False) -> None:
        """A rounded bar."""
        scale = self._scale
        box = [x * scale, y * scale, (x + max(width, 3)) * scale, (y + height) * scale]
        fill, outline = (None, colour) if hollow else (colour, None)
        self._draw.rounded_rectangle(box, radius=2 * scale, fill=fill, outline=outline, width=2 * scale)

    def block(self, x: float, y: float, width: float, height: float, colour: str) -> None:
        """A block with a gap at its end, so that neighbours stand apart."""
        scale = self._scale
        self._draw.rectangle([x * scale, y * scale, (x + max(width - 1, 2)) * scale, (y + height) * scale], fill=colour)

    def rule(self, x: float, top: float, bottom: float) -> None:
        """A faint upright line."""
        scale = self._scale
        self._draw.line([x * scale, top * scale, x * scale, bottom * scale], fill=FAINT, width=scale)

    def to_png(self) -> bytes:
        """The picture; the same drawing gives the same bytes."""
        out = io.BytesIO()
        self._image.save(out, "PNG", compress_level=6)  # the highest level takes six times as long for two per cent
        return out.getvalue()


@lru_cache(maxsize=16)
def _font(pixels: int) -> Any:
    return ImageFont.load_default(pixels)


# Pillow's own font has the letters of English alone.
_SPELLED = str.maketrans({"–": "-", "—": "-", "→": ">", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "ı": "i", "đ": "d",
                          "Đ": "D", "ß": "ss", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE"})  # fmt: skip


def _drawable(words: str) -> str:
    """The text in letters that the font has: without accents, and a question mark for what it lacks."""
    plain = (c for c in unicodedata.normalize("NFKD", words.translate(_SPELLED)) if not unicodedata.combining(c))
    return "".join(c if _has_glyph(c) else "?" for c in plain)


@lru_cache(maxsize=1024)
def _has_glyph(character: str) -> bool:
    font = _font(20)
    return character == " " or bytes(font.getmask(character)) != bytes(font.getmask("\uffff"))


def draw_pledges(bars: Sequence[figures.Bar]) -> bytes:
    """Troop pledges by country as a PNG: full bars are pledges, hollow ones hang on a condition."""
    row, top = 24, 4
    sheet = Sheet(top + row * len(bars) + 26)
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
    sheet = Sheet(foot + 62)
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
