"""The command `claims`: lines in, answers out, in order; bad lines are named and do not stop the rest."""

import io
import json
from pathlib import Path

import pytest

from app import claims_command
from monitor import errors, types


class Quiet:
    """An engine that finds one claim in every text."""

    def read(self, article: types.Article) -> types.Reading:
        claim = types.Claim(
            topic=types.Topic.TROOPS,
            subject="FR",
            status="pledged",
            evidence=article.text[:5],
            start=0,
            end=5,
            why=("x",),
        )
        return types.Reading(relevant=True, claims=(claim,))


def run(lines: list[str], base: Path, *, explain: bool = False) -> tuple[int, list[dict[str, object]], str]:
    out, err = io.StringIO(), io.StringIO()
    code = claims_command.run_claims(lines, out, err, base, Quiet(), explain=explain)
    return code, [json.loads(line) for line in out.getvalue().splitlines()], err.getvalue()


def test_answers_come_in_the_same_order(tmp_path: Path) -> None:
    lines = [json.dumps({"id": i, "text": "Hello there", "published": None}) for i in ("b", "a", "c")]
    code, rows, err = run(lines, tmp_path)
    assert (code, [r["id"] for r in rows], err) == (0, ["b", "a", "c"], "")


def test_a_bad_line_is_named_and_the_others_are_written(tmp_path: Path) -> None:
    code, rows, err = run(["{", json.dumps({"id": "a", "text": "Hello there"}), "[]"], tmp_path)
    assert code == 2
    assert ["error" in row for row in rows] == [True, False, True]
    assert "line 1" in err and "line 3" in err


def test_text_may_lie_in_a_document_beside(tmp_path: Path) -> None:
    (tmp_path / "d.txt").write_text("Hello there", encoding="utf-8")
    _, rows, _ = run([json.dumps({"id": "a", "document": "d.txt"})], tmp_path)
    claims = rows[0]["claims"]
    assert isinstance(claims, list) and claims[0]["evidence"] == "Hello"


def test_explain_adds_the_words(tmp_path: Path) -> None:
    _, rows, _ = run([json.dumps({"id": "a", "text": "Hello there"})], tmp_path, explain=True)
    claims = rows[0]["claims"]
    assert isinstance(claims, list) and claims[0]["why"] == ["x"]


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"id": 3, "text": "x"},
        {"id": "a"},
        {"id": "a", "text": 5},
        {"id": "a", "text": "x", "published": "yesterday"},
        {"id": "a", "text": "x", "published": "2025-01-01T10:00:00"},
        {"id": "a", "text": "x", "tier": "royal"},
        {"id": "a", "document": "../secret.txt"},
        {"id": "a", "document": "missing.txt"},
    ],
)
def test_what_is_no_article(wrong: dict[str, object], tmp_path: Path) -> None:
    with pytest.raises(errors.InputError):
        claims_command.parse_article(wrong, tmp_path)


def test_dates_with_and_without_a_time(tmp_path: Path) -> None:
    day = claims_command.parse_article({"id": "a", "text": "x", "published": "2025-03-01"}, tmp_path)
    full = claims_command.parse_article({"id": "a", "text": "x", "published": "2025-03-01T10:00:00+02:00"}, tmp_path)
    assert day.date_only and not full.date_only
    assert full.published is not None and full.published.hour == 8
