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


@dataclass(frozen=True, slots=True)
class Weights:
    """For each task the weights of its features: {task: {feature: {label: weight}}}, and the least probability for each label."""

    tasks: Mapping[str, Mapping[str, tuple[tuple[str, float], ...]]] = field(default_factory=dict)
    least: Mapping[str, float] = field(default_factory=dict)

    def judge(self, task: str, features: Iterable[str]) -> dict[str, float]:
        """The probability of each label of a task at a place with these features."""
        known = self.tasks.get(task)
        if not known:
            return {}
        sums: dict[str, float] = {}
        for feature in features:
            for label, weight in known.get(feature, ()):
                sums[label] = sums.get(label, 0.0) + weight
        return {label: 1 / (1 + math.exp(-max(-30.0, min(30.0, total)))) for label, total in sums.items()}

    def reasons(self, task: str, features: Iterable[str], label: str, most: int = 4) -> tuple[str, ...]:
        """The features that speak loudest for a label."""
        known = self.tasks[task]
        weighed = [(w, f) for f in features for name, w in known.get(f, ()) if name == label and w > 0 and f != "bias"]
        return tuple(f for _w, f in sorted(weighed, key=lambda x: (-x[0], x[1]))[:most])


def load(path: Path) -> Weights:
    """Read a weights file; an absent one is no weights at all (rules alone read). Raises errors.SeedError for a broken one."""
    if not path.exists():
        return Weights()
    tasks: dict[str, dict[str, tuple[tuple[str, float], ...]]] = {}
    least: dict[str, float] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line.startswith("#") or not line:
            continue
        try:
            kind, name, *pairs = line.split("\t")
            read = tuple((label, float(weight)) for label, weight in (p.rsplit(":", 1) for p in pairs))
        except ValueError as error:
            raise errors.SeedError(str(path), f"line {number}", "task, feature, label:weight, apart by tabs") from error
        if kind == "least":
            least[name] = read[0][1]
        else:
            tasks.setdefault(kind, {})[name] = read
    return Weights(tasks, least)


def dump(weights: Weights) -> str:
    """The text of a weights file, the same for the same weights."""
    lines = [_HEAD, f"# Version: {_VERSION}"]
    lines += [f"least\t{label}\tp:{value:.2f}" for label, value in sorted(weights.least.items())]
    for task, known in sorted(weights.tasks.items()):
        for feature, pairs in sorted(known.items()):
            kept = "\t".join(f"{label}:{weight:.2f}" for label, weight in sorted(pairs) if abs(weight) >= 0.005)
            if kept:
                lines.append(f"{task}\t{feature}\t{kept}")
    return "\n".join(lines) + "\n"
