"""`outbox` shows what was given up and why, and lets it be tried again or forgotten."""

from pathlib import Path

import pytest

from app import cli
from monitor import types
from storage import store
from tests.storage import rows


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    url = f"sqlite:///{tmp_path}/watch.db"
    monkeypatch.setenv("CW_DATABASE_URL", url)
    stores = store.open_stores(url)
    stores.outbox.add_alerts([rows.alert(number, recipient=f"telegram:{number}") for number in (1, 2, 3, 4)])
    stores.outbox.claim_alerts(rows.NOW, 60, 2)
    for number in (1, 2):
        stores.outbox.mark_dead(f"A-{number}", "no evidence to quote", rows.NOW)
    stores.outbox.switch_off("telegram:3", "bot was blocked", rows.NOW)
    stores.database.close()
    return url


def counts(url: str) -> dict[str, int]:
    stores = store.open_stores(url)
    found = stores.outbox.count_alerts()
    stores.database.close()
    return found


def test_the_list_says_why(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["outbox", "list"]) == 0
    shown = capsys.readouterr().out
    lines = {line.split()[0]: line for line in shown.splitlines() if line.strip().startswith("A-")}
    assert "dead" in lines["A-1"] and "no evidence to quote" in lines["A-1"]
    assert "recipient off: bot was blocked" in lines["A-3"]
    assert "2 dead, 2 waiting" in shown


def test_alerts_are_tried_again_or_dropped(here: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["outbox", "retry", "A-1"]) == 0
    assert counts(here) == {"dead": 1, "waiting": 3}
    assert cli.main(["outbox", "drop", "--all"]) == 0
    assert counts(here) == {str(types.DeliveryState.WAITING): 3}
    assert cli.main(["outbox", "drop", "A-3"]) == 1, "it waits"
    assert "not given up" in capsys.readouterr().err


@pytest.mark.parametrize("args", [[], ["A-1", "--all"]])
def test_names_or_all_but_one_of_them(args: list[str], here: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["outbox", "drop", *args]) == 1
    assert "name alerts, or --all" in capsys.readouterr().err
    assert counts(here)["dead"] == 2
