"""How the text of a setting is read: each returns the value, or raises ValueError, KeyError or OSError. Pure."""

import re
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from alerts.channels import targets as by_name

Parse = Callable[[str], Any]


def text(value: str) -> str:
    """Any text but none."""
    if not value.strip():
        raise ValueError
    return value.strip()


def parts(value: str) -> tuple[str, ...]:
    """Parts between commas."""
    return tuple(part.strip() for part in value.split(",") if part.strip())


def flag(value: str) -> bool:
    """Yes or no."""
    return {"true": True, "1": True, "yes": True, "on": True, "false": False, "0": False, "no": False, "off": False}[
        value.strip().lower()
    ]


def whole(least: int, most: int) -> Parse:
    """A whole number in bounds."""

    def parse(value: str) -> int:
        number = int(value)
        if not least <= number <= most:
            raise ValueError
        return number

    return parse


def one_of(*allowed: str) -> Parse:
    """One of some words."""

    def parse(value: str) -> str:
        if value.strip().lower() not in allowed:
            raise ValueError
        return value.strip().lower()

    return parse


def time(value: str) -> str:
    """A time of day."""
    hour, minute = value.split(":")
    if not (0 <= int(hour) < 24 and 0 <= int(minute) < 60):
        raise ValueError
    return f"{int(hour):02}:{int(minute):02}"


def hours(value: str) -> str:
    """Two times of day with a dash between."""
    begin, end = value.split("-")
    return f"{time(begin.strip())}-{time(end.strip())}"


def zone(value: str) -> str:
    """An IANA time zone."""
    ZoneInfo(value)
    return value


def database(value: str) -> str:
    """A database address."""
    try:
        sa.make_url(value)
    except sa.exc.ArgumentError as error:
        raise ValueError from error
    return value


def watches(value: str) -> tuple[str, ...]:
    """Folders with colons between, or (from a list in a file) commas."""
    found = tuple(part.strip() for part in re.split("[:,]", value) if part.strip())
    if not found:
        raise ValueError
    return found


def address(value: str) -> str:
    """A web address."""
    if not value.startswith(("http://", "https://")):
        raise ValueError
    return value


def mails(value: str) -> tuple[str, ...]:
    """Mail addresses."""
    addresses = parts(value)
    if any("@" not in address for address in addresses):
        raise ValueError
    return addresses


def chats(value: str) -> tuple[str, ...]:
    """Telegram chats, a forum topic behind a slash."""
    chats = parts(value)
    if not all(re.fullmatch(r"(-?\d{1,20}|@\w{4,32})(/\d{1,20})?", chat) for chat in chats):
        raise ValueError
    return chats


def recipient(value: str) -> str:
    """A recipient's address."""
    channel, _, rest = value.strip().partition(":")
    if value.strip() != "console" and (channel not in {"telegram", "email"} or not rest):
        raise ValueError
    return value.strip()


def targets(value: str) -> str:
    """Named addresses (alerts/channels/targets.py)."""
    if not by_name.parse_targets(value):
        raise ValueError
    return value.strip()
