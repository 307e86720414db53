"""The contract of LedgerStore: one article, one transaction; positions keep their history."""

from dataclasses import replace

import pytest

from monitor import errors, types
from storage import outbox, store
from tests.storage import builders as make

KEY = ("troops", "DK", "troops")


def read_one(stores: store.Stores, number: int = 1) -> int:
    ids = make.bring_in(stores, number)
    stores.articles.record_read(ids[0], make.page(number), make.NOW)
    return ids[0]


def test_baseline_is_seeded_once(stores: store.Stores) -> None:
    base = [make.position(source="baseline"), make.position(subject="FR", since=make.minutes(-9))]
    assert stores.ledger.seed_baseline(base, make.NOW) is True
    assert stores.ledger.seed_baseline([make.position(subject="GB")], make.NOW) is False
    assert stores.ledger.load_positions() == base


def test_a_step_stores_everything_at_once(stores: store.Stores) -> None:
    entry_id, step = read_one(stores), make.step()
    stores.ledger.record_step(entry_id, step, [make.alert()], make.NOW)
    assert stores.ledger.load_positions() == list(step.positions)
    assert stores.ledger.load_developments() == [make.development()]
    assert stores.ledger.development("D1") == make.development()
    assert stores.ledger.development("D2") is None
    assert stores.ledger.held_back_counts() == {"same": 1}
    assert stores.ledger.find_copy((1, 2, 3, 4, 5)) == "a1"
    assert stores.outbox.count_alerts() == {"waiting": 1}
    assert stores.articles.unledgered(9) == []


def test_a_step_recorded_twice_is_written_once(stores: store.Stores) -> None:
    entry_id = read_one(stores)
    stores.ledger.record_step(entry_id, make.step(), [make.alert()], make.NOW)
    stores.ledger.record_step(entry_id, make.step(), [make.alert(), make.alert("A-2")], make.minutes(1))
    assert len(stores.ledger.history(*KEY)) == 1
    assert stores.ledger.held_back_counts() == {"same": 1}
    assert stores.outbox.count_alerts() == {"waiting": 1}


def test_an_entry_that_is_not_stored_is_refused(stores: store.Stores) -> None:
    with pytest.raises(errors.StoreError):
        stores.ledger.record_step(99, make.step(), [make.alert()], make.NOW)
    assert stores.ledger.load_developments() == []


def test_a_crash_in_a_step_leaves_nothing(stores: store.Stores, monkeypatch: pytest.MonkeyPatch) -> None:
    entry_id = read_one(stores)

    def crash(*_: object) -> None:
        raise RuntimeError("power cut")

    with monkeypatch.context() as patch:
        patch.setattr(outbox, "insert_alerts", crash)  # the last thing that a step writes
        with pytest.raises(RuntimeError):
            stores.ledger.record_step(entry_id, make.step(), [make.alert()], make.NOW)
    assert stores.ledger.load_positions() == []
    assert stores.ledger.load_developments() == []
    assert stores.ledger.held_back_counts() == {}
    assert stores.ledger.find_copy((1, 2, 3, 4, 5)) is None
    assert [found[0] for found in stores.articles.unledgered(9)] == [entry_id], "it is taken up again"
    stores.ledger.record_step(entry_id, make.step(), [make.alert()], make.NOW)
    assert stores.outbox.count_alerts() == {"waiting": 1}


def test_a_value_that_is_no_utc_time_leaves_nothing(stores: store.Stores) -> None:
    entry_id = read_one(stores)
    naive = make.alert(not_before=make.NOW.replace(tzinfo=None))
    with pytest.raises((errors.StoreError, ValueError)):
        stores.ledger.record_step(entry_id, make.step(), [naive], make.NOW)
    assert stores.ledger.load_positions() == []


def test_positions_keep_their_history(stores: store.Stores) -> None:
    first, second = make.position(status="open"), make.position(status="pledged", number=300)
    stores.ledger.record_step(None, types.LedgerStep(article_id="a1", positions=(first,)), [], make.minutes(0))
    stores.ledger.record_step(None, types.LedgerStep(article_id="a2", positions=(second,)), [], make.minutes(10))
    stores.ledger.record_step(None, types.LedgerStep(article_id="a3", removed=(KEY,)), [], make.minutes(20))
    assert stores.ledger.history(*KEY) == [first, second]
    assert stores.ledger.load_positions() == []
    held = [stores.ledger.positions_at(make.minutes(at)) for at in (-1, 0, 9, 10, 19, 20)]
    assert held == [[], [first], [first], [second], [second], []]


def test_history_is_that_of_one_key(stores: store.Stores) -> None:
    other = make.position(aspect="force_size", number=30_000)
    stores.ledger.seed_baseline([make.position(), other], make.NOW)
    assert stores.ledger.history("troops", "DK", "force_size") == [other]
    assert stores.ledger.history("troops", "SE", "troops") == []


def test_the_baseline_holds_since_its_own_dates(stores: store.Stores) -> None:
    stores.ledger.seed_baseline([make.position(since=make.minutes(-60))], make.NOW)
    assert len(stores.ledger.positions_at(make.minutes(-30))) == 1
    assert stores.ledger.positions_at(make.minutes(-61)) == []


def test_a_development_is_updated_in_its_place(stores: store.Stores) -> None:
    stores.ledger.record_step(None, make.step(), [], make.NOW)
    second = make.development("D2", raised_at=make.minutes(1))
    new = types.DevelopmentChange(kind=types.AlertKind.NEW, development=second)
    stores.ledger.record_step(None, types.LedgerStep(article_id="a2", changes=(new,)), [], make.minutes(1))
    risen = replace(
        make.development(), grade=types.Grade.CONFIRMED, reports=(make.report("a1"), make.report("a3")), note="risen"
    )
    update = types.DevelopmentChange(kind=types.AlertKind.UPDATE, development=risen, grade_rose=True)
    stores.ledger.record_step(None, types.LedgerStep(article_id="a3", changes=(update,)), [], make.minutes(2))
    assert stores.ledger.load_developments() == [risen, second]


def test_developments_of_a_window(stores: store.Stores) -> None:
    for number in range(3):
        made = make.development(f"D{number}", raised_at=make.minutes(number))
        change = types.DevelopmentChange(kind=types.AlertKind.NEW, development=made)
        stores.ledger.record_step(None, types.LedgerStep(article_id="a", changes=(change,)), [], make.NOW)
    window = stores.ledger.load_developments(make.minutes(0), make.minutes(1))
    assert [development.id for development in window] == ["D1"], "since < raised_at <= until"


@pytest.mark.parametrize(
    ("sketch", "found"),
    [
        pytest.param((1, 2, 3, 4, 5), "a1", id="the same text"),
        pytest.param((1, 2, 3, 8, 9), "a1", id="three of five values"),
        pytest.param((1, 2, 7, 8, 9), None, id="two of five values"),
        pytest.param((), None, id="no text"),
    ],
)
def test_copies_share_most_of_the_sketch(stores: store.Stores, sketch: tuple[int, ...], found: str | None) -> None:
    stores.ledger.record_step(None, make.step("a1"), [], make.NOW)
    assert stores.ledger.find_copy(sketch) == found


def test_the_closest_original_is_found_and_copies_are_not(stores: store.Stores) -> None:
    far, near = (
        types.LedgerStep(article_id="far", sketch=(1, 2, 3)),
        types.LedgerStep(article_id="near", sketch=(1, 2, 3, 4)),
    )
    copy = types.LedgerStep(article_id="copy", sketch=(1, 2, 3, 4, 5), copy_of="near")
    for step in (far, near, copy):
        stores.ledger.record_step(None, step, [], make.NOW)
    assert stores.ledger.find_copy((1, 2, 3, 4, 5)) == "near"


def test_sketch_values_of_64_bits(stores: store.Stores) -> None:
    values = (2**63 - 1, 2**62, -(2**63))
    stores.ledger.record_step(None, types.LedgerStep(article_id="a1", sketch=values), [], make.NOW)
    assert stores.ledger.find_copy(values) == "a1"


def test_held_back_counts_since(stores: store.Stores) -> None:
    step = types.LedgerStep(article_id="a1", held_back=(make.held("same"), make.held("same"), make.held("old")))
    stores.ledger.record_step(None, step, [], make.NOW)
    assert stores.ledger.held_back_counts() == {"old": 1, "same": 2}
    assert stores.ledger.held_back_counts(make.minutes(1)) == {}
