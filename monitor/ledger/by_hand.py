"""What an operator does to the ledger: sets a position, marks a development wrong; each with the step that undoes it.

Pure: the state is read, not changed.
"""

import dataclasses
from collections.abc import Iterable
from datetime import datetime

from monitor import errors, types
from monitor.ledger import moves, rules, state
from monitor.ledger.draft import Draft

ARTICLE = "hand"  # stands where a report names its article
Steps = tuple[types.LedgerStep, types.LedgerStep]  # what is done, and what undoes it


def set_position(held: state.LedgerState, position: types.Position, ledger_rules: rules.Rules) -> Steps:
    """Hold a position by hand. Raises errors.InputError where the rules know no such aspect, status or figure."""
    _check(position, ledger_rules)
    draft = Draft(held, ARTICLE)
    draft.put(dataclasses.replace(position, source="hand", development_id=None))
    other = draft.held((*position.key[:2], position.aspect + moves.DISPUTED))
    if other is not None:
        draft.drop(other.key)  # the operator has decided between the two
    return _with_undo(draft, held)


def mark_wrong(held: state.LedgerState, development_id: str, note: str) -> Steps:
    """Take a development back as wrong; the old position returns where nothing has come after."""
    development = held.developments.get(development_id)
    if development is None:
        raise errors.InputError(development_id, "no such development")
    if development.wrong:
        raise errors.InputError(development_id, "is marked wrong already")
    draft = Draft(held, ARTICLE)
    said = "marked wrong by hand" + (f": {note}" if note else "")
    if development.taken_back:  # told already; the mark is for measurement
        draft.change(types.AlertKind.UPDATE, dataclasses.replace(development, wrong=True))
    else:
        moves.take_back(draft, dataclasses.replace(development, wrong=True), said)
    return _with_undo(draft, held)


def undo(held: state.LedgerState, act: types.HandAct) -> types.LedgerStep:
    """The step that undoes an act; raises errors.InputError where news has moved its positions since."""
    moved = [p.key for p in act.step.positions if not _stands(held.positions.get(p.key), p)]
    moved += [key for key in act.step.removed if key in held.positions]
    if moved and not act.undo.changes:
        raise errors.InputError(" ".join(moved[0]), "news has moved the position since; set it by hand instead")
    keep = [p for p in act.undo.positions if p.key not in moved]
    return dataclasses.replace(
        act.undo, positions=tuple(keep), removed=tuple(key for key in act.undo.removed if key not in moved)
    )


def _stands(held: types.Position | None, left: types.Position) -> bool:
    return held is not None and (held.status, held.number, held.since) == (left.status, left.number, left.since)


def _with_undo(draft: Draft, held: state.LedgerState) -> Steps:
    step = draft.step((), None)
    keys = [position.key for position in step.positions] + list(step.removed)
    before = [held.positions[key] for key in keys if key in held.positions]
    undone = types.LedgerStep(
        article_id=ARTICLE,
        positions=tuple(before),
        removed=tuple(key for key in keys if key not in held.positions),
        changes=tuple(_as_before(held, step.changes)),
    )
    return step, undone


def _as_before(
    held: state.LedgerState, changes: Iterable[types.DevelopmentChange]
) -> Iterable[types.DevelopmentChange]:
    for change in changes:
        before = held.developments[change.development.id]
        yield types.DevelopmentChange(kind=types.AlertKind.UPDATE, development=before)


def _check(position: types.Position, ledger_rules: rules.Rules) -> None:
    topic, aspect, status = str(position.topic), position.aspect, position.status
    known = (*ledger_rules.order[topic], *ledger_rules.against[topic])
    if rules.is_figure(aspect):
        if position.number is None:
            raise errors.InputError(aspect, "a count or a size needs --number")
        if status != aspect.partition(":")[0]:
            raise errors.InputError(status, f"the status of {aspect} is {aspect.partition(':')[0]}")
    elif topic != str(types.Topic.BACKSTOP) and aspect != topic:
        raise errors.InputError(aspect, f"the aspect of {topic} is {topic}, headcount:KIND or force_size")
    elif ":" in aspect or status not in known:
        raise errors.InputError(status, f"the statuses of {topic} are {', '.join(known)}")


def read_moment(at: datetime | None, now: datetime) -> datetime:
    """Since when a position set by hand holds: now where nothing is said; the future is refused."""
    if at is not None and at > now:
        raise errors.InputError(at.isoformat(), "lies in the future")
    return at or now
