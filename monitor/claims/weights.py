"""The learned weights: from features to how likely each claim is at a place. Reads and writes their file; learns nothing itself."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from monitor import errors

OWN = "own"  # a number that is one country's soldiers
PART = "part."  # labels of the components of the US part
PARTS = ("air", "command", "general", "ground_troops", "guarantee", "intelligence", "logistics", "surveillance")
_HEAD = "# Purpose: weights of the statistical reader, learned from annotated articles by `coalition-watch train`; not written by hand."
_VERSION = "1"


_Row = tuple[tuple[int, float], ...]
_Table = tuple[tuple[str, ...], dict[str, _Row]]  # labels; the features' weights by their numbers


@dataclass(frozen=True, slots=True)
class Weights:
    """For each task the weights of its features: {task: {feature: ((label, weight), ...)}}."""

    tasks: Mapping[str, Mapping[str, tuple[tuple[str, float], ...]]] = field(default_factory=dict)
    _tables: dict[str, _Table] = field(default_factory=dict, compare=False, repr=False)  # made when first needed

    def judge(self, task: str, features: Iterable[str]) -> dict[str, float]:
        """The probability of each label of a task at a place with these features."""
        if task not in self.tasks:
            return {}
        if task not in self._tables:
            self._tables[task] = _table(self.tasks[task])
        labels, rows = self._tables[task]
        sums = [0.0] * len(labels)
        seen = False
        for feature in features:
            if row := rows.get(feature):
                seen = True
                for number, weight in row:
                    sums[number] += weight
        if not seen:
            return {}
        return {label: 1 / (1 + math.exp(-max(-30.0, min(30.0, one)))) for label, one in zip(labels, sums, strict=True)}

    def reasons(self, task: str, features: Iterable[str], label: str, most: int = 4) -> tuple[str, ...]:
        """The features that speak loudest for a label."""
        known = self.tasks[task]
        weighed = [(w, f) for f in features for name, w in known.get(f, ()) if name == label and w > 0 and f != "bias"]
        return tuple(f for _w, f in sorted(weighed, key=lambda x: (-x[0], x[1]))[:most])


def _table(known: Mapping[str, tuple[tuple[str, float], ...]]) -> _Table:
    labels = tuple(sorted({label for pairs in known.values() for label, _ in pairs}))
    numbers = {label: number for number, label in enumerate(labels)}
    return labels, {f: tuple((numbers[label], weight) for label, weight in pairs) for f, pairs in known.items()}


def load(path: Path) -> Weights:
    """Read a weights file; an absent one is no weights at all (rules alone read). Raises errors.SeedError for a broken one."""
    if not path.exists():
        return Weights()
    tasks: dict[str, dict[str, tuple[tuple[str, float], ...]]] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line.startswith("#") or not line:
            continue
        try:
            kind, name, *pairs = line.split("\t")
            read = tuple((label, float(weight)) for label, weight in (p.rsplit(":", 1) for p in pairs))
        except ValueError as error:
            raise errors.SeedError(str(path), f"line {number}", "task, feature, label:weight, apart by tabs") from error
        tasks.setdefault(kind, {})[name] = read
    return Weights(tasks)


def dump(weights: Weights) -> str:
    """The text of a weights file, the same for the same weights."""
    lines = [_HEAD, f"# Version: {_VERSION}"]
    for task, known in sorted(weights.tasks.items()):
        for feature, pairs in sorted(known.items()):
            kept = "\t".join(f"{label}:{weight:.2f}" for label, weight in sorted(pairs) if abs(weight) >= 0.005)
            if kept:
                lines.append(f"{task}\t{feature}\t{kept}")
    return "\n".join(lines) + "\n"
