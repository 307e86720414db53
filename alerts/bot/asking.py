"""Who asks, and the commands there are. Values only."""

from collections.abc import Sequence
from dataclasses import dataclass

from alerts import board_picture, markup, policy
from monitor import recipients

REFUSAL = "This bot is private. If its operator has invited you, open the link you were given."


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Who asks, and where."""

    user: int | None  # None: a channel or an anonymous administrator speaks
    chat: int
    thread: int | None = None  # a forum topic

    @property
    def is_private(self) -> bool:
        """Whether only the user reads the answer."""
        return self.user == self.chat

    @property
    def chat_address(self) -> str:
        """The chat as a recipient's address."""
        return f"telegram:{self.chat}"

    @property
    def address(self) -> str:
        """The place where it is asked: the forum topic where there is one."""
        return f"{self.chat_address}/{self.thread}" if self.thread else self.chat_address


@dataclass(frozen=True, slots=True, kw_only=True)
class Rights:
    """What an asker may do here."""

    recipient: recipients.Recipient | None = None  # the place's wishes; None: the place is not told anything
    may_read: bool = False
    may_change: bool = False
    is_operator: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What is answered: lines, and a word that a pressed button shows."""

    lines: Sequence[markup.Line] = ()
    toast: str = ""
    picture: board_picture.Board | None = None  # goes out in place of the lines where it can be drawn and is taken
    joined: bool = False  # the place has become a recipient: it gets the menu


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A command, as menu and help show it."""

    name: str
    does: str
    usage: str = ""  # arguments and examples
    changes: bool = False  # wishes of the place
    operator_only: bool = False


COMMANDS = (
    Command(name="board", does="All positions at a glance", usage="[membership|troops|backstop] [text]"),
    Command(name="country", does="What is held of one country", usage="DE, or its name"),
    Command(name="backstop", does="What the US says of a backstop"),
    Command(name="latest", does="The latest developments", usage="[how many]"),
    Command(name="why", does="Why a development was told", usage="an id such as D1a2b3c4d5e6f"),
    Command(name="sources", does="Who reports a development", usage="an id"),
    Command(name="topics", does="Choose what you are told", changes=True,
            usage="membership troops backstop | all; countries DE FR | all; major | minor; reported | confirmed | "
                  "official (the least grade)"),
    Command(name="quiet", does="Hours without a sound; alerts are held", usage="22:00-07:00 Europe/Berlin | off",
            changes=True),
    Command(name="mute", does="Mute a country or topic until it changes, or for a time",
            usage="DE | troops | DE 8h | troops 3d | off [DE]", changes=True),
    Command(name="digest", does="A daily digest here", usage="07:30 Europe/Berlin | off", changes=True),
    Command(name="health", does="How the feeds and the watch are doing"),
    Command(name="stop", does="Get nothing more (until /start)", changes=True),
    Command(name="help", does="What can be asked"),
    Command(name="start", does="Get alerts here"),
    Command(name="invite", does="A one-time link for somebody else", operator_only=True),
    Command(name="feedback", does="What readers called wrong", operator_only=True),
)  # fmt: skip
BY_NAME = {command.name: command for command in COMMANDS}
WATCH = Command(name="watch", does="Which watch is asked about, where there are several", usage="[name]")


def menu(*, operator: bool, several: bool = False) -> list[Command]:
    """The commands of the menu; `several`: the bot answers for several watches."""
    return [command for command in COMMANDS if operator or not command.operator_only] + [WATCH] * several


def rights(asker: Asker, known: Sequence[recipients.Recipient]) -> Rights:
    """What the asker may do. A place that is not known has no rights, whoever asks; but an operator may add it."""
    by_address = {one.address: one for one in known if one.may_ask}
    user = by_address.get(f"telegram:{asker.user}")
    is_operator = user is not None and user.role is recipients.Role.OPERATOR
    recipient = by_address.get(asker.address) or by_address.get(asker.chat_address)
    # Somewhere in the group a topic is told: the group's members read it anyway.
    near = recipient is not None or any(policy.chat_of(address) == asker.chat_address for address in by_address)
    return Rights(
        recipient=recipient,
        may_read=near or is_operator,
        may_change=recipient is not None and user is not None,
        is_operator=is_operator,
    )
