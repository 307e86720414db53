"""Learns the network by gradient descent: back-propagation by hand, AdamW, a running mean of the weights. Used for learning only.

AdamW after Loshchilov and Hutter, "Decoupled Weight Decay Regularization" (ICLR 2019); one rise and fall of the rate after Smith and Topin,
"Super-Convergence" (2018); the mean of the weights after Polyak and Juditsky (1992). The same lessons give the same network on one machine.
"""

import math
import random
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from monitor.claims import network
from monitor.claims.learning import UNKNOWN, YES
from monitor.claims.marking import MENTIONS, TASKS, Marked, Sequenced
from monitor.claims.network import PLACED, SHARED, Batch, Drops, Floats, Ints, Network, Passed, Rows, Vocabulary

Example = tuple[Marked, Mapping[str, int]]  # a place and its labels: YES, NO or UNKNOWN; what is not named is NO
Group = tuple[Sequenced, Sequenced | None, Sequence[Example]]  # a sentence, the one before, its places
Gradients = dict[str, Floats]


@dataclass(frozen=True, slots=True)
class Schooling:
    """How the network is learned. `width`: numbers of a token's vector; the drops are shares left out while learning."""

    width: int = 64
    rounds: int = 6
    sentences: int = 48  # in a step
    rate: float = 3e-3
    decay: float = 0.01
    mean: float = 0.998  # of the weights kept at each step in their running mean
    drop_tokens: float = 0.1
    drop_pooled: float = 0.2
    drop_words: float = 0.05  # taken for unknown ones, so that the rest of the sentence must do
    least_words: int = 3  # sentences that a word must stand in
    least_traits: int = 5
    examples: int = 3  # a label with fewer is not learned
    seed: int = 7


def learn(groups: Sequence[Group], how: Schooling, progress: Callable[[str], None] = lambda _: None) -> Network:
    """A network from sentences with their places."""
    vocabulary = _vocabulary(groups, how)
    shuffler = random.Random(how.seed)
    chance = np.random.default_rng(how.seed)
    weights = _begin(vocabulary, how.width, chance)
    mean = {name: values.copy() for name, values in weights.items()}
    walker = _Walker(weights, how)
    steps = how.rounds * math.ceil(len(groups) / how.sentences)
    done = 0
    for turn in range(how.rounds):
        loss = many = 0.0
        for some in _batches(groups, how.sentences, shuffler):
            batch = network.gather(vocabulary, [(s, b, [p for p, _ in places]) for s, b, places in some])
            wanted, known = _answers(vocabulary, some)
            grown, error = backward(weights, batch, wanted, known, _drops(batch, how, chance))
            walker.step(grown, how.rate * _rise_and_fall(done / steps))
            keep = min(how.mean, (1 + done) / (20 + done))
            for name, values in mean.items():
                values += (1 - keep) * (weights[name] - values)
            done += 1
            loss, many = loss + error, many + 1
        progress(f"round {turn + 1} of {how.rounds}: loss {loss / max(1, many):.4f}")
    return network.of(vocabulary, mean)


def _rise_and_fall(share: float) -> float:
    """The rate at a share of the way: up over a tenth of it, then down as a cosine."""
    return 0.04 + 0.96 * share / 0.1 if share < 0.1 else 0.5 * (1 + math.cos(math.pi * (share - 0.1) / 0.9))


def _batches(groups: Sequence[Group], size: int, shuffler: random.Random) -> Iterator[list[Group]]:
    """All groups in steps of sentences of like length, in an order drawn anew each time."""
    order = list(range(len(groups)))
    shuffler.shuffle(order)
    for first in range(0, len(order), size * 50):
        near = sorted(order[first : first + size * 50], key=lambda i: len(groups[i][0].words))
        steps = [near[i : i + size] for i in range(0, len(near), size)]
        shuffler.shuffle(steps)
        for step in steps:
            yield [groups[i] for i in step]


def _vocabulary(groups: Iterable[Group], how: Schooling) -> Vocabulary:
    words: Counter[str] = Counter()
    traits: Counter[str] = Counter()
    labels: Counter[str] = Counter()
    senses: set[str] = set()
    classes: set[str] = set()
    for sentence, _, places in groups:
        words.update(set(sentence.words))
        senses.update(name for names in sentence.senses for name in names)
        classes.update(c for c in sentence.classes if c)
        for place, marks in places:
            traits.update(f"{place.task}:{t}" for t in place.traits)
            labels.update(f"{place.task}:{label}" for label, mark in marks.items() if mark == YES)
    return Vocabulary(
        words=_numbers((w for w, n in words.items() if n >= how.least_words and "\n" not in w), 2),
        suffixes=_numbers({w[-3:] for w, n in words.items() if n >= how.least_words and "\n" not in w}, 1),
        senses=_numbers(senses, 1),
        classes=_numbers(classes, 1),
        traits=_numbers((t for t, n in traits.items() if n >= how.least_traits), 1),
        labels=sorted(label for label, n in labels.items() if n >= how.examples),
    )


def _numbers(names: Iterable[str], first: int) -> dict[str, int]:
    return {name: number for number, name in enumerate(sorted(names), first)}


def _begin(known: Vocabulary, width: int, chance: np.random.Generator) -> dict[str, Floats]:
    """The weights that learning begins with."""

    def table(rows: int, columns: int = width, spread: float = 0.1) -> Floats:
        values: Floats = (chance.standard_normal((rows, columns)) * spread).astype(np.float32)
        return values

    def dense(rows: int, columns: int) -> Floats:
        reach = 1 / math.sqrt(rows)
        values: Floats = chance.uniform(-reach, reach, (rows, columns)).astype(np.float32)
        return values

    outputs = len(known.labels)
    weights = {
        "word": table(len(known.words) + 2),
        "suffix": table(len(known.suffixes) + 1),
        "sense": table(len(known.senses) + 1),
        "class": table(len(known.classes) + 1),
        "sign": table(4),
        "mention": table(len(MENTIONS) + 2),
        "mark": table(2),
        "inside": table(2),
        "task": table(len(TASKS)),
        "trait": table(len(known.traits) + 1),
        "wide": np.zeros((len(known.traits) + 1, outputs), np.float32),
        "hidden.w": dense(network.POOLED * width, 2 * width),
        "hidden.b": np.zeros(2 * width, np.float32),
        "out.w": dense(2 * width, outputs),
        "out.b": np.zeros(outputs, np.float32),
    }
    for name in _EMPTY:
        weights[name][0] = 0
    for kind, layers in (("shared", SHARED), ("placed", PLACED)):
        for number in range(len(layers)):
            weights[f"{kind}{number}.w"] = dense(3 * width, 2 * width)
            weights[f"{kind}{number}.b"] = np.zeros(2 * width, np.float32)
    return weights


_EMPTY = ("word", "suffix", "sense", "class", "trait", "wide")  # their first row stands for nothing and stays 0


def _answers(known: Vocabulary, some: Sequence[Group]) -> tuple[Floats, Floats]:
    """P x labels: what is right, and 1 where that is known."""
    numbers = {label: n for n, label in enumerate(known.labels)}
    places = [one for _, _, of_sentence in some for one in of_sentence]
    wanted = np.zeros((len(places), len(numbers)), np.float32)
    sure = np.zeros_like(wanted)
    own = {task: [n for label, n in numbers.items() if label.startswith(task + ":")] for task in TASKS}
    for row, (place, marks) in enumerate(places):
        sure[row, own[place.task]] = 1
        for label, mark in marks.items():
            column = numbers.get(f"{place.task}:{label}")
            if column is not None:
                wanted[row, column] = mark == YES
                sure[row, column] = mark != UNKNOWN
    return wanted, sure


# ---------------------------------------------------------------- one step


def _drops(batch: Batch, how: Schooling, chance: np.random.Generator) -> Drops:
    places = len(batch.owner)
    shapes = batch.rows.words.shape, batch.earlier.words.shape

    def factors(shape: tuple[int, ...], share: float) -> Floats:
        kept: Floats = (chance.random(shape, np.float32) >= share).astype(np.float32) / np.float32(1 - share)
        return kept

    return Drops(
        tokens=(factors((*shapes[0], how.width), how.drop_tokens), factors((*shapes[1], how.width), how.drop_tokens)),
        pooled=factors((places, network.POOLED * how.width), how.drop_pooled),
        hidden=factors((places, 2 * how.width), how.drop_pooled),
        words=(chance.random(shapes[0]) < how.drop_words, chance.random(shapes[1]) < how.drop_words),
    )


def backward(
    w: Mapping[str, Floats], batch: Batch, wanted: Floats, known: Floats, drops: Drops | None = None
) -> tuple[Gradients, float]:
    """The gradient of the mean loss of a place by each weight, and that loss."""
    if drops is not None:
        for rows, dropped in zip((batch.rows, batch.earlier), drops.words, strict=True):
            rows.words = np.where(dropped & (rows.words > 0), 1, rows.words)
    forward = network.run(w, batch, drops)
    out, joined = forward.out, forward.joined
    count = np.float32(len(out))
    loss = float((known * (np.logaddexp(0, out) - wanted * out)).sum() / count)

    g: Gradients = {}
    d_out = np.asarray(known * (network.sigmoid(out) - wanted) / count, out.dtype)
    g["wide"] = _gathered(
        batch.traits, np.broadcast_to(d_out[:, None], (*batch.traits.shape, d_out.shape[1])), w["wide"]
    )
    g["out.w"], g["out.b"] = forward.hidden.T @ d_out, d_out.sum(0)
    d_hidden: Floats = d_out @ w["out.w"].T
    if drops is not None:
        d_hidden *= drops.hidden
    d_hidden *= forward.before > 0
    g["hidden.w"], g["hidden.b"] = joined.T @ d_hidden, d_hidden.sum(0)
    d_joined: Floats = d_hidden @ w["hidden.w"].T
    if drops is not None:
        d_joined *= drops.pooled
    width = forward.x.shape[2]
    own = network.OWN * width
    d_traits, d_x = _unpool(d_joined[:, :own], forward.pooled, forward.x)
    g["trait"] = _gathered(batch.traits, np.broadcast_to(d_traits[:, None], (*batch.traits.shape, width)), w["trait"])
    for number in reversed(range(len(PLACED))):
        d_x = _back(d_x, w, f"placed{number}", forward.layers.pop(), g)
    d_x *= forward.mask[:, :, None]
    for name, numbers in (("mark", batch.marks), ("inside", batch.inside)):
        marked = numbers[:, :, None] * d_x
        ones = marked.sum((0, 1))
        g[name] = np.stack([d_x.sum((0, 1)) - ones, ones])
    g["task"] = _gathered(batch.tasks, d_x.sum(1), w["task"], keep_first=True)
    both = (
        (_by_owner(d_x, batch.owner, len(batch.rows.words)), batch.rows, forward.layers),
        (_unpool_earlier(d_joined[:, own:], forward.pooled, batch), batch.earlier, forward.earlier),
    )
    for turn, (d_rows, rows, layers) in enumerate(both):
        for number in reversed(range(len(SHARED))):
            d_rows = _back(d_rows, w, f"shared{number}", layers.pop(), g)
        if drops is not None:
            d_rows *= drops.tokens[turn]
        _unembed(d_rows * rows.mask[:, :, None], rows, w, g)
    return g, loss


def _back(d_y: Floats, w: Mapping[str, Floats], name: str, passed: Passed, g: Gradients) -> Floats:
    """The gradient by what went into a layer; that by its weights goes into g."""
    d_y = d_y * passed.mask[:, :, None]
    d_both = np.concatenate([d_y * passed.gate, d_y * passed.value * passed.gate * (1 - passed.gate)], 2)
    flat, wide = d_both.reshape(-1, d_both.shape[2]), passed.wide.reshape(-1, passed.wide.shape[2])
    _add(g, name + ".w", wide.T @ flat)
    _add(g, name + ".b", flat.sum(0))
    d_wide = (flat @ w[name + ".w"].T).reshape(passed.wide.shape)
    width, step = d_y.shape[2], passed.dilation
    d_x = d_y + d_wide[:, :, width : 2 * width]
    if d_x.shape[1] > step:
        d_x[:, :-step] += d_wide[:, step:, :width]
        d_x[:, step:] += d_wide[:, :-step, 2 * width :]
    return d_x


def _unpool(d_joined: Floats, pooled: network.Pooled, x: Floats) -> tuple[Floats, Floats]:
    """The gradients by the traits and by the tokens."""
    width = x.shape[2]
    d_x = pooled.share[:, :, None] * d_joined[:, None, :width]
    rows, columns = np.arange(len(x))[:, None], np.arange(width)[None]
    d_x[rows, pooled.whole, columns] += d_joined[:, width : 2 * width]
    d_x[rows, pooled.clause, columns] += d_joined[:, 2 * width : 3 * width] * pooled.has_clause
    return d_joined[:, 3 * width :], d_x


def _unpool_earlier(d_joined: Floats, pooled: network.Pooled, batch: Batch) -> Floats:
    """The gradients by the tokens of the sentences before."""
    width, many = d_joined.shape[1] // 2, len(batch.rows.words)
    made = _by_owner(pooled.share_before[:, :, None] * d_joined[:, None, width:], batch.owner, many)
    rows, columns = np.arange(many)[:, None], np.arange(width)[None]
    made[rows, pooled.greatest, columns] += _by_owner(d_joined[:, :width], batch.owner, many)
    return made


def _by_owner(d_x: Floats, owner: Ints, many: int) -> Floats:
    """The sums over the places of each sentence; places stand in the order of their sentences."""
    made = np.zeros((many, *d_x.shape[1:]), d_x.dtype)
    owners, firsts = np.unique(owner, return_index=True)
    made[owners] = np.add.reduceat(d_x, firsts, 0)
    return made


def _unembed(d_x: Floats, rows: Rows, w: Mapping[str, Floats], g: Gradients) -> None:
    _add(g, "word", _gathered(rows.words, d_x, w["word"]))
    _add(g, "suffix", _gathered(rows.suffixes, d_x * np.float32(network.SUFFIX), w["suffix"]))
    wide = np.broadcast_to(d_x[:, :, None], (*rows.senses.shape, d_x.shape[2]))
    held = rows.senses > 0
    _add(g, "sense", _gathered(rows.senses[held], wide[held], w["sense"]))
    _add(g, "class", _gathered(rows.classes, d_x, w["class"]))
    _add(g, "sign", _gathered(rows.signs, d_x, w["sign"], keep_first=True))
    _add(g, "mention", _gathered(rows.mentions, d_x, w["mention"], keep_first=True))


def _add(g: Gradients, name: str, more: Floats) -> None:
    g[name] = g[name] + more if name in g else more


def _gathered(numbers: Ints, gradients: Floats, table: Floats, *, keep_first: bool = False) -> Floats:
    """The gradient by a table's rows: the sums over where each was taken."""
    made = np.zeros_like(table)
    flat = numbers.reshape(-1)
    if not len(flat):
        return made
    rows = gradients.reshape(-1, gradients.shape[-1])
    order = np.argsort(flat, kind="stable")
    named, firsts = np.unique(flat[order], return_index=True)
    made[named] = np.add.reduceat(rows[order], firsts, 0)
    if not keep_first:
        made[0] = 0
    return made


@dataclass(slots=True)
class _Walker:
    """AdamW: steps by the running means of the gradient and of its square; changes the weights in place."""

    weights: dict[str, Floats]
    how: Schooling
    means: dict[str, Floats] = field(default_factory=dict)
    squares: dict[str, Floats] = field(default_factory=dict)
    taken: int = 0

    def step(self, gradients: Gradients, rate: float) -> None:
        """One step; a gradient longer than 1 is cut to it."""
        self.taken += 1
        length = math.sqrt(sum(float(np.vdot(g, g)) for g in gradients.values()))
        cut = np.float32(min(1.0, 1.0 / max(length, 1e-9)))
        for name, g in gradients.items():
            values = self.weights[name]
            mean = self.means.setdefault(name, np.zeros_like(values))
            square = self.squares.setdefault(name, np.zeros_like(values))
            mean *= 0.9
            mean += (0.1 * cut) * g
            square *= 0.999
            square += (0.001 * cut * cut) * g * g
            size = rate * math.sqrt(1 - 0.999**self.taken) / (1 - 0.9**self.taken)
            values *= np.float32(1 - rate * self.how.decay)
            values -= np.float32(size) * mean / (np.sqrt(square) + np.float32(1e-8))
