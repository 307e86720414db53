"""Polling many feeds on loopback: feeds per second, CPU seconds for 1,000 feeds and peak memory, beside two floors.

The floor of an unchanged poll is a bare httpx loop over the same addresses (aim: 1.5 times its CPU), that of a first
poll the loop plus feedparser over the same bytes (aim: 1.3 times). `--reader` adds that library, in a venv of its own.
Processor time grows on a busy machine: with `--repeat` the sides take turns, and the best run of each round counts.

    .venv/bin/python bench/feeds.py --feeds 1000 --reader --repeat 3
"""

import argparse
import json
import os
import subprocess
import sys
import venv
from pathlib import Path

import contestants

HERE = Path(__file__).resolve().parent
READER = ("reader==3.26", "sgmllib3k==1.0.0")  # feedparser needs sgmllib, which reader does not bring


def main() -> None:
    """Run every side in turn, print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--feeds", type=int, default=250)
    parser.add_argument("--repeat", type=int, default=1, help="runs of each side; the best one of each round counts")
    parser.add_argument("--reader", action="store_true", help="measure reader too (installs it into a venv)")
    parser.add_argument("--venv", type=Path, default=HERE / ".reader", help="where that venv is, or is made")
    chosen = parser.parse_args()
    sides = dict.fromkeys(("httpx loop", "httpx loop + feedparser", "coalition-watch"), sys.executable)
    if chosen.reader:
        sides["reader"] = str(_reader_python(chosen.venv))
    server = subprocess.Popen(
        [sys.executable, HERE / "feed_server.py", str(chosen.feeds)], stdout=subprocess.PIPE, text=True
    )
    runs: dict[str, list[dict[str, list[float]]]] = {name: [] for name in sides}
    try:
        assert server.stdout is not None
        port = int(server.stdout.readline())
        for _ in range(chosen.repeat):
            for name, python in sides.items():
                runs[name].append(_run(python, name, port, chosen.feeds))
    finally:
        server.terminate()
        server.wait()
    _show({name: _best(found) for name, found in runs.items()}, chosen.feeds)


def _best(runs: list[dict[str, list[float]]]) -> dict[str, list[float]]:
    """Of each round the run with the least processor time, with the most memory of any."""
    best = {}
    for name in contestants.ROUNDS:
        wall, cpu = min((run[name] for run in runs), key=lambda cost: cost[1])[:2]
        best[name] = [wall, cpu, *(max(run[name][at] for run in runs) for at in (2, 3))]
    return best


def _run(python: str, name: str, port: int, count: int) -> dict[str, list[float]]:
    environment = os.environ | {"PYTHONPATH": str(HERE.parent)}
    done = subprocess.run(
        [python, HERE / "contestants.py", name, str(port), str(count)],
        env=environment, stdout=subprocess.PIPE, text=True, check=True, timeout=1800,
    )  # fmt: skip
    found: dict[str, list[float]] = json.loads(done.stdout.splitlines()[-1])
    return found


def _reader_python(folder: Path) -> Path:
    python = folder / "bin" / "python"
    if not python.exists():
        venv.create(folder, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *READER], check=True)
    return python


def _show(results: dict[str, dict[str, list[float]]], count: int) -> None:
    print(f"{count} feeds; CPU seconds for 1,000 feeds (feeds/s; times the floor's CPU)\n")
    print(f"{'round':<28}" + "".join(f"{name:>30}" for name in results))
    for name in contestants.ROUNDS:
        is_parsed = name in ("first", "1 % changed")
        floor = results["httpx loop + feedparser" if is_parsed else "httpx loop"][name][1]
        cells = []
        for found in results.values():
            wall, cpu = found[name][:2]
            cells.append(f"{cpu / count * 1000:.2f} ({count / wall:.0f}/s; {cpu / floor:.2f}x)")
        print(f"{name:<28}" + "".join(f"{cell:>30}" for cell in cells))
    print("\npeak MB (main process; largest worker)")
    for side, found in results.items():
        print(f"{side:<28}{max(r[2] for r in found.values()):.0f}; {max(r[3] for r in found.values()):.0f}")


if __name__ == "__main__":
    main()
