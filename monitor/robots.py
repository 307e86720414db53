"""robots.txt (RFC 9309) for article pages, by Protego: asked once a host and kept for a day.

Feeds are made for programs; nobody is asked about them.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from protego import Protego

from monitor import charset, errors, ports, types

REFUSED = "the site's robots.txt asks programs not to read this page"

_KEPT = timedelta(hours=24)  # RFC 9309, 2.4
_KEPT_AFTER_FAILURE = timedelta(hours=1)
_MOST_BYTES = 512_000  # RFC 9309, 2.5: at least 500 KiB must be read
_TIMEOUT_S = 10.0
_MOST_HOSTS = 2000


class Robots:
    """Says whether a page may be read. `agent` is the product token, such as CoalitionWatch."""

    def __init__(self, fetcher: ports.Fetcher, *, agent: str, clock: Callable[[], datetime]) -> None:
        self._fetcher, self._agent, self._clock = fetcher, agent, clock
        self._known: OrderedDict[str, tuple[datetime, Protego | None]] = OrderedDict()
        self._asking: dict[str, asyncio.Lock] = {}

    async def may_read(self, url: str) -> bool:
        """Whether the site's rules let this program read the page; raises errors.FetchError where that can't be told
        because the site fails (RFC 9309, 2.3.1.4: then nothing may be read)."""
        parts = urlsplit(url)
        site = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
        rules = await self._rules(site)
        return rules is None or bool(rules.can_fetch(url, self._agent))

    async def _rules(self, site: str) -> Protego | None:
        lock = self._asking.setdefault(site, asyncio.Lock())
        try:
            async with lock:
                known = self._known.get(site)
                if known is not None and known[0] > self._clock():
                    self._known.move_to_end(site)
                    return known[1]
                rules, kept = await self._ask(site)
                self._known[site] = (self._clock() + kept, rules)
                while len(self._known) > _MOST_HOSTS:
                    self._known.popitem(last=False)
                return rules
        finally:
            if not lock.locked():
                self._asking.pop(site, None)

    async def _ask(self, site: str) -> tuple[Protego | None, timedelta]:
        """(rules, how long they hold); no rules where the site has none (RFC 9309, 2.3.1.3)."""
        request = types.FetchRequest(url=f"{site}/robots.txt", max_bytes=_MOST_BYTES, total_timeout_s=_TIMEOUT_S)
        try:
            fetched = await self._fetcher.fetch(request)
        except errors.FetchError as error:
            if error.status is not None and 400 <= error.status < 500 and error.status != 429:
                return None, _KEPT
            if error.status is not None or error.offline:
                raise  # "complete disallow" while the server fails; the page is asked for again later
            return None, _KEPT_AFTER_FAILURE  # the page itself will tell what is wrong with the host
        text = charset.to_text(fetched.body, fetched.content_type)
        return (None if "<html" in text[:2000].lower() else Protego.parse(text)), _KEPT
