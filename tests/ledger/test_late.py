"""Two statements of one day, taken in in either order: the same position in the end, and the same majors.

Left out, as the issue of the ledger's order allows or the rules demand: disputes and denials; a report that an official
word of the same day has overtaken before it came in; and a later statement that says too little to have left a trace.
"""

import itertools
from datetime import timedelta

import pytest

from monitor import types
from monitor.ledger import rules
from tests.ledger.world import RULES, START, World, claim, count, member, told, troops

STATUSES = {
    "troops": ("open", "conditional", "pledged", "ruled_out", "withdrew"),
    "membership": ("considering", "member", "leads", "declined", "left"),
    "backstop": ("uncommitted", "offered", "committed", "refused", "withdrawn"),
}
SPEAKERS = {"NO": "Jonas Gahr Støre", "US": "Donald Trump"}


def key_of(topic: str) -> tuple[str, str, str]:
    return (topic, "US", "general") if topic == "backstop" else (topic, "NO", topic)


def known(topic: str, status: str | None) -> types.Position | None:
    if status is None:
        return None
    _, subject, aspect = key_of(topic)
    return types.Position(
        topic=types.Topic(topic), subject=subject, aspect=aspect, status=status, since=START - timedelta(days=100),
        grade=types.Grade.OFFICIAL, source="baseline",
    )  # fmt: skip


def say(world: World, topic: str, number: int, status: str, *, official: bool) -> None:
    subject = key_of(topic)[1]
    components = ("general",) if topic == "backstop" else ()
    said = claim(topic, subject, status, components=components, speaker=SPEAKERS[subject] if official else None)
    world.say(said, outlet=("Fjord Post", "Alpha Wire")[number], hours=1 + number, now_days=1, article_id=f"x{number}")


def run(topic: str, before: types.Position | None, said: list[tuple[str, bool]], order: tuple[int, int]) -> World:
    world = World([before] if before else [])
    for number in order:
        say(world, topic, number, said[number][0], official=said[number][1])
    return world


def outcome(world: World, topic: str) -> tuple[object, ...]:
    held = world.held(*key_of(topic))
    developments = [d for d in world.state.developments.values() if not d.minor and not d.taken_back]
    return (held and held.status, held and held.since, sorted((str(d.old), str(d.new)) for d in developments))


@pytest.mark.parametrize("topic", STATUSES)
@pytest.mark.parametrize("officials", [(True, True), (True, False), (False, False)], ids=str)
def test_either_order_of_two_statements_ends_alike(topic: str, officials: tuple[bool, bool]) -> None:
    compared = 0
    for before, first, second in itertools.product((None, *STATUSES[topic]), STATUSES[topic], STATUSES[topic]):
        held = known(topic, before)
        alone = rules.decide(RULES, held, topic=topic, aspect=key_of(topic)[2], status=second)
        if first == second or not (alone.holds or alone.kind == "same"):
            continue
        said = list(zip((first, second), officials, strict=True))
        in_order, turned = run(topic, held, said, (0, 1)), run(topic, held, said, (1, 0))
        if any(d.disputed or d.taken_back for d in in_order.state.developments.values()):
            continue
        assert outcome(turned, topic) == outcome(in_order, topic), (before, said)
        compared += 1
    assert compared > 20


def test_an_official_statement_that_comes_late_is_told_and_the_later_one_starts_from_it() -> None:
    world = World([known("troops", "open")])  # type: ignore[list-item]
    say(world, "troops", 1, "ruled_out", official=True)
    say(world, "troops", 0, "pledged", official=True)
    new, turned = sorted(world.step.changes, key=lambda change: change.kind is not types.AlertKind.NEW)
    assert told([new, turned]) == [("new", "open", "pledged"), ("update", "pledged", "ruled_out")]
    assert world.status("troops", "NO", "troops") == "ruled_out"


def test_what_turns_from_minor_to_major_is_told_as_news() -> None:
    """Who reads majors only has not heard of it."""
    world = World()
    say(world, "troops", 1, "open", official=True)
    assert world.step.changes[0].development.minor
    say(world, "troops", 0, "ruled_out", official=True)
    assert sorted(told(world.step.changes), key=str) == [("new", "ruled_out", "open"), ("new", None, "ruled_out")]
    assert not any(d.minor for d in world.state.developments.values())


def test_what_says_less_than_what_was_published_before_it_is_taken_back() -> None:
    world = World()
    say(world, "troops", 1, "open", official=True)
    say(world, "troops", 0, "pledged", official=True)
    assert sorted(told(world.step.changes), key=str) == [("new", None, "pledged"), ("taken_back", None, "open")]
    assert [d.note for d in world.state.developments.values() if d.taken_back] == [
        "Fjord Post said earlier that day: pledged"
    ]


def test_three_of_a_day_find_their_places() -> None:
    said = [("open", 0), ("pledged", 1), ("ruled_out", 2)]
    ends = set()
    for order in itertools.permutations(said):
        world = World()
        for status, hour in order:
            said_so = troops("NO", status, speaker=SPEAKERS["NO"])
            world.say(said_so, hours=hour, now_days=1, article_id=status, outlet=f"Paper{hour} Post")
        majors = sorted((str(d.old), str(d.new)) for d in world.state.developments.values() if not d.taken_back)
        ends.add((world.status("troops", "NO", "troops"), tuple(majors)))
    assert ends == {("ruled_out", (("None", "open"), ("open", "pledged"), ("pledged", "ruled_out")))}


def test_a_late_report_is_old_where_the_office_holder_has_spoken_or_the_day_is_another() -> None:
    world = World()
    say(world, "troops", 1, "ruled_out", official=True)
    say(world, "troops", 0, "pledged", official=False)
    assert (world.step.changes, world.reasons) == ((), ["old"])
    world = World()
    world.say(member("NO", "member"), days=1)
    assert world.say(member("NO", "leads"), now_days=2) == [] and world.reasons == ["old"]


def test_a_late_count_is_told_between() -> None:
    world = World()
    world.say(count("members", 40), hours=5, outlet="Alpha Wire")
    changes = world.say(count("members", 38), hours=1, outlet="Fjord Post", now_days=1)
    assert sorted(told(changes), key=str) == [("new", None, 38), ("update", 38, 40)]
