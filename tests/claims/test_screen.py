"""The screen loses no article of the corpus that is about the watch's subject and named as such."""

import json
from pathlib import Path

from monitor import screen, watch

CORPUS = Path(__file__).parents[1] / "data" / "corpus" / "articles"
SCREEN = screen.Screen(watch.load_watch())


def test_relevant_articles_pass() -> None:
    rows = [json.loads(file.read_text(encoding="utf-8")) for file in sorted(CORPUS.glob("*.json"))]
    lost = [r["id"] for r in rows if r["relevant"] and not SCREEN.is_on_topic(r["title"], "", r["text"])]
    assert rows and lost == []


def test_pages_on_other_matters_are_dropped() -> None:
    assert not SCREEN.is_on_topic("Cup final", "A late goal", "<html><body>The match ended two to one.</body></html>")


def test_words_in_entities_are_seen() -> None:
    assert SCREEN.is_on_topic("", "", "the &#99;oalition of the willing")
