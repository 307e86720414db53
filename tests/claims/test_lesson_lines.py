"""Lessons in single sentences: what a line says, and what is no line."""

from pathlib import Path

import pytest

from app import lesson_lines, training
from monitor import errors, watch
from monitor.claims import engine, places, speakers

LESSONS = Path(__file__).parents[1] / "data" / "lessons"


def written(tmp_path: Path, *lines: str) -> Path:
    file = tmp_path / "some.txt"
    file.write_text("# head\n\n" + "\n".join(lines) + "\n", encoding="utf-8")
    return file


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("T.PL.ruled_out", ("troops", "PL", "ruled_out", None, None, None, [], "current", False)),
        ("?T.FR.pledged=800", ("troops", "FR", "pledged", 800, None, None, [], "current", True)),
        ("T.COALITION.force_size=9000-15000~",
         ("troops", "COALITION", "force_size", 9000, 15000, None, [], "past", False)),
        ("B.sought[air,command]", ("backstop", "US", "sought", None, None, None, ["air", "command"], "current", False)),
        ("B.refused", ("backstop", "US", "refused", None, None, None, ["general"], "current", False)),
        ("M.headcount.members=33", ("membership", "COALITION", "headcount", 33, None, "members", [], "current", False)),
        ("M.EU.attended", ("membership", "EU", "attended", None, None, None, [], "current", False)),
    ],
)  # fmt: skip
def test_each_form_of_a_claim_is_read(tag: str, expected: tuple[object, ...], tmp_path: Path) -> None:
    (item,) = lesson_lines.load(written(tmp_path, f"{tag} :: So it was said."))
    (claim,) = item.claims
    keys = ("topic", "subject", "status", "number", "number_max", "counts", "components", "when", "optional")
    assert tuple(claim[key] for key in keys) == expected
    assert claim["evidence"] == "So it was said." and claim["evidence"] in item.article.text


def test_a_line_may_carry_several_claims_or_none(tmp_path: Path) -> None:
    file = written(tmp_path, "T.PL.open B.sought :: Warsaw may, with America.", "- :: Warsaw sends shells.")
    assert [len(item.claims) for item in lesson_lines.load(file)] == [2, 0]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("Poland sends no soldiers.", "no item"),
        ("T.PL.ruled_out :: ", "no item"),
        ("T.PL :: Poland.", "no claim is written 'T.PL'"),
        ("T.PL.attended :: Poland.", "troops has no status 'attended'"),
        ("B.attended :: America.", "backstop has no status 'attended'"),
    ],
)
def test_what_is_no_line_is_refused_with_its_number(line: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(errors.InputError, match=words) as raised:
        lesson_lines.load(written(tmp_path, line))
    assert "line 3" in str(raised.value)


def test_sentences_teach_places_but_neither_speakers_nor_relevance(tmp_path: Path) -> None:
    file = written(tmp_path, "T.NO.pledged=500 :: Norway will send 500 soldiers, Jonas Gahr Støre said.")
    (read,) = training.parts(training.load([file]), watch.load_watch())
    tasks = {lesson.task for lesson in read.lessons}
    assert places.ACTOR in tasks
    assert tasks.isdisjoint({speakers.TASK, places.ARTICLE})
    assert any(lesson.labels.get("troops.pledged") == 1 for lesson in read.lessons)


def test_the_leads_make_no_claim(tmp_path: Path) -> None:
    rows = (f"- :: The weather was fine on day {number} and nobody minded." for number in range(60))
    reader = engine.Engine(watch.load_watch())
    items = lesson_lines.load(written(tmp_path, *rows))
    assert len({item.article.title for item in items}) > 5, "all leads"
    assert {item.article.title for item in items if reader.read(item.article).claims} == set()


@pytest.mark.parametrize("file", sorted(LESSONS.glob("*.txt")), ids=lambda f: f.stem)
def test_the_shipped_lines_are_lines(file: Path) -> None:
    items = lesson_lines.load(file)
    assert len({item.article.text for item in items}) == len(items), "none twice"
