"""Scores a replayed storyline against its expected.json: what was found, at which article, how sure, and what was not.

Compares JSON with JSON; runs nothing.
"""

import dataclasses
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Row = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """The score."""

    majors: int
    majors_found: int
    minors: int
    minors_found: int
    unexpected_majors: tuple[str, ...]
    unexpected_minors: tuple[str, ...]
    missing: tuple[str, ...]
    false_majors: int  # to be told first and taken back later
    false_found: int
    taken_back_right: int
    taken_back_wrong: tuple[str, ...]
    grades_first_right: int
    grades_end_right: int
    grades_of: int
    wrong_grades: tuple[str, ...]
    silent: int
    silent_kept: int
    loud: tuple[str, ...]


def score_storyline(directory: Path, developments: Sequence[Row]) -> Figures:
    """Compare developments (as replay writes them) with the folder's expected.json."""
    expected = json.loads((directory / "expected.json").read_text(encoding="utf-8"))
    wanted: list[Row] = expected["developments"]
    pairs, rest = _match(wanted, developments)
    rest = [row for row in rest if not _is_tolerated(row, expected["tolerated"])]
    silent = {row["article"] for row in expected["silent"]}
    loud = [row for row in rest if row["article_ids"][0] in silent]
    plain = [i for i, row in enumerate(wanted) if not row["taken_back"]]
    majors, minors = ([i for i in plain if wanted[i]["minor"] is minor] for minor in (False, True))
    false = [i for i, row in enumerate(wanted) if row["taken_back"]]
    first = [i for i in pairs if pairs[i]["grade_at_first"] == wanted[i]["grade_at_first"]]
    end = [i for i in pairs if pairs[i]["grade"] == wanted[i]["grade_in_the_end"]]
    return Figures(
        majors=len(majors),
        majors_found=sum(i in pairs for i in majors),
        minors=len(minors),
        minors_found=sum(i in pairs for i in minors),
        unexpected_majors=tuple(_name(row) for row in rest if not row["minor"]),
        unexpected_minors=tuple(_name(row) for row in rest if row["minor"]),
        missing=tuple(
            _name({**row, "article_ids": [row["article"]]}) for i, row in enumerate(wanted) if i not in pairs
        ),
        false_majors=len(false),
        false_found=sum(i in pairs for i in false),
        taken_back_right=sum(i in pairs and pairs[i]["taken_back"] for i in false),
        taken_back_wrong=tuple(_name(pairs[i]) for i in pairs if pairs[i]["taken_back"] and i not in false),
        grades_first_right=len(first),
        grades_end_right=len(end),
        grades_of=len(pairs),
        wrong_grades=tuple(
            f"{_name(pairs[i])}: {pairs[i]['grade_at_first']}->{pairs[i]['grade']}, expected "
            f"{wanted[i]['grade_at_first']}->{wanted[i]['grade_in_the_end']}"
            for i in pairs
            if i not in first or i not in end
        ),
        silent=len(silent),
        silent_kept=len(silent - {row["article_ids"][0] for row in loud}),
        loud=tuple(_name(row) for row in loud),
    )


def _match(wanted: Sequence[Row], developments: Sequence[Row]) -> tuple[dict[int, Row], list[Row]]:
    pairs: dict[int, Row] = {}
    rest = list(developments)
    for index, row in enumerate(wanted):
        hit = next((found for found in rest if _is_same(row, found)), None)
        if hit is not None:
            pairs[index] = hit
            rest.remove(hit)
    return pairs, rest


def _is_same(row: Row, found: Row) -> bool:
    if found["article_ids"][0] != row["article"] or found["minor"] != row["minor"]:
        return False
    if any(found[name] != row[name] for name in ("topic", "subject", "aspect")):
        return False
    if row["aspect"] == "language":
        return _alike(row["new"], found["new"]) and (row["old"] is None or _alike(row["old"], found["old"] or ""))
    return all(found[name] == row[name] for name in ("old", "new", "old_number", "new_number"))


def _alike(one: str, other: str) -> bool:
    first, second = (set(re.findall(r"\w+", text.casefold())) for text in (one, other))
    return len(first & second) >= 0.6 * min(len(first), len(second)) > 0


def _is_tolerated(row: Row, tolerated: Sequence[Row]) -> bool:
    return any(
        row["article_ids"][0] == entry["article"]
        and row["new"] in {entry["new"], row["new"] if entry["aspect"] == "language" else entry["new"]}
        and all(row[name] == entry[name] for name in ("topic", "subject", "aspect"))
        for entry in tolerated
    )


def _name(row: Row) -> str:
    kind = "minor" if row["minor"] else "major"
    return (
        f"{row['article_ids'][0]} {row['topic']} {row['subject']} {row['aspect']}: "
        f"{row['old']} -> {row['new']} ({row['old_number']} -> {row['new_number']}, {kind})"
    )


def to_counts(figures: Figures) -> dict[str, int]:
    """The figures as plain counts, for pinning as floors."""
    rows = dataclasses.asdict(figures)
    return {name: value if isinstance(value, int) else len(value) for name, value in rows.items()}


def table(figures: Figures) -> str:
    """The score as a table, with what went wrong below it."""
    rows = [
        ("majors found", figures.majors_found, figures.majors),
        ("minors found", figures.minors_found, figures.minors),
        ("to be taken back: told", figures.false_found, figures.false_majors),
        ("taken back", figures.taken_back_right, figures.false_majors),
        ("grade at first right", figures.grades_first_right, figures.grades_of),
        ("grade in the end right", figures.grades_end_right, figures.grades_of),
        ("silent articles silent", figures.silent_kept, figures.silent),
    ]
    lines = [f"{name:<24}{part:>4} of {whole}" for name, part, whole in rows]
    lines.append(f"{'unexpected majors':<24}{len(figures.unexpected_majors):>4}")
    lines.append(f"{'unexpected minors':<24}{len(figures.unexpected_minors):>4}")
    for title in ("missing", "unexpected_majors", "unexpected_minors", "taken_back_wrong", "wrong_grades", "loud"):
        entries: tuple[str, ...] = getattr(figures, title)
        lines += [f"{title.replace('_', ' ')}:"] * bool(entries) + [f"  {entry}" for entry in entries]
    return "\n".join(lines)
