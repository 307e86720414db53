"""`check FOLDER`: a watch's data looked over file by file, each complaint by file and line. Offline, no database.

What a file must hold is decided where it is read (monitor/watch.py and the like); here are the heads, the references
between files, and the lists of words that the grammar asks for.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from monitor import baseline, errors, screen, seeds_check, watch
from monitor.claims import engine, lexicon
from monitor.ledger import rules

_SHARED = ("feeds", "outlets")
_OWN = ("actors", "offices", *watch.WORD_FILES, "transitions", "baseline", "documents")
_NEEDED = ("feeds", "outlets", "actors", "offices", "baseline")
_ACTOR = re.compile(r"@(\w+)")
_ANY_ACTOR = "M"


@dataclass(slots=True)
class Findings:
    """What was found, and what is wrong."""

    good: list[tuple[str, str]] = field(default_factory=list)  # file, what it holds
    wrong: list[tuple[str, str]] = field(default_factory=list)  # file, complaint

    def take(self, name: str, look: Callable[[], str]) -> None:
        """Look at one thing; what is wrong with it keeps nobody from looking at the others."""
        try:
            self.good.append((name, look()))
        except errors.SeedError as error:
            self.wrong.append((error.file, f"{error.key}: expected {error.expected}"))

    def complain(self, found: Iterator[errors.SeedError]) -> None:
        """Note further complaints."""
        self.wrong += [(error.file, f"{error.key}: expected {error.expected}") for error in found]


def check_folder(root: Path) -> Findings:
    """Look over a folder in the shape of seeds/; raises errors.SeedError where it is none."""
    name = watch.name_of(root)
    found = Findings()
    files = {one: (root if one in _SHARED else root / name) / f"{one}.yaml" for one in (*_SHARED, *_OWN)}
    for one, path in files.items():
        if path.exists():
            found.complain(_head(path))
        elif one in _NEEDED:
            found.wrong.append((path.name, "file: expected a readable file"))
    found.complain(_strangers(root, set(files.values())))
    _check_feeds(found, root, files)
    known = _check_watch(found, root)
    found.complain(_words(files, known))
    _check_ledger(found, files, known)
    if not found.wrong:
        found.take("words", lambda: _try_grammar(root))
    return found


# ---------------------------------------------------------------- files


def _head(path: Path) -> Iterator[errors.SeedError]:
    """A file that does not say what it is for will be wrong one day."""
    try:
        first = path.read_text(encoding="utf-8").lstrip("\ufeff")[:1]
    except (OSError, UnicodeDecodeError):
        return  # whoever reads it complains
    if first != "#":
        yield errors.SeedError(path.name, "line 1", "a comment that says the file's purpose and its version or date")


def _strangers(root: Path, known: set[Path]) -> Iterator[errors.SeedError]:
    for path in sorted({*root.glob("*.y*ml"), *root.glob("*/*.y*ml")} - known):
        here = sorted(one.name for one in known if one.parent == path.parent)
        yield errors.SeedError(path.name, "file", f"one that is read: {', '.join(here)}")


# ---------------------------------------------------------------- references


def _check_feeds(found: Findings, root: Path, files: Mapping[str, Path]) -> None:
    def look() -> str:
        feeds, outlets = watch.load_feeds(root), watch.load_outlets(files["outlets"])
        rows = seeds_check.rows(files["feeds"], seeds_check.read(files["feeds"]), "feeds")
        tiers = {outlet.name: outlet.tier for outlet in outlets}
        for row, feed in zip(rows, feeds, strict=True):
            if feed.outlet not in tiers:
                raise row.fail("outlet", f"a name of outlets.yaml, not {feed.outlet!r}")
            if tiers[feed.outlet] != feed.tier:
                raise row.fail("tier", f"{tiers[feed.outlet]}, as {feed.outlet} has in outlets.yaml, not {feed.tier}")
        return f"{sum(feed.enabled for feed in feeds)} of {len(feeds)} feeds on, {len(outlets)} outlets"

    if files["feeds"].exists() and files["outlets"].exists():
        found.take("feeds", look)


def _check_watch(found: Findings, root: Path) -> watch.Watch | None:
    loaded: list[watch.Watch] = []

    def look() -> str:
        loaded.append(watch.load_watch(root))
        return f"{len(loaded[0].actors)} actors, {len(loaded[0].offices)} terms of office, {loaded[0].version}"

    found.take("actors", look)
    return loaded[0] if loaded else None


def _check_ledger(found: Findings, files: Mapping[str, Path], known: watch.Watch | None) -> None:
    order = files["transitions"] if files["transitions"].exists() else None
    ledger_rules = rules.load_rules()
    try:
        ledger_rules = rules.load_rules(order)
    except errors.SeedError as error:
        found.complain(iter([error]))

    def look() -> str:
        held = baseline.load_baseline(files["baseline"], ledger_rules)
        rows = seeds_check.read(files["baseline"]).get("positions", [])
        for row, position in zip(rows, held, strict=True):
            if known is not None and position.subject not in known.names:
                where = f"position (line {row.line})"
                raise errors.SeedError("baseline.yaml", where, f"a code of actors.yaml, not {position.subject!r}")
        return f"{len(held)} positions"

    if files["baseline"].exists():
        found.take("baseline", look)
    if files["documents"].exists():
        found.take("documents", lambda: f"{len(seeds_check.read(files['documents']).get('documents', []))} documents")


# ---------------------------------------------------------------- words


def _words(files: Mapping[str, Path], known: watch.Watch | None) -> Iterator[errors.SeedError]:
    """Lists that nobody asks for are typing errors, and an actor that a pattern names must be one."""
    grammar = watch.load_watch().terms
    for name in watch.WORD_FILES:
        path = files[name]
        if not path.exists():
            continue
        try:
            data = seeds_check.read(path)
            lists = seeds_check.flatten(path, name, data)
        except errors.SeedError:
            continue  # whoever reads it complains
        for key, entries in lists.items():
            line = f"{key.removeprefix(name + '.')} (line {_line_of(data, key)})"
            if key not in grammar:
                near = ", ".join(one.removeprefix(name + ".") for one in grammar if one.startswith(name + "."))
                yield errors.SeedError(path.name, line, f"a list that the grammar knows: {near}")
            for code in (code for entry in entries for code in _ACTOR.findall(entry) if name != "terms"):
                if known is not None and code != _ANY_ACTOR and code not in known.names:
                    yield errors.SeedError(path.name, line, f"a code of actors.yaml (or @M for any), not @{code}")
        if name == "terms" and known is not None:
            yield from _expressions(path, data, lists, known)


def _expressions(
    path: Path, data: seeds_check.Lined, lists: Mapping[str, tuple[str, ...]], known: watch.Watch
) -> Iterator[errors.SeedError]:
    words = lexicon.load(known)
    for key in lists:
        try:
            words.get(key)
        except (re.error, KeyError) as error:
            where = f"{key.removeprefix('terms.')} (line {_line_of(data, key)})"
            yield errors.SeedError(path.name, where, f"regular expressions ({error})")


def _line_of(data: seeds_check.Lined, key: str) -> int:
    """Where a list stands, of its dotted name."""
    line, here = data.line, data
    for part in key.split(".")[1:]:
        line = here.lines.get(part, line)
        inner: Any = here.get(part)
        if not isinstance(inner, seeds_check.Lined):
            break
        here = inner
    return line


def _try_grammar(root: Path) -> str:
    """Build what reads articles, as the workers do."""
    loaded = watch.load_watch(root)
    try:
        engine.Engine(loaded)
        screen.Screen(loaded)
    except (KeyError, ValueError, re.error) as error:
        raise errors.SeedError(
            f"{loaded.name}/", "words", f"lists that the grammar can be built from ({error})"
        ) from error
    return f"{len(loaded.terms)} lists of words"
