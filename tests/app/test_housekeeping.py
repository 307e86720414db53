"""Housekeeping by the clock: due once a quiet time, within its bound, with a word to the operator where it must be."""

import json
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from app import housekeeping, settings
from storage import retention, store, upkeep
from tests.storage import rows

BERLIN = ZoneInfo("Europe/Berlin")
NIGHT = datetime(2026, 6, 2, 1, 0, tzinfo=UTC)  # 03:00 in Berlin


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[store.Stores]:
    opened = store.open_stores(f"sqlite:///{tmp_path}/watch.db")
    yield opened
    opened.database.close()


def keeper(stores: store.Stores, operator: str = "console", **given: str) -> housekeeping.Housekeeper:
    chosen = {"CW_TIMEZONE": "Europe/Berlin"} | {f"CW_{name.upper()}": value for name, value in given.items()}
    return housekeeping.Housekeeper(settings.load_settings(chosen), stores, operator)


def notices(stores: store.Stores, now: datetime) -> list[str]:
    return [str(alert.payload["text"]) for alert in stores.outbox.claim_alerts(now, 60, 9)]


@pytest.mark.parametrize(
    ("now", "hours_ago", "due"),
    [
        (NIGHT, 24, True),
        (NIGHT, 2, False),
        (NIGHT + timedelta(hours=6), 30, False),
        (NIGHT + timedelta(hours=6), 49, True),
        (NIGHT, -500, True),
    ],
    ids=["night", "done this night", "day", "day, but long ago", "the clock was wrong"],
)
def test_it_is_due_once_a_night(now: datetime, hours_ago: int, due: bool) -> None:
    assert housekeeping.is_due(now, now - timedelta(hours=hours_ago), "02:00-05:00", BERLIN) is due


@pytest.mark.parametrize(("hour", "due"), [(21, True), (23, True), (1, True), (5, False), (12, False)])
def test_quiet_hours_may_go_past_midnight(hour: int, due: bool) -> None:
    now = datetime(2026, 1, 10, hour, 30, tzinfo=UTC)
    assert housekeeping.is_due(now, now - timedelta(hours=20), "21:00-05:00", ZoneInfo("UTC")) is due


def test_every_night_is_found_also_when_clocks_change() -> None:
    last, nights = datetime(2026, 1, 1, tzinfo=UTC), []
    now = last
    while now < datetime(2026, 12, 31, tzinfo=UTC):
        now += timedelta(minutes=15)
        if housekeeping.is_due(now, last, "02:00-03:00", BERLIN):
            last = now
            nights.append(now.astimezone(BERLIN).date())
    assert len(nights) == len(set(nights)) >= 362  # the night without a second hour is made up for the next day


def fill(stores: store.Stores, count: int = 30) -> None:
    numbers = range(1, count + 1)
    for entry_id, number in zip(rows.polled(stores, *numbers), numbers, strict=True):
        stores.articles.record_read(
            entry_id, rows.page(number, relevant=False, text="word " * 200_000), rows.at(number)
        )


def test_a_first_round_only_looks_and_the_night_prunes_and_tells_its_figures(stores: store.Stores) -> None:
    fill(stores)
    one = keeper(stores)
    assert one.work(NIGHT) is False
    assert one.work(NIGHT + timedelta(days=1)) is False
    found: dict[str, Any] = json.loads(stores.meta.get(housekeeping.MARK) or "")
    assert found["texts"] == 30
    assert found["used_bytes"] <= found["total_bytes"] < 2_000_000


def test_beyond_its_bound_less_is_kept_and_the_operator_told(stores: store.Stores) -> None:
    fill(stores)  # 30 MB, a day old
    one = keeper(stores, database_max_mb="16", quiet_hours="00:00-23:59")
    one.work(rows.NOW)
    assert one.work(rows.NOW + timedelta(days=13)) is True
    assert upkeep.measure(stores.database).used < 2_000_000
    (word,) = notices(stores, rows.NOW + timedelta(days=14))
    assert "beyond 16 MB" in word and "for 11 days" in word and "fits again" in word


def test_what_cannot_be_pruned_is_told_too(stores: store.Stores) -> None:
    fill(stores)
    one = keeper(stores, database_max_mb="16", quiet_hours="00:00-23:59")
    one.work(rows.NOW)
    assert one.work(rows.NOW + timedelta(days=1)) is True
    (word,) = notices(stores, rows.NOW + timedelta(days=2))
    assert "raise database_max_mb" in word


def test_nothing_is_shortened_below_what_the_program_needs() -> None:
    assert housekeeping.shorten(retention.Keep(), 8) == retention.Keep(
        texts_days=11, entries_days=45, deliveries_days=45
    )
    assert housekeeping.shorten(retention.Keep(texts_days=7, entries_days=45, deliveries_days=30), 8) == (
        housekeeping.LEAST
    )


def test_a_disk_that_fills_is_told_once_a_day_while_there_is_room(
    stores: store.Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    low = shutil._ntuple_diskusage(10**12, 10**12, 90_000_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: low)
    one = keeper(stores, operator="email:ops@example.org")
    for hour in range(5):
        one.work(NIGHT + timedelta(hours=hour))
    waiting = stores.outbox.claim_alerts(NIGHT, 60, 9)
    assert [alert.recipient for alert in waiting] == ["email:ops@example.org"]
    assert "only 90 MB are free" in str(waiting[0].payload["text"])
