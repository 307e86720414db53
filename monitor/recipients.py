"""Who is told, and how they want it: the values of recipients. No behaviour beyond what their fields mean."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from monitor import types

# Why a recipient is off, where it is not a channel's refusal.
NOT_NAMED = "the settings name it no more"
STOPPED = "stopped by the reader"


class Role(StrEnum):
    """What a recipient may do."""

    USER = "user"  # reads, and changes their own wishes
    OPERATOR = "operator"  # gets notices and feedback, invites others


class Source(StrEnum):
    """Where a recipient is known from."""

    SETTINGS = "settings"  # goes when the settings no longer name it
    INVITED = "invited"  # came by an invitation


@dataclass(frozen=True, slots=True, kw_only=True)
class Quiet:
    """Hours in which nothing makes a sound; what comes meanwhile is held, not dropped."""

    start: str  # a local time such as 22:00
    end: str  # may lie on the next day
    zone: str  # an IANA name such as Europe/Berlin


@dataclass(frozen=True, slots=True, kw_only=True)
class Mute:
    """A country or a topic (or both together) of which nothing is to be heard."""

    subject: str | None = None
    topic: types.Topic | None = None
    until: datetime | None = None  # None: until it changes, that is until the next major development


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Somebody who is told."""

    address: str  # "console" | "telegram:<chat>" | "telegram:<chat>/<forum topic>" | "email:<address>"
    role: Role = Role.USER
    source: Source = Source.SETTINGS
    topics: tuple[types.Topic, ...] = tuple(types.Topic)
    countries: tuple[str, ...] = ()  # codes; empty: all
    minors: bool = False  # minor developments too
    updates: bool = True  # grades that rise; take-backs and disputes are always told
    immediate: bool | None = None  # None: at once but for e-mail, which gets the digest
    least_grade: types.Grade = types.Grade.REPORTED
    quiet: Quiet | None = None
    mutes: tuple[Mute, ...] = ()
    cap_per_hour: int = 20  # messages that tell news; the rest waits and comes in one; 0: no cap, each on its own
    digest_at: str | None = None  # a local time such as 07:00; None: no digest
    zone: str = "UTC"  # of digest_at
    off_reason: str | None = None  # None: on

    @property
    def is_immediate(self) -> bool:
        """Whether developments are told at once."""
        return not self.address.startswith("email:") if self.immediate is None else self.immediate

    @property
    def may_ask(self) -> bool:
        """Whether the bot answers; one whom the settings name no more is a stranger."""
        return self.off_reason != NOT_NAMED

    @property
    def is_edited(self) -> bool:
        """Whether what was told there can be changed where it stands."""
        return self.address.startswith("telegram:")


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """A reader's word that an alert is wrong."""

    development_id: str
    recipient: str  # where it was told
    sender: str  # who says so
    at: datetime
