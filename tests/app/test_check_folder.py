"""`check FOLDER`: a good folder passes, each kind of fault is named by file and line; commands name a watch."""

import shutil
from pathlib import Path

import pytest

from app import checking, cli
from monitor import errors, watch

HARBOUR = Path(__file__).parents[1] / "data" / "watches" / "harbour"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(HARBOUR, tmp_path / "harbour"))


@pytest.mark.parametrize("root", [watch.SEEDS, HARBOUR], ids=["shipped", "harbour"])
def test_good_folders_pass(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["check", str(root)]) == 0
    assert "terms of office" in capsys.readouterr().out


FAULTS = {
    "no head": ("outlets.yaml", "# Purpose: the publishers of a made-up watch.\n# Version: 2026-11-26\n", "",
                "outlets.yaml", "line 1: expected a comment"),
    "an office of a stranger": ("harbour/offices.yaml", "subject: XB", "subject: XZ", "offices.yaml", "(line 11)"),
    "an end before the beginning": ("harbour/offices.yaml", "from: 2023-05-02", "from: 2023-05-02\n    to: 2022-01-01",
                                    "offices.yaml", "a day after from"),
    "a feed of no outlet": ("feeds.yaml", 'outlet: "Harbour Post"', 'outlet: "Harbor Post"', "feeds.yaml",
                            "outlet (line 6): expected a name of outlets.yaml"),
    "a feed of another tier": ("feeds.yaml", "tier: press", "tier: wire", "feeds.yaml",
                               "tier (line 7): expected press"),
    "a list that nobody asks for": ("harbour/phrases.yaml", "coalition:", "colaition:", "phrases.yaml",
                                    "colaition (line 3): expected a list that the grammar knows: force,"),
    "a pattern with a stranger": ("harbour/phrases.yaml", "[harbour pact,", '["pact of @ZZ",', "phrases.yaml",
                                  "coalition (line 3): expected a code of actors.yaml"),
    "no expression": ("harbour/terms.yaml", "'Harbour Pact'", "'(Harbour Pact'", "terms.yaml",
                      "coalition (line 3): expected regular expressions"),
    "a position of a stranger": ("harbour/baseline.yaml", "subject: XA", "subject: XZ", "baseline.yaml",
                                 "position (line 3): expected a code of actors.yaml"),
    "an unknown status": ("harbour/baseline.yaml", "  status: member\n  since", "  status: mamber\n  since",
                          "baseline.yaml", "a status of membership"),
    "broken YAML": ("outlets.yaml", "outlets:", "outlets: [", "outlets.yaml", "valid YAML"),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_named_by_file_and_line(
    folder: Path, fault: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    name, was, now, file, word = FAULTS[fault]
    text = (folder / name).read_text(encoding="utf-8")
    assert was in text
    (folder / name).write_text(text.replace(was, now, 1), encoding="utf-8")
    wrong = checking.check_folder(folder).wrong
    assert [one for one in wrong if one[0] == file and word in one[1]], wrong
    assert cli.main(["check", str(folder)]) == 1
    assert file in capsys.readouterr().out


def test_several_faults_are_told_at_once(folder: Path) -> None:
    (folder / "harbour" / "actors.yaml").rename(folder / "harbour" / "actor.yaml")
    (folder / "outlets.yaml").unlink()
    (folder / "harbour" / "transitions.yaml").write_text("# Purpose: an order\ntopics: {}\n")
    wrong = dict(checking.check_folder(folder).wrong)
    assert wrong.keys() >= {"actors.yaml", "actor.yaml", "outlets.yaml", "transitions.yaml"}


def test_commands_name_a_watch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setenv("CW_DATABASE_URL", f"sqlite:///{tmp_path}/watch.db")
    monkeypatch.setenv("CW_WATCHES", f"coalition:{HARBOUR}")

    def shown(*command: str) -> str:
        assert cli.main(list(command)) == 0
        return capsys.readouterr().out

    for command in (["board"], ["baseline", "show"], ["feeds", "list"], ["export", "--what", "positions"]):
        mine, theirs = shown(*command), shown("--watch", "harbour", *command)
        assert any(word in theirs for word in ("Norvania", "XA", "Harbour Post")), command
        assert not any(word in mine for word in ("Norvania", "XA", "Harbour Post")), command
    both = shown("check")
    assert "check coalition" in both and "check harbour" in both
    assert cli.main(["health"]) == 1
    assert "harbour: no cycle" in capsys.readouterr().out
    assert cli.main(["--watch", "harbor", "board"]) == 2
    assert "CW_WATCHES has coalition, harbour" in capsys.readouterr().err


def test_what_is_no_watch(tmp_path: Path, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["check", str(tmp_path / "nowhere")]) == 1
    (folder / "Second Topic").mkdir()
    (folder / "Second Topic" / "actors.yaml").touch()
    with pytest.raises(errors.SeedError, match="one folder NAME"):
        checking.check_folder(folder)
    shutil.rmtree(folder / "harbour")
    with pytest.raises(errors.SeedError, match="small letters"):
        checking.check_folder(folder)
    assert cli.main(["check", str(folder)]) == 1
    assert "Second Topic" in capsys.readouterr().err
