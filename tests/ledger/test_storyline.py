"""The storyline on its annotated claims: what is told, silent, repeated, restarted."""

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from app import replay, storyline
from monitor import baseline, watch
from monitor.ledger import rules, state

STORYLINE = Path(__file__).parents[1] / "data" / "storyline"
RULES = rules.load_rules()


@pytest.fixture(scope="module")
def articles() -> list[replay.Archived]:
    return replay.load_articles([STORYLINE], warn=lambda word: None)


@pytest.fixture(scope="module")
def watched() -> watch.Watch:
    return watch.load_watch()


def run(articles: list[replay.Archived], watched: watch.Watch, **more: Any) -> list[dict[str, Any]]:
    result = replay.replay(articles, None, watched, RULES, claims_from_gold=True, **more)
    return [replay.development_to_json(development) for development in result.developments]


def test_gold_claims_bring_all_that_is_expected_and_nothing_else(
    articles: list[replay.Archived], watched: watch.Watch
) -> None:
    figures = storyline.score_storyline(STORYLINE, run(articles, watched))
    assert figures.majors_found == figures.majors == 40
    assert figures.minors_found == figures.minors == 13
    assert figures.unexpected_majors == () and figures.unexpected_minors == ()
    assert figures.taken_back_right == 3 and figures.taken_back_wrong == ()
    assert figures.wrong_grades == () and figures.loud == ()


def test_article_taken_twice_adds_nothing(articles: list[replay.Archived], watched: watch.Watch) -> None:
    twice = [archived for archived in articles for _ in range(2)]
    assert run(twice, watched) == run(articles, watched)
    again = run([*articles, *articles], watched)
    assert [row["id"] for row in again] == [row["id"] for row in run(articles, watched)]


def test_restart_after_every_article_changes_nothing(articles: list[replay.Archived], watched: watch.Watch) -> None:
    def restart(held: state.LedgerState, step: object) -> state.LedgerState:
        return state.LedgerState.load(list(held.positions.values()), list(held.developments.values()))

    assert run(articles, watched, on_step=restart) == run(articles, watched)


def test_late_arrivals_change_nothing(articles: list[replay.Archived], watched: watch.Watch) -> None:
    by_date = sorted(articles, key=lambda archived: archived.article.published or archived.moment)
    assert {row["id"] for row in run(by_date, watched)} == {row["id"] for row in run(articles, watched)}


def test_shipped_baseline_is_in_facts() -> None:
    positions = baseline.load_baseline()
    assert len(positions) > 20
    reports = [report for position in positions for report in position.reports]
    assert all(report.evidence == "" and report.sha256 and report.end > report.start for report in reports)


def test_report_escapes_what_it_shows(articles: list[replay.Archived], watched: watch.Watch) -> None:
    first = next(archived for archived in articles if archived.article.id == "s005")
    outlet = "<script>alert(1)</script>"
    hostile = dataclasses.replace(first, article=dataclasses.replace(first.article, outlet=outlet))
    page = replay.report_html(replay.replay([hostile], None, watched, RULES, claims_from_gold=True))
    assert page.startswith("<!doctype html>") and "ruled_out" in page
    assert outlet not in page and "&lt;script&gt;" in page
