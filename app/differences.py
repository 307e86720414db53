"""`replay --compare`: which developments one run adds, drops or alters against another. Rows in, words out.

Rows are as `replay` writes them, so that a run of another revision can be compared too.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

Row = dict[str, Any]
# What makes two rows the same development, from the surest to the least sure.
MATCHES = (
    ("id", "topic", "subject", "aspect", "new"),
    ("topic", "subject", "aspect", "new", "new_number", "published"),
    ("topic", "subject", "aspect", "published"),
    ("topic", "subject", "aspect", "old", "new", "old_number", "new_number"),
)
SHOWN = (
    "old", "new", "old_number", "new_number", "minor", "grade_at_first", "grade", "disputed", "taken_back",
    "published", "article_ids",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Differences:
    """What the second run adds, drops and alters."""

    added: tuple[Row, ...]
    dropped: tuple[Row, ...]
    altered: tuple[tuple[Row, Row], ...]
    same: int


def compare_runs(before: Sequence[Row], after: Sequence[Row]) -> Differences:
    """Pair the rows, surest match first; what finds no partner has been dropped or added."""
    left, right = list(before), list(after)
    pairs: list[tuple[Row, Row]] = []
    for names in MATCHES:
        for row in list(left):
            partner = next((other for other in right if all(row.get(n) == other.get(n) for n in names)), None)
            if partner is not None:
                left.remove(row)
                right.remove(partner)
                pairs.append((row, partner))
    altered = tuple(pair for pair in pairs if changed_fields(*pair))
    return Differences(added=tuple(right), dropped=tuple(left), altered=altered, same=len(pairs) - len(altered))


def changed_fields(before: Row, after: Row) -> list[str]:
    """The fields that differ, of those that are shown."""
    return [name for name in SHOWN if before.get(name) != after.get(name)]


def to_text(found: Differences) -> str:
    """One line a difference: + added, - dropped, ~ altered with what was and what is."""
    lines = [f"+ {_name(row)}" for row in found.added] + [f"- {_name(row)}" for row in found.dropped]
    for before, after in found.altered:
        changes = (f"{name} {before.get(name)} → {after.get(name)}" for name in changed_fields(before, after))
        lines.append(f"~ {_name(before)}: {'; '.join(changes)}")
    counts = f"{len(found.added)} added, {len(found.dropped)} dropped, {len(found.altered)} altered, {found.same} same"
    return "\n".join([*lines, counts])


def _name(row: Row) -> str:
    size = "minor" if row["minor"] else "major"
    what = f"{row['published'][:10]} {row['topic']} {row['subject']} {row['aspect']}"
    return f"{what}: {row['old']} → {row['new']} ({size}, {row['grade']}, {row['article_ids'][0]})"
