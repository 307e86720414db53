"""The baseline against the seed documents' annotations, and against broken files."""

import json
from pathlib import Path

import pytest
import yaml

from app import baseline_command, replay
from monitor import baseline, errors, types, watch
from monitor.claims import engine
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
def test_rebuilt_from_its_documents_the_baseline_is_the_same() -> None:
    built = baseline_command.build(
        sorted(SEEDS.glob("*.txt")), None, engine.Engine(watch.load_watch()), watch.load_watch()
    )
    assert yaml.safe_load(built) == yaml.safe_load(baseline.SEEDS.read_text(encoding="utf-8"))


@needs_seeds
def test_seeds_read_by_the_engine_bring_no_major() -> None:
    loaded = watch.load_watch()
    result = replay.replay(seeds(), engine.Engine(loaded), loaded, rules.load_rules())
    assert [development for development in result.developments if not development.minor] == []


def test_what_is_by_hand_says_why() -> None:
    rows = yaml.safe_load(baseline.SEEDS.read_text(encoding="utf-8"))["positions"]
    by_hand = [(row["subject"], row["aspect"], r) for row in rows for r in row["reports"] if r["by"] == "hand"]
    print(*(f"by hand: {subject} {aspect}: {report['reason']}" for subject, aspect, report in by_hand), sep="\n")
    assert all(report["reason"] and report["document"] for _, _, report in by_hand)
    assert len(by_hand) < sum(len(row["reports"]) for row in rows) / 4  # the engine finds most of it


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
