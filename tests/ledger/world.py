"""A small watch and short hands for ledger tests: say(...) makes an article with its claims and takes it in."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from monitor import types, watch
from monitor.ledger import compare, rules, state

START = datetime(2026, 2, 1, 12, tzinfo=UTC)
RULES = rules.load_rules()


def office(subject: str, title: str, holder: str, start: date | None = None, end: date | None = None) -> watch.Office:
    return watch.Office(
        subject=subject, office=title, aliases=(), holder=holder, variants=(holder.split()[-1],), start=start, end=end,
        decides=True,
    )  # fmt: skip


WATCH = watch.Watch(
    name="test",
    actors=(),
    offices=(
        office("GB", "prime minister", "Keir Starmer"),
        office("FR", "president", "Emmanuel Macron"),
        office("FR", "chief of the defence staff", "Fabien Mandon"),
        office("NO", "prime minister", "Jonas Gahr Støre"),
        office("NL", "prime minister", "Dick Schoof", end=date(2026, 2, 23)),
        office("NL", "prime minister", "Rob Jetten", start=date(2026, 2, 23)),
        office("US", "president", "Donald Trump"),
        office("US", "secretary of state", "Marco Rubio"),
    ),
    outlets=(watch.Outlet(name="Alpha Wire", tier="wire", aliases=("Alpha",)),),
    terms={},
    version="0",
)


def claim(topic: str, subject: str, status: str, **more: Any) -> types.Claim:
    components = tuple(more.pop("components", ()))
    evidence = more.pop("evidence", f"{subject} {status} {more.get('number', '')}".strip())
    return types.Claim(
        topic=types.Topic(topic), subject=subject, status=status, evidence=evidence, start=0, end=len(evidence),
        components=components, **more,
    )  # fmt: skip


def troops(subject: str, status: str, number: int | None = None, **more: Any) -> types.Claim:
    return claim("troops", subject, status, number=number, **more)


def member(subject: str, status: str, **more: Any) -> types.Claim:
    return claim("membership", subject, status, **more)


def count(counts: str, number: int, **more: Any) -> types.Claim:
    topic = "troops" if "contributors" in counts else "membership"
    return claim(topic, "COALITION", "headcount", number=number, counts=counts, **more)


def us(status: str, *components: str, **more: Any) -> types.Claim:
    return claim("backstop", "US", status, components=components or ("general",), **more)


class World:
    """A ledger on a clock of its own."""

    def __init__(self, positions: Sequence[types.Position] = ()) -> None:
        self.state = state.LedgerState.load(positions, ())
        self.number = 0
        self.step = types.LedgerStep(article_id="")

    def say(
        self,
        *claims: types.Claim,
        outlet: str = "Alpha Wire",
        tier: str = "press",
        hours: float = 0,
        days: float = 0,
        now_days: float | None = None,
        text: str = "",
        title: str = "",
        copy_of: str | None = None,
        article_id: str | None = None,
        date_only: bool = False,
    ) -> list[types.DevelopmentChange]:
        """Take an article in; return what it changed."""
        self.number += 1
        moment = START + timedelta(days=days, hours=hours)
        article = types.Article(
            id=article_id or f"a{self.number}", url=None, outlet=outlet, title=title,
            text=text or " ".join(c.evidence for c in claims), published=moment, tier=types.Tier(tier),
            date_only=date_only,
        )  # fmt: skip
        self.step = compare.apply_article(
            self.state, article, types.Reading(relevant=True, claims=claims), rules=RULES, watch=WATCH,
            copy_of=copy_of, now=moment if now_days is None else START + timedelta(days=now_days),
        )  # fmt: skip
        self.state.absorb(self.step)
        return list(self.step.changes)

    def held(self, topic: str, subject: str, aspect: str) -> types.Position | None:
        return self.state.positions.get((topic, subject, aspect))

    def status(self, topic: str, subject: str, aspect: str) -> str | None:
        position = self.held(topic, subject, aspect)
        return position.status if position else None

    @property
    def reasons(self) -> list[str]:
        return [held.reason for held in self.step.held_back]


def told(changes: Sequence[types.DevelopmentChange]) -> list[tuple[str, object, object]]:
    """(kind, old, new) of each change."""
    return [(str(c.kind), c.development.old, c.development.new) for c in changes]
