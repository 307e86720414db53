"""What a search found, as values; the words that were looked for are marked. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from alerts import markup
from app.dashboard import labels
from storage import searching


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """An article."""

    title: str
    url: str | None
    outlet: str
    published: datetime | None
    parts: tuple[tuple[str, bool], ...]  # (text, whether it was looked for)


def to_hits(found: Sequence[searching.Found]) -> tuple[Hit, ...]:
    """Articles with a short piece of each."""
    return tuple(
        Hit(
            title=labels.plain(one.title) or "without a title",
            url=markup.safe_url(one.url),
            outlet=labels.plain(one.outlet, 60),
            published=one.published,
            parts=to_parts(one.part),
        )
        for one in found
    )


def to_parts(part: str) -> tuple[tuple[str, bool], ...]:
    """A snippet as runs of text, marked or not."""
    runs: list[tuple[str, bool]] = []
    for piece in part.split(searching.START):
        hit, end, rest = piece.partition(searching.END)
        texts = ((hit, True), (rest, False)) if end else ((hit, False),)
        for text, marked in texts:
            cleaned = markup.clip(" ".join(markup.clean(f"|{text}|").split()), 400)[1:-1]
            if cleaned:
                runs.append((cleaned, marked))
    return tuple(runs)
