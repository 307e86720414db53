"""The baseline against the seed documents' annotations, and against broken files."""

import json
from pathlib import Path

import pytest

from app import replay
from monitor import baseline, errors, types, watch
from monitor.ledger import rules

SEEDS = Path(__file__).parents[3] / "shared" / "seeds"
needs_seeds = pytest.mark.skipif(not SEEDS.is_dir(), reason="the seed documents are not beside the project")


def seeds() -> list[replay.Archived]:
    return replay.load_articles([SEEDS])


@needs_seeds
def test_baseline_holds_every_required_claim() -> None:
    positions = baseline.load_baseline()
    missing = [
        claim
        for archived in seeds()
        if archived.gold is not None
        for claim in baseline.diff_required(positions, archived.gold.claims)
    ]
    assert missing == []


@needs_seeds
def test_seeds_replayed_bring_no_major() -> None:
    result = replay.replay(seeds(), None, watch.load_watch(), rules.load_rules(), claims_from_gold=True)
    assert [development for development in result.developments if not development.minor] == []


@needs_seeds
def test_baseline_repeats_no_sentence() -> None:
    text = baseline.SEEDS.read_text(encoding="utf-8")
    for path in SEEDS.glob("*.gold.json"):
        for claim in json.loads(path.read_text(encoding="utf-8"))["claims"]:
            assert claim["evidence"] not in text


def test_round_trip() -> None:
    positions = baseline.load_baseline()
    assert baseline.diff_required(positions, ()) == []
    text = baseline.to_yaml(positions)
    assert text.startswith("# Positions known") and "evidence" not in text


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("positions: 3", "positions"),
        ("positions: [{topic: troops}]", r"positions\[0\]"),
        (
            "positions: [{topic: troops, subject: GB, aspect: troops, status: eager, since: 2025-03-03,"
            " grade: reported, reports: []}]",
            "status",
        ),
        (
            "positions: [{topic: troops, subject: GB, aspect: troops, status: pledged, since: 2025-03-03,"
            " grade: reported, reports: []}]",
            "reports",
        ),
    ],
)
def test_broken_baselines_are_named(tmp_path: Path, text: str, where: str) -> None:
    path = tmp_path / "baseline.yaml"
    path.write_text(text)
    with pytest.raises(errors.SeedError, match=where):
        baseline.load_baseline(path)


def test_earlier_figures_stay_known() -> None:
    held = {position.key: position for position in baseline.load_baseline()}
    attendees = held[("membership", "COALITION", "headcount:attendees")]
    assert attendees.number == 34
    assert {12, 18, 30, 34, 37} <= {report.number for report in attendees.reports}
    assert held[("backstop", "US", "air")].status == "refused"
    assert held[("troops", "CA", "troops")].grade in set(types.Grade)
