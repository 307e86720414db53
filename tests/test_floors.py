"""The floors of the house: which module may import which, and a few rules of the house that a machine can check.

Reads the source only (typing-only and function-level imports count too); runs none of it.
"""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

# A floor and the floors that it may import from. seeds/ is data and is imported by nobody.
FLOORS = {
    "app": {"app", "alerts", "storage", "monitor"},
    "alerts": {"alerts", "monitor"},
    "storage": {"storage", "monitor"},
    "monitor": {"monitor"},
}
# What the side floors may know of monitor/: its values, not its stages.
VALUES = {
    "monitor.types",
    "monitor.recipients",
    "monitor.errors",
    "monitor.ports",
    "monitor.watch",
    "monitor.copies",
    "monitor.websub",
}
VALUES_ONLY = ("alerts", "storage")

FETCHING = ("monitor.fetch", "monitor.hubs", "monitor.connecting")  # the network edge
# A foreign package and who may import it (modules or packages); anybody else would be impure, or hard to replace.
HOLDERS: dict[str, tuple[str, ...]] = {
    "httpx": (*FETCHING, "alerts.channels"),
    "httpcore": FETCHING,
    "requests": (),
    "urllib.request": (),
    "trafilatura": ("monitor.extract",),
    "pebble": ("monitor.workers",),
    "multiprocessing": ("monitor.workers", "app"),
    "sqlalchemy": ("storage", "app.forms"),  # forms: the form of an address, no SQL
    "sqlite3": ("storage",),
    "alembic": ("storage",),
    "telegram": ("alerts.channels", "alerts.bot", "app"),
    "aiosmtplib": ("alerts.channels",),
    "PIL": ("alerts.charts",),
    "procrastinate": ("app.scale.queue",),
    "psycopg": ("app.scale.queue",),
    "apprise": ("alerts.channels",),
    "smtplib": (),
    "apscheduler": ("app",),
    "typer": ("app",),
    "pydantic_settings": ("app",),
    "structlog": ("app",),
    "fastapi": ("app.dashboard",),
    "uvicorn": ("app.dashboard",),
    "jinja2": ("app.dashboard",),
    "prometheus_client": ("app.dashboard",),
    "numpy": ("monitor.claims.network", "monitor.claims.descent"),
    "asyncio": (
        *FETCHING,
        "monitor.parse_queue",
        "monitor.pipeline",
        "monitor.poll_writer",
        "monitor.polling",
        "monitor.robots",
        "monitor.sharing",
        "monitor.workers",
        "alerts.channels",
        "alerts.dispatcher",
        "alerts.delivery",
        "alerts.faults",
        "alerts.pacing",
        "alerts.bot",
        "app",
    ),
    "threading": ("monitor.workers", "storage", "app"),
    "socket": (*FETCHING, "app"),
    "subprocess": ("app.commands.replaying",),  # another revision runs in a process of its own
}
# Nobody else reads a clock: `now` is an argument. Fetch needs one for a Retry-After date without a Date.
CLOCK_OWNERS = ("app", "monitor.fetch")
PACKAGES = {
    "yaml": "pyyaml",
    "telegram": "python_telegram_bot",
    "PIL": "pillow",
}  # modules named otherwise than their package
UNNAMED = {"lxml_html_clean", "sniffio", "tzdata"}  # needed by trafilatura, httpcore and zoneinfo, not by us
MAX_LINES = 400
LONGER = {"app.cli": 450, "monitor.types": 480}  # all values in one place is worth more than a short file


def modules(root: Path) -> dict[str, Path]:
    """{dotted name: file} of everything below the floors."""
    found: dict[str, Path] = {}
    for floor in FLOORS:
        for path in sorted((root / floor).rglob("*.py")):
            parts = path.relative_to(root).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imports(name: str, path: Path, known: dict[str, Path]) -> Iterator[str]:
    """Dotted names that a module imports, wherever in the file; `from a import b` is a.b where that is a module."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                package = name.split(".") if path.name == "__init__.py" else name.split(".")[:-1]
                base = ".".join([*package[: len(package) - node.level + 1], *([base] if base else [])])
            for alias in node.names:
                full = f"{base}.{alias.name}"
                yield full if full in known or base.partition(".")[0] not in FLOORS else base


def is_below(name: str, parents: tuple[str, ...] | set[str]) -> bool:
    """Whether a dotted name is one of `parents` or lies in one."""
    return any(name == parent or name.startswith(parent + ".") for parent in parents)


def find_wrong_imports(root: Path) -> list[str]:
    """Imports that go up or sideways, reach past the values, or hold a foreign package that is another module's."""
    known, wrong = modules(root), []
    for name, path in known.items():
        floor = name.partition(".")[0]
        for target in imports(name, path, known):
            there = target.partition(".")[0]
            if there in FLOORS:
                past_values = floor in VALUES_ONLY and there == "monitor" and target not in VALUES
                if there not in FLOORS[floor] or past_values:
                    wrong.append(f"{name} imports {target}")
            elif there == "seeds" or any(
                is_below(target, (foreign,)) and not is_below(name, holders) for foreign, holders in HOLDERS.items()
            ):
                wrong.append(f"{name} imports {target}")
    return wrong


def find_circles(root: Path) -> list[list[str]]:
    """Modules that import each other, directly or by way of others (depth first, each circle reported once)."""
    known = modules(root)
    graph = {name: sorted(set(imports(name, path, known)) & (known.keys() - {name})) for name, path in known.items()}
    circles: list[list[str]] = []
    done: set[str] = set()

    def visit(name: str, trail: list[str]) -> None:
        if name in trail:
            circles.append([*trail[trail.index(name) :], name])
        elif name not in done:
            for target in graph[name]:
                visit(target, [*trail, name])
            done.add(name)

    for name in graph:
        visit(name, [])
    return circles


def find_clock_readers(root: Path) -> list[str]:
    """Calls of datetime.now, utcnow, today or time.time outside the roof."""
    found = []
    for name, path in modules(root).items():
        if is_below(name, CLOCK_OWNERS):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Attribute):
                continue
            owner = ast.unparse(node.value).rpartition(".")[2]
            if (owner in ("datetime", "date") and node.attr in ("now", "utcnow", "today")) or (
                owner == "time" and node.attr in ("time", "time_ns")
            ):
                found.append(f"{name}:{node.lineno} {owner}.{node.attr}")
    return found


def find_untidy(root: Path) -> list[str]:
    """Modules without an opening docstring of one to five lines, and files that have grown too long."""
    found = []
    for name, path in modules(root).items():
        text = path.read_text(encoding="utf-8")
        if not text.strip():
            continue  # an empty __init__.py says all there is to say
        docstring = ast.get_docstring(ast.parse(text))
        if not docstring or (path.name != "errors.py" and not 1 <= len(docstring.splitlines()) <= 5):
            found.append(f"{name}: no opening docstring of one to five lines")
        length, limit = len(text.splitlines()), LONGER.get(name, MAX_LINES)
        if length > limit:
            found.append(f"{name}: {length} lines, more than {limit}")
    return found


def test_imports_run_down_only() -> None:
    assert find_wrong_imports(ROOT) == []


def test_no_two_modules_import_each_other() -> None:
    assert find_circles(ROOT) == []


def test_only_the_roof_reads_a_clock() -> None:
    assert find_clock_readers(ROOT) == []


def test_modules_are_short_and_say_what_they_do() -> None:
    assert find_untidy(ROOT) == []


def test_seeds_are_data_and_no_code() -> None:
    assert [str(path.relative_to(ROOT)) for path in (ROOT / "seeds").rglob("*.py")] == []


def test_what_is_imported_is_declared_and_the_reverse() -> None:
    known = modules(ROOT)
    used = {target.partition(".")[0] for name, path in known.items() for target in imports(name, path, known)}
    foreign = used - set(FLOORS) - sys.stdlib_module_names
    lines = (ROOT / "requirements.in").read_text(encoding="utf-8").splitlines()
    declared = {re.split(r"[=\[ ]", line)[0].lower().replace("-", "_") for line in lines if line[:1].isalnum()}
    needed = {PACKAGES.get(module, module) for module in foreign}
    assert needed - declared == set(), "imported, but not declared"
    assert declared - needed == UNNAMED, "declared, but not imported"


def test_every_floor_has_modules() -> None:
    floors = {name.partition(".")[0] for name in modules(ROOT)}
    assert floors == set(FLOORS), "an empty floor would make the other tests of this file pass for nothing"


# ------------------------------------------------------------ the checks themselves can fail


def build(root: Path, files: dict[str, str]) -> Path:
    """A small tree: {path: source}."""
    for name, source in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source, encoding="utf-8")
    return root


SOUND = {
    "app/cli.py": '"""Commands."""\nfrom alerts import render\nfrom monitor.claims import engine\nimport storage\n',
    "alerts/render.py": '"""Text."""\nfrom monitor import types\n',
    "storage/store.py": '"""Rows."""\nimport sqlalchemy\nfrom monitor import ports\n',
    "monitor/types.py": '"""Values."""\n',
    "monitor/ports.py": '"""Edges."""\nfrom monitor import types\n',
    "monitor/claims/__init__.py": "",
    "monitor/claims/engine.py": '"""Claims."""\nfrom . import words\nfrom ..types import Claim\n',
    "monitor/claims/words.py": '"""Words."""\n',
}


def test_a_sound_tree_passes(tmp_path: Path) -> None:
    root = build(tmp_path, SOUND)
    assert (find_wrong_imports(root), find_circles(root), find_clock_readers(root), find_untidy(root)) == (
        [],
        [],
        [],
        [],
    )


@pytest.mark.parametrize(
    ("file", "source", "target"),
    [
        ("monitor/screen.py", "from storage import store", "storage.store"),
        ("monitor/screen.py", "import app.cli", "app.cli"),
        ("monitor/screen.py", "def f():\n    from alerts import render", "alerts.render"),
        ("monitor/screen.py", "import seeds", "seeds"),
        ("monitor/screen.py", "import httpx", "httpx"),
        ("monitor/screen.py", "from urllib.request import urlopen", "urllib.request.urlopen"),
        ("monitor/screen.py", "from sqlalchemy.orm import Session", "sqlalchemy.orm.Session"),
        ("monitor/screen.py", "import asyncio", "asyncio"),
        ("monitor/screen.py", "from telegram.ext import Application", "telegram.ext.Application"),
        (
            "storage/feeds.py",
            "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import alerts.render",
            "alerts.render",
        ),
        ("storage/feeds.py", "from monitor.claims import engine", "monitor.claims.engine"),
        ("storage/feeds.py", "from app.cli import main", "app.cli"),
        ("alerts/digest.py", "from storage.store import Stores", "storage.store"),
        ("alerts/digest.py", "import sqlite3", "sqlite3"),
        ("app/board.py", "import sqlalchemy as sa", "sqlalchemy"),
    ],
)
def test_a_wrong_import_is_found(tmp_path: Path, file: str, source: str, target: str) -> None:
    root = build(tmp_path, {**SOUND, file: source + "\n"})
    name = file.removesuffix(".py").replace("/", ".")
    assert find_wrong_imports(root) == [f"{name} imports {target}"]


def test_a_typing_only_circle_is_found(tmp_path: Path) -> None:
    files = {
        "monitor/types.py": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from monitor import watch\n",
        "monitor/watch.py": "from monitor import ports\n",
    }
    circles = find_circles(build(tmp_path, {**SOUND, **files}))
    assert [set(circle) for circle in circles] == [{"monitor.types", "monitor.watch", "monitor.ports"}]


@pytest.mark.parametrize(
    "source",
    [
        "from datetime import datetime\nx = datetime.now()",
        "import datetime\nx = datetime.datetime.utcnow()",
        "from datetime import date\nx = date.today()",
        "import time\nx = time.time()",
        "from datetime import datetime\nclock = datetime.now",
    ],
)
def test_a_clock_reader_is_found(tmp_path: Path, source: str) -> None:
    assert len(find_clock_readers(build(tmp_path, {**SOUND, "monitor/schedule.py": source}))) == 1


def test_a_long_or_wordless_module_is_found(tmp_path: Path) -> None:
    files = {"monitor/long.py": '"""Long."""\n' + "x = 1\n" * MAX_LINES, "monitor/mute.py": "x = 1\n"}
    found = find_untidy(build(tmp_path, {**SOUND, **files}))
    assert [line.partition(":")[0] for line in found] == ["monitor.long", "monitor.mute"]
