"""Where the databases of several watches lie: each has its own, found by its name beside the address that is set."""

import re
from pathlib import Path

import sqlalchemy as sa

_SEARCH_PATH = re.compile(r"-csearch_path=(\w+)")


def beside(url: str, name: str) -> str:
    """The address of a watch's own database: another file in the same folder, or a schema of its own on a server."""
    parsed = sa.make_url(url)
    if parsed.get_backend_name() != "sqlite":
        options = f"{_options(url)} -csearch_path=watch_{name}".strip()  # of two the last holds
        return parsed.update_query_dict({"options": options}).render_as_string(hide_password=False)
    if not is_kept(url):
        return url
    file = Path(str(parsed.database))
    beside_it = file.with_name(f"{file.stem}.{name}{file.suffix}")
    return parsed.set(database=str(beside_it)).render_as_string(hide_password=False)


def is_kept(url: str) -> bool:
    """Whether the database is there for another connection too; one in memory is not."""
    return sa.make_url(url).database not in (None, "", ":memory:")


def schema_of(url: str) -> str | None:
    """The schema that an address names (PostgreSQL), or None."""
    found = _SEARCH_PATH.findall(_options(url))
    return found[-1] if found else None


def _options(url: str) -> str:
    options = sa.make_url(url).query.get("options", "")
    return options if isinstance(options, str) else " ".join(options)
