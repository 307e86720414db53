"""Positions and developments as flat rows for files: short quotations and links, never an article's text. Pure."""

from monitor import types
from storage import codec

_POSITION = ("topic", "subject", "aspect", "status", "number", "number_max", "since", "grade", "source")
_DEVELOPMENT = (
    "id", "topic", "subject", "aspect", "old", "new", "old_number", "new_number", "minor", "grade", "disputed",
    "taken_back", "raised_at",
)  # fmt: skip
_FIRST = ("first_outlet", "first_url", "first_published", "first_evidence", "first_sources")
POSITION_COLUMNS, DEVELOPMENT_COLUMNS = (*_POSITION, *_FIRST), (*_DEVELOPMENT, *_FIRST)
QUOTE_LIMIT = 600


def to_row(one: types.Position | types.Development) -> dict[str, object]:
    """One line of a file."""
    report = one.reports[0] if one.reports else None
    source = {
        "outlet": report.outlet if report else None, "url": report.url if report else None,
        "published": report.published.isoformat() if report else None,
        "evidence": report.evidence[:QUOTE_LIMIT] if report else None,
        "sources": len({each.origin for each in one.reports}),
    }  # fmt: skip
    keys = _POSITION if isinstance(one, types.Position) else _DEVELOPMENT
    return {key: codec.to_json(getattr(one, key)) for key in keys} | {
        f"first_{key}": value for key, value in source.items()
    }


def to_cell(value: object) -> object:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{value}" if isinstance(value, str) and value[:1] in "=+-@\t\r" else value
