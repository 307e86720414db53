"""`coalition-watch demo`: serves fiction on loopback and runs one whole cycle over it, alerts on the console.

Offline, on a scratch database that is removed afterwards; the reader's own settings are not looked at.
"""

import asyncio
import contextlib
import shutil
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TextIO

import yaml

from alerts import words
from app import logs, service
from app import settings as app_settings
from app.demo import pages as demo_pages
from app.demo import site
from monitor import types, watch
from storage import store

CONFIG = "demo.toml"


def run_demo(pages: Path | None, out: TextIO, *, keep: bool = False) -> int:
    """Run the demonstration on its own pages or on a folder of pages; return the exit code.

    Raises errors.InputError where the folder holds no pages.
    """
    # A minute back, so that a page's time never lies ahead of the cycle's clock.
    now = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=1)
    items = demo_pages.own_pages(now) if pages is None else demo_pages.read_folder(pages, now, _warn)
    what = "every page is fiction" if pages is None else "the pages are taken for news, though they may be fiction"
    print(f"Demonstration: {what}, served on this machine (127.0.0.1); nothing leaves it.", file=out, flush=True)
    logs.set_up_logs("warning", "text")
    folder = Path(tempfile.mkdtemp(prefix="coalition-watch-demo-"))
    try:
        with site.Site(items) as served:
            settings = _settings(folder, served)
            with contextlib.redirect_stdout(out):  # where the console channel prints
                code = asyncio.run(service.run_service(settings, once=True, tell_first_poll=True))
            _give_account(settings.database_url, served, items, out)
    finally:
        if not keep:
            shutil.rmtree(folder, ignore_errors=True)
    if keep:
        print(f"Kept. Look around with: coalition-watch --config {folder / CONFIG} board", file=out, flush=True)
    return code


def _warn(word: str) -> None:
    print(word, file=sys.stderr)


def _settings(folder: Path, served: site.Site) -> app_settings.Settings:
    """Settings from nothing but these: a real token in the environment or in a file must not be used here."""
    feeds = [
        {
            "url": f"{served.url}/feed/{number}",
            "title": outlet,
            "outlet": outlet,
            "tier": tier,
            "interval_s": 60,
        }
        for number, (outlet, tier) in enumerate(served.outlets)
    ]
    feeds_file = folder / "feeds.yaml"
    feeds_file.write_text(yaml.safe_dump({"feeds": feeds}, allow_unicode=True), encoding="utf-8")
    config = folder / CONFIG
    lines = (
        f"database_url = 'sqlite:///{folder}/demo.db'",
        f"feeds_file = '{feeds_file}'",
        "allow_private_addresses = ['127.0.0.1']",
        "workers = 1",
        "console = true",
    )
    config.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return app_settings.load_settings({}, config)


# ---------------------------------------------------------------- what became of the pages


def _give_account(database_url: str, served: site.Site, items: Sequence[site.Item], out: TextIO) -> None:
    """Minor developments and figures below the alerts; each page's outcome beside them, on standard error."""
    names = watch.load_watch().names
    stores = store.open_stores(database_url)
    try:
        minors = [one for one in stores.ledger.load_developments() if one.minor]
        held = stores.ledger.held_back_counts()
        told = stores.outbox.count_alerts().get(str(types.DeliveryState.SENT), 0)
        outcomes = [f"  {item.title[:70]}: {_outcome(stores, served.address(item), names)}" for item in items]
    finally:
        stores.database.close()
    lines = ["Minor developments, kept for the digest:"] * bool(minors)
    lines += [f"  {words.headline(one, names)}" for one in minors]
    reasons = ", ".join(f"{count} {reason}" for reason, count in held.items())
    claims = f"{_count(sum(held.values()), 'claim')} held back" + (f" ({reasons})" if reasons else "")
    lines.append(f"{_count(len(items), 'page')}; {_count(told, 'alert')} told; {claims}.")
    print("\n".join(lines), file=out, flush=True)
    _warn("\n".join(["What became of each page:", *outcomes]))


def _outcome(stores: store.Stores, address: str, names: dict[str, str]) -> str:
    """What a page brought, or why it brought nothing."""
    traced = stores.articles.trace(address)
    if traced is None:
        return "not read (announced twice)"
    ids = [row["development"]["id"] for row in _rows(traced, "developments")]
    found = [one for one in map(stores.ledger.development, ids) if one is not None]
    if found:
        return "; ".join(f"{'minor: ' if one.minor else ''}{words.headline(one, names)}" for one in found)
    reasons = dict.fromkeys(str(row["reason"]) for row in _rows(traced, "held_back"))
    if reasons:
        return f"silent ({', '.join(reasons)})"
    article = traced.get("article")
    if isinstance(article, dict):
        return f"silent ({'no claim in it' if article.get('relevant') else 'off topic'})"
    entry = traced.get("entry")
    reason = entry.get("reason") if isinstance(entry, dict) else None
    return f"silent ({reason or 'not read'})"


def _rows(traced: dict[str, object], key: str) -> list[Any]:
    rows = traced.get(key)
    return rows if isinstance(rows, list) else []


def _count(number: int, what: str) -> str:
    return f"{number} {what}" + ("" if number == 1 else "s")
