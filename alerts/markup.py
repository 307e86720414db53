"""Styled lines, and those as plain text, Telegram HTML and mail HTML. The only place that cleans, clips and escapes.

Text is cleaned and clipped when a span is made, and escaped once when it is written; so a limit never cuts markup.
"""

import html
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

TELEGRAM_LIMIT = 4096  # UTF-16 code units after entity parsing
URL_LIMIT = 1000
# Invisible or unassigned: control, format (zero-width, bidi, tags), surrogate, private use, unassigned.
_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn"}
_BLANK = {0x115F, 0x1160, 0x2800, 0x3164, 0xFFA0}  # letters and signs that show as nothing
_MARKS = re.compile(r"[̀-ͯ҃-҉᷀-᷿⃐-⃿]{3,}")  # stacked marks that spill over other lines

_TELEGRAM = {"bold": "b", "gone": "s", "struck": "s", "added": "u", "quiet": "i", "": ""}
_MAIL = {"bold": "strong", "gone": "del", "struck": "del", "added": "ins", "quiet": "em", "": ""}
_PLAIN = {"struck": "[-{}-]", "added": "[+{}+]"}
_MAIL_LINE = {
    "head": '<p style="margin:18px 0 4px;font-size:17px;line-height:1.35">{}</p>',
    "section": '<h2 style="margin:26px 0 6px;font-size:18px;border-bottom:1px solid #8888;padding-bottom:4px">{}</h2>',
    "text": '<p style="margin:4px 0;line-height:1.45">{}</p>',
    "quote": '<blockquote style="margin:8px 0;padding:2px 0 2px 12px;border-left:3px solid #8888;'
    'line-height:1.45">{}</blockquote>',
    "item": '<p style="margin:3px 0 3px 14px;line-height:1.4;font-size:15px">• {}</p>',
    "small": '<p style="margin:6px 0;font-size:13px;opacity:.75">{}</p>',
    "gap": "",
}
_MAIL_PAGE = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width,initial-scale=1">'
    '<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">'
    "<title>{title}</title></head>"
    '<body style="margin:0;padding:12px;font-family:-apple-system,Segoe UI,Roboto,Helvetica,Arial,sans-serif;'
    'font-size:16px;word-break:break-word"><div style="max-width:640px;margin:0 auto">{body}</div></body></html>'
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A run of clean text in one style: "", bold, gone (taken back), struck and added (differing words), quiet."""

    text: str
    style: str = ""
    href: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line; an optional one may be left out where room is short."""

    spans: tuple[Span, ...] = ()
    kind: str = "text"  # head | section | text | quote | item | small | gap
    optional: bool = False


GAP = Line(kind="gap")


def clean(text: str) -> str:
    """One line of visible text: no control, zero-width or bidi marks, no lone surrogates, single spaces."""
    spaced = (" " if c.isspace() or unicodedata.category(c) in {"Zl", "Zp"} else c for c in text)
    seen = (c for c in spaced if unicodedata.category(c) not in _UNSEEN and ord(c) not in _BLANK)
    return " ".join(_MARKS.sub(lambda found: found.group()[:2], "".join(seen)).split())


def utf16_len(text: str) -> int:
    """Length as Telegram counts it."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def clip(text: str, limit: int) -> str:
    """At most `limit` UTF-16 units, ending in an ellipsis at a word's end where something was cut."""
    if utf16_len(text) <= limit:
        return text
    kept = text.encode("utf-16-le", "surrogatepass")[: 2 * (limit - 1)].decode("utf-16-le", "ignore")
    head, _, tail = kept.rpartition(" ")
    return (head if head and len(tail) < 30 else kept).rstrip() + "…"


def safe_url(url: str | None) -> str | None:
    """The address where it is an http or https one that can be shown, else None."""
    if not url or len(url) > URL_LIMIT or clean(url).replace(" ", "") != url:
        return None
    try:
        parts = urlsplit(url)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        return None
    return url if usable else None


def span(text: str, style: str = "", *, limit: int = 300, href: str | None = None) -> Span:
    """Clean, clipped text; a link only where it is safe. Spaces at the ends are kept, they stand between spans."""
    body = clip(clean(text), limit)
    before = " " if text[:1] == " " and body else ""
    after = " " if text[-1:] == " " and body else ""
    return Span(text=before + body + after, style=style, href=safe_url(href))


def line(*parts: Span | str, kind: str = "text", optional: bool = False) -> Line:
    """A line of spans; plain strings are made spans."""
    spans = tuple(span(part) if isinstance(part, str) else part for part in parts)
    return Line(spans=tuple(s for s in spans if s.text), kind=kind, optional=optional)


def fit(lines: Sequence[Line], limit: int = TELEGRAM_LIMIT, *, links: bool = False) -> tuple[Line, ...]:
    """The lines without as many optional ones, from the end, as it takes to keep the limit."""
    kept = list(lines)
    while utf16_len(to_plain(kept, links=links)) > limit:
        at = next((i for i in range(len(kept) - 1, -1, -1) if kept[i].optional), None)
        if at is None:
            return tuple(_squeeze(kept, limit, links=links))
        del kept[at]
    return tuple(kept)


def pages(lines: Sequence[Line], limit: int = TELEGRAM_LIMIT) -> list[tuple[Line, ...]]:
    """The lines in as few messages as keep the limit; none for no lines."""
    found: list[list[Line]] = []
    for each in lines:
        if found and utf16_len(to_plain([*found[-1], each], links=False)) <= limit:
            found[-1].append(each)
        else:
            found.append([each])
    return [tuple(page) for page in found]


def _squeeze(lines: list[Line], limit: int, *, links: bool) -> list[Line]:
    """Last resort: whole lines go, from the end."""
    while len(lines) > 1 and utf16_len(to_plain(lines, links=links)) > limit:
        lines.pop()
    return lines


# ---------------------------------------------------------------- writing


def to_plain(lines: Sequence[Line], *, links: bool = True) -> str:
    """Plain text; struck and added words in brackets with their sign, links written out."""
    return "\n".join(_plain_line(each, links=links) for each in lines).strip()


def _plain_line(each: Line, *, links: bool) -> str:
    text = "".join(
        (_PLAIN.get(s.style, "{}") if links else "{}").replace("{}", s.text)
        + (f" {s.href}" if links and s.href else "")
        for s in each.spans
    )
    if each.kind == "section" and links:
        return f"\n{text.upper()}"
    return ("• " if each.kind == "item" else "") + text


def to_telegram(lines: Sequence[Line]) -> str:
    """Telegram's HTML subset."""
    written = []
    for each in lines:
        body = "".join(_tagged(s, _TELEGRAM) for s in each.spans)
        if each.kind == "section" and body:
            body = f"<b>{body}</b>"
        if each.kind == "quote" and body:
            body = f"<blockquote>{body}</blockquote>"
        written.append(("• " if each.kind == "item" else "") + body)
    return "\n".join(written).strip()


def to_html(lines: Sequence[Line]) -> str:
    """Lines as HTML with inline styles."""
    return "".join(_MAIL_LINE[each.kind].format("".join(_tagged(s, _MAIL) for s in each.spans)) for each in lines)


def to_mail(lines: Sequence[Line], title: str, extra: str = "") -> str:
    """A whole page, with no colours of its own, so that it reads in light and dark; `extra` is HTML."""
    return _MAIL_PAGE.format(title=html.escape(clean(title)), body=to_html(lines) + extra)


def _tagged(part: Span, tags: dict[str, str]) -> str:
    body = html.escape(part.text)
    if part.href:
        body = f'<a href="{html.escape(part.href)}">{body}</a>'
    tag = tags[part.style]
    return f"<{tag}>{body}</{tag}>" if tag else body
