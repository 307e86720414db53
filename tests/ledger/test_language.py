"""Wordings of US speakers: a development where the family changes."""

from monitor import types
from tests.ledger.world import World, troops, us


def say(world: World, speaker: str, phrase: str, days: float, outlet: str = "Alpha Wire") -> list[object]:
    text = f"“{phrase},” {speaker} said on Monday."
    changes = world.say(us("offered", "general", speaker=speaker), text=text, days=days, outlet=outlet)
    return [(str(c.kind), c.development.old, c.development.new) for c in changes if c.development.aspect == "language"]


def test_only_another_family_is_news() -> None:
    world = World()
    assert say(world, "Donald Trump", "an Article 5-like guarantee", 0) == [
        ("new", None, "an Article 5-like guarantee")
    ]
    assert say(world, "Marco Rubio", "Article 5-style protection", 1)[0][0] == "update"  # type: ignore[index]
    assert say(world, "Marco Rubio", "a safety net, not a tripwire", 2) == [
        ("new", "an Article 5-like guarantee", "a safety net, not a tripwire")
    ]
    assert say(world, "Donald Trump", "something like an Article 5-like guarantee", 3) == []  # his last is the same
    assert say(world, "Donald Trump", "No boots on the ground, but help from the air", 4)[0][0] == "new"  # type: ignore[index]


def test_a_wording_carried_by_the_claim_is_taken() -> None:
    world = World()
    claim = us("offered", "general", speaker="Donald Trump", wording="a safety net")
    changes = world.say(claim, text="Trump called it a safety net.")
    assert ("language", "a safety net") in [(c.development.aspect, c.development.new) for c in changes]


def test_others_words_and_other_topics_are_none() -> None:
    world = World()
    assert say(world, "Keir Starmer", "a safety net", 0) == []
    text = "“No boots on the ground,” Trump said."
    assert all(c.development.aspect != "language" for c in world.say(troops("GB", "pledged"), text=text, days=1))


def test_he_is_the_only_one_named_before() -> None:
    world = World()
    text = "Donald Trump was pleased. Keir Starmer was not.\n\n“We need a safety net,” he said."
    changes = world.say(us("offered", "general", speaker="Donald Trump"), text=text)
    assert [c.development.aspect for c in changes] == ["general"]
    text = "Keir Starmer asked.\n\nDonald Trump had an answer.\n\n“It is a safety net,” he said."
    changes = world.say(us("offered", "general", speaker="Donald Trump"), text=text, days=1)
    assert [c.development.new for c in changes if c.development.aspect == "language"] == ["It is a safety net"]


def test_language_is_official_and_repeats_add_a_source() -> None:
    world = World()
    say(world, "Donald Trump", "a safety net", 0)
    assert say(world, "Donald Trump", "a safety net", 0.1, "Beta Wire")[0][0] == "update"  # type: ignore[index]
    development = next(d for d in world.state.developments.values() if d.aspect == "language")
    assert development.grade is types.Grade.OFFICIAL and len(development.reports) == 2
