"""The metrics in Prometheus' form: what the database holds now, and what this process has counted since its start."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from prometheus_client import CollectorRegistry, exposition
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from alerts import faults
from app.dashboard import context
from monitor import errors, schedule

MEDIA_TYPE = exposition.CONTENT_TYPE_PLAIN_0_0_4


def render(around: context.Context) -> bytes:
    """One scrape."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_ByWatch(around.every) if around.others else _Reading(around))
    return exposition.generate_latest(registry)


class _ByWatch(Collector):
    """The same families for several watches, each sample with its watch's name."""

    def __init__(self, every: Sequence[context.Context]) -> None:
        self._every = every

    def collect(self) -> Iterator[Metric]:
        """The families, each once."""
        families: dict[str, Metric] = {}
        for around in self._every:
            for metric in _Reading(around).collect():
                family = families.setdefault(metric.name, Metric(metric.name, metric.documentation, metric.type))
                for sample in metric.samples:
                    family.add_sample(sample.name, sample.labels | {"watch": around.watch}, sample.value)
        yield from families.values()


class _Reading(Collector):
    """Reads everything at the moment of the scrape: nothing is kept twice."""

    def __init__(self, around: context.Context) -> None:
        self._around = around

    def collect(self) -> Iterator[Metric]:
        """The families, one after the other."""
        yield from _counted(self._around)
        try:
            yield from _stored(self._around)
            yield _gauge("database_up", "Whether the database answers.", 1)
        except errors.StoreError:
            yield _gauge("database_up", "Whether the database answers.", 0)


def _counted(around: context.Context) -> Iterator[Metric]:
    tallies = around.counted
    if not around.polls:
        return
    yield _counter("polls", "Feeds polled since the start.", tallies.polls)
    yield _counter("polls_unchanged", "Polls that found nothing changed.", tallies.polls_unchanged)
    yield _counter("poll_errors", "Polls that failed.", tallies.polls_failed)
    yield _counter("new_entries", "Entries seen for the first time.", tallies.new_entries)
    yield _counter("claims", "Claims that the ledger has taken.", tallies.claims)
    deliveries = CounterMetricFamily("cw_deliveries", "Attempts to send an alert, by outcome.", labels=["outcome"])
    for outcome, count in tallies.deliveries.items():
        deliveries.add_metric([outcome], count)
    yield deliveries


def _stored(around: context.Context) -> Iterator[Metric]:
    now, stores = around.clock(), around.stores
    counts, records = stores.counting.counts(), stores.feeds.list_feeds()
    last = stores.meta.time("last_cycle_at")
    if last is not None:
        age = (now - last).total_seconds()
        yield _gauge("last_cycle_age_seconds", "Since a polling cycle was completed.", age)
    health = schedule.health(records, now)
    yield _labelled("feeds", "Feeds that are on, by state.", ("state",), {
        ("healthy",): health.healthy, ("stale",): len(health.stale),
        ("other",): health.total - health.healthy - len(health.stale),
    })  # fmt: skip
    yield _labelled("entries", "Entries by step; new and read are the queues.", ("step",), _by_one(counts.entries))
    yield _gauge("articles", "Articles stored.", counts.articles)
    yield _gauge("positions", "Positions held now.", counts.positions)
    yield _labelled("developments", "Developments by topic and grade.", ("topic", "grade"), counts.developments)
    yield _labelled("held_back", "Claims that made no development, by reason.", ("reason",), _by_one(counts.held_back))
    yield _labelled("alerts", "Alerts by channel and state.", ("channel", "state"), counts.alerts)
    waiting = (now - counts.oldest_waiting).total_seconds() if counts.oldest_waiting else 0
    yield _gauge("alert_lag_seconds", "How long the oldest unsent alert has waited.", max(0, waiting))
    broken = faults.load_faults(stores.meta)
    yield _gauge("channel_faults", "Channels and recipients that the operator has to mend.", len(broken))
    ages = [(now - record.state.ok_at).total_seconds() for record in records if record.state.ok_at]
    yield _gauge("feed_lag_seconds", "How long ago the feed that is furthest behind was read.", max(ages, default=0))
    yield _gauge("database_bytes", "Size of the database file (0 on a server).", stores.database.size_bytes())


def _by_one(counts: dict[str, int]) -> dict[tuple[str, ...], int]:
    return {(name,): count for name, count in counts.items()}


def _gauge(name: str, words: str, value: float) -> Metric:
    return GaugeMetricFamily(f"cw_{name}", words, value=value)


def _counter(name: str, words: str, value: float) -> Metric:
    return CounterMetricFamily(f"cw_{name}", words, value=value)


def _labelled(name: str, words: str, labels: tuple[str, ...], counts: Mapping[Any, int]) -> Metric:
    family = GaugeMetricFamily(f"cw_{name}", words, labels=labels)
    for values, count in counts.items():
        family.add_metric(list(values), count)
    return family
