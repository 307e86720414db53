"""Looks after the database: prunes by age, keeps the size within its bound, compacts at quiet hours, watches the disk.

Everything is by the clock it is given and by what the database remembers, so a restart skips and repeats nothing.
"""

import json
from dataclasses import asdict
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import structlog

from alerts import policy, timing
from app import settings as app_settings
from monitor import recipients
from storage import retention, store, upkeep

log = structlog.get_logger("housekeeping")

MARK = "housekeeping"  # in meta: JSON of the last round, for whoever shows it
LATEST = timedelta(hours=48)  # a machine that is never on at quiet hours is looked after anyway
DISK_LOW = 500_000_000  # bytes: told while the database can still be written
SHRINKS = (2, 4, 8)  # beyond the bound the days to keep are divided by these, one after the other
LEAST = retention.Keep(texts_days=7, entries_days=45, deliveries_days=30)  # more than any feed's or reader's memory
KEEP_CONTENTS = timedelta(days=14)  # of digests: longer than one is tried for
MB = 1_000_000


class Housekeeper:
    """One installation's housekeeping; `work` is called every few minutes."""

    def __init__(self, settings: app_settings.Settings, stores: store.Stores, operator: str) -> None:
        self._settings, self._stores, self._operator = settings, stores, operator

    def work(self, now: datetime) -> bool:
        """Watch the disk; do the night's work where it is due. Returns whether the operator gets a word."""
        words = self._watch_disk(upkeep.measure(self._stores.database))
        last = self._last()
        if last is None:
            self._record(now, retention.Pruned())  # nothing can be old yet
        elif is_due(now, last, self._settings.quiet_hours, ZoneInfo(self._settings.timezone)):
            words += self._clean_up(now)
        for subject, text in words:
            self._tell(subject, text, now)
        return bool(words)

    def _watch_disk(self, size: upkeep.Size) -> list[tuple[str, str]]:
        if size.disk_free is None or size.disk_free >= DISK_LOW:
            return []
        return [("disk", f"only {size.disk_free // MB} MB are free on the disk of the database")]

    def _clean_up(self, now: datetime) -> list[tuple[str, str]]:
        chosen = self._settings
        keep = retention.Keep(
            texts_days=chosen.keep_texts_days,
            entries_days=chosen.keep_entries_days,
            deliveries_days=chosen.keep_deliveries_days,
        )
        pruned = self._stores.retention.prune(now, keep)
        self._stores.digests.drop_contents(now - KEEP_CONTENTS)
        used = upkeep.measure(self._stores.database).used
        shortest, most = keep, chosen.database_max_mb * MB
        for divisor in SHRINKS:
            if used <= most:
                break
            shortest = shorten(keep, divisor)
            pruned += self._stores.retention.prune(now, shortest)
            used = upkeep.measure(self._stores.database).used
        upkeep.give_back(self._stores.database)
        self._record(now, pruned)
        if shortest is keep and used <= most:
            return []
        state = "fits again" if used <= most else f"still holds {used // MB} MB: raise database_max_mb"
        return [
            (
                "size",
                f"the database grew beyond {chosen.database_max_mb} MB; texts are now kept for {shortest.texts_days} "
                f"days and entries for {shortest.entries_days}; it {state}",
            )
        ]

    def _last(self) -> datetime | None:
        text = self._stores.meta.get(MARK)
        return None if text is None else datetime.fromisoformat(json.loads(text)["at"])

    def _record(self, now: datetime, pruned: retention.Pruned) -> None:
        size = upkeep.measure(self._stores.database)
        found = asdict(pruned) | {"total_bytes": size.total, "used_bytes": size.used, "disk_free_bytes": size.disk_free}
        self._stores.meta.set(MARK, json.dumps({"at": now.isoformat()} | found))
        log.info("housekeeping", **found)

    def _tell(self, subject: str, text: str, now: datetime) -> None:
        log.warning("operator", subject=subject, text=text)
        notice = policy.of_watch(policy.notice_alert(self._operator, text, now, subject), self._settings.watch)
        self._stores.outbox.add_alerts([notice])


def shorten(keep: retention.Keep, divisor: int) -> retention.Keep:
    """Fewer days, but never fewer than what the program needs to know what is new."""
    return retention.Keep(
        texts_days=max(LEAST.texts_days, keep.texts_days // divisor),
        entries_days=max(LEAST.entries_days, keep.entries_days // divisor),
        deliveries_days=max(LEAST.deliveries_days, keep.deliveries_days // divisor),
    )


def is_due(now: datetime, last: datetime, quiet_hours: str, zone: ZoneInfo) -> bool:
    """Whether it is quiet and this quiet time has not been used yet, or the last round is long ago, or to come."""
    if last > now or now - last > LATEST:
        return True
    start, end = quiet_hours.split("-")
    quiet = recipients.Quiet(start=start, end=end, zone=zone.key)
    return timing.quiet_until(quiet, now) is not None and now - last > timedelta(hours=12)
