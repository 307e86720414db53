"""One bot before the desks of two watches, through the real client against the Bot API stand-in."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from alerts.bot import asking, desk, hall, polling
from monitor import recipients, types
from storage import store
from tests import telegram_standin
from tests.alerts import fakes

OPERATOR, BOTH, HARBOUR_ONLY, STRANGER = 7, 8, 9, 66
GUEST = recipients.Recipient(address="telegram:", source=recipients.Source.INVITED)
THERE = "Dharbour00001"


class Office:
    """A bot, two watches' stores; the operator is the default watch's alone."""

    def __init__(self, api: telegram_standin.Standin, folder: Path) -> None:
        self.api = api
        self.stores = {
            name: store.open_stores(f"sqlite:///{folder / name}.db") for name in ("coalition", "harbour")
        }  # fmt: skip
        readers = {"coalition": (OPERATOR, BOTH), "harbour": (BOTH, HARBOUR_ONLY)}
        for name, stores in self.stores.items():
            known = [self._reader(user) for user in readers[name]]
            stores.recipients.sync_recipients(known, fakes.NOW)
        self._tell("coalition", fakes.development())
        self._tell("harbour", fakes.development(id=THERE, subject="XB"))
        self.tokens = iter(f"token-{number}" for number in range(10))

    def _reader(self, user: int) -> recipients.Recipient:
        role = recipients.Role.OPERATOR if user == OPERATOR else recipients.Role.USER
        return recipients.Recipient(address=f"telegram:{user}", role=role)

    def _tell(self, name: str, development: types.Development) -> None:
        change = types.DevelopmentChange(kind=types.AlertKind.NEW, development=development)
        step = types.LedgerStep(article_id="a1", changes=(change,))
        self.stores[name].ledger.record_step(None, step, [], fakes.NOW)

    def bot(self) -> polling.Bot:
        desks = [
            desk.Desk(
                readers=stores.recipients, outbox=stores.outbox, ledger=stores.ledger, articles=stores.articles,
                names={**fakes.NAMES, "XB": "Ostrel"}, find_subject=lambda text: None, health=list,
                faults=list, new_token=lambda: next(self.tokens), clock=fakes.Clock(), guest=GUEST,
                operator=f"telegram:{OPERATOR}", watch=name,
            )
            for name, stores in self.stores.items()
        ]  # fmt: skip
        meta = self.stores["coalition"].meta
        return polling.Bot(
            hall.Hall(desks, meta), meta, token=telegram_standin.TOKEN, base_url=f"{self.api.url}/bot", poll_s=1,
            sleep=lambda seconds: asyncio.sleep(0),
        )  # fmt: skip

    async def work(self) -> None:
        stopping = asyncio.Event()
        task = asyncio.create_task(self.bot().run(stopping))
        async with asyncio.timeout(20):
            while self.api.updates:
                await asyncio.sleep(0.01)
        stopping.set()
        await task

    async def ask(self, text: str, user: int) -> str:
        before = len(self.api.of(str(user)))
        self.api.say(text, user=user)
        await self.work()
        return "\n".join(sent.text for sent in self.api.of(str(user))[before:])


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    async with telegram_standin.serve() as api:
        made = Office(api, tmp_path)
        yield made
        for stores in made.stores.values():
            stores.database.close()


async def test_who_hears_of_one_watch_asks_about_that_one(office: Office) -> None:
    assert "Ostrel" in await office.ask("/latest", HARBOUR_ONLY)
    assert "Ostrel" not in await office.ask("/latest", OPERATOR)
    assert "no other" in await office.ask("/watch", HARBOUR_ONLY)
    assert "no watch coalition" in await office.ask("/watch coalition", HARBOUR_ONLY)
    assert "Ostrel" in await office.ask("/latest", HARBOUR_ONLY)


async def test_who_hears_of_both_chooses_and_what_was_chosen_stays(office: Office) -> None:
    first = await office.ask("/latest", BOTH)
    assert "Ostrel" not in first and first.startswith("coalition")
    assert "/watch harbour" in await office.ask("/watch", BOTH)
    await office.ask("/watch harbour", BOTH)
    second = await office.ask("/latest", BOTH)
    assert "Ostrel" in second and second.startswith("harbour")
    await office.ask("/quiet 22:00-07:00 Europe/Berlin", BOTH)
    quiet = {name: stores.recipients.recipient(f"telegram:{BOTH}") for name, stores in office.stores.items()}
    assert quiet["harbour"] is not None and quiet["harbour"].quiet is not None
    assert quiet["coalition"] is not None and quiet["coalition"].quiet is None
    known = fakes.development().id
    assert known in await office.ask(f"/why {known}", BOTH), "an id leads to its own watch"
    assert "watch" in office.api.commands[f"chat:{BOTH}"]


async def test_a_button_leads_to_the_watch_of_its_development(office: Office) -> None:
    for user in (HARBOUR_ONLY, OPERATOR):
        shown = telegram_standin.Sent(
            chat=str(user), number=user, text="", raw="", parse_mode=None, buttons={"Sources": f"sources:{THERE}"}
        )
        office.api.messages.append(shown)
        office.api.press(shown, "Sources", user=user)
    await office.work()
    assert len(office.api.of(str(HARBOUR_ONLY))) == 2
    assert len(office.api.of(str(OPERATOR))) == 1, "who is not of that watch learns nothing of it"
    assert [text for _, text in office.api.answers][1:] == [asking.REFUSAL]


async def test_strangers_are_refused_and_an_invitation_is_of_one_watch(office: Office) -> None:
    said = ("/watch", "/watch harbour", "/latest", "/start token-0")
    for text in said:
        office.api.say(text, user=STRANGER)
    await office.work()
    assert [sent.text for sent in office.api.of(str(STRANGER))] == [asking.REFUSAL] * len(said)
    office.stores["harbour"].recipients.add_invitation(
        desk.hash_token("token-x"), "telegram:9", fakes.NOW, fakes.NOW + desk.INVITATION_TIME
    )
    assert "harbour" in await office.ask("/start token-x", STRANGER)
    assert office.stores["coalition"].recipients.recipient(f"telegram:{STRANGER}") is None
    assert "Ostrel" in await office.ask("/latest", STRANGER)


async def test_an_invitation_to_another_watch_is_taken_by_who_has_one(office: Office) -> None:
    office.stores["harbour"].recipients.add_invitation(
        desk.hash_token("token-y"), "telegram:9", fakes.NOW, fakes.NOW + desk.INVITATION_TIME
    )
    await office.ask("/start token-y", OPERATOR)
    assert office.stores["harbour"].recipients.recipient(f"telegram:{OPERATOR}") is not None
    assert "Ostrel" in await office.ask("/latest", OPERATOR), "and it is asked about from now on"


async def test_a_chat_that_goes_goes_from_every_watch(office: Office) -> None:
    member = {"user": {"id": 123456789, "is_bot": True, "first_name": "Watch"}}
    office.api.update(
        my_chat_member={
            "chat": {"id": BOTH, "type": "private", "first_name": "B"},
            "from": {"id": BOTH, "is_bot": False, "first_name": "B"},
            "date": 1,
            "old_chat_member": member | {"status": "member"},
            "new_chat_member": member | {"status": "kicked", "until_date": 0},
        }
    )
    await office.work()
    for stores in office.stores.values():
        assert f"telegram:{BOTH}" in stores.outbox.recipients_off()
