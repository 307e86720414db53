"""Commands on what is stored: board, why, export, check, health, digest."""

import asyncio
import csv
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from alerts import board as boards
from alerts import faults, render
from alerts.channels import email, telegram
from app import checking, digests, rows, settings, wiring
from app.commands import output
from monitor import errors, schedule, types, watch
from storage import store


def board(chosen: settings.Settings, as_of: str | None) -> int:
    """All positions at a glance."""
    base = wiring.open_base(chosen)
    try:
        moment = to_moment(as_of, ZoneInfo(chosen.timezone)) if as_of else None
        positions = base.stores.ledger.positions_at(moment) if moment else base.stores.ledger.load_positions()
        for group in boards.board_rows(positions, base.watch.names):
            rows = [(row.name, row.what, row.holds, row.since, row.grade, row.outlet) for row in group.rows]
            output.show_table(group.title, ("who", "what", "position", "since", "grade", "source"), rows)
        health = schedule.health(base.stores.feeds.list_feeds(), wiring.utc_now())
        output.out.print(f"{health.healthy} of {health.total} feeds healthy")
        return 0
    finally:
        base.close()


def to_moment(text: str, zone: ZoneInfo) -> datetime:
    """A moment, or the end of a day in the zone of the settings."""
    try:
        moment = datetime.fromisoformat(text if "T" in text else f"{text}T23:59:59")
        return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise errors.InputError(text, "is no date like 2026-03-01") from error


def why(chosen: settings.Settings, reference: str) -> int:
    """The way from article to alert, or to silence."""
    base = wiring.open_base(chosen)
    try:
        found = base.stores.articles.trace(reference)
    finally:
        base.close()
    if found is None:
        raise errors.InputError(
            reference,
            "nothing is stored by that id or address (development D..., alert A-..., article a12, claim a12#3)",
        )
    print(json.dumps(found, ensure_ascii=False, indent=2, default=str))
    return 0


def export(chosen: settings.Settings, form: str, what: str) -> int:
    """Positions or developments as JSON Lines or CSV; short quotes and links, never an article's text."""
    base = wiring.open_base(chosen)
    try:
        held: list[types.Position] | list[types.Development]
        held = base.stores.ledger.load_positions() if what == "positions" else base.stores.ledger.load_developments()
        lines = [rows.to_row(one) for one in held]
    finally:
        base.close()
    if form == "json":
        for row in lines:
            print(json.dumps(row, ensure_ascii=False))
        return 0
    writer = csv.DictWriter(sys.stdout, fieldnames=list(lines[0]) if lines else ["topic"])
    writer.writeheader()
    writer.writerows({key: rows.to_cell(value) for key, value in row.items()} for row in lines)
    return 0


def check_folder(root: Path) -> int:
    """A watch's data; 1 where something is wrong."""
    if not root.is_dir():
        raise errors.InputError(str(root), "no such folder")
    found = checking.check_folder(root)
    rows = [(name, "ok", what) for name, what in found.good] + [(name, "!", what) for name, what in found.wrong]
    output.show_table(f"watch {watch.name_of(root)}", ("what", "", "found"), rows)
    return int(bool(found.wrong))


def check(chosen: settings.Settings) -> int:
    """Settings, data, database, channels of every watch; 1 where something is wrong."""
    return max(_check_one(one, several=len(chosen.every) > 1) for one in chosen.every)


def _check_one(chosen: settings.Settings, *, several: bool) -> int:
    base = wiring.open_base(chosen)
    try:
        records = base.stores.feeds.list_feeds()
        stores, loaded = base.stores, base.watch
        size = stores.database.size_bytes() // 1024
        rows = [
            ("settings", "ok", f"{len(settings.OPTIONS)} settings, timezone {chosen.timezone}"),
            ("watch", "ok", f"{len(loaded.actors)} actors, {len(loaded.offices)} terms of office, {loaded.version}"),
            ("database", "ok", f"{size} KiB, {len(stores.ledger.load_positions())} positions"),
            ("feeds", "ok", f"{sum(one.feed.enabled for one in records)} of {len(records)} on"),
            ("recipients", "ok", ", ".join(one.address for one in wiring.to_seeds(chosen))),
        ]
        off = base.stores.outbox.recipients_off()
        rows += [("recipient off", "!", f"{name}: {reason}") for name, reason in off.items()]
        lasting = faults.load_faults(stores.meta)
        rows += [("fault", "!", f"{one.words} (tried again at {one.until:%H:%M} UTC)") for one in lasting]
        rows += asyncio.run(_check_channels(chosen))
    finally:
        base.close()
    rows += [(name, "!", what) for name, what in _data_of(chosen).wrong]
    output.show_table(f"check {chosen.watch}" if several else "check", ("what", "", "found"), rows)
    return int(any(state == "!" for _, state, _ in rows))


def _data_of(chosen: settings.Settings) -> checking.Findings:
    """What is wrong with a watch's own data; the shipped one is checked before it is shipped."""
    return checking.check_folder(chosen.watch_root) if chosen.watch_root else checking.Findings()


async def _check_channels(chosen: settings.Settings) -> list[tuple[str, str, str]]:
    """What each channel's server says to us; sends nothing."""
    rows = []
    for name, channel in wiring.build_channels(chosen).items():
        try:
            if isinstance(channel, telegram.TelegramChannel):
                rows.append((name, "ok", await channel.check()))
                await channel.close()
            elif isinstance(channel, email.EmailChannel):
                rows.append((name, "ok", await channel.check(chosen.email_to)))
        except errors.SendError as error:
            rows.append((name, "!", f"{error.recipient}: {error.reason}"))
    return rows


def health(chosen: settings.Settings) -> int:
    """0 where the last completed cycle of every watch is young enough, else 1 with a word."""
    several = len(chosen.every) > 1
    return max(_health_of(one, f"{one.watch}: " if several else "") for one in chosen.every)


def _health_of(chosen: settings.Settings, which: str) -> int:
    stores = store.open_stores(chosen.database_url)
    try:
        last, lasting = stores.meta.time("last_cycle_at"), faults.load_faults(stores.meta)
    finally:
        stores.database.close()
    for one in lasting:  # the exit code stays: a container that is started again mends no channel
        print(one.words)
    if last is None:
        print(f"{which}no cycle has been completed yet")
        return 1
    age = (wiring.utc_now() - last).total_seconds()
    print(f"{which}last completed cycle {age:.0f} s ago (limit {chosen.health_max_age_s} s)")
    return int(not -60 <= age <= chosen.health_max_age_s)  # in the future: the clock was set back, and nothing runs


def digest(chosen: settings.Settings, preview: Path | None, send: bool, days: int) -> int:
    """Show the digest as a file, or send it now."""
    if send:
        written = asyncio.run(_send_digests(chosen))
        output.out.print(f"{written} digests sent or queued")
        return 0
    base = wiring.open_base(chosen)
    try:
        message = digests.render_last(base, days, wiring.utc_now())
    finally:
        base.close()
    if preview is None:
        print(message.plain)
    else:
        preview.write_text(render.to_page(message), encoding="utf-8")
        output.err.print(f"written: {preview}")
    return 0


async def _send_digests(chosen: settings.Settings) -> int:
    """Write and send today's digest to everybody who gets one now; return how many were written."""
    base = wiring.open_base(chosen)
    try:
        wiring.seed_recipients(base)
        readers = [one for one in wiring.told_recipients(base) if one.digest_at is not None]
        if not readers:
            raise errors.SettingsError("email_to", "nobody gets a digest yet", "email_host and email_to")
        written = sum(digests.queue_digest(base, reader, wiring.utc_now(), force=True) for reader in readers)
        sender = wiring.build_dispatcher(base)
        await sender.dispatch_once()
        await sender.close()
        return written
    finally:
        base.close()
