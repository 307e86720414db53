"""Digests as the service writes them: each change told once, a retry the same, whatever dies on the way."""

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app import digests, settings, wiring
from monitor import recipients, types
from tests.storage import rows

SEVEN = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)  # 07:00 in Berlin
READER = recipients.Recipient(address="email:r@example.net", digest_at="07:00", zone="Europe/Berlin")


@pytest.fixture
def base(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[wiring.Base]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CW_DATABASE_URL", f"sqlite:///{tmp_path}/watch.db")
    opened = wiring.open_base(settings.load_settings(os.environ))
    yield opened
    opened.close()


def take(base: wiring.Base, name: str, at: datetime, **fields: object) -> None:
    kind = types.AlertKind(str(fields.pop("kind", types.AlertKind.NEW)))
    change = replace(rows.change(name, raised_at=at, **fields), kind=kind)
    base.stores.ledger.record_step(None, rows.step(changes=(change,), sketch=()), [], at)


def digest(base: wiring.Base, day: int, reader: recipients.Recipient = READER) -> types.Alert:
    """Write the digest of a day and claim it; nothing of it is sent yet."""
    moment = SEVEN + timedelta(days=day)
    assert digests.queue_digest(base, reader, moment)
    claimed = base.stores.outbox.claim_alerts(moment, 60, 10)
    return next(a for a in claimed if a.created_at == moment and a.recipient == reader.address)


def told(base: wiring.Base, alert: types.Alert) -> list[str]:
    plain = digests.digest_for(base, alert).plain.partition("THE BOARD")[0]
    return [name for name in ("DK", "Norway", "Sweden", "Poland", "France") if f"{name} — troops" in plain]


def start(base: wiring.Base, reader: recipients.Recipient = READER) -> None:
    """The service has run since the day before, so that the first digest is due at its time."""
    assert not digests.queue_digest(base, reader, SEVEN - timedelta(hours=1))


def test_what_is_committed_late_or_by_another_clock_falls_between_no_two_digests(base: wiring.Base) -> None:
    start(base)
    take(base, "D1", SEVEN - timedelta(hours=1), subject="NO")
    first = digest(base, 0)
    # Raised before the first digest was written, by its own time; stored after it.
    take(base, "D2", SEVEN - timedelta(minutes=1), subject="SE")
    take(base, "D3", SEVEN - timedelta(days=9), subject="PL")  # a clock that was set back
    second = digest(base, 1)
    assert (told(base, first), told(base, second)) == (["Norway"], ["Sweden", "Poland"])
    assert told(base, digest(base, 2)) == []


def test_what_a_dead_digest_held_is_told_in_the_next(base: wiring.Base) -> None:
    start(base)
    take(base, "D1", SEVEN, subject="NO")
    dead = digest(base, 0)
    take(base, "D2", SEVEN, subject="SE")
    alive = digest(base, 1)
    base.stores.outbox.mark_dead(dead.id, "554 refused", SEVEN)
    take(base, "D3", SEVEN, subject="PL")
    third = digest(base, 2)
    assert told(base, alive) == ["Sweden"]
    assert told(base, third) == ["Norway", "Poland"]
    assert "1 Mar 2026" in digests.digest_for(base, third).plain, "its window begins where the dead one's did"
    assert told(base, digest(base, 3)) == []


def test_a_dead_digest_that_is_revived_tells_nothing_that_a_later_one_tells(base: wiring.Base) -> None:
    start(base)
    outbox = base.stores.outbox
    take(base, "D1", SEVEN, subject="NO")
    first = digest(base, 0)
    outbox.mark_dead(first.id, "554 refused", SEVEN)
    assert outbox.revive_alerts([first.id]) == 1, "no other tells it yet"
    outbox.mark_dead(first.id, "554 refused", SEVEN)
    take(base, "D2", SEVEN, subject="SE")
    second = digest(base, 1)
    assert told(base, second) == ["Norway", "Sweden"]
    assert outbox.revive_alerts([first.id]) == 0
    outbox.mark_dead(second.id, "554 refused", SEVEN)
    assert outbox.revive_alerts(None) == 1, "the later one, which tells what both held"
    assert [alert.id for alert in outbox.list_alerts([types.DeliveryState.DEAD])] == [first.id]


def test_a_retry_says_the_same_though_the_ledger_went_on(base: wiring.Base) -> None:
    start(base)
    take(base, "D1", SEVEN, subject="NO")
    alert = digest(base, 0)
    before = digests.digest_for(base, alert)
    take(base, "D1", SEVEN, subject="NO", kind="taken_back", taken_back=True)
    take(base, "D2", SEVEN, subject="SE")
    assert digests.digest_for(base, alert) == before
    assert told(base, digest(base, 1)) == ["Norway", "Sweden"], "the next one tells that it was taken back"


def test_held_back_claims_are_counted_in_one_digest_each(base: wiring.Base) -> None:
    start(base)
    for number in range(3):
        take(base, f"D{number}", SEVEN)
    first = digest(base, 0)
    take(base, "D4", SEVEN - timedelta(days=1))
    assert "Held back: 3 claims" in digests.digest_for(base, first).plain
    assert "Held back: 1 claims" in digests.digest_for(base, digest(base, 1)).plain


def test_a_late_start_catches_up_with_one_digest(base: wiring.Base) -> None:
    start(base)
    digest(base, 0)
    take(base, "D1", SEVEN + timedelta(hours=1), subject="NO")
    late = SEVEN + timedelta(days=5, hours=9)
    assert digests.queue_digest(base, READER, late)
    assert not digests.queue_digest(base, READER, late + timedelta(minutes=1)), "none twice"
    *_, alert = base.stores.outbox.claim_alerts(late, 60, 10)
    assert told(base, alert) == ["Norway"]


def test_each_reader_has_an_hour_and_a_zone_of_their_own(base: wiring.Base) -> None:
    readers = [
        replace(READER, address=f"email:{name}@example.net", zone=zone, digest_at=at)
        for name, zone, at in (("b", "Europe/Berlin", "07:00"), ("n", "America/New_York", "18:30"))
    ]
    due: dict[str, list[str]] = {reader.address: [] for reader in readers}
    moment = datetime(2026, 3, 6, 0, 0, tzinfo=UTC)
    while moment < datetime(2026, 3, 10, 0, 0, tzinfo=UTC):  # America changes its clocks on the 8th
        for reader in readers:
            if digests.queue_digest(base, reader, moment):
                due[reader.address].append(f"{moment:%d %H:%M}")
        moment += timedelta(minutes=30)
    assert due["email:b@example.net"] == ["06 06:00", "07 06:00", "08 06:00", "09 06:00"]
    assert due["email:n@example.net"] == ["06 23:30", "07 23:30", "08 22:30", "09 22:30"]


def test_who_is_off_gets_none_and_everything_once_back(base: wiring.Base) -> None:
    start(base)
    digest(base, 0)
    take(base, "D1", SEVEN, subject="NO")
    assert not digests.queue_digest(base, replace(READER, off_reason="bounced"), SEVEN + timedelta(days=1))
    take(base, "D2", SEVEN, subject="SE")
    assert told(base, digest(base, 2)) == ["Norway", "Sweden"]


@pytest.mark.parametrize(
    ("wishes", "expected"),
    [({"countries": ("SE",)}, ["Sweden"]), ({"topics": (types.Topic.BACKSTOP,)}, []), ({}, ["Norway", "Sweden"])],
)
def test_a_digest_keeps_to_its_readers_topics_and_countries(
    base: wiring.Base, wishes: dict[str, tuple[str, ...]], expected: list[str]
) -> None:
    start(base)
    for name, subject in (("D1", "NO"), ("D2", "SE")):
        take(base, name, SEVEN, subject=subject)
    assert told(base, digest(base, 0, replace(READER, **wishes))) == expected  # type: ignore[arg-type]
