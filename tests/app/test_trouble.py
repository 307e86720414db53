"""Trouble in small: the gate before a refusing database, the clock that jumps, the watchdog. Clocks are given."""

from datetime import UTC, datetime, timedelta

import pytest

from app import trouble
from monitor import errors

NOW = datetime(2026, 6, 1, tzinfo=UTC)


def test_the_gate_waits_longer_each_time_up_to_a_cap_and_is_news_once() -> None:
    gate, now, pauses = trouble.StoreGate(), 0.0, []
    assert gate.is_open
    news = [gate.close(now)]
    for _ in range(12):
        start = now
        while not gate.should_try(now):
            now += 1
        pauses.append(now - start)
        news.append(gate.close(now))
    assert news == [True] + [False] * 12
    assert pauses[:4] == [5, 10, 20, 40]
    assert pauses[-1] == max(pauses) == trouble.LONGEST_PAUSE_S
    gate.open()
    assert gate.is_open
    assert gate.close(now) is True
    assert not gate.should_try(now + trouble.LONGEST_PAUSE_S - 1), "it opened, but not for long"
    now += trouble.LASTING_S + 1
    gate.close(now)
    assert gate.should_try(now + trouble.FIRST_PAUSE_S), "another trouble begins anew"


@pytest.mark.parametrize("kind", ["full", "read_only", "locked", "damaged", "gone", "refused"])
def test_each_trouble_with_the_database_has_words(kind: str) -> None:
    text = trouble.describe(errors.StoreError("the driver's words", kind=kind))
    assert "the driver's words" in text and "nothing is polled or sent" in text


@pytest.mark.parametrize("jump_s", [-86_400, -61, 61, 86_400 * 30])
def test_a_jump_is_seen_once_and_to_the_second(jump_s: int) -> None:
    clock = trouble.ClockWatch()
    assert clock.observe(NOW, 100.0) == timedelta()
    assert clock.observe(NOW + timedelta(seconds=30), 130.0) == timedelta()
    assert clock.observe(NOW + timedelta(seconds=35 + jump_s), 135.0) == timedelta(seconds=jump_s)
    assert clock.observe(NOW + timedelta(seconds=40 + jump_s), 140.0) == timedelta()


def test_a_clock_that_is_disciplined_does_not_jump() -> None:
    clock, drift = trouble.ClockWatch(), timedelta(seconds=0.5)
    assert {clock.observe(NOW + (timedelta(seconds=5) + drift) * n, 5.0 * n) for n in range(100)} == {timedelta()}


def test_the_watchdog_barks_once_too_long_has_passed_since_the_last_beat() -> None:
    now, barked = [0.0], list[float]()
    dog = trouble.Watchdog(1800, lambda: now[0], barked.append)
    now[0] = 1800
    assert not dog.check()
    dog.beat()
    now[0] = 3600
    assert not dog.check()
    now[0] = 3601
    assert dog.check()
    assert barked == [1801]


def test_the_watchdog_s_thread_ends_when_told() -> None:
    barked = list[float]()
    dog = trouble.Watchdog(0.0, lambda: 0.0, barked.append)
    dog.start()
    dog.stop()
    assert barked == []
