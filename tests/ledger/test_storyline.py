"""The storyline on its annotated claims: what is told, silent, repeated, restarted."""

import dataclasses
import itertools
import json
import random
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from app import replay, report, storyline
from monitor import baseline, types, watch
from monitor.claims import engine
from monitor.ledger import rules, state

STORYLINE = Path(__file__).parents[1] / "data" / "storyline"
FLOORS = json.loads((STORYLINE.parent / "storyline_floors.json").read_text(encoding="utf-8"))
RULES = rules.load_rules()
BASELINE = baseline.load_baseline()


@pytest.fixture(scope="module")
def articles() -> list[replay.Archived]:
    return replay.load_articles([STORYLINE], warn=lambda word: None)


@pytest.fixture(scope="module")
def watched() -> watch.Watch:
    return watch.load_watch()


def run(articles: list[replay.Archived], watched: watch.Watch, **more: Any) -> list[dict[str, Any]]:
    result = replay.replay(articles, None, watched, RULES, BASELINE, claims_from_gold=True, **more)
    return [replay.development_to_json(development) for development in result.developments]


def test_gold_claims_bring_all_that_is_expected_and_nothing_else(
    articles: list[replay.Archived], watched: watch.Watch
) -> None:
    figures = storyline.score_storyline(STORYLINE, run(articles, watched))
    assert figures.majors == 40 and figures.minors == 13
    assert storyline.to_counts(figures) == FLOORS["gold"]


def test_engines_own_claims_keep_their_floors(articles: list[replay.Archived], watched: watch.Watch) -> None:
    result = replay.replay(articles, engine.Engine(watched), watched, RULES, BASELINE)
    rows = [replay.development_to_json(development) for development in result.developments]
    counts = storyline.to_counts(storyline.score_storyline(STORYLINE, rows))
    short = {name: (counts[name], least) for name, least in FLOORS["engine_at_least"].items() if counts[name] < least}
    over = {name: (counts[name], most) for name, most in FLOORS["engine_at_most"].items() if counts[name] > most}
    assert short == {} and over == {}


def test_article_taken_twice_adds_nothing(articles: list[replay.Archived], watched: watch.Watch) -> None:
    twice = [archived for archived in articles for _ in range(2)]
    assert run(twice, watched) == run(articles, watched)
    assert json.dumps(run(articles, watched)) == json.dumps(run(articles, watched))
    again = run([*articles, *articles], watched)
    assert [row["id"] for row in again] == [row["id"] for row in run(articles, watched)]


def test_restart_after_every_article_changes_nothing(articles: list[replay.Archived], watched: watch.Watch) -> None:
    def restart(held: state.LedgerState, step: object) -> state.LedgerState:
        return state.LedgerState.load(list(held.positions.values()), list(held.developments.values()))

    assert run(articles, watched, on_step=restart) == run(articles, watched)


def test_late_arrivals_change_nothing(articles: list[replay.Archived], watched: watch.Watch) -> None:
    by_date = sorted(articles, key=lambda archived: archived.article.published or archived.moment)
    assert {row["id"] for row in run(by_date, watched)} == {row["id"] for row in run(articles, watched)}


def day_of(archived: replay.Archived) -> date:
    assert archived.moment is not None
    return archived.moment.date()


def shuffle_within_days(articles: list[replay.Archived], seed: int) -> list[replay.Archived]:
    chance, shuffled = random.Random(seed), []
    for _, group in itertools.groupby(articles, key=day_of):
        of_day = list(group)
        chance.shuffle(of_day)
        shuffled += of_day
    return shuffled


Held = dict[state.Key, tuple[object, ...]]


def take_days(articles: list[replay.Archived], watched: watch.Watch) -> tuple[replay.ReplayResult, dict[date, Held]]:
    """The result, and what is held at the end of each day that changed something."""
    days = {archived.article.id: day_of(archived) for archived in articles}
    held_on: dict[date, Held] = {}

    def note(held: state.LedgerState, step: types.LedgerStep) -> None:
        held_on[days[step.article_id]] = {
            key: (p.status, p.number, p.number_max, p.since, p.grade) for key, p in held.positions.items()
        }

    result = replay.replay(articles, None, watched, RULES, BASELINE, claims_from_gold=True, on_step=note)
    return result, held_on


def majors_of(result: replay.ReplayResult) -> Counter[tuple[object, ...]]:
    """Majors without who raised them; those disputed, corrected or denied are left out."""
    return Counter(
        (d.topic, d.subject, d.aspect, d.old, d.new, d.old_number, d.new_number)
        for d in result.developments
        if not d.minor and not d.taken_back
    )


@pytest.fixture(scope="module")
def in_order(articles: list[replay.Archived], watched: watch.Watch) -> tuple[replay.ReplayResult, dict[date, Held]]:
    return take_days(articles, watched)


@pytest.mark.parametrize("seed", range(20))
def test_order_within_a_day_changes_neither_positions_nor_majors(
    seed: int,
    articles: list[replay.Archived],
    watched: watch.Watch,
    in_order: tuple[replay.ReplayResult, dict[date, Held]],
) -> None:
    shuffled = shuffle_within_days(articles, seed)
    assert [a.article.id for a in shuffled] != [a.article.id for a in articles]
    result, held_on = take_days(shuffled, watched)
    assert held_on == in_order[1]
    assert majors_of(result) == majors_of(in_order[0])


def test_shipped_baseline_is_in_facts() -> None:
    positions = baseline.load_baseline()
    assert len(positions) > 20
    reports = [report for position in positions for report in position.reports]
    assert all(report.evidence == "" and report.sha256 and report.end > report.start for report in reports)


def test_report_escapes_what_it_shows(articles: list[replay.Archived], watched: watch.Watch) -> None:
    first = next(archived for archived in articles if archived.article.id == "s005")
    outlet = "<script>alert(1)</script>"
    hostile = dataclasses.replace(first, article=dataclasses.replace(first.article, outlet=outlet))
    page = report.to_html(replay.replay([hostile], None, watched, RULES, BASELINE, claims_from_gold=True), {})
    assert page.startswith("<!doctype html>") and "ruled out" in page
    assert outlet not in page and "&lt;script&gt;" in page
