"""A digest's window: every ledger step is told once, whatever becomes of the digests."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from alerts import windows
from monitor import types
from tests.alerts import fakes


def at(days: float) -> datetime:
    return fakes.NOW + timedelta(days=days)


def told(day: int, *steps: types.Steps, dead: bool = False) -> types.DigestWindow:
    return types.DigestWindow(
        local_date=date(2026, 2, 1) + timedelta(days=day), since=at(day - 1), until=at(day), steps=steps, is_dead=dead
    )


def test_the_first_digest_looks_back_one_day() -> None:
    window = windows.next_window([], 4, 9, fakes.NOW)
    assert window == windows.Window(steps=((4, 9),), since=fakes.NOW - timedelta(days=1))
    assert windows.next_window([], 9, 9, fakes.NOW).steps == ((9, 9),)


def test_the_next_begins_where_the_last_ended() -> None:
    window = windows.next_window([told(0, (0, 5)), told(1, (5, 8)), told(2, (8, 8))], 0, 12, at(3))
    assert window == windows.Window(steps=((8, 12),), since=at(2))


def test_one_that_told_of_nothing_is_where_the_next_begins() -> None:
    assert windows.next_window([told(0, (4, 4))], 7, 9, at(1)).steps == ((4, 9),)


def test_what_a_dead_digest_held_comes_again_and_nothing_twice() -> None:
    digests = [told(0, (0, 5)), told(1, (5, 8), dead=True), told(2, (8, 11))]
    assert windows.next_window(digests, 0, 12, at(3)) == windows.Window(steps=((5, 8), (11, 12)), since=at(0))
    again = [*digests, told(3, (5, 8), (11, 12))]
    assert windows.next_window(again, 0, 12, at(4)) == windows.Window(steps=((12, 12),), since=at(3))


def test_dead_ones_alone_begin_anew() -> None:
    assert windows.next_window([told(0, (3, 5), dead=True)], 99, 7, at(1)).steps == ((3, 7),)


@given(st.lists(st.tuples(st.integers(0, 4), st.booleans()), max_size=20))
def test_each_step_reaches_the_reader_once(days: list[tuple[int, bool]]) -> None:
    """Digests of any sizes, each of which may die at once; one that lives comes last."""
    digests: list[types.DigestWindow] = []
    last = 0
    for day, (grown, dead) in enumerate([*days, (1, False)]):
        last += grown
        window = windows.next_window(digests, 0, last, at(day))
        digests.append(replace(told(day, *window.steps, dead=dead), since=window.since))
    seen = [step for d in digests if not d.is_dead for low, high in d.steps for step in range(low + 1, high + 1)]
    assert sorted(seen) == list(range(1, last + 1))
