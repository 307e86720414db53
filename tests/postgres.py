"""A PostgreSQL of the tests' own, where its programs are installed: on loopback, in a scratch folder, without fsync."""

import importlib.util
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

_FAST = (
    "fsync=off",
    "full_page_writes=off",
    "unix_socket_directories=",
    "max_connections=60",
)


def programs() -> Path | None:
    """The folder of initdb and postgres of the newest version installed."""
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda place: int(place.parent.name), reverse=True)
    found = shutil.which("initdb")
    places += [Path(found).parent] if found else []
    return next((place for place in places if (place / "initdb").exists() and (place / "postgres").exists()), None)


def why_not() -> str | None:
    """Why no server can be started here; None where one can."""
    if importlib.util.find_spec("psycopg") is None:
        return "psycopg (the extra `scale`) is not installed"
    if os.environ.get("STORAGE_TEST_URL"):
        return None
    if programs() is None:
        return "no PostgreSQL is installed here (postgresql on Debian), and STORAGE_TEST_URL names none"
    if os.geteuid() == 0 and shutil.which("runuser") is None:
        return "PostgreSQL does not run as root, and runuser is missing"
    return None


class Server:
    """A running server; `kill` ends it as a crash does, `start` starts it again."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port, self.database = folder, _free_port(), "postgres"
        self._as = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        self._bin = programs() or Path()
        if self._as:
            shutil.chown(folder, "postgres", "postgres")
        options = ["-A", "trust", "-U", "watch", "-E", "UTF8", "--no-sync", "--locale=C.UTF-8"]
        self._run("initdb", "-D", str(folder / "data"), *options)
        self.start()

    @property
    def url(self) -> str:
        """Of its database."""
        return f"postgresql+psycopg://watch@127.0.0.1:{self.port}/{self.database}"

    def start(self) -> None:
        """Start, and wait until it answers."""
        settings = [
            part for option in (*_FAST, "listen_addresses=127.0.0.1", f"port={self.port}") for part in ("-c", option)
        ]
        self._run("pg_ctl", "-D", str(self.folder / "data"), "-l", str(self.folder / "log"), "-w", "-t", "60",
                  "-o", " ".join(f"'{part}'" for part in settings), "start")  # fmt: skip

    def stop(self, mode: str = "immediate") -> None:
        """End it; `immediate` is what a crash leaves behind."""
        self._run("pg_ctl", "-D", str(self.folder / "data"), "-m", mode, "-w", "stop")

    def _run(self, program: str, *args: str) -> None:
        done = subprocess.run(
            [*self._as, str(self._bin / program), *args], cwd=self.folder, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, timeout=90,
        )  # fmt: skip
        assert done.returncode == 0, f"{program} failed: {self._log()}"

    def _log(self) -> str:
        log = self.folder / "log"
        return log.read_text(encoding="utf-8", errors="replace")[-2000:] if log.exists() else "no log"


@contextmanager
def running() -> Iterator[Server]:
    """A server while the block runs."""
    folder = Path(tempfile.mkdtemp(prefix="coalition-watch-pg-"))
    try:
        server = Server(folder)
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def empty(url: str) -> None:
    """Take everything out of a database, its tables too."""
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP SCHEMA public CASCADE")
        connection.exec_driver_sql("CREATE SCHEMA public")
    engine.dispose()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
