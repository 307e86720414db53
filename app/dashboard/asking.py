"""What an address may ask: topics, grades, days. An empty value is none, as forms send it."""

from datetime import date
from typing import Literal

from fastapi.exceptions import HTTPException

Topic = Literal["membership", "troops", "backstop", ""]
Grade = Literal["official", "confirmed", "reported", ""]
Sort = Literal["country", "membership", "troops", "figure", "since", "grade"]
Stance = Literal["pledged", "conditional", "open", "undecided", "support_only", "withdrew", "ruled_out", "none", ""]
LARGEST = 2**53  # of a place in a list: what every database's integer holds


def day_of_address(text: str) -> date | None:
    """A day of an address; none where it is empty, an error page where it is no day."""
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise HTTPException(400, f"That is no day like 2026-03-01: {text[:30]}") from error
