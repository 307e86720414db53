"""Commands on the ledger: set, undo, wrong, at, held; and the baseline cut from it."""

import json
from contextlib import closing
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from alerts import board as boards
from app import settings, wiring
from app.commands import output, stored
from monitor import baseline, errors, types, urls
from monitor.ledger import by_hand, state
from storage import codec

# Why a claim makes no development, as the ledger notes it.
REASONS = {
    "same": "says what is held; adds a source",
    "baseline": "says what the baseline holds",
    "weaker": "says less than is held",
    "old": "older than the position",
    "past": "a recap in the past tense",
    "recap": "background, told again",
    "copy": "a copy of a text that is known",
    "optional": "a case on which careful readers differ, or a draft",
    "known": "a value of the baseline or of an earlier position, without an event of its own",
    "rounded": "a round figure near the one that is held",
    "same text": "one text makes one development of a position",
    "beside": "kept beside the position; never changes it",
    "in passing": "said in passing; raises the position without a development",
    "disputed": "the other side of a dispute",
    "denial": "denies what has been taken back",
    "taken back": "repeats what has been taken back",
    "corrected": "what the earlier version of a corrected report said",
    "no kind of count": "a count of nothing in particular",
    "none": "no change by the rules",
}


def set_position(
    chosen: settings.Settings, key: tuple[str, str, str], status: str, number: int | None, source: str, at: str | None
) -> int:
    """Hold a position by hand."""
    with closing(wiring.open_base(chosen)) as base:
        now = wiring.utc_now()
        since = by_hand.read_moment(_moment(at if "T" in at else f"{at}T00:00:00", chosen) if at else None, now)
        position = _to_position(base, key, status, number, source, since)
        held = state.LedgerState.of(base.stores.ledger)
        step, undo = by_hand.set_position(held, position, base.rules)
        before = held.positions.get(position.key)
        was = before.status if before else "nothing"
        word = f"{' '.join(key)}: {was} → {status}" + (f" {number}" if number is not None else "") + f" ({source})"
        act = types.HandAct(at=now, kind="set", word=word, step=step, undo=undo)
        number_of = base.stores.by_hand.record_act(act, ())
    output.out.print(f"{number_of}. {word}")
    return 0


def _to_position(
    base: wiring.Base, key: tuple[str, str, str], status: str, number: int | None, source: str, since: datetime
) -> types.Position:
    topic, subject, aspect = key
    if topic not in {str(one) for one in types.Topic}:
        raise errors.InputError(topic, f"topics are {', '.join(map(str, types.Topic))}")
    if subject not in {*base.watch.names, "COALITION"}:
        raise errors.InputError(subject, "no such subject; a country's code such as DK, EU, NATO or COALITION")
    if not urls.is_web_url(source):
        raise errors.InputError(source, "the source must be a web address (https://...)")
    outlet = urlsplit(source).hostname or source
    report = types.Report(
        article_id=by_hand.ARTICLE, outlet=outlet, tier=types.Tier.OTHER, origin=outlet, url=source,
        title="set by hand", published=since, status=status, evidence="", start=0, end=0, number=number, official=True,
    )  # fmt: skip
    return types.Position(
        topic=types.Topic(topic), subject=subject, aspect=aspect, status=status, number=number, since=since,
        grade=types.Grade.OFFICIAL, reports=(report,), source="hand",
    )  # fmt: skip


def undo(chosen: settings.Settings) -> int:
    """Undo what was done by hand last."""
    with closing(wiring.open_base(chosen)) as base:
        act = next((act for act in reversed(base.stores.by_hand.list_acts()) if act.undone_at is None), None)
        if act is None:
            raise errors.InputError("undo", "nothing has been done by hand")
        now = wiring.utc_now()
        step = by_hand.undo(state.LedgerState.of(base.stores.ledger), act)
        base.stores.by_hand.undo_act(act, step, wiring.plan_alerts(base, step, now, False), now)
    output.out.print(f"undone: {act.number}. {act.word}")
    return 0


def mark_wrong(chosen: settings.Settings, development_id: str, note: str) -> int:
    """Mark a development wrong; whoever was told is told."""
    with closing(wiring.open_base(chosen)) as base:
        now = wiring.utc_now()
        step, undone = by_hand.mark_wrong(state.LedgerState.of(base.stores.ledger), development_id, note)
        word = f"wrong: {development_id}" + (f" ({note})" if note else "")
        act = types.HandAct(at=now, kind="wrong", word=word, step=step, undo=undone)
        number = base.stores.by_hand.record_act(act, wiring.plan_alerts(base, step, now, False))
    output.out.print(f"{number}. {word}")
    return 0


def list_wrong(chosen: settings.Settings) -> int:
    """The developments marked wrong, and their share of all."""
    with closing(wiring.open_base(chosen)) as base:
        told = base.stores.ledger.load_developments()
    wrong = [one for one in told if one.wrong]
    rows = [
        (one.id, one.raised_at.date(), one.topic, one.subject, one.aspect, one.old, one.new, one.grade, one.note)
        for one in wrong
    ]
    title = f"{len(wrong)} of {len(told)} developments marked wrong"
    output.show_table(title, ("id", "raised", "topic", "subject", "aspect", "old", "new", "grade", "note"), rows)
    return 0


def show_at(chosen: settings.Settings, at: str, as_json: bool) -> int:
    """The positions held at a past moment."""
    with closing(wiring.open_base(chosen)) as base:
        positions = base.stores.ledger.positions_at(_moment(at, chosen))
    if as_json:
        for position in positions:
            print(json.dumps(codec.to_json(position), ensure_ascii=False))
        return 0
    for group in boards.board_rows(positions, base.watch.names):
        rows = [(row.name, row.what, row.holds, row.since, row.grade, row.outlet) for row in group.rows]
        output.show_table(group.title, ("who", "what", "position", "since", "grade", "source"), rows)
    if not positions:
        output.out.print(f"nothing was held at {at}")
    return 0


def show_held(chosen: settings.Settings, since: str | None, as_json: bool) -> int:
    """How many claims made no development, by reason."""
    with closing(wiring.open_base(chosen)) as base:
        counts = base.stores.ledger.held_back_counts(_moment(since, chosen) if since else None)
    if as_json:
        print(json.dumps(counts, ensure_ascii=False))
        return 0
    rows = [(count, reason, REASONS.get(reason, "")) for reason, count in sorted(counts.items(), key=lambda c: -c[1])]
    output.show_table(f"{sum(counts.values())} claims held back", ("count", "reason", "is"), rows)
    return 0


def cut_baseline(chosen: settings.Settings, at: str | None, file: Path) -> int:
    """Write the positions of now, or of a past moment, as a baseline."""
    with closing(wiring.open_base(chosen)) as base:
        moment = _moment(at, chosen) if at else wiring.utc_now()
        ledger = base.stores.ledger
        positions = ledger.positions_at(moment)
        known = baseline.cut(positions, ledger.load_developments(until=moment))
    if not known:
        raise errors.InputError(at or "now", "nothing was held then")
    file.write_text(baseline.to_yaml(known), encoding="utf-8")
    output.err.print(f"written: {file} ({len(known)} positions; load it with CW_BASELINE_FILE={file})")
    return 0


def _moment(text: str, chosen: settings.Settings) -> datetime:
    return stored.to_moment(text, ZoneInfo(chosen.timezone))
