"""Sentences of reports, each with all the claims that it must bring and no other (tests/data/reports.txt)."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.claims.test_news_language import ENGINE, OPENING, article_of, to_labels

WINTER = datetime(2026, 1, 7, tzinfo=UTC)
ROWS = [
    line
    for line in (Path(__file__).parents[1] / "data" / "reports.txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]


def parts(row: str) -> tuple[str | None, str, set[str], set[str]]:
    """(title or None, text, claims that must be, claims that may be) of a row."""
    text, _, labels = row.rpartition(" =>")
    title = None
    if text.startswith("["):
        title, _, text = text[1:].partition("] ")
    claims = [label.strip() for label in labels.split(";") if label.strip()]
    return title, text, {c for c in claims if c[0] != "?"}, {c[1:] for c in claims if c[0] == "?"}


@pytest.mark.parametrize("row", ROWS)
def test_a_report_brings_its_claims_and_no_other(row: str) -> None:
    title, text, required, allowed = parts(row)
    found = to_labels(ENGINE.read(article_of(OPENING + text, WINTER, title or "Coalition of the willing on Ukraine")))
    assert required <= found
    assert found <= required | allowed


def test_the_table_is_read() -> None:
    assert len(ROWS) > 100
    assert parts("[A] b. => x; ?y") == ("A", "b.", {"x"}, {"y"})
    assert parts("b. =>") == (None, "b.", set(), set())
