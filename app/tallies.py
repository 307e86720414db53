"""What this process has done since it started, counted for the metrics. Plain numbers; knows no metrics library."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Tallies:
    """Counters that only grow."""

    polls: int = 0
    polls_unchanged: int = 0
    polls_failed: int = 0
    new_entries: int = 0
    claims: int = 0
    deliveries: dict[str, int] = field(default_factory=lambda: {"sent": 0, "retried": 0, "dead": 0})

    def count_poll(self, polled: int, unchanged: int, failed: int, new_entries: int) -> None:
        """Add one polling cycle."""
        self.polls += polled
        self.polls_unchanged += unchanged
        self.polls_failed += failed
        self.new_entries += new_entries

    def count_deliveries(self, sent: int, retried: int, dead: int) -> None:
        """Add one round of the dispatcher."""
        for outcome, count in (("sent", sent), ("retried", retried), ("dead", dead)):
            self.deliveries[outcome] += count
