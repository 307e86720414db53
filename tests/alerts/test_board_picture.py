"""The board as a picture: what it shows and says, in Telegram's limits, through the real client; else text."""

import io
from datetime import UTC

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from alerts import board_picture, charts, markup
from monitor import types
from tests import telegram_standin
from tests.alerts import fakes
from tests.alerts.test_alert_render import NASTY
from tests.alerts.test_bot import GROUP, OPERATOR, USER, Office, office  # noqa: F401
from tests.alerts.test_digest_board import POSITIONS

MEMBERSHIP, TROOPS, BACKSTOP = types.Topic.MEMBERSHIP, types.Topic.TROOPS, types.Topic.BACKSTOP


def to_board(*positions: types.Position) -> board_picture.Board:
    return board_picture.to_board(positions, fakes.NAMES, fakes.NOW, UTC)


def crowd(count: int) -> list[types.Position]:
    return [fakes.position(subject=f"X{number:02}", status="pledged", number=number + 1) for number in range(count)]


def sizes(sheets: list[bytes]) -> list[tuple[int, int]]:
    found = []
    for png in sheets:
        with Image.open(io.BytesIO(png)) as image:
            assert image.format == "PNG" and image.mode == "RGB", "a chat's dark ground must not show through"
            found.append(image.size)
    return found


def test_each_country_and_component_has_one_row() -> None:
    board = to_board(*POSITIONS)
    assert board.figures == ("contributing countries: 31 countries (13 Jan 2026)",)
    assert [(row.name, row.status, row.holds) for row in board.stances] == [("Air support", "offered", "offered")]
    assert [(row.name, row.holds, row.part, row.is_disputed) for row in board.countries] == [
        ("United Kingdom", "pledged 7,500", "", False),
        ("France", "conditional", "", True),
        ("Italy", "", "member", False),
    ]
    assert {(row.since, row.grade) for row in board.countries} == {("13 Jan 2026", "reported")}


def test_a_country_with_both_shows_its_forces_and_its_part() -> None:
    (row,) = to_board(
        fakes.position(topic=MEMBERSHIP, subject="GB", aspect="membership", status="leads", grade=types.Grade.OFFICIAL),
        fakes.position(subject="GB", status="pledged", number=3000, number_max=5000, grade=types.Grade.CONFIRMED),
    ).countries
    assert (row.holds, row.part, row.grade) == ("pledged 3,000–5,000", "leads", "confirmed")


def test_the_caption_says_it_to_who_cannot_see_it() -> None:
    words = board_picture.caption(to_board(*POSITIONS), 1, 1)
    assert words.splitlines() == [
        "The board, 12 Feb 2026, 14:05 UTC",
        "Coalition: contributing countries: 31 countries (13 Jan 2026).",
        "US backstop: Air support offered.",
        "Countries: United Kingdom pledged 7,500; France conditional (disputed); Italy member.",
        board_picture.TEXT_HINT,
    ]
    assert board_picture.caption(to_board(*POSITIONS), 2, 3) == "The board, 12 Feb 2026, 14:05 UTC (2 of 3)"


@pytest.mark.parametrize(("count", "expected"), [(0, 1), (17, 1), (60, 3)])
def test_a_long_board_has_several_sheets_each_small_enough_for_a_telephone(count: int, expected: int) -> None:
    board = to_board(*POSITIONS, *crowd(count))
    sheets = board_picture.draw(board)
    assert len(sheets) == expected
    for width, height in sizes(sheets):
        assert width == 900 and height <= 1280
    assert sum(map(len, sheets)) < telegram_standin.PHOTO_BYTES


def test_every_country_is_on_a_sheet() -> None:
    few, more = (board_picture.draw(to_board(*crowd(count))) for count in (40, 41))
    heights = [sum(height for _, height in sizes(sheets)) for sheets in (few, more)]
    assert heights[1] - heights[0] == board_picture.ROW * board_picture.SCALE


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(NASTY, NASTY, st.none() | st.integers(0, 10**15)), max_size=12))
def test_hostile_names_and_statuses_break_no_limit(said: list[tuple[str, str, int | None]]) -> None:
    positions = [fakes.position(subject=who, status=what, number=number) for who, what, number in said]
    positions += [
        fakes.position(topic=MEMBERSHIP, subject=who, aspect="membership", status=what) for what, who, _ in said
    ]
    board = to_board(*positions)
    assert markup.utf16_len(board_picture.caption(board, 1, 1)) <= board_picture.CAPTION_LIMIT
    assert all(width == 900 and height <= 1280 for width, height in sizes(board_picture.draw(board)))


def test_letters_that_the_font_lacks_are_spelled() -> None:
    assert charts._drawable("Türkiye Łódź 3,000–5,000 Київ") == "Turkiye Lodz 3,000-5,000 ????"


# ---------------------------------------------------------------- on Telegram


async def test_the_board_comes_as_a_photo(office: Office) -> None:  # noqa: F811
    assert "Countries: Italy ruled out." in await office.ask("/board")
    (sent,) = office.api.of(str(USER))
    assert sent.photo is not None and sizes([sent.photo])
    assert sent.parse_mode is None


async def test_sheets_of_a_topic_in_a_group_answer_the_one_who_asked(office: Office) -> None:  # noqa: F811
    many = tuple(fakes.position(subject=f"X{number:02}") for number in range(40))
    office.stores.ledger.record_step(None, types.LedgerStep(article_id="a2", positions=many), [], fakes.NOW)
    await office.ask("/start@watch_bot", user=OPERATOR, chat=GROUP, thread=5)
    await office.ask("/board troops", user=USER, chat=GROUP, thread=5)
    sheets = office.api.of(str(GROUP))[1:]
    assert len(sheets) == 2 and all(sheet.photo and sheet.thread == "5" for sheet in sheets)
    assert "(1 of 2)" in sheets[0].text and "(2 of 2)" in sheets[1].text


@pytest.mark.parametrize("trouble", ["not enough rights to send photos to the chat", "PHOTO_INVALID_DIMENSIONS"])
async def test_text_goes_where_a_photo_is_not_taken(office: Office, trouble: str) -> None:  # noqa: F811
    office.api.plans[str(USER)] = [telegram_standin.Refused(400, f"Bad Request: {trouble}")]
    assert "Italy — rules out sending forces" in await office.ask("/board")
    (sent,) = office.api.of(str(USER))
    assert sent.photo is None


async def test_text_goes_without_the_extra(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    monkeypatch.setattr(charts, "Image", None)
    assert "Italy — rules out sending forces" in await office.ask("/board")


async def test_a_photo_whose_upload_breaks_is_tried_again(office: Office) -> None:  # noqa: F811
    office.api.plans[str(USER)] = [telegram_standin.Refused(502, "Bad Gateway"), telegram_standin.RESET]
    assert "Countries: Italy ruled out." in await office.ask("/board")


@pytest.mark.parametrize(
    ("photo", "words"),
    [
        (b"", "no photo"),
        (b"no picture", "IMAGE_PROCESS_FAILED"),
        ((21, 1), "PHOTO_INVALID_DIMENSIONS"),
        ((5000, 5001), "PHOTO_INVALID_DIMENSIONS"),
        (b"x" * (telegram_standin.PHOTO_BYTES + 1), "too big for a photo"),
    ],
)
def test_the_stand_in_keeps_telegram_s_rules_for_photos(photo: bytes | tuple[int, int], words: str) -> None:
    if isinstance(photo, tuple):
        out = io.BytesIO()
        Image.new("1", photo).save(out, "PNG")
        photo = out.getvalue()
    standin = telegram_standin.Standin()
    with pytest.raises(telegram_standin.Refused, match=words):
        standin.answer(telegram_standin.TOKEN, "sendPhoto", {"chat_id": "7", "photo": photo})
    with pytest.raises(telegram_standin.Refused, match="caption is too long"):
        good = board_picture.draw(to_board(*POSITIONS))[0]
        standin.answer(telegram_standin.TOKEN, "sendPhoto", {"chat_id": "7", "photo": good, "caption": "x" * 1025})
