"""How sure a development is, and who counts as a source."""

import pytest

from monitor import types
from monitor.ledger import evidence
from tests.ledger.world import World, count, troops


def grade_after(*said: tuple[str, dict[str, object]]) -> types.Grade:
    """The grade of Norway's pledge after these reports of it, an hour apart."""
    world = World()
    for hour, (outlet, more) in enumerate(said):
        tier = str(more.pop("tier", "press"))
        copy_of = more.pop("copy_of", None)
        world.say(
            troops("NO", "pledged", **more), outlet=outlet, tier=tier, hours=hour,
            copy_of=None if copy_of is None else str(copy_of),
        )  # fmt: skip
    (development,) = world.state.developments.values()
    return development.grade


@pytest.mark.parametrize(
    ("said", "grade"),
    [
        ([("Fjord Post", {})], "reported"),
        ([("Fjord Post", {}), ("Fjord Post", {})], "reported"),
        ([("Fjord Post", {}), ("Alpha Wire", {})], "confirmed"),
        ([("Fjord Post", {}), ("Alpha Wire", {"origin": "Fjord Post"})], "reported"),
        ([("Fjord Post", {}), ("Alpha Wire", {"origin": "the Fjord Post"})], "reported"),
        ([("Fjord Post", {"origin": "Alpha"}), ("Alpha Wire", {})], "reported"),
        ([("Fjord Post", {}), ("Town Site", {"copy_of": "a1"})], "reported"),
        ([("Fjord Post", {}), ("A Blog", {"tier": "other"})], "reported"),
        ([("Fjord Post", {}), ("Government", {"tier": "official"})], "official"),
        ([("Fjord Post", {}), ("Alpha Wire", {"speaker": "Jonas Gahr Støre"})], "official"),
        ([("Fjord Post", {}), ("Alpha Wire", {"speaker": "a ministry official"})], "confirmed"),
        ([("Fjord Post", {"official": True, "speaker": "Ola Nordmann"})], "official"),
        ([("Fjord Post", {"official": True})], "reported"),
    ],
)
def test_grades(said: list[tuple[str, dict[str, object]]], grade: str) -> None:
    assert grade_after(*((outlet, dict(more)) for outlet, more in said)) == grade


def test_grade_rises_on_the_same_development() -> None:
    world = World()
    world.say(troops("NO", "pledged"), outlet="Fjord Post")
    (change,) = world.say(troops("NO", "pledged"), outlet="Alpha Wire", hours=3)
    assert (change.kind, change.grade_rose) == (types.AlertKind.UPDATE, True)
    assert (change.development.grade_at_first, change.development.grade) == ("reported", "confirmed")


def test_background_weeks_later_adds_a_source_and_no_grade() -> None:
    world = World()
    world.say(troops("NO", "pledged"), outlet="Fjord Post")
    (change,) = world.say(troops("NO", "pledged"), outlet="Alpha Wire", days=30)
    assert (change.grade_rose, change.development.grade, len(change.development.reports)) == (False, "reported", 2)


def test_a_pledge_without_a_figure_bears_out_no_figure() -> None:
    world = World()
    world.say(troops("FR", "pledged"), outlet="Alpha Wire")
    world.say(troops("FR", "pledged", 6000), outlet="Seine", days=1)
    assert world.say(troops("FR", "pledged"), outlet="Beta Wire", days=2) == []


def test_office_holders_by_date_and_by_country() -> None:
    def grade(speaker: str, days: float, subject: str = "NL", text: str = "") -> types.Grade:
        world = World()
        (change,) = world.say(troops(subject, "pledged", speaker=speaker), days=days, text=text)
        return change.development.grade

    assert grade("Dick Schoof", 5) == "official"
    assert grade("Rob Jetten", 5) == "reported"
    assert grade("Rob Jetten", 30) == "official"
    assert grade("Dick Schoof", 30) == "reported"
    assert grade("Emmanuel Macron", 5, "PL") == "reported"
    assert grade("Liis Oras", 5, "EE", "Prime Minister Liis Oras announced it.") == "official"
    assert grade("Liis Oras", 5, "EE", "Former Prime Minister Liis Oras announced it.") == "reported"


@pytest.mark.parametrize(
    ("speaker", "text", "grade"),
    [
        ("Emmanuel Macron", "", "official"),
        ("Fabien Mandon", "", "reported"),
        ("Étienne Lacombe", "General Étienne Lacombe has commanded the headquarters of the coalition.", "official"),
        ("Étienne Lacombe", "Étienne Lacombe likes the coalition.", "reported"),
    ],
)
def test_who_speaks_for_the_coalition(speaker: str, text: str, grade: str) -> None:
    world = World()
    (change,) = world.say(count("members", 36, speaker=speaker), text=text)
    assert change.development.grade == grade


def reported_by(*outlets: str, days: float = 0) -> World:
    """Norway's pledge, reported by each in turn, a minute apart."""
    world = World()
    for minute, outlet in enumerate(outlets):
        world.say(troops("NO", "pledged"), outlet=outlet, hours=minute / 60, days=days if minute > 1 else 0)
    return world


@pytest.mark.parametrize(
    ("outlets", "kept"),
    [
        (["First", *["Echo Post"] * 40], ["First", *["Echo Post"] * 23]),
        (["First", *[f"Paper{n} Post" for n in range(40)]], ["First", *[f"Paper{n} Post" for n in [*range(22), 39]]]),
        (["First", "Second", *["First"] * 30, "Third"], ["First", "Second", *["First"] * 21, "Third"]),
    ],
    ids=["one echo", "all of their own", "the new one stays"],
)
def test_of_a_long_story_the_reports_that_bear_the_grade_are_kept(outlets: list[str], kept: list[str]) -> None:
    (development,) = reported_by(*outlets).state.developments.values()
    assert [report.outlet for report in development.reports] == kept
    assert len(kept) == evidence.KEEP and development.grade is types.Grade.CONFIRMED


def test_a_long_echo_does_not_cost_the_grade_when_a_source_corrects_itself() -> None:
    """The second report came in time to confirm, the thousand after it did not."""
    world = reported_by("Fjord Post", "Alpha Wire", *[f"Paper{n} Post" for n in range(40)], days=20)
    world.say(outlet="Paper0 Post", days=21, title="Correction: Norway pledged nothing", text="NO pledged. Correction.")
    (development,) = world.state.developments.values()
    assert (development.taken_back, development.grade) == (False, types.Grade.CONFIRMED)
