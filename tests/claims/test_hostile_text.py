# ruff: noqa: E501 - a row of a table stays a row
"""No text breaks the engine, and no claim's evidence is anything but the text's own."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor import types, watch
from monitor.claims import engine as claim_engine

ENGINE = claim_engine.Engine(watch.load_watch())
HEAD = "The coalition of the willing discussed sending troops to Ukraine. "

SHAPES = {
    "no full stop": HEAD + "Poland will send soldiers and " * 30_000,
    "nested quotes": HEAD + "“" * 20_000 + "Britain will send troops" + "”" * 20_000,
    "unclosed quotes": HEAD + '"Britain said "' * 10_000,
    "country names": HEAD + "Poland, Spain, Italy and " * 10_000,
    "one long word": HEAD + "a" * 500_000,
    "control characters": HEAD + "\x00\x07\x1b[31m Britain will send troops. " * 3_000,
    "right-to-left marks": HEAD + "\u202e\u200f Britain will send \u200b troops. " * 3_000,
    "parentheses": HEAD + "(" * 30_000 + ")" * 30_000,
    "digits": HEAD + "1," * 200_000,
    "dashes": HEAD + " – " * 100_000,
    "line breaks": HEAD + "\n" * 500_000,
    "apostrophes": HEAD + "’s" * 100_000,
}
WORDS = st.sampled_from(
    ["Britain", "Poland", "Macron", "Trump", "the US", "will", "not", "send", "troops", "said", "that", "if", ",", ".", "“", "”", '"',
     "(", ")", "—", "30", "countries", "coalition of the willing", "Ukraine", "which", "and", "but", "no", "security guarantees",
     "ceasefire", "has", "ruled out", "sending", "led by", "summit", "attended", "’s", "\n", "\u202e", "\x00"]
)  # fmt: skip


def article(text: str) -> types.Article:
    return types.Article(
        id="t", url=None, outlet="x", title="Coalition of the willing for Ukraine", text=text,
        published=datetime(2025, 9, 5, tzinfo=UTC),
    )  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES)
def test_a_hostile_text_is_read_to_its_limit(shape: str) -> None:
    text = SHAPES[shape]
    for claim in ENGINE.read(article(text)).claims:
        assert claim.evidence and text[claim.start : claim.end] == claim.evidence


@settings(max_examples=150, deadline=None)
@given(st.lists(WORDS, max_size=120))
def test_evidence_is_the_texts_own(words: list[str]) -> None:
    text = HEAD + " ".join(words)
    reading = ENGINE.read(article(text))
    for claim in reading.claims:
        assert claim.evidence and text[claim.start : claim.end] == claim.evidence
    assert ENGINE.read(article(text)) == reading


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=400))
def test_any_characters_are_read(text: str) -> None:
    ENGINE.read(article(HEAD + text))


@pytest.mark.parametrize("share", [1, 2, 4])
def test_what_lies_behind_the_limit_is_not_read(share: int) -> None:
    filler = "The weather was fine in the valley. " * (share * 6_000)
    behind = ENGINE.read(article(HEAD + filler + "Britain will send troops to Ukraine."))
    assert not any(c.subject == "GB" for c in behind.claims)
