"""One article's step while it is being made: an overlay over the ledger that only reads it. No rules in here."""

import hashlib

from monitor import types
from monitor.ledger import state


class Draft:
    """Collects positions, changes and what is held back, and answers as if they were in the ledger already."""

    def __init__(self, base: state.LedgerState, article_id: str) -> None:
        self._base, self._article_id = base, article_id
        self._positions: dict[state.Key, types.Position] = {}
        self._removed: dict[state.Key, None] = {}
        self._changes: dict[str, types.DevelopmentChange] = {}
        self._held_back: list[types.HeldBack] = []

    def held(self, key: state.Key) -> types.Position | None:
        """The position that holds now."""
        if key in self._positions:
            return self._positions[key]
        return None if key in self._removed else self._base.positions.get(key)

    def put(self, position: types.Position) -> None:
        """Hold a position."""
        self._removed.pop(position.key, None)
        self._positions[position.key] = position

    def drop(self, key: state.Key) -> None:
        """Hold nothing for the key."""
        self._positions.pop(key, None)
        if key in self._base.positions:
            self._removed[key] = None

    def development(self, development_id: str | None) -> types.Development | None:
        """A development as it is now."""
        if development_id is None:
            return None
        change = self._changes.get(development_id)
        return change.development if change else self._base.developments.get(development_id)

    def developments_of(self, key: state.Key) -> list[types.Development]:
        """The key's developments as they are now."""
        known = [
            self._changes[d.id].development if d.id in self._changes else d for d in self._base.developments_of(key)
        ]
        ids = {development.id for development in known}
        new = [c.development for c in self._changes.values() if state.key_of(c.development) == key]
        return known + [development for development in new if development.id not in ids]

    def change(self, kind: types.AlertKind, development: types.Development, *, grade_rose: bool = False) -> None:
        """Note a development as raised or altered; the weightiest kind of one article is kept."""
        before = self._changes.get(development.id)
        order = (types.AlertKind.UPDATE, types.AlertKind.DISPUTED, types.AlertKind.NEW, types.AlertKind.TAKEN_BACK)
        if before is not None and order.index(before.kind) > order.index(kind):
            kind = before.kind
        rose = grade_rose or (before is not None and before.grade_rose)
        self._changes[development.id] = types.DevelopmentChange(kind=kind, development=development, grade_rose=rose)

    def hold_back(self, key: state.Key, claim: types.Claim, reason: str) -> None:
        """Note a claim that made no development."""
        self._held_back.append(
            types.HeldBack(
                article_id=self._article_id,
                topic=claim.topic,
                subject=claim.subject,
                aspect=key[2],
                status=claim.status,
                reason=reason,
                evidence=claim.evidence,
            )
        )

    def raised(self, key: state.Key) -> bool:
        """Whether this article has raised a development of the key."""
        return any(
            change.kind is types.AlertKind.NEW and state.key_of(change.development) == key
            for change in self._changes.values()
        )

    def step(self, sketch: tuple[int, ...], copy_of: str | None) -> types.LedgerStep:
        """The step, for storing and absorbing."""
        return types.LedgerStep(
            article_id=self._article_id,
            positions=tuple(self._positions.values()),
            removed=tuple(self._removed),
            changes=tuple(self._changes.values()),
            held_back=tuple(self._held_back),
            sketch=sketch,
            copy_of=copy_of,
        )


def development_id(article_id: str, key: state.Key) -> str:
    """A stable id: the raising article and the key. Two of 100,000 are alike once in 60,000 ledgers (48 bits), so the
    caller asks whether it is taken; ids of earlier versions are shorter (32 bits)."""
    return "D" + hashlib.sha256("|".join((article_id, *key)).encode()).hexdigest()[:12]
