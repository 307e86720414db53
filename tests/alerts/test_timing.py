"""When alerts go out: quiet hours over changes of the clocks, bursts in one message, the cap; nothing is ever lost."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts import timing
from monitor import recipients, types
from tests.alerts import fakes

NEW, UPDATE, DIGEST = types.AlertKind.NEW, types.AlertKind.UPDATE, types.AlertKind.DIGEST
BERLIN = recipients.Quiet(start="22:00", end="07:00", zone="Europe/Berlin")
READER = recipients.Recipient(address="telegram:7", cap_per_hour=10)


def news(count: int) -> list[types.Alert]:
    return [fakes.alert(id=f"A-{number}", development_id=f"D-{number}") for number in range(count)]


def ago(*minutes: float) -> list[datetime]:
    return [fakes.NOW - timedelta(minutes=each) for each in minutes]


@pytest.mark.parametrize(
    ("quiet", "now", "until"),
    [
        (BERLIN, "2026-02-12T20:59", None),
        (BERLIN, "2026-02-12T21:00", "2026-02-13T06:00"),
        (BERLIN, "2026-02-13T05:59", "2026-02-13T06:00"),
        (BERLIN, "2026-02-13T06:00", None),
        (BERLIN, "2026-03-28T23:00", "2026-03-29T05:00"),  # the night in which clocks go forward
        (BERLIN, "2026-10-25T01:30", "2026-10-25T06:00"),  # the hour that comes twice
        (recipients.Quiet(start="12:00", end="14:00", zone="UTC"), "2026-02-12T13:00", "2026-02-12T14:00"),
        (recipients.Quiet(start="12:00", end="14:00", zone="UTC"), "2026-02-12T14:00", None),
        (recipients.Quiet(start="08:00", end="08:00", zone="UTC"), "2026-02-12T09:00", None),
        (recipients.Quiet(start="02:30", end="03:30", zone="Europe/Berlin"), "2026-03-29T01:10", None),  # it is skipped
        (None, "2026-02-12T23:00", None),
    ],
)
def test_quiet_hours(quiet: recipients.Quiet | None, now: str, until: str | None) -> None:
    moment = datetime.fromisoformat(now).replace(tzinfo=UTC)
    expected = datetime.fromisoformat(until).replace(tzinfo=UTC) if until else None
    assert timing.quiet_until(quiet, moment) == expected


def test_in_quiet_hours_only_what_makes_no_sound_goes_out() -> None:
    edit = fakes.alert(id="A-edit", kind=UPDATE, payload={"silent": True})
    aloud, digest = fakes.alert(id="A-up", kind=UPDATE), fakes.alert(id="A-digest", kind=DIGEST, development_id=None)
    quiet = recipients.Quiet(start="14:00", end="15:00", zone="UTC")
    reader = recipients.Recipient(address="telegram:7", quiet=quiet)
    plan = timing.plan_round([*news(2), edit, aloud, digest], reader, [], fakes.NOW)
    assert plan.batches == ((edit,), (digest,))
    assert [alert.id for alert in plan.held] == ["A-0", "A-1", "A-up"]
    assert plan.until == fakes.NOW.replace(minute=0) + timedelta(hours=1)


@pytest.mark.parametrize(
    ("waiting", "sent", "sizes", "held", "until"),
    [
        (1, [], [1], 0, None),
        (3, [], [1, 1, 1], 0, None),
        (4, [], [4], 0, None),  # a burst that is there at once
        (45, [], [20, 20, 5], 0, None),
        (2, ago(9, 8, 7, 6, 5), [], 2, 1),  # five in ten minutes: the rest of the burst waits
        (2, ago(9, 8, 7, 6), [2], 0, None),  # room for one message: both are in it
        (2, ago(30, 29, 28, 27, 26, 25, 24, 23, 22, 21), [], 2, 30),  # the cap of the hour
        (2, ago(61, 29, 28, 27, 26, 25, 24, 23, 22, 21), [2], 0, None),
        (45, ago(30, 29, 28, 27, 26, 25, 24, 23), [20, 20], 5, 30),
    ],
)
def test_bursts_and_the_cap(
    waiting: int, sent: list[datetime], sizes: list[int], held: int, until: float | None
) -> None:
    plan = timing.plan_round(news(waiting), READER, sent, fakes.NOW)
    assert [len(batch) for batch in plan.batches] == sizes
    assert len(plan.held) == held
    assert plan.until == (fakes.NOW + timedelta(minutes=until) if until else None)


def test_a_recipient_without_a_cap_gets_each_on_its_own() -> None:
    plan = timing.plan_round(
        news(30), recipients.Recipient(address="console", cap_per_hour=0), ago(*range(50)), fakes.NOW
    )
    assert [len(batch) for batch in plan.batches] == [1] * 30


def test_what_is_no_news_keeps_its_place_and_is_never_held_by_the_cap() -> None:
    back = fakes.alert(id="A-back", kind=types.AlertKind.TAKEN_BACK)
    plan = timing.plan_round([back, *news(4)], READER, [], fakes.NOW)
    assert [[alert.id for alert in batch] for batch in plan.batches] == [["A-back"], ["A-0", "A-1", "A-2", "A-3"]]
    assert timing.plan_round([back], READER, ago(*range(20)), fakes.NOW).batches == ((back,),)


KINDS = st.sampled_from([NEW, NEW, UPDATE, types.AlertKind.TAKEN_BACK, DIGEST])


@given(
    st.lists(st.tuples(KINDS, st.booleans()), max_size=70),
    st.lists(st.integers(0, 70), max_size=30),
    st.sampled_from([0, 1, 5, 20]),
    st.booleans(),
)
def test_every_alert_is_in_one_place_and_the_cap_is_kept(
    kinds: list[tuple[types.AlertKind, bool]], sent: list[int], cap: int, quiet: bool
) -> None:
    waiting = [
        fakes.alert(id=f"A-{number}", kind=kind, payload={"silent": silent and kind is UPDATE})
        for number, (kind, silent) in enumerate(kinds)
    ]
    hours = recipients.Quiet(start="14:00", end="15:00", zone="UTC") if quiet else None
    reader = recipients.Recipient(address="telegram:7", cap_per_hour=cap, quiet=hours)
    plan = timing.plan_round(waiting, reader, ago(*sent), fakes.NOW)
    placed = [alert.id for batch in plan.batches for alert in batch] + [alert.id for alert in plan.held]
    assert sorted(placed) == sorted(alert.id for alert in waiting)
    assert (plan.until is not None) == bool(plan.held)
    assert plan.until is None or plan.until > fakes.NOW
    if cap:
        told = sum(batch[0].kind is NEW for batch in plan.batches)
        assert told == 0 or told + sum(minutes < 60 for minutes in sent) <= cap
