"""Learns weights from annotated places: one logistic regression for each label, with L2, by dual coordinate descent.

The method is that of Yu, Huang and Lin (Machine Learning 85, 2011), algorithm 5: exact, without a step size, the same bytes each time.
"""

import math
import random
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace

YES, NO, UNKNOWN = 1, 0, -1
_ROUNDS = 30
_NEAR_ENOUGH = 1e-2
_NEWTON_STEPS = 20
_STILL = 1e-3  # a place that moves the weights by less, twice in a row, is left aside for some rounds
_ASIDE = 4  # rounds


@dataclass(frozen=True, slots=True)
class Lesson:
    """A place of an annotated article: its features, and for each label yes, no (also where absent) or unknown."""

    article: str
    task: str
    features: frozenset[str]
    labels: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Method:
    """How it is learned. `cost`: of an error, against the size of the weights; `costs`: that of single tasks; `articles`: in how many
    a feature must occur."""

    cost: float = 0.2
    costs: Mapping[str, float] = field(default_factory=lambda: {"article": 0.02})  # there are few of them
    articles: int = 4
    examples: int = 3  # a label with fewer is not learned
    smallest: float = 0.075  # weights below it are left out: they change no claim and make the file large


def learn(
    lessons: Sequence[Lesson], method: Method, progress: Callable[[str], None] = lambda _: None, processes: int = 1
) -> dict[str, dict[str, tuple[tuple[str, float], ...]]]:
    """{task: {feature: ((label, weight), ...)}} from all lessons; labels are learned side by side in `processes`."""
    learned: dict[str, dict[str, tuple[tuple[str, float], ...]]] = {}
    for task in sorted({lesson.task for lesson in lessons}):
        mine = [lesson for lesson in lessons if lesson.task == task]
        names = _vocabulary(mine, method.articles)
        places = {name: i for i, name in enumerate(names)}
        rows = [[places[f] for f in sorted(lesson.features) if f in places] for lesson in mine]
        marked = {}
        for label in sorted({k for lesson in mine for k, v in lesson.labels.items() if v == YES}):
            marks = [lesson.labels.get(label, NO) for lesson in mine]
            if marks.count(YES) >= method.examples:
                marked[label] = marks
        found: dict[int, list[tuple[str, float]]] = defaultdict(list)
        own = replace(method, cost=method.costs.get(task, method.cost))
        for label, weights in _side_by_side(rows, marked, len(names), own, processes):
            progress(f"{task} {label}: {marked[label].count(YES)} of {len(mine)}")
            for place, weight in weights:
                found[place].append((label, weight))
        learned[task] = {names[place]: tuple(pairs) for place, pairs in sorted(found.items())}
    return learned


_rows: Sequence[Sequence[int]] = ()  # of the task at hand, in a process that learns


def _take(rows: Sequence[Sequence[int]]) -> None:
    global _rows
    _rows = rows


def _side_by_side(
    rows: Sequence[Sequence[int]], marked: Mapping[str, Sequence[int]], width: int, method: Method, processes: int
) -> Iterator[tuple[str, list[tuple[int, float]]]]:
    """Each label with the places of its weights, in order of the labels."""
    jobs = [(label, marks, width, method) for label, marks in marked.items()]
    if processes == 1 or len(jobs) < 2:
        _take(rows)
        yield from map(_learn_one, jobs)
        return
    with ProcessPoolExecutor(processes, initializer=_take, initargs=(rows,)) as pool:
        yield from pool.map(_learn_one, jobs)


def _learn_one(job: tuple[str, Sequence[int], int, Method]) -> tuple[str, list[tuple[int, float]]]:
    label, marks, width, method = job
    kept = [i for i, mark in enumerate(marks) if mark != UNKNOWN]
    weights = _regress([_rows[i] for i in kept], [marks[i] == YES for i in kept], width, method.cost)
    return label, [(place, weight) for place, weight in enumerate(weights) if abs(weight) >= method.smallest]


def _vocabulary(lessons: Sequence[Lesson], least: int) -> list[str]:
    seen: dict[str, set[str]] = defaultdict(set)
    for lesson in lessons:
        for feature in lesson.features:
            seen[feature].add(lesson.article)
    return sorted(f for f, articles in seen.items() if len(articles) >= least)


def _regress(rows: Sequence[Sequence[int]], right: Sequence[bool], width: int, cost: float) -> list[float]:
    """The weights of one label; rows hold the places of the features that are there."""
    weights = [0.0] * width
    low = min(0.001 * cost, 1e-8)
    alphas = [[low, cost - low] for _ in rows]
    for row, is_right in zip(rows, right, strict=True):
        push = low if is_right else -low
        for place in row:
            weights[place] += push
    everything = list(range(len(rows)))
    rest = [0] * len(rows)
    order: list[int] = []
    shuffler = random.Random(7)
    for turn in range(_ROUNDS):
        whole = turn % _ASIDE == 0
        order = everything[:] if whole else [index for index in order if rest[index] < 2]
        shuffler.shuffle(order)
        most = 0.0
        for index in order:
            row, mark, pair = rows[index], (1.0 if right[index] else -1.0), alphas[index]
            slope = mark * sum([weights[place] for place in row])
            change, gradient = _step(pair, float(len(row)), slope, cost)
            most = max(most, gradient)
            rest[index] = rest[index] + 1 if abs(change) < _STILL * cost else 0
            if change:
                push = change * mark
                for place in row:
                    weights[place] += push
        if whole and most < _NEAR_ENOUGH:
            break
    return weights


def _step(pair: list[float], size: float, slope: float, cost: float) -> tuple[float, float]:
    """One Newton search on a pair of dual variables: what the first changes by, and how far from still it was."""
    swap = 0.5 * size * (pair[1] - pair[0]) + slope < 0
    one, other, sign = (1, 0, -1.0) if swap else (0, 1, 1.0)
    old = z = pair[one]
    if cost - z < 0.5 * cost:
        z *= 0.1
    gradient = size * (z - old) + sign * slope + math.log(z / (cost - z))
    first = abs(gradient)
    for _ in range(_NEWTON_STEPS):
        if abs(gradient) < 1e-3:
            break
        z_next = z - gradient / (size + cost / (cost - z) / z)
        z = z * 0.1 if z_next <= 0 else min(z_next, cost * (1 - 1e-12))
        gradient = size * (z - old) + sign * slope + math.log(z / (cost - z))
    pair[one], pair[other] = z, cost - z
    return sign * (z - old), first
