"""Bytes to text: whatever a header or document claims, text that is valid UTF-8 is UTF-8, and text that is not is not.

Declared encodings come next, a guess last. Never fails; knows nothing of feeds or pages.
"""

import codecs
import re

import charset_normalizer

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_XML_NAME = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._:-]{2,40})")
_META_NAME = re.compile(rb"<meta[^>]{0,300}?charset\s*=\s*[\"']?\s*([A-Za-z0-9._:-]{2,40})", re.IGNORECASE)
_HEADER_NAME = re.compile(r"charset\s*=\s*[\"']?\s*([A-Za-z0-9._:-]{2,40})", re.IGNORECASE)
_FOREIGN = re.compile(rb"[^<>]{0,60}[\x80-\xff][^<>]{0,400}")
# What is written for latin-1 is Windows' superset of it in truth (WHATWG encoding standard).
_WINDOWS = {"iso8859-1": "cp1252", "ascii": "cp1252", "iso8859-9": "cp1254", "gb2312": "gb18030", "gbk": "gb18030"}
# Encodings in which plain ASCII bytes mean something else, so that valid UTF-8 proves nothing.
_ESCAPED = frozenset({"iso2022_jp", "iso2022_kr", "hz", "utf-16", "utf-16-le", "utf-16-be", "utf-32"})
_GUESSES = [
    *(
        "cp1251",
        "cp1252",
        "cp1250",
        "koi8_r",
        "koi8_u",
        "iso8859_2",
        "iso8859_5",
        "cp1253",
        "cp1254",
        "cp1255",
        "cp1256",
    ),
    *("cp1257", "gb18030", "big5", "shift_jis", "euc_jp", "euc_kr"),
]
_HEAD = 4096
_SAMPLE = 20_000
_FEW = 0.1  # share of broken sequences up to which damaged UTF-8 is still taken for UTF-8


def to_text(body: bytes, content_type: str = "") -> str:
    """The text of a body: by byte order mark, as UTF-8, as declared (document, then header), or as guessed."""
    for mark, name in _BOMS:
        if body.startswith(mark):
            return body.decode(name, errors="replace").lstrip("\ufeff")
    if (wide := _wide_encoding(body)) is not None:
        return body.decode(wide, errors="replace")
    declared = declared_encodings(body, content_type)
    for name in declared if _ESCAPED.intersection(declared) else ["utf-8", *declared]:
        try:
            return body.decode(name)
        except (UnicodeError, LookupError):
            continue
    return _damaged_utf8(body) or body.decode(_guess(body), errors="replace")


def declared_encodings(body: bytes, content_type: str) -> list[str]:
    """Known encodings that the document, then the header, claims; the byte-wide ones only."""
    head = body[:_HEAD]
    found = [match[1].decode("ascii") for match in (_XML_NAME.search(head), _META_NAME.search(head)) if match]
    if match := _HEADER_NAME.search(content_type):
        found.append(match[1])
    names = []
    for name in found:
        try:
            info = codecs.lookup(name)
        except (LookupError, ValueError):
            continue
        # Python's own transformations (hex, zip, ...) are no character sets.
        if getattr(info, "_is_text_encoding", True) and not info.name.startswith(("utf-16", "utf-32")):
            names.append(_WINDOWS.get(info.name, info.name))
    return names


def _wide_encoding(body: bytes) -> str | None:
    """UTF-16 without a byte order mark, known by its first '<'."""
    if body[:2] == b"<\0":
        return "utf-16-le"
    return "utf-16-be" if body[:2] == b"\0<" else None


def _damaged_utf8(body: bytes) -> str | None:
    """UTF-8 with a few broken places, such as a cut inside a letter."""
    text = body.decode("utf-8", errors="replace")
    broken = text.count("\ufffd")
    whole = sum(character > "\x7f" for character in text) - broken
    return text if broken <= whole * _FEW else None


def _guess(body: bytes) -> str:
    """The likeliest encoding of the parts that are not ASCII (markup would drown them)."""
    sample = b"\n".join(_FOREIGN.findall(body[:1_000_000]))[:_SAMPLE]
    best = charset_normalizer.from_bytes(sample, cp_isolation=_GUESSES).best()
    return best.encoding if best is not None else "cp1252"
