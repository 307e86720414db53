"""Commands on the ledger, over a real database that the storyline's annotated claims have filled."""

import dataclasses
import json
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app import cli, differences, replay, report, settings, wiring
from app.commands import replaying
from monitor import baseline, copies, errors, types, watch
from monitor.ledger import compare, rules, state
from storage import store

ROOT = Path(__file__).resolve().parents[2]
STORYLINE = ROOT / "tests" / "data" / "storyline"
HALF = datetime(2026, 2, 25, tzinfo=UTC)
SOURCE = "https://gov.example.org/note"


def archive() -> list[replay.Archived]:
    return replay.load_articles([STORYLINE], warn=lambda word: None)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the first half of the storyline, each article taken in on its own day."""
    path = tmp_path_factory.mktemp("ledger") / "filled.db"
    stores = store.open_stores(f"sqlite:///{path}")
    watched, ledger_rules = watch.load_watch(), rules.load_rules()
    known = baseline.load_baseline()
    stores.ledger.seed_baseline(known, datetime(2025, 12, 1, tzinfo=UTC))
    held, seen = state.LedgerState.load(known, ()), copies.CopyIndex()
    for archived in archive():
        if archived.gold is None or archived.moment is None or archived.moment > HALF:
            continue
        copy_of = seen.find(copies.sketch(archived.article.text)) if archived.gold.claims else None
        step = compare.apply_article(
            held, archived.article, archived.gold, rules=ledger_rules, watch=watched, copy_of=copy_of,
            now=archived.moment,
        )  # fmt: skip
        if step.copy_of is None:
            seen.add(archived.article.id, step.sketch)
        stores.ledger.record_step(None, step, (), archived.moment)
        held.absorb(step)
    stores.database.close()
    return path


@pytest.fixture
def here(filled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    feeds = "feeds:\n  - {url: 'https://feeds.example.org/rss', title: Feed, outlet: Example Post, tier: press}\n"
    (tmp_path / "feeds.yaml").write_text(feeds, encoding="utf-8")
    (tmp_path / "watch.db").write_bytes(filled.read_bytes())
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CW_DATABASE_URL", f"sqlite:///{tmp_path}/watch.db")
    monkeypatch.setenv("CW_FEEDS_FILE", str(tmp_path / "feeds.yaml"))
    monkeypatch.setenv("COLUMNS", "200")
    return tmp_path


@pytest.fixture
def base(here: Path) -> Iterator[wiring.Base]:
    opened = wiring.open_base(settings.load_settings({"CW_DATABASE_URL": f"sqlite:///{here}/watch.db"}))
    yield opened
    opened.close()


def set_denmark(*more: str) -> int:
    return cli.main(["ledger", "set", "troops", "DK", "troops", "open", "--source", SOURCE, *more])


def held(base: wiring.Base, *key: str) -> types.Position | None:
    return next((p for p in base.stores.ledger.load_positions() if p.key == key), None)


def test_a_position_is_set_by_hand_and_undone(base: wiring.Base, capsys: pytest.CaptureFixture[str]) -> None:
    before = held(base, "troops", "DK", "troops")
    assert set_denmark("--at", "2026-02-20") == 0
    position = held(base, "troops", "DK", "troops")
    assert position is not None and position.source == "hand" and position.reports[0].url == SOURCE
    assert (position.status, position.since) == ("open", datetime(2026, 2, 20, tzinfo=UTC))
    assert SOURCE in capsys.readouterr().out
    assert cli.main(["ledger", "undo"]) == 0
    assert held(base, "troops", "DK", "troops") == before
    assert cli.main(["ledger", "undo"]) == 1 and "nothing has been done" in capsys.readouterr().err


def test_an_undo_that_news_has_overtaken_is_refused(base: wiring.Base, capsys: pytest.CaptureFixture[str]) -> None:
    assert set_denmark() == 0
    now = wiring.utc_now()
    position = held(base, "troops", "DK", "troops")
    assert position is not None
    moved = dataclasses.replace(position, status="pledged", since=now, source="news")
    base.stores.ledger.record_step(None, types.LedgerStep(article_id="x", positions=(moved,)), (), now)
    assert cli.main(["ledger", "undo"]) == 1 and "news has moved" in capsys.readouterr().err
    assert held(base, "troops", "DK", "troops") == moved


@pytest.mark.parametrize(
    ("args", "word"),
    [
        (["weather", "DK", "troops", "open"], "topics are"),
        (["troops", "XX", "troops", "open"], "no such subject"),
        (["troops", "DK", "navy", "open"], "aspect of troops"),
        (["troops", "DK", "troops", "eager"], "statuses of troops"),
        (["troops", "COALITION", "force_size", "force_size"], "needs --number"),
        (["troops", "COALITION", "force_size", "pledged", "--number", "3"], "status of force_size"),
        (["troops", "DK", "troops", "open", "--at", "2999-01-01"], "future"),
        (["troops", "DK", "troops", "open", "--source", "a friend"], "web address"),
    ],
)
def test_what_cannot_be_set_is_refused(
    here: Path, args: list[str], word: str, capsys: pytest.CaptureFixture[str]
) -> None:
    source = [] if "--source" in args else ["--source", SOURCE]
    assert cli.main(["ledger", "set", *args, *source]) == 1
    assert word in capsys.readouterr().err


def test_a_wrong_development_is_taken_back_counted_and_undone(
    base: wiring.Base, capsys: pytest.CaptureFixture[str]
) -> None:
    (one,) = (d for d in base.stores.ledger.load_developments() if (d.subject, d.new) == ("EE", "pledged"))
    before = base.stores.ledger.load_positions()
    assert cli.main(["ledger", "wrong", one.id, "--note", "another coalition"]) == 0
    marked = base.stores.ledger.development(one.id)
    assert marked is not None and marked.wrong and marked.taken_back and "another coalition" in marked.note
    assert held(base, "troops", "EE", "troops") == one.old_position
    capsys.readouterr()
    assert cli.main(["ledger", "wrong"]) == 0
    shown = capsys.readouterr().out
    assert one.id in shown and "1 of " in shown
    assert cli.main(["ledger", "wrong", one.id]) == 1
    assert cli.main(["ledger", "wrong", "D0"]) == 1
    assert cli.main(["ledger", "undo"]) == 0
    assert base.stores.ledger.development(one.id) == one
    assert {p.key: p for p in base.stores.ledger.load_positions()} == {p.key: p for p in before}


def test_a_wrong_development_is_told_to_whoever_was_told(base: wiring.Base) -> None:
    (one,) = (d for d in base.stores.ledger.load_developments() if (d.subject, d.new) == ("EE", "pledged"))
    wiring.seed_recipients(base)
    assert cli.main(["ledger", "wrong", one.id]) == 0
    with base.stores.database.read() as connection:
        from storage import schema

        kinds = [row.kind for row in connection.execute(schema.alerts.select()) if row.development_id == one.id]
    assert kinds == ["taken_back"]


def test_the_past_is_shown_as_table_and_as_json(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["ledger", "at", "2026-01-10", "--json"]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    held_then = {(row["topic"], row["subject"], row["aspect"]): row for row in rows}
    assert held_then["troops", "FR", "troops"]["number"] == 6000
    assert ("troops", "EE", "troops") not in held_then
    assert cli.main(["ledger", "at", "2026-01-10"]) == 0 and "France" in capsys.readouterr().out
    assert cli.main(["ledger", "at", "2020-01-01"]) == 0 and "nothing was held" in capsys.readouterr().out
    assert cli.main(["ledger", "at", "soon"]) == 1


def test_what_was_held_back_is_counted_by_reason(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["ledger", "held", "--json"]) == 0
    counts = json.loads(capsys.readouterr().out)
    assert counts["same"] > 0 and counts["past"] > 0
    assert cli.main(["ledger", "held", "--since", "2026-02-01"]) == 0
    assert "a recap in the past tense" in capsys.readouterr().out


def test_every_reason_has_words() -> None:
    from app.commands import ledger

    result = replay.replay(archive(), None, watch.load_watch(), rules.load_rules(), claims_from_gold=True)
    assert set(result.held_back_counts()) <= set(ledger.REASONS)


# ------------------------------------------------------------ baseline and replay


def majors(result: replay.ReplayResult) -> list[tuple[object, ...]]:
    return [(d.published, d.subject, d.aspect, d.old, d.new, d.grade) for d in result.developments if not d.minor]


def test_a_cut_baseline_carries_on_elsewhere(here: Path, tmp_path: Path) -> None:
    later = [one for one in archive() if one.moment is not None and one.moment > HALF]
    file = here / "cut.yaml"
    assert cli.main(["baseline", "cut", str(file), "--at", HALF.isoformat()]) == 0
    assert "evidence" not in file.read_text(encoding="utf-8")
    positions, developments = replaying.load_start(file)
    assert positions is not None and developments == ()
    saved, told = replaying.load_start(here / "watch.db")
    assert saved is not None and told
    assert {p.key: (p.status, p.number, p.since, p.grade) for p in positions} == {
        p.key: (p.status, p.number, p.since, p.grade) for p in saved
    }
    watched, ledger_rules = watch.load_watch(), rules.load_rules()
    cut = replay.replay(later, None, watched, ledger_rules, positions, claims_from_gold=True)
    whole = replay.replay(later, None, watched, ledger_rules, saved, developments=told, claims_from_gold=True)
    raised = dataclasses.replace(
        whole, developments=tuple(d for d in whole.developments if d.id not in {one.id for one in told})
    )
    assert majors(cut) == majors(raised) != []


def test_an_early_cut_holds_what_was_held_then(here: Path) -> None:
    assert cli.main(["baseline", "cut", "early.yaml", "--at", "2026-01-10"]) == 0
    known = {p.key: p for p in baseline.load_baseline(here / "early.yaml")}
    assert known["troops", "FR", "troops"].number == 6000 and ("troops", "EE", "troops") not in known
    assert cli.main(["baseline", "cut", "none.yaml", "--at", "2020-01-01"]) == 1


def test_replay_from_a_saved_ledger_leaves_it_alone(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = (here / "watch.db").read_bytes()
    assert cli.main(["replay", str(STORYLINE), "--gold", "--from", str(here / "watch.db")]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    known = {one.id for one in replaying.load_start(here / "watch.db")[1]}
    raised = [row["raised_at"] for row in rows if row["id"] not in known]
    assert raised and min(raised) > HALF.isoformat()
    assert (here / "watch.db").read_bytes() == before
    assert cli.main(["replay", str(STORYLINE), "--from", "absent.db"]) == 1


def test_other_rules_show_what_they_add_drop_and_alter(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = (ROOT / "seeds/coalition/transitions.yaml").read_text(encoding="utf-8")
    other = here / "transitions.yaml"
    other.write_text(text.replace("up_minor: [considering, attended, ", "up_minor: [considering, attended, pledged, "))
    assert cli.main(["replay", str(STORYLINE), "--gold", "--compare", str(other)]) == 0
    shown = capsys.readouterr().out
    assert "minor False → True" in shown and "0 added, 0 dropped" in shown
    folder = here / "coalition"
    folder.mkdir()
    (folder / "transitions.yaml").write_text(
        text.replace("down_major: [[pledged, conditional]]", "down_major: []"), encoding="utf-8"
    )
    assert cli.main(["replay", str(STORYLINE), "--gold", "--compare", str(folder)]) == 0
    assert "- 2026-06" in capsys.readouterr().out
    assert cli.main(["replay", str(STORYLINE), "--gold", "--compare", "no-such-thing"]) == 1


def test_another_checkout_is_run_in_a_process_of_its_own(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one = here / "one.jsonl"
    one.write_text(json.dumps(json.loads((STORYLINE / "s005.json").read_text(encoding="utf-8"))))
    assert cli.main(["replay", str(one), "--gold", "--compare", str(ROOT)]) == 0
    assert capsys.readouterr().out.strip() == "0 added, 0 dropped, 0 altered, 1 same"


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="no repository here")
def test_a_revision_is_unpacked_and_run(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    has_git = subprocess.run(["git", "-C", str(ROOT), "rev-parse", "HEAD"], capture_output=True, check=False)
    if has_git.returncode:
        pytest.skip("git does not know this folder")
    one = here / "one.jsonl"
    one.write_text(json.dumps(json.loads((STORYLINE / "s005.json").read_text(encoding="utf-8"))))
    assert cli.main(["replay", str(one), "--gold", "--compare", "HEAD"]) == 0
    assert capsys.readouterr().out.strip().endswith("1 same")


def test_a_broken_checkout_is_named(here: Path) -> None:
    (here / "app").mkdir()
    (here / "app" / "__init__.py").touch()
    (here / "app" / "cli.py").write_text("raise SystemExit('broken')")
    options = replaying.Options(paths=(STORYLINE,), gold=True, other=str(here))
    with pytest.raises(errors.InputError, match="broken"):
        replaying.replay_archive(options)


def test_differences_pair_the_likest() -> None:
    row = {
        "id": "D1", "topic": "troops", "subject": "DK", "aspect": "troops", "old": None, "new": "pledged",
        "old_number": None, "new_number": None, "minor": False, "grade_at_first": "reported", "grade": "reported",
        "disputed": False, "taken_back": False, "published": "2026-02-01", "article_ids": ["a1"],
    }  # fmt: skip
    later = row | {"id": "D2", "grade": "official", "article_ids": ["a2"]}
    found = differences.compare_runs([row], [later, row | {"id": "D3", "subject": "SE"}])
    assert [r["subject"] for r in found.added] == ["SE"] and found.dropped == () and found.same == 0
    assert "grade reported → official" in differences.to_text(found)


def test_the_report_shows_timeline_board_and_evidence_and_escapes_all() -> None:
    hostile = "<script>alert('x')</script>"
    result = replay.replay(archive(), None, watch.load_watch(), rules.load_rules(), claims_from_gold=True)
    told = tuple(
        dataclasses.replace(
            d, note=hostile, subject=d.subject,
            reports=tuple(
                dataclasses.replace(r, outlet=hostile, evidence=hostile, speaker=hostile, url="javascript:alert(1)")
                for r in d.reports
            ),
        )
        for d in result.developments
    )  # fmt: skip
    page = report.to_html(dataclasses.replace(result, developments=told), {"DK": hostile})
    assert "<script" not in page and "javascript:" not in page and "&lt;script&gt;" in page
    assert page.count("<article") == len(told) and "Timeline" in page and "Board at the end" in page
    plain = report.to_html(result, {})
    assert "disputed" in plain and "taken back" in plain and "troops" in plain
