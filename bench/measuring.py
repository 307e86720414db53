"""Seconds of wall and CPU of a block, and the peak memory of this process and of its children. Linux only (proc(5))."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass
class Cost:
    """What a block took."""

    wall_s: float = 0.0
    cpu_s: float = 0.0
    peak_mb: float = 0.0  # of the main process
    worker_mb: float = 0.0  # of the largest child


@contextmanager
def measured() -> Iterator[Cost]:
    """Fill the given Cost when the block ends."""
    cost, wall, cpu = Cost(), time.monotonic(), _cpu()
    yield cost
    cost.wall_s, cost.cpu_s = time.monotonic() - wall, _cpu() - cpu
    cost.peak_mb = _peak(os.getpid())
    cost.worker_mb = max((_peak(pid) for pid in _children()), default=0.0)


def _family() -> dict[int, int]:
    """{pid: parent} of all processes."""
    found = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            found[int(path.parent.name)] = int(path.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
    return found


def _children() -> list[int]:
    family, found, ring = _family(), [], [os.getpid()]
    while ring:
        ring = [pid for pid, parent in family.items() if parent in ring]
        found += ring
    return found


def _cpu() -> float:
    ticks = os.sysconf("SC_CLK_TCK")
    own = os.times()
    total = own.user + own.system + own.children_user + own.children_system
    for pid in _children():
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        total += sum(int(field) for field in fields[11:15]) / ticks
    return total


def _peak(pid: int) -> float:
    try:
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM"):
                return int(line.split()[1]) / 1024
    except OSError:
        pass
    return 0.0
