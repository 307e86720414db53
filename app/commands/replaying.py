"""`replay` and what compares runs of it: from the baseline or a saved ledger, under other rules or another revision."""

import io
import json
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app import differences, replay, report
from app.commands import output
from monitor import baseline, errors, types, watch
from monitor.claims import engine
from monitor.ledger import rules
from storage import copying, store

ROOT = Path(__file__).resolve().parents[2]
TIMEOUT_S = 1800


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What to replay, and how."""

    paths: tuple[Path, ...]
    gold: bool = False
    start: Path | None = None  # a saved ledger or a baseline file
    html: Path | None = None
    root: Path | None = None  # another watch's data
    other: str | None = None  # rules file, seeds folder, checkout or git revision to compare with


class Counted:
    """An engine that tells after each article that it is done."""

    def __init__(self, reader: engine.Engine, advance: Callable[[], None]) -> None:
        self._reader, self._advance = reader, advance

    def read(self, article: types.Article) -> types.Reading:
        """The article's reading."""
        reading = self._reader.read(article)
        self._advance()
        return reading


def replay_archive(options: Options) -> int:
    """Archived articles through the whole way; one JSON line a development, or a report, or what differs."""
    result = run_replay(options)
    if options.html is not None:
        options.html.write_text(report.to_html(result, watch.load_watch(options.root).names), encoding="utf-8")
        output.err.print(f"{len(result.developments)} developments of {result.articles} articles: {options.html}")
    if options.other is not None:
        rows = [replay.development_to_json(one) for one in result.developments]
        print(differences.to_text(differences.compare_runs(rows, _run_other(options, options.other))))
    elif options.html is None:
        _print_lines(result)
    return 0


def _print_lines(result: replay.ReplayResult) -> None:
    for development in result.developments:
        print(json.dumps(replay.development_to_json(development), ensure_ascii=False))
    held = ", ".join(f"{count} {reason}" for reason, count in result.held_back_counts().items())
    output.err.print(
        f"{result.articles} articles, {len(result.developments)} developments; held back: {held or 'none'}"
    )


def run_replay(
    options: Options, ledger_rules: rules.Rules | None = None, watched: watch.Watch | None = None
) -> replay.ReplayResult:
    """One run under these rules (the watch's own where none are given). Raises errors.InputError."""
    for path in options.paths:
        if not path.exists():
            raise errors.InputError(str(path), "no such file or folder")
    loaded = watched or watch.load_watch(options.root)
    known = ledger_rules or rules.load_rules(watch.own_file(options.root, "transitions.yaml"))
    archived = replay.load_articles(options.paths, lambda word: output.err.print(word))
    if not archived:
        paths = ", ".join(map(str, options.paths))
        raise errors.InputError(paths, "no article in it (JSON Lines, or a folder of JSON files)")
    positions, developments = load_start(options.start)
    if positions is None and options.root is not None:
        positions = baseline.load_baseline(watch.folder_of(options.root) / "baseline.yaml", known)
    with output.progress("reading", len(archived)) as advance:
        return replay.replay(
            archived, Counted(engine.Engine(loaded), advance), loaded, known, positions,
            developments=developments, claims_from_gold=options.gold,
        )  # fmt: skip


def load_start(start: Path | None) -> tuple[Sequence[types.Position] | None, Sequence[types.Development]]:
    """Positions and developments to start from: a baseline file's, or those of a saved ledger, which stays as it is."""
    if start is None:
        return None, ()
    if not start.is_file():
        raise errors.InputError(str(start), "no such ledger or baseline file")
    if start.suffix in {".yaml", ".yml"}:
        return baseline.load_baseline(start), ()
    with tempfile.TemporaryDirectory() as scratch:  # opening migrates: done on a copy
        copying.backup(f"sqlite:///{start.resolve()}", Path(scratch) / "ledger.db")
        stores = store.open_stores(f"sqlite:///{scratch}/ledger.db")
        try:
            return stores.ledger.load_positions(), stores.ledger.load_developments()
        finally:
            stores.database.close()


# ---------------------------------------------------------------- the other run


def _run_other(options: Options, other: str) -> list[dict[str, Any]]:
    """The rows of a run under other rules, in this process, or of another revision, in one of its own."""
    path = Path(other)
    if path.is_dir() and (path / "app" / "cli.py").is_file():
        return _run_checkout(options, path.resolve())
    if path.is_dir() and (path / "transitions.yaml").is_file():
        whole = (path / "actors.yaml").is_file() and (path.parent / "outlets.yaml").is_file()
        watched = watch.load_watch(path.resolve().parent, path.resolve().name) if whole else None
        result = run_replay(options, rules.load_rules(path / "transitions.yaml"), watched)
    elif path.is_file():
        result = run_replay(options, rules.load_rules(path))
    else:
        return _run_revision(options, other)
    return [replay.development_to_json(one) for one in result.developments]


def _run_revision(options: Options, revision: str) -> list[dict[str, Any]]:
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        command = ["git", "-C", str(ROOT), "archive", "--format=tar", "--end-of-options", revision]
        try:
            packed = subprocess.run(command, capture_output=True, check=True, timeout=60).stdout
        except (OSError, subprocess.SubprocessError) as error:
            raise errors.InputError(
                revision, "is no rules file, no folder with transitions.yaml and no revision of this program"
            ) from error
        with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
            archive.extractall(scratch, filter="data")
        return _run_checkout(options, scratch)


def _run_checkout(options: Options, root: Path) -> list[dict[str, Any]]:
    command = [sys.executable, "-m", "app.cli", "replay", *(str(path.resolve()) for path in options.paths)]
    command += ["--gold"] * options.gold
    command += ["--from", str(options.start.resolve())] if options.start else []
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=TIMEOUT_S, check=False)
    if done.returncode:
        said = (done.stderr.strip().splitlines() or ["no word"])[-1]
        raise errors.InputError(str(options.other), f"its replay ended with {done.returncode}: {said}")
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
