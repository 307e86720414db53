"""Commands on alerts that are on their way or were given up."""

from collections.abc import Callable, Collection

from app import settings
from app.commands import output
from monitor import errors, types
from storage import outbox, store

_SHOWN = (types.DeliveryState.WAITING, types.DeliveryState.SENDING, types.DeliveryState.DEAD)


def list_alerts(chosen: settings.Settings) -> int:
    """A table of what is not sent, oldest first, and a count of all."""
    stores = store.open_stores(chosen.database_url)
    try:
        found, counts = stores.outbox.list_alerts(_SHOWN), stores.outbox.count_alerts()
        off = stores.outbox.recipients_off()
    finally:
        stores.database.close()
    rows = [
        (one.id, str(one.state), one.recipient, str(one.kind), one.attempts, one.development_id, _reason(one, off))
        for one in found
    ]
    output.show_table("outbox", ("id", "state", "recipient", "kind", "tries", "of", "reason"), rows)
    output.out.print(", ".join(f"{count} {state}" for state, count in sorted(counts.items())) or "no alerts yet")
    return 0


def _reason(alert: types.Alert, off: dict[str, str]) -> str:
    if alert.state is not types.DeliveryState.DEAD and alert.recipient in off:
        return f"recipient off: {off[alert.recipient]}"
    until = f", until {alert.not_before:%Y-%m-%d %H:%M} UTC" if alert.not_before and alert.last_error else ""
    return (alert.last_error or "") + until


def retry(chosen: settings.Settings, ids: Collection[str], everything: bool) -> int:
    """Dead alerts wait again; the running service sends them."""
    return _on_dead(chosen, ids, everything, outbox.SqlOutbox.revive_alerts, "tried again")


def drop(chosen: settings.Settings, ids: Collection[str], everything: bool) -> int:
    """Dead alerts are forgotten."""
    return _on_dead(chosen, ids, everything, outbox.SqlOutbox.drop_alerts, "dropped")


def _on_dead(
    chosen: settings.Settings,
    ids: Collection[str],
    everything: bool,
    act: Callable[[outbox.SqlOutbox, Collection[str] | None], int],
    what: str,
) -> int:
    if bool(ids) == everything:
        raise errors.InputError("IDS", "name alerts, or --all")
    stores = store.open_stores(chosen.database_url)
    try:
        count = act(stores.outbox, None if everything else ids)
    finally:
        stores.database.close()
    output.out.print(f"{count} {what}")
    if count < len(ids):
        output.err.print(
            "the others are unknown, were not given up (`outbox list` shows which are), or are digests whose content a "
            "later one tells"
        )
    return int(count < len(ids))
