"""Alerts under faults and kill -9: none lost, told again only in doubt, no secret kept. bench/delivery_kills.py."""

from pathlib import Path

from bench import delivery_kills
from tests import telegram_standin


def test_no_alert_is_lost_and_none_told_again_without_doubt(tmp_path: Path) -> None:
    found = delivery_kills.run(alerts=40, chats=5, kills=2, seed=5, folder=tmp_path)
    assert found.lost == 0 and found.states == {"sent": 40}, found
    assert found.unexplained == [], found
    assert sum(found.faults.values()) > 3, "there were faults"
    assert found.groups > 0, "some came grouped"
    assert "alert_failed" in found.log
    for file in tmp_path.iterdir():
        assert telegram_standin.TOKEN.partition(":")[2].encode() not in file.read_bytes(), file.name
