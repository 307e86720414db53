"""Positions with their history, developments, held back, copies. One article's step is stored once: whole, or not."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from monitor import errors, types
from storage import schema, store
from tests.storage import rows
from tests.storage.conftest import Opener

KEY = ("troops", "DK", "troops")


def counts(stores: store.Stores) -> dict[str, int]:
    """Rows of every table that a step writes."""
    tables = (schema.positions, schema.developments, schema.development_articles, schema.held_back, schema.sketches,
              schema.alerts)  # fmt: skip
    with stores.database.read() as connection:
        return {table.name: connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0 for table in tables}


def take(stores: store.Stores, minutes: float, *positions: types.Position, **fields: Any) -> None:
    step = types.LedgerStep(article_id="a1", positions=positions, **fields)
    stores.ledger.record_step(None, step, [], rows.at(minutes))


# ---------------------------------------------------------------- positions


def test_the_baseline_is_stored_only_into_an_empty_ledger(stores: store.Stores) -> None:
    baseline = [rows.position(source="baseline"), rows.position(subject="SE", since=rows.at(-9999))]
    assert stores.ledger.seed_baseline(baseline, rows.NOW)
    assert not stores.ledger.seed_baseline([rows.position("ruled_out")], rows.NOW)
    assert stores.ledger.load_positions() == baseline


def test_an_empty_ledger_holds_nothing(stores: store.Stores) -> None:
    assert stores.ledger.load_positions() == []
    assert stores.ledger.load_developments() == []
    assert stores.ledger.history(*KEY) == []
    assert stores.ledger.development("D1") is None


def test_a_new_position_supersedes_the_old_one_and_the_past_stays_known(stores: store.Stores) -> None:
    early = rows.position("open", since=rows.at(-100))
    late, other = rows.position("pledged", number=500), rows.position(subject="SE")
    stores.ledger.seed_baseline([early], rows.NOW)
    take(stores, 10, late)
    take(stores, 20, other)
    assert stores.ledger.load_positions() == [late, other]
    assert stores.ledger.history(*KEY) == [early, late]
    assert stores.ledger.positions_at(rows.at(-101)) == []
    assert stores.ledger.positions_at(rows.at(9)) == [early]
    assert stores.ledger.positions_at(rows.at(10)) == [late]
    assert stores.ledger.positions_at(rows.at(20)) == [late, other]


def test_a_position_that_no_longer_holds_is_ended_and_may_return(stores: store.Stores) -> None:
    take(stores, 1, rows.position(), rows.position(subject="SE"))
    take(stores, 2, removed=(KEY,))
    assert [position.subject for position in stores.ledger.load_positions()] == ["SE"]
    take(stores, 3, rows.position("ruled_out"))
    assert [position.status for position in stores.ledger.history(*KEY)] == ["pledged", "ruled_out"]
    assert [position.subject for position in stores.ledger.positions_at(rows.at(2.5))] == ["SE"]


def test_aspects_of_one_subject_are_positions_of_their_own(stores: store.Stores) -> None:
    take(stores, 1, rows.position(), rows.position("pledged", aspect="force_size", number=300))
    take(stores, 2, rows.position("pledged", aspect="force_size", number=400))
    assert {(one.aspect, one.number) for one in stores.ledger.load_positions()} == {
        ("troops", None),
        ("force_size", 400),
    }


# ---------------------------------------------------------------- developments


def test_a_development_comes_back_as_it_was_raised_last(stores: store.Stores) -> None:
    raised = rows.development(
        old=None, new=30, old_number=26, new_number=30, minor=True, note="why", old_position=rows.position("open"),
        new_position=rows.position(number=30),
    )  # fmt: skip
    take(stores, 1, changes=(types.DevelopmentChange(kind=types.AlertKind.NEW, development=raised),))
    assert stores.ledger.development("D1") == raised
    joined = replace(
        raised, grade=types.Grade.CONFIRMED, disputed=True, taken_back=True, reports=(rows.report(), rows.report("a2"))
    )
    take(stores, 2, changes=(types.DevelopmentChange(kind=types.AlertKind.UPDATE, development=joined),))
    assert stores.ledger.load_developments() == [joined]
    table = schema.developments.c
    with stores.database.read() as connection:
        links = connection.execute(sa.select(schema.development_articles)).all()
        flags = connection.execute(sa.select(table.grade, table.disputed, table.taken_back)).one()
    assert sorted(links) == [("D1", "a1"), ("D1", "a2")]
    assert tuple(flags) == ("confirmed", True, True)


def test_an_id_that_another_development_has_is_refused_rather_than_overwritten(stores: store.Stores) -> None:
    first = rows.change("D1", subject="DK")
    take(stores, 0, changes=(first,))
    with pytest.raises(errors.StoreError):
        take(stores, 1, changes=(rows.change("D1", subject="SE"),))
    assert stores.ledger.load_developments() == [first.development]


def test_developments_come_in_the_order_in_which_they_were_raised_within_a_window(stores: store.Stores) -> None:
    for name, minutes in (("D3", 0), ("D1", 10), ("D2", 20)):
        take(stores, minutes, changes=(rows.change(name, raised_at=rows.at(minutes)),))
    take(stores, 30, changes=(rows.change("D3", raised_at=rows.NOW, note="later word"),))

    def names(since: datetime | None = None, until: datetime | None = None) -> list[str]:
        return [development.id for development in stores.ledger.load_developments(since, until)]

    assert names() == ["D3", "D1", "D2"]
    assert names(since=rows.NOW) == ["D1", "D2"]
    assert names(until=rows.at(10)) == ["D3", "D1"]
    assert names(rows.NOW, rows.at(10)) == ["D1"]
    assert names(rows.at(20), rows.at(99)) == []


def test_the_latest_developments_come_in_order_and_fit(stores: store.Stores) -> None:
    for number, subject in enumerate(("DK", "SE", "DK", "US")):
        topic = types.Topic.BACKSTOP if subject == "US" else types.Topic.TROOPS
        take(stores, number, changes=(rows.change(f"D{number}", subject=subject, topic=topic),))

    def names(count: int, **wanted: str) -> list[str]:
        return [one.id for one in stores.ledger.latest_developments(count, **wanted)]

    assert names(2) == ["D2", "D3"] and names(9) == ["D0", "D1", "D2", "D3"]
    assert names(9, subject="DK") == ["D0", "D2"] and names(1, subject="DK") == ["D2"]
    assert names(9, topic="backstop") == ["D3"] and names(9, topic="backstop", subject="DK") == []


def test_held_back_claims_are_counted_by_reason(stores: store.Stores) -> None:
    for minutes in (1, 2):
        stores.ledger.record_step(None, rows.step(), [], rows.at(minutes))
    held = rows.step().held_back[0]
    take(stores, 3, held_back=(replace(held, reason="copy"),))
    assert stores.ledger.held_back_counts() == {"copy": 1, "same": 2}
    assert stores.ledger.held_back_counts(rows.at(1)) == {"copy": 1, "same": 1}
    assert stores.ledger.held_back_counts(rows.at(3)) == {}


# ---------------------------------------------------------------- one step


def test_a_step_writes_everything_at_once(stores: store.Stores) -> None:
    [entry_id] = rows.read(stores, 1)
    stores.ledger.record_step(entry_id, rows.step(), [rows.alert(1, development_id="D1")], rows.NOW)
    assert counts(stores) == {
        "positions": 1, "developments": 1, "development_articles": 1, "held_back": 1, "sketches": 48, "alerts": 1,
    }  # fmt: skip
    assert stores.articles.unledgered(10) == []
    assert stores.articles.count_pending() == {"new": 0, "read": 0}


def test_a_step_recorded_again_writes_nothing(stores: store.Stores) -> None:
    [entry_id] = rows.read(stores, 1)
    stores.ledger.record_step(entry_id, rows.step(), [rows.alert(1)], rows.NOW)
    before = counts(stores)
    again = rows.step(positions=(rows.position("ruled_out"),), changes=(rows.change("D2"),))
    stores.ledger.record_step(entry_id, again, [rows.alert(2)], rows.at(1))
    assert counts(stores) == before
    assert stores.ledger.load_positions() == [rows.position()]


def test_a_step_that_knows_less_than_the_ledger_is_refused_whole(stores: store.Stores) -> None:
    [entry_id] = rows.read(stores, 1)
    assert stores.ledger.last_step() == 0
    assert stores.ledger.record_step(None, rows.step(), [], rows.NOW, after=0) == 1
    before = counts(stores)
    with pytest.raises(errors.StoreError, match="another process") as refused:
        stores.ledger.record_step(entry_id, rows.step(changes=(rows.change("D2"),)), [rows.alert(1)], rows.NOW, after=0)
    assert (refused.value.kind, counts(stores), stores.ledger.last_step()) == ("overtaken", before, 1)
    assert [number for number, _, _ in stores.articles.unledgered(10)] == [entry_id]
    assert stores.ledger.record_step(entry_id, rows.step(), [], rows.NOW, after=1) == 2
    assert stores.ledger.record_step(entry_id, rows.step(), [], rows.NOW, after=2) is None


def test_a_step_of_an_unknown_entry_is_refused_rather_than_lost(stores: store.Stores) -> None:
    with pytest.raises(errors.StoreError, match="no entry 99"):
        stores.ledger.record_step(99, rows.step(), [rows.alert(1)], rows.NOW)
    assert set(counts(stores).values()) == {0}


NO_REASON = replace(rows.step().held_back[0], reason=None)  # type: ignore[arg-type]
BREAKS: dict[str, dict[str, Any]] = {
    "position": {"positions": (rows.position(), rows.position(since=datetime(2026, 3, 1)))},
    "development": {"changes": (rows.change(), rows.change("D2", raised_at=datetime(2026, 3, 1)))},
    "held back": {"held_back": (rows.step().held_back[0], NO_REASON)},
    "sketch": {"sketch": (1, None)},
}


@pytest.mark.parametrize("fields", BREAKS.values(), ids=BREAKS.keys())
def test_a_step_that_breaks_off_leaves_nothing(open_file: Opener, fields: dict[str, Any]) -> None:
    stores = open_file()
    [entry_id] = rows.read(stores, 1)
    with pytest.raises((errors.StoreError, ValueError, TypeError)):
        stores.ledger.record_step(entry_id, rows.step(**fields), [rows.alert(1)], rows.NOW)
    assert set(counts(stores).values()) == {0}
    assert [found[0] for found in stores.articles.unledgered(10)] == [entry_id]
    stores.ledger.record_step(entry_id, rows.step(), [rows.alert(1)], rows.NOW)
    assert counts(stores)["developments"] == 1


def test_an_alert_that_cannot_be_written_takes_its_development_along(stores: store.Stores) -> None:
    [entry_id] = rows.read(stores, 1)
    broken = rows.alert(2, payload={"at": rows.NOW})  # no JSON value
    with pytest.raises(TypeError):
        stores.ledger.record_step(entry_id, rows.step(), [rows.alert(1), broken], rows.NOW)
    assert set(counts(stores).values()) == {0}
    assert stores.articles.count_pending()["read"] == 1


def test_what_is_stored_survives_a_process_that_ends_without_closing(open_file: Opener) -> None:
    stores = open_file()
    [entry_id] = rows.read(stores, 1)
    stores.ledger.record_step(entry_id, rows.step(), [rows.alert(1)], rows.NOW)
    after = open_file()
    assert after.ledger.load_positions() == [rows.position()]
    assert after.ledger.development("D1") == rows.development()
    assert [alert.id for alert in after.outbox.claim_alerts(rows.NOW, 60, 10)] == ["A-1"]


# ---------------------------------------------------------------- copies


def sketch_of(stores: store.Stores, article_id: str, values: range, copy_of: str | None = None) -> None:
    step = types.LedgerStep(article_id=article_id, sketch=tuple(values), copy_of=copy_of)
    stores.ledger.record_step(None, step, [], rows.NOW)


@pytest.mark.parametrize(("first", "expected"), [(0, "a1"), (19, "a1"), (20, None), (48, None)])
def test_a_copy_shares_three_in_five_values(stores: store.Stores, first: int, expected: str | None) -> None:
    sketch_of(stores, "a1", range(48))
    assert stores.ledger.find_copy(range(first, first + 48)) == expected


def test_the_article_that_shares_most_is_the_one_copied(stores: store.Stores) -> None:
    sketch_of(stores, "a1", range(48))
    sketch_of(stores, "a2", range(5, 53))
    assert stores.ledger.find_copy(range(4, 52)) == "a2"
    assert stores.ledger.find_copy(range(48)) == "a1"
    assert stores.ledger.find_copy(()) is None


def test_a_copy_is_found_by_its_original_and_a_sketch_is_stored_once(stores: store.Stores) -> None:
    sketch_of(stores, "a1", range(48))
    sketch_of(stores, "a1", range(48))
    sketch_of(stores, "a2", range(48), copy_of="a1")
    assert counts(stores)["sketches"] == 48
    assert stores.ledger.find_copy(range(48)) == "a1"


def test_the_largest_hash_fits(stores: store.Stores) -> None:
    stores.ledger.record_step(None, rows.step(), [], rows.NOW)
    assert stores.ledger.find_copy(rows.step().sketch) == "a1"
    assert max(rows.step().sketch) == 2**32 - 1
    assert isinstance(schema.sketches.c.value.type, sa.BigInteger)


def test_years_of_positions_keep_their_order(stores: store.Stores) -> None:
    statuses = ["open", "pledged"] * 10
    for number, status in enumerate(statuses):
        take(stores, timedelta(days=30 * number).total_seconds() / 60, rows.position(status))
    assert [position.status for position in stores.ledger.history(*KEY)] == statuses


def test_a_report_is_stored_once_however_many_versions_rest_on_it(stores: store.Stores) -> None:
    told = [rows.report(f"a{number}") for number in range(30)]
    versions = [rows.position(reports=tuple(told[max(0, count - 24) : count])) for count in range(1, 31)]
    for number, version in enumerate(versions):
        take(stores, number, version)
    with stores.database.read() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(schema.reports)) == 30
        last = connection.scalar(sa.select(schema.positions.c.value).order_by(schema.positions.c.id.desc()).limit(1))
    assert len(str(last)) < 24 * 30 + 400  # a key for each report, none of their words
    assert stores.ledger.history(*KEY) == versions
    assert stores.ledger.positions_at(rows.at(9.5)) == stores.browsing.positions(rows.at(9.5)) == [versions[9]]


def test_positions_with_more_reports_than_one_query_takes_come_back(stores: store.Stores) -> None:
    held = [
        rows.position(subject=f"S{n}", reports=tuple(rows.report(f"a{n}-{k}") for k in range(24))) for n in range(30)
    ]
    take(stores, 0, *held)
    assert stores.ledger.load_positions() == held
