"""Alerts are claimed by one dispatcher at a time, come back when its lease ends, and follow recipients that move."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime

import pytest

from monitor import types
from storage import store
from tests.storage import rows

DAY = date(2026, 3, 1)


def claim(stores: store.Stores, minutes: float = 0, limit: int = 10) -> list[str]:
    return [alert.id for alert in stores.outbox.claim_alerts(rows.at(minutes), 60, limit)]


def recipients(stores: store.Stores, minutes: float = 0) -> dict[str, str]:
    return {alert.id: alert.recipient for alert in stores.outbox.claim_alerts(rows.at(minutes), 60, 100)}


def test_an_alert_comes_back_as_it_was_written_claimed(stores: store.Stores) -> None:
    payload: dict[str, object] = {"since": None, "counts": {"feeds": 3}, "bad": "\x00\ud800", "list": [1, True, "é"]}
    written = rows.alert(1, development_id="D1", payload=payload, not_before=rows.at(-1), recipient="telegram:-1")
    stores.outbox.add_alerts([written])
    [claimed] = stores.outbox.claim_alerts(rows.NOW, 60, 10)
    assert (claimed.state, claimed.attempts) == (types.DeliveryState.SENDING, 1)
    for name in ("id", "recipient", "kind", "created_at", "development_id", "payload", "not_before"):
        assert getattr(claimed, name) == getattr(written, name)


def test_alerts_known_already_are_left_as_they_are(stores: store.Stores) -> None:
    stores.outbox.add_alerts([rows.alert(1), rows.alert(1, recipient="other")])
    claim(stores)
    stores.outbox.mark_sent("A-1", "7", rows.NOW)
    stores.outbox.add_alerts([rows.alert(1), rows.alert(2)])
    assert stores.outbox.count_alerts() == {"sent": 1, "waiting": 1}


@pytest.mark.parametrize(
    ("other", "count"),
    [
        ({}, 1),  # what an earlier version has told is not told again
        ({"development_id": "D2"}, 2),  # its short id and this one's beginning meet by chance
        ({"development_id": None}, 2),
        ({"recipient": "telegram:2"}, 2),
        ({"kind": types.AlertKind.UPDATE}, 2),
    ],
)
def test_an_alert_written_under_a_short_id_is_known_by_it(
    stores: store.Stores, other: dict[str, object], count: int
) -> None:
    short = replace(rows.alert(1, development_id="D1"), id="A-6179deb2")
    stores.outbox.add_alerts([short])
    stores.outbox.add_alerts([replace(short, id="A-6179deb2c41f07aa", **other)])
    assert stores.outbox.count_alerts() == {"waiting": count}


def test_alerts_are_claimed_once_oldest_first(stores: store.Stores) -> None:
    stores.outbox.add_alerts(
        [
            rows.alert(1, created_at=rows.at(2)),
            rows.alert(2, created_at=rows.at(1)),
            rows.alert(3, created_at=rows.at(1)),
        ]
    )
    assert claim(stores, limit=2) == ["A-2", "A-3"]
    assert claim(stores) == ["A-1"]
    assert claim(stores) == []


def test_an_alert_waits_for_its_time(stores: store.Stores) -> None:
    stores.outbox.add_alerts([rows.alert(1, not_before=rows.at(5))])
    assert claim(stores, 4.9) == []
    assert claim(stores, 5) == ["A-1"]


def test_what_waits_for_a_place_is_woken(stores: store.Stores) -> None:
    later = rows.at(5)
    people = ("email:a@example.net", "email:b@example.net", "emails:c", "email", "telegram:7")
    stores.outbox.add_alerts([rows.alert(n, recipient=one, not_before=later) for n, one in enumerate(people)])
    stores.outbox.wake_alerts("email:b@example.net")
    assert claim(stores) == ["A-1"]
    stores.outbox.wake_alerts("email")
    assert claim(stores) == ["A-0", "A-3"]


def test_small_facts_are_found_by_their_beginning_and_forgotten(stores: store.Stores) -> None:
    for name in ("fault:email", "fault:email:a_b", "faultless", "fault"):
        stores.meta.set(name, name)
    assert stores.meta.find("fault:") == {"fault:email": "fault:email", "fault:email:a_b": "fault:email:a_b"}
    stores.meta.forget("fault:email")
    assert list(stores.meta.find("fault:email:a_")) == ["fault:email:a_b"]
    assert stores.meta.get("fault:email") is None


def test_an_alert_whose_dispatcher_died_is_claimed_again_when_the_lease_ends(stores: store.Stores) -> None:
    stores.outbox.add_alerts([rows.alert(1)])
    assert claim(stores) == ["A-1"]
    assert claim(stores, 0.9) == []
    [again] = stores.outbox.claim_alerts(rows.at(1), 60, 10)
    assert again.attempts == 2
    assert claim(stores, 1.5) == [], "the lease is a new one"


def test_a_sent_alert_is_over(stores: store.Stores) -> None:
    stores.outbox.add_alerts([rows.alert(1)])
    claim(stores)
    stores.outbox.mark_sent("A-1", "77", rows.NOW)
    assert claim(stores, 9999) == []
    assert stores.outbox.count_alerts() == {"sent": 1}


def test_a_retry_comes_at_its_time_and_says_what_went_wrong(stores: store.Stores) -> None:
    stores.outbox.add_alerts([rows.alert(1)])
    claim(stores)
    stores.outbox.mark_retry("A-1", rows.at(5), "no answer")
    assert stores.outbox.count_alerts() == {"waiting": 1}
    assert claim(stores, 4) == []
    [again] = stores.outbox.claim_alerts(rows.at(5), 60, 10)
    assert (again.attempts, again.last_error) == (2, "no answer")


def test_a_dead_alert_is_over(stores: store.Stores) -> None:
    stores.outbox.add_alerts([rows.alert(1)])
    claim(stores)
    stores.outbox.mark_dead("A-1", "bot blocked", rows.NOW)
    assert claim(stores, 9999) == []
    assert stores.outbox.count_alerts() == {"dead": 1}


def test_dead_alerts_are_listed_revived_and_dropped(stores: store.Stores) -> None:
    stores.outbox.add_alerts([rows.alert(number) for number in (1, 2, 3, 4)])
    claim(stores)
    for number in (1, 2, 3):
        stores.outbox.mark_dead(f"A-{number}", "refused", rows.NOW)
    found = stores.outbox.list_alerts([types.DeliveryState.DEAD])
    assert [(a.id, a.last_error, a.attempts) for a in found] == [(f"A-{n}", "refused", 1) for n in (1, 2, 3)]
    assert stores.outbox.revive_alerts(["A-1", "A-4", "A-9"]) == 1, "only dead ones"
    assert stores.outbox.drop_alerts(["A-2", "A-1"]) == 1
    assert stores.outbox.count_alerts() == {"dead": 1, "sending": 1, "waiting": 1}
    [again] = stores.outbox.claim_alerts(rows.NOW, 60, 10)
    assert (again.id, again.attempts) == ("A-1", 1)
    assert stores.outbox.revive_alerts(None) == 1
    assert stores.outbox.drop_alerts(None) == 0


def test_what_is_held_counts_no_attempt(stores: store.Stores) -> None:
    stores.outbox.add_alerts([rows.alert(1), rows.alert(2)])
    claim(stores)
    stores.outbox.mark_sent("A-2", "7", rows.NOW)
    stores.outbox.hold_alerts(["A-1", "A-2"], rows.at(5), "quiet hours")
    assert stores.outbox.count_alerts() == {"sent": 1, "waiting": 1}
    assert claim(stores, 4) == []
    [held] = stores.outbox.claim_alerts(rows.at(5), 60, 10)
    assert (held.attempts, held.last_error) == (1, "quiet hours")


def test_busy_recipients_are_left_out(stores: store.Stores) -> None:
    stores.outbox.add_alerts([rows.alert(1, recipient="telegram:1"), rows.alert(2)])
    assert [a.id for a in stores.outbox.claim_alerts(rows.NOW, 60, 10, ("telegram:1",))] == ["A-2"]


def test_a_message_of_its_own_goes_before_a_group_s(stores: store.Stores) -> None:
    stores.outbox.add_alerts(
        [rows.alert(number, recipient="telegram:1", development_id=f"D{number % 2}") for number in (1, 2, 3)]
    )
    stores.outbox.mark_group_sent(["A-1", "A-2"], "group:7", rows.NOW)
    assert stores.outbox.message_ref("telegram:1", "D1") == "group:7"
    stores.outbox.mark_sent("A-3", "9", rows.NOW)
    assert stores.outbox.message_ref("telegram:1", "D1") == "9"
    assert stores.outbox.message_ref("telegram:1", "D0") == "group:7"


LATE: dict[str, Callable[[store.Stores], None]] = {
    "retry": lambda s: s.outbox.mark_retry("A-1", rows.at(2), "time-out"),
    "dead": lambda s: s.outbox.mark_dead("A-1", "time-out", rows.at(2)),
}


@pytest.mark.parametrize("late", LATE.values(), ids=LATE.keys())
def test_a_dispatcher_that_comes_late_does_not_undo_anothers_success(
    stores: store.Stores, late: Callable[[store.Stores], None]
) -> None:
    stores.outbox.add_alerts([rows.alert(1)])
    claim(stores)
    claim(stores, 1)  # the lease has ended: another's turn
    stores.outbox.mark_sent("A-1", "77", rows.at(1))
    late(stores)
    assert stores.outbox.count_alerts() == {"sent": 1}
    assert claim(stores, 9999) == []


def test_the_first_message_about_a_development_is_found_for_its_recipient(stores: store.Stores) -> None:
    told = {1: "telegram:1", 2: "telegram:2", 3: "telegram:1", 4: "telegram:1"}
    stores.outbox.add_alerts([rows.alert(n, recipient=name, development_id="D1") for n, name in told.items()])
    assert stores.outbox.message_ref("telegram:1", "D1") is None
    for number, reference in ((3, "33"), (1, None), (4, "44"), (2, "22")):
        stores.outbox.mark_sent(f"A-{number}", reference, rows.NOW)
    assert stores.outbox.message_ref("telegram:1", "D1") == "33"
    assert stores.outbox.message_ref("telegram:2", "D1") == "22"
    assert stores.outbox.message_ref("telegram:1", "D2") is None


# ---------------------------------------------------------------- recipients


def test_a_recipient_switched_off_gets_nothing_until_switched_on(stores: store.Stores) -> None:
    stores.outbox.add_alerts([rows.alert(1, recipient="telegram:1"), rows.alert(2)])
    stores.outbox.switch_off("telegram:1", "bot blocked", rows.NOW)
    stores.outbox.switch_off("telegram:1", "again", rows.NOW)
    assert stores.outbox.recipients_off() == {"telegram:1": "bot blocked"}
    assert claim(stores) == ["A-2"]
    assert stores.outbox.switch_on("telegram:1")
    assert not stores.outbox.switch_on("telegram:1")
    assert claim(stores) == ["A-1"]


def test_pending_and_later_alerts_follow_a_group_that_moved(stores: store.Stores) -> None:
    stores.outbox.add_alerts([rows.alert(n, recipient="telegram:1", development_id="D1") for n in (1, 2, 3)])
    claim(stores, limit=2)
    stores.outbox.mark_sent("A-1", "77", rows.NOW)  # A-2 is being sent, A-3 waits
    stores.outbox.move_recipient("telegram:1", "telegram:-100")
    stores.outbox.add_alerts([rows.alert(4, recipient="telegram:1")])
    assert recipients(stores) == dict.fromkeys(["A-2", "A-3", "A-4"], "telegram:-100")
    assert stores.outbox.message_ref("telegram:1", "D1") is None, "the new group does not know the old one's messages"
    stores.outbox.mark_sent("A-2", "1", rows.NOW)
    assert stores.outbox.message_ref("telegram:1", "D1") == "1"


def test_moves_may_follow_each_other_and_lead_back(stores: store.Stores) -> None:
    for old, new in (("t:1", "t:2"), ("t:2", "t:3"), ("t:3", "t:3")):
        stores.outbox.move_recipient(old, new)
    stores.outbox.add_alerts([rows.alert(1, recipient="t:1")])
    assert recipients(stores) == {"A-1": "t:3"}
    stores.outbox.move_recipient("t:3", "t:1")
    stores.outbox.add_alerts([rows.alert(n, recipient=f"t:{n}") for n in (2, 3)])
    assert recipients(stores) == {"A-1": "t:1", "A-2": "t:1", "A-3": "t:1"}


# ---------------------------------------------------------------- digests


def untils(stores: store.Stores, recipient: str) -> list[datetime]:
    return [window.until for window in stores.digests.windows(recipient)]


def test_a_day_has_one_digest_a_recipient(stores: store.Stores) -> None:
    assert stores.digests.add_digest(rows.digest(1, "email:a@b.example", rows.at(1)), DAY, "{}")
    assert not stores.digests.add_digest(rows.digest(2, "email:a@b.example", rows.at(2)), DAY, "{}")
    assert stores.digests.add_digest(rows.digest(3, "console", rows.at(3)), DAY, "{}")
    assert stores.digests.add_digest(rows.digest(4, "email:a@b.example", rows.at(4)), date(2026, 3, 2), "{}")
    assert claim(stores) == ["A-1", "A-3", "A-4"]


def test_the_windows_of_a_recipients_digests_are_known(stores: store.Stores) -> None:
    assert stores.digests.windows("console") == []
    stores.digests.add_digest(rows.digest(1, "console", rows.at(1)), DAY, "{}")
    stores.digests.add_digest(rows.digest(2, "console", rows.at(2)), date(2026, 3, 2), "{}")
    stores.digests.add_digest(rows.digest(3, "other", rows.at(9)), DAY, "{}")
    stores.outbox.add_alerts([rows.alert(4)])
    assert untils(stores, "console") == [rows.at(1), rows.at(2)]


def test_digests_follow_a_group_that_moved_and_none_is_told_twice(stores: store.Stores) -> None:
    stores.digests.add_digest(rows.digest(1, "telegram:1", rows.at(1)), DAY, "{}")
    claim(stores)
    stores.outbox.mark_sent("A-1", "77", rows.NOW)
    stores.outbox.move_recipient("telegram:1", "telegram:-100")
    for name in ("telegram:1", "telegram:-100"):
        assert untils(stores, name) == [rows.at(1)]
        assert not stores.digests.add_digest(rows.digest(2, name, rows.at(2)), DAY, "{}")
    assert stores.digests.add_digest(rows.digest(3, "telegram:1", rows.at(3)), date(2026, 3, 2), "{}")
    assert untils(stores, "telegram:-100") == [rows.at(1), rows.at(3)]
    assert recipients(stores) == {"A-3": "telegram:-100"}


def test_a_move_to_a_group_that_has_the_days_digest_already_works(stores: store.Stores) -> None:
    for number, name in ((1, "telegram:1"), (2, "telegram:-100")):
        stores.digests.add_digest(rows.digest(number, name, rows.at(number)), DAY, "{}")
    stores.outbox.move_recipient("telegram:1", "telegram:-100")
    assert untils(stores, "telegram:1") == [rows.at(2)]
    assert recipients(stores) == {"A-2": "telegram:-100"}, (
        "nothing is left that would be sent to the old group for ever"
    )
    assert stores.outbox.count_alerts() == {"dead": 1, "sending": 1}
