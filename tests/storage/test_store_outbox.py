"""The contract of Outbox and Meta: an alert is claimed by one, sent again when its claim runs out, and never lost."""

from datetime import date, timedelta

import pytest

from monitor import types
from storage import store
from tests.storage import builders as make

MAIL = "email:a@example.org"


def claim(stores: store.Stores, at: float = 0, limit: int = 10) -> list[types.Alert]:
    return stores.outbox.claim_alerts(make.minutes(at), 60, limit)


def test_a_claimed_alert_comes_back_whole_and_only_once(stores: store.Stores) -> None:
    stores.outbox.add_alerts([make.alert()])
    (claimed,) = claim(stores)
    assert claimed == make.alert(attempts=1, state=types.DeliveryState.SENDING)
    assert claim(stores) == []


def test_known_ids_are_left_as_they_are(stores: store.Stores) -> None:
    stores.outbox.add_alerts([make.alert(), make.alert(recipient="telegram:1")])
    stores.outbox.add_alerts([make.alert(recipient="telegram:2")])
    assert [alert.recipient for alert in claim(stores)] == ["console"]


def test_an_alert_is_not_claimed_before_its_time(stores: store.Stores) -> None:
    stores.outbox.add_alerts([make.alert(not_before=make.minutes(5))])
    assert claim(stores, 4) == []
    assert len(claim(stores, 5)) == 1


def test_a_lease_that_ended_is_claimed_again(stores: store.Stores) -> None:
    stores.outbox.add_alerts([make.alert()])
    claim(stores)
    assert claim(stores, 0.9) == []
    (again,) = claim(stores, 1)
    assert again.attempts == 2


def test_limit_and_order_of_writing(stores: store.Stores) -> None:
    stores.outbox.add_alerts([make.alert(f"A-{number}") for number in range(5)])
    assert [alert.id for alert in claim(stores, limit=2)] == ["A-0", "A-1"]
    assert [alert.id for alert in claim(stores)] == ["A-2", "A-3", "A-4"]


def test_sent_alerts_stay_sent_and_give_their_reference(stores: store.Stores) -> None:
    stores.outbox.add_alerts([make.alert(), make.alert("A-2", kind=types.AlertKind.UPDATE)])
    claim(stores)
    assert stores.outbox.message_ref("console", "D1") is None
    stores.outbox.mark_sent("A-1", "first", make.NOW)
    stores.outbox.mark_sent("A-2", "second", make.NOW)
    assert stores.outbox.message_ref("console", "D1") == "first", "updates answer the first message"
    assert stores.outbox.message_ref("telegram:1", "D1") is None
    assert claim(stores, 99) == []
    assert stores.outbox.count_alerts() == {"sent": 2}


def test_retry_waits_and_dead_is_final(stores: store.Stores) -> None:
    stores.outbox.add_alerts([make.alert(), make.alert("A-2")])
    claim(stores)
    stores.outbox.mark_retry("A-1", make.minutes(3), "busy")
    stores.outbox.mark_dead("A-2", "refused", make.NOW)
    assert claim(stores, 2) == []
    (again,) = claim(stores, 3)
    assert (again.id, again.attempts, again.last_error) == ("A-1", 2, "busy")
    assert stores.outbox.count_alerts() == {"sending": 1, "dead": 1}


def test_a_slow_loser_does_not_undo_a_delivery(stores: store.Stores) -> None:
    stores.outbox.add_alerts([make.alert()])
    claim(stores)
    claim(stores, 2)  # by another dispatcher, after the first one's lease
    stores.outbox.mark_sent("A-1", "ref", make.minutes(2))
    stores.outbox.mark_retry("A-1", make.minutes(2), "timeout")
    assert stores.outbox.count_alerts() == {"sent": 1}


def test_recipients_switched_off_get_nothing_and_lose_nothing(stores: store.Stores) -> None:
    stores.outbox.add_alerts([make.alert(recipient="telegram:1"), make.alert("A-2")])
    stores.outbox.switch_off("telegram:1", "blocked", make.NOW)
    stores.outbox.switch_off("telegram:1", "blocked again", make.minutes(1))
    assert [alert.id for alert in claim(stores)] == ["A-2"]
    assert stores.outbox.recipients_off() == {"telegram:1": "blocked"}
    assert stores.outbox.switch_on("telegram:1") is True
    assert stores.outbox.switch_on("telegram:1") is False
    assert [alert.id for alert in claim(stores)] == ["A-1"]


def test_a_moved_group_takes_its_alerts_along(stores: store.Stores) -> None:
    stores.outbox.add_alerts([make.alert(str(number), recipient="telegram:1") for number in range(3)])
    (first, *_) = claim(stores, limit=2)
    stores.outbox.mark_sent(first.id, "ref", make.NOW)
    stores.outbox.move_recipient("telegram:1", "telegram:-100")
    stores.outbox.move_recipient("telegram:1", "telegram:-100")
    stores.outbox.add_alerts([make.alert("later", recipient="telegram:1")])
    assert [(alert.id, alert.recipient) for alert in claim(stores)] == [
        ("1", "telegram:-100"),
        ("2", "telegram:-100"),
        ("later", "telegram:-100"),
    ]
    assert stores.outbox.count_alerts() == {"sent": 1, "sending": 3}


def test_alerts_of_a_ledger_step_follow_a_move_too(stores: store.Stores) -> None:
    stores.outbox.move_recipient("telegram:1", "telegram:2")
    stores.outbox.move_recipient("telegram:2", "telegram:3")
    stores.ledger.record_step(None, make.step(), [make.alert(recipient="telegram:1")], make.NOW)
    assert [alert.recipient for alert in claim(stores)] == ["telegram:3"]


def test_a_group_that_moves_back_does_not_run_in_a_circle(stores: store.Stores) -> None:
    stores.outbox.move_recipient("telegram:1", "telegram:2")
    stores.outbox.move_recipient("telegram:2", "telegram:1")
    stores.outbox.add_alerts([make.alert(recipient="telegram:2")])
    assert [alert.recipient for alert in claim(stores)] == ["telegram:1"]


def test_one_digest_for_each_local_date(stores: store.Stores) -> None:
    day = date(2026, 3, 1)
    assert stores.outbox.add_digest(make.digest("g1"), day) is True
    assert stores.outbox.add_digest(make.digest("g2"), day) is False
    assert stores.outbox.add_digest(make.digest("g3", recipient="email:b@example.org"), day) is True
    assert stores.outbox.add_digest(make.digest("g4"), day + timedelta(days=1)) is True
    assert [alert.id for alert in claim(stores, 99)] == ["g1", "g3", "g4"]


def test_the_last_digest_is_the_cursor_of_the_next(stores: store.Stores) -> None:
    assert stores.outbox.last_digest_until(MAIL) is None
    stores.outbox.add_alerts([make.alert(recipient=MAIL)])
    assert stores.outbox.last_digest_until(MAIL) is None
    stores.outbox.add_digest(make.digest("g1"), date(2026, 3, 1))
    stores.outbox.add_digest(make.digest("g2", until=make.minutes(1440)), date(2026, 3, 2))
    assert stores.outbox.last_digest_until(MAIL) == make.minutes(1440)
    assert stores.outbox.last_digest_until("email:b@example.org") is None


@pytest.mark.parametrize("value", ["", "x", "ä\n€", "y" * 10_000])
def test_meta_keeps_small_facts(stores: store.Stores, value: str) -> None:
    assert stores.meta.get("name") is None
    stores.meta.set("name", "first")
    stores.meta.set("name", value)
    assert stores.meta.get("name") == value
    assert stores.meta.get("other") is None
