"""What holds for any run of articles: nothing told twice, nothing lost by a restart, every claim accounted for."""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from monitor import types
from monitor.ledger import compare, state
from tests.ledger.world import RULES, START, WATCH, claim

STATUSES = {
    "membership": ["considering", "attended", "member", "leads", "declined", "left"],
    "troops": ["support_only", "undecided", "open", "conditional", "pledged", "ruled_out", "withdrew"],
    "backstop": ["sought", "uncommitted", "discussed", "offered", "committed", "refused", "withdrawn"],
}


@st.composite
def claims(draw: st.DrawFn) -> types.Claim:
    topic = draw(st.sampled_from(sorted(STATUSES)))
    status = draw(st.sampled_from(STATUSES[topic]))
    subject = "US" if topic == "backstop" else draw(st.sampled_from(["NO", "NL"]))
    return claim(
        topic, subject, status,
        components=draw(st.sets(st.sampled_from(["air", "general"]), min_size=1)) if topic == "backstop" else (),
        number=draw(st.sampled_from([None, 500, 800])) if topic == "troops" else None,
        when=draw(st.sampled_from(list(types.When))),
        act=draw(st.sampled_from(list(types.Act))),
        speaker=draw(st.sampled_from([None, "Jonas Gahr Støre", "Donald Trump"])),
        origin=draw(st.sampled_from([None, "Alpha", "Fjord Post"])),
        optional=draw(st.booleans()),
    )  # fmt: skip


@st.composite
def articles(draw: st.DrawFn) -> tuple[types.Article, types.Reading]:
    read = tuple(draw(st.lists(claims(), max_size=3)))
    article = types.Article(
        id=f"x{draw(st.integers(0, 10**6))}", url=None, outlet=draw(st.sampled_from(["Alpha Wire", "Fjord Post", "B"])),
        title=draw(st.sampled_from(["News", "CORRECTED: news"])), text=" ".join(c.evidence for c in read),
        published=START + timedelta(hours=draw(st.integers(0, 400))), tier=draw(st.sampled_from(list(types.Tier))),
        date_only=draw(st.booleans()),
    )  # fmt: skip
    return article, types.Reading(relevant=True, claims=read)


def take(held: state.LedgerState, article: types.Article, read: types.Reading) -> types.LedgerStep:
    assert article.published is not None
    step = compare.apply_article(
        held, article, read, rules=RULES, watch=WATCH, copy_of=None, now=START + timedelta(hours=500)
    )
    held.absorb(step)
    return step


@settings(max_examples=100, deadline=None)
@given(st.lists(articles(), max_size=8, unique_by=lambda pair: pair[0].id))
def test_any_run_restarts_alike_and_accounts_for_every_claim(run: list[tuple[types.Article, types.Reading]]) -> None:
    going, restarted = state.LedgerState(), state.LedgerState()
    for article, read in run:
        step = take(going, article, read)
        assert step == take(restarted, article, read)
        restarted = state.LedgerState.load(list(restarted.positions.values()), list(restarted.developments.values()))
        raised = {
            state.key_of(c.development) for c in step.changes if c.development.reports[0].article_id == article.id
        }
        held_back = {(str(h.topic), h.subject, h.aspect) for h in step.held_back}
        for said in read.claims:
            for aspect in compare.aspects_of(said):
                assert (str(said.topic), said.subject, aspect) in raised | held_back
    for position in going.positions.values():
        assert (position.reports and position.development_id is None) or position.development_id in going.developments
        if position.development_id:
            assert not going.developments[position.development_id].taken_back


@settings(max_examples=100, deadline=None)
@given(st.lists(articles(), max_size=6, unique_by=lambda pair: pair[0].id))
def test_taking_an_article_again_at_once_raises_nothing(run: list[tuple[types.Article, types.Reading]]) -> None:
    held = state.LedgerState()
    for article, read in run:
        take(held, article, read)
        known = set(held.developments)
        take(held, article, read)
        assert set(held.developments) == known


@settings(max_examples=60, deadline=None)
@given(st.lists(articles(), max_size=8, unique_by=lambda pair: pair[0].id), st.integers(0, 400))
def test_positions_at_a_time_depend_on_nothing_published_later(
    run: list[tuple[types.Article, types.Reading]], hours: int
) -> None:
    moment = START + timedelta(hours=hours)
    run = sorted(run, key=lambda pair: pair[0].published or START)
    early = [pair for pair in run if pair[0].published is not None and pair[0].published <= moment]
    alone, going = state.LedgerState(), state.LedgerState()
    for article, read in early:
        take(alone, article, read)
    history = [dict(going.positions)]
    for article, read in run:
        take(going, article, read)
        history.append(dict(going.positions))
    assert history[len(early)] == alone.positions
    assert all(position.since <= moment for position in history[len(early)].values())


@settings(max_examples=60, deadline=None)
@given(st.lists(articles(), max_size=5, unique_by=lambda pair: pair[0].id), st.sampled_from(["Alpha Wire", "Gamma"]))
def test_a_claim_equal_to_the_position_never_makes_a_development(
    run: list[tuple[types.Article, types.Reading]], outlet: str
) -> None:
    held = state.LedgerState()
    for article, read in run:
        take(held, article, read)
    for number, position in enumerate(list(held.positions.values())):
        if position.aspect.startswith("language") or position.aspect.count(":"):
            continue
        components = (position.aspect,) if position.topic is types.Topic.BACKSTOP else ()
        same = claim(
            str(position.topic), position.subject, position.status, number=position.number, components=components
        )
        article = types.Article(
            id=f"same{number}", url=None, outlet=outlet, title="News", text=same.evidence,
            published=START + timedelta(hours=450),
        )  # fmt: skip
        step = take(held, article, types.Reading(relevant=True, claims=(same,)))
        assert [change for change in step.changes if change.kind is types.AlertKind.NEW] == []
