"""What one process does of the whole service: all of it, or a part beside others (app/scale/)."""

from dataclasses import dataclass
from typing import Protocol

from monitor import polling, types
from storage import leading


class Acquisition(Protocol):
    """Who polls and reads: the pipeline itself, or workers elsewhere."""

    async def poll_due(self) -> polling.PollCount:
        """Poll what is due, or have it polled; what has been done by now."""

    async def read_pending(self) -> int:
        """Read the pages that wait, or have them read; 0: there is nothing more to do here."""

    async def recheck_due(self, *, silent: bool) -> list[types.LedgerStep]:
        """Read again the pages that carry a development."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """What one process does of the whole, and which locks it holds so that it is the only one that does."""

    name: str
    locks: tuple[str, ...]
    stages: tuple[str, ...]
    jobs: tuple[str, ...]
    has_bot: bool = False
    has_dashboard: bool = False
    tells_operator: bool = False


ALL = Role(
    name="all",
    locks=(leading.SERVICE, leading.BOT),
    stages=("read", "take", "deliver"),
    jobs=("poll", "recheck", "digests", "housekeep"),
    has_bot=True,
    has_dashboard=True,
    tells_operator=True,
)
