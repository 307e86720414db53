"""Work for several processes: what is due, in visits to one host each. Pure.

A host is visited by one process at a time, so that it is asked no more than by a single process.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urlsplit

from monitor import types

T = TypeVar("T")

# A visit is over within a minute or so; what is left is the next one's, and other work gets its turn between.
MOST_FEEDS = 50
MOST_PAGES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """What is to be done at one host in one go. Whatever is not due any more when its turn comes is left out."""

    host: str
    watch: str = ""  # whose pages these are; feeds are polled for all watches
    feeds: tuple[str, ...] = ()  # addresses, as listed
    entries: tuple[int, ...] = ()
    rechecks: tuple[str, ...] = ()  # article ids

    @property
    def has_pages(self) -> bool:
        """Whether it reads pages: news that waits, which goes before polling."""
        return bool(self.entries or self.rechecks)


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """All that is due now for a watch, each part in the order in which it is to be done."""

    watch: str = ""
    feeds: Sequence[types.FeedRecord] = ()
    entries: Sequence[tuple[int, str]] = ()  # (entry id, its address)
    rechecks: Sequence[types.Recheck] = ()


def plan(due: Due, waiting: Iterable[Visit], under_way: Iterable[Visit], room: int) -> list[Visit]:
    """At most `room` visits for what is due and in nobody's hands, pages first; none to a host that one waits for.

    Where a host is being visited the next visit may be planned: it waits for the end of the one under way.
    """
    waiting = [visit for visit in waiting if visit.watch == due.watch]
    taken = {visit.host for visit in waiting}
    held = [*waiting, *(visit for visit in under_way if visit.watch == due.watch)]
    feeds = _by_host(
        ((host_of(one.poll_url or one.feed.url), one.feed.url) for one in due.feeds),
        {url for visit in held for url in visit.feeds},
        MOST_FEEDS,
    )
    entries = _by_host(
        ((host_of(url), number) for number, url in due.entries),
        {number for visit in held for number in visit.entries},
        MOST_PAGES,
    )
    rechecks = _by_host(
        ((host_of(one.record.entry.url), one.article_id) for one in due.rechecks),
        {article for visit in held for article in visit.rechecks},
        MOST_PAGES,
    )
    hosts = [host for host in dict.fromkeys([*entries, *rechecks, *feeds]) if host not in taken]
    return [
        Visit(
            host=host,
            watch=due.watch,
            feeds=tuple(feeds.get(host, ())),
            entries=tuple(entries.get(host, ())),
            rechecks=tuple(rechecks.get(host, ())),
        )
        for host in hosts[: max(0, room)]
    ]


def host_of(url: str) -> str:
    """The host of an address; empty where it has none."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _by_host(found: Iterable[tuple[str, T]], held: set[T], most: int) -> dict[str, list[T]]:
    grouped: dict[str, list[T]] = {}
    for host, one in found:
        if one not in held and len(grouped.setdefault(host, [])) < most:
            grouped[host].append(one)
    return {host: ones for host, ones in grouped.items() if ones}
