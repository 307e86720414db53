"""Statuses, aspects, grades and figures in plain words. Knows the vocabulary of claims; no layout, no escaping."""

from collections.abc import Mapping
from datetime import datetime, tzinfo

from monitor import types

NOTHING = "no position held"
_TOPICS = {"membership": "membership", "troops": "troops", "backstop": "US backstop"}
_STATUS = {
    "membership": {
        "leads": "leads the coalition",
        "member": "member of the coalition",
        "attended": "took part in a coalition meeting",
        "considering": "considers joining",
        "declined": "will not join",
        "left": "leaves or suspends its part",
    },
    "troops": {
        "pledged": "pledges to send forces",
        "conditional": "would send forces only on a condition",
        "open": "does not rule out sending forces",
        "undecided": "undecided on sending forces",
        "ruled_out": "rules out sending forces",
        "withdrew": "withdraws its pledge of forces",
        "support_only": "offers support other than ground troops",
    },
    "backstop": {
        "sought": "asked for by others",
        "uncommitted": "no commitment",
        "refused": "ruled out",
        "discussed": "under discussion",
        "offered": "offered",
        "committed": "committed",
        "withdrawn": "withdrawn",
    },
}
_COUNTS = {
    "members": "number of members",
    "attendees": "attendance at a meeting",
    "signatories": "number of signatories",
    "interested": "number interested",
    "troop_contributors": "countries contributing troops",
    "contributors": "contributing countries",
}
COMPONENTS = {
    "general": "in general",
    "ground_troops": "ground troops",
    "air": "air support",
    "intelligence": "intelligence",
    "surveillance": "ceasefire monitoring",
    "logistics": "logistics",
    "command": "command",
    "guarantee": "security guarantee",
}
TIERS = {"official": "official", "wire": "news agency", "press": "press", "other": "other source"}


def name_of(subject: str, names: Mapping[str, str]) -> str:
    """The display name of an actor's code."""
    return names.get(subject) or ("Coalition" if subject == "COALITION" else subject)


def topic_words(topic: str) -> str:
    """A topic's heading."""
    return _TOPICS.get(topic, topic)


def component_words(component: str) -> str:
    """A component of the US part by itself: "Air support"."""
    return COMPONENTS[component].capitalize()


def aspect_words(topic: str, aspect: str) -> str:
    """What a position is about: "troops", "contributing countries", "US backstop, air support"."""
    base, _, detail = aspect.partition(":")
    if base == "headcount":
        return _COUNTS.get(detail, f"number of {detail}".replace("_", " "))
    if base == "force_size":
        return "size of the force"
    if base == "language":
        return "wording for the US backstop" + (f" ({detail})" if detail else "")
    if topic == "backstop":
        component = COMPONENTS.get(base, base.replace("_", " "))
        words = f"{_TOPICS[topic]} {component}" if base == "general" else f"{_TOPICS[topic]}, {component}"
    else:
        words = topic_words(base)
    # What is kept beside a position says itself what it is: "asked for by others", "offers support other than troops".
    return f"{words}, besides" if detail else words


def status_words(topic: str, status: str) -> str:
    """A status in plain words."""
    return _STATUS.get(topic, {}).get(status, status.replace("_", " "))


def figure_words(aspect: str, number: int, number_max: int | None = None) -> str:
    """A figure with its unit: "31 countries", "25,000–30,000 soldiers"."""
    amount = f"{number:,}" + (f"–{number_max:,}" if number_max and number_max > number else "")
    if aspect.startswith("headcount"):
        return f"{amount} countr{'y' if amount == '1' else 'ies'}"
    return f"{amount} soldier{'' if amount == '1' else 's'}"


def position_words(position: types.Position) -> str:
    """What a position says."""
    aspect, number = position.aspect, position.number
    if number is not None and (aspect.startswith("headcount") or aspect == "force_size"):
        return figure_words(aspect, number, position.number_max)
    if aspect.startswith("language"):
        return f"“{position.status}”"
    words = status_words(str(position.topic), position.status)
    return words if number is None else f"{words} ({figure_words(aspect, number, position.number_max)})"


def change_words(development: types.Development) -> tuple[str, str]:
    """Old and new in plain words."""
    d = development
    if d.aspect.startswith("language"):
        return (NOTHING if d.old is None else f"“{d.old}”", f"“{d.new}”")
    old_max = d.old_position.number_max if d.old_position else None
    new_max = d.new_position.number_max if d.new_position else None
    old, new = _value_words(d, d.old, d.old_number, old_max), _value_words(d, d.new, d.new_number, new_max)
    if isinstance(d.new, int) and isinstance(d.old, str):
        old += ", no figure"
    if isinstance(d.new, int) and isinstance(d.old, int):
        old = old.rpartition(" ")[0]  # "26 → 31 countries"
    return old, new


def _value_words(d: types.Development, value: str | int | None, number: int | None, number_max: int | None) -> str:
    if value is None:
        return NOTHING
    if isinstance(value, int):
        return figure_words(d.aspect, value, number_max if number in {None, value} else None)
    words = status_words(str(d.topic), value)
    return words if number is None else f"{words} ({figure_words(d.aspect, number, number_max)})"


def headline(development: types.Development, names: Mapping[str, str]) -> str:
    """One line: who — what: old → new."""
    old, new = change_words(development)
    return f"{subject_words(development, names)}: {old} → {new}"


def subject_words(development: types.Development, names: Mapping[str, str]) -> str:
    """Who — what."""
    return f"{name_of(development.subject, names)} — {aspect_words(str(development.topic), development.aspect)}"


def count_origins(development: types.Development) -> int:
    """How many origins carry it; copies do not count."""
    return len({report.origin.casefold() for report in development.reports if report.copy_of is None})


def grade_words(development: types.Development) -> str:
    """How sure it is, in words."""
    if development.grade is types.Grade.OFFICIAL:
        return "official"
    if development.grade is types.Grade.CONFIRMED:
        return f"confirmed by {max(2, count_origins(development))} independent origins"
    return "reported by one origin"


def time_words(moment: datetime, zone: tzinfo | None = None) -> str:
    """A time in UTC, or in the zone given."""
    local = moment.astimezone(zone) if zone else types.ensure_utc(moment)
    return f"{local.day} {local:%b %Y, %H:%M} {local.tzname() or ''}".rstrip()


def day_words(moment: datetime) -> str:
    """A day in UTC."""
    day = types.ensure_utc(moment)
    return f"{day.day} {day:%b %Y}"
