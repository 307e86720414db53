"""The watch: what is watched, as data (seeds/), loaded and checked. Says who is who; decides nothing about text."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from monitor import errors, types

SEEDS = Path(__file__).resolve().parent.parent / "seeds"
WORD_FILES = ("terms", "phrases", "verbs", "cues")


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """A country or institution and the words that stand for it."""

    code: str  # ISO 3166-1 alpha-2, or EU, NATO, UN, COALITION
    name: str  # for display, English
    names: tuple[str, ...]  # "Britain", "the United Kingdom", "UK"
    demonyms: tuple[str, ...]  # "British", "Briton", "Britons"
    seats: tuple[str, ...]  # capital and seats of government that speak for it: "London", "Downing Street"
    ministries: tuple[str, ...]  # proper names of ministries: "Bundeswehr", "Quai d'Orsay", "Pentagon"
    kind: str = "country"  # country | institution
    voice: str = "own"  # own | other (e.g. Russia: its words about others make no claim)


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """One person's term in one office."""

    subject: str  # actor code
    office: str  # "prime minister"
    aliases: tuple[str, ...]  # "premier"
    holder: str  # full name
    variants: tuple[str, ...]  # family name and spellings
    start: date | None  # first day, None: before the watch begins
    end: date | None  # first day on which it is no longer held, None: still held
    decides: bool  # may decide on what the watch is about for the subject
    decides_note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlet:
    """A publisher."""

    name: str
    tier: str  # official | wire | press | other
    aliases: tuple[str, ...] = ()  # names under which others credit it
    domains: tuple[str, ...] = ()
    country: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """Everything that seeds/ holds for one watch."""

    name: str
    actors: tuple[Actor, ...]
    offices: tuple[Office, ...]
    outlets: tuple[Outlet, ...]
    terms: dict[str, tuple[str, ...]]  # the lists of terms, phrases, verbs and cues .yaml as "file.key"
    version: str

    def actor(self, code: str) -> Actor:
        """The actor of a code; raises KeyError."""
        for actor in self.actors:
            if actor.code == code:
                return actor
        raise KeyError(code)


def load_watch(root: Path | None = None, name: str = "coalition") -> Watch:
    """Read and check a watch's data; raises errors.SeedError naming file, key and what was expected."""
    base = root or SEEDS
    folder = base / name
    actors = tuple(_checked(folder / "actors.yaml", "actors", _to_actor))
    _refuse_doubles(folder / "actors.yaml", "code", [actor.code for actor in actors])
    offices = tuple(_checked(folder / "offices.yaml", "offices", _to_office))
    _check_offices(folder / "offices.yaml", offices, {actor.code for actor in actors})
    outlets = tuple(_checked(base / "outlets.yaml", "outlets", _to_outlet))
    _refuse_doubles(base / "outlets.yaml", "name", [outlet.name for outlet in outlets])
    terms: dict[str, tuple[str, ...]] = {}
    for words in WORD_FILES:
        if (folder / f"{words}.yaml").exists():
            terms.update(_flatten(folder / f"{words}.yaml", words, _read(folder / f"{words}.yaml")))
    version = str(_read(folder / "actors.yaml").get("version", "0"))
    return Watch(name=name, actors=actors, offices=offices, outlets=outlets, terms=terms, version=version)


def load_feeds(file: Path | None = None) -> tuple[types.Feed, ...]:
    """Read and check a feed list (default: the shipped one); raises errors.SeedError."""
    path = file or SEEDS / "feeds.yaml"
    feeds = tuple(_checked(path, "feeds", _to_feed))
    _refuse_doubles(path, "url", [feed.url for feed in feeds])
    return feeds


# ---------------------------------------------------------------- reading


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Safe YAML that keeps each mapping's line, for errors."""


def _mapping_with_line(loader: yaml.SafeLoader, node: yaml.MappingNode) -> dict[Any, Any]:
    mapping = {loader.construct_object(key): loader.construct_object(value, deep=True) for key, value in node.value}
    return _Lined(mapping, node.start_mark.line + 1)


class _Lined(dict[Any, Any]):
    def __init__(self, mapping: Mapping[Any, Any], line: int) -> None:
        super().__init__(mapping)
        self.line = line


_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping_with_line)


def _read(path: Path) -> _Lined:
    try:
        data = yaml.load(path.read_text(encoding="utf-8"), _Loader)
    except OSError as error:
        raise errors.SeedError(path.name, "file", f"a readable file ({error.strerror})") from error
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise errors.SeedError(path.name, f"line {line}", f"valid YAML ({error.problem})") from error
    if not isinstance(data, _Lined):
        raise errors.SeedError(path.name, "line 1", "a mapping of keys")
    return data


def _checked(path: Path, key: str, convert: Any) -> Iterable[Any]:
    rows = _read(path).get(key)
    if not isinstance(rows, list) or not rows:
        raise errors.SeedError(path.name, key, "a list with at least one entry")
    for number, row in enumerate(rows, 1):
        where = f"{key} {number}" + (f" (line {row.line})" if isinstance(row, _Lined) else "")
        if not isinstance(row, _Lined):
            raise errors.SeedError(path.name, where, "a mapping of keys")
        yield convert(_Fields(path.name, where, row))


@dataclass
class _Fields:
    """One row, read key by key; what is left over is unknown."""

    file: str
    where: str
    row: _Lined

    def fail(self, key: str, expected: str) -> errors.SeedError:
        return errors.SeedError(self.file, f"{self.where}: {key}", expected)

    def only(self, *known: str) -> None:
        for key in self.row:
            if key not in known:
                raise self.fail(str(key), f"one of the known keys: {', '.join(known)}")

    def text(self, key: str) -> str:
        value = self.row.get(key)
        if not isinstance(value, str) or not value.strip():
            raise self.fail(key, f"a text, not {value!r}")
        return value

    def maybe(self, key: str) -> str | None:
        return self.text(key) if self.row.get(key) is not None else None

    def texts(self, key: str) -> tuple[str, ...]:
        value = self.row.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, str) and item for item in value):
            raise self.fail(key, "a list of texts (quote words like No and numbers)")
        return tuple(value)

    def day(self, key: str) -> date | None:
        value = self.row.get(key)
        if value is not None and not isinstance(value, date):
            raise self.fail(key, f"a date like 2025-02-23, not {value!r}")
        return value

    def flag(self, key: str, default: bool) -> bool:
        value = self.row.get(key, default)
        if not isinstance(value, bool):
            raise self.fail(key, "true or false")
        return value

    def one_of(self, key: str, allowed: Iterable[str], default: str | None = None) -> str:
        value = self.row.get(key, default)
        if value not in set(allowed):
            raise self.fail(key, f"one of {', '.join(sorted(allowed))}, not {value!r}")
        return str(value)


def _to_actor(fields: _Fields) -> Actor:
    fields.only("code", "name", "names", "demonyms", "seats", "ministries", "kind", "voice")
    return Actor(
        code=fields.text("code"),
        name=fields.text("name"),
        names=fields.texts("names"),
        demonyms=fields.texts("demonyms"),
        seats=fields.texts("seats"),
        ministries=fields.texts("ministries"),
        kind=fields.one_of("kind", ("country", "institution"), "country"),
        voice=fields.one_of("voice", ("own", "other"), "own"),
    )


def _to_office(fields: _Fields) -> Office:
    fields.only(
        *("subject", "office", "aliases", "holder", "variants", "from", "to", "decides", "note", "acting"),
        *("source", "checked", "remark"),
    )
    start, end = fields.day("from"), fields.day("to")
    if start and end and end < start:
        raise fields.fail("to", f"a day after from ({start})")
    return Office(
        subject=fields.text("subject"),
        office=fields.text("office"),
        aliases=fields.texts("aliases"),
        holder=fields.text("holder"),
        variants=fields.texts("variants"),
        start=start,
        end=end,
        decides=fields.flag("decides", False),
        decides_note=fields.maybe("note") or "",
    )


def _check_offices(path: Path, offices: tuple[Office, ...], codes: set[str]) -> None:
    for number, office in enumerate(offices, 1):
        if office.subject not in codes:
            raise errors.SeedError(
                path.name, f"offices {number}: subject", f"a code of actors.yaml, not {office.subject}"
            )


def _to_outlet(fields: _Fields) -> Outlet:
    fields.only("name", "tier", "aliases", "domains", "country")
    return Outlet(
        name=fields.text("name"),
        tier=fields.one_of("tier", [str(tier) for tier in types.Tier]),
        aliases=fields.texts("aliases"),
        domains=fields.texts("domains"),
        country=fields.maybe("country"),
    )


def _to_feed(fields: _Fields) -> types.Feed:
    fields.only("url", "title", "outlet", "tier", "language", "country", "interval_s", "enabled", "source", "note")
    url = fields.text("url")
    if urlsplit(url).scheme not in {"http", "https"} or not urlsplit(url).hostname:
        raise fields.fail("url", f"an address like https://example.org/feed, not {url!r}")
    interval = fields.row.get("interval_s", 900)
    if not isinstance(interval, int) or not 60 <= interval <= 86_400:
        raise fields.fail("interval_s", "seconds from 60 to 86400")
    return types.Feed(
        url=url,
        title=fields.text("title"),
        outlet=fields.text("outlet"),
        tier=types.Tier(fields.one_of("tier", [str(tier) for tier in types.Tier])),
        language=fields.maybe("language") or "en",
        country=fields.maybe("country"),
        interval_s=interval,
        enabled=fields.flag("enabled", True),
        source=fields.maybe("source"),
    )


def _refuse_doubles(path: Path, key: str, values: list[str]) -> None:
    for value in values:
        if values.count(value) > 1:
            raise errors.SeedError(path.name, key, f"each only once, but {value!r} is there twice")


def _flatten(path: Path, prefix: str, data: Mapping[Any, Any]) -> dict[str, tuple[str, ...]]:
    """Lists of texts under dotted names; a single text counts as a list of one."""
    flat: dict[str, tuple[str, ...]] = {}
    for key, value in data.items():
        name = f"{prefix}.{key}"
        if isinstance(value, Mapping):
            flat.update(_flatten(path, name, value))
        elif isinstance(value, list):
            if not all(isinstance(item, str) for item in value):
                raise errors.SeedError(path.name, name, "a list of texts (quote words like No and numbers)")
            flat[name] = tuple(value)
        else:
            flat[name] = (str(value),)
    return flat
