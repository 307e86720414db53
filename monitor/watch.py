"""The watch: what is watched, as data (seeds/), loaded and checked. Says who is who; decides nothing about text."""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit

from monitor import errors, seeds_check, types
from monitor.claims import weights

SEEDS = Path(__file__).resolve().parent.parent / "seeds"
SHIPPED = "coalition"  # the watch that comes with the program
WEIGHTS_FILE = "weights.tsv"
NETWORK_FILE = "network.npz"
WORD_FILES = ("terms", "phrases", "verbs", "cues", "screen", "senses", "lexicon")
_CODE = re.compile(r"[A-Z]{2}|NATO|COALITION")
_NAME = re.compile(r"(?=.{1,30}\Z)[a-z][a-z0-9]*(?:_[a-z0-9]+)*")
_DOMAIN = re.compile(r"(?:[a-z0-9-]+\.)+[a-z]{2,}")


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
    learned: weights.Weights = field(default_factory=weights.Weights)  # of the statistical reader; empty: rules alone

    @property
    def names(self) -> dict[str, str]:
        """{code: display name}."""
        return {actor.code: actor.name for actor in self.actors}

    def actor(self, code: str) -> Actor:
        """The actor of a code; raises KeyError."""
        for actor in self.actors:
            if actor.code == code:
                return actor
        raise KeyError(code)

    def outlet_at(self, url: str) -> Outlet | None:
        """The publisher whose site an address belongs to; for what a search feed finds. None where none is known."""
        host = (urlsplit(url).hostname or "").lower()
        known = {domain: outlet for outlet in self.outlets for domain in outlet.domains}
        labels = host.split(".")
        return next((known[end] for i in range(len(labels)) if (end := ".".join(labels[i:])) in known), None)


def name_of(root: Path) -> str:
    """The watch that a folder in the shape of seeds/ holds: the name of its one sub-folder with data.

    Raises errors.SeedError where there is none, or more than one, or its name is none that addresses can carry.
    """
    try:
        found = sorted({path.parent.name for path in root.glob("*/*.yaml")})
    except OSError as error:
        raise errors.SeedError(str(root), "folder", f"a readable folder ({error.strerror})") from error
    if len(found) != 1:
        held = f"not {len(found)} ({', '.join(found)})" if found else "but it holds none"
        raise errors.SeedError(str(root), "folder", f"one folder NAME with actors.yaml and the like in it, {held}")
    if not _NAME.fullmatch(found[0]):
        wanted = "a name of small letters, digits and single underscores, beginning with a letter"
        raise errors.SeedError(str(root), found[0], f"{wanted}, at most 30 characters")
    return found[0]


def folder_of(root: Path | None = None) -> Path:
    """Where a watch's own files lie (None: the shipped one's); raises errors.SeedError."""
    return SEEDS / SHIPPED if root is None else root / name_of(root)


def own_file(root: Path | None, name: str) -> Path:
    """A watch's own file of a name, or the shipped one where it has none."""
    own = folder_of(root) / name
    return own if own.exists() else SEEDS / SHIPPED / name


def load_watch(root: Path | None = None, name: str | None = None) -> Watch:
    """Read and check a watch's data; raises errors.SeedError naming file, line or key, and what was expected.

    `root` is a folder in the shape of seeds/ (None: seeds/ itself). Lists of words that it does not give are the
    shipped ones: the language of pledges and refusals is the same whatever they are about.
    """
    base = root or SEEDS
    folder = base / (name or (SHIPPED if root is None else name_of(root)))
    version, actors = _load_actors(folder / "actors.yaml")
    return Watch(
        name=folder.name,
        actors=actors,
        offices=_load_offices(folder / "offices.yaml", {actor.code for actor in actors}),
        outlets=load_outlets(base / "outlets.yaml"),
        terms=_load_terms(folder),
        version=version,
        learned=_load_learned(own_file(root, WEIGHTS_FILE)),
    )


def _load_learned(file: Path) -> weights.Weights:
    """What was learned: the weights and, of the same folder, the network, as they were learned together."""
    return weights.load(file, file.with_name(NETWORK_FILE))


def load_feeds(file: Path | None = None) -> tuple[types.Feed, ...]:
    """Read and check a feed list (a file, or a folder that holds feeds.yaml; default: the shipped one); raises
    errors.SeedError."""
    path = file or SEEDS
    if path.is_dir():
        path = path / "feeds.yaml"
    rows = seeds_check.rows(path, seeds_check.read(path), "feeds")
    feeds = tuple(_to_feed(row) for row in rows)
    seeds_check.refuse_doubles(rows, "url", [feed.url for feed in feeds])
    return feeds


# ---------------------------------------------------------------- files


def _load_actors(path: Path) -> tuple[str, tuple[Actor, ...]]:
    data = seeds_check.read(path)
    rows = seeds_check.rows(path, data, "actors")
    actors = tuple(_to_actor(row) for row in rows)
    seeds_check.refuse_doubles(rows, "code", [actor.code for actor in actors])
    seeds_check.refuse_doubles(rows, "name", [actor.name for actor in actors])
    _refuse_shared_words(rows, actors)
    return str(data.get("version", "0")), actors


def _load_offices(path: Path, codes: set[str]) -> tuple[Office, ...]:
    rows = seeds_check.rows(path, seeds_check.read(path), "offices")
    offices = tuple(_to_office(row) for row in rows)
    for row, office in zip(rows, offices, strict=True):
        if office.subject not in codes:
            raise row.fail("subject", f"a code of actors.yaml, not {office.subject!r}")
    _refuse_overlaps(rows, offices)
    return offices


def load_outlets(path: Path) -> tuple[Outlet, ...]:
    """Read and check a list of publishers; raises errors.SeedError."""
    rows = seeds_check.rows(path, seeds_check.read(path), "outlets")
    outlets = tuple(_to_outlet(row) for row in rows)
    seeds_check.refuse_doubles(rows, "name", [outlet.name for outlet in outlets])
    for key in ("aliases", "domains"):  # a credit or an address must lead to one outlet
        owners: dict[str, str] = {outlet.name: outlet.name for outlet in outlets}
        for row, outlet in zip(rows, outlets, strict=True):
            for word in getattr(outlet, key):
                if owners.setdefault(word, outlet.name) != outlet.name:
                    raise row.fail(key, f"words of its own, but {word!r} is also that of {owners[word]}")
    return outlets


def _load_terms(folder: Path) -> dict[str, tuple[str, ...]]:
    terms: dict[str, tuple[str, ...]] = {} if folder == SEEDS / SHIPPED else dict(_load_terms(SEEDS / SHIPPED))
    for words in WORD_FILES:
        path = folder / f"{words}.yaml"
        if path.exists():
            terms.update(seeds_check.flatten(path, words, seeds_check.read(path)))
    return terms


# ---------------------------------------------------------------- rows


def _to_actor(row: seeds_check.Fields) -> Actor:
    row.only("code", "name", "names", "demonyms", "seats", "ministries", "kind", "voice")
    if not _CODE.fullmatch(row.text("code")):
        raise row.fail("code", f"two capital letters, NATO or COALITION, not {row.text('code')!r}")
    return Actor(
        code=row.text("code"),
        name=row.text("name"),
        names=row.texts("names"),
        demonyms=row.texts("demonyms"),
        seats=row.texts("seats"),
        ministries=row.texts("ministries"),
        kind=row.one_of("kind", ("country", "institution"), "country"),
        voice=row.one_of("voice", ("own", "other"), "own"),
    )


def _to_office(row: seeds_check.Fields) -> Office:
    row.only(
        *("subject", "office", "aliases", "holder", "variants", "from", "to", "decides", "note", "acting"),
        *("source", "checked", "remark"),
    )
    start, end = row.day("from"), row.day("to")
    if start and end and end <= start:
        raise row.fail("to", f"a day after from ({start})")
    row.flag("acting", False)
    row.flag("checked", False)
    row.maybe("remark")
    if row.maybe("source"):
        _address(row, "source")
    return Office(
        subject=row.text("subject"),
        office=row.text("office"),
        aliases=row.texts("aliases"),
        holder=row.text("holder"),
        variants=row.texts("variants"),
        start=start,
        end=end,
        decides=row.flag("decides", False),
        decides_note=row.maybe("note") or "",
    )


def _to_outlet(row: seeds_check.Fields) -> Outlet:
    row.only("name", "tier", "aliases", "domains", "country")
    for domain in row.texts("domains"):
        if not _DOMAIN.fullmatch(domain):
            raise row.fail("domains", f"host names like example.org, not {domain!r}")
    return Outlet(
        name=row.text("name"),
        tier=row.one_of("tier", [str(tier) for tier in types.Tier]),
        aliases=row.texts("aliases"),
        domains=row.texts("domains"),
        country=row.maybe("country"),
    )


def _to_feed(row: seeds_check.Fields) -> types.Feed:
    row.only("url", "title", "outlet", "tier", "language", "country", "interval_s", "enabled", "source", "note",
             "kind", "ladder", "rung")  # fmt: skip
    interval = row.row.get("interval_s", 900)
    if not isinstance(interval, int) or isinstance(interval, bool) or not 60 <= interval <= 86_400:
        raise row.fail("interval_s", f"seconds from 60 to 86400, not {interval!r}")
    rung = row.row.get("rung", 1)
    if not isinstance(rung, int) or isinstance(rung, bool) or not 1 <= rung <= 9:
        raise row.fail("rung", f"a number from 1 to 9, not {rung!r}")
    row.maybe("note")
    return types.Feed(
        url=_address(row, "url"),
        title=row.text("title"),
        outlet=row.text("outlet"),
        tier=types.Tier(row.one_of("tier", [str(tier) for tier in types.Tier])),
        language=row.maybe("language") or "en",
        country=row.maybe("country"),
        interval_s=interval,
        enabled=row.flag("enabled", True),
        source=row.maybe("source"),
        kind=row.one_of("kind", ("feed", "page"), "feed"),
        ladder=row.maybe("ladder"),
        rung=rung,
    )


def _address(row: seeds_check.Fields, key: str) -> str:
    url = row.text(key)
    try:
        parts = urlsplit(url)
        good = parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:  # a bad port, an unclosed bracket
        good = False
    if not good or re.search(r"\s", url):
        raise row.fail(key, f"an address like https://example.org/feed, not {url!r}")
    return url


# ---------------------------------------------------------------- rows against each other


def _refuse_shared_words(rows: Sequence[seeds_check.Fields], actors: Sequence[Actor]) -> None:
    """A word that stands for two actors would make the reading depend on their order."""
    owners: dict[str, str] = {}
    for row, actor in zip(rows, actors, strict=True):
        for key in ("names", "demonyms", "seats", "ministries"):
            for word in getattr(actor, key):
                if owners.setdefault(word, actor.code) != actor.code:
                    raise row.fail(key, f"words of its own, but {word!r} is also that of {owners[word]}")


def _refuse_overlaps(rows: Sequence[seeds_check.Fields], offices: Sequence[Office]) -> None:
    """Nobody holds an office beside another, but for those marked `acting`."""
    terms: dict[tuple[str, str], list[tuple[seeds_check.Fields, Office]]] = defaultdict(list)
    for row, office in zip(rows, offices, strict=True):
        if not row.flag("acting", False):
            terms[office.subject, office.office].append((row, office))
    for held in terms.values():
        held.sort(key=lambda pair: pair[1].start or date.min)
        for (_, before), (row, after) in pairwise(held):
            if before.end is None or (after.start or date.min) < before.end:
                raise row.fail(
                    "from" if after.start else "holder",
                    f"a term that begins when {before.holder}'s has ended ({before.end or 'no end given'}); "
                    f"or acting: true",
                )
