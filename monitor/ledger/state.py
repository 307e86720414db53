"""The ledger in memory: positions, developments and what they say of earlier positions. Takes steps, decides nothing.

All of it can be rebuilt from the stored positions and developments, so a restart changes nothing.
"""

from collections import defaultdict
from collections.abc import Iterable

from monitor import types

Key = tuple[str, str, str]


class LedgerState:
    """Positions by key and developments by id; earlier positions are read off the developments."""

    def __init__(self) -> None:
        self.positions: dict[Key, types.Position] = {}
        self.developments: dict[str, types.Development] = {}
        self._by_key: dict[Key, list[str]] = defaultdict(list)

    @classmethod
    def load(cls, positions: Iterable[types.Position], developments: Iterable[types.Development]) -> "LedgerState":
        """A state from what is stored; developments in the order in which they were raised."""
        state = cls()
        for position in sorted(positions, key=lambda position: position.since):
            state.positions[position.key] = position
        for development in developments:
            state._take(development)
        return state

    def absorb(self, step: types.LedgerStep) -> None:
        """Make a step part of the state."""
        for position in step.positions:
            self.positions[position.key] = position
        for key in step.removed:
            self.positions.pop(key, None)
        for change in step.changes:
            self._take(change.development)

    def _take(self, development: types.Development) -> None:
        if development.id not in self.developments:
            self._by_key[key_of(development)].append(development.id)
        self.developments[development.id] = development

    def developments_of(self, key: Key) -> list[types.Development]:
        """The key's developments in the order in which they were raised."""
        return [self.developments[name] for name in self._by_key.get(key, ())]

    def outlets_of(self, article_id: str) -> set[str]:
        """The outlets under which an article's reports are held (empty where it left none)."""
        held = (report for position in self.positions.values() for report in position.reports)
        told = (report for development in self.developments.values() for report in development.reports)
        return {report.outlet for reports in (held, told) for report in reports if report.article_id == article_id}


def key_of(development: types.Development) -> Key:
    """(topic, subject, aspect)."""
    return (str(development.topic), development.subject, development.aspect)
