"""Being silent after long absence: what the first poll, or the first after days away, brings is told in one summary.

What was told before is still corrected at once (wiring.plan_alerts); only new developments wait for the summary. Where
it stands is in the database, so a restart goes on with it.
"""

import dataclasses
from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog

from alerts import policy
from app import wiring
from monitor import schedule, types

log = structlog.get_logger("catching_up")

AWAY = timedelta(hours=12)  # without a word from any feed; overnight a laptop sleeps as long as that
LONGEST = timedelta(minutes=30)  # silent after the network is back; then what is still to be read is told as ever
NOTED_EVERY = timedelta(minutes=1)
_TICK = timedelta(microseconds=1)  # the ledger's "since" leaves the moment itself out
SINCE, CONTACT, DONE = "catching_up_since", "last_contact_at", "caught_up_at"


class CatchingUp:
    """One installation's state of catching up."""

    def __init__(self, base: wiring.Base, *, tell_first_poll: bool = False) -> None:
        self._base, self._meta = base, base.stores.meta
        self._first = self._meta.time(DONE) is None and not tell_first_poll
        self._since = self._meta.time(SINCE)
        self._contact = self._meta.time(CONTACT)
        self._back: datetime | None = None  # the first word from a feed while silent

    @property
    def is_silent(self) -> bool:
        """Whether new developments wait for the summary."""
        return self._first or self._since is not None

    def begin(self, now: datetime) -> None:
        """Before each poll: where the last word from any feed is long ago, or there never was one, be silent."""
        if self._since is None and (self._first or self._was_away(now)):
            self._since = now
            self._meta.set(SINCE, now.isoformat())
            log.info("catching_up", last_contact=str(self._contact or "never"))

    def _was_away(self, now: datetime) -> bool:
        if self._contact is None or now - self._contact <= AWAY:
            return False
        asked_every = [one.feed.interval_s for one in self._base.stores.feeds.list_feeds() if one.feed.enabled]
        return now - self._contact > timedelta(seconds=3 * min(asked_every, default=0))  # slow feeds aren't absence

    def note_contact(self, now: datetime) -> None:
        """After a poll that reached a feed."""
        self._back = self._back or (now if self.is_silent else None)
        if self._contact is None or abs(now - self._contact) >= NOTED_EVERY:
            self._contact = now
            self._meta.set(CONTACT, now.isoformat())

    def finish(self, now: datetime, to: Sequence[str]) -> bool:
        """End the silence where all has been read, with one summary to each recipient; returns whether it ended now."""
        since = self._since
        if since is None or not self._is_all_read(since, now):
            return False
        records = schedule.on_duty(self._base.stores.feeds.list_feeds(), now)
        counts = {"feeds": len(records), "healthy": sum(r.state.ok_at is not None for r in records)}
        ledger = self._base.stores.ledger
        brought = ledger.load_developments() if self._first else ledger.load_developments(since=since - _TICK)
        # The id is of the beginning: a crash between here and the marks below doesn't tell it twice.
        summaries = [
            policy.of_watch(policy.summary_alert(address, brought, counts, since), self._base.watch.name)
            for address in to
        ]
        if self._first or brought:
            self._base.stores.outbox.add_alerts([dataclasses.replace(one, created_at=now) for one in summaries])
        self._meta.set(DONE, now.isoformat())
        self._meta.set(SINCE, "")
        self._first, self._since, self._back = False, None, None
        log.info("caught_up", developments=len(brought), **counts)
        return True

    def _is_all_read(self, since: datetime, now: datetime) -> bool:
        records = schedule.on_duty(self._base.stores.feeds.list_feeds(), now)
        if not any(r.state.ok_at is not None and r.state.ok_at >= since for r in records):
            return False
        if not self._first and self._back is not None and now - self._back > LONGEST:
            return True
        if sum(self._base.stores.articles.count_pending().values()):
            return False
        return not any(_is_awaited(record, since, now, first=self._first) for record in records)


def _is_awaited(record: types.FeedRecord, since: datetime, now: datetime, *, first: bool) -> bool:
    """Whether a feed is still to be asked: never asked so far, or due again since coming back."""
    state = record.state
    if first or state.polled_at is None:
        return state.polled_at is None
    return state.polled_at < since and not state.gone and (state.next_poll_at is None or state.next_poll_at <= now)
