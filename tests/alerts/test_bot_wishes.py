"""What words after a command change, as tables; and that no words can break it."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts import markup
from alerts.bot import wishes
from monitor import recipients, types
from tests.alerts import fakes

READER = recipients.Recipient(address="telegram:7", zone="Europe/Paris")
CODES = {"de": "DE", "germany": "DE", "fr": "FR", "united kingdom": "GB"}
TROOPS, BACKSTOP = types.Topic.TROOPS, types.Topic.BACKSTOP
DE = recipients.Mute(subject="DE")


@pytest.mark.parametrize(
    ("said", "fields"),
    [
        ("troops backstop", {"topics": (TROOPS, BACKSTOP)}),
        ("troops troops", {"topics": (TROOPS,)}),
        ("all", {}),
        ("countries DE fr, germany", {"countries": ("DE", "FR")}),
        ("countries all", {}),
        ("countries United Kingdom de", {"countries": ("GB", "DE")}),
        ("countries united kingdom troops", {"countries": ("GB",), "topics": (TROOPS,)}),
        ("minor", {"minors": True}),
        ("Confirmed", {"least_grade": types.Grade.CONFIRMED}),
        (
            "troops countries DE minor official",
            {"topics": (TROOPS,), "countries": ("DE",), "minors": True, "least_grade": types.Grade.OFFICIAL},
        ),
    ],
)
def test_topics(said: str, fields: dict[str, object]) -> None:
    assert wishes.change_topics(READER, said.split(), CODES.get) == replace(READER, **fields)  # type: ignore[arg-type]


def test_all_takes_back_a_choice() -> None:
    chosen = replace(READER, topics=(TROOPS,), countries=("DE",))
    assert wishes.change_topics(chosen, ["all", "countries", "all"], CODES.get) == READER


@pytest.mark.parametrize(
    ("said", "quiet"),
    [
        ("22:00-07:00", recipients.Quiet(start="22:00", end="07:00", zone="Europe/Paris")),
        ("22 - 7 Asia/Tokyo", recipients.Quiet(start="22:00", end="07:00", zone="Asia/Tokyo")),
        ("22:30–6:15", recipients.Quiet(start="22:30", end="06:15", zone="Europe/Paris")),
        ("off", None),
    ],
)
def test_quiet(said: str, quiet: recipients.Quiet | None) -> None:
    assert wishes.change_quiet(READER, said.split()).quiet == quiet


@pytest.mark.parametrize(
    ("said", "mutes"),
    [
        ("DE", (recipients.Mute(topic=BACKSTOP), DE)),
        ("united kingdom 8h", (recipients.Mute(topic=BACKSTOP), recipients.Mute(subject="GB", until="8h"))),
        ("backstop 3d", (recipients.Mute(topic=BACKSTOP, until="72h"),)),
        ("off", ()),
        ("off backstop", ()),
        ("off DE", (recipients.Mute(topic=BACKSTOP),)),
    ],
)
def test_mute(said: str, mutes: tuple[recipients.Mute, ...]) -> None:
    reader = replace(READER, mutes=(recipients.Mute(topic=BACKSTOP),))
    expected = tuple(
        replace(m, until=fakes.NOW + timedelta(hours=int(str(m.until)[:-1]))) if m.until else m for m in mutes
    )
    assert wishes.change_mutes(reader, said.split(), CODES.get, fakes.NOW).mutes == expected


@pytest.mark.parametrize(
    ("said", "at", "zone"),
    [("7:30", "07:30", "Europe/Paris"), ("18 America/New_York", "18:00", "America/New_York")],
)
def test_digest(said: str, at: str, zone: str) -> None:
    changed = wishes.change_digest(READER, said.split())
    assert (changed.digest_at, changed.zone) == (at, zone)
    assert wishes.change_digest(changed, ["off"]).digest_at is None


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("topics", "weather"),
        ("topics", "countries atlantis"),
        ("topics", "troops countries"),
        ("topics", "countries minor"),
        ("quiet", "22:00"),
        ("quiet", "24:00-07:00"),
        ("quiet", "07:00-7"),
        ("quiet", "22:00-07:00 Europe/../../etc/passwd"),
        ("quiet", "22:00-07:00 Nowhere/Town"),
        ("mute", "atlantis"),
        ("mute", "DE 0h"),
        ("mute", "DE 9999w"),
        ("digest", "noon"),
        ("digest", "7 UTC please"),
    ],
)
def test_what_says_nothing_is_told_so(name: str, said: str) -> None:
    with pytest.raises(wishes.Misread) as caught:
        change(name, said.split())
    assert str(caught.value)


def change(name: str, said: list[str]) -> recipients.Recipient:
    if name == "mute":
        return wishes.change_mutes(READER, said, CODES.get, fakes.NOW)
    if name == "topics":
        return wishes.change_topics(READER, said, CODES.get)
    return {"quiet": wishes.change_quiet, "digest": wishes.change_digest}[name](READER, said)


WORDS = st.sampled_from(["off", "DE", "troops", "countries", "8h", "22-7", "7:30", "UTC"]) | st.text(max_size=9)


@given(st.sampled_from(["topics", "quiet", "mute", "digest"]), st.lists(WORDS, min_size=1, max_size=6))
def test_any_words_change_something_or_are_misread(name: str, said: list[str]) -> None:
    try:
        changed = change(name, said)
    except wishes.Misread as error:
        assert str(error)
        return
    assert changed.address == READER.address and changed.role is READER.role
    lines = wishes.wish_lines(changed, {"DE": "Germany"}, fakes.NOW)
    assert len(lines) == 4 and len(markup.pages(lines)) == 1
