"""Every status after every status, for each topic; and figures."""

import itertools
from datetime import UTC, datetime

import pytest

from monitor import errors, types
from monitor.ledger import rules

RULES = rules.load_rules()
ORDER = {
    "membership": ["considering", "attended", "member", "leads"],
    "troops": ["support_only", "undecided", "open", "conditional", "pledged"],
    "backstop": ["uncommitted", "discussed", "offered", "committed"],
}
AGAINST = {
    "membership": ["declined", "left"],
    "troops": ["ruled_out", "withdrew"],
    "backstop": ["refused", "withdrawn"],
}
WEAK = {"considering", "attended", "support_only", "undecided", "open"}
STEPS = [
    (topic, old, new)
    for topic in ORDER
    for old, new in itertools.product([None, *ORDER[topic], *AGAINST[topic]], ORDER[topic] + AGAINST[topic])
]


def test_the_walk_knows_every_status() -> None:
    assert {topic: list(RULES.order[topic]) for topic in RULES.order} == ORDER
    assert {topic: list(RULES.against[topic]) for topic in RULES.against} == AGAINST
    assert len(STEPS) == 7 * 6 + 8 * 7 + 7 * 6


def hold(topic: str, status: str, number: int | None = None, aspect: str | None = None) -> types.Position:
    return types.Position(
        topic=types.Topic(topic), subject="XX", aspect=aspect or topic, status=status, number=number,
        since=datetime(2026, 1, 1, tzinfo=UTC),
    )  # fmt: skip


def expected(topic: str, old: str | None, new: str) -> str:
    """The seven rules, written out a second time."""
    order, against = ORDER[topic], AGAINST[topic]
    if old is None:
        return "minor" if new in WEAK | {"uncommitted", "discussed"} else "major"
    if old == new:
        return "none"
    if new in against:
        if old in against or (new == "withdrawn" and old not in {"offered", "committed"}):
            return "none"
        return "major"
    if old in against:
        if new in {"considering", "attended"}:
            return "minor"
        return "none" if new in {"support_only", "undecided", "uncommitted"} else "major"
    if order.index(new) > order.index(old):
        return "minor" if new in WEAK else "major"
    return "major" if (old, new) == ("pledged", "conditional") else "none"


@pytest.mark.parametrize(("topic", "old", "new"), STEPS)
def test_every_transition(topic: str, old: str | None, new: str) -> None:
    held = hold(topic, old) if old else None
    verdict = rules.decide(RULES, held, topic=topic, aspect=topic, status=new)
    found = ("minor" if verdict.minor else "major") if verdict.develops else "none"
    assert found == expected(topic, old, new)
    assert verdict.holds == verdict.develops


@pytest.mark.parametrize("old", [None, *ORDER["backstop"], *AGAINST["backstop"]])
def test_sought_never_changes_the_stance(old: str | None) -> None:
    held = hold("backstop", old) if old else None
    verdict = rules.decide(RULES, held, topic="backstop", aspect="air", status="sought")
    assert (verdict.kind, verdict.develops, verdict.holds) == ("beside", False, False)


@pytest.mark.parametrize(
    ("aspect", "old", "new", "found"),
    [
        ("headcount:members", None, 36, "major"),
        ("headcount:attendees", None, 34, "minor"),
        ("headcount:members", 36, 37, "major"),
        ("headcount:members", 36, 36, "none"),
        ("headcount:attendees", 34, 35, "minor"),
        ("force_size", 25000, 18000, "major"),
        ("force_size", None, 25000, "major"),
        ("force_size", 25000, None, "none"),
    ],
)
def test_figures(aspect: str, old: int | None, new: int | None, found: str) -> None:
    held = hold("membership", "headcount", old, aspect) if old else None
    verdict = rules.decide(RULES, held, topic="membership", aspect=aspect, status="headcount", number=new)
    assert (("minor" if verdict.minor else "major") if verdict.develops else "none") == found


@pytest.mark.parametrize(("old", "new", "kind"), [(None, 600, "figure"), (600, 900, "figure"), (600, None, "same")])
def test_figure_of_a_pledge(old: int | None, new: int | None, kind: str) -> None:
    verdict = rules.decide(
        RULES, hold("troops", "pledged", old), topic="troops", aspect="troops", status="pledged", number=new
    )
    assert verdict.kind == kind
    assert verdict.develops == (kind == "figure") and (kind == "same" or not verdict.minor)


def test_member_in_passing_raises_the_position_and_tells_nobody() -> None:
    verdict = rules.decide(
        RULES, hold("membership", "attended"), topic="membership", aspect="membership", status="member", in_passing=True
    )
    assert (verdict.holds, verdict.develops) == (True, False)


def test_broken_rules_are_named(tmp_path: object) -> None:
    from pathlib import Path

    path = Path(str(tmp_path)) / "transitions.yaml"
    path.write_text("topics: {membership: {order: [a], against: []}}\n")
    with pytest.raises(errors.SeedError, match=r"transitions\.yaml"):
        rules.load_rules(path)
