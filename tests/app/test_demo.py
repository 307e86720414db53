"""The demonstration: its own fiction and folders of pages, through the real service in a process of its own."""

import json
import os
import re
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.demo import pages, site
from monitor import errors

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
OUTCOMES = "What became of each page:"
CODE = """
import sys
from pathlib import Path
from app.demo.run import run_demo
raise SystemExit(run_demo(Path(sys.argv[1]) if len(sys.argv) > 1 else None, sys.stdout))
"""
ACCOUNT = "=== standard error"
PADDING = (
    "Planners have met several times in recent weeks, and officials said that details remained to be worked out in the "
    "capitals concerned. Barracks, fuel and medical care all cost money, and none of it has been counted yet."
)
RETOLD = (
    "The coalition of the willing for Ukraine is led by Britain and France, the two countries that called it together.",
    "Britain and France have said that they are ready to send troops to Ukraine after a ceasefire.",
    "In December, 34 leaders took part in a video call of the coalition of the willing for Ukraine.",
    "In all, 26 countries are ready to contribute to the coalition of the willing's force for Ukraine.",
)
# What one page says, and the headline that it must bring.
FIRST = {
    "another country pledges": (
        "Portugal will send 250 soldiers to Ukraine as part of the coalition of the willing's force after a ceasefire, "
        "the Portuguese defence minister said.",
        "Portugal — troops: no position held → pledges to send forces (250 soldiers)",
    ),
    "a country rules it out": (
        "Hungary will not send troops to Ukraine as part of the coalition of the willing's force, the government in "
        "Budapest said.",
        "Hungary — troops: no position held → rules",
    ),
    "a country joins": (
        "Chile has joined the coalition of the willing for Ukraine, the government in Santiago announced.",
        "Chile — membership: no position held → member of the coalition",
    ),
    "a country leaves": (
        "Italy has left the coalition of the willing for Ukraine, the government in Rome announced.",
        "Italy — membership: took part in a coalition meeting → leaves",
    ),
    "the US refuses ground troops": (
        "The United States will not send ground troops to Ukraine as part of the coalition of the willing's force, "
        "President Donald Trump said.",
        "United States — US backstop, ground troops: no position held → ruled out",
    ),
}
SECOND = {
    "the US offers air support": (
        "The United States is offering air support for the coalition of the willing's force in Ukraine, President "
        "Donald Trump said.",
        "United States — US backstop, air support: ruled out → offered",
    ),
    "another country joins": (
        "Iceland joined the coalition of the willing for Ukraine, its government announced.",
        "Iceland — membership: no position held → member of the coalition",
    ),
    "a pledge in thousands": (
        "Spain has pledged 1,500 troops for the coalition of the willing's force in Ukraine, the government in Madrid "
        "said.",
        "Spain — troops: no position held → pledges to send forces (1,500 soldiers)",
    ),
}


def demonstrate(folder: Path, *args: str, **extra: str) -> str:
    """Run the demonstration in a folder of its own; its output: alerts and figures, then each page's outcome."""
    scratch = folder / "scratch"
    scratch.mkdir()
    env = {name: value for name, value in os.environ.items() if not name.startswith("CW_")}
    env |= {"PYTHONPATH": str(ROOT), "TMPDIR": str(scratch), "PYTHONIOENCODING": "utf-8"} | extra
    command = [sys.executable, "-c", CODE, *args]
    done = subprocess.run(command, env=env, cwd=folder, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert list(scratch.iterdir()) == [], "the scratch database is removed"
    return done.stdout + done.stderr


def headlines(output: str) -> list[str]:
    """The first line of each alert on the console."""
    return re.findall(r"^─{20,}\n(.* → .*)$", output.partition(ACCOUNT)[0], re.MULTILINE)


def as_text(folder: Path, name: str, text: str) -> None:
    (folder / f"{name}.txt").write_text(f"A headline about {name}\n\n{text}\n\n{PADDING}\n", encoding="utf-8")


def as_html(folder: Path, name: str, text: str) -> None:
    body = f"<article><h1>A headline</h1><p>{text}</p><p>{PADDING}</p></article>"
    page = f"<!doctype html><html lang='en'><head><title>A headline</title></head><body>{body}</body></html>"
    (folder / f"{name}.html").write_text(page, encoding="utf-8")


def as_json(folder: Path, name: str, text: str) -> None:
    article = {"id": name, "title": "A headline", "text": f"{text}\n\n{PADDING}", "published": None}
    (folder / f"{name}.json").write_text(json.dumps(article), encoding="utf-8")


def demonstrate_pages(folder: Path, cases: dict[str, tuple[str, str]], *extra: str) -> str:
    brought = folder / "brought"
    brought.mkdir()
    writers: list[Callable[[Path, str, str], None]] = [as_text, as_html, as_json]
    for number, (name, text) in enumerate(
        [(name, case[0]) for name, case in cases.items()] + [(f"old {t[:9]}", t) for t in extra]
    ):
        writers[number % 3](brought, f"{number} {name}", text)
    return demonstrate(folder, str(brought))


@pytest.fixture(scope="module")
def own_output(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("own")
    (folder / "coalition-watch.toml").write_text('telegram_token = "1:x"\ntelegram_chats = "1"\n', encoding="utf-8")
    return demonstrate(folder, CW_TELEGRAM_TOKEN="1:x", CW_TELEGRAM_CHATS="1", CW_CONSOLE="false")


@pytest.fixture(scope="module")
def first_output(tmp_path_factory: pytest.TempPathFactory) -> str:
    return demonstrate_pages(tmp_path_factory.mktemp("first"), FIRST, *RETOLD)


@pytest.fixture(scope="module")
def second_output(tmp_path_factory: pytest.TempPathFactory) -> str:
    return demonstrate_pages(tmp_path_factory.mktemp("second"), SECOND, *RETOLD)


def test_first_and_last_line_say_what_it_is(own_output: str) -> None:
    first, *_, last = own_output.partition(OUTCOMES)[0].strip().splitlines()
    assert "fiction" in first and "127.0.0.1" in first
    assert re.match(r"6 pages; \d alerts told; \d claims held back", last)


@pytest.mark.parametrize(
    "headline",
    [
        "Denmark — troops: no position held → pledges to send forces (300 soldiers)",
        "Malta — membership: no position held → member of the coalition",
        "United States — US backstop, intelligence: ruled out → committed",
        "United States — US backstop, air support: ruled out → committed",
    ],
)
def test_its_own_pages_bring_these_alerts_once(own_output: str, headline: str) -> None:
    assert headlines(own_output).count(headline) == 1


def test_its_own_retold_and_foreign_pages_bring_none(own_output: str) -> None:
    assert len(headlines(own_output)) == 4
    assert "6 pages; 4 alerts told" in own_output
    account = own_output.partition(OUTCOMES)[2]
    assert account.count("silent (baseline)") == 2 and account.count("silent (off topic") == 1


@pytest.mark.parametrize("name", FIRST)
def test_a_page_of_the_first_folder_is_told(first_output: str, name: str) -> None:
    assert sum(line.startswith(FIRST[name][1]) for line in headlines(first_output)) == 1, first_output


@pytest.mark.parametrize("name", SECOND)
def test_a_page_of_the_second_folder_is_told(second_output: str, name: str) -> None:
    assert sum(line.startswith(SECOND[name][1]) for line in headlines(second_output)) == 1, second_output


def test_retold_facts_are_silent_beside_news(first_output: str, second_output: str) -> None:
    assert len(headlines(first_output)) == len(FIRST)
    assert len(headlines(second_output)) == len(SECOND)


def test_retold_facts_alone_are_silent(tmp_path: Path) -> None:
    output = demonstrate_pages(tmp_path, {}, *RETOLD)
    assert headlines(output) == []
    assert f"{len(RETOLD)} pages; 0 alerts told" in output


def test_old_and_short_and_broken_pages(tmp_path: Path) -> None:
    folder = tmp_path / "pages"
    folder.mkdir()
    (folder / "short.txt").write_text("Norway joined the coalition of the willing for Ukraine.", encoding="utf-8")
    old = {"title": "Old", "text": f"Kenya joined the coalition of the willing. {PADDING}", "published": "2025-05-01"}
    (folder / "old.json").write_text(json.dumps(old), encoding="utf-8")
    (folder / "broken.json").write_text("{", encoding="utf-8")
    (folder / "picture.png").write_bytes(b"\x89PNG")
    output = demonstrate(tmp_path, str(folder))
    assert [line.partition(":")[0] for line in headlines(output)] == ["Norway — membership"]
    assert "Old: silent (old" in output and "broken.json: skipped" in output
    assert "2 pages; 1 alert told" in output


# ---------------------------------------------------------------- reading folders, serving


def read(folder: Path, words: list[str] | None = None) -> list[site.Item]:
    return pages.read_folder(folder, NOW, (words if words is not None else []).append)


def test_a_text_page_gives_title_date_and_text(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("\ufeffTitle\r\n2026-02-27\r\n\r\nOne\r\nline.\r\n\r\nTwo.", encoding="utf-8")
    (item,) = read(tmp_path)
    assert (item.title, item.text) == ("Title", "One line.\n\nTwo.")
    assert item.published == datetime(2026, 2, 27, tzinfo=UTC)


def test_a_page_without_a_date_is_of_today_and_none_is_of_tomorrow(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Title\nText", encoding="utf-8")
    (tmp_path / "b.txt").write_text("Title\nDate: 2031-01-01\nText", encoding="utf-8")
    (tmp_path / "c.html").write_text("<html><title>T</title><p>On 1 May 2024 it rained.</p></html>", encoding="utf-8")
    assert [item.published for item in read(tmp_path)] == [NOW, NOW, NOW]


def test_a_web_page_gives_its_title_and_declared_date(tmp_path: Path) -> None:
    page = (
        "<html><head><meta charset=iso-8859-1><title>Caf\xe9 &amp; more</title>"
        '<meta property="article:published_time" content="2026-02-27T10:00:00+02:00"></head><body><p>Text</p></body>'
    )
    (tmp_path / "a.htm").write_bytes(page.encode("latin-1"))
    (item,) = read(tmp_path)
    assert item.title == "Café & more"
    assert item.published == datetime(2026, 2, 27, 8, tzinfo=UTC)
    assert item.page is not None and "Café" in item.page.decode("utf-8") and b"iso-8859" not in item.page


def test_older_pages_come_first_and_outlets_have_feeds_of_their_own(tmp_path: Path) -> None:
    rows = [
        {"id": "1", "title": "new", "text": "x", "published": "2026-02-28", "outlet": "B", "tier": "wire"},
        {"id": "2", "title": "old", "text": "x", "published": "2026-02-27", "outlet": "A"},
    ]
    (tmp_path / "a.json").write_text(json.dumps(rows), encoding="utf-8")
    items = read(tmp_path)
    assert [item.title for item in items] == ["old", "new"]
    with site.Site(items) as served:
        assert served.outlets == [("A", "press"), ("B", "wire")]


@pytest.mark.parametrize("content", ["[1]", '{"title": "no text"}', "nothing", "[" * 100_000])
def test_broken_json_is_skipped_with_a_word(tmp_path: Path, content: str) -> None:
    (tmp_path / "a.txt").write_text("Title\nText", encoding="utf-8")
    (tmp_path / "b.json").write_text(content, encoding="utf-8")
    words: list[str] = []
    assert len(read(tmp_path, words)) == 1
    assert len(words) == 1 and words[0].startswith("b.json: skipped")


def test_a_folder_without_pages_is_refused(tmp_path: Path) -> None:
    with pytest.raises(errors.InputError, match="no pages"):
        read(tmp_path)
    with pytest.raises(errors.InputError, match="no such folder"):
        read(tmp_path / "missing")


def test_every_page_of_its_own_says_that_it_is_fiction() -> None:
    items = pages.own_pages(NOW)
    assert all(pages.FICTION in item.text and item.published < NOW for item in items)
    assert all(NOW - item.published < timedelta(hours=1) for item in items)


def test_nothing_of_an_item_reaches_feed_or_page_unescaped() -> None:
    hostile = "<script>alert('x')</script> & ]]> \x00\x0b \"quoted\""
    item = site.Item(slug="a", title=hostile, text=hostile, published=NOW, outlet=hostile)
    with site.Site([item]) as served:
        feed = urllib.request.urlopen(f"{served.url}/feed/0").read().decode()
        page = urllib.request.urlopen(f"{served.url}/page/a").read().decode()
        with pytest.raises(urllib.error.HTTPError, match="404"):
            urllib.request.urlopen(f"{served.url}/page/../../etc/passwd")
    for served_text in (feed, page):
        assert "<script" not in served_text and "\x00" not in served_text and "&lt;script&gt;" in served_text
