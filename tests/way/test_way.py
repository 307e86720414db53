"""The whole way on loopback, through the real command: from feeds to told developments.

In processes of its own where starting, ending and killing are what is looked at; else the command runs here.
"""

import contextlib
import io
import logging
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app import cli
from tests.way import site as sites

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def site() -> Iterator[sites.Site]:
    served = sites.Site()
    yield served
    served.close()


def environment(folder: Path, site: sites.Site, *names: str) -> dict[str, str]:
    feeds = folder / "feeds.yaml"
    lines = ["feeds:"]
    for name in names:
        lines += [
            f"  - url: {site.url}/feed/{name}",
            f"    title: {name}",
            f"    outlet: Outlet {name}",
            "    tier: press",
            "    interval_s: 60",
        ]
    feeds.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return {
        **{key: value for key, value in os.environ.items() if not key.startswith("CW_")},
        "CW_DATABASE_URL": f"sqlite:///{folder}/watch.db",
        "CW_FEEDS_FILE": str(feeds),
        "CW_ALLOW_PRIVATE_ADDRESSES": "all",
        "CW_WORKERS": "1",
        "CW_HTTP_PORT": "0",
        "PYTHONPATH": str(ROOT),
    }


def command(*args: str) -> list[str]:
    return [sys.executable, "-c", "from app.cli import main; raise SystemExit(main())", *args]


def poll(env: dict[str, str], folder: Path) -> str:
    done = subprocess.run(command("poll"), env=env, cwd=folder, capture_output=True, text=True, timeout=90)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(autouse=True)
def logging_as_it_was() -> Iterator[None]:
    """The command sets up logging for its process, which here is the tests'."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers, root.level = handlers, level


def poll_here(env: dict[str, str], folder: Path) -> str:
    """The same command without a process of its own."""
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(io.StringIO()) as told:
        patch.chdir(folder)
        for name in env:
            if name.startswith("CW_"):
                patch.setenv(name, env[name])
        assert cli.main(["poll"]) == 0
    return told.getvalue()


def make_due(folder: Path) -> None:
    """Let every feed be due again, as if its interval had passed."""
    with sqlite3.connect(folder / "watch.db") as database:
        database.execute("UPDATE feeds SET next_poll_at = NULL")


def rows(folder: Path, query: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(folder / "watch.db") as database:
        return database.execute(query).fetchall()


def test_first_poll_is_silent_then_news_is_told_once(site: sites.Site, tmp_path: Path) -> None:
    site.add("one", sites.PLEDGE, sites.WEATHER)
    env = environment(tmp_path, site, "one")
    first = poll(env, tmp_path)
    assert "Denmark" in first, "the summary names what the catch-up found"
    assert "Source" not in first, "no single alert on the first poll"
    site.add("one", sites.REFUSAL)
    make_due(tmp_path)
    second = poll(env, tmp_path)
    assert second.count("Italy — troops") == 1
    assert "Denmark" not in second
    make_due(tmp_path)
    assert "Italy" not in poll(env, tmp_path)


def test_changed_guids_and_copies_bring_no_flood(site: sites.Site, tmp_path: Path) -> None:
    site.add("one", sites.WEATHER)
    env = environment(tmp_path, site, "one", "two")
    site.add("two", sites.WEATHER)
    poll_here(env, tmp_path)
    site.add("one", sites.REFUSAL)
    site.add("two", sites.REFUSAL)
    make_due(tmp_path)
    told = poll_here(env, tmp_path)
    assert told.count("Italy — troops") == 1
    site.feeds["one"] = [(slug.replace("one-", "one-9"), title, text) for slug, title, text in site.feeds["one"]]
    site.feeds["one"].reverse()
    make_due(tmp_path)
    assert "Italy" not in poll_here(env, tmp_path)
    assert rows(tmp_path, "SELECT count(*) FROM developments WHERE subject = 'IT'") == [(1,)]


@pytest.mark.timeout(240)
def test_killed_anywhere_nothing_is_lost_or_raised_twice(site: sites.Site, tmp_path: Path) -> None:
    site.add("one", sites.WEATHER)
    env = environment(tmp_path, site, "one", "two")
    site.add("two", sites.WEATHER)
    poll(env, tmp_path)
    site.add("one", sites.PLEDGE, sites.JOINS)
    site.add("two", sites.REFUSAL)
    make_due(tmp_path)
    chance = random.Random(7)
    told = ""
    for _ in range(6):
        process = subprocess.Popen(
            command("poll"),
            env=env,
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
        )
        time.sleep(chance.uniform(0.8, 4.0))
        os.killpg(process.pid, signal.SIGKILL)
        told += process.communicate()[0]
    with sqlite3.connect(tmp_path / "watch.db") as database:  # leases of the killed end
        database.execute("UPDATE alerts SET lease_until = NULL WHERE state = 'sending'")
    told += poll(env, tmp_path)
    for subject in ("DK", "MT", "IT"):
        assert rows(tmp_path, f"SELECT count(*) FROM developments WHERE subject = '{subject}' AND minor = 0") == [(1,)]
    states = rows(tmp_path, "SELECT state, attempts FROM alerts WHERE kind = 'new'")
    assert {state for state, _ in states} == {"sent"}
    for name in ("Denmark", "Malta", "Italy"):
        assert f"{name} — " in told
    resent = sum(int(str(attempts)) - 1 for _, attempts in states)
    assert told.count("Denmark — ") <= 1 + resent, "told again only where the outcome was unknown"


def test_sigterm_ends_the_service_within_ten_seconds(site: sites.Site, tmp_path: Path) -> None:
    site.add("one", sites.PLEDGE)
    env = environment(tmp_path, site, "one")
    process = subprocess.Popen(
        command("run"), env=env, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    deadline = time.monotonic() + 40
    while time.monotonic() < deadline and not site.hits["/page/one-0"]:
        time.sleep(0.1)
    assert site.hits["/page/one-0"], "the page was read"
    asked = time.monotonic()
    process.send_signal(signal.SIGTERM)
    _, errors = process.communicate(timeout=20)
    assert process.returncode == 0, errors
    assert time.monotonic() - asked < 10
    assert "Traceback" not in errors


def test_a_running_service_is_backed_up_and_goes_on_from_what_is_restored(site: sites.Site, tmp_path: Path) -> None:
    site.add("one", sites.WEATHER)
    env = environment(tmp_path, site, "one")
    poll(env, tmp_path)
    output = tmp_path / "errors.txt"
    with output.open("w") as errors:
        process = subprocess.Popen(
            command("run"), env=env, cwd=tmp_path, stdout=subprocess.PIPE, stderr=errors, text=True
        )
    try:
        wait_until(lambda: "started" in output.read_text())
        done = subprocess.run(command("backup", "copy.db"), env=env, cwd=tmp_path, capture_output=True, timeout=30)
        assert done.returncode == 0, done.stderr
        site.add("one", sites.REFUSAL)
        make_due(tmp_path)
        wait_until(
            lambda: rows(tmp_path, "SELECT count(*) FROM alerts WHERE state = 'sent' AND kind = 'new'") == [(1,)]
        )
        refused = subprocess.run(command("restore", "copy.db"), env=env, cwd=tmp_path, capture_output=True, timeout=30)
        assert refused.returncode == 1
        assert b"--force" in refused.stderr
        done = subprocess.run(
            command("restore", "copy.db", "--force"), env=env, cwd=tmp_path, capture_output=True, timeout=30
        )
        assert done.returncode == 0, done.stderr
        wait_until(lambda: output.read_text().count("started") == 2)
        make_due(tmp_path)
        wait_until(lambda: rows(tmp_path, "SELECT count(*) FROM developments WHERE subject = 'IT'") == [(1,)])
        wait_until(
            lambda: rows(tmp_path, "SELECT count(*) FROM alerts WHERE state = 'sent' AND kind = 'new'") == [(1,)]
        )
    finally:
        process.send_signal(signal.SIGTERM)
        told, _ = process.communicate(timeout=20)
    assert process.returncode == 0, output.read_text()
    assert told.count("Italy — troops") == 2, "the restored state had not told it"
    assert "Traceback" not in output.read_text()


def wait_until(is_so: Callable[[], bool], seconds: float = 40) -> None:
    """Poll a condition; fail when it does not come true."""
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(0.1)


@pytest.mark.skipif(shutil.which("unshare") is None, reason="needs unshare to take the network away")
def test_without_a_network_it_says_so_and_stays_up(tmp_path: Path, site: sites.Site) -> None:
    env = environment(tmp_path, site, "one")
    alone = ["unshare", "-rn"]
    if subprocess.run([*alone, "true"], capture_output=True).returncode:
        pytest.skip("this machine lets nobody make a network namespace")
    done = subprocess.run([*alone, *command("poll")], env=env, cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0
    assert "network" in done.stderr
    assert rows(tmp_path, "SELECT value FROM meta WHERE name = 'caught_up_at'") == []


def recheck(folder: Path) -> None:
    """Let every page that carries a development be due again, as if an hour had passed."""
    make_due(folder)
    with sqlite3.connect(folder / "watch.db") as database:
        database.execute("UPDATE rechecks SET due_at = '2020-01-01T00:00:00.000000+00:00'")


def pledge_told(site: sites.Site, folder: Path) -> dict[str, str]:
    """A feed that was caught up with and has told a pledge of 300 since; the environment it runs in."""
    site.add("one", sites.WEATHER)
    env = environment(folder, site, "one")
    poll_here(env, folder)
    site.add("one", sites.PLEDGE)
    make_due(folder)
    assert "300" in poll_here(env, folder)
    return env


def test_a_page_that_changes_takes_back_and_carries_the_right_figure(site: sites.Site, tmp_path: Path) -> None:
    env = pledge_told(site, tmp_path)
    assert rows(tmp_path, "SELECT article_id, done FROM rechecks") == [("a2", 0)]
    recheck(tmp_path)
    assert "Denmark" not in poll_here(env, tmp_path), "an unchanged page says nothing"
    assert rows(tmp_path, "SELECT done FROM rechecks") == [(1,)]
    slug, title, text = site.feeds["one"][1]
    site.feeds["one"][1] = (slug, title, text.replace("300", "30"))
    recheck(tmp_path)
    told = poll_here(env, tmp_path)
    assert "orrected by Outlet one" in told and "30 soldiers" in told
    states = rows(tmp_path, "SELECT taken_back, json_extract(value, '$.new_number') FROM developments ORDER BY seq")
    assert states == [(1, 300), (0, 30)]
    recheck(tmp_path)
    assert "Denmark" not in poll_here(env, tmp_path), "it is told once"


def test_a_new_article_of_the_outlet_corrects_an_earlier_one(site: sites.Site, tmp_path: Path) -> None:
    env = pledge_told(site, tmp_path)
    site.add("one", sites.CORRECTION)
    make_due(tmp_path)
    told = poll_here(env, tmp_path)
    assert "orrected by Outlet one" in told
    assert rows(tmp_path, "SELECT taken_back FROM developments ORDER BY seq")[0] == (1,)
    held = rows(tmp_path, "SELECT json_extract(value, '$.number') FROM positions WHERE held_until IS NULL "
                "AND subject = 'DK' AND aspect = 'troops'")  # fmt: skip
    assert held in ([], [(30,)])


def test_a_page_that_robots_txt_closes_is_not_asked_for_and_the_summary_is_read(
    site: sites.Site, tmp_path: Path
) -> None:
    site.robots = "User-agent: *\nDisallow: /page/"
    site.add("one", sites.PLEDGE)
    env = environment(tmp_path, site, "one")
    poll_here(env, tmp_path)
    assert site.hits["/robots.txt"] == 1
    assert not [path for path in site.hits if path.startswith("/page/")]
    (reason,) = rows(tmp_path, "SELECT reason FROM entries")[0]
    assert "robots.txt" in str(reason)
