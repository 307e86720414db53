"""What is stored comes back equal, whatever it holds."""

import dataclasses
import json
import types as pytypes
import typing
from datetime import UTC, datetime, timedelta, timezone
from enum import Enum
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor import types
from storage import codec
from tests.storage import rows

KINDS = (types.Position, types.Development, types.Report, types.Claim, types.Reading, types.Article, types.Entry,
         types.HeldBack, types.Alert)  # fmt: skip
ANY_TEXT = st.text(st.characters(), max_size=12)  # with NUL and lone surrogates
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | ANY_TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(ANY_TEXT, inner, max_size=3),
    max_leaves=5,
)


def values_of(kind: Any) -> st.SearchStrategy[Any]:
    """Any value of an annotation as monitor/types.py uses it."""
    if typing.get_origin(kind) in (typing.Union, pytypes.UnionType):
        return st.one_of([values_of(member) for member in typing.get_args(kind)])
    if typing.get_origin(kind) is tuple:
        return st.lists(values_of(typing.get_args(kind)[0]), max_size=2).map(tuple)
    if typing.get_origin(kind) is dict:
        return st.dictionaries(ANY_TEXT, JSON, max_size=3)
    if dataclasses.is_dataclass(kind):
        hints = typing.get_type_hints(kind)
        return st.builds(typing.cast(Any, kind), **{name: values_of(hint) for name, hint in hints.items()})
    if kind is datetime:
        return st.datetimes(timezones=st.just(UTC))
    if kind is str:
        return ANY_TEXT
    if isinstance(kind, type) and issubclass(kind, Enum):
        return st.sampled_from(kind)
    return st.from_type(kind)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_any_value_comes_back_equal_and_of_the_same_type(kind: type, data: st.DataObject) -> None:
    value = data.draw(values_of(kind))
    text = codec.dump(value)
    back: Any = codec.load(kind, text)
    assert back == value
    assert codec.dump(back) == text
    assert text.isascii()


def test_a_figure_stays_a_figure_and_a_status_a_status() -> None:
    back = codec.load(types.Development, codec.dump(rows.development(old="20", new=30)))
    assert (back.old, back.new) == ("20", 30)


def test_times_are_written_in_utc_and_a_naive_one_is_refused() -> None:
    kyiv = timezone(timedelta(hours=2))
    text = codec.dump(rows.article(1, published=datetime(2026, 3, 1, 14, 0, tzinfo=kyiv)))
    assert '"2026-03-01T12:00:00+00:00"' in text
    assert codec.load(types.Article, text).published == rows.NOW
    with pytest.raises(ValueError, match="naive"):
        codec.dump(rows.article(1, published=datetime(2026, 3, 1)))


def test_fields_may_come_and_go_between_versions() -> None:
    row = json.loads(codec.dump(rows.claim()))
    row["of_a_later_version"] = 1
    del row["in_passing"]
    assert codec.load(types.Claim, json.dumps(row)) == rows.claim()


def test_rows_hold_every_field_and_people_see_only_what_says_something() -> None:
    names = {item.name for item in dataclasses.fields(types.Claim)}
    assert set(json.loads(codec.dump(rows.claim()))) == names
    assert set(codec.to_json(rows.claim())) == {"topic", "subject", "status", "evidence", "start", "end"}
