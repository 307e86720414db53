"""Two services on one PostgreSQL, as real processes: one works, the other takes over; killed with the database too."""

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests import postgres
from tests.way import site as sites
from tests.way import test_way as way

REASON = postgres.why_not() if not os.environ.get("STORAGE_TEST_URL") else "the tests' own server has to be killed"
pytestmark = [pytest.mark.skipif(REASON is not None, reason=str(REASON)), pytest.mark.timeout(240)]


@pytest.fixture
def server() -> Iterator[postgres.Server]:
    with postgres.running() as started:
        yield started


@pytest.fixture
def site() -> Iterator[sites.Site]:
    served = sites.Site()
    yield served
    served.close()


class Program:
    """A running service; what it says on standard error is kept in a file."""

    def __init__(self, name: str, env: dict[str, str], folder: Path) -> None:
        self.log, self.out = folder / f"{name}.log", folder / f"{name}.out"
        self.process = subprocess.Popen(
            way.command("run"), env=env, cwd=folder, stdout=self.out.open("w"), stderr=self.log.open("w"),
            start_new_session=True,
        )  # fmt: skip

    def has_said(self, word: str, times: int = 1) -> bool:
        return self.log.read_text(encoding="utf-8").count(word) >= times

    def told(self) -> str:
        return self.out.read_text(encoding="utf-8")

    def kill(self) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(20)


def ask(server: postgres.Server, query: str, *, autocommit: bool = False) -> object:
    options = {"isolation_level": "AUTOCOMMIT"} if autocommit else {}
    engine = sa.create_engine(server.url, poolclass=sa.NullPool, **options)
    with engine.begin() as connection:
        found = connection.exec_driver_sql(query)
        value = found.scalar() if found.returns_rows else None
    engine.dispose()
    return value


def told_about(server: postgres.Server, subject: str) -> bool:
    joined = "FROM alerts JOIN developments d ON d.id = development_id"
    return ask(server, f"SELECT count(*) {joined} WHERE subject = '{subject}' AND state = 'sent' AND kind = 'new'") == 1


def test_the_other_takes_over_and_a_killed_database_is_waited_for(
    server: postgres.Server, site: sites.Site, tmp_path: Path
) -> None:
    site.add("one", sites.WEATHER)
    env = way.environment(tmp_path, site, "one") | {"CW_DATABASE_URL": server.url, "CW_HTTP_PORT": "0"}
    programs = [Program("first", env, tmp_path)]
    try:
        first = programs[0]
        way.wait_until(lambda: first.has_said("caught_up"), 60)
        programs.append(Program("second", env, tmp_path))
        second = programs[1]
        way.wait_until(lambda: second.has_said("standing_by"), 60)
        first.kill()
        way.wait_until(lambda: second.has_said("taking_over") and second.has_said("started"), 60)
        site.add("one", sites.REFUSAL)
        ask(server, "UPDATE feeds SET next_poll_at = NULL")
        way.wait_until(lambda: told_about(server, "IT"), 60)
        server.stop()  # immediate: as a crash
        way.wait_until(lambda: second.has_said("lead_lost"), 60)
        server.start()
        way.wait_until(lambda: second.has_said("started", 2), 90)
        site.add("one", sites.JOINS)
        ask(server, "UPDATE feeds SET next_poll_at = NULL")
        way.wait_until(lambda: told_about(server, "MT"), 60)
    finally:
        for program in programs:
            program.kill()
    told = "".join(program.told() for program in programs)
    assert told.count("Italy — troops") == 1
    assert told.count("Malta — ") == 1
    assert ask(server, "SELECT count(*) FROM developments WHERE subject IN ('IT', 'MT') AND NOT minor") == 2
