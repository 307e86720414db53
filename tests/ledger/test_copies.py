"""Near-duplicates: light edits, other spelling, cut texts; and no false friends."""

import json
from pathlib import Path

import pytest

from monitor import copies

STORYLINE = Path(__file__).parents[1] / "data" / "storyline"


def text(name: str) -> str:
    return str(json.loads((STORYLINE / f"{name}.json").read_text(encoding="utf-8"))["text"])


@pytest.mark.parametrize(("copy", "original"), [("s004", "s002"), ("s017", "s014"), ("s030", "s029")])
def test_syndicated_copies_are_found(copy: str, original: str) -> None:
    index = copies.CopyIndex()
    for path in STORYLINE.glob("s*.json"):
        if path.stem != copy:
            index.add(path.stem, copies.sketch(text(path.stem)))
    assert index.find(copies.sketch(text(copy))) == original


def test_own_words_are_no_copy() -> None:
    sketches = {path.stem: copies.sketch(text(path.stem)) for path in STORYLINE.glob("s*.json")}
    known = {("s002", "s004"), ("s014", "s017"), ("s029", "s030")}
    alike = {
        (one, other)
        for one in sketches
        for other in sketches
        if one < other and copies.similarity(sketches[one], sketches[other]) >= copies.ALIKE
    }
    assert alike == known


def test_stock_phrases_make_no_copies_and_a_copy_is_found_in_spite_of_them() -> None:
    index = copies.CopyIndex()
    stock = tuple(range(20))
    for number in range(copies.COMMON + 1):
        index.add(f"x{number}", (*stock, *range(1000 + 28 * number, 1028 + 28 * number)))
    assert index.find((*stock, *range(90_000, 90_028))) is None
    assert index.find((*stock, *range(1000, 1020), *range(90_000, 90_008))) == "x0"
    assert index.find(stock) is None


def test_sketch_is_bounded_stable_and_empty_for_nothing() -> None:
    values = copies.sketch(text("s013"))
    assert len(values) == copies.SIZE and values == tuple(sorted(values)) == copies.sketch(text("s013"))
    assert copies.sketch("") == () and copies.similarity((), values) == 0.0
    assert copies.CopyIndex().find(values) is None
