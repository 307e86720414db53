"""Copies of the database: made beside a writer, checked, put back; refused with a word where they can't be."""

import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

from monitor import errors
from storage import copying, store
from tests.storage import rows
from tests.storage.conftest import Opener


def url(file: Path) -> str:
    return f"sqlite:///{file}"


@pytest.fixture
def filled(open_file: Opener) -> store.Stores:
    stores = open_file()
    first, _ = rows.read(stores, 1, 2)
    stores.ledger.record_step(first, rows.step(), [rows.alert(1)], rows.NOW)
    return stores


def test_what_is_backed_up_comes_back_whole(filled: store.Stores, file: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copies" / "monday.db"
    made = copying.backup(url(file), copy)
    assert made.rows["developments"] == made.rows["positions"] == made.rows["alerts"] == 1
    assert made.rows["entries"] == 2
    assert [path.name for path in copy.parent.iterdir()] == ["monday.db"], "one file, nothing beside it"
    restored = tmp_path / "elsewhere" / "watch.db"
    assert copying.restore(url(restored), copy).rows == made.rows
    again = store.open_stores(url(restored))
    assert again.ledger.load_developments() == filled.ledger.load_developments() != []
    assert again.articles.article("a2") == filled.articles.article("a2") is not None
    again.database.close()


def test_a_backup_beside_a_writer_is_the_state_of_one_moment(filled: store.Stores, file: Path, tmp_path: Path) -> None:
    stop = threading.Event()

    def write() -> None:
        number = 10
        while not stop.is_set():
            number += 2
            filled.outbox.add_alerts([rows.alert(number), rows.alert(number + 1)])  # both or none

    writer = threading.Thread(target=write)
    writer.start()
    try:
        counts = [copying.backup(url(file), tmp_path / f"{n}.db").rows["alerts"] for n in range(5)]
    finally:
        stop.set()
        writer.join(10)
    assert all(count % 2 == 1 for count in counts), counts
    assert counts == sorted(counts)


def test_a_backup_waits_for_no_writer_and_holds_none_up(filled: store.Stores, file: Path, tmp_path: Path) -> None:
    with filled.database.write() as connection:
        connection.exec_driver_sql("INSERT INTO meta (name, value) VALUES ('half', 'done')")
        copying.backup(url(file), tmp_path / "copy.db")
    with closing(sqlite3.connect(tmp_path / "copy.db")) as copy:
        assert copy.execute("SELECT count(*) FROM meta WHERE name = 'half'").fetchone() == (0,)


def test_nothing_is_overwritten_unless_told_so(filled: store.Stores, file: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    copy.write_text("precious")
    with pytest.raises(errors.StoreError, match=r"exists.*--force"):
        copying.backup(url(file), copy)
    assert copy.read_text() == "precious"
    copying.backup(url(file), copy, force=True)
    with pytest.raises(errors.StoreError, match=r"already.*--force"):
        copying.restore(url(file), copy)
    filled.meta.set("since", "then")
    copying.restore(url(file), copy, force=True)
    assert filled.meta.get("since") is None, "a reader that is open sees what was restored"


def test_a_database_is_not_copied_onto_itself(filled: store.Stores, file: Path) -> None:
    for act in (copying.backup, copying.restore):
        with pytest.raises(errors.StoreError):
            act(url(file), file, force=True)
    assert filled.ledger.load_developments() != []


def test_what_was_read_before_a_restore_is_not_written_after_it(
    filled: store.Stores, file: Path, tmp_path: Path
) -> None:
    copying.backup(url(file), tmp_path / "copy.db")
    copying.restore(url(file), tmp_path / "copy.db", force=True)
    with pytest.raises(errors.StoreError, match="restored") as caught:
        filled.articles.record_read(2, rows.page(2), rows.NOW)
    assert caught.value.kind == "replaced"
    anew = store.open_stores(url(file))
    anew.meta.set("name", "value")
    anew.database.close()


@pytest.mark.parametrize("spoil", ["missing", "empty", "text", "another program's", "newer", "torn"])
def test_what_is_no_good_copy_is_refused_and_nothing_is_touched(
    filled: store.Stores, file: Path, tmp_path: Path, spoil: str
) -> None:
    copy = tmp_path / "copy.db"
    word = _spoil(spoil, file, copy)
    with pytest.raises(errors.StoreError, match=word):
        copying.restore(url(file), copy, force=True)
    filled.meta.set("still", "writable")
    assert filled.ledger.load_developments() != []
    left = {path.name for path in (*tmp_path.iterdir(), *file.parent.iterdir())}
    assert not {name for name in left if name.endswith(".part")}


def _spoil(how: str, file: Path, copy: Path) -> str:
    """Make the copy no good in a named way; return what is said of it."""
    if how == "missing":
        return "no such file"
    if how in ("empty", "text"):
        copy.write_bytes(b"" if how == "empty" else b"This is no database. " * 100)
        return "another program" if how == "empty" else "not a database"
    if how == "another program's":
        with closing(sqlite3.connect(copy)) as other:
            other.execute("CREATE TABLE recipes (name TEXT)")
        return "another program"
    copying.backup(url(file), copy)
    if how == "newer":
        with closing(sqlite3.connect(copy)) as other, other:
            other.execute("UPDATE alembic_version SET version_num = '9999'")
        return "newer version"
    body = bytearray(copy.read_bytes())
    body[4096 * 2 : 4096 * 40] = b"\xff" * len(body[4096 * 2 : 4096 * 40])
    copy.write_bytes(body)
    return "damaged|malformed"


def test_a_missing_database_and_another_kind_are_told(tmp_path: Path) -> None:
    with pytest.raises(errors.StoreError, match="no database at"):
        copying.backup(url(tmp_path / "nowhere.db"), tmp_path / "copy.db")
    with pytest.raises(errors.StoreError, match="pg_dump"):
        copying.backup("postgresql://localhost/watch", tmp_path / "copy.db")
    with pytest.raises(errors.StoreError, match="pg_dump"):
        copying.restore("sqlite://", tmp_path / "copy.db")
    assert list(tmp_path.iterdir()) == []
