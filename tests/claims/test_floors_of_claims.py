"""Precision and recall over the annotated corpus never fall below the pinned floors (odd ids, even ids apart)."""

import json
from pathlib import Path
from typing import Any

import pytest

from app import claims_command
from monitor import watch
from monitor.claims import engine as claim_engine

DATA = Path(__file__).parents[1] / "data"
FLOORS = json.loads((DATA / "floors.json").read_text(encoding="utf-8"))
ENGINE = claim_engine.Engine(watch.load_watch())


def key(claim: dict[str, Any]) -> tuple[object, ...]:
    tail: tuple[object, ...] = ()
    if claim["status"] in ("headcount", "force_size"):
        tail = (claim["number"], claim["counts"] if claim["status"] == "headcount" else None)
    return (claim["topic"], claim["subject"], claim["status"], *tail)


def measure(odd: bool) -> tuple[float, float]:
    right = wrong = missed = 0
    for file in sorted((DATA / "corpus" / "articles").glob("*.json")):
        row = json.loads(file.read_text(encoding="utf-8"))
        if (int(row["id"][1:]) % 2 == 1) is not odd:
            continue
        reading = ENGINE.read(claims_command.parse_article(row, file.parent))
        found = {key(claims_command.claim_to_json(c)) for c in reading.claims}
        required = {key(c) for c in row["claims"] if not c["optional"]}
        right += len(found & required)
        wrong += len(found - {key(c) for c in row["claims"]})
        missed += len(required - found)
    return right / max(1, right + wrong), right / max(1, right + missed)


@pytest.mark.parametrize("half", ["odd", "even"])
def test_floors(half: str) -> None:
    precision, recall = measure(half == "odd")
    assert precision >= FLOORS["claims"][half]["precision"]
    assert recall >= FLOORS["claims"][half]["recall"]
