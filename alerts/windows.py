"""What a digest's window is: what no earlier digest has told, each ledger step once. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor import types

FIRST = timedelta(days=1)  # how far back the first digest looks


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """What the next digest tells: ledger steps, and the times between which they lie."""

    steps: tuple[types.Steps, ...]
    since: datetime


def next_window(told: Sequence[types.DigestWindow], first_step: int, last_step: int, now: datetime) -> Window:
    """Everything up to `last_step` that no digest of `told` tells; what a digest that was given up held comes again.

    A first digest begins after `first_step`.
    """
    begin = min((low for window in told for low, _ in window.steps), default=first_step)
    covered = sorted(steps for window in told if not window.is_dead for steps in window.steps)
    # One that tells of nothing still says where it stands, for the next begins there.
    steps = _gaps(covered, begin, last_step) or ((last_step, last_step),)
    lost = [window.since for window in told if window.is_dead and _touches(window.steps, steps)]
    return Window(steps=steps, since=min([*lost, max((window.until for window in told), default=now - FIRST)]))


def _gaps(covered: Sequence[types.Steps], begin: int, end: int) -> tuple[types.Steps, ...]:
    gaps: list[types.Steps] = []
    at = begin
    for low, high in covered:
        gaps += _not_empty(at, low)
        at = max(at, high)
    return (*gaps, *_not_empty(at, end))


def _not_empty(low: int, high: int) -> tuple[types.Steps, ...]:
    return ((low, high),) if low < high else ()


def _touches(some: Sequence[types.Steps], others: Sequence[types.Steps]) -> bool:
    return any(low < other_high and other_low < high for low, high in some for other_low, other_high in others)
