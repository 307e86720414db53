"""A database whose ledger is the storyline's, for looking at digests and boards.

`python -m tests.storyline_ledger FILE` makes one; CW_DATABASE_URL=sqlite:///FILE coalition-watch digest shows it.
"""

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from app import replay
from monitor import baseline, types, watch
from monitor.ledger import rules, state
from storage import store

STORYLINE = Path(__file__).parent / "data" / "storyline"


def make(url: str, *, end: datetime | None = None) -> store.Stores:
    """Take the storyline's annotated claims into an empty database; `end`: so that the last step is at that time."""
    stores = store.open_stores(url)
    positions = baseline.load_baseline()
    articles = replay.load_articles([STORYLINE], lambda word: None)
    last = max(article.moment for article in articles if article.moment)
    shift = (end - last) if end else timedelta(0)
    stores.ledger.seed_baseline(positions, datetime.now(UTC))

    def store_step(held: state.LedgerState, step: types.LedgerStep) -> None:
        at = max((change.development.raised_at for change in step.changes), default=last)
        stores.ledger.record_step(None, step, [], at + shift)

    replay.replay(
        articles, None, watch.load_watch(), rules.load_rules(), positions, claims_from_gold=True, on_step=store_step
    )
    return stores


if __name__ == "__main__":
    make(f"sqlite:///{sys.argv[1]}", end=datetime.now(UTC)).database.close()
