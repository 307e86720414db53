"""Acts by hand: stored whole with their undoing, and seen by who keeps the ledger in memory."""

from dataclasses import replace

from storage import store
from tests.storage import rows


def test_an_act_comes_back_whole_and_is_undone_once(stores: store.Stores) -> None:
    assert stores.by_hand.version() == (0, 0)
    act = rows.hand_act()
    number = stores.by_hand.record_act(act, [rows.alert(1)])
    assert stores.ledger.load_positions() == list(act.step.positions)
    assert stores.by_hand.list_acts() == [replace(act, number=number)]
    assert stores.by_hand.version() == (1, 0)
    (stored,) = stores.by_hand.list_acts()
    stores.by_hand.undo_act(stored, replace(act.undo, removed=(("troops", "DK", "troops"),)), [], rows.at(1))
    assert stores.by_hand.list_acts() == [replace(stored, undone_at=rows.at(1))]
    assert stores.by_hand.version() == (1, 1)
    assert stores.outbox.count_alerts() != {}
