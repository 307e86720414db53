"""Mail that only the operator can set right: told once, kept for as long as it takes, sent as it was written."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiosmtplib
import pytest

from alerts import dispatcher, faults, markup, policy, render
from alerts.channels import email
from monitor import errors, ports, types
from storage import store
from tests import smtp_standin
from tests.alerts import fakes

READERS = ("a@example.net", "b@example.net")


def mailer(standin: smtp_standin.Standin, **fields: Any) -> email.EmailChannel:
    values = {"host": "127.0.0.1", "port": standin.port, "security": "none", "sender": "watch@example.org"}
    return email.EmailChannel(email.EmailOptions(**(values | {"timeout_s": 3.0} | fields)))


@dataclass(kw_only=True)
class Post:
    """A dispatcher over a real outbox, with a mail channel that can be set right."""

    stores: store.Stores
    clock: fakes.Clock = field(default_factory=fakes.Clock)
    desk: fakes.FakeChannel = field(default_factory=fakes.FakeChannel)
    channels: dict[str, ports.Channel] = field(default_factory=dict)
    operator: str = "telegram:7"
    content: str = "as it was written"

    def start(self, mail: ports.Channel) -> dispatcher.Dispatcher:
        self.channels |= {"telegram": self.desk, "console": self.desk, "email": mail}
        return dispatcher.Dispatcher(
            self.stores.outbox,
            self.channels,
            lambda name: None,
            fakes.NAMES,
            self.clock,
            lambda alert: render.to_message("Digest", [markup.line(str(self.stores.digests.content(alert.id)))]),
            known_faults=faults.Faults(self.stores.meta, self.clock),
            sleep=self.clock.sleep,
            options=dispatcher.DispatchOptions(operator=self.operator, stand_ins=("console",)),
        )

    def write(self, *readers: str) -> None:
        for reader in readers:
            now = self.clock()
            alert = policy.digest_alert(f"email:{reader}", now - timedelta(days=1), now, now.date())
            assert self.stores.digests.add_digest(alert, now.date(), self.content)

    async def run(self, sender: dispatcher.Dispatcher, hours: float) -> None:
        """Rounds until the time has passed, one a minute."""
        end = self.clock() + timedelta(hours=hours)
        while self.clock() < end:
            await sender.dispatch_once()
            self.clock.advance(60)

    @property
    def told(self) -> list[tuple[str, str]]:
        return [(alert.recipient, str(alert.payload["text"])) for alert, _ in self.desk.sent]

    @property
    def lasting(self) -> list[str]:
        return [fault.place for fault in faults.load_faults(self.stores.meta)]


@pytest.fixture
def post(tmp_path: Path) -> Iterator[Post]:
    made = Post(stores=store.open_stores(f"sqlite:///{tmp_path}/watch.db"))
    yield made
    made.stores.database.close()


Fault = Callable[[ExitStack], tuple[ports.Channel, ports.Channel, str]]  # broken, mended, what the operator reads


def wrong_password(stack: ExitStack) -> tuple[ports.Channel, ports.Channel, str]:
    server = stack.enter_context(smtp_standin.serve(security="starttls", auth=True))
    way: dict[str, Any] = {"security": "starttls", "tls_context": server.client_tls, "user": smtp_standin.USER}
    wrong, right = mailer(server, **way, password="wrong word"), mailer(server, **way, password=smtp_standin.PASSWORD)
    return wrong, right, "535 5.7.8 Authentication credentials invalid (settings: email_user, email_password"


def no_such_host(stack: ExitStack) -> tuple[ports.Channel, ports.Channel, str]:
    server = stack.enter_context(smtp_standin.serve())
    return mailer(server, host="nowhere.invalid"), mailer(server), "nowhere.invalid"


def nobody_listens(stack: ExitStack) -> tuple[ports.Channel, ports.Channel, str]:
    server = stack.enter_context(smtp_standin.serve())
    return mailer(server, port=1), mailer(server), "(settings: email_host, email_port)"


def unknown_authority(stack: ExitStack) -> tuple[ports.Channel, ports.Channel, str]:
    server = stack.enter_context(smtp_standin.serve(security="tls"))
    right = mailer(server, security="tls", tls_context=server.client_tls)
    return mailer(server, security="tls"), right, "certificate or TLS is not accepted"


def no_encryption_there(stack: ExitStack) -> tuple[ports.Channel, ports.Channel, str]:
    server = stack.enter_context(smtp_standin.serve())
    return mailer(server, security="starttls"), mailer(server), "STARTTLS"


def sender_denied(stack: ExitStack) -> tuple[ports.Channel, ports.Channel, str]:
    server = stack.enter_context(smtp_standin.serve())
    server.at_mail["watch@example.org"] = "550 5.7.1 sender not allowed to relay"
    right = mailer(server, sender="known@example.org")
    return mailer(server), right, "550 5.7.1 sender not allowed to relay (settings: email_from)"


def relay_denied(stack: ExitStack) -> tuple[ports.Channel, ports.Channel, str]:
    server, other = stack.enter_context(smtp_standin.serve()), stack.enter_context(smtp_standin.serve())
    server.at_rcpt = {reader: f"554 5.7.1 <{reader}>: Relay access denied" for reader in READERS}
    return mailer(server), mailer(other), "Relay access denied"


FAULTS = [
    wrong_password, no_such_host, nobody_listens, unknown_authority, no_encryption_there, sender_denied, relay_denied,
]  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
async def test_the_operator_is_told_once_and_the_mails_go_out_once_it_is_mended(post: Post, fault: Fault) -> None:
    with ExitStack() as stack:
        broken, mended, words = fault(stack)
        post.write(*READERS)
        sender = post.start(broken)
        await sender.dispatch_once()
        await sender.dispatch_once()
        assert len(post.told) == 1, "at once"
        await post.run(sender, hours=1.5)
        (notice,) = post.told
        assert notice[0] == "telegram:7" and "does not work" in notice[1] and words in notice[1]
        assert "wrong word" not in notice[1]
        waiting = post.stores.outbox.list_alerts([types.DeliveryState.WAITING])
        assert len(waiting) == 2 and {row.attempts for row in waiting} == {0}, "nothing that counts towards giving up"
        lasting = post.lasting
        assert lasting
        post.channels["email"] = mended
        await post.run(sender, hours=0.3)
    # Two that are mended at once are told in whichever order their mails went out.
    assert sorted(text for _, text in post.told[1:]) == sorted(
        f"{place} works again; what has waited goes out now" for place in lasting
    )
    assert post.stores.outbox.count_alerts() == {"sent": 2 + len(post.told)}
    assert post.lasting == []


async def test_what_has_waited_for_weeks_says_what_it_said_when_it_was_written(post: Post) -> None:
    with smtp_standin.serve() as server:
        sender = post.start(mailer(server, port=1))
        for day in range(3):
            post.content = f"content of day {day}"
            post.write(READERS[0])
            await post.run(sender, hours=0.1)
            post.clock.advance(24 * 3600)
        for _ in range(40):  # longer than anything else is kept
            await sender.dispatch_once()
            post.clock.advance(24 * 3600)
        post.channels["email"] = mailer(server)
        await post.run(sender, hours=0.3)
        bodies = [str(mail.get_body(("plain",)).get_content()).strip() for mail in server.mails]  # type: ignore[union-attr]
    assert bodies == ["content of day 0", "content of day 1", "content of day 2"]
    assert [text.partition(" ")[0] for _, text in post.told] == ["email", "email"]
    assert "does not work" in post.told[0][1] and "works again" in post.told[1][1]


class Counting:
    """A mail channel that counts its tries."""

    def __init__(self, clock: fakes.Clock) -> None:
        self.clock = clock
        self.tries: list[float] = []
        self.fault: errors.Fault | None = errors.Fault.CHANNEL

    async def send(self, alert: types.Alert, message: object) -> str | None:
        self.tries.append((self.clock() - fakes.NOW).total_seconds())
        if self.fault is not None:
            raise errors.SendError(alert.recipient, "535 no", fault=self.fault)
        return alert.id


async def test_one_try_speaks_for_all_and_pauses_grow_up_to_a_cap(post: Post) -> None:
    mail = Counting(post.clock)
    post.write(*(f"r{number}@example.net" for number in range(12)))
    sender = post.start(mail)
    for _ in range(2 * 3600 // 30):
        await sender.dispatch_once()
        post.clock.advance(30)
    first, later = mail.tries[0], [at for at in mail.tries if at > 0]
    assert first == 0 and len(mail.tries) <= 12 + len(later), "lanes that were under way when the first one failed"
    pauses = [b - a for a, b in zip([0.0, *later], later, strict=False)]
    assert pauses[:5] == [30, 60, 120, 240, 480] and set(pauses[5:]) == {900}
    mail.fault = None
    post.clock.advance(900)
    await sender.dispatch_once()
    assert post.stores.outbox.count_alerts()["sent"] >= 12


async def test_a_restart_tries_at_once_and_tells_nothing_again(post: Post) -> None:
    mail = Counting(post.clock)
    post.write(*READERS)
    await post.run(post.start(mail), hours=1)
    tries = len(mail.tries)
    again = post.start(mail)
    await again.dispatch_once()
    assert len(mail.tries) == tries + 1
    assert len(post.told) == 1
    mail.fault = None
    await post.start(mail).dispatch_once()
    assert post.lasting == [] and post.stores.outbox.count_alerts()["sent"] >= 3


async def test_who_has_no_channel_any_more_is_no_fault(post: Post) -> None:
    post.write(READERS[0])
    await post.run(post.start(Counting(post.clock)), hours=0.1)
    assert post.lasting == ["email"]
    faults.Faults(post.stores.meta, post.clock).begin(["console"])
    assert post.lasting == []


async def test_one_whom_the_relay_refuses_keeps_nobody_else_waiting(post: Post) -> None:
    with smtp_standin.serve() as server:
        server.at_rcpt = {READERS[0]: "550 5.7.1 relaying denied"}
        post.write(*READERS)
        sender = post.start(mailer(server))
        await post.run(sender, hours=1)
        assert [to for _, (to,) in server.envelopes] == [READERS[1]]
        assert post.lasting == [f"email:{READERS[0]}"] and post.stores.outbox.recipients_off() == {}
        server.at_rcpt.clear()
        await post.run(sender, hours=0.3)
        assert [to for _, (to,) in server.envelopes] == [READERS[1], READERS[0]]


async def test_an_operator_who_reads_mail_hears_of_it_elsewhere(post: Post) -> None:
    post.operator = f"email:{READERS[0]}"
    post.write(READERS[1])
    mail = Counting(post.clock)
    sender = post.start(mail)
    await post.run(sender, hours=0.1)
    assert [to for to, _ in post.told] == ["console"]
    mail.fault = None
    await post.run(sender, hours=0.3)
    assert post.stores.outbox.count_alerts() == {"sent": 3}, "that it works again comes by mail"


@pytest.mark.parametrize("code", [421, 454])
def test_a_server_that_is_busy_is_no_fault_of_the_operator_s(code: int) -> None:
    channel = mailer(smtp_standin.Standin())
    for error in (
        aiosmtplib.SMTPConnectResponseError(code, "later"),
        aiosmtplib.SMTPAuthenticationError(code, "later"),
    ):
        made = channel._to_send_error("email:x@example.net", error, connected=False)
        assert made.fault is None and not made.permanent


def test_a_clock_that_was_set_back_lets_nothing_rest_for_longer() -> None:
    clock = fakes.Clock()
    known = faults.Faults(fakes.FakeMeta(), clock)
    known.note("email", "535 no")
    assert known.resting("email:x@example.net") is not None
    clock.advance(-86_400)
    assert known.resting("email:x@example.net") is None
