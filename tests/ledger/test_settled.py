"""The settled cases, one by one."""

from datetime import timedelta

import pytest

from monitor import types
from monitor.ledger import compare, draft
from tests.ledger.world import START, World, claim, count, member, told, troops, us


def test_first_count_is_a_development_and_kinds_are_not_mixed() -> None:
    world = World()
    assert told(world.say(count("members", 36))) == [("new", None, 36)]
    assert told(world.say(count("signatories", 27), days=1)) == [("new", None, 27)]
    assert told(world.say(count("members", 37), days=2)) == [("new", 36, 37)]


def test_ruled_out_with_support_in_one_text_is_one_development() -> None:
    world = World()
    changes = world.say(troops("IT", "support_only"), troops("IT", "ruled_out"))
    assert told(changes) == [("new", None, "ruled_out")]
    assert world.status("troops", "IT", "troops") == "ruled_out"
    assert world.status("troops", "IT", "troops:support_only") == "support_only"


def test_promised_vote_after_a_pledge_is_none() -> None:
    world = World()
    world.say(troops("GB", "pledged", 7500))
    assert world.say(troops("GB", "conditional", optional=True), days=1) == []
    assert world.status("troops", "GB", "troops") == "pledged"


@pytest.mark.parametrize("weaker", ["discussed", "uncommitted"])
@pytest.mark.parametrize("held", ["offered", "committed"])
def test_less_of_a_component_is_no_change(held: str, weaker: str) -> None:
    world = World()
    world.say(us(held, "air"))
    assert world.say(us(weaker, "air"), days=1) == []
    assert world.reasons == ["weaker"]


def test_components_stand_alone_and_one_claim_makes_one_development_each() -> None:
    world = World()
    assert len(world.say(us("refused", "air", "intelligence", "surveillance"))) == 3
    assert told(world.say(us("offered", "air"), days=1)) == [("new", "refused", "offered")]
    assert world.status("backstop", "US", "intelligence") == "refused"
    assert told(world.say(us("offered", "general"), days=2)) == [("new", None, "offered")]


def test_sought_is_kept_beside() -> None:
    world = World()
    world.say(us("refused", "air"))
    assert world.say(us("sought", "air"), days=1) == []
    assert world.status("backstop", "US", "air") == "refused"
    assert world.status("backstop", "US", "air:sought") == "sought"


def test_dispute_opens_is_joined_and_is_settled_by_the_office() -> None:
    world = World()
    world.say(troops("NO", "pledged", 800), outlet="Fjord Post")
    changes = world.say(troops("NO", "ruled_out"), outlet="Alpha Wire", hours=5)
    assert [(c.kind, c.development.disputed) for c in changes] == [(types.AlertKind.DISPUTED, True)]
    assert world.status("troops", "NO", "troops") == "pledged"
    changes = world.say(troops("NO", "pledged", 800, speaker="Jonas Gahr Støre"), outlet="Storting Daily", days=2)
    assert [(c.kind, c.development.disputed, c.development.grade, c.grade_rose) for c in changes] == [
        (types.AlertKind.UPDATE, False, types.Grade.OFFICIAL, True)
    ]
    assert world.held("troops", "NO", "troops:disputed") is None


def test_dispute_is_lost_when_the_other_side_is_confirmed() -> None:
    world = World()
    world.say(troops("NO", "pledged"), outlet="Fjord Post")
    world.say(troops("NO", "ruled_out"), outlet="Alpha Wire", hours=5)
    changes = world.say(troops("NO", "ruled_out"), outlet="Beta Wire", hours=9)
    assert told(changes) == [("taken_back", None, "pledged"), ("new", None, "ruled_out")]
    raised = changes[1].development
    assert (raised.grade_at_first, [r.outlet for r in raised.reports]) == ("confirmed", ["Beta Wire", "Alpha Wire"])
    assert world.status("troops", "NO", "troops") == "ruled_out"


def test_of_one_days_contradiction_the_first_published_stands_whichever_comes_first() -> None:
    in_order, turned = World(), World()
    said = (troops("NO", "pledged", 800), "Fjord Post", 0), (troops("NO", "ruled_out"), "Alpha Wire", 5)
    for world, order in ((in_order, said), (turned, said[::-1])):
        for claim_, outlet, hours in order:
            changes = world.say(claim_, outlet=outlet, hours=hours, article_id=outlet)
            world.say(claim_, outlet=outlet, hours=hours, article_id=outlet)
        assert [c.kind for c in changes] == [types.AlertKind.DISPUTED]
    assert {key: (p.status, p.number, p.since) for key, p in turned.state.positions.items()} == {
        key: (p.status, p.number, p.since) for key, p in in_order.state.positions.items()
    }
    (development,) = turned.state.developments.values()
    assert (development.new, development.disputed, development.note) == ("pledged", True, "Alpha Wire: ruled out")
    changes = turned.say(troops("NO", "ruled_out"), outlet="Beta Wire", hours=9)
    assert told(changes) == [("taken_back", None, "pledged"), ("new", None, "ruled_out")]


def test_third_report_of_a_dispute_counts_though_it_was_published_first() -> None:
    world = World()
    world.say(troops("NO", "pledged"), outlet="Fjord Post", hours=4)
    world.say(troops("NO", "ruled_out"), outlet="Alpha Wire", hours=5)
    changes = world.say(troops("NO", "ruled_out"), outlet="Beta Wire", hours=1)
    assert told(changes) == [("taken_back", None, "pledged"), ("new", None, "ruled_out")]


def test_report_of_another_day_that_comes_late_turns_nothing() -> None:
    world = World()
    world.say(troops("NO", "ruled_out"), outlet="Alpha Wire", days=1)
    assert world.say(troops("NO", "pledged"), outlet="Fjord Post") == [] and world.reasons == ["old"]


def test_position_is_dated_by_the_days_first_report() -> None:
    world = World()
    world.say(troops("NO", "pledged"), outlet="Alpha Wire", hours=5)
    world.say(troops("NO", "pledged"), outlet="Fjord Post", hours=2)
    world.say(troops("NO", "pledged"), outlet="Beta Wire", hours=1, date_only=True)
    position = world.held("troops", "NO", "troops")
    assert position is not None and position.since == START + timedelta(hours=2)


def test_after_three_days_the_opposite_is_a_development() -> None:
    world = World()
    world.say(troops("NO", "pledged"), outlet="Fjord Post")
    assert told(world.say(troops("NO", "ruled_out"), outlet="Beta Wire", days=4)) == [("new", "pledged", "ruled_out")]


def test_official_against_official_is_a_development() -> None:
    world = World()
    world.say(troops("NO", "pledged"), tier="official")
    changes = world.say(troops("NO", "withdrew", speaker="Jonas Gahr Støre"), days=1)
    assert told(changes) == [("new", "pledged", "withdrew")]


def test_denial_takes_back_and_is_no_development() -> None:
    world = World()
    world.say(troops("NO", "ruled_out"), tier="official")
    world.say(troops("NO", "pledged", 2000), outlet="Fjord Post", days=40)
    denial = troops("NO", "ruled_out", act=types.Act.DENIAL, speaker="Jonas Gahr Støre")
    changes = world.say(denial, outlet="Beta Wire", days=40, hours=6)
    assert ("taken_back", "ruled_out", "pledged") in told(changes)
    assert all(c.kind is not types.AlertKind.NEW for c in changes)
    assert world.status("troops", "NO", "troops") == "ruled_out"
    again = world.say(troops("NO", "pledged", 2000, origin="Fjord Post"), outlet="Gamma", days=41)
    assert again == [] and world.reasons == ["taken back"]


def test_denial_of_a_first_report_leaves_nothing() -> None:
    world = World()
    world.say(troops("NO", "pledged"), outlet="Fjord Post")
    denial = troops("NO", "undecided", act=types.Act.DENIAL, speaker="Jonas Gahr Støre")
    assert [kind for kind, *_ in told(world.say(denial, outlet="Beta Wire", hours=6))] == ["taken_back"]
    assert world.status("troops", "NO", "troops") is None
    assert world.say(denial, outlet="Gamma", hours=8) == [] and world.reasons == ["denial"]


def test_denial_is_seen_in_the_text_too() -> None:
    world = World()
    world.say(troops("NO", "pledged"), outlet="Fjord Post")
    said = troops("NO", "ruled_out", speaker="Jonas Gahr Støre")
    changes = world.say(said, text="NO ruled_out. The report is false, he said.", outlet="Beta Wire", hours=6)
    assert [kind for kind, *_ in told(changes)] == ["taken_back"]


def test_correction_with_the_right_figure() -> None:
    world = World()
    world.say(count("signatories", 27), tier="official")
    world.say(count("signatories", 32), days=3)
    text = "The total is 29. An earlier version of this report said that the total was 32."
    changes = world.say(count("signatories", 29), days=4, text=text, title="CORRECTED: total 29")
    assert told(changes) == [("taken_back", 27, 32), ("new", 27, 29)]


def test_correction_without_a_claim_of_its_own() -> None:
    world = World()
    world.say(member("NZ", "attended"))
    evidence = "New Zealand is withdrawing from the coalition of the willing"
    world.say(member("NZ", "left", evidence=evidence), member("FI", "attended"), days=3)
    text = (
        "An earlier version of this report said that New Zealand was withdrawing from the coalition of the willing. "
        "That was wrong."
    )
    changes = world.say(days=3, hours=5, text=text, title="CORRECTION: New Zealand ends training")
    assert told(changes) == [("taken_back", "attended", "left")]
    assert world.status("membership", "NZ", "membership") == "attended"


def test_correction_of_another_outlet_or_of_a_spelling_touches_nothing() -> None:
    world = World()
    world.say(count("signatories", 32))
    text = "An earlier version of this report said that the total was 32."
    assert world.say(days=1, text=text, outlet="Beta Wire") == []
    text = "Thirty-two have signed. An earlier version of this report misspelt the name of an official."
    assert [c.kind for c in world.say(count("signatories", 32), days=1, text=text)] == [types.AlertKind.UPDATE]


def test_what_the_earlier_version_said_is_no_claim() -> None:
    world = World()
    world.say(count("signatories", 32))
    text = "An earlier version of this report said that 32 had signed. That was wrong."
    changes = world.say(count("signatories", 32, evidence="32 had signed"), days=1, text=text)
    assert told(changes) == [("taken_back", None, 32)]
    assert world.reasons == ["corrected"]


def test_footnote_on_a_name_does_not_touch_an_earlier_report() -> None:
    world = World()
    world.say(count("signatories", 27))
    text = "The total is 29. An earlier version of this report misspelt the name of an official."
    assert told(world.say(count("signatories", 29), days=4, text=text)) == [("new", 27, 29)]


def test_a_date_in_the_future_does_not_shut_out_what_follows() -> None:
    world = World()
    world.say(count("members", 36), days=900, now_days=0)
    assert told(world.say(count("members", 37), days=1)) == [("new", 36, 37)]


def test_changed_page_takes_back() -> None:
    world = World()
    world.say(troops("NO", "pledged", 800), article_id="page")
    changes = world.say(troops("NO", "pledged", 80), article_id="page", hours=2, copy_of="page")
    assert [c.kind for c in changes] == [types.AlertKind.TAKEN_BACK, types.AlertKind.NEW]
    assert [c.development.new_number for c in changes] == [800, 80]
    position = world.held("troops", "NO", "troops")
    assert position is not None and position.number == 80


def test_a_page_that_changes_to_and_fro_raises_a_development_each_time() -> None:
    world = World()
    raised = [
        change.development.id
        for hour, number in enumerate((800, 80, 800, 80))
        for change in world.say(troops("NO", "pledged", number), article_id="page", tier="official", hours=hour)
        if change.kind is types.AlertKind.NEW
    ]
    assert len(set(raised)) == len(world.state.developments) == 4
    assert [world.state.developments[name].taken_back for name in raised] == [True, True, True, False]


def test_ids_that_meet_by_chance_overwrite_nothing() -> None:
    """Two article ids whose hashes begin alike were looked for: one pair in the first 22 million."""
    first, second = "a426949", "a22544861"
    key = ("troops", "DK", "troops")
    assert draft.development_id(first, key) == draft.development_id(second, key)
    world = World()
    world.say(troops("DK", "pledged"), article_id=first)
    world.say(troops("DK", "ruled_out"), article_id=second, outlet="Fjord Post", days=5)
    made = world.state.developments_of(key)
    assert [(one.reports[0].article_id, one.new) for one in made] == [(first, "pledged"), (second, "ruled_out")]
    assert len({one.id for one in made}) == 2


def test_a_source_that_is_found_to_be_a_copy_later_is_no_correction() -> None:
    world = World()
    world.say(troops("NO", "pledged", 800), article_id="one")
    world.say(troops("NO", "pledged", 800), outlet="Fjord Post", article_id="two", hours=1)
    assert world.say(troops("NO", "pledged", 800), outlet="Fjord Post", article_id="two", copy_of="one", hours=1) == []


def test_correction_leaves_what_others_bear_out() -> None:
    world = World()
    world.say(count("signatories", 32))
    world.say(count("signatories", 32), outlet="Beta Wire", hours=2)
    text = "An earlier version of this report said that the total was 32."
    changes = world.say(days=1, text=text)
    assert [(c.kind, c.development.taken_back, c.development.grade) for c in changes] == [
        (types.AlertKind.UPDATE, False, types.Grade.REPORTED)
    ]


@pytest.mark.parametrize("said", ["About 30 countries", "Some 30 countries", "More than 30 countries", "nearly 30"])
def test_round_figure_near_the_position_is_no_change(said: str) -> None:
    world = World()
    world.say(count("contributors", 31))
    assert world.say(count("contributors", 30, evidence=said), days=1) == []


@pytest.mark.parametrize(("said", "number"), [("33 countries", 33), ("About 50 countries", 50)])
def test_figure_that_is_exact_or_far_is_a_change(said: str, number: int) -> None:
    world = World()
    world.say(count("contributors", 31))
    assert told(world.say(count("contributors", number, evidence=said), days=1)) == [("new", 31, number)]


def test_value_of_an_earlier_position_is_stale_without_an_event() -> None:
    world = World()
    world.say(count("contributors", 26))
    world.say(count("contributors", 28), days=1)
    assert world.say(count("contributors", 26), outlet="Beta Wire", days=2) == []
    assert world.reasons == ["known"]
    changes = world.say(count("contributors", 26, act=types.Act.EVENT), outlet="Beta Wire", days=3)
    assert told(changes) == [("new", 28, 26)]


def test_past_old_and_optional_claims_make_nothing() -> None:
    world = World()
    world.say(troops("NO", "open"), days=10)
    assert world.say(troops("NO", "pledged", when=types.When.PAST), days=11) == []
    assert world.reasons == ["past"]
    assert world.say(troops("NO", "pledged"), days=5) == []
    assert world.reasons == ["old"]
    assert world.say(troops("NO", "pledged", optional=True), days=12) == []
    assert world.reasons == ["optional"]


def test_member_in_passing() -> None:
    world = World()
    world.say(member("PL", "attended"))
    assert world.say(member("PL", "member", in_passing=True), days=1) == []
    assert world.status("membership", "PL", "membership") == "member"


def test_figure_stays_when_a_pledge_gets_a_condition() -> None:
    world = World()
    world.say(troops("NL", "pledged", 600))
    (change,) = world.say(troops("NL", "conditional"), days=1)
    assert (change.development.old, change.development.new) == ("pledged", "conditional")
    assert (change.development.old_number, change.development.new_number) == (600, 600)


def test_new_figure_of_a_pledge_without_one() -> None:
    world = World()
    world.say(troops("FR", "pledged"))
    (change,) = world.say(troops("FR", "pledged", 6000), days=1)
    assert (change.development.old, change.development.new, change.development.minor) == ("pledged", 6000, False)
    assert (change.development.old_number, change.development.new_number) == (None, 6000)


def test_count_of_no_kind_is_held_back() -> None:
    world = World()
    assert world.say(claim("membership", "COALITION", "headcount", number=12)) == []
    assert world.reasons == ["no kind of count"]
    assert compare.aspects_of(count("members", 3)) == ("headcount:members",)
