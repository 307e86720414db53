"""The bot through the real client against the Bot API stand-in, over a real store: who may ask, what is answered."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from alerts.bot import asking, desk, polling
from monitor import recipients, types
from storage import store
from tests import telegram_standin
from tests.alerts import fakes

OPERATOR, USER, STRANGER = 7, 8, 66
GROUP = -1005
GUEST = recipients.Recipient(address="telegram:", source=recipients.Source.INVITED)
CODES = {"it": "IT", "italy": "IT", "fr": "FR"}


class Office:
    """A bot with everything around it."""

    def __init__(self, api: telegram_standin.Standin, folder: Path) -> None:
        self.api, self.clock = api, fakes.Clock()
        self.stores = store.open_stores(f"sqlite:///{folder / 'watch.db'}")
        self.stores.recipients.sync_recipients(
            [
                recipients.Recipient(address=f"telegram:{OPERATOR}", role=recipients.Role.OPERATOR),
                recipients.Recipient(address=f"telegram:{USER}"),
            ],
            fakes.NOW,
        )
        step = types.LedgerStep(
            article_id="a1",
            positions=(fakes.position(),),
            changes=(types.DevelopmentChange(kind=types.AlertKind.NEW, development=fakes.development()),),
        )
        alert = fakes.alert(recipient=f"telegram:{USER}")
        self.stores.ledger.record_step(None, step, [alert], fakes.NOW)
        self.stores.outbox.mark_sent(alert.id, "1", fakes.NOW)
        self.tokens = iter(f"token-{number}" for number in range(100))
        self.bot = self.new_bot()

    def new_bot(self) -> polling.Bot:
        counter = desk.Desk(
            readers=self.stores.recipients, outbox=self.stores.outbox, ledger=self.stores.ledger,
            articles=self.stores.articles, names=fakes.NAMES, find_subject=lambda text: CODES.get(text.casefold()),
            health=lambda: ["3 of 4 feeds healthy; stale: Example"],
            faults=lambda: ["email does not work since today: 535 no"], new_token=lambda: next(self.tokens),
            clock=self.clock, guest=GUEST, operator=f"telegram:{OPERATOR}",
        )  # fmt: skip
        return polling.Bot(
            counter, self.stores.meta, token=telegram_standin.TOKEN, base_url=f"{self.api.url}/bot", poll_s=1,
            sleep=lambda seconds: asyncio.sleep(0),
        )  # fmt: skip

    async def work(self, until: Callable[[], bool] = lambda: False) -> None:
        """Run the bot until every update is confirmed and `until`, if given, holds."""
        stopping = asyncio.Event()
        task = asyncio.create_task(self.bot.run(stopping))
        async with asyncio.timeout(20):
            while self.api.updates and not until():
                await asyncio.sleep(0.01)
        stopping.set()
        await task
        self.bot = self.new_bot()

    async def ask(self, text: str, *, user: int = USER, chat: int | None = None, thread: int | None = None) -> str:
        """What is answered, pages joined."""
        place = str(user if chat is None else chat)
        before = len(self.api.of(place))
        self.api.say(text, user=user, chat=chat, thread=thread)
        await self.work()
        return "\n".join(sent.text for sent in self.api.of(place)[before:])

    def reader(self, address: str) -> recipients.Recipient:
        found = self.stores.recipients.recipient(address)
        assert found is not None
        return found

    def notices(self) -> list[str]:
        waiting = self.stores.outbox.claim_alerts(self.clock(), 0, 100)
        return [str(alert.payload.get("text")) for alert in waiting if alert.kind is types.AlertKind.NOTICE]


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    async with telegram_standin.serve() as api:
        made = Office(api, tmp_path)
        yield made
        made.stores.database.close()


# ---------------------------------------------------------------- strangers


async def test_a_stranger_gets_the_same_refusal_to_everything(office: Office) -> None:
    said = [f"/{name} IT" for name in asking.BY_NAME] + ["/nothing", "hello", "/start token-0"]
    for text in said:
        office.api.say(text, user=STRANGER)
    await office.work()
    assert [sent.text for sent in office.api.of(str(STRANGER))] == [asking.REFUSAL] * len(said)
    assert office.stores.recipients.recipient(f"telegram:{STRANGER}") is None
    assert all(str(STRANGER) not in scope for scope in office.api.commands)


async def test_the_menu_tells_strangers_nothing(office: Office) -> None:
    await office.ask("/help")
    menus = office.api.commands
    assert menus["default"] == ["start"]
    assert "board" in menus[f"chat:{USER}"] and "invite" not in menus[f"chat:{USER}"]
    assert "invite" in menus[f"chat:{OPERATOR}"]


async def test_a_stranger_s_group_hears_nothing_but_a_refusal_to_what_is_meant_for_the_bot(office: Office) -> None:
    for text in ("/board", "hello", "/board@other_bot"):
        assert await office.ask(text, user=STRANGER, chat=GROUP) == ""
    assert await office.ask("/board@watch_bot", user=STRANGER, chat=GROUP) == asking.REFUSAL
    assert await office.ask("/board@watch_bot", user=USER, chat=GROUP) == asking.REFUSAL, "the group is not allowed"


async def test_a_stranger_s_press_does_nothing(office: Office) -> None:
    shown = telegram_standin.Sent(
        chat=str(STRANGER), number=1, text="", raw="", parse_mode=None, buttons={"Wrong": "wrong:D-1"}
    )
    office.api.messages.append(shown)
    office.api.press(shown, "Wrong", user=STRANGER)
    await office.work()
    assert [text for _, text in office.api.answers] == [asking.REFUSAL]
    assert office.stores.recipients.list_feedback() == []


async def test_who_leaves_the_settings_is_a_stranger(office: Office) -> None:
    office.stores.recipients.sync_recipients([office.reader(f"telegram:{OPERATOR}")], fakes.NOW)
    assert await office.ask("/board") == asking.REFUSAL
    assert await office.ask("/start") == asking.REFUSAL


# ---------------------------------------------------------------- invitations


async def test_an_invitation_lets_one_in(office: Office) -> None:
    answer = await office.ask("/invite", user=OPERATOR)
    assert "https://t.me/watch_bot?start=token-0" in answer
    assert "startgroup=token-0" in answer
    assert (await office.ask("/start token-0", user=STRANGER)).startswith("You will be told when")
    assert office.reader(f"telegram:{STRANGER}").role is recipients.Role.USER
    assert "board" in office.api.commands[f"chat:{STRANGER}"]
    assert office.notices() == [f"telegram:{STRANGER} has come by the invitation of telegram:{OPERATOR}"]
    assert await office.ask("/start token-0", user=67) == asking.REFUSAL, "it is used up"
    with office.stores.database.read() as connection:
        rows = str(connection.exec_driver_sql("SELECT * FROM invitations").all())
    assert "token-0" not in rows and desk.hash_token("token-0") in rows


async def test_an_invitation_ends(office: Office) -> None:
    await office.ask("/invite", user=OPERATOR)
    office.clock.advance(desk.INVITATION_TIME.total_seconds())
    assert await office.ask("/start token-0", user=STRANGER) == asking.REFUSAL


async def test_only_the_operator_invites_and_only_in_private(office: Office) -> None:
    assert "don't know this command" in await office.ask("/invite")
    await office.ask("/start@watch_bot", user=OPERATOR, chat=GROUP)
    assert "in private" in await office.ask("/invite", user=OPERATOR, chat=GROUP)


# ---------------------------------------------------------------- places


async def test_the_operator_adds_a_group_and_its_topics(office: Office) -> None:
    assert "You will be told" in await office.ask("/start@watch_bot", user=OPERATOR, chat=GROUP, thread=5)
    assert office.reader(f"telegram:{GROUP}/5").off_reason is None
    assert office.api.of(str(GROUP))[-1].thread == "5"
    assert "Italy" in await office.ask("/board", user=STRANGER, chat=GROUP, thread=5), "members read what is told there"
    assert "Only a user" in await office.ask("/topics troops", user=STRANGER, chat=GROUP, thread=5)
    await office.ask("/topics troops", user=USER, chat=GROUP, thread=5)
    assert office.reader(f"telegram:{GROUP}/5").topics == (types.Topic.TROOPS,)


async def test_a_group_that_moves_or_throws_the_bot_out(office: Office) -> None:
    await office.ask("/start@watch_bot", user=OPERATOR, chat=-5)
    chat = {"id": -5, "type": "group", "title": "A group"}
    message = {"message_id": 1, "date": 1, "chat": chat, "migrate_to_chat_id": GROUP}
    office.api.update(message=message)
    await office.work()
    assert office.reader("telegram:-5").address == f"telegram:{GROUP}"
    member = {"user": {"id": 123456789, "is_bot": True, "first_name": "Watch"}}
    office.api.update(
        my_chat_member={
            "chat": chat | {"id": GROUP, "type": "supergroup"},
            "from": {"id": OPERATOR, "is_bot": False, "first_name": "O"},
            "date": 1,
            "old_chat_member": member | {"status": "member"},
            "new_chat_member": member | {"status": "left"},
        }
    )
    await office.work()
    assert office.reader(f"telegram:{GROUP}").off_reason
    assert any("gets nothing more" in text for text in office.notices())


async def test_stop_and_start(office: Office) -> None:
    assert "nothing more" in await office.ask("/stop")
    assert office.reader(f"telegram:{USER}").off_reason == recipients.STOPPED
    assert "You will be told" in await office.ask("/start")
    assert office.reader(f"telegram:{USER}").off_reason is None


# ---------------------------------------------------------------- answers


ANSWERS = {
    "/help": "/quiet 22:00-07:00",
    "/nothing": "don't know this command",
    "hello": "What can be asked",
    "/board": "Countries: Italy ruled out.",
    "/board text": "Italy — rules out sending forces",
    "/board@watch_bot troops": "Countries: Italy ruled out.",
    "/board text troops": "Italy — rules out",
    "/board membership": "holds nothing",
    "/board weather": "I know no board “weather”",
    "/country Italy": "Latest developments",
    "/country": "/country DE",
    "/country Atlantis": "I know no country “Atlantis”",
    "/sources d-1": "Example Times (press)",
    "/topics countries": "Which countries?",
    "/country FR": "holds nothing",
    "/backstop": "US backstop",
    "/latest 5": "D-1",
    "/latest many": "D-1",
    "/why D-1": "Italy will not send soldiers",
    "/why A-00000001": "Italy will not send soldiers",
    "/why D-9": "Nothing is known",
    "/why": "an id such as",
    "/sources D-1": "Example Times (press)",
    "/health": "3 of 4 feeds healthy",
    "/topics": "all topics",
    "/topics weather": "I don't know “weather”",
    "/quiet 22:00-07:00 Europe/Berlin": "22:00–07:00 Europe/Berlin",
    "/mute italy": "Italy until it changes",
    "/mute it 2h": "Italy until 12 Feb 2026, 16:05 UTC",
    "/digest 7:30": "daily at 07:30",
    "/digest 7:30 europe/berlin": "daily at 07:30 Europe/Berlin",
    "/mute it 3h": "Italy until 12 Feb 2026, 18:05 CET",
}


async def test_commands_are_answered(office: Office) -> None:
    for text in ANSWERS:
        office.api.say(text, user=USER)
    await office.work()
    answers = [sent.text for sent in office.api.of(str(USER))]
    assert len(answers) == len(ANSWERS)
    for (text, expected), answer in zip(ANSWERS.items(), answers, strict=True):
        assert expected in answer, text


async def test_the_operator_sees_what_others_do_not(office: Office) -> None:
    office.stores.outbox.switch_off("telegram:99", "bot blocked", fakes.NOW)
    answer = await office.ask("/health", user=OPERATOR)
    assert "telegram:99: bot blocked" in answer and "email does not work" in answer
    answer = await office.ask("/health")
    assert "telegram:99" not in answer and "email" not in answer
    assert "/feedback" in await office.ask("/help", user=OPERATOR)
    assert "/feedback" not in await office.ask("/help")


async def test_a_long_board_comes_in_pages(office: Office) -> None:
    many = tuple(fakes.position(subject=f"X{number:03}") for number in range(150))
    office.stores.ledger.record_step(None, types.LedgerStep(article_id="a2", positions=many), [], fakes.NOW)
    answer = await office.ask("/board text")
    pages = office.api.of(str(USER))
    assert len(pages) > 1 and all(f"X{number:03}" in answer for number in range(150))


async def test_buttons(office: Office) -> None:
    shown = telegram_standin.Sent(
        chat=str(USER), number=1, text="", raw="", parse_mode=None,
        buttons={name: f"{name.lower()}:D-1" for name in ("Why", "Sources", "Mute", "Wrong")},
    )  # fmt: skip
    office.api.messages.append(shown)
    for label in shown.buttons:
        office.api.press(shown, label, user=USER)
    office.api.press(shown, "Wrong", user=USER)
    shown.buttons["Old"] = "why:D-99"
    office.api.press(shown, "Old", user=USER)
    await office.work()
    why, sources = office.api.of(str(USER))[1:]
    assert "Before: no position held" in why.text and "1 report, 1 origin" in sources.text
    assert office.reader(f"telegram:{USER}").mutes == (recipients.Mute(subject="IT", topic=types.Topic.TROOPS),)
    toasts = [text for _, text in office.api.answers]
    assert "muted until" in toasts[2] and "operator will see" in toasts[3] and "any more" in toasts[5]
    assert [one.development_id for one in office.stores.recipients.list_feedback()] == ["D-1"]
    assert office.notices() == [
        "telegram:8 calls D-1 wrong: Italy — troops: no position held → rules out sending forces"
    ]
    assert "telegram:8" in await office.ask("/feedback", user=OPERATOR)


# ---------------------------------------------------------------- updates


async def test_what_arrived_while_it_was_down_is_handled_once_in_order(office: Office) -> None:
    for text in ("/mute it", "/mute off", "/mute fr"):
        office.api.say(text, user=USER)
    await office.work()
    assert office.reader(f"telegram:{USER}").mutes == (recipients.Mute(subject="FR"),)
    assert len(office.api.of(str(USER))) == 3
    await office.work()
    assert len(office.api.of(str(USER))) == 3


async def test_an_update_that_was_handled_before_a_kill_is_not_handled_again(office: Office) -> None:
    office.api.say("/mute it", user=USER)
    handled = office.api.updates[0]["update_id"]
    office.stores.meta.set(polling.LAST_UPDATE, f"{handled} {office.clock().isoformat()}")
    office.api.say("/mute fr", user=USER)
    await office.work()
    assert office.reader(f"telegram:{USER}").mutes == (recipients.Mute(subject="FR"),)


async def test_numbers_that_begin_anew_after_a_week_hide_nothing(office: Office) -> None:
    long_ago = office.clock() - polling.FORGET - timedelta(hours=1)
    office.stores.meta.set(polling.LAST_UPDATE, f"999999999 {long_ago.isoformat()}")
    assert "Italy" in await office.ask("/board")


async def test_trouble_on_the_line_loses_no_answer(office: Office) -> None:
    office.api.plans[str(USER)] = [
        telegram_standin.Refused(429, "Too Many Requests", retry_after=1),
        telegram_standin.Refused(502, "Bad Gateway"),
    ]
    assert "Italy" in await office.ask("/board")


async def test_a_chat_that_refuses_holds_up_no_other(office: Office) -> None:
    office.api.blocked.add(str(USER))
    office.api.say("/board", user=USER)
    office.api.say("/board", user=OPERATOR)
    await office.work()
    assert "Italy" in office.api.of(str(OPERATOR))[-1].text


async def test_no_log_holds_the_token(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    office.api.plans[str(USER)] = [telegram_standin.Refused(400, f"Bad Request: {telegram_standin.TOKEN}")] * 3
    office.api.say("/board", user=USER)
    await office.work()
    assert "no_picture" in caplog.text and "bot_crashed" in caplog.text
    assert telegram_standin.TOKEN not in caplog.text


def test_rights_are_those_of_the_place() -> None:
    user, group = recipients.Recipient(address="telegram:8"), recipients.Recipient(address="telegram:-1005/5")
    boss = replace(user, address="telegram:7", role=recipients.Role.OPERATOR)
    known = [user, group, boss]
    cases = {
        (8, 8, None): (True, True, False), (66, 66, None): (False, False, False), (66, -1005, 5): (True, False, False),
        (8, -1005, 5): (True, True, False), (66, -1005, 6): (True, False, False),
        (8, -1006, None): (False, False, False),
        (7, -1006, None): (True, False, True), (None, -1005, 5): (True, False, False),
    }  # fmt: skip
    for (who, chat, thread), expected in cases.items():
        found = asking.rights(asking.Asker(user=who, chat=chat, thread=thread), known)
        assert (found.may_read, found.may_change, found.is_operator) == expected, (who, chat, thread)
