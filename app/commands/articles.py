"""Commands on articles: claims, baseline, evaluate. Offline; no database."""

import sys
from pathlib import Path

from app import baseline_command, claims_command, evaluate, replay, storyline, training
from app.commands import output, replaying
from monitor import baseline, errors, watch
from monitor.claims import engine, network, weights
from monitor.ledger import rules


def claims(explain: bool, root: Path | None) -> int:
    """JSON Lines in, JSON Lines out."""
    sys.stdin.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    reader = engine.Engine(watch.load_watch(root))
    return claims_command.run_claims(sys.stdin, sys.stdout, sys.stderr, Path.cwd(), reader, explain)


def build_baseline(documents: list[Path], manifest: Path | None, target: Path | None, root: Path | None) -> int:
    """Derive a baseline from documents."""
    for path in documents:
        if not path.exists():
            raise errors.InputError(str(path), "no such document")
    loaded = watch.load_watch(root)
    text = baseline_command.build(documents, manifest, engine.Engine(loaded), loaded)
    if target is None:
        print(text, end="")
    else:
        target.write_text(text, encoding="utf-8")
        output.err.print(f"written: {target}")
    return 0


def show_baseline(root: Path | None) -> int:
    """The positions of the watch's baseline."""
    known = rules.load_rules(watch.own_file(root, "transitions.yaml"))
    rows = [
        (str(one.topic), one.subject, one.aspect, one.status, one.number, one.since.date())
        for one in baseline.load_baseline(watch.folder_of(root) / "baseline.yaml", known)
    ]
    output.show_table("baseline", ("topic", "subject", "aspect", "status", "number", "since"), rows)
    return 0


def evaluate_claims(gold: Path, show: int, of_storyline: bool, use_gold: bool) -> int:
    """Score the engine on annotated articles, or the whole way on a storyline."""
    evaluate.refuse_missing(gold)
    if of_storyline:
        options = replaying.Options(paths=(gold,), gold=use_gold)
        found = [replay.development_to_json(one) for one in replaying.run_replay(options).developments]
        print(storyline.table(storyline.score_storyline(gold, found)))
        return 0
    articles = evaluate.load_required(gold)
    with output.progress("reading", len(articles)) as advance:
        scores = evaluate.score(articles, replaying.Counted(engine.Engine(watch.load_watch()), advance))
    print(evaluate.report(scores, show))
    return 0


def train(paths: list[Path], odd_of: list[Path], target: Path | None, folds: int) -> int:
    """Learn the weights and the network of the statistical reader; with folds, measure instead and write nothing."""
    loaded = watch.load_watch()
    read = training.parts([*training.load(paths), *training.odd(training.load(odd_of))], loaded)
    output.err.print(f"{len(read)} articles, {sum(len(one.lessons) for one in read)} places")
    method = training.Method()
    if folds:
        print(evaluate.report(training.cross_validate(read, loaded, method, folds, output.err.print), 0))
        return 0
    learned = training.learn(read, method, output.err.print)
    file = target or watch.SEEDS / loaded.name / watch.WEIGHTS_FILE
    file.write_text(weights.dump(learned), encoding="utf-8")
    output.err.print(f"written: {file}")
    if learned.network is not None:
        beside = file.with_name(watch.NETWORK_FILE)
        beside.write_bytes(network.dump(learned.network))
        output.err.print(f"written: {beside}")
    return 0
