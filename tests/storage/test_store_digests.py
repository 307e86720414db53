"""What digests rest on: steps in the order of commits, changes that are told, windows, contents."""

from dataclasses import replace
from datetime import date

import pytest

from monitor import types
from storage import store
from tests.storage import rows

DAY = date(2026, 3, 1)


def take(stores: store.Stores, name: str, minutes: float = 0, **fields: object) -> None:
    kind = fields.pop("kind", types.AlertKind.NEW)
    rose, removed = bool(fields.pop("grade_rose", False)), fields.pop("removed", ())
    change = replace(rows.change(name, **fields), kind=kind, grade_rose=rose)  # type: ignore[arg-type]
    step = rows.step(changes=(change,), removed=removed, sketch=())
    stores.ledger.record_step(None, step, [], rows.at(minutes))


def names(stores: store.Stores, low: int, high: int) -> list[tuple[str, bool]]:
    return [(each.development.id, each.is_new) for each in stores.digests.changes([(low, high)])]


def test_steps_count_in_the_order_of_commits_whatever_the_clock_says(stores: store.Stores) -> None:
    assert stores.digests.last_step() == 0
    for name, minutes in (("D1", 5), ("D2", -60), ("D3", 1)):
        take(stores, name, minutes)
    assert stores.digests.last_step() == 3
    assert names(stores, 0, 1) + names(stores, 1, 2) + names(stores, 2, 3) == [("D1", 1), ("D2", 1), ("D3", 1)]
    assert names(stores, 1, 3) == [("D2", True), ("D3", True)]
    assert stores.digests.changes([]) == []


def test_a_moment_before_all_steps_is_step_0(stores: store.Stores) -> None:
    take(stores, "D1", 1)
    take(stores, "D2", 2)
    assert [stores.digests.step_at(rows.at(minutes)) for minutes in (0, 1, 1.5, 9)] == [0, 1, 1, 2]


UPDATE = types.AlertKind.UPDATE
AFTER = [  # what becomes of a development that was told, and whether a digest says so
    ("further source", {"kind": UPDATE}, False),
    ("grade rose", {"kind": UPDATE, "grade_rose": True}, True),
    ("source corrected itself", {"kind": UPDATE, "note": "X corrected its report"}, True),
    ("dispute ended", {"kind": UPDATE, "removed": (("troops", "DK", "troops:disputed"),)}, True),
    ("still disputed", {"kind": UPDATE, "note": "AFP: open", "disputed": True}, False),
    ("disputed", {"kind": types.AlertKind.DISPUTED, "disputed": True}, True),
    ("taken back", {"kind": types.AlertKind.TAKEN_BACK, "taken_back": True}, True),
]


@pytest.mark.parametrize(("fields", "told"), [row[1:] for row in AFTER], ids=[row[0] for row in AFTER])
def test_what_becomes_of_a_development_later_is_told_later(
    stores: store.Stores, fields: dict[str, object], told: bool
) -> None:
    take(stores, "D1", 1)
    take(stores, "D1", 2, **fields)
    assert names(stores, 1, 2) == [("D1", False)] * told
    assert names(stores, 0, 2) == [("D1", True)], "in one window it is told once, as news"


def test_held_back_claims_are_counted_in_their_window(stores: store.Stores) -> None:
    for number in range(4):
        take(stores, f"D{number}", number)
    assert stores.digests.held_back([(1, 3)]) == {"same": 2}
    assert stores.digests.held_back([(0, 1), (3, 4)]) == {"same": 2}
    assert stores.digests.held_back([]) == {}


def test_articles_in_other_languages_are_counted_by_language(stores: store.Stores) -> None:
    skipped = types.Reading(relevant=False, skipped="language")
    ids = rows.polled(stores, 1, 2, 3, 4)
    for entry_id, number, language in zip(ids, (1, 2, 3, 4), ("fr", "fr", None, "en"), strict=True):
        page = rows.page(number, language=language)
        page = page if language == "en" else replace(page, reading=skipped)
        stores.articles.record_read(entry_id, page, rows.at(number))
    found = stores.digests.unread(rows.at(0), rows.at(9))
    assert sum(found.values()) == 3 and found.get("en") is None
    assert sum(stores.digests.unread(rows.at(1), rows.at(2)).values()) == 1


def test_a_window_says_what_was_told_and_whether_it_was_given_up(stores: store.Stores) -> None:
    alert = rows.digest(1, "email:a@b.example", rows.at(1))
    steps = {"since": rows.NOW.isoformat(), "steps": [[0, 3], [5, 9]]}
    stores.digests.add_digest(replace(alert, payload=alert.payload | steps), DAY, "content")
    (window,) = stores.digests.windows("email:a@b.example")
    assert (window.local_date, window.since, window.until) == (DAY, rows.NOW, rows.at(1))
    assert window.steps == ((0, 3), (5, 9)) and not window.is_dead
    stores.outbox.mark_dead("A-1", "refused", rows.NOW)
    assert stores.digests.windows("email:a@b.example")[0].is_dead


def test_a_digest_of_before_steps_were_counted_is_placed_by_its_times(stores: store.Stores) -> None:
    for number in range(4):
        take(stores, f"D{number}", number)
    stores.digests.add_digest(rows.digest(1, "console", rows.at(2)), DAY, "")
    assert stores.digests.windows("console")[0].steps == ((3, 3),)


def test_contents_are_kept_until_they_are_old_and_told(stores: store.Stores) -> None:
    for number in (1, 2):
        stores.digests.add_digest(rows.digest(number, f"email:{number}@b.example", rows.at(1)), DAY, f"text {number}")
    assert not stores.digests.add_digest(rows.digest(3, "email:1@b.example", rows.at(1)), DAY, "other")
    stores.outbox.mark_sent("A-1", None, rows.NOW)
    assert [stores.digests.content(name) for name in ("A-1", "A-2", "A-3")] == ["text 1", "text 2", None]
    assert stores.digests.drop_contents(rows.at(-1)) == 0
    assert stores.digests.drop_contents(rows.at(1)) == 1
    assert [stores.digests.content(name) for name in ("A-1", "A-2")] == [None, "text 2"]


def test_stances_come_in_the_order_in_which_they_were_held(stores: store.Stores) -> None:
    for status in ("discussed", "offered"):
        air = rows.position(status, "US", topic=types.Topic.BACKSTOP, aspect="air")
        stores.ledger.record_step(None, rows.step(positions=(air,), changes=(), sketch=()), [], rows.NOW)
    assert [position.status for position in stores.digests.stances()] == ["discussed", "offered"]
