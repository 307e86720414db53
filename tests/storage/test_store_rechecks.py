"""Pages that are read again: on the list with their development, off it when they have had their turns."""

from dataclasses import replace

from monitor import types
from storage import store
from tests.storage import rows


def test_a_page_is_listed_once_moved_on_and_taken_off(stores: store.Stores) -> None:
    first, _ = rows.polled(stores, 1, 2)
    stores.articles.record_read(first, rows.page(1), rows.NOW)
    (entry_id, article, _), *_ = stores.articles.unledgered(5)
    step = rows.step(article.id, recheck_at=rows.at(60))
    stores.ledger.record_step(entry_id, step, [], rows.NOW)
    stores.ledger.record_step(None, replace(step, recheck_at=rows.at(1)), [], rows.at(1))
    assert stores.rechecks.due_rechecks(rows.at(59), 5) == []
    (due,) = stores.rechecks.due_rechecks(rows.at(60), 5)
    assert (due.article_id, due.record.id, due.text, due.first_at, due.done) == (
        article.id, entry_id, article.text, rows.NOW, 0,
    )  # fmt: skip
    changed = types.ReadPage(article=replace(article, text="Other words."), reading=types.Reading(relevant=True))
    stores.rechecks.record_recheck(article.id, next_at=rows.at(240), page=changed, now=rows.at(60))
    (due,) = stores.rechecks.due_rechecks(rows.at(240), 5)
    assert (due.text, due.done) == ("Other words.", 1)
    stores.rechecks.record_recheck(article.id, next_at=None, page=None, now=rows.at(240))
    assert stores.rechecks.due_rechecks(rows.at(9999), 5) == []
