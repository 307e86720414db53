"""Digests: when one is due to a recipient, what it tells, its content. Written once; a retry sends the same again."""

import dataclasses
from datetime import UTC, date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from alerts import digest, policy, render, windows
from app import settings as app_settings
from monitor import recipients, schedule, types, watch
from storage import store


class House(Protocol):
    """What digests are made from (wiring.Base)."""

    @property
    def settings(self) -> app_settings.Settings:
        """The settings."""

    @property
    def watch(self) -> watch.Watch:
        """For names."""

    @property
    def stores(self) -> store.Stores:
        """The open database."""


def queue_digest(base: House, recipient: recipients.Recipient, now: datetime, *, force: bool = False) -> bool:
    """Write the recipient's digest where it is due (or `force`): what was not yet told, as it stands now.

    To one that is switched off none is written; what they miss is in the first one after.
    """
    if recipient.off_reason is not None:
        return False
    told = base.stores.digests.windows(recipient.address)
    local = now.astimezone(ZoneInfo(recipient.zone)).date() if force else _due_date(base, recipient, told, now)
    if local is None:
        return False
    first, last = base.stores.digests.step_at(now - windows.FIRST), base.stores.digests.last_step()
    window = windows.next_window(told, first, last, now)
    alert = policy.of_watch(policy.digest_alert(recipient.address, window.since, now, local), base.watch.name)
    alert = dataclasses.replace(alert, payload=alert.payload | {"steps": [list(steps) for steps in window.steps]})
    content = render.to_json(render_window(base, window, now, recipient))
    return base.stores.digests.add_digest(alert, local, content)


def _due_date(
    base: House, recipient: recipients.Recipient, told: list[types.DigestWindow], now: datetime
) -> date | None:
    """The local date whose digest is due; a first start after today's time waits for tomorrow's."""
    zone, at = ZoneInfo(recipient.zone), recipient.digest_at or base.settings.digest_time
    if told:
        return policy.is_digest_due(now, zone, at, max(window.local_date for window in told))
    name = f"digest:{recipient.address}"
    mark = base.stores.meta.get(name)
    if mark is None:
        today = now.astimezone(zone).date()
        late = policy.is_digest_due(now, zone, at, None) is not None
        mark = (today if late else today - timedelta(days=1)).isoformat()
        base.stores.meta.set(name, mark)
    return policy.is_digest_due(now, zone, at, date.fromisoformat(mark))


def render_window(
    base: House, window: windows.Window, now: datetime, recipient: recipients.Recipient | None = None
) -> render.Message:
    """The digest of a window, with the board and feed health as they are now; topics as the recipient wants them."""
    stores = base.stores
    changes = [change for change in stores.digests.changes(window.steps) if _is_wanted(change.development, recipient)]
    return digest.render_digest(
        digest.Contents(
            changes=tuple(changes),
            positions=tuple(stores.ledger.load_positions()),
            stances=tuple(stores.digests.stances()),
            health=schedule.health(stores.feeds.list_feeds(), now),
            held_back=stores.digests.held_back(window.steps),
            unread=stores.digests.unread(window.since, now),
        ),
        window.since,
        now,
        ZoneInfo(recipient.zone if recipient else base.settings.timezone),
        base.watch.names,
        digest.TITLE if base.watch.name == watch.SHIPPED else f"{digest.TITLE}: {base.watch.name}",
    )


def _is_wanted(development: types.Development, recipient: recipients.Recipient | None) -> bool:
    if recipient is None:
        return True
    wanted = not recipient.countries or development.subject in (*recipient.countries, "COALITION")
    return wanted and development.topic in recipient.topics


def render_last(base: House, days: int, now: datetime) -> render.Message:
    """The digest of the last days, for a look at it."""
    first, last = base.stores.digests.step_at(now - timedelta(days=days)), base.stores.digests.last_step()
    return render_window(base, windows.Window(steps=((first, last),), since=now - timedelta(days=days)), now)


def digest_for(base: House, alert: types.Alert) -> render.Message:
    """A digest alert's content as it was written; one of before contents were kept is rendered now."""
    content = base.stores.digests.content(alert.id)
    if content is not None:
        return render.from_json(content)
    since, until = (datetime.fromisoformat(str(alert.payload[key])).astimezone(UTC) for key in ("since", "until"))
    steps = ((base.stores.digests.step_at(since), base.stores.digests.step_at(until)),)
    return render_window(base, windows.Window(steps=steps, since=since), until)
