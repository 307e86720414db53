"""The edges as protocols: what the stages and the service need of network, database and chat. No code."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from monitor import recipients, types


class Fetcher(Protocol):
    """Reads addresses."""

    async def fetch(self, request: types.FetchRequest) -> types.Fetched:
        """Return the answer (200 or 304); raises errors.FetchError for everything else."""

    async def close(self) -> None:
        """Give connections back."""


class FeedStore(Protocol):
    """Feeds, their state and their new entries."""

    def sync_feeds(self, feeds: Sequence[types.Feed]) -> None:
        """Insert unknown feeds, update the known ones (by URL; their state stays); none is deleted."""

    def add_feed(self, feed: types.Feed) -> None:
        """Insert or update one feed."""

    def remove_feed(self, url: str) -> bool:
        """Disable a feed; False where it is unknown."""

    def pause_feed(self, url: str, *, paused: bool) -> bool:
        """Poll a feed no more, or again; False where it is unknown (or removed)."""

    def list_feeds(self) -> list[types.FeedRecord]:
        """All feeds, enabled or not, by outlet and title."""

    def feeds_at(self, urls: Collection[str]) -> list[types.FeedRecord]:
        """The feeds that are listed by these addresses, enabled or not."""

    def due_feeds(self, now: datetime, limit: int, only: Collection[str] | None = None) -> list[types.FeedRecord]:
        """Enabled, not gone, next_poll_at None or <= now; longest due first. `only`: of these addresses."""

    def record_polls(self, outcomes: Sequence[types.PollOutcome], now: datetime) -> list[int]:
        """Store states and unknown entries of several polls in ONE transaction; return how many of each were new.

        An entry is known when its key in this feed, its canonical URL in any feed, or its content_key in this feed is
        stored already. A 301's new_url replaces the feed's URL for polling, identity stays.
        """

    def record_quiet_polls(self, outcomes: Sequence[types.PollOutcome]) -> None:
        """Store the states (and moves) of polls without entries, all in one transaction."""


class ArticleStore(Protocol):
    """Entries on their way, and the articles read from them."""

    def pending_entries(
        self, now: datetime, limit: int, only: Collection[int] | None = None
    ) -> list[types.EntryRecord]:
        """Entries at Step.NEW whose retry time has come, oldest first. `only`: of these ids."""

    def count_pending(self) -> dict[str, int]:
        """{step: count} for NEW and READ."""

    def record_read(self, entry_id: int, page: types.ReadPage, now: datetime) -> None:
        """Store article and reading (step READ), or, without an article or off topic, the reason (step DONE)."""

    def record_entry_failure(self, entry_id: int, reason: str, *, retry_at: datetime | None, now: datetime) -> None:
        """Count an attempt; retry at the time given, or Step.FAILED where it is None."""

    def unledgered(self, limit: int) -> list[tuple[int, types.Article, types.Reading]]:
        """(entry id, article, reading) at Step.READ in order of arrival."""

    def article(self, article_id: str) -> tuple[types.Article, types.Reading] | None:
        """One stored article."""

    def trace(self, reference: str) -> dict[str, object] | None:
        """All that is stored of an article id, entry id, URL or development id: for `why`. JSON values."""


class LedgerStore(Protocol):
    """Positions, developments, held-back counts, near-duplicate sketches."""

    def load_positions(self) -> list[types.Position]:
        """The positions that hold now."""

    def positions_at(self, moment: datetime) -> list[types.Position]:
        """The positions held at a past moment."""

    def history(self, topic: str, subject: str, aspect: str) -> list[types.Position]:
        """All positions ever held for the key, oldest first."""

    def load_developments(
        self, since: datetime | None = None, until: datetime | None = None
    ) -> list[types.Development]:
        """Developments by raised_at (since < raised_at <= until), in the order in which they were raised."""

    def latest_developments(
        self, count: int, *, topic: str | None = None, subject: str | None = None
    ) -> list[types.Development]:
        """The last so many, of a topic or subject where one is named, in the order in which they were raised."""

    def development(self, development_id: str) -> types.Development | None:
        """One development by id."""

    def seed_baseline(self, positions: Sequence[types.Position], now: datetime) -> bool:
        """Store the baseline where the ledger is empty; False where it is not."""

    def record_step(
        self,
        entry_id: int | None,
        step: types.LedgerStep,
        alerts: Sequence[types.Alert],
        now: datetime,
        *,
        after: int | None = None,
    ) -> int | None:
        """Positions, developments, held back, sketch, alerts and the entry's Step.DONE in ONE transaction.

        Returns the step's number; None where the entry was done before. `after`: the number of the step that the ledger
        in memory ends with; where another process has taken one since, raises errors.StoreError (kind overtaken).
        """

    def last_step(self) -> int:
        """The number of the last step."""

    def find_copy(self, sketch: Sequence[int]) -> str | None:
        """The article id that shares most of the sketch's values (at least 60 % of them), if any."""

    def held_back_counts(self, since: datetime | None = None) -> dict[str, int]:
        """{reason: count}."""


class Rechecks(Protocol):
    """Pages that carry a development and are to be read again."""

    def due_rechecks(self, now: datetime, limit: int, only: Collection[str] | None = None) -> list[types.Recheck]:
        """Pages whose time has come, longest due first. `only`: of these article ids."""

    def record_recheck(
        self, article_id: str, *, next_at: datetime | None, page: types.ReadPage | None, now: datetime
    ) -> None:
        """Ask again at `next_at`, or no more; keep what a changed page says now."""


class HandActs(Protocol):
    """What an operator did to the ledger by hand."""

    def record_act(self, act: types.HandAct, alerts: Sequence[types.Alert]) -> int:
        """Store an act and what it does, in one transaction; return its number."""

    def undo_act(self, act: types.HandAct, step: types.LedgerStep, alerts: Sequence[types.Alert], at: datetime) -> None:
        """Mark an act as undone and store the step that undoes it."""

    def list_acts(self) -> list[types.HandAct]:
        """All acts, oldest first."""

    def version(self) -> tuple[int, int]:
        """Differs whenever something has been done by hand since."""


class Outbox(Protocol):
    """Alert rows: written with the development, claimed, sent, recorded."""

    def add_alerts(self, alerts: Sequence[types.Alert]) -> None:
        """Insert alerts (ids already known are left as they are)."""

    def claim_alerts(self, now: datetime, lease_s: float, limit: int, busy: Collection[str] = ()) -> list[types.Alert]:
        """Claim WAITING alerts that are due, and SENDING ones whose lease ended (attempts + 1); recipients switched off
        or `busy` are left out."""

    def mark_sent(self, alert_id: str, message_ref: str | None, now: datetime) -> None:
        """Record that the channel accepted it."""

    def mark_group_sent(self, alert_ids: Sequence[str], message_ref: str, now: datetime) -> None:
        """Record that the channel accepted one message that tells them all."""

    def hold_alerts(self, alert_ids: Sequence[str], not_before: datetime, reason: str) -> None:
        """Give claims back untried (attempts - 1), to be looked at again at the time given."""

    def mark_retry(self, alert_id: str, not_before: datetime, error: str) -> None:
        """Back to WAITING, not before the time given."""

    def mark_dead(self, alert_id: str, error: str, now: datetime) -> None:
        """Permanently failed."""

    def message_ref(self, recipient: str, development_id: str) -> str | None:
        """The channel's id of the first message that told this development to this recipient.

        One of its own goes before a group's ("group:...").
        """

    def news_sent(self, recipient: str, since: datetime) -> list[datetime]:
        """When messages that told news went to this recipient; a group counts once."""

    def wake_alerts(self, place: str) -> None:
        """Let what waits for a channel (its name) or a recipient (its address) be looked at now."""

    def switch_off(self, recipient: str, reason: str, now: datetime) -> None:
        """Send nothing more to this recipient."""

    def switch_on(self, recipient: str) -> bool:
        """Send to this recipient again, what has waited first; False where it was not off."""

    def move_recipient(self, old: str, new: str) -> None:
        """A group became a supergroup: pending alerts and later ones go to `new`."""

    def recipients_off(self) -> dict[str, str]:
        """{recipient: reason} of those switched off."""

    def count_alerts(self) -> dict[str, int]:
        """{state: count}."""


class Recipients(Protocol):
    """Recipients and their wishes, one-time invitations, feedback."""

    def list_recipients(self) -> list[recipients.Recipient]:
        """All recipients in the order in which they came."""

    def recipient(self, address: str) -> recipients.Recipient | None:
        """One recipient; one that has moved is found by its old address too."""

    def save_recipient(self, recipient: recipients.Recipient, now: datetime) -> None:
        """Insert or update; `off_reason` is left as it is (Outbox.switch_off)."""

    def add_invitation(self, token_hash: str, inviter: str, now: datetime, expires_at: datetime) -> None:
        """Store an invitation by its hash; the token itself is never stored."""

    def accept_invitation(self, token_hash: str, recipient: recipients.Recipient, now: datetime) -> str | None:
        """Use an invitation up and bring the recipient in; return who invited, None where it is not valid."""

    def add_feedback(self, feedback: recipients.Feedback) -> bool:
        """Store a reader's word; False where the same reader has said it of this development."""

    def list_feedback(self, limit: int = 20) -> list[recipients.Feedback]:
        """What readers said, newest first."""


class Meta(Protocol):
    """Small facts of the installation."""

    def get(self, name: str) -> str | None:
        """A stored value."""

    def set(self, name: str, value: str) -> None:
        """Store a value."""

    def find(self, prefix: str) -> dict[str, str]:
        """{name: value} of the names that begin so."""

    def forget(self, name: str) -> None:
        """Store it no more."""


class Channel(Protocol):
    """One way to reach people."""

    async def send(self, alert: types.Alert, message: object) -> str | None:
        """Send; return the channel's id of the message; raises errors.SendError."""
