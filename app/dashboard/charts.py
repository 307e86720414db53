"""The timeline's charts, kept until a position changes: they look at every change of status there ever was."""

import threading
from datetime import date

from app.dashboard import context
from app.dashboard.views import links, timeline

_MOST = 4000  # changes of the US stance that a chart can still show
_MOST_PLEDGES = 200_000
Charts = tuple[timeline.StanceChart | None, timeline.PledgeChart | None]


class Keeper:
    """The charts of one dashboard."""

    def __init__(self, around: context.Context) -> None:
        self._around = around
        self._lock = threading.Lock()  # several readers at once need one computation
        self._key: tuple[object, ...] = ()
        self._charts: Charts = (None, None)

    def charts(self) -> Charts:
        """Both charts as they are today."""
        around = self._around
        today: date = links.day_of(around.clock(), around.zone)
        with self._lock:
            key = (today, *around.stores.browsing.version())
            if key != self._key:
                self._charts, self._key = _make(around), key
            return self._charts


def _make(around: context.Context) -> Charts:
    browse, now, zone = around.stores.browsing, around.clock(), around.zone
    stances = browse.spans(topic="backstop", subject="US", limit=_MOST)
    pledges = browse.spans(topic="troops", aspect="troops", limit=_MOST_PLEDGES)
    return (
        timeline.to_stances(stances, now, zone, shortened=len(stances) == _MOST),
        timeline.to_pledges(pledges, now, zone),
    )
