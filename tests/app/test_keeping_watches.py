"""Copies and moves of an installation with several watches: none is left out, and each goes to its own place."""

from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from app import cli, settings, watch_settings, wiring
from monitor import types
from storage import addresses, store
from tests import postgres

HARBOUR = Path(__file__).parents[1] / "data" / "watches" / "harbour"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two watches' databases with their baselines."""
    monkeypatch.chdir(tmp_path)
    given = {"CW_DATABASE_URL": f"sqlite:///{tmp_path}/watch.db", "CW_WATCHES": f"coalition:{HARBOUR}"}
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    for base in wiring.open_bases(settings.load_settings(given)):
        base.close()
    return tmp_path


def subjects(url: str) -> set[str]:
    return {position.subject for position in positions(url)}


def held(url: str) -> int:
    return len(positions(url))


def positions(url: str) -> list[types.Position]:
    stores = store.open_stores(url)
    with closing(stores.database):
        return stores.ledger.load_positions()


def test_backup_and_restore_are_of_every_watch(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["backup", "monday.db"]) == 0
    assert sorted(file.name for file in folder.glob("monday*.db")) == ["monday.db", "monday.harbour.db"]
    assert cli.main(["--watch", "harbour", "backup", "alone.db"]) == 0
    assert subjects(f"sqlite:///{folder}/alone.db") == {"XA"}
    for name in ("watch.db", "watch.harbour.db"):
        (folder / name).unlink()
    (folder / "monday.harbour.db").rename(folder / "aside.db")
    assert cli.main(["restore", "monday.db"]) == 1
    assert "no such copy of harbour" in capsys.readouterr().err
    assert not (folder / "watch.db").exists(), "all or nothing"
    (folder / "aside.db").rename(folder / "monday.harbour.db")
    assert cli.main(["restore", "monday.db"]) == 0
    assert subjects(f"sqlite:///{folder}/watch.harbour.db") == {"XA"}
    assert "US" in subjects(f"sqlite:///{folder}/watch.db")


@pytest.mark.skipif(postgres.why_not() is not None, reason=str(postgres.why_not()))
def test_on_a_server_each_watch_has_a_schema_of_its_own(folder: Path) -> None:
    with postgres.running() as server:
        assert cli.main(["migrate-to", server.url]) == 0
        theirs = watch_settings.own_database(server.url, "harbour")
        assert addresses.schema_of(theirs) == "watch_harbour"
        assert (subjects(theirs), "US" in subjects(server.url)) == ({"XA"}, True)
        given = {"CW_DATABASE_URL": server.url, "CW_WATCHES": f"coalition:{HARBOUR}"}
        bases = wiring.open_bases(settings.load_settings(given))
        counts = [len(base.stores.ledger.load_positions()) for base in bases]
        assert counts == [held(f"sqlite:///{folder}/{name}") for name in ("watch.db", "watch.harbour.db")]
        bases[1].stores.meta.set("x", "theirs")
        assert [base.stores.meta.get("x") for base in bases] == [None, "theirs"]
        for base in bases:
            base.close()


@pytest.mark.parametrize(
    ("url", "own"),
    [
        ("postgresql+psycopg://h/d", "watch_harbour"),
        ("postgresql+psycopg://h/d?options=-cstatement_timeout%3D9000", "watch_harbour"),
        ("postgresql+psycopg://h/d?options=-csearch_path%3Dours", "watch_harbour"),
    ],
)
def test_other_options_of_an_address_stay(url: str, own: str) -> None:
    beside = addresses.beside(url, "harbour")
    assert addresses.schema_of(beside) == own
    assert str(sa.make_url(beside).query["options"]).startswith(str(sa.make_url(url).query.get("options", "")))
