"""Commands on articles: claims, replay, baseline, evaluate. Offline; no database."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

from app import baseline_command, claims_command, evaluate, replay, storyline
from app.commands import output
from monitor import errors, types, watch
from monitor.claims import engine
from monitor.ledger import rules


class _Counted:
    """An engine that tells after each article that it is done."""

    def __init__(self, reader: engine.Engine, advance: Callable[[], None]) -> None:
        self._reader, self._advance = reader, advance

    def read(self, article: types.Article) -> types.Reading:
        """The article's reading."""
        reading = self._reader.read(article)
        self._advance()
        return reading


def claims(explain: bool) -> int:
    """JSON Lines in, JSON Lines out."""
    sys.stdin.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    reader = engine.Engine(watch.load_watch())
    return claims_command.run_claims(sys.stdin, sys.stdout, sys.stderr, Path.cwd(), reader, explain)


def replay_archive(paths: list[Path], html: Path | None, gold: bool) -> int:
    """Archived articles through the whole way; one JSON line a development."""
    result = _replay(paths, gold)
    if html is not None:
        html.write_text(replay.report_html(result), encoding="utf-8")
        output.err.print(f"{len(result.developments)} developments of {result.articles} articles: {html}")
        return 0
    for development in result.developments:
        print(json.dumps(replay.development_to_json(development), ensure_ascii=False))
    held = ", ".join(f"{count} {reason}" for reason, count in result.held_back_counts().items())
    output.err.print(
        f"{result.articles} articles, {len(result.developments)} developments; held back: {held or 'none'}"
    )
    return 0


def _replay(paths: list[Path], gold: bool) -> replay.ReplayResult:
    for path in paths:
        if not path.exists():
            raise errors.InputError(str(path), "no such file or folder")
    loaded = watch.load_watch()
    archived = replay.load_articles(paths, lambda word: output.err.print(word))
    if not archived:
        raise errors.InputError(", ".join(map(str, paths)), "no article in it (JSON Lines, or a folder of JSON files)")
    with output.progress("reading", len(archived)) as advance:
        reader = _Counted(engine.Engine(loaded), advance)
        return replay.replay(archived, reader, loaded, rules.load_rules(), claims_from_gold=gold)


def build_baseline(documents: list[Path], manifest: Path | None, target: Path | None) -> int:
    """Derive a baseline from documents."""
    for path in documents:
        if not path.exists():
            raise errors.InputError(str(path), "no such document")
    loaded = watch.load_watch()
    text = baseline_command.build(documents, manifest, engine.Engine(loaded), loaded)
    if target is None:
        print(text, end="")
    else:
        target.write_text(text, encoding="utf-8")
        output.err.print(f"written: {target}")
    return 0


def evaluate_claims(gold: Path, show: int, of_storyline: bool, use_gold: bool) -> int:
    """Score the engine on annotated articles, or the whole way on a storyline."""
    if not gold.exists():
        raise errors.InputError(str(gold), "no such folder or file")
    if of_storyline:
        found = [replay.development_to_json(one) for one in _replay([gold], use_gold).developments]
        print(storyline.table(storyline.score_storyline(gold, found)))
        return 0
    articles = evaluate.load_annotated(gold)
    if not articles:
        raise errors.InputError(str(gold), "no annotated article in it (JSON with text and claims)")
    with output.progress("reading", len(articles)) as advance:
        scores = evaluate.score(articles, _Counted(engine.Engine(watch.load_watch()), advance))
    print(evaluate.report(scores, show))
    return 0
