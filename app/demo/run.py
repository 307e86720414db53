"""`coalition-watch demo`: serves fiction on loopback and runs one whole cycle over it, alerts on the console.

Offline, on a scratch database that is removed afterwards; the reader's own settings are not looked at.
"""

import asyncio
import contextlib
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TextIO

import yaml

from app import logs, service
from app import settings as app_settings
from app.demo import pages as demo_pages
from app.demo import site
from monitor import types
from storage import store

_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


def run_demo(pages: Path | None, out: TextIO) -> int:
    """Run the demonstration on its own pages or on a folder of pages; return the exit code.

    Raises errors.InputError where the folder holds no pages.
    """
    # A minute back, so that a page's time never lies ahead of the cycle's clock.
    now = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=1)
    items = (
        demo_pages.own_pages(now)
        if pages is None
        else demo_pages.read_folder(pages, now, lambda word: print(word, file=out))
    )
    what = "every page is fiction" if pages is None else "the pages are taken for news, though they may be fiction"
    print(f"Demonstration: {what}, served on this machine (127.0.0.1); nothing leaves it.", file=out, flush=True)
    logs.set_up_logs("warning", "text")
    with tempfile.TemporaryDirectory(prefix="coalition-watch-demo-") as folder, site.Site(items) as served:
        settings = _settings(Path(folder), served)
        with contextlib.redirect_stdout(out):  # where the console channel prints
            code = asyncio.run(service.run_service(settings, once=True, tell_first_poll=True))
        print(_count(settings.database_url, len(items)), file=out, flush=True)
    return code


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
    config = folder / "demo.toml"
    config.write_text("", encoding="utf-8")
    environ = {
        "CW_DATABASE_URL": f"sqlite:///{folder}/demo.db",
        "CW_FEEDS_FILE": str(feeds_file),
        "CW_ALLOW_PRIVATE_ADDRESSES": "all",
        "CW_WORKERS": "1",
        "CW_CONSOLE": "true",
    }
    return app_settings.load_settings(environ, config)


def _count(database_url: str, total: int) -> str:
    """The last line: what became of the pages."""
    stores = store.open_stores(database_url)
    try:
        read = stores.articles.count_read(_EPOCH)
        held = stores.ledger.held_back_counts()
        developments = stores.ledger.load_developments()
        told = stores.outbox.count_alerts().get(str(types.DeliveryState.SENT), 0)
    finally:
        stores.database.close()
    minor = sum(development.minor for development in developments)
    reasons = [f"{count} {reason}" for reason, count in held.items()]
    parts = [
        f"{total} pages read",
        f"{told} developments told",
        f"{sum(held.values())} claims held back" + (f" ({', '.join(reasons)})" if reasons else ""),
    ]
    parts += [f"{minor} minor, kept for the digest"] if minor else []
    parts += [f"{count} {outcome}" for outcome, count in read.items() if outcome != "relevant"]
    return "; ".join(parts) + "."
