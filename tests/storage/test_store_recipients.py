"""Recipients keep their wishes, follow the settings and moves; invitations work once; feedback counts once a head."""

from dataclasses import replace

from monitor import recipients, types
from storage import store
from tests.storage import rows

WISHES = recipients.Recipient(
    address="telegram:-1001/5",
    role=recipients.Role.OPERATOR,
    source=recipients.Source.INVITED,
    topics=(types.Topic.TROOPS,),
    countries=("DE", "FR"),
    minors=True,
    updates=False,
    immediate=True,
    least_grade=types.Grade.CONFIRMED,
    quiet=recipients.Quiet(start="22:00", end="07:00", zone="Europe/Berlin"),
    mutes=(recipients.Mute(subject="DE"), recipients.Mute(topic=types.Topic.TROOPS, until=rows.at(60))),
    cap_per_hour=3,
    digest_at="08:30",
    zone="Europe/Berlin",
)


def addresses(stores: store.Stores) -> list[str]:
    return [one.address for one in stores.recipients.list_recipients()]


def test_a_recipient_comes_back_with_every_wish(stores: store.Stores) -> None:
    stores.recipients.save_recipient(WISHES, rows.NOW)
    stores.recipients.save_recipient(rows.reader("telegram:2"), rows.NOW)
    assert stores.recipients.recipient(WISHES.address) == WISHES
    stores.recipients.save_recipient(replace(WISHES, minors=False), rows.NOW)
    assert stores.recipients.recipient(WISHES.address) == replace(WISHES, minors=False)
    assert addresses(stores) == [WISHES.address, "telegram:2"]
    assert stores.recipients.recipient("telegram:3") is None


def test_who_is_switched_off_says_why_and_a_new_wish_changes_nothing_of_it(stores: store.Stores) -> None:
    stores.recipients.save_recipient(WISHES, rows.NOW)
    stores.outbox.switch_off(WISHES.address, recipients.STOPPED, rows.NOW)
    found = stores.recipients.recipient(WISHES.address)
    assert found is not None and found.off_reason == recipients.STOPPED and found.may_ask
    stores.recipients.save_recipient(replace(found, minors=False), rows.NOW)
    assert stores.recipients.list_recipients()[0].off_reason == recipients.STOPPED


def test_settings_are_followed_but_for_what_the_reader_changed(stores: store.Stores) -> None:
    seed = rows.reader(zone="UTC", digest_at="07:00")
    stores.recipients.sync_recipients([seed], rows.NOW)
    stores.recipients.save_recipient(replace(seed, digest_at="09:15"), rows.NOW)
    stores.recipients.sync_recipients([replace(seed, zone="Europe/Paris", digest_at="06:00", minors=True)], rows.NOW)
    expected = replace(seed, zone="Europe/Paris", digest_at="09:15", minors=True)
    assert stores.recipients.list_recipients() == [expected]


def test_who_leaves_the_settings_is_a_stranger_until_named_again(stores: store.Stores) -> None:
    guest = rows.reader("telegram:9", source=recipients.Source.INVITED)
    stores.recipients.save_recipient(guest, rows.NOW)
    stores.recipients.sync_recipients([rows.reader(), rows.reader("telegram:2")], rows.NOW)
    stores.outbox.add_alerts([rows.alert(1, recipient="telegram:1")])
    stores.recipients.sync_recipients([rows.reader("telegram:2")], rows.NOW)
    asked = {one.address: one.may_ask for one in stores.recipients.list_recipients()}
    assert asked == {"telegram:9": True, "telegram:1": False, "telegram:2": True}
    assert stores.outbox.claim_alerts(rows.NOW, 60, 10) == []
    stores.recipients.sync_recipients([rows.reader(), rows.reader("telegram:2")], rows.NOW)
    assert all(one.off_reason is None for one in stores.recipients.list_recipients())
    assert [alert.id for alert in stores.outbox.claim_alerts(rows.NOW, 60, 10)] == ["A-1"], "nothing was lost meanwhile"


def test_another_reason_to_be_off_outlives_the_settings(stores: store.Stores) -> None:
    stores.recipients.sync_recipients([rows.reader()], rows.NOW)
    stores.outbox.switch_off("telegram:1", "bot blocked", rows.NOW)
    for seeds in ([], [rows.reader()]):
        stores.recipients.sync_recipients(seeds, rows.NOW)
        assert stores.recipients.list_recipients()[0].off_reason == "bot blocked"


def test_wishes_follow_a_group_that_moved(stores: store.Stores) -> None:
    seed = rows.reader("telegram:-5")
    stores.recipients.sync_recipients([seed], rows.NOW)
    stores.recipients.save_recipient(replace(seed, minors=True), rows.NOW)
    stores.outbox.move_recipient("telegram:-5", "telegram:-1005")
    stores.recipients.sync_recipients([seed], rows.NOW)  # the settings still name the old one
    assert stores.recipients.list_recipients() == [rows.reader("telegram:-1005", minors=True)]
    assert stores.recipients.recipient("telegram:-5") == rows.reader("telegram:-1005", minors=True)


def test_an_invitation_works_once_and_in_its_time(stores: store.Stores) -> None:
    guest = rows.reader("telegram:9", source=recipients.Source.INVITED)
    for name in ("one", "two"):
        stores.recipients.add_invitation(name, "telegram:1", rows.NOW, rows.at(60))
    assert stores.recipients.accept_invitation("nothing", guest, rows.NOW) is None
    assert stores.recipients.accept_invitation("two", guest, rows.at(60)) is None, "expired"
    assert addresses(stores) == []
    assert stores.recipients.accept_invitation("one", guest, rows.at(59)) == "telegram:1"
    assert addresses(stores) == ["telegram:9"]
    assert stores.recipients.accept_invitation("one", rows.reader("telegram:8"), rows.at(59)) is None
    assert addresses(stores) == ["telegram:9"]


def test_an_invitation_brings_back_who_was_off_with_their_wishes(stores: store.Stores) -> None:
    guest = rows.reader("telegram:9", source=recipients.Source.INVITED)
    stores.recipients.save_recipient(replace(guest, minors=True), rows.NOW)
    stores.outbox.switch_off("telegram:9", "bot blocked", rows.NOW)
    stores.recipients.add_invitation("one", "telegram:1", rows.NOW, rows.at(60))
    assert stores.recipients.accept_invitation("one", guest, rows.NOW) == "telegram:1"
    assert stores.recipients.list_recipients() == [replace(guest, minors=True)]


def test_feedback_is_stored_once_a_head_newest_first(stores: store.Stores) -> None:
    first, second = rows.feedback(), rows.feedback("telegram:2", at=rows.at(1))
    assert stores.recipients.add_feedback(first)
    assert stores.recipients.add_feedback(second)
    assert not stores.recipients.add_feedback(replace(first, at=rows.at(2)))
    assert stores.recipients.list_feedback() == [second, first]
    assert stores.recipients.list_feedback(1) == [second]


def test_messages_that_told_news_are_counted_a_group_once(stores: store.Stores) -> None:
    stores.outbox.add_alerts([rows.alert(number, recipient="telegram:1") for number in range(1, 6)])
    for number, reference, minute in ((1, "7", 1), (2, "8", 2), (3, "8", 2), (4, "9", -5)):
        stores.outbox.mark_sent(f"A-{number}", reference, rows.at(minute))
    assert stores.outbox.news_sent("telegram:1", rows.NOW) == [rows.at(1), rows.at(2)]
    assert stores.outbox.news_sent("telegram:2", rows.NOW) == []
