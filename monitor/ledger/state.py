"""The ledger in memory: positions, developments and what they say of earlier positions. Takes steps, decides nothing.

All of it can be rebuilt from the stored positions and developments, so a restart changes nothing.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable

from monitor import ports, types

Key = tuple[str, str, str]


class LedgerState:
    """Positions by key and developments by id; earlier positions are read off the developments."""

    def __init__(self) -> None:
        self.last_step: int | None = None  # where what is stored ended when it was read; None: not read from a store
        self.positions: dict[Key, types.Position] = {}
        self.developments: dict[str, types.Development] = {}
        self._by_key: dict[Key, list[str]] = defaultdict(list)
        self._by_article: dict[str, dict[str, None]] = defaultdict(dict)  # developments that an article has carried
        self._outlets: dict[str, Counter[str]] = defaultdict(Counter)  # {article: {outlet: reports held}}

    @classmethod
    def load(cls, positions: Iterable[types.Position], developments: Iterable[types.Development]) -> "LedgerState":
        """A state from what is stored; developments in the order in which they were raised."""
        state = cls()
        for position in sorted(positions, key=lambda position: position.since):
            state._hold(position)
        for development in developments:
            state._take(development)
        return state

    @classmethod
    def of(cls, stored: ports.LedgerStore) -> "LedgerState":
        """The state that a store holds now."""
        last = stored.last_step()  # first: what is stored meanwhile then shows as a step that is not known here
        state = cls.load(stored.load_positions(), stored.load_developments())
        state.last_step = last
        return state

    def absorb(self, step: types.LedgerStep) -> None:
        """Make a step part of the state."""
        for position in step.positions:
            self._hold(position)
        for key in step.removed:
            gone = self.positions.pop(key, None)
            self._count(gone.reports if gone else (), -1)
        for change in step.changes:
            self._take(change.development)

    def _hold(self, position: types.Position) -> None:
        before = self.positions.get(position.key)
        self._count(before.reports if before else (), -1)
        self._count(position.reports, 1)
        self.positions[position.key] = position

    def _take(self, development: types.Development) -> None:
        before = self.developments.get(development.id)
        if before is None:
            self._by_key[key_of(development)].append(development.id)
        self._count(before.reports if before else (), -1)
        self._count(development.reports, 1)
        for report in development.reports:
            self._by_article[report.article_id][development.id] = None
        self.developments[development.id] = development

    def _count(self, reports: Iterable[types.Report], change: int) -> None:
        for report in reports:
            self._outlets[report.article_id][report.outlet] += change

    def developments_of(self, key: Key) -> list[types.Development]:
        """The key's developments in the order in which they were raised."""
        return [self.developments[name] for name in self._by_key.get(key, ())]

    def outlets_of(self, article_id: str) -> set[str]:
        """The outlets under which an article's reports are held (empty where it left none)."""
        return {outlet for outlet, count in self._outlets.get(article_id, {}).items() if count > 0}

    def developments_by(self, article_id: str) -> list[types.Development]:
        """The developments that an article has carried."""
        return [self.developments[name] for name in self._by_article.get(article_id, ())]


def key_of(development: types.Development) -> Key:
    """(topic, subject, aspect)."""
    return (str(development.topic), development.subject, development.aspect)
