"""README.md keeps up with the program: every setting, command, make verb, status and folder is in it, and no other.

Tables between <!-- name --> marks are compared with their source.
"""

import re
import tomllib
from pathlib import Path

import pytest
import typer.main
import yaml

from app import cli, settings

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def block(name: str) -> str:
    """What stands between <!-- name --> and <!-- /name -->."""
    match = re.search(rf"<!-- {name} -->\n(.*?)<!-- /{name} -->", README, re.DOTALL)
    assert match, f"README has no part marked {name}"
    return match.group(1)


def commands() -> dict[str, str]:
    """{command, with its group: first line of its help}."""
    found: dict[str, str] = {}

    def walk(command: object, name: str) -> None:
        children = getattr(command, "commands", None)
        if children is None:
            found[name] = str(getattr(command, "help", "") or "").strip().partition("\n")[0]
            return
        for child_name, child in children.items():
            if not child.hidden:
                walk(child, f"{name} {child_name}".strip())

    walk(typer.main.get_command(cli.app), "")
    return found


def setting_names() -> set[str]:
    """CW_ names of all settings."""
    return {f"{settings.PREFIX}{option.name.upper()}" for option in settings.OPTIONS}


def test_the_table_of_settings_is_the_program_s() -> None:
    assert block("settings").strip() == settings.settings_table()


def test_every_command_is_in_the_readme_and_no_other() -> None:
    named = re.findall(r"^\| `([a-z][a-z -]*[a-z])", block("commands"), re.MULTILINE)
    assert sorted(named) == sorted(commands())


def test_settings_named_anywhere_exist() -> None:
    known = setting_names() | {"CW_CONFIG"}
    for file in ("README.md", "compose.yaml", "compose.scale.yaml", "Dockerfile"):
        text = re.sub(r"\bCW_[A-Z0-9]+__", "CW_", (ROOT / file).read_text(encoding="utf-8"))  # of one watch
        named = set(re.findall(r"\bCW_[A-Z0-9_]+\b", text))
        assert {name for name in named if name not in known and name.removesuffix("_FILE") not in known} == set()


def test_the_order_of_strength_is_the_data_s() -> None:
    rules = yaml.safe_load((ROOT / "seeds/coalition/transitions.yaml").read_text(encoding="utf-8"))["topics"]
    table = block("transitions")
    for topic, sides in rules.items():
        line = next(line for line in table.splitlines() if line.startswith(f"| {topic}"))
        assert " < ".join(sides["order"]) in line
        assert ", ".join(sides["against"]) in line


def test_what_counts_as_a_change_is_the_data_s() -> None:
    data = yaml.safe_load((ROOT / "seeds/coalition/transitions.yaml").read_text(encoding="utf-8"))
    table = README.partition("## What counts as a change")[2].partition("\n## ")[0]

    def row(start: str) -> str:
        return next(line for line in table.splitlines() if line.startswith(f"| {start}"))

    def named(line: str) -> set[str]:
        return set(re.findall(r"[a-z_]+", line.partition("|")[2].partition("|")[2]))

    assert set(data["first_minor"]) <= named(row("nothing held before"))
    assert set(data["up_minor"]) <= named(row("up the order"))
    assert all(f"{old} → {new} is major" in row("down the order") for old, new in data["down_major"])
    against = row("to a status against it")
    assert all(f"{new} only from {' or '.join(old)}" in against for new, old in data["against_only_from"].items())
    back = row("back from a status against it")
    for size in ("major", "minor", "beside"):
        word = "none" if size == "beside" else size
        assert f"{word} to {', '.join(data[f'back_{size}'])}" in back
    assert all(f"of {kind} minor" in row("a new figure") for kind in data["minor_counts"])


@pytest.mark.parametrize("verb", ["run", "test", "demo", "help", "lock", "eval", "setup"])
def test_the_make_verbs_of_the_readme_exist(verb: str) -> None:
    assert f"make {verb}" in README
    assert re.search(rf"^{verb}:.*## ", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)


def test_paths_named_in_the_readme_exist() -> None:
    paths = re.findall(r"`((?:app|alerts|storage|monitor|seeds|tests)/[\w./-]*)`", README)
    assert paths, "the README names the places to touch"
    assert [path for path in paths if not (ROOT / path).exists()] == []


def test_the_vocabulary_names_each_word_once() -> None:
    words = re.findall(r"^\| (\w+) \|", README.partition("## Words")[2].partition("A development's")[0], re.MULTILINE)
    assert len(words) == len(set(words)) >= 12


def test_locks_hold_hashes_and_no_addresses() -> None:
    for lock in sorted(ROOT.glob("requirements*.lock")):
        text = lock.read_text(encoding="utf-8")
        pins = re.findall(r"^[A-Za-z0-9_.-]+==", text, re.MULTILINE)
        assert len(pins) >= 5, lock.name
        assert "://" not in text, lock.name
        assert "--index" not in text and "--find-links" not in text, lock.name
        requirements = re.split(r"^(?=[A-Za-z0-9_.-]+==)", text, flags=re.MULTILINE)[1:]
        assert all("--hash=sha256:" in requirement for requirement in requirements), lock.name


def test_each_dependency_is_pinned_in_the_lock() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    pinned = set(re.findall(r"^([A-Za-z0-9_.-]+)==", (ROOT / "requirements.lock").read_text(), re.MULTILINE))
    wanted = {re.split(r"[~=<>\[; ]", name)[0] for name in project["dependencies"]}
    assert {name.lower().replace("_", "-") for name in wanted} <= {name.lower().replace("_", "-") for name in pinned}
