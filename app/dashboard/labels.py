"""Short labels and signs for statuses, grades and topics. A sign or word stands beside every colour. Pure."""

from dataclasses import dataclass
from functools import lru_cache

from alerts import markup, words


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """A status as a table or map shows it; `code` names its colour and pattern in the style sheet."""

    code: str
    text: str
    sign: str
    long: str = ""


_STANCES = (
    ("pledged", "Pledged", "●"),
    ("conditional", "On condition", "◐"),
    ("open", "Open", "○"),
    ("undecided", "Undecided", "?"),
    ("support_only", "Other support", "+"),
    ("withdrew", "Withdrew", "↩"),
    ("ruled_out", "Ruled out", "✕"),
    ("none", "Nothing known", "·"),
)
_MEMBERSHIP = {
    "leads": "Leads",
    "member": "Member",
    "attended": "Took part",
    "considering": "Considers",
    "declined": "Declined",
    "left": "Left",
}
_COMMITMENTS = {
    "committed": ("Committed", "●"),
    "offered": ("Offered", "◐"),
    "discussed": ("Under discussion", "○"),
    "uncommitted": ("No commitment", "–"),
    "withdrawn": ("Withdrawn", "↩"),
    "refused": ("Ruled out", "✕"),
    "sought": ("Asked for by others", "?"),
}
STANCES: dict[str, Label] = {
    code: Label(code=code, text=text, sign=sign, long=words.status_words("troops", code) if code != "none" else text)
    for code, text, sign in _STANCES
}
TOPICS = ("membership", "troops", "backstop")
GRADES = ("official", "confirmed", "reported")


def stance(status: str | None) -> Label:
    """A country's stance on troops; an unknown status shows as its own word."""
    if status is None:
        return STANCES["none"]
    return STANCES.get(status) or Label(code="none", text=plain(status.replace("_", " ")), sign="·")


def membership(status: str | None) -> str:
    """A membership in one or two words."""
    return "" if status is None else _MEMBERSHIP.get(status, plain(status.replace("_", " ")))


def commitment(status: str) -> Label:
    """What the US says of a component."""
    text, sign = _COMMITMENTS.get(status, (plain(status.replace("_", " ")), "·"))
    return Label(code=status if status in _COMMITMENTS else "none", text=text, sign=sign)


def topic(code: str) -> str:
    """A topic's heading."""
    heading = words.topic_words(code)
    return heading if code == "backstop" else heading.capitalize()


@lru_cache(maxsize=4096)  # the same outlets, names and quotations stand on every page
def plain(text: str, limit: int = 300) -> str:
    """Text from outside as one clean line; the template escapes it."""
    return markup.clip(markup.clean(text), limit)
