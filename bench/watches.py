"""What a second watch costs that lists the same feeds: CPU and memory of polling, beside one watch, on loopback.

The server counts: each round is one request a feed, whoever lists it. Floor: less than twice one watch, which two
installations would cost, and they would ask each feed twice.

    .venv/bin/python bench/watches.py --feeds 500 --repeat 3
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path

import contestants

HERE = Path(__file__).resolve().parent
SIDES = ("coalition-watch", "two watches")


def main() -> int:
    """Run both in turn, print the table and the ratios; 1 where the floor is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--feeds", type=int, default=500)
    parser.add_argument("--repeat", type=int, default=1, help="runs of each side; the best one of each round counts")
    chosen = parser.parse_args()
    server = subprocess.Popen(
        [sys.executable, HERE / "feed_server.py", str(chosen.feeds)], stdout=subprocess.PIPE, text=True
    )
    runs: dict[str, list[dict[str, list[float]]]] = {name: [] for name in SIDES}
    try:
        assert server.stdout is not None
        port = server.stdout.readline().strip()
        for _ in range(chosen.repeat):
            for name in SIDES:
                command = [sys.executable, HERE / "contestants.py", name, port, str(chosen.feeds)]
                done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=HERE.parent)
                runs[name].append(json.loads(done.stdout.splitlines()[-1]))
    finally:
        server.terminate()
        server.wait()
    return _show(runs, chosen.feeds)


def _show(runs: dict[str, list[dict[str, list[float]]]], feeds: int) -> int:
    missed = 0
    for name in contestants.ROUNDS:
        one, two = (min((run[name] for run in runs[side]), key=lambda cost: cost[1]) for side in SIDES)
        ratio = two[1] / one[1]
        missed += ratio >= 2
        print(
            f"{name}: CPU s for 1,000 feeds {one[1] / feeds * 1000:.2f} and {two[1] / feeds * 1000:.2f} ({ratio:.2f}); "
            f"peak MB {one[2]:.0f} and {two[2]:.0f}; largest worker {one[3]:.0f} and {two[3]:.0f}"
        )
    return int(bool(missed))


if __name__ == "__main__":
    raise SystemExit(main())
