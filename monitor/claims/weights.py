"""The learned weights: from features to how likely each claim is at a place. Reads and writes their file; learns nothing itself."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from monitor import errors

if TYPE_CHECKING:
    from monitor.claims.network import Network

OWN = "own"  # a number that is one country's soldiers
PART = "part."  # labels of the components of the US part
PARTS = ("air", "command", "general", "ground_troops", "guarantee", "intelligence", "logistics", "surveillance")
_HEAD = "# Purpose: weights of the statistical reader, learned from annotated articles by `coalition-watch train`; not written by hand."
_VERSION = "1"


Sums = dict[tuple[str, frozenset[str]], list[int] | None]  # of a task and a part of a place's features
Learned = Mapping[str, Mapping[str, Iterable[tuple[str, float]]]]  # {task: {feature: ((label, weight), ...)}}


@dataclass(frozen=True, slots=True)
class Table:
    """The weights of one task: its labels, and for each feature the numbers of labels with their weights, in hundredths.

    Whole numbers, so that a sum is the same in whatever order a set is gone through.
    """

    labels: tuple[str, ...] = ()
    rows: Mapping[str, tuple[tuple[int, int], ...]] = field(default_factory=dict)

    def sums(self, features: Iterable[str]) -> list[int] | None:
        """What features add for each label; None where none is known."""
        rows = self.rows
        sums = [0] * len(self.labels)
        seen = False
        for feature in features:
            if row := rows.get(feature):
                seen = True
                for number, weight in row:
                    sums[number] += weight
        return sums if seen else None

    def weigh(self, feature: str, label: str) -> int:
        """What a feature adds for a label."""
        return next((w for number, w in self.rows.get(feature, ()) if self.labels[number] == label), 0)


class Weights:
    """The tables of all tasks, and the network where there is one; those of files are read when they are first asked for, as few
    commands ask."""

    def __init__(
        self,
        tables: Mapping[str, Table] | None = None,
        source: Path | None = None,
        network: "Network | None" = None,
        network_source: Path | None = None,
    ) -> None:
        self._tables = tables if tables is not None or source is not None else {}
        self._source = source
        self._network = network
        self._network_source = network_source

    @property
    def tables(self) -> Mapping[str, Table]:
        """{task: its weights}; raises errors.SeedError for a broken file."""
        if self._tables is None:
            self._tables = _read(self._source) if self._source is not None else {}
        return self._tables

    @property
    def network(self) -> "Network | None":
        """What sees a sentence as a sequence, None where there is none; raises errors.SeedError for a broken file."""
        if self._network is None and self._network_source is not None:
            # here, as NumPy takes a tenth of a second to load and few commands read articles
            from monitor.claims import network

            self._network, self._network_source = network.load(self._network_source), None
        return self._network

    def read(self) -> "Weights":
        """These weights with their files read; raises errors.SeedError for a broken one."""
        return Weights(self.tables, network=self.network)

    def judge(self, task: str, features: Iterable[str]) -> dict[str, float]:
        """The probability of each label of a task at a place with these features; none where no feature is known."""
        table = self.tables.get(task)
        sums = table.sums(features) if table is not None else None
        if table is None or sums is None:
            return {}
        return {label: likelihood(one / 100) for label, one in zip(table.labels, sums, strict=True)}

    def odds(self, task: str, parts: Iterable[frozenset[str]], known: Sums) -> list[int] | None:
        """The log-odds of each label, in hundredths, in the order of the task's labels; None where no feature is known.

        `known`: the sums of parts that other places had too.
        """
        table = self.tables.get(task)
        if table is None:
            return None
        whole: list[int] | None = None
        for part in parts:
            key = task, part
            if key not in known:
                known[key] = table.sums(part)
            if (sums := known[key]) is not None:
                whole = sums if whole is None else [a + b for a, b in zip(whole, sums, strict=True)]
        return whole

    def reasons(self, task: str, features: Iterable[str], label: str, most: int = 4) -> tuple[str, ...]:
        """The features that speak loudest for a label."""
        table = self.tables[task]
        weighed = [(table.weigh(f, label), f) for f in features if f != "bias"]
        return tuple(f for w, f in sorted(weighed, key=lambda x: (-x[0], x[1]))[:most] if w > 0)


def likelihood(odds: float) -> float:
    """The probability that log-odds stand for."""
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, odds))))


def of(learned: Learned) -> Weights:
    """Weights from what was learned."""
    tables = {}
    for task, known in learned.items():
        labels = tuple(sorted({label for pairs in known.values() for label, _ in pairs}))
        numbers = {label: number for number, label in enumerate(labels)}
        tables[task] = Table(
            labels, {f: tuple((numbers[label], round(w * 100)) for label, w in pairs) for f, pairs in known.items()}
        )
    return Weights(tables)


def load(path: Path, network: Path | None = None) -> Weights:
    """The weights of a file and the network of another, to be read when needed; absent ones are none (rules alone read).

    Watches that share files share what was read of them, as long as they stay the same.
    """
    try:
        known = path.stat()
        beside = network.stat() if network is not None and network.exists() else None
    except FileNotFoundError:
        return Weights()
    changed = (known.st_mtime_ns, known.st_size, *((beside.st_mtime_ns, beside.st_size) if beside is not None else ()))
    return _shared(path, network if beside is not None else None, changed)


@lru_cache(maxsize=8)
def _shared(path: Path, network: Path | None, _changed: tuple[int, ...]) -> Weights:
    return Weights(source=path, network_source=network)


def _read(path: Path) -> dict[str, Table]:
    names: dict[str, dict[str, int]] = {}
    tables: dict[str, dict[str, tuple[tuple[int, int], ...]]] = {}
    pairs: dict[tuple[int, int], tuple[int, int]] = {}  # each once: there are many features and few weights
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line.startswith("#") or not line:
            continue
        try:
            task, feature, *told = line.split("\t")
            known = names.setdefault(task, {})
            row = []
            for one in told:
                label, _, weight = one.rpartition(":")
                pair = (known.setdefault(label, len(known)), round(float(weight) * 100))
                row.append(pairs.setdefault(pair, pair))
        except ValueError as error:
            raise errors.SeedError(str(path), f"line {number}", "task, feature, label:weight, apart by tabs") from error
        tables.setdefault(task, {})[feature] = tuple(row)
    return {task: Table(tuple(names[task]), rows) for task, rows in tables.items()}


def dump(weights: Weights) -> str:
    """The text of a weights file, the same for the same weights."""
    lines = [_HEAD, f"# Version: {_VERSION}"]
    for task, table in sorted(weights.tables.items()):
        for feature, pairs in sorted(table.rows.items()):
            told = sorted((table.labels[number], weight) for number, weight in pairs if weight)
            if told:
                lines.append("\t".join((task, feature, *(f"{label}:{weight / 100:.2f}" for label, weight in told))))
    return "\n".join(lines) + "\n"
