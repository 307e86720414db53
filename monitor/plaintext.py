"""Markup to plain text for titles and summaries: no tags, entities, control or invisible characters, bounded length.

One pass, linear in the input; for whole pages see extract.py.
"""

import html
import re
import unicodedata
from functools import lru_cache

_TAG = re.compile(r"<(/?)([A-Za-z][\w:-]*)[^<>]*>|<![^<>]*>|<\?[^<>]*>")
_BLOCKS = frozenset(
    [
        *("p", "div", "br", "li", "ul", "ol", "tr", "table", "hr", "h1", "h2", "h3", "h4", "h5", "h6"),
        *("blockquote", "section", "article", "figure", "figcaption"),
    ]
)
_UNREAD = frozenset({"script", "style", "template", "noscript", "iframe"})
_SPACES = re.compile(r"[^\S\n]+")
_PARAGRAPH = re.compile(r" ?\n ?\n[\n ]*")
_LINE_END = re.compile(r"(?<!\n)\n(?!\n)")
_MOST_INPUT = 400_000


def to_line(text: str, most: int = 500) -> str:
    """One line of plain text."""
    return _clip(" ".join(to_plain(text).split()), most)


def to_paragraphs(text: str, most: int = 20_000) -> str:
    """Plain text with an empty line between paragraphs."""
    return _clip(to_plain(text), most)


def to_plain(text: str) -> str:
    """Plain text; markup that was escaped once too often is taken off as well."""
    plain = html.unescape(_without_tags(text[:_MOST_INPUT]))
    if "<" in plain and _TAG.search(plain):
        plain = html.unescape(_without_tags(plain))
    if plain.isprintable() and "  " not in plain:
        return plain.strip()  # neither line ends nor anything invisible
    # A single line end is the source's own wrapping.
    return _LINE_END.sub(" ", _PARAGRAPH.sub("\n\n", _SPACES.sub(" ", clean(plain)))).strip()


def clean(text: str) -> str:
    """Without control, format (zero-width, direction) and lone surrogate characters; tabs and line ends stay."""
    if text.isprintable():
        return text
    return "".join(character for character in text if not _is_invisible(character))


@lru_cache(maxsize=4096)
def _is_invisible(character: str) -> bool:
    return character not in "\n\t\r" and unicodedata.category(character) in ("Cc", "Cf", "Cs", "Cn")


def _without_tags(text: str) -> str:
    if "<" not in text:
        return text
    kept: list[str] = []
    position, unread = 0, ""
    for match in _TAG.finditer(text):
        if not unread:
            kept.append(text[position : match.start()])
        position = match.end()
        closing, name = match[1], (match[2] or "").lower()
        if unread:
            unread = "" if closing and name == unread else unread
        elif name in _UNREAD and not closing and not match[0].endswith("/>"):
            unread = name
        elif name in _BLOCKS:
            kept.append("\n\n")
    if not unread:
        kept.append(text[position:])
    return "".join(kept)


def _clip(text: str, most: int) -> str:
    """At most `most` characters, cut at a word."""
    if len(text) <= most:
        return text
    cut = text[: most - 1]
    return (cut.rsplit(" ", 1)[0] if " " in cut[most // 2 :] else cut).rstrip() + "…"
