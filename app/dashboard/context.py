"""What every page needs: the stores, the names, the clock, who may read. Built by wiring; decides nothing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from app import settings as app_settings
from app import tallies
from monitor import watch
from storage import store


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """The dashboard's surroundings."""

    stores: store.Stores
    names: Mapping[str, str]  # {code: display name}
    countries: frozenset[str]  # codes of actors that are countries
    settings: app_settings.Settings
    clock: Callable[[], datetime]
    counted: tallies.Tallies = field(default_factory=tallies.Tallies)
    polls: bool = True  # whether this process polls; alone over a database it does not
    watch: str = watch.SHIPPED
    others: tuple["Context", ...] = ()  # of the further watches, beside the default one
    siblings: tuple[str, ...] = ()  # the names of all watches, where there are several
    on_hint: Callable[[], None] = lambda: None  # a hub says that a feed has news; it is due
    prefix: str = ""  # what all addresses of this watch begin with

    @property
    def every(self) -> tuple["Context", ...]:
        """Each watch's."""
        return (self, *self.others)

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which days begin and end."""
        return ZoneInfo(self.settings.timezone)
