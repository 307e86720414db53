"""Delivers alerts under faults and kill -9 to the Bot API stand-in; floor: none lost, and told again only in doubt.

    python -m bench.delivery_kills [--alerts 1000] [--chats 20] [--kills 30] [--seed 1]

Faults are 429, 500, resets before and after the message was taken, and answers that never come. The real dispatcher
runs in a process of its own over a database file; it is killed at random moments and started again. An alert is in
doubt once for each answer that was withheld after the message was taken, and for each kill while it was being sent.
Every second chat gets each alert on its own, the others get them grouped.
"""

import argparse
import asyncio
import contextlib
import json
import random
import re
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from alerts import delivery, dispatcher, faults, pacing, render, timing
from alerts.channels import telegram
from monitor import recipients, types
from storage import store
from tests import telegram_standin

ROOT = Path(__file__).resolve().parent.parent
LEASE_S, TIMEOUT_S = 3.0, 1.0
FAULTS = {"429": 0.05, "500": 0.05, telegram_standin.SILENT: 0.03, telegram_standin.BROKEN: 0.04,
          telegram_standin.RESET: 0.04}  # fmt: skip
_ID = re.compile(r"\bA-[0-9]{6}\b")


@dataclass(kw_only=True)
class Outcome:
    """What came of a run."""

    alerts: int
    kills: int
    seconds: float
    told: Counter[str]  # by alert id
    doubts: Counter[str]  # by alert id
    states: dict[str, int]
    faults: Counter[str] = field(default_factory=Counter)
    groups: int = 0  # messages that told several
    log: str = ""

    @property
    def lost(self) -> int:
        """Alerts that no chat has seen."""
        return self.alerts - len(self.told)

    @property
    def again(self) -> int:
        """Messages beyond the first of each alert."""
        return sum(self.told.values()) - len(self.told)

    @property
    def unexplained(self) -> list[str]:
        """Alerts that were told more often again than their outcome was in doubt."""
        return [name for name, count in self.told.items() if count - 1 > self.doubts[name]]


def run(*, alerts: int, chats: int, kills: int, seed: int, folder: Path) -> Outcome:
    """Deliver so many alerts under faults and kills; return what came of it."""
    return asyncio.run(_run(alerts, chats, kills, random.Random(seed), folder))


async def _run(alerts: int, chats: int, kills: int, chance: random.Random, folder: Path) -> Outcome:
    file = folder / "watch.db"
    fill(file, alerts, chats)
    doubts, faults = Counter[str](), Counter[str]()
    began = time.monotonic()
    async with telegram_standin.serve() as api:
        api.chance = lambda chat: _fault(chance, faults)
        api.on_withheld = lambda message: doubts.update(_ID.findall(message.text))
        with (folder / "log").open("wb") as log:
            for _ in range(kills):
                child = await _start(file, api.url, log)
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(child.wait(), chance.uniform(1.0, 4.0))
                if child.returncode is None:
                    child.kill()
                    await child.wait()
                doubts.update(_being_sent(file))
            child = await _start(file, api.url, log)
            await asyncio.wait_for(child.wait(), 600)
        told = Counter(name for message in api.messages for name in _ID.findall(message.text))
        groups = sum(len(_ID.findall(message.text)) > 1 for message in api.messages)
    with sqlite3.connect(file) as database:
        states = dict(database.execute("SELECT state, count(*) FROM alerts WHERE kind = 'new' GROUP BY state"))
    return Outcome(
        alerts=alerts, kills=kills, seconds=time.monotonic() - began, told=told, doubts=doubts, states=states,
        faults=faults, groups=groups, log=(folder / "log").read_text(errors="replace"),
    )  # fmt: skip


def _fault(chance: random.Random, faults: Counter[str]) -> telegram_standin.Refused | str | None:
    dice = chance.random()
    for name, share in FAULTS.items():
        if (dice := dice - share) < 0:
            faults[name] += 1
            if name == "429":
                return telegram_standin.Refused(429, "Too Many Requests: retry after 1", retry_after=1)
            if name == "500":  # the worst that a server can say
                return telegram_standin.Refused(500, f"Internal error at /bot{telegram_standin.TOKEN}/sendMessage")
            return name
    return None


async def _start(file: Path, url: str, log: object) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.delivery_kills", "--child", str(file), url, cwd=ROOT, stdout=log, stderr=log
    )  # type: ignore[arg-type]


def _being_sent(file: Path) -> list[str]:
    with sqlite3.connect(file, timeout=10) as database:
        return [name for (name,) in database.execute("SELECT id FROM alerts WHERE state = 'sending'")]


def fill(file: Path, alerts: int, chats: int) -> None:
    """A database with so many alerts that wait, each of a development of its own."""
    stores = store.open_stores(f"sqlite:///{file}")
    now = datetime.now(UTC)
    for number in range(alerts):
        d = _development(number, now)
        change = types.DevelopmentChange(kind=types.AlertKind.NEW, development=d)
        alert = types.Alert(
            id=f"A-{number:06}", recipient=f"telegram:{1000 + number % chats}", kind=types.AlertKind.NEW,
            created_at=now + timedelta(microseconds=number), development_id=d.id,
        )  # fmt: skip
        step = types.LedgerStep(article_id=f"a{number}", changes=(change,))
        stores.ledger.record_step(None, step, [alert], now)
    for number in range(0, chats, 2):
        stores.recipients.save_recipient(
            recipients.Recipient(address=f"telegram:{1000 + number}", cap_per_hour=10_000), now
        )
    stores.database.close()


def _development(number: int, now: datetime) -> types.Development:
    evidence = f"Country {number} will send forces, its prime minister said."
    report = types.Report(
        article_id=f"a{number}", outlet="Example Times", tier=types.Tier.PRESS, origin="Example Times", url=None,
        title="A title", published=now, status="pledged", evidence=evidence, start=0, end=len(evidence),
    )  # fmt: skip
    return types.Development(
        id=f"D{number:06}", topic=types.Topic.TROOPS, subject=f"X{number}", aspect="troops", old=None, new="pledged",
        minor=False, grade_at_first=types.Grade.REPORTED, grade=types.Grade.REPORTED, published=now, raised_at=now,
        reports=(report,),
    )  # fmt: skip


# ---------------------------------------------------------------- the process that is killed


async def deliver(file: Path, url: str) -> None:
    """Deliver until nothing waits."""
    timing.BURST = (10_000, timing.HOUR)  # loss is measured, not how long a burst is held
    stores = store.open_stores(f"sqlite:///{file}")
    channel = telegram.TelegramChannel(token=telegram_standin.TOKEN, base_url=url, timeout_s=TIMEOUT_S)
    quick = pacing.Pace(chat_s={"telegram": 0.02}, group_s={}, overall_s={})
    sender = dispatcher.Dispatcher(
        stores.outbox, {"telegram": channel}, stores.ledger.development, {}, lambda: datetime.now(UTC), _no_digest,
        known_faults=faults.Faults(stores.meta, lambda: datetime.now(UTC)), recipient_of=stores.recipients.recipient,
        options=delivery.DispatchOptions(lease_s=LEASE_S, pace=quick, operator="telegram:1"),
    )  # fmt: skip
    while set(stores.outbox.count_alerts()) & {"waiting", "sending"}:
        await sender.dispatch_turn(0.05)
        await asyncio.sleep(0.02)
    await sender.close()
    stores.database.close()


def _no_digest(alert: types.Alert) -> render.Message:
    raise NotImplementedError


def main() -> None:
    """Run and print figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, default in {"alerts": 1000, "chats": 20, "kills": 30, "seed": 1}.items():
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--child", nargs=2, metavar=("FILE", "URL"), help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.child:
        asyncio.run(deliver(Path(chosen.child[0]), chosen.child[1]))
        return
    with tempfile.TemporaryDirectory() as folder:
        found = run(alerts=chosen.alerts, chats=chosen.chats, kills=chosen.kills, seed=chosen.seed, folder=Path(folder))
    print(json.dumps({
        "alerts": found.alerts, "kills": found.kills, "seconds": round(found.seconds), "states": found.states,
        "groups": found.groups,
        "faults": dict(found.faults), "lost": found.lost, "told_again": found.again,
        "told_again_share": round(found.again / found.alerts, 4), "in_doubt": sum(found.doubts.values()),
        "told_again_without_doubt": len(found.unexplained),
    }, indent=2))  # fmt: skip
    raise SystemExit(bool(found.lost or found.unexplained))


if __name__ == "__main__":
    main()
