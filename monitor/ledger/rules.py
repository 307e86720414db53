"""The ledger's rules (seeds/coalition/transitions.yaml) and the pure verdict on one claim against a held position.

Knows statuses and figures; knows nothing of sources, time or text.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from monitor import errors, types

SEEDS = Path(__file__).resolve().parents[2] / "seeds" / "coalition" / "transitions.yaml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a claim is to a held position."""

    kind: str  # first same up down weaker against back beside figure none passing
    develops: bool = False
    minor: bool = True
    holds: bool = False  # the position takes the claim's status or figure


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """Order of strength, what is minor, and the windows."""

    order: dict[str, tuple[str, ...]]
    against: dict[str, tuple[str, ...]]
    first_minor: frozenset[str]
    up_minor: frozenset[str]
    down_major: frozenset[tuple[str, str]]
    against_only_from: dict[str, frozenset[str]]
    back_major: frozenset[str]
    back_minor: frozenset[str]
    back_beside: frozenset[str]
    minor_counts: frozenset[str]
    with_figure: frozenset[str]
    beside: frozenset[str]
    events: frozenset[str]
    days: dict[str, int]
    hedge: re.Pattern[str]
    floor: re.Pattern[str]
    near: float
    far_floor: float
    families: dict[str, tuple[re.Pattern[str], ...]]

    def is_against(self, topic: str, status: str) -> bool:
        """Whether the status stands against its topic's order."""
        return status in self.against[topic]

    def rank(self, topic: str, status: str) -> int:
        """Place in the order of strength; statuses against it rank above all, unknown ones below."""
        if self.is_against(topic, status):
            return 100
        order = self.order[topic]
        return order.index(status) if status in order else -1


@lru_cache(maxsize=4)
def load_rules(path: Path | None = None) -> Rules:
    """Read and check the rules; raises errors.SeedError."""
    file = path or SEEDS
    try:
        data = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise errors.SeedError(file.name, "file", f"readable YAML ({error})") from error
    try:
        return _build(data)
    except (KeyError, TypeError, ValueError, AttributeError, re.error) as error:
        raise errors.SeedError(file.name, str(error), "an entry as in the shipped file") from error


def _build(data: dict[str, Any]) -> Rules:
    topics = data["topics"]
    return Rules(
        order={str(name): tuple(topics[name]["order"]) for name in types.Topic},
        against={str(name): tuple(topics[name]["against"]) for name in types.Topic},
        first_minor=frozenset(data["first_minor"]),
        up_minor=frozenset(data["up_minor"]),
        down_major=frozenset((old, new) for old, new in data["down_major"]),
        against_only_from={new: frozenset(old) for new, old in data["against_only_from"].items()},
        back_major=frozenset(data["back_major"]),
        back_minor=frozenset(data["back_minor"]),
        back_beside=frozenset(data["back_beside"]),
        minor_counts=frozenset(data["minor_counts"]),
        with_figure=frozenset(data["with_figure"]),
        beside=frozenset(data["beside"]),
        events=frozenset(data["events"]),
        days={name: int(days) for name, days in data["windows"].items()},
        hedge=_words(data["hedges"]),
        floor=_words(data["floors"]),
        near=float(data["near"]),
        far_floor=float(data["far_floor"]),
        families={
            name: tuple(re.compile(pattern, re.IGNORECASE) for pattern in patterns)
            for name, patterns in data["wording_families"].items()
        },
    )


def _words(words: list[str]) -> re.Pattern[str]:
    return re.compile(r"\b(?:" + "|".join(re.escape(word) for word in words) + r")\b", re.IGNORECASE)


def is_figure(aspect: str) -> bool:
    """Whether the aspect holds a count or a size and no status."""
    return aspect.startswith("headcount:") or aspect == "force_size"


def decide(
    rules: Rules,
    held: types.Position | None,
    *,
    topic: str,
    aspect: str,
    status: str,
    number: int | None = None,
    number_max: int | None = None,
    in_passing: bool = False,
) -> Verdict:
    """What the claim is to the held position, by the seven rules."""
    if is_figure(aspect):
        return _decide_figure(rules, held, aspect, number, number_max)
    if status in rules.beside:
        return Verdict(kind="beside")
    if held is None:
        verdict = Verdict(kind="first", develops=True, minor=status in rules.first_minor, holds=True)
    elif held.status == status:
        verdict = _decide_same(held, number, number_max, status in rules.with_figure)
    else:
        verdict = _decide_move(rules, topic, held.status, status)
    if in_passing and verdict.develops and topic == types.Topic.MEMBERSHIP and verdict.kind in {"first", "up"}:
        return Verdict(kind="passing", holds=True)  # rule 7: the joining itself is not reported
    return verdict


def _decide_figure(
    rules: Rules, held: types.Position | None, aspect: str, number: int | None, number_max: int | None
) -> Verdict:
    if number is None:
        return Verdict(kind="none")
    minor = aspect.removeprefix("headcount:") in rules.minor_counts
    if held is None:
        return Verdict(kind="first", develops=True, minor=minor, holds=True)
    if _same_figure(held, number, number_max):
        return Verdict(kind="same")
    return Verdict(kind="figure", develops=True, minor=minor, holds=True)


def _same_figure(held: types.Position, number: int, number_max: int | None) -> bool:
    if held.number != number:
        return False
    return held.number_max is None or number_max is None or held.number_max == number_max


def _decide_same(held: types.Position, number: int | None, number_max: int | None, carries: bool) -> Verdict:
    if number is None or not carries or _same_figure(held, number, number_max):
        return Verdict(kind="same")
    return Verdict(kind="figure", develops=True, minor=False, holds=True)


def _decide_move(rules: Rules, topic: str, old: str, new: str) -> Verdict:
    if rules.is_against(topic, new):
        if rules.is_against(topic, old):
            return Verdict(kind="none")
        if new in rules.against_only_from and old not in rules.against_only_from[new]:
            return Verdict(kind="none")
        return Verdict(kind="against", develops=True, minor=False, holds=True)
    if rules.rank(topic, new) < 0:
        return Verdict(kind="none")
    if rules.is_against(topic, old):
        if new in rules.back_major or new in rules.back_minor:
            return Verdict(kind="back", develops=True, minor=new in rules.back_minor, holds=True)
        return Verdict(kind="beside")
    if rules.rank(topic, new) > rules.rank(topic, old):
        return Verdict(kind="up", develops=True, minor=new in rules.up_minor, holds=True)
    if (old, new) in rules.down_major:
        return Verdict(kind="down", develops=True, minor=False, holds=True)
    return Verdict(kind="weaker")
