"""The network of the statistical reader: its gradients, what it can learn that single words can't, its file."""

import random
import shutil
from pathlib import Path

import numpy as np
import pytest

from monitor import errors, watch
from monitor.claims import descent, engine, network
from monitor.claims.learning import NO, UNKNOWN, YES
from monitor.claims.marking import Marked, Sequenced

SMALL = descent.Schooling(
    width=8, rounds=12, sentences=8, rate=0.02, mean=0.9, drop_tokens=0.0, drop_pooled=0.0, drop_words=0.0,
    least_words=1, least_traits=1, examples=1,
)  # fmt: skip
LABEL = "troops.pledged"


def sequenced(words: str) -> Sequenced:
    row = words.split()
    return Sequenced(
        words=row,
        senses=[("send",) if w == "send" else () for w in row],
        classes=["verbs.send" if w == "send" else None for w in row],
        signs=[1 if w == "not" else 0 for w in row],
        mentions=[w[1:] if w.startswith("@") else None for w in row],
    )


def marked(
    sentence: Sequenced, token: int, task: str = "actor", traits: str = "near", before: tuple[int, ...] = ()
) -> Marked:
    return Marked(task, (token,), ((0, len(sentence.words)),), frozenset(traits.split()), before)


def who_sends(number: int) -> descent.Group:
    """A sentence of two countries of which one sends: the same words in another order say the opposite."""
    chance = random.Random(number)
    verb = chance.choice(("send", "deploy", "commit"))
    first_sends = chance.random() < 0.5
    yes, no = f"@FR will {verb} troops", f"@DE will not {verb} troops"
    row = sequenced(f"{yes} but {no}" if first_sends else f"{no.replace('DE', 'FR')} but {yes.replace('FR', 'DE')}")
    second = row.words.index("@DE")
    marks = (YES, NO) if first_sends else (NO, YES)
    return row, None, [(marked(row, 0), {LABEL: marks[0]}), (marked(row, second), {LABEL: marks[1]})]


def odds(known: network.Network, group: descent.Group) -> list[float]:
    sentence, before, places = group
    return [one[LABEL] for one in known.judge([(sentence, before, [p for p, _ in places])])]


@pytest.fixture(scope="module")
def learned() -> network.Network:
    return descent.learn([who_sends(n) for n in range(60)], SMALL)


def test_the_gradients_are_those_of_the_loss() -> None:
    chance = random.Random(3)
    rows = [sequenced(" ".join(chance.choices(["@FR", "will", "not", "send", "troops"], k=k))) for k in (1, 2, 5, 9)]
    groups: list[descent.Group] = [
        (row, before, [
            (marked(row, chance.randrange(len(row.words)), task, chance.choice(("near", "far titled")),
                    (0,) if before is not None else ()),
             {LABEL: chance.choice((YES, NO, UNKNOWN)), "other": chance.choice((YES, NO))})
            for task in ("actor", "actor", "backstop", "count")
        ])
        for row, before in zip(rows, (None, rows[3], sequenced("@FR will not"), rows[3]), strict=True)
    ]  # fmt: skip
    known = descent._vocabulary(groups, SMALL)
    draw = np.random.default_rng(5)
    w = {name: values.astype(np.float64) for name, values in descent._begin(known, 5, draw).items()}
    for values in w.values():
        values += draw.standard_normal(values.shape) * 0.1
    wanted, sure = descent._answers(known, groups)

    def batch() -> network.Batch:
        return network.gather(known, [(s, b, [p for p, _ in places]) for s, b, places in groups])

    def loss() -> float:
        return descent.backward(w, batch(), wanted, sure)[1]

    gradients, _ = descent.backward(w, batch(), wanted, sure)
    assert set(gradients) == set(w)
    for name, values in w.items():
        for _ in range(5):
            at = tuple(int(draw.integers(1 if n == 0 and name in descent._EMPTY else 0, size))
                       for n, size in enumerate(values.shape))  # fmt: skip
            kept = values[at]
            values[at] = kept + 1e-4
            above = loss()
            values[at] = kept - 1e-4
            below = loss()
            values[at] = kept
            assert gradients[name][at] == pytest.approx((above - below) / 2e-4, rel=1e-4, abs=1e-7), (name, at)


def test_it_learns_who_does_what_where_the_words_alone_are_the_same(learned: network.Network) -> None:
    for number in range(100, 130):
        group = who_sends(number)
        for (_, marks), value in zip(group[2], odds(learned, group), strict=True):
            assert (value > 0) == (marks[LABEL] == YES), group[0].words


def so_does(number: int) -> descent.Group:
    """ "So does Norway.", which says what the sentence before said of another."""
    chance = random.Random(number)
    is_no = chance.random() < 0.5
    verb = chance.choice(("send", "deploy", "commit"))
    before = sequenced(f"@FR will {'not ' if is_no else ''}{verb} troops")
    row = sequenced(chance.choice(("so does @DE", "@DE too", "@DE likewise")))
    place = marked(row, row.words.index("@DE"))
    return row, before, [(place, {LABEL: NO if is_no else YES})]


def test_it_learns_what_a_sentence_takes_from_the_one_before() -> None:
    known = descent.learn([so_does(n) for n in range(80)], SMALL)
    for number in range(100, 130):
        group = so_does(number)
        assert (odds(known, group)[0] > 0) == (group[2][0][1][LABEL] == YES), group[1]


def test_the_same_lessons_give_the_same_file(learned: network.Network) -> None:
    again = descent.learn([who_sends(n) for n in range(60)], SMALL)
    assert network.dump(again) == network.dump(learned)


def test_what_is_judged_does_not_hang_on_what_stands_beside_it(learned: network.Network) -> None:
    groups = [who_sends(n) for n in range(40)]
    alone = [value for group in groups for value in odds(learned, group)]
    together = learned.judge([(s, b, [p for p, _ in places]) for s, b, places in groups])
    assert [one[LABEL] for one in together] == pytest.approx(alone, abs=0.011)


def test_the_file_holds_what_was_learned(learned: network.Network, tmp_path: Path) -> None:
    file = tmp_path / "network.npz"
    file.write_bytes(network.dump(learned))
    read = network.load(file)
    assert read.vocabulary == learned.vocabulary
    assert odds(read, who_sends(7)) == pytest.approx(odds(learned, who_sends(7)), rel=1e-3, abs=0.02)
    assert network.dump(read) == network.dump(learned)


def test_a_broken_file_is_refused_by_name(tmp_path: Path) -> None:
    file = tmp_path / "network.npz"
    for content in (b"", b"no archive", network.dump(network.of(network.Vocabulary({}, {}, {}, {}, {}, []), {}))[:80]):
        file.write_bytes(content)
        with pytest.raises(errors.SeedError, match=r"network\.npz"):
            network.load(file)


def test_words_never_seen_and_long_sentences_are_judged(learned: network.Network) -> None:
    row = sequenced("@FR will send " + "word " * 500)
    (one,) = learned.judge([(row, None, [marked(row, 0)])])
    (late,) = learned.judge([(row, None, [marked(row, 400)])])
    assert np.isfinite(one[LABEL]) and np.isfinite(late[LABEL])


def test_unknown_answers_teach_nothing() -> None:
    groups = [who_sends(n) for n in range(60)]
    blurred: list[descent.Group] = [
        (row, before, [(p, {LABEL: UNKNOWN}) for p, _ in places]) for row, before, places in groups
    ]
    known = descent.learn([*groups[:20], *blurred], SMALL)
    assert all((odds(known, g)[0] > 0) == (g[2][0][1][LABEL] == YES) for g in map(who_sends, range(200, 220)))


def copied(root: Path) -> Path:
    """A folder in the shape of seeds/ with the shipped watch under another name, without its network."""
    shutil.copytree(watch.SEEDS / watch.SHIPPED, root / "other", ignore=shutil.ignore_patterns(watch.NETWORK_FILE))
    for name in ("feeds.yaml", "outlets.yaml"):
        shutil.copy(watch.SEEDS / name, root / name)
    return root


def test_a_watch_with_weights_of_its_own_takes_no_network_but_its_own(tmp_path: Path) -> None:
    loaded = watch.load_watch(copied(tmp_path))
    assert loaded.learned.tables
    assert loaded.learned.network is None


def test_a_watch_with_a_broken_network_is_refused(tmp_path: Path) -> None:
    (copied(tmp_path) / "other" / watch.NETWORK_FILE).write_bytes(b"broken")
    with pytest.raises(errors.SeedError, match=r"network\.npz"):
        engine.Engine(watch.load_watch(tmp_path))
