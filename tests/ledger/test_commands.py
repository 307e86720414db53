"""Archives and the baseline build, on files of their own."""

import hashlib
import json
from pathlib import Path

import pytest

from app import baseline_command, replay
from monitor import baseline, errors, types
from tests.ledger.world import RULES, WATCH, troops

ARTICLE = {"id": "b", "outlet": "Alpha Wire", "title": "T", "published": "2026-02-03", "text": "Norway sends troops."}


class OneClaim:
    """Reads the same claim in every text."""

    def read(self, article: types.Article) -> types.Reading:
        return types.Reading(relevant=True, claims=(troops("NO", "pledged"),))


def test_archives_are_read_in_order_and_other_files_are_named(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps({**ARTICLE, "id": "late", "arrived": "2026-05-01T10:00:00+02:00"}))
    (tmp_path / "b.json").write_text(json.dumps(ARTICLE))
    (tmp_path / "c.json").write_text(json.dumps({**ARTICLE, "id": "undated", "published": None}))
    (tmp_path / "x.json").write_text('{"developments": []}')
    lines = tmp_path / "more.jsonl"
    lines.write_text(json.dumps({**ARTICLE, "id": "first", "published": "2026-01-01T00:00:00Z"}) + "\nno json\n")
    words: list[str] = []
    found = replay.load_articles([tmp_path, lines], warn=words.append)
    assert [archived.article.id for archived in found] == ["first", "b", "late", "undated"]
    assert len(words) == 2 and words[0].startswith("x.json") and words[1].startswith("more.jsonl:2")
    with pytest.raises(errors.InputError):
        replay.load_articles([tmp_path / "absent"])


def test_replay_runs_on_its_own_clock(tmp_path: Path) -> None:
    (tmp_path / "b.json").write_text(json.dumps(ARTICLE))
    (tmp_path / "c.json").write_text(
        json.dumps({**ARTICLE, "id": "undated", "published": None, "text": "Other words."})
    )
    result = replay.replay(replay.load_articles([tmp_path]), OneClaim(), WATCH, RULES, ())
    (row,) = [replay.development_to_json(development) for development in result.developments]
    assert (row["published"], row["new"], row["article_ids"]) == (
        "2026-02-03T00:00:00+00:00",
        "pledged",
        ["b", "undated"],
    )
    assert result.articles == 2 and sum(result.held_back_counts().values()) == 1


def test_build_takes_json_and_listed_texts_with_hand_and_reject(tmp_path: Path) -> None:
    (tmp_path / "b.json").write_text(json.dumps(ARTICLE))
    text = tmp_path / "c.txt"
    text.write_text("Norway sends troops. Poland came.")
    digest = hashlib.sha256(text.read_bytes()).hexdigest()
    manifest = tmp_path / "documents.yaml"
    manifest.write_text(
        f"documents:\n- {{name: c.txt, sha256: {digest}, published: 2026-01-05, outlet: Beta,"
        " hand: [{topic: membership, subject: PL, status: attended, start: 21, end: 32, reason: hard}],"
        " reject: [{topic: troops, subject: 'NO', status: pledged, reason: misread}]}\n"
    )
    built = tmp_path / "baseline.yaml"
    built.write_text(baseline_command.build([tmp_path / "b.json", text], manifest, OneClaim(), WATCH))
    positions = {position.key: position for position in baseline.load_baseline(built)}
    assert len(positions[("troops", "NO", "troops")].reports) == 1
    assert positions[("membership", "PL", "membership")].reports[0].document == "c.txt"
    assert "Norway" not in built.read_text() and "by: hand" in built.read_text()
    text.write_text("changed")
    with pytest.raises(errors.InputError, match="sha256"):
        baseline_command.build([text], manifest, OneClaim(), WATCH)
    other = tmp_path / "d.txt"
    other.write_text("x")
    with pytest.raises(errors.InputError, match="manifest"):
        baseline_command.build([other], manifest, OneClaim(), WATCH)
