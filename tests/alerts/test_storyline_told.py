"""The storyline told to a chat: real ledger, real outbox, real client; what a reader ends up with is checked."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from alerts import dispatcher, faults, policy, render
from alerts.channels import telegram
from app import replay
from monitor import recipients, types, watch
from monitor.ledger import rules, state
from storage import store
from tests import telegram_standin
from tests.alerts import fakes

STORYLINE = Path(__file__).parent.parent / "data" / "storyline"
CHAT = recipients.Recipient(address="telegram:7", minors=True)


@pytest.fixture(scope="module")
def steps() -> list[tuple[types.LedgerStep, datetime]]:
    """What the storyline's annotated claims do to the ledger, with the time of each step."""
    found: list[tuple[types.LedgerStep, datetime]] = []
    articles = replay.load_articles([STORYLINE], warn=lambda word: None)
    moments = {a.article.id: a.moment for a in articles}

    def keep(held: state.LedgerState, step: types.LedgerStep) -> None:
        moment = moments[step.article_id]
        assert moment is not None
        found.append((step, moment))

    replay.replay(articles, None, watch.load_watch(), rules.load_rules(), claims_from_gold=True, on_step=keep)
    return found


def no_digest(alert: types.Alert) -> render.Message:
    raise AssertionError("the storyline has no digests")


async def tell(
    steps: list[tuple[types.LedgerStep, datetime]],
    stores: store.Stores,
    api: telegram_standin.Standin,
    *,
    before: Callable[[int], None] = lambda number: None,
) -> None:
    """Record each step with its alerts, and dispatch after it."""
    clock = fakes.Clock(steps[0][1])
    channel = telegram.TelegramChannel(token=telegram_standin.TOKEN, base_url=api.url, timeout_s=2.0)
    names = {actor.code: actor.name for actor in watch.load_watch().actors}
    sender = dispatcher.Dispatcher(
        stores.outbox,
        {"telegram": channel},
        stores.ledger.development,
        names,
        clock,
        no_digest,
        known_faults=faults.Faults(stores.meta, clock),
        sleep=clock.sleep,
    )
    for number, (step, moment) in enumerate(steps):
        clock.now = max(clock.now, moment)
        before(number)
        alerts = policy.plan_alerts(step, [CHAT], clock.now, silent=False)
        stores.ledger.record_step(None, step, alerts, clock.now)
        await sender.dispatch_once()
    for _ in range(10):
        clock.now += timedelta(minutes=10)
        await sender.dispatch_once()
    await sender.close()


@pytest.mark.parametrize("trouble", [False, True], ids=["all goes well", "with trouble on the line"])
async def test_a_chat_is_told_the_storyline(
    steps: list[tuple[types.LedgerStep, datetime]], tmp_path: Path, trouble: bool
) -> None:
    stores = store.open_stores(f"sqlite:///{tmp_path / 'watch.db'}")
    async with telegram_standin.serve() as api:

        def disturb(number: int) -> None:
            if trouble and number % 7 == 3:
                api.plans["7"] = [telegram_standin.Refused(429, "Too Many Requests", retry_after=5)]
            if trouble and number % 7 == 5:
                api.plans["7"] = ["accept and hang up"]

        await tell(steps, stores, api, before=disturb)
        developments = stores.ledger.load_developments()
        counts = stores.outbox.count_alerts()
        stores.database.close()
    messages = api.of("7")
    assert set(counts) == {"sent"} and len(developments) > 40
    for development in developments:
        told = [m for m in messages if re.search(rf"· {development.id}$", m.text)]
        assert told, f"{development.id} was never told"
        assert render.quote_of(development) in told[-1].text
        if development.taken_back:
            assert told[-1].text.startswith("TAKEN BACK: ")
            assert trouble or told[-1].answers == told[0].number
        elif not development.disputed:
            sure = {"official": "official", "confirmed": "confirmed by", "reported": "reported by one"}
            assert f"How sure: {sure[str(development.grade)]}" in told[-1].text
        if not trouble:
            assert len(told) <= 3, "news, a dispute, a take-back; grades are edited in"
    assert any(m.edits for m in messages)
