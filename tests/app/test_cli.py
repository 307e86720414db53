"""The command line: help that teaches, one-line errors, exit codes; commands on a scratch database, no network."""

import html
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import typer.main

from app import cli, settings, wiring
from storage import store
from tests import hostile_server
from tests import server as srv

ROOT = Path(__file__).resolve().parents[2]
FEED = "https://feeds.example.org/rss"


def command_names() -> list[str]:
    """Every command, with its group."""
    names: list[str] = []

    def walk(command: object, name: str) -> None:
        children = getattr(command, "commands", None)
        if children is None:
            names.append(name)
        for child_name, child in (children or {}).items():
            walk(child, f"{name} {child_name}".strip())

    walk(typer.main.get_command(cli.app), "")
    return names


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a feed list of one, and settings that keep everything in it."""
    feeds = f"feeds:\n  - {{url: '{FEED}', title: Feed, outlet: Example Post, tier: press}}\n"
    (tmp_path / "feeds.yaml").write_text(feeds, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CW_DATABASE_URL", f"sqlite:///{tmp_path}/watch.db")
    monkeypatch.setenv("CW_FEEDS_FILE", str(tmp_path / "feeds.yaml"))
    monkeypatch.setenv("COLUMNS", "200")
    return tmp_path


@pytest.fixture
def stores(here: Path) -> Iterator[store.Stores]:
    opened = wiring.open_base(settings.load_settings(os.environ)).stores
    yield opened
    opened.database.close()


# ------------------------------------------------------------ help


def test_all_promised_commands_are_there() -> None:
    promised = [
        "run",
        "serve",
        "poll",
        "claims",
        "replay",
        "board",
        "digest",
        "why",
        "check",
        "export",
        "demo",
        "evaluate",
        "health",
        "version",
    ]
    promised += ["baseline build", "baseline show"]
    promised += [
        f"feeds {name}"
        for name in ("list", "check", "discover", "import", "export", "add", "pause", "resume", "remove")
    ]
    assert set(promised) <= set(command_names())


@pytest.mark.parametrize("name", command_names())
def test_each_command_s_help_says_what_it_does(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([*name.split(), "--help"]) == 0
    shown = capsys.readouterr().out
    assert f"Usage: coalition-watch {name}" in shown
    assert re.search(rf"Example: .*coalition-watch .*{name.split()[-1]}", re.sub(r"\s+", " ", shown))


def test_help_is_quick_because_nothing_heavy_is_loaded() -> None:
    code = (
        "import sys; from app.cli import main; main(['--help'])\n"
        "heavy = {'trafilatura', 'telegram', 'apscheduler', 'monitor.claims.engine', 'alembic', 'httpx'}\n"
        "raise SystemExit(','.join(sorted(heavy & set(sys.modules))) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=30)
    assert done.returncode == 0, done.stderr
    assert "demo" in done.stdout


def test_no_command_shows_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([]) in (0, 2)
    shown = capsys.readouterr()
    assert "Usage:" in shown.out + shown.err


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["version"]) == 0
    assert re.search(r"\d+\.\d+\.\d+", capsys.readouterr().out)


# ------------------------------------------------------------ errors


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (["fly"], 2),
        (["board", "--colour"], 2),
        (["why"], 2),
        (["why", "D0000000"], 1),
        (["board", "--as-of", "yesterday"], 1),
        (["feeds", "add", "file:///etc/passwd"], 1),
        (["feeds", "add", FEED, "--tier", "royal"], 1),
        (["feeds", "remove", "https://unknown.example/rss"], 1),
        (["feeds", "import", "missing.opml"], 1),
        (["feeds", "export", "no/such/folder/feeds.opml"], 1),
        (["replay", "missing.jsonl"], 1),
        (["baseline", "build", "missing.txt"], 1),
        (["evaluate", "missing"], 1),
        (["demo", "--pages", "missing"], 1),
        (["export", "--format", "xml"], 2),
        (["--config", "missing.toml", "board"], 2),
        (["digest", "--send"], 2),
    ],
)
@pytest.mark.usefixtures("here")
def test_a_mistake_is_one_word_and_an_exit_code(args: list[str], code: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(args) == code
    shown = capsys.readouterr().err
    assert shown.strip()
    assert "Traceback" not in shown
    if code == 1:
        assert len(shown.strip().splitlines()) == 1


@pytest.mark.usefixtures("here")
def test_a_wrong_setting_is_told_with_a_good_value(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CW_DIGEST_TIME", "late")
    assert cli.main(["check"]) == 2
    assert "CW_DIGEST_TIME" in (shown := capsys.readouterr().err)
    assert "07:00" in shown


# ------------------------------------------------------------ claims, replay


def test_claims_goes_on_after_a_line_that_is_no_article() -> None:
    article = {"id": "x1", "published": "2026-03-01", "title": "t", "text": "Rain is expected."}
    lines = [json.dumps(article), "{broken", "[]", '{"id": "x2"}', json.dumps(article | {"id": "x3"})]
    done = subprocess.run(
        [sys.executable, "-c", "from app.cli import main; raise SystemExit(main())", "claims"],
        input="\n".join(lines) + "\n", capture_output=True, text=True, timeout=60, cwd=ROOT,
    )  # fmt: skip
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 2
    assert [row.get("id") for row in rows if "error" not in row] == ["x1", "x3"]
    assert [index for index, row in enumerate(rows) if "error" in row] == [1, 2, 3]
    for number in (2, 3, 4):
        assert f"line {number}" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.usefixtures("here")
def test_replay_writes_a_line_a_development(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = "Spain has pledged 1,000 troops for the coalition of the willing's force in Ukraine."
    article = {"id": "r1", "outlet": "Example Post", "published": "2026-03-01", "title": "Troops", "text": text}
    (tmp_path / "archive.jsonl").write_text(json.dumps(article) + "\nno article\n", encoding="utf-8")
    assert cli.main(["replay", "archive.jsonl"]) == 0
    shown = capsys.readouterr()
    (row,) = [row for row in map(json.loads, shown.out.splitlines()) if row["topic"] == "troops"]
    assert (row["subject"], row["new"], row["new_number"], row["evidence"]) == ("ES", "pledged", 1000, text)
    assert "archive.jsonl:2" in shown.err
    assert cli.main(["replay", "archive.jsonl", "--html", "report.html"]) == 0
    assert html.escape(text) in (tmp_path / "report.html").read_text(encoding="utf-8")


# ------------------------------------------------------------ feeds


def listed(capsys: pytest.CaptureFixture[str]) -> dict[str, str]:
    """{address: line} of `feeds list`."""
    capsys.readouterr()
    assert cli.main(["feeds", "list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    return {match[0]: line for line in lines if (match := re.search(r"https?://\S+", line))}


@pytest.mark.usefixtures("here")
def test_feeds_are_added_listed_and_removed_for_good(capsys: pytest.CaptureFixture[str]) -> None:
    added = "https://example.net/atom"
    assert cli.main(["feeds", "add", added, "--outlet", "Wire", "--tier", "wire"]) == 0
    assert set(listed(capsys)) == {FEED, added}
    for url in (added, FEED):
        assert cli.main(["feeds", "remove", url]) == 0
    assert all(" off " in line for line in listed(capsys).values()), "a feed of the list stays off, too"
    assert cli.main(["feeds", "add", FEED]) == 0
    assert " off " not in listed(capsys)[FEED]


@pytest.mark.usefixtures("here")
def test_feeds_go_out_and_in_as_opml(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["feeds", "export", "out.opml"]) == 0
    text = (tmp_path / "out.opml").read_text(encoding="utf-8")
    (tmp_path / "in.opml").write_text(text.replace(FEED, "https://example.net/new"), encoding="utf-8")
    assert cli.main(["feeds", "import", "in.opml"]) == 0
    assert set(listed(capsys)) == {FEED, "https://example.net/new"}
    assert cli.main(["feeds", "export"]) == 0
    assert "https://example.net/new" in capsys.readouterr().out


@pytest.mark.usefixtures("here")
def test_feeds_check_refuses_a_private_address(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["feeds", "check", "--url", "http://127.0.0.1:9/rss"]) == 1
    assert "failed" in capsys.readouterr().out


# ------------------------------------------------------------ what is stored


@pytest.mark.usefixtures("here")
def test_the_board_shows_the_baseline(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["board"]) == 0
    shown = capsys.readouterr().out
    assert "France" in shown
    assert "leads the coalition" in shown
    assert cli.main(["baseline", "show"]) == 0
    assert "FR" in capsys.readouterr().out


@pytest.mark.usefixtures("here")
def test_export_as_json_and_csv(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["export", "--what", "positions"]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {"topic", "subject", "aspect", "status"} <= set(rows[0])
    assert cli.main(["export", "--what", "positions", "--format", "csv"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("topic,subject,aspect,status")
    assert len(lines) == len(rows) + 1
    assert cli.main(["export"]) == 0
    assert capsys.readouterr().out == "", "no development yet"


@pytest.mark.usefixtures("here")
def test_the_digest_as_text_and_as_a_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["digest"]) == 0
    assert "Nothing changed" in capsys.readouterr().out
    assert cli.main(["digest", "--preview", "digest.html"]) == 0
    assert "<" in (tmp_path / "digest.html").read_text(encoding="utf-8")


@pytest.mark.usefixtures("here")
def test_check_says_what_is_set_up(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["check"]) == 0
    shown = capsys.readouterr().out
    for word in ("settings", "watch", "database", "feeds", "console"):
        assert word in shown


def test_health_asks_for_the_age_of_the_last_cycle(
    stores: store.Stores, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["health"]) == 1, "no cycle yet"
    stores.meta.set("last_cycle_at", datetime.now(UTC).isoformat())
    assert cli.main(["health"]) == 0
    stores.meta.set("last_cycle_at", (datetime.now(UTC) - timedelta(seconds=901)).isoformat())
    assert cli.main(["health"]) == 1
    monkeypatch.setenv("CW_HEALTH_MAX_AGE_S", "3600")
    assert cli.main(["health"]) == 0
    assert "s ago" in capsys.readouterr().out


def test_a_reader_that_goes_away_is_no_error() -> None:
    done = subprocess.run(
        f"{sys.executable} -c 'from app.cli import main; raise SystemExit(main())' baseline show | true",
        shell=True, cwd=ROOT, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0
    assert "Traceback" not in done.stderr


# ------------------------------------------------------------ feeds of a site


@pytest.fixture
def site(here: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[srv.TestServer]:
    monkeypatch.setenv("CW_ALLOW_PRIVATE_ADDRESSES", "all")
    with srv.TestServer() as server:
        yield server


def test_feeds_discover_finds_what_the_page_names_and_what_lies_where_feeds_lie(
    site: srv.TestServer, capsys: pytest.CaptureFixture[str]
) -> None:
    named = '<link rel="alternate" type="application/rss+xml" href="/named.xml">'
    other = '<link rel="alternate" hreflang="de" href="/de"></head><a href="/old/rss">RSS</a>'
    url = site.route("/", srv.content(f"<html><head>{named}{other}</html>", "text/html"))
    for path in ("/named.xml", "/feed"):
        site.route(path, srv.content(hostile_server.GOOD))
    assert cli.main(["feeds", "discover", url]) == 0
    shown = capsys.readouterr().out
    assert f"{site.url}/named.xml" in shown and f"{site.url}/feed" in shown
    assert "/old/rss" not in shown and "no validators" in shown


def test_feeds_discover_says_what_to_do_where_there_is_none(
    site: srv.TestServer, capsys: pytest.CaptureFixture[str]
) -> None:
    url = site.route("/", srv.content("<html><p>Welcome</p></html>", "text/html"))
    assert cli.main(["feeds", "discover", url]) == 1
    assert "--kind page" in capsys.readouterr().out


def test_feeds_check_tells_rhythm_and_share_on_topic(site: srv.TestServer, capsys: pytest.CaptureFixture[str]) -> None:
    items = "".join(
        f"<item><guid>{n}</guid><title>{title}</title><link>http://n.test/{n}</link>"
        f"<pubDate>Tue, 10 Mar 2026 {10 + n}:00:00 GMT</pubDate></item>"
        for n, title in enumerate(["The coalition of the willing meets", "Rain", "Sun", "Wind"])
    )
    url = site.route("/rss", srv.conditional(hostile_server.rss(items)))
    assert cli.main(["feeds", "check", "--url", url]) == 0
    shown = capsys.readouterr().out
    for word in ("application/rss+xml", "25%", "1:00:00", "silent for longer than it ever was"):
        assert word in shown


def test_feeds_are_paused_and_resumed(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["feeds", "pause", FEED]) == 0
    assert "off" in listed(capsys)[FEED]
    assert cli.main(["feeds", "resume", FEED]) == 0
    assert "new" in listed(capsys)[FEED]
    assert cli.main(["feeds", "pause", "https://unknown.example/rss"]) == 1


# ------------------------------------------------------------ parts of the service


@pytest.mark.parametrize("role", ["scheduler", "worker", "bot"])
def test_a_part_of_its_own_needs_a_database_that_others_reach(
    role: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["run", "--role", role]) == 2
    said = capsys.readouterr().err
    assert f"a {role} of its own" in said and "CW_DATABASE_URL" in said and "postgresql://" in said


def test_a_part_of_its_own_without_the_queue_s_package_says_what_to_install(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in sys.modules if name.startswith("app.scale")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "procrastinate", None)
    assert cli.main(["run", "--role", "worker"]) == 2
    assert "coalition-watch[scale]" in capsys.readouterr().err
