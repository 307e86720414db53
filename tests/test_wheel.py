"""The wheel holds all that the program needs, and what it installs runs as an ordinary user far from the source tree.

The wheel goes into a new environment that borrows this one's dependencies; nothing is downloaded.
"""

import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PARTS = ("app", "alerts", "monitor", "storage", "seeds", "pyproject.toml", "README.md", "LICENSE")
BORROWED = sysconfig.get_path("purelib")


def run(*command: str, env: dict[str, str] | None = None, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, env=env, cwd=cwd, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=90, check=False
    )


@pytest.fixture(scope="module")
def workshop() -> Iterator[Path]:
    """A folder that other users may enter (pytest's own folders are closed to them)."""
    with tempfile.TemporaryDirectory(prefix="coalition-watch-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


@pytest.fixture(scope="module")
def wheel(workshop: Path) -> Path:
    """The wheel, built from a copy of the sources so that neither dist/ nor leftovers of the tree play a part."""
    source = workshop / "source"
    source.mkdir()
    for part in PARTS:
        if (ROOT / part).is_dir():
            shutil.copytree(ROOT / part, source / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / part, source / part)
    built = run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(workshop / "dist"), cwd=source)
    assert built.returncode == 0, built.stderr
    return next((workshop / "dist").glob("*.whl"))


def find_user() -> list[str]:
    """What to put before a command so that it runs without rights; empty where the tests have none themselves."""
    runuser = shutil.which("runuser", path="/sbin:/usr/sbin:/bin:/usr/bin")
    return [runuser, "-u", "nobody", "--"] if os.geteuid() == 0 and runuser else []


def find_python(user: list[str]) -> str | None:
    """An interpreter of this version that the user may run with this environment's packages, if there is one."""
    system = shutil.which(f"python3.{sys.version_info.minor}", path="/usr/local/bin:/usr/bin")
    for python in (os.path.realpath(sys.executable), system):
        code = f"import sys; sys.path.append({BORROWED!r}); import yaml, sqlalchemy, pydantic, lxml.etree"
        if python and run(*user, python, "-I", "-c", code, cwd=Path("/")).returncode == 0:
            return python
    return None


@pytest.fixture(scope="module")
def as_user() -> list[str]:
    """The prefix that takes the rights away; skips where the user may not even read what it would have to run."""
    user = find_user()
    if os.geteuid() == 0 and not user:
        pytest.skip("runs as root, and without runuser it cannot become somebody else")
    if find_python(user) is None:
        pytest.skip("the packages or the interpreter of this environment are closed to other users")
    return user


@pytest.fixture(scope="module")
def installed(workshop: Path, wheel: Path) -> Path:
    """The command as installed from the wheel into a new environment."""
    home = workshop / "venv"
    python = find_python(find_user()) or sys.executable
    made = run(python, "-m", "venv", "--without-pip", str(home))
    assert made.returncode == 0, made.stderr
    pip = run(
        sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", str(home / "bin" / "python"),
        "install", "--quiet", "--no-deps", "--no-index", str(wheel),
    )  # fmt: skip
    assert pip.returncode == 0, pip.stderr
    # The dependencies, from here. A .pth inside that folder is not followed, so the source tree stays out.
    site = next((home / "lib").glob("python*/site-packages"))
    (site / "borrowed.pth").write_text(BORROWED + "\n", encoding="utf-8")
    return home / "bin" / "coalition-watch"


@pytest.fixture
def empty(workshop: Path) -> Iterator[dict[str, str]]:
    """An environment whose data folder is empty and writable by everybody."""
    folder = Path(tempfile.mkdtemp(prefix="data-", dir=workshop))
    folder.chmod(0o777)
    yield {
        "PATH": "/usr/bin:/bin",
        "HOME": str(folder),
        "CW_DATABASE_URL": f"sqlite:///{folder}/data/watch.db",
        "LC_ALL": "C.UTF-8",
        "NO_COLOR": "1",
    }


def test_the_wheel_holds_code_data_migrations_and_templates(workshop: Path, wheel: Path) -> None:
    source = workshop / "source"
    names = set(zipfile.ZipFile(wheel).namelist())
    missing = [
        name
        for part in ("app", "alerts", "monitor", "storage", "seeds")
        for path in (source / part).rglob("*")
        if path.is_file()
        if (name := path.relative_to(source).as_posix()) not in names
    ]
    assert missing == []
    assert any(name.startswith("seeds/") and name.endswith(".yaml") for name in names)
    assert any(name.startswith("storage/") and "migrations/" in name for name in names)
    assert any(name.endswith("dist-info/licenses/LICENSE") for name in names)


def test_the_wheel_holds_nothing_else(wheel: Path) -> None:
    tops = {name.partition("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    floors = {"app", "alerts", "monitor", "storage", "seeds"}
    assert {top for top in tops if not top.endswith(".dist-info")} == floors


def test_the_installed_command_tells_its_version(installed: Path, as_user: list[str], empty: dict[str, str]) -> None:
    done = run(*as_user, str(installed), "version", env=empty, cwd=Path("/"))
    assert done.returncode == 0, done.stderr
    assert "0.1.0" in done.stdout


def test_health_says_plainly_that_there_was_no_cycle_yet(
    installed: Path, as_user: list[str], empty: dict[str, str]
) -> None:
    done = run(*as_user, str(installed), "health", env=empty, cwd=Path("/"))
    said = done.stdout + done.stderr
    assert done.returncode == 1, said
    assert "no " in said.lower() and "cycle" in said.lower(), said
    assert "Traceback" not in said


def test_the_installed_command_reads_its_own_data(installed: Path, empty: dict[str, str]) -> None:
    # The source tree must not help out: what is imported and what is read lies in the new environment.
    python = installed.parent / "python"
    code = "import app.cli, monitor.watch as w; print(w.__file__); print(w.load_watch().name)"
    done = run(str(python), "-c", code, env=empty, cwd=Path("/"))
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(str(installed.parent.parent)), done.stdout
