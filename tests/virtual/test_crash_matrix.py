"""Killed at a commit and started again: nothing lost, no development twice, the ledger as without the crash.

Here a sample, one point of each kind of commit; `bench/crash_matrix.py` tries them all.
"""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from storage import database

ROOT = Path(__file__).resolve().parents[2]
WRITES = re.compile(r"    def ([a-z]\w*)\((?:(?!\n    def )[\s\S])*?self\.(?:_db\.write|_update|_prune_\w+)\(")
# One transaction each, on a person's command: there is nothing between them and the next that could be lost.
BY_HAND = {
    "add_feed", "remove_feed", "switch_on", "save_recipient", "add_invitation", "accept_invitation", "add_feedback",
    "pause_feed", "record_act", "undo_act",
    "revive_alerts", "drop_alerts",
}  # fmt: skip
ELSEWHERE = {
    "mark_group_sent",  # killed at random by tests/way/test_delivery_kills.py
    # Of hubs, beside the story: what is lost with them is a hint, and the feed is polled all the same (test_websub.py).
    "save_subscription", "note_subscription_error", "note_hint", "forget_subscription",
}  # fmt: skip

# Outcomes of a sent message like mark_sent, which the story comes by; a crash before them means the same.
LIKE_MARK_SENT = {"mark_dead", "mark_group_sent"}


@pytest.fixture(scope="module")
def matrix(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    out = tmp_path_factory.mktemp("matrix") / "matrix.json"
    command = [sys.executable, "-m", "tests.virtual.crash_matrix", "--sample", "--out", str(out)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr[-2000:]
    found: dict[str, Any] = json.loads(out.read_text())
    return found


@pytest.mark.timeout(300)
def test_a_crash_at_any_kind_of_commit_changes_nothing(matrix: dict[str, Any]) -> None:
    assert matrix["failed"] == {}
    assert matrix["tried"] == len(set(matrix["commits"]))
    assert matrix["told"] >= 8, "the story tells something"


@pytest.mark.timeout(300)
def test_a_crash_between_two_watches_loses_and_doubles_nothing_in_either(tmp_path: Path) -> None:
    out = tmp_path / "pair.json"
    command = [sys.executable, "-m", "tests.virtual.crash_matrix", "--pair", "--sample", "--out", str(out)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(out.read_text())
    assert found["failed"] == {}
    assert all(found["tried"].count(name) >= 3 for name in ("record_polls", "record_read", "record_step"))
    mine, theirs = ([subject for _, subject in found["told"][watch]] for watch in ("", ".harbour"))
    assert any("Italy" in one for one in mine) and not any("Quell" in one for one in mine)
    assert len([one for one in theirs if "Quell" in one]) == 1 and not any("Italy" in one for one in theirs)


def test_the_story_comes_by_every_commit_point_there_is(matrix: dict[str, Any]) -> None:
    sources = (path.read_text(encoding="utf-8") for path in Path(database.__file__).parent.glob("*.py"))
    points = {name for source in sources for name in WRITES.findall(source)}
    assert {"record_polls", "record_step", "mark_sent", "prune", "set"} <= points
    uncovered = points - set(matrix["commits"]) - BY_HAND - ELSEWHERE - LIKE_MARK_SENT
    assert uncovered == set(), (
        "a new commit point: let tests/virtual/crash_matrix.py's story come by it, or name it above"
    )
