"""The figures of `evaluate`, against cases counted by hand."""

import json
from pathlib import Path
from typing import Any

import pytest

from app import evaluate
from monitor import errors, types


def claim(topic: str, subject: str, status: str, **more: Any) -> dict[str, Any]:
    """An annotated claim."""
    return {"topic": topic, "subject": subject, "status": status, "when": "current", "evidence": "text"} | more


def found(row: dict[str, Any]) -> types.Claim:
    """The same claim as an engine gives it."""
    return types.Claim(
        topic=types.Topic(row["topic"]), subject=row["subject"], status=row["status"], evidence="text", start=0, end=4,
        number=row.get("number"), counts=row.get("counts"), components=tuple(row.get("components", ())),
        when=types.When(row["when"]), speaker=row.get("speaker"), origin=row.get("origin"),
    )  # fmt: skip


class Reader:
    """Reads what it was told to read."""

    def __init__(self, readings: dict[str, types.Reading]) -> None:
        self._readings = readings

    def read(self, article: types.Article) -> types.Reading:
        """The article's reading."""
        return self._readings[article.id]


PLEDGE = claim("troops", "DK", "pledged", number=300, speaker="Mette Frederiksen")
COUNT = claim("troops", "COALITION", "headcount", number=26, counts="contributors")
AIR = claim("backstop", "US", "offered", components=["air"])
MAYBE = claim("membership", "MT", "considering", optional=True)


def score(tmp_path: Path, gold: dict[str, list[dict[str, Any]]], engine: dict[str, list[dict[str, Any]]]) -> Any:
    """Scores of a folder of annotated articles; an article without claims is off topic."""
    for name, claims in gold.items():
        article = {"id": name, "published": "2026-03-01", "title": name, "text": "text", "relevant": bool(claims)}
        (tmp_path / f"{name}.json").write_text(json.dumps(article | {"claims": claims}), encoding="utf-8")
    readings = {
        name: types.Reading(relevant=bool(rows), claims=tuple(found(row) for row in rows))
        for name, rows in engine.items()
    }
    return evaluate.score(evaluate.load_annotated(tmp_path), Reader(readings))


def test_right_wrong_and_missed_are_counted(tmp_path: Path) -> None:
    wrong = claim("membership", "SE", "member")
    scores = score(tmp_path, {"d001": [PLEDGE, COUNT, AIR]}, {"d001": [PLEDGE, COUNT, wrong]})
    strict = scores["all"].strict
    assert (strict.right, strict.wrong, strict.missed) == (2, 1, 1)
    assert strict.precision == strict.recall == strict.f1 == pytest.approx(2 / 3)
    assert (scores["odd"].strict.right, scores["even"].articles) == (2, 0)


def test_a_count_needs_its_number_and_kind_also_strictly(tmp_path: Path) -> None:
    scores = score(
        tmp_path,
        {"d001": [COUNT], "d002": [COUNT]},
        {"d001": [COUNT | {"number": 27}], "d002": [COUNT | {"counts": "members"}]},
    )
    assert [(one.strict.right, one.strict.wrong, one.strict.missed) for one in (scores["odd"], scores["even"])] == [
        (0, 1, 1),
        (0, 1, 1),
    ]


def test_a_pledge_s_number_and_a_backstop_s_components_count_exactly_only(tmp_path: Path) -> None:
    engine = [PLEDGE | {"number": 3000}, AIR | {"components": ["air", "command"]}]
    one = score(tmp_path, {"d001": [PLEDGE, AIR]}, {"d001": engine})["all"]
    assert (one.strict.right, one.strict.wrong, one.strict.missed) == (2, 0, 0)
    assert (one.exact.right, one.exact.wrong, one.exact.missed) == (0, 2, 2)


def test_statuses_that_say_nearly_the_same_agree_leniently(tmp_path: Path) -> None:
    gold = [PLEDGE, claim("membership", "SE", "member"), COUNT, AIR]
    engine = [
        PLEDGE | {"status": "conditional"},
        claim("membership", "SE", "declined"),
        COUNT | {"counts": "members"},
        AIR | {"status": "committed"},
    ]
    one = score(tmp_path, {"d001": gold}, {"d001": engine})["all"]
    assert (one.strict.right, one.strict.wrong, one.strict.missed) == (0, 4, 4)
    assert (one.lenient.right, one.lenient.wrong, one.lenient.missed) == (3, 1, 1)


def test_components_are_compared_with_the_likest_claim(tmp_path: Path) -> None:
    engine = [AIR | {"components": ["command"]}, AIR | {"components": ["air", "intelligence"]}]
    one = score(tmp_path, {"d001": [AIR]}, {"d001": engine})["all"]
    assert one.fields["components"] == [0.5]
    assert "number" not in one.fields


def test_optional_claims_are_neither_required_nor_wrong(tmp_path: Path) -> None:
    scores = score(tmp_path, {"d001": [MAYBE], "d002": [MAYBE]}, {"d001": [MAYBE], "d002": []})
    assert [(s.strict.right, s.strict.wrong, s.strict.missed) for s in scores.values()] == [(0, 0, 0)] * 3


def test_a_claim_made_twice_counts_once(tmp_path: Path) -> None:
    one = score(tmp_path, {"d001": [PLEDGE, PLEDGE]}, {"d001": [PLEDGE, PLEDGE]})["all"].strict
    assert (one.right, one.wrong, one.missed) == (1, 0, 0)


def test_relevance_and_loud_articles(tmp_path: Path) -> None:
    gold: dict[str, list[dict[str, Any]]] = {"d001": [PLEDGE], "d003": [], "d005": [], "d007": [AIR]}
    engine: dict[str, list[dict[str, Any]]] = {"d001": [PLEDGE], "d003": [COUNT], "d005": [], "d007": []}
    one = score(tmp_path, gold, engine)["all"]
    assert (one.relevance.right, one.relevance.wrong, one.relevance.missed) == (1, 1, 1)
    assert (one.loud, one.off_topic) == (1, 2)


def test_fields_of_agreeing_claims(tmp_path: Path) -> None:
    engine = [PLEDGE | {"speaker": "Prime Minister Frederiksen", "when": "past"}]
    one = score(tmp_path, {"d001": [PLEDGE]}, {"d001": engine})["all"]
    assert (one.fields["when"], one.fields["speaker"]) == ([0.0], [1.0])


def test_the_report_shows_single_errors_of_odd_ids_only(tmp_path: Path) -> None:
    scores = score(tmp_path, {"d001": [PLEDGE], "d002": [AIR]}, {"d001": [], "d002": []})
    shown = evaluate.report(scores, 10)
    assert "missed d001" in shown
    assert "missed d002" not in shown
    assert "R 0.000" in shown


def test_a_folder_may_hold_other_json_but_none_that_is_broken(tmp_path: Path) -> None:
    (tmp_path / "expected.json").write_text('{"developments": []}', encoding="utf-8")
    assert evaluate.load_annotated(tmp_path) == []
    (tmp_path / "broken.json").write_text("{", encoding="utf-8")
    with pytest.raises(errors.InputError, match=r"broken\.json"):
        evaluate.load_annotated(tmp_path)
