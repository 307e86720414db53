"""From a new entry to its alert, with the real service: how long after a feed first showed it the console is told.

The clock starts when the feed's answer with the new entry leaves the server, so the pause between two polls is not in
it; fetching the page, reading, comparing, storing and delivering are. Aim: a median under one second.

    .venv/bin/python bench/latency.py --rounds 8
"""

import argparse
import os
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.way import site as sites  # noqa: E402  (the folder is no package of the program)

PLEDGES = (
    ("Norway", "Prime Minister Jonas Gahr Støre"), ("Sweden", "Prime Minister Ulf Kristersson"),
    ("Estonia", "Prime Minister Kristen Michal"), ("Canada", "Prime Minister Mark Carney"),
    ("Belgium", "Prime Minister Bart De Wever"), ("Australia", "Prime Minister Anthony Albanese"),
    ("Spain", "Prime Minister Pedro Sánchez"), ("Portugal", "Prime Minister Luís Montenegro"),
    ("Finland", "Prime Minister Petteri Orpo"), ("Ireland", "Taoiseach Micheál Martin"),
)  # fmt: skip


class TimedSite(sites.Site):
    """Remembers when an answer first held each entry."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.shown: dict[str, float] = {}

    def _body(self, path: str) -> bytes:
        body = super()._body(path)
        if path.startswith("/feed/"):
            for slug, _, _ in self.feeds["one"]:
                self.shown.setdefault(slug, time.monotonic())
        return body


def main() -> None:
    """Run the service, announce a pledge a round, print the delays."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = min(parser.parse_args().rounds, len(PLEDGES))
    with tempfile.TemporaryDirectory() as folder:
        site = TimedSite()
        site.add("one", sites.WEATHER)
        service = subprocess.Popen(
            [sys.executable, "-c", "from app.cli import main; raise SystemExit(main())", "run"],
            env=_environment(Path(folder), site), cwd=folder, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        told: dict[str, float] = {}
        threading.Thread(target=_listen, args=(service, told), daemon=True).start()
        try:
            delays = [_round(site, told, Path(folder) / "watch.db", number) for number in range(rounds)]
        finally:
            service.terminate()
            service.wait(20)
            site.close()
    found = [delay for delay in delays if delay is not None]
    print(f"{len(found)} of {rounds} told; seconds from feed to console: median {statistics.median(found):.2f}, "
          f"least {min(found):.2f}, most {max(found):.2f}")  # fmt: skip


def _round(site: TimedSite, told: dict[str, float], database: Path, number: int) -> float | None:
    _wait(lambda: _caught_up(database), 90)
    country, speaker = PLEDGES[number]
    site.add("one", (
        f"{country} to send {110 + number} soldiers to Ukraine force",
        f"{country} will send {110 + number} soldiers to Ukraine as part of the coalition of the willing's reassurance "
        f"force once a ceasefire holds, {speaker} said on Tuesday.",
    ))  # fmt: skip
    with sqlite3.connect(database, timeout=10) as connection:
        connection.execute("UPDATE feeds SET next_poll_at = NULL")
    if not _wait(lambda: country in told, 60):
        return None
    return told[country] - site.shown[site.feeds["one"][-1][0]]


def _listen(service: "subprocess.Popen[str]", told: dict[str, float]) -> None:
    assert service.stdout is not None
    for line in service.stdout:
        for country, _ in PLEDGES:
            if f"{country} — troops" in line:
                told.setdefault(country, time.monotonic())


def _caught_up(database: Path) -> bool:
    try:
        with sqlite3.connect(database, timeout=10) as connection:
            return bool(connection.execute("SELECT 1 FROM meta WHERE name = 'caught_up_at'").fetchall())
    except sqlite3.OperationalError:
        return False


def _wait(is_done: "object", seconds: float) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if is_done():  # type: ignore[operator]
            return True
        time.sleep(0.02)
    return False


def _environment(folder: Path, site: TimedSite) -> dict[str, str]:
    (folder / "feeds.yaml").write_text(
        f"feeds:\n- {{url: '{site.url}/feed/one', title: one, outlet: Outlet one, tier: press}}\n", encoding="utf-8"
    )
    return {name: value for name, value in os.environ.items() if not name.startswith("CW_")} | {
        "CW_DATABASE_URL": f"sqlite:///{folder}/watch.db",
        "CW_FEEDS_FILE": f"{folder}/feeds.yaml",
        "CW_ALLOW_PRIVATE_ADDRESSES": "all",
        "CW_WORKERS": "1",
        "PYTHONPATH": str(ROOT),
        "PYTHONUNBUFFERED": "1",
    }


if __name__ == "__main__":
    main()
