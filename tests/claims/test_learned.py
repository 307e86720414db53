"""The statistical reader: how it learns, what its file holds, what it adds to the rules, and what it must not."""

import dataclasses
import json
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app import training
from app.commands import articles as commands
from monitor import errors, types, watch
from monitor.claims import engine, learning, places, weights
from monitor.claims.learning import NO, UNKNOWN, YES, Lesson

WATCH = watch.load_watch()
RULES = engine.Engine(dataclasses.replace(WATCH, learned=weights.Weights()))
LESSONS = Path(__file__).parents[1] / "data" / "lessons"
TEXT = (
    "The coalition of the willing met in Paris on Tuesday to discuss a force for Ukraine after a ceasefire.\n\n"
    "Norway's flag flies in the tent of the planners. It will not fly in vain, the ministry in Oslo let it be known.\n"
)


def article(text: str = TEXT, title: str = "Coalition of the willing meets on Ukraine") -> types.Article:
    day = datetime(2026, 1, 7, tzinfo=UTC)
    return types.Article(id="a1", url=None, outlet="Daily Example", title=title, text=text, published=day)


def lesson(words: str, mark: int, number: int) -> Lesson:
    return Lesson(f"a{number}", "actor", frozenset(words.split()), {"troops.pledged": mark})


def taught(rows: Iterable[tuple[str, int]]) -> weights.Weights:
    lessons = [lesson(words, mark, n) for n, (words, mark) in enumerate(rows)]
    return weights.of(learning.learn(lessons, learning.Method(cost=10.0, articles=1)))


SEND, KEEP = ("bias send troops", YES), ("bias keep troops", NO)


def test_what_speaks_for_a_claim_is_learned() -> None:
    known = taught([SEND, KEEP] * 10)
    (sent,) = known.judge("actor", ["bias", "send", "troops"]).values()
    (kept,) = known.judge("actor", ["bias", "keep", "troops"]).values()
    assert sent > 0.9 > 0.1 > kept
    assert known.reasons("actor", ["bias", "send", "troops"], "troops.pledged")[0] == "send"


def test_the_order_in_which_features_are_gone_through_changes_nothing() -> None:
    rows = {f"f{n}": (("troops.pledged", 0.01 * n - 1.3),) for n in range(300)}
    known = weights.of({"actor": rows})
    names = list(rows)
    found = {known.judge("actor", names[start:] + names[:start])["troops.pledged"] for start in range(0, 300, 7)}
    assert len(found) == 1


def test_places_that_are_unknown_teach_nothing() -> None:
    plain = taught([SEND, KEEP] * 10)
    blurred = taught([SEND, KEEP] * 10 + [("bias send troops", UNKNOWN)] * 50)
    assert blurred.judge("actor", ["bias", "send"]) == pytest.approx(plain.judge("actor", ["bias", "send"]), abs=0.02)


def test_a_label_with_too_few_examples_is_not_learned() -> None:
    assert taught([SEND, SEND] + [KEEP] * 20).judge("actor", ["bias", "send"]) == {}


def test_the_file_holds_what_was_learned(tmp_path: Path) -> None:
    known = taught([SEND, KEEP] * 10)
    file = tmp_path / "weights.tsv"
    file.write_text(weights.dump(known), encoding="utf-8")
    read = weights.load(file)
    assert weights.dump(read) == weights.dump(known)
    assert read.judge("actor", ["send"]) == pytest.approx(known.judge("actor", ["send"]), abs=0.01)


def test_a_missing_file_is_no_weights_and_a_broken_one_is_refused(tmp_path: Path) -> None:
    assert not weights.load(tmp_path / "none.tsv").tables
    broken = tmp_path / "weights.tsv"
    broken.write_text("# head\nactor\tsend\ttroops.pledged:much\n", encoding="utf-8")
    with pytest.raises(errors.SeedError, match="line 2"):
        engine.Engine(dataclasses.replace(WATCH, learned=weights.load(broken)))


def test_watches_that_share_a_file_share_what_is_read_of_it(tmp_path: Path) -> None:
    file = tmp_path / "weights.tsv"
    file.write_text("actor\tsend\ttroops.pledged:1.00\n", encoding="utf-8")
    first = weights.load(file)
    assert weights.load(file).tables is first.tables
    file.write_text("actor\tsend\ttroops.ruled_out:10.00\n", encoding="utf-8")
    assert weights.load(file).tables["actor"].labels == ("troops.ruled_out",)


def only(label: str, weight: float) -> engine.Engine:
    """An engine whose weights hold one label likely (or not) wherever Norway itself is named."""
    tasks = {places.ACTOR: {"src=named": ((label, weight),)}}
    return engine.Engine(dataclasses.replace(WATCH, learned=weights.of(tasks)))


def test_without_weights_the_rules_read_alone() -> None:
    assert not any(c.rule.startswith("learned") for c in RULES.read(article()).claims)


def test_a_likely_claim_is_added_with_its_words_and_says_why() -> None:
    (claim,) = [c for c in only("troops.pledged", 5.0).read(article()).claims if c.subject == "NO"]
    assert (claim.status, claim.rule) == ("pledged", "learned.troops.pledged")
    assert claim.evidence == TEXT[claim.start : claim.end]
    assert "Norway" in claim.evidence or "Oslo" in claim.evidence
    assert claim.why == ("0.99", "src=named")


def test_an_unlikely_claim_is_not_made() -> None:
    assert not [c for c in only("troops.pledged", -1.0).read(article()).claims if c.subject == "NO"]


def test_soldiers_as_part_of_the_coalitions_force_make_no_member() -> None:
    text = TEXT + "Norway will keep its soldiers out of Ukraine as part of the coalition of the willing's force."
    assert not [c for c in only("membership.member", 5.0).read(article(text)).claims if "as part of" in c.evidence]


def test_who_only_says_what_others_send_is_bound_by_nothing() -> None:
    text = TEXT + "Norway's premier, Jonas Gahr Støre, said that many allies would field men."
    found = only("troops.pledged", 5.0).read(article(text)).claims
    assert not [c for c in found if "many allies" in c.evidence]


def test_who_sends_no_force_gets_no_stand_on_troops() -> None:
    text = TEXT + "Ukraine and the European Union were glad of it."
    subjects = {c.subject for c in only("troops.pledged", 5.0).read(article(text)).claims if c.topic == "troops"}
    assert "NO" in subjects
    assert subjects.isdisjoint({"UA", "EU"})


def test_what_contradicts_a_rule_must_be_surer() -> None:
    text = TEXT + "Norway will not send troops to Ukraine, Prime Minister Jonas Gahr Støre said."

    def statuses(weight: float) -> set[str]:
        return {c.status for c in only("troops.pledged", weight).read(article(text)).claims if c.subject == "NO"}

    assert statuses(0.0) == {"ruled_out"}
    assert statuses(5.0) >= {"ruled_out", "pledged"}


RULED_OUT = TEXT + "Norway will not send troops to Ukraine, Prime Minister Jonas Gahr Støre said."


@pytest.mark.parametrize(("weight", "stands"), [(-0.5, True), (-5.0, False)])
def test_a_claim_of_the_rules_that_is_hardly_possible_is_left_out(weight: float, stands: bool) -> None:
    found = {(c.subject, c.status) for c in only("troops.ruled_out", weight).read(article(RULED_OUT)).claims}
    assert (("NO", "ruled_out") in found) == stands


def test_of_what_the_weights_know_nothing_the_rules_decide() -> None:
    found = {(c.subject, c.status) for c in only("troops.open", -5.0).read(article(RULED_OUT)).claims}
    assert ("NO", "ruled_out") in found


def test_a_number_counts_one_thing() -> None:
    tasks = {places.COUNT: {"single": (("members", 1.0), ("troop_contributors", 0.5))}}
    reader = engine.Engine(dataclasses.replace(WATCH, learned=weights.of(tasks)))
    text = TEXT + "There were 31 nations on the list of the planners."
    assert [(c.counts, c.number) for c in reader.read(article(text)).claims if c.number == 31] == [("members", 31)]


@pytest.mark.parametrize(
    ("sentence", "made"),
    [
        ("Washington was asked for a backstop again.", True),
        ("A backstop was asked for again, as so often in those weeks.", False),  # whose, the words don't say
    ],
)
def test_a_us_part_that_nobody_gives_must_be_surer(sentence: str, made: bool) -> None:
    tasks = {places.BACKSTOP: {"bias": (("backstop.uncommitted", 0.7),)}}
    reader = engine.Engine(dataclasses.replace(WATCH, learned=weights.of(tasks)))
    found = reader.read(article(TEXT + "The evening went by.\n\n" + sentence)).claims
    assert any(c.status == "uncommitted" for c in found) == made


OFF = "The coalition of the willing of 2003 went to Iraq. Gaza, Haiti and Iran were in the news; so was Ukraine."


@pytest.mark.parametrize(
    ("text", "weight", "relevant"),
    [(TEXT, 0.0, True), (TEXT, -0.5, False), (OFF, -0.5, False), (OFF, 0.0, True)],
)
def test_the_weights_decide_whether_an_article_is_relevant(text: str, weight: float, relevant: bool) -> None:
    loaded = weights.of({places.ARTICLE: {"bias": ((places.RELEVANT, weight),)}})
    reader = engine.Engine(dataclasses.replace(WATCH, learned=loaded))
    title = "Talks" if text == OFF else "Coalition of the willing meets on Ukraine"
    assert reader.read(article(text, title)).relevant == relevant


def test_labels_are_learned_side_by_side_as_in_turn() -> None:
    lessons = [
        Lesson(f"a{n}", "actor", frozenset(words.split()), {label: YES})
        for n, (words, label) in enumerate([("send troops", "troops.pledged"), ("attend", "membership.attended")] * 10)
    ]
    method = learning.Method(articles=1)
    assert learning.learn(lessons, method, processes=2) == learning.learn(lessons, method)


@pytest.mark.parametrize("file", sorted(LESSONS.glob("*.jsonl")), ids=lambda f: f.stem)
def test_the_lessons_say_what_their_texts_say(file: Path) -> None:
    loaded = training.load([file])
    assert loaded
    assert len({one.article.id for one in loaded}) == len(loaded)
    statuses = {(c["topic"], c["status"]) for one in loaded for c in one.claims}
    assert {topic for topic, _ in statuses} <= {"membership", "troops", "backstop"}


def test_evidence_that_is_not_in_the_text_is_refused(tmp_path: Path) -> None:
    row = json.loads((LESSONS / "a.jsonl").read_text(encoding="utf-8").splitlines()[0])
    row["claims"][0]["evidence"] = "Nobody said so."
    file = tmp_path / "one.json"
    file.write_text(json.dumps(row), encoding="utf-8")
    with pytest.raises(errors.InputError, match="evidence not in its text"):
        training.load([file])


@pytest.fixture
def some(tmp_path: Path) -> Path:
    file = tmp_path / "some.jsonl"
    lines = (LESSONS / "a.jsonl").read_text(encoding="utf-8").splitlines()[:12]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


def test_the_command_writes_the_same_bytes_each_time(some: Path, tmp_path: Path) -> None:
    first, second = tmp_path / "1.tsv", tmp_path / "2.tsv"
    assert commands.train([some], [], first, 0) == commands.train([some], [], second, 0) == 0
    assert first.read_bytes() == second.read_bytes()
    assert weights.load(first).tables[places.ACTOR]


def test_folds_measure_and_write_nothing(some: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert commands.train([some], [], tmp_path / "none.tsv", 2) == 0
    assert "strict" in capsys.readouterr().out
    assert not (tmp_path / "none.tsv").exists()


def test_even_ids_are_left_for_figures(some: Path) -> None:
    loaded = training.load([some])
    assert {int(one.article.id[1:]) % 2 for one in training.odd(loaded)} == {1}


def test_the_weights_choose_who_says_it_or_that_nobody_does() -> None:
    said = "Norway will send troops to Ukraine, Prime Minister Jonas Gahr Støre said."
    tasks = {places.ACTOR: {"main": (("troops.open", -5.0),)}, "speaker": {"is voice": (("says", -5.0),)}}
    doubting = engine.Engine(dataclasses.replace(WATCH, learned=weights.of(tasks)))
    for reader, speaker in ((RULES, "Jonas Gahr Støre"), (engine.Engine(WATCH), "Jonas Gahr Støre"), (doubting, None)):
        (claim,) = [c for c in reader.read(article(TEXT + said)).claims if c.status == "pledged"]
        assert claim.speaker == speaker


@pytest.mark.parametrize(
    ("sentence", "attends"),
    [
        ("France was in the hall as well.", True),
        ("France leads the coalition of the willing.", False),  # who leads it is not told to have been there
        ("They feared a French pullback.", False),  # what is French, not France
    ],
)
def test_attendance_is_not_read_into_other_words(sentence: str, attends: bool) -> None:
    tasks = {places.ACTOR: {"src=named": (("membership.attended", 9.0),)}}
    reader = engine.Engine(dataclasses.replace(WATCH, learned=weights.of(tasks)))
    text = "The coalition of the willing talked of a force for Ukraine after a ceasefire.\n\n" + sentence
    found = {(c.subject, c.status) for c in reader.read(article(text)).claims}
    assert (("FR", "attended") in found) == attends
