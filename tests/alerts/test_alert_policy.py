"""Who is told what and when, and the digest's time in every zone that plays tricks."""

import json
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from alerts import policy
from monitor import recipients, types
from tests.alerts import fakes

CONSOLE = recipients.Recipient(address="console")
CHAT = recipients.Recipient(address="telegram:7", minors=True)
MAIL = recipients.Recipient(address="email:reader@example.net")
EVERYBODY = (CONSOLE, CHAT, MAIL)
UPDATE, DISPUTED, TAKEN_BACK = types.AlertKind.UPDATE, types.AlertKind.DISPUTED, types.AlertKind.TAKEN_BACK


def told(change: types.DevelopmentChange, *recipients: recipients.Recipient) -> list[str]:
    alerts = policy.plan_alerts(fakes.step(change), recipients or EVERYBODY, fakes.NOW, silent=False)
    assert all(alert.kind is change.kind for alert in alerts)
    return [alert.recipient for alert in alerts]


def test_a_major_is_told_at_once_but_by_mail() -> None:
    assert told(fakes.change()) == ["console", "telegram:7"]
    assert told(fakes.change(), recipients.Recipient(address="email:x@example.net", immediate=True)) == [
        "email:x@example.net"
    ]


def test_a_minor_is_told_to_those_who_want_it() -> None:
    assert told(fakes.change(minor=True)) == ["telegram:7"]
    assert told(fakes.change(TAKEN_BACK, minor=True)) == ["telegram:7"]


def test_topics_are_obeyed() -> None:
    only = recipients.Recipient(address="console", topics=(types.Topic.BACKSTOP,))
    assert told(fakes.change(), only) == []
    assert told(fakes.change(topic=types.Topic.BACKSTOP, subject="US", aspect="air"), only) == ["console"]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, False),
        ({"grade_rose": True}, True),
        ({"note": "corrected by X; rests on Y"}, True),
        ({"note": "Y: ruled out", "disputed": True}, False),
    ],
)
def test_an_update_is_told_where_the_grade_changed(fields: dict[str, object], expected: bool) -> None:
    assert bool(told(fakes.change(UPDATE, **fields), CONSOLE)) is expected
    assert told(fakes.change(UPDATE, **fields), recipients.Recipient(address="console", updates=False)) == []


@pytest.mark.parametrize("kind", [DISPUTED, TAKEN_BACK])
def test_disputes_and_take_backs_are_always_told(kind: types.AlertKind) -> None:
    assert told(fakes.change(kind), recipients.Recipient(address="console", updates=False)) == ["console"]


def test_a_dispute_brings_the_other_side() -> None:
    other = fakes.position(aspect="troops:disputed", status="pledged", reports=(fakes.report(outlet="Other Side"),))
    change = fakes.change(DISPUTED, disputed=True, note="Other Side: pledged")
    step = types.LedgerStep(article_id="a1", changes=(change,), positions=(fakes.position(), other))
    (alert,) = policy.plan_alerts(step, [CONSOLE], fakes.NOW, silent=False)
    assert json.loads(json.dumps(alert.payload["against"])) == [policy.to_json(other.reports[0])]


def test_the_end_of_a_dispute_is_marked() -> None:
    change = fakes.change(UPDATE, grade_rose=True)
    over = types.LedgerStep(article_id="a1", changes=(change,), removed=(("troops", "IT", "troops:disputed"),))
    (alert,) = policy.plan_alerts(over, [CONSOLE], fakes.NOW, silent=False)
    (other,) = policy.plan_alerts(fakes.step(change), [CONSOLE], fakes.NOW, silent=False)
    assert alert.payload["settled"] is True and "settled" not in other.payload


def flags(change: types.DevelopmentChange, **wishes: object) -> list[tuple[str, bool, bool]]:
    chat = recipients.Recipient(address="telegram:7", **wishes)  # type: ignore[arg-type]
    alerts = policy.plan_alerts(fakes.step(change), [chat], fakes.NOW, silent=False)
    return [(str(a.kind), bool(a.payload.get("if_told")), bool(a.payload.get("silent"))) for a in alerts]


LATER = fakes.NOW + timedelta(hours=1)
OVER = fakes.NOW - timedelta(hours=1)
ITALY, TROOPS = recipients.Mute(subject="IT"), recipients.Mute(topic=types.Topic.TROOPS)
TOLD, SILENT = [("new", False, False)], [("new", True, True)]
CONFIRMED, OFFICIAL = types.Grade.CONFIRMED, types.Grade.OFFICIAL


@pytest.mark.parametrize(
    ("wishes", "fields", "expected"),
    [
        ({}, {}, TOLD),
        ({"countries": ("FR",)}, {}, []),
        ({"countries": ("FR", "IT")}, {}, TOLD),
        ({"countries": ("FR",)}, {"subject": "COALITION", "aspect": "headcount:members"}, TOLD),
        ({"countries": ("FR",)}, {"subject": "US", "topic": types.Topic.BACKSTOP, "aspect": "air"}, TOLD),
        ({"topics": ()}, {}, []),
        ({"least_grade": CONFIRMED}, {}, []),
        ({"least_grade": CONFIRMED}, {"grade": OFFICIAL}, TOLD),
        ({"mutes": (ITALY,)}, {}, TOLD),  # a major development is the change that ends it
        ({"mutes": (ITALY,), "minors": True}, {"minor": True}, SILENT),
        ({"mutes": (recipients.Mute(subject="IT", until=LATER),)}, {}, SILENT),
        ({"mutes": (recipients.Mute(subject="IT", until=OVER),)}, {}, TOLD),
        ({"mutes": (recipients.Mute(topic=types.Topic.TROOPS, until=LATER),)}, {}, SILENT),
        ({"mutes": (recipients.Mute(subject="FR", until=LATER),)}, {}, TOLD),
        ({"mutes": (recipients.Mute(subject="IT", topic=types.Topic.MEMBERSHIP, until=LATER),)}, {}, TOLD),
    ],
)
def test_wishes(wishes: dict[str, object], fields: dict[str, object], expected: list[tuple[str, bool, bool]]) -> None:
    assert flags(fakes.change(**fields), **wishes) == expected


@pytest.mark.parametrize(
    ("kind", "wishes", "fields", "expected"),
    [
        (UPDATE, {}, {}, [("update", True, True)]),  # a source joined: where it was told, without a sound
        (UPDATE, {}, {"grade_rose": True, "grade": CONFIRMED}, [("update", False, False)]),
        (UPDATE, {"updates": False}, {"grade_rose": True, "grade": CONFIRMED}, [("update", True, True)]),
        (
            UPDATE,
            {"least_grade": CONFIRMED},
            {"grade_rose": True, "grade": CONFIRMED},
            [("new", False, False), ("update", True, False)],
        ),
        (UPDATE, {"least_grade": OFFICIAL}, {"grade_rose": True, "grade": CONFIRMED}, [("update", True, False)]),
        (TAKEN_BACK, {"least_grade": CONFIRMED}, {}, [("taken_back", True, False)]),
        (TAKEN_BACK, {"mutes": (ITALY,)}, {}, [("taken_back", True, True)]),
        (DISPUTED, {"mutes": (TROOPS,)}, {}, [("disputed", True, True)]),
    ],
)
def test_later_words(
    kind: types.AlertKind, wishes: dict[str, object], fields: dict[str, object], expected: list[object]
) -> None:
    assert flags(fakes.change(kind, **fields), **wishes) == expected


def test_a_grade_that_rises_twice_is_news_once_to_who_wants_sure_ones() -> None:
    careful = recipients.Recipient(address="telegram:7", least_grade=CONFIRMED)
    ids = [
        [a.id for a in policy.plan_alerts(fakes.step(change), [careful], fakes.NOW, silent=False)]
        for change in (
            fakes.change(UPDATE, grade_rose=True, grade=CONFIRMED),
            fakes.change(UPDATE, grade_rose=True, grade=OFFICIAL),
        )
    ]
    assert ids[0][0] == ids[1][0] and ids[0][1] != ids[1][1]


def test_mutes_are_lifted_by_what_they_wait_for() -> None:
    timed = recipients.Mute(subject="IT", until=LATER)
    reader = recipients.Recipient(address="telegram:7", mutes=(ITALY, TROOPS, timed, recipients.Mute(subject="FR")))
    assert policy.lift_mutes(reader, [fakes.change(UPDATE), fakes.change(minor=True)], fakes.NOW) is reader
    assert policy.lift_mutes(reader, [fakes.change()], fakes.NOW).mutes == (timed, recipients.Mute(subject="FR"))
    assert timed not in policy.lift_mutes(reader, [], LATER).mutes


def test_nothing_is_told_while_catching_up() -> None:
    assert policy.plan_alerts(fakes.step(fakes.change()), EVERYBODY, fakes.NOW, silent=True) == ()


def test_ids_are_stable_and_differ_by_what_is_said() -> None:
    steps = [
        fakes.step(fakes.change(id=name)) for name in ("D-1", "D-2")
    ] + [
        fakes.step(fakes.change(UPDATE, grade=grade, grade_rose=True))
        for grade in (types.Grade.CONFIRMED, types.Grade.OFFICIAL)
    ]  # fmt: skip
    first = [a for each in steps for a in policy.plan_alerts(each, EVERYBODY, fakes.NOW, silent=False)]
    later = fakes.NOW + timedelta(hours=1)
    again = [a for each in steps for a in policy.plan_alerts(each, EVERYBODY, later, silent=False)]
    assert [a.id for a in first] == [a.id for a in again]
    assert len({a.id for a in first}) == len(first) == 8
    assert all(len(a.id) == 18 and a.id.startswith("A-") for a in first)


def test_the_summary_names_majors_and_counts_minors() -> None:
    developments = [fakes.development(id=f"D-{n}", minor=n % 2 == 1) for n in range(60)]
    alert = policy.summary_alert("console", developments, {"feeds": 12}, fakes.NOW)
    assert alert.kind is types.AlertKind.SUMMARY
    assert alert.payload["development_ids"] == [f"D-{n}" for n in range(0, 40, 2)]
    assert (alert.payload["majors"], alert.payload["minors"], alert.payload["counts"]) == (30, 30, {"feeds": 12})


def test_a_digest_alert_holds_its_window() -> None:
    since = fakes.NOW - timedelta(days=1)
    alert = policy.digest_alert("email:x@example.net", since, fakes.NOW, fakes.NOW.date())
    again = policy.digest_alert("email:x@example.net", since, fakes.NOW, fakes.NOW.date(), fakes.NOW)
    assert alert == again and alert.created_at == fakes.NOW
    assert alert.payload == {"since": since.isoformat(), "until": fakes.NOW.isoformat(), "local_date": "2026-02-12"}


def test_a_notice_is_written_once_a_day_for_its_subject() -> None:
    first = policy.notice_alert("console", "chat gone", fakes.NOW, "telegram:7")
    again = policy.notice_alert("console", "chat gone!", fakes.NOW + timedelta(minutes=1), "telegram:7")
    tomorrow = policy.notice_alert("console", "chat gone", fakes.NOW + timedelta(days=1), "telegram:7")
    assert first.id == again.id != tomorrow.id


# ---------------------------------------------------------------- the digest's time


@pytest.mark.parametrize("form", [(7, 0), time(7, 0), "07:00"])
def test_a_digest_is_due_once_its_local_time_has_come(form: tuple[int, int] | time | str) -> None:
    rome = ZoneInfo("Europe/Rome")
    today, yesterday = date(2026, 2, 12), date(2026, 2, 11)
    early, late = datetime(2026, 2, 12, 5, 59, tzinfo=UTC), datetime(2026, 2, 12, 6, 0, tzinfo=UTC)
    assert policy.is_digest_due(early, rome, form, yesterday) is None
    assert policy.is_digest_due(late, rome, form, yesterday) == today
    assert policy.is_digest_due(late, rome, form, today) is None
    assert policy.is_digest_due(late, rome, form, None) == today
    assert policy.is_digest_due(early, rome, form, None) is None
    assert policy.is_digest_due(late, rome, form, date(2026, 2, 1)) == today, "after downtime one, for today"


def test_a_zone_changed_to_the_west_brings_no_second_digest() -> None:
    now = datetime(2026, 2, 12, 1, 0, tzinfo=UTC)
    honolulu = ZoneInfo("Pacific/Honolulu")  # still the 11th
    assert policy.is_digest_due(now, honolulu, (7, 0), date(2026, 2, 12)) is None


TRICKS = [  # zone, local day of the change
    ("Europe/Berlin", date(2026, 3, 29)),
    ("Europe/Berlin", date(2026, 10, 25)),
    ("Europe/London", date(2026, 10, 25)),
    ("Europe/Kyiv", date(2026, 3, 29)),
    ("Europe/Kyiv", date(2026, 10, 25)),
    ("America/New_York", date(2026, 3, 8)),
    ("America/New_York", date(2026, 11, 1)),
    ("Asia/Beirut", date(2026, 3, 29)),  # midnight does not exist
    ("Asia/Beirut", date(2026, 10, 25)),  # 23:00 to 24:00 twice
    ("Asia/Jerusalem", date(2026, 3, 27)),
    ("Africa/Cairo", date(2026, 4, 24)),  # midnight does not exist
    ("Africa/Cairo", date(2026, 10, 29)),
    ("Australia/Sydney", date(2026, 10, 4)),
    ("Australia/Lord_Howe", date(2026, 4, 5)),  # half an hour
    ("America/Santiago", date(2026, 9, 6)),  # midnight does not exist
    ("America/Nuuk", date(2026, 3, 28)),  # 23:00 to 24:00 does not exist
    ("America/Nuuk", date(2026, 10, 24)),
    ("America/St_Johns", date(2011, 11, 6)),  # back over midnight, at 00:01
    ("Pacific/Apia", date(2011, 12, 30)),  # the day does not exist
    ("Atlantic/Azores", date(2026, 3, 29)),  # midnight does not exist
    ("Africa/Casablanca", date(2026, 2, 15)),
    ("Asia/Kathmandu", date(2026, 2, 15)),  # no change at all
]


@pytest.mark.parametrize("at", [(0, 0), (0, 30), (1, 30), (2, 30), (7, 0), (23, 0), (23, 30)], ids=str)
@pytest.mark.parametrize(("zone", "day"), TRICKS, ids=[f"{zone} {day}" for zone, day in TRICKS])
def test_each_local_day_has_one_digest_whatever_the_clocks_do(zone: str, day: date, at: tuple[int, int]) -> None:
    tz = ZoneInfo(zone)
    now = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(days=2)
    end, last, served = now + timedelta(days=5), (now.astimezone(tz) - timedelta(days=1)).date(), list[date]()
    days: set[date] = set()
    while now < end:
        local = now.astimezone(tz)
        due = policy.is_digest_due(now, tz, at, last)
        if due is not None:
            assert local.date() > due or local.time() >= time(*at), f"too early: {local}"
            served.append(due)
            last = due
        days.add(local.date())
        now += timedelta(minutes=15)
    whole = sorted(days)[1:-1]
    assert [each for each in served if each in whole] == whole
    assert len(served) == len(set(served))
    assert set(served) <= days, "no digest for a day that did not exist"


def test_a_clock_set_back_hides_no_digest_that_was_due() -> None:
    berlin, last = ZoneInfo("Europe/Berlin"), date(2026, 10, 24)
    second_two_oclock = datetime(2026, 10, 25, 1, 0, tzinfo=UTC)  # 02:30 has been, and comes again
    assert policy.is_digest_due(second_two_oclock, berlin, (2, 30), last) == date(2026, 10, 25)
