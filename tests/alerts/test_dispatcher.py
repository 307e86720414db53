"""The dispatcher over an outbox in memory: order, pace, retries, dead ends; and through a real chat."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts import delivery, dispatcher, faults, markup, policy, render
from alerts.channels import telegram
from monitor import errors, recipients, types
from tests import telegram_standin
from tests.alerts import fakes


class House:
    """A dispatcher with everything around it."""

    def __init__(self, **channels: Any) -> None:
        self.clock, self.outbox, self.channel = fakes.Clock(), fakes.FakeOutbox(), fakes.FakeChannel()
        self.recipients: dict[str, recipients.Recipient] = {}
        self.developments = {"D-1": fakes.development(), "D-2": fakes.development(id="D-2", subject="FR")}
        everywhere = {"console": self.channel, "telegram": self.channel, "email": self.channel}
        self.dispatcher = dispatcher.Dispatcher(
            outbox=self.outbox,
            channels=everywhere | channels,
            load_development=self.developments.get,
            names=fakes.NAMES,
            clock=self.clock,
            render_digest_for=self.render_digest,
            known_faults=faults.Faults(fakes.FakeMeta(), self.clock),
            recipient_of=self.recipients.get,
            sleep=self.clock.sleep,
        )

    def render_digest(self, alert: types.Alert) -> render.Message:
        return render.to_message("Digest", [markup.line(f"from {alert.payload['since']}")])

    def add(self, *ids: str, **fields: Any) -> None:
        self.outbox.add_alerts(
            [
                fakes.alert(**({"id": each, "created_at": fakes.NOW + timedelta(seconds=number)} | fields))
                for number, each in enumerate(ids)
            ]
        )

    async def run(self) -> dispatcher.DispatchCount:
        return await self.dispatcher.dispatch_once()

    def row(self, alert_id: str) -> types.Alert:
        return self.outbox.rows[alert_id]

    def notices(self) -> list[str]:
        return [str(r.payload["text"]) for r in self.outbox.rows.values() if r.kind is types.AlertKind.NOTICE]


@pytest.fixture
def house() -> House:
    return House()


async def test_an_alert_is_sent_once_and_recorded(house: House) -> None:
    house.add("A-1")
    assert await house.run() == dispatcher.DispatchCount(sent=1)
    assert await house.run() == dispatcher.DispatchCount()
    assert house.row("A-1").state is types.DeliveryState.SENT
    assert house.row("A-1").message_ref == "1"
    assert "A-1" in house.channel.sent[0][1].plain


async def test_an_alert_shows_the_times_of_its_reader_s_zone(house: House) -> None:
    house.recipients["telegram:7"] = recipients.Recipient(address="telegram:7", zone="Europe/Berlin")
    house.add("A-1")
    house.add("A-2", recipient="telegram:8")
    await house.run()
    told = {alert.recipient: message.plain for alert, message in house.channel.sent}
    assert "12 Feb 2026, 14:45 CET" in told["telegram:7"] and "raised 12 Feb 2026, 15:05 CET" in told["telegram:7"]
    assert "12 Feb 2026, 13:45 UTC" in told["telegram:8"]


async def test_a_chat_is_told_in_order_and_at_its_pace(house: House) -> None:
    house.add("A-1", development_id="D-1")
    house.add("A-2", development_id="D-2", created_at=fakes.NOW + timedelta(seconds=1))
    house.add("A-3", recipient="console")
    assert (await house.run()).sent == 3
    assert [a.id for a, _ in house.channel.sent if a.recipient == "telegram:7"] == ["A-1", "A-2"]
    assert house.clock.slept == [1.0], "one pause between two messages to one chat, none for the console"


async def test_an_update_carries_the_message_that_told_it(house: House) -> None:
    house.add("A-1")
    await house.run()
    house.add("A-2", kind=types.AlertKind.UPDATE)
    await house.run()
    assert house.channel.sent[1][0].message_ref == "1"


async def test_what_one_message_told_is_not_told_again(house: House) -> None:
    house.add("A-1", "A-2")
    house.outbox._set("A-2", kind=types.AlertKind.UPDATE)
    assert (await house.run()).sent == 2
    assert [a.id for a, _ in house.channel.sent] == ["A-1"], "it was rendered with the update in it"
    assert house.row("A-2").message_ref == "1"


async def test_news_that_an_update_has_told_is_not_told_after_it(house: House) -> None:
    house.add("A-1", not_before=fakes.NOW + timedelta(seconds=60))
    house.add("A-2", kind=types.AlertKind.UPDATE, created_at=fakes.NOW + timedelta(seconds=1))
    await house.run()
    house.clock.advance(120)
    await house.run()
    assert [a.id for a, _ in house.channel.sent] == ["A-2"]
    assert house.row("A-1").state is types.DeliveryState.SENT


async def test_a_failure_that_may_pass_holds_back_the_rest_of_the_chat_only(house: House) -> None:
    house.channel.failures["telegram:7"] = [fakes.failure(retry_after_s=40)]
    house.add("A-1", development_id="D-1")
    house.add("A-2", development_id="D-2", created_at=fakes.NOW + timedelta(seconds=1))
    house.add("A-3", recipient="telegram:8")
    assert await house.run() == dispatcher.DispatchCount(sent=1, retried=2)
    assert {house.row(each).not_before for each in ("A-1", "A-2")} == {fakes.NOW + timedelta(seconds=40)}
    house.clock.advance(39)
    assert (await house.run()).sent == 0
    house.clock.advance(1)
    assert (await house.run()).sent == 2
    assert [a.id for a, _ in house.channel.sent] == ["A-3", "A-1", "A-2"]


async def test_pauses_double_and_the_outcome_is_remembered(house: House) -> None:
    house.channel.failures["telegram:7"] = [fakes.failure("lost", unknown_outcome=True) for _ in range(4)]
    house.add("A-1")
    pauses = []
    for _ in range(4):
        before = house.clock()
        assert (await house.run()).retried == 1
        row = house.row("A-1")
        assert row.not_before is not None and row.last_error == "outcome unknown: lost"
        pauses.append((row.not_before - before).total_seconds())
        house.clock.now = row.not_before
    assert pauses == [2, 4, 8, 16]
    assert (await house.run()).sent == 1


async def test_a_gone_chat_is_switched_off_and_the_operator_told(house: House) -> None:
    house.channel.failures["telegram:7"] = [fakes.failure("bot was blocked", permanent=True)]
    house.add("A-1", "A-2")
    await house.run()
    assert house.outbox.off == {"telegram:7": "bot was blocked"}
    for name in ("A-1", "A-2"):
        assert house.row(name).state is types.DeliveryState.WAITING, "kept for when the recipient is switched on again"
    assert house.notices() == ["telegram:7 gets nothing more: bot was blocked"]
    house.clock.advance(3600)
    assert (await house.run()).sent == 1, "the notice"
    assert [a.recipient for a, _ in house.channel.sent] == ["console"]


async def test_a_refused_message_is_given_up_and_the_chat_goes_on(house: House) -> None:
    house.channel.failures["telegram:7"] = [fakes.failure("spam", permanent=True, message_only=True)]
    house.add("A-1", development_id="D-1")
    house.add("A-2", development_id="D-2", created_at=fakes.NOW + timedelta(seconds=1))
    assert await house.run() == dispatcher.DispatchCount(sent=1, dead=1)
    assert house.outbox.off == {}
    assert len(house.notices()) == 1


async def test_a_group_that_moved_is_followed(house: House) -> None:
    house.channel.failures["telegram:7"] = [fakes.failure(moved_to="telegram:-1007")]
    house.add("A-1")
    await house.run()
    house.clock.advance(delivery.FIRST_RETRY_S)
    await house.run()
    assert [a.recipient for a, _ in house.channel.sent if a.id == "A-1"] == ["telegram:-1007"]


@pytest.mark.parametrize("evidence", ["", " \u200b "])
async def test_nothing_is_told_without_evidence(house: House, evidence: str) -> None:
    house.developments["D-1"] = fakes.development(reports=(fakes.report(evidence=evidence),))
    house.add("A-1")
    assert await house.run() == dispatcher.DispatchCount(dead=1)
    assert house.row("A-1").last_error == "no evidence to quote"
    assert house.channel.sent == []


@pytest.mark.parametrize("fields", [{"development_id": "D-9"}, {"recipient": "pigeon:7"}])
async def test_what_cannot_be_sent_is_given_up_with_a_reason(house: House, fields: dict[str, str]) -> None:
    house.add("A-1", **fields)
    assert await house.run() == dispatcher.DispatchCount(dead=1)
    assert house.row("A-1").last_error
    assert "A-1" in house.notices()[0]


async def test_it_is_given_up_after_many_tries(house: House) -> None:
    house.channel.failures["telegram:7"] = [fakes.failure()]
    house.add("A-1", attempts=delivery.MAX_ATTEMPTS)
    assert await house.run() == dispatcher.DispatchCount(dead=1)


async def test_a_channel_that_crashes_is_tried_again(house: House) -> None:
    house.channel.failures["telegram:7"] = [RuntimeError(f"at https://x/bot{telegram_standin.TOKEN}/y")]
    house.add("A-1")
    assert (await house.run()).retried == 1
    assert telegram_standin.TOKEN not in str(house.row("A-1").last_error)


async def test_a_digest_that_cannot_be_made_now_waits_and_a_broken_one_is_given_up() -> None:
    house = House()
    problems: list[Exception] = [errors.StoreError("locked"), KeyError("x")]

    def fail(alert: types.Alert) -> render.Message:
        raise problems.pop(0)

    house.dispatcher._delivery._writer._render_digest_for = fail
    house.outbox.add_alerts([policy.digest_alert("email:x@example.net", fakes.NOW, fakes.NOW, fakes.NOW.date())])
    assert (await house.run()).retried == 1
    house.clock.advance(10)
    assert (await house.run()).dead == 1


async def test_digest_summary_and_notice_are_rendered(house: House) -> None:
    house.outbox.add_alerts(
        [
            policy.digest_alert("email:x@example.net", fakes.NOW, fakes.NOW, fakes.NOW.date()),
            policy.summary_alert("console", [fakes.development()], {"feeds": 3, "healthy": 2}, fakes.NOW),
            policy.notice_alert("telegram:7", "the disk is full", fakes.NOW),
        ]
    )
    assert (await house.run()).sent == 3
    texts = {str(alert.kind): message.plain for alert, message in house.channel.sent}
    assert texts["digest"].startswith("from 2026-02-12")
    assert "Italy — troops: no position held → rules out sending forces" in texts["summary"]
    assert "1 major and 0 minor" in texts["summary"] and "2 of 3 feeds healthy" in texts["summary"]
    assert "the disk is full" in texts["notice"]


async def test_a_notice_to_a_dead_operator_runs_in_no_circle(house: House) -> None:
    house.channel.failures["console"] = [fakes.failure("closed", permanent=True)]
    house.add("A-1", kind=types.AlertKind.NOTICE, recipient="console", development_id=None)
    assert (await house.run()).retried == 1
    assert await house.run() == dispatcher.DispatchCount(), "it is switched off"
    assert len(house.outbox.rows) == 1


async def test_a_lost_lease_is_taken_up_again(house: House) -> None:
    house.add("A-1")
    house.outbox.claim_alerts(house.clock(), 300, 10)  # a dispatcher that died
    assert (await house.run()).sent == 0
    house.clock.advance(300)
    assert (await house.run()).sent == 1


async def test_an_outbox_that_fails_under_one_chat_lets_the_others_end(house: House) -> None:
    def refuse(alert_id: str, message_ref: str | None, now: datetime) -> None:
        if alert_id == "A-1":
            raise errors.StoreError("locked")
        fakes.FakeOutbox.mark_sent(house.outbox, alert_id, message_ref, now)

    house.outbox.mark_sent = refuse  # type: ignore[method-assign]
    house.add("A-1")
    house.add("A-2", recipient="telegram:8")
    with pytest.raises(errors.StoreError):
        await house.run()
    assert house.row("A-1").state is types.DeliveryState.SENDING, "told again when its lease ends, under the same id"
    assert house.row("A-2").state is types.DeliveryState.SENT


async def test_one_slow_chat_holds_up_no_other() -> None:
    stuck, others_done = asyncio.Event(), asyncio.Event()

    class Slow(fakes.FakeChannel):
        async def send(self, alert: types.Alert, message: object) -> str | None:
            if alert.recipient == "telegram:7":
                stuck.set()
                await others_done.wait()
            else:
                await stuck.wait()
                others_done.set()
            return await super().send(alert, message)

    house = House(telegram=Slow())
    house.add("A-1")
    house.add("A-2", recipient="telegram:8")
    async with asyncio.timeout(5):
        assert (await house.run()).sent == 2


async def test_a_channel_that_never_answers_is_left() -> None:
    class Silent(fakes.FakeChannel):
        async def send(self, alert: types.Alert, message: object) -> str | None:
            await asyncio.Event().wait()
            return None

    house = House(telegram=Silent())
    house.dispatcher._delivery._options = dispatcher.DispatchOptions(send_timeout_s=0.01)
    house.add("A-1")
    assert (await house.run()).retried == 1
    assert house.row("A-1").last_error == "outcome unknown: no answer in time"


async def test_the_whole_way_through_a_real_chat() -> None:
    async with telegram_standin.serve() as api:
        channel = telegram.TelegramChannel(token=telegram_standin.TOKEN, base_url=api.url, timeout_s=2.0)
        house = House(telegram=channel)
        api.plans["7"] = [telegram_standin.Refused(429, "Too Many Requests", retry_after=3)]
        house.add("A-1")
        await house.run()
        house.clock.advance(3)
        await house.run()
        house.developments["D-1"] = fakes.development(grade=types.Grade.OFFICIAL)
        house.add("A-2", kind=types.AlertKind.UPDATE)
        await house.run()
        assert "How sure: official" in api.of("7")[0].text
        house.developments["D-1"] = fakes.development(taken_back=True, note="corrected by Example Times")
        house.add("A-3", kind=types.AlertKind.TAKEN_BACK)
        await house.run()
        first, second = api.of("7")
        await house.dispatcher.close()
    assert first.edits == 2 and second.answers == first.number
    assert list(first.buttons) == ["Why", "Sources", "Mute", "Wrong"]
    for text in (first.text, second.text):
        assert text.startswith("TAKEN BACK: corrected by Example Times")


def crowd(house: House, count: int, **fields: Any) -> list[str]:
    """So many pieces of news to one chat."""
    names = [f"A-{number:03}" for number in range(count)]
    for number, name in enumerate(names):
        house.developments[f"D-{name}"] = fakes.development(id=f"D-{name}", subject=f"X{number:03}")
        house.add(name, **({"development_id": f"D-{name}"} | fields))
    return names


async def test_a_burst_is_one_message_and_its_lines_are_followed_up_on_their_own() -> None:
    async with telegram_standin.serve() as api:
        channel = telegram.TelegramChannel(token=telegram_standin.TOKEN, base_url=api.url, timeout_s=2.0)
        house = House(telegram=channel)
        house.recipients["telegram:7"] = recipients.Recipient(address="telegram:7")
        names = crowd(house, 30)
        assert (await house.run()).sent == 30
        first, second = api.of("7")
        assert all(f"{name} D-{name}" in first.text + second.text for name in names), "no line is left out"
        assert not first.buttons
        house.add("A-silent", kind=types.AlertKind.UPDATE, development_id="D-A-003", payload={"silent": True})
        assert (await house.run()).sent == 1
        assert len(api.of("7")) == 2 and first.edits == 0, "a group is not edited for one of its lines"
        house.developments["D-A-003"] = fakes.development(id="D-A-003", grade=types.Grade.OFFICIAL)
        for number in (1, 2):
            house.add(f"A-up{number}", kind=types.AlertKind.UPDATE, development_id="D-A-003", payload={"rose": True})
            await house.run()
        third = api.of("7")[2]
        await house.dispatcher.close()
    assert third.answers == first.number and third.edits == 1 and "Italy" in third.text
    assert len(api.of("7")) == 4 and api.of("7")[3].answers == third.number, "later words follow its own message"


async def test_quiet_hours_hold_and_do_not_drop(house: House) -> None:
    quiet = recipients.Quiet(start="14:00", end="16:00", zone="UTC")
    house.recipients["telegram:7"] = recipients.Recipient(address="telegram:7", quiet=quiet)
    house.add("A-1")
    house.add("A-2", recipient="telegram:8")
    assert (await house.run()).sent == 1
    assert house.row("A-1").last_error == "quiet hours" and house.row("A-1").attempts == 0
    house.clock.now = fakes.NOW.replace(hour=16, minute=0)
    assert (await house.run()).sent == 1


async def test_the_cap_holds_the_rest_and_one_message_brings_it(house: House) -> None:
    house.recipients["telegram:7"] = recipients.Recipient(address="telegram:7", cap_per_hour=2)
    house.add("A-1", development_id="D-1")
    house.add("A-2", development_id="D-2")
    await house.run()
    names = crowd(house, 10)
    assert (await house.run()).sent == 0
    house.clock.advance(3601)
    assert (await house.run()).sent == 10
    message = house.channel.sent[-1][1]
    assert len(house.channel.sent) == 3 and all(name in message.plain for name in names)


async def test_a_line_that_cannot_be_told_is_given_up_alone(house: House) -> None:
    house.recipients["telegram:7"] = recipients.Recipient(address="telegram:7")
    crowd(house, 5)
    house.developments["D-A-002"] = fakes.development(id="D-A-002", reports=(fakes.report(evidence=""),))
    del house.developments["D-A-003"]
    assert await house.run() == dispatcher.DispatchCount(sent=3, dead=2)
    assert house.row("A-002").last_error == "no evidence to quote"


async def test_later_words_to_who_was_never_told_are_left_out(house: House) -> None:
    house.add("A-1", kind=types.AlertKind.TAKEN_BACK, payload={"if_told": True})
    assert (await house.run()).sent == 1
    assert house.channel.sent == [] and house.row("A-1").message_ref is None


class Stuck(fakes.FakeChannel):
    """Chat 7 gets no answer until it is released."""

    def __init__(self) -> None:
        super().__init__()
        self.released = asyncio.Event()

    async def send(self, alert: types.Alert, message: object) -> str | None:
        if alert.recipient == "telegram:7":
            await self.released.wait()
        return await super().send(alert, message)


async def test_a_slow_chat_keeps_its_lane_while_new_alerts_to_others_go_out() -> None:
    channel = Stuck()
    house = House(telegram=channel)
    house.add("A-1")
    assert (await house.dispatcher.dispatch_turn(0.01)).sent == 0
    house.add("A-2", recipient="telegram:8")
    house.add("A-3", created_at=fakes.NOW + timedelta(seconds=1), development_id="D-2")
    async with asyncio.timeout(5):
        assert (await house.dispatcher.dispatch_turn(3)).sent == 1
    assert [a.id for a, _ in channel.sent] == ["A-2"]
    assert house.row("A-3").state is types.DeliveryState.WAITING, "its chat is busy"
    channel.released.set()
    await house.run()
    assert (await house.run()).sent == 1
    assert [a.id for a, _ in channel.sent] == ["A-2", "A-1", "A-3"]


async def test_a_pause_that_several_chats_are_asked_for_is_the_whole_bot_s(house: House) -> None:
    for chat in ("7", "8", "9"):
        house.channel.failures[f"telegram:{chat}"] = [fakes.failure(retry_after_s=40)]
        house.add(f"A-{chat}", recipient=f"telegram:{chat}")
    await house.run()
    house.add("A-10", recipient="telegram:10")
    house.add("A-11", recipient="email:x@example.net")
    assert (await house.run()).sent == 1, "e-mail goes on"
    not_before = house.row("A-10").not_before
    assert not_before is not None and not_before >= fakes.NOW + timedelta(seconds=40)
    house.clock.advance(41)
    assert (await house.run()).sent == 4


async def test_one_chat_s_pause_is_its_own(house: House) -> None:
    house.channel.failures["telegram:-7/1"] = [fakes.failure(retry_after_s=40)]
    house.add("A-1", recipient="telegram:-7/1")
    await house.run()
    house.add("A-2", recipient="telegram:-7/2", development_id="D-2")
    house.add("A-3", recipient="telegram:8")
    assert (await house.run()).sent == 1
    assert house.row("A-2").not_before is not None, "another topic of the same group waits too"


async def test_groups_get_twenty_messages_a_minute_at_most(house: House) -> None:
    crowd(house, 3, recipient="telegram:-7")
    await house.run()
    assert sum(house.clock.slept) == pytest.approx(6.0, abs=0.2)


async def test_a_lane_gives_the_rest_back_before_its_lease_ends(house: House) -> None:
    class Slow(fakes.FakeChannel):
        async def send(self, alert: types.Alert, message: object) -> str | None:
            house.clock.advance(40)
            return await super().send(alert, message)

    house.dispatcher._delivery._channels = {"telegram": Slow()}
    crowd(house, 3)
    assert await house.run() == dispatcher.DispatchCount(sent=2, retried=1)
    assert (await house.run()).sent == 1


async def test_closing_leaves_what_is_under_way_to_its_lease(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dispatcher, "CLOSE_S", 0.1)
    house = House(telegram=Stuck())
    house.add("A-1")
    await house.dispatcher.dispatch_turn(0.01)
    dispatcher_close = house.dispatcher.close()
    async with asyncio.timeout(10):
        await dispatcher_close
    assert house.row("A-1").state is types.DeliveryState.SENDING


@given(st.integers(0, 500), st.none() | st.floats(0, 100_000))
def test_retry_pauses_have_a_cap_and_obey(attempts: int, asked: float | None) -> None:
    pause = delivery.retry_delay_s(attempts, asked)
    assert pause >= (asked or 0)
    assert delivery.FIRST_RETRY_S <= pause <= max(delivery.LONGEST_RETRY_S, asked or 0)
    assert delivery.retry_delay_s(attempts + 1, asked) >= pause
