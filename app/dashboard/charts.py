"""The timeline's charts as they stand on its page, kept until a position changes: they look at every change of status
there ever was."""

import threading
from datetime import date

from app.dashboard import context, rendering
from app.dashboard.views import links, timeline

_MOST = 4000  # versions of positions on the US, of which a chart shows the changes of stance
_MOST_PLEDGES = 200_000


class Keeper:
    """The charts of one dashboard."""

    def __init__(self, around: context.Context) -> None:
        self._around = around
        self._lock = threading.Lock()  # several readers at once need one computation
        self._key: tuple[object, ...] = ()
        self._charts = ""

    def charts(self) -> str:
        """Both charts as they are today, as HTML."""
        around = self._around
        today: date = links.day_of(around.clock(), around.zone)
        with self._lock:
            key = (today, *around.stores.browsing.version())
            if key != self._key:
                self._charts, self._key = _make(around), key
            return self._charts


def _make(around: context.Context) -> str:
    browse, now, zone = around.stores.browsing, around.clock(), around.zone
    stances = browse.spans(topic="backstop", subject="US", limit=_MOST)
    pledges = browse.spans(topic="troops", aspect="troops", limit=_MOST_PLEDGES)
    return rendering.render(
        around,
        "charts.html",
        stances=timeline.to_stances(stances, now, zone, shortened=len(stances) == _MOST),
        pledges=timeline.to_pledges(pledges, now, zone),
        ROWS=timeline.SHOWN,
    )
