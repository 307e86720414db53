"""A small convolutional network over a sentence's tokens: how likely each claim is at a place. Reads its file; learns nothing itself.

It sees who stands where: token embeddings, residual gated convolutions (Dauphin et al., ICML 2017), some over the sentence, some with the
place marked; then the mean over the place's own tokens, the greatest values over the sentence and its clauses, and of the sentence before,
which goes through the shared layers too, the greatest values and the mean over the tokens that name the same ("So will Norway.")."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from monitor import errors
from monitor.claims import marking
from monitor.claims.marking import TASKS, Marked, Sequenced

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

SHARED = (1, 2, 4)  # the dilation of each layer over a sentence
PLACED = (1,)  # and of those with the place marked
SENSES = 6  # lists of like sense that a word counts for, at most
LONGEST = 70  # tokens of a sentence; what stands behind is not seen
NEAREST = 32  # tokens of the sentence before: its last
SUFFIX = 0.5  # the ending of a word weighs half as much as the word
OWN, POOLED = 4, 6  # vectors that are taken of a place and its sentence; and with the sentence before
_LOW = np.float32(-1e4)
HEAD = "Purpose: the network of the statistical reader, learned from annotated articles by `coalition-watch train`. Version: 1"


Group = tuple[Sequenced, Sequenced | None, Sequence[Marked]]  # a sentence, the one before, its places


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The numbers that things of language go by: 0 is nothing, of words 1 is any other."""

    words: Mapping[str, int]
    suffixes: Mapping[str, int]
    senses: Mapping[str, int]
    classes: Mapping[str, int]
    traits: Mapping[str, int]  # "task:trait"
    labels: Sequence[str]  # "task:label", in the order of the outputs


@dataclass(slots=True)
class Rows:
    """Sentences (S) of up to L tokens in numbers."""

    words: Ints  # S x L
    suffixes: Ints
    senses: Ints  # S x L x SENSES
    classes: Ints
    signs: Ints
    mentions: Ints
    mask: Floats  # S x L: 1 where there is a token


@dataclass(slots=True)
class Batch:
    """Sentences with their places (P), and for each the sentence before it (of up to B tokens)."""

    rows: Rows
    earlier: Rows
    owner: Ints  # P: the sentence of each place
    tasks: Ints  # P
    marks: Ints  # P x L: 1 at the place's own tokens
    inside: Ints  # P x L: 1 in its clauses
    traits: Ints  # P x T
    named: Ints  # P x B: 1 at the tokens of the sentence before that name whose place it is


@dataclass(frozen=True, slots=True)
class Network:
    """The vocabulary and the weights: {name: array}."""

    vocabulary: Vocabulary
    weights: Mapping[str, Floats]
    columns: Mapping[str, Mapping[str, int]] = field(default_factory=dict)  # {task: {label: output}}

    def judge(self, groups: Sequence[Group]) -> list[dict[str, float]]:
        """The log-odds of each label of its task for every place, in order of the groups of places of one sentence.

        In hundredths: what another machine's arithmetic rounds otherwise is smaller than that.
        """
        found: list[dict[str, float]] = []
        for some in _chunks(groups):
            out = run(self.weights, gather(self.vocabulary, some)).out
            row = 0
            for _sentence, _before, places in some:
                for place in places:
                    known = self.columns[place.task]
                    found.append({label: round(float(out[row, column]), 2) for label, column in known.items()})
                    row += 1
        return found


_NOTHING = Sequenced((), (), (), (), ())


def of(vocabulary: Vocabulary, weights: Mapping[str, Floats]) -> Network:
    """A network with its outputs sorted by task."""
    columns: dict[str, dict[str, int]] = {task: {} for task in TASKS}
    for number, name in enumerate(vocabulary.labels):
        task, _, label = name.partition(":")
        columns[task][label] = number
    return Network(vocabulary, weights, columns)


_AT_ONCE = 64  # places; more cost memory and win no time


def _chunks(groups: Sequence[Group]) -> list[list[Group]]:
    made: list[list[Group]] = []
    many = _AT_ONCE
    for group in groups:
        if many >= _AT_ONCE:
            made.append([])
            many = 0
        made[-1].append(group)
        many += len(group[2])
    return made


# ---------------------------------------------------------------- numbers


def gather(known: Vocabulary, groups: Sequence[Group]) -> Batch:
    """Sentences and their places in numbers."""
    before = [sentence or _NOTHING for _, sentence, _ in groups]
    cuts = [max(0, len(sentence.words) - NEAREST) for sentence in before]
    rows = _rows(known, [(sentence, 0) for sentence, _, _ in groups], LONGEST)
    earlier = _rows(known, list(zip(before, cuts, strict=True)), NEAREST)
    length = rows.words.shape[1]
    places = [(row, place) for row, (_, _, some) in enumerate(groups) for place in some]
    traits = [[n for t in sorted(p.traits) if (n := known.traits.get(f"{p.task}:{t}")) is not None] for _, p in places]
    batch = Batch(
        rows=rows,
        earlier=earlier,
        owner=np.array([row for row, _ in places], np.int64),
        tasks=np.array([TASKS.index(p.task) for _, p in places], np.int64),
        marks=np.zeros((len(places), length), np.int64),
        inside=np.zeros((len(places), length), np.int64),
        traits=np.zeros((len(places), max([1, *map(len, traits)])), np.int64),
        named=np.zeros((len(places), earlier.words.shape[1]), np.int64),
    )
    for row, (owner, place) in enumerate(places):
        for mark in place.marks:
            if mark < length:
                batch.marks[row, mark] = 1
        for first, last in place.spans:
            batch.inside[row, first:last] = 1
        batch.traits[row, : len(traits[row])] = traits[row]
        batch.named[row, [mark - cuts[owner] for mark in place.before if mark >= cuts[owner]]] = 1
    return batch


def _rows(known: Vocabulary, sentences: Sequence[tuple[Sequenced, int]], most: int) -> Rows:
    """Sentences in numbers, each from the token that stands beside it on, of up to `most` tokens."""
    length = min(most, max(1, *(len(s.words) for s, _ in sentences)))
    size = len(sentences)
    rows = Rows(
        words=np.zeros((size, length), np.int64),
        suffixes=np.zeros((size, length), np.int64),
        senses=np.zeros((size, length, SENSES), np.int64),
        classes=np.zeros((size, length), np.int64),
        signs=np.zeros((size, length), np.int64),
        mentions=np.zeros((size, length), np.int64),
        mask=np.zeros((size, length), np.float32),
    )
    for row, (sentence, first) in enumerate(sentences):
        _number_tokens(known, rows, row, sentence, slice(first, first + length))
    return rows


def _number_tokens(known: Vocabulary, rows: Rows, row: int, sentence: Sequenced, part: slice) -> None:
    words = sentence.words[part]
    many = len(words)
    rows.words[row, :many] = [known.words.get(w, 1) for w in words]
    rows.suffixes[row, :many] = [known.suffixes.get(w[-3:], 0) for w in words]
    rows.classes[row, :many] = [known.classes.get(c, 0) if c else 0 for c in sentence.classes[part]]
    rows.signs[row, :many] = sentence.signs[part]
    rows.mentions[row, :many] = [marking.MENTIONS.get(m, 1) if m is not None else 0 for m in sentence.mentions[part]]
    for place, names in enumerate(sentence.senses[part]):
        for order, name in enumerate(names[:SENSES]):
            rows.senses[row, place, order] = known.senses.get(name, 0)
    rows.mask[row, :many] = 1


# ---------------------------------------------------------------- layers


def embed(w: Mapping[str, Floats], rows: Rows) -> Floats:
    """The tokens as vectors, S x L x D."""
    found: Floats = (
        w["word"][rows.words]
        + SUFFIX * w["suffix"][rows.suffixes]
        + w["sense"][rows.senses].sum(2)
        + w["class"][rows.classes]
        + w["sign"][rows.signs]
        + w["mention"][rows.mentions]
    )
    return found * rows.mask[:, :, None]


def place(w: Mapping[str, Floats], batch: Batch, x: Floats, mask: Floats) -> Floats:
    """The sentence of each place with the place marked in it, P x L x D."""
    found: Floats = (
        x[batch.owner] + w["mark"][batch.marks] + w["inside"][batch.inside] + w["task"][batch.tasks][:, None]
    )
    return found * mask[:, :, None]


def spread(x: Floats, dilation: int) -> Floats:
    """Each token with its neighbours at a distance, N x L x 3D."""
    many, length, width = x.shape
    wide = np.zeros((many, length, 3 * width), x.dtype)
    if length > dilation:
        wide[:, dilation:, :width] = x[:, :-dilation]
        wide[:, :-dilation, 2 * width :] = x[:, dilation:]
    wide[:, :, width : 2 * width] = x
    return wide


def sigmoid(x: Floats) -> Floats:
    """1 / (1 + exp(-x))."""
    return np.asarray(1 / (1 + np.exp(-np.clip(x, -30, 30))), x.dtype)


@dataclass(slots=True)
class Passed:
    """What a layer keeps for the way back."""

    wide: Floats
    value: Floats
    gate: Floats
    mask: Floats
    dilation: int


def _layer(x: Floats, w: Mapping[str, Floats], name: str, dilation: int, mask: Floats, passed: list[Passed]) -> Floats:
    wide = spread(x, dilation)
    both = wide @ w[name + ".w"] + w[name + ".b"]
    width = x.shape[2]
    value, gate = both[:, :, :width], sigmoid(both[:, :, width:])
    passed.append(Passed(wide, value, gate, mask, dilation))
    made: Floats = (x + value * gate) * mask[:, :, None]
    return made


@dataclass(slots=True)
class Pooled:
    """What is taken of a place's tokens: P x 6D, and where the greatest values stand."""

    joined: Floats
    share: Floats  # P x L: what each token adds to the mean
    whole: Ints  # P x D
    clause: Ints  # P x D
    has_clause: Floats  # P x 1
    greatest: Ints  # S x D: in each sentence before
    share_before: Floats  # P x B


def pool(x: Floats, batch: Batch, mask: Floats, traits: Floats, earlier: Floats) -> Pooled:
    """The mean over a place's own tokens, the greatest values over the sentence and over its clauses, its traits; of the sentence
    before the greatest values and the mean over the tokens that name the same."""
    own = batch.marks * mask
    share = (own / np.maximum(own.sum(1, keepdims=True), 1)).astype(x.dtype)
    mean = np.matmul(share[:, None, :], x)[:, 0]
    inner = batch.inside * mask
    has = (inner.sum(1, keepdims=True) > 0).astype(x.dtype)
    whole = (x + ((1 - mask) * _LOW)[:, :, None]).argmax(1)
    clause = (x + ((1 - inner) * _LOW)[:, :, None]).argmax(1)
    rows, columns = np.arange(len(x))[:, None], np.arange(x.shape[2])[None]
    greatest = (earlier + ((1 - batch.earlier.mask) * _LOW)[:, :, None]).argmax(1)
    most = earlier[np.arange(len(earlier))[:, None], greatest, columns][batch.owner]
    share_before = (batch.named / np.maximum(batch.named.sum(1, keepdims=True), 1)).astype(x.dtype)
    same = np.matmul(share_before[:, None, :], earlier[batch.owner])[:, 0]
    joined = np.concatenate([mean, x[rows, whole, columns], x[rows, clause, columns] * has, traits, most, same], 1)
    return Pooled(joined, share, whole, clause, has, greatest, share_before)


@dataclass(slots=True)
class Drops:
    """What is left out in a step of learning: factors for tokens and pooled numbers (0, or more than 1), and words taken for
    unknown."""

    tokens: tuple[Floats, Floats]  # of the sentences, of those before
    pooled: Floats
    hidden: Floats
    words: tuple[NDArray[np.bool_], NDArray[np.bool_]]


@dataclass(slots=True)
class Run:
    """What came out of a pass (P x labels), and what the way back needs of it."""

    out: Floats
    hidden: Floats
    before: Floats
    joined: Floats
    pooled: Pooled
    x: Floats
    mask: Floats
    layers: list[Passed]
    earlier: list[Passed]


def run(w: Mapping[str, Floats], batch: Batch, drops: Drops | None = None) -> Run:
    """A batch taken through all layers."""
    passed: list[Passed] = []
    passed_earlier: list[Passed] = []
    x = _shared(w, batch.rows, drops.tokens[0] if drops is not None else None, passed)
    earlier = _shared(w, batch.earlier, drops.tokens[1] if drops is not None else None, passed_earlier)
    mask = batch.rows.mask[batch.owner]
    x = place(w, batch, x, mask)
    for number, dilation in enumerate(PLACED):
        x = _layer(x, w, f"placed{number}", dilation, mask, passed)
    pooled = pool(x, batch, mask, w["trait"][batch.traits].sum(1), earlier)
    joined: Floats = pooled.joined if drops is None else pooled.joined * drops.pooled
    before: Floats = joined @ w["hidden.w"] + w["hidden.b"]
    hidden: Floats = np.maximum(before, 0)
    if drops is not None:
        hidden *= drops.hidden
    out: Floats = hidden @ w["out.w"] + w["out.b"] + w["wide"][batch.traits].sum(1)
    return Run(out, hidden, before, joined, pooled, x, mask, passed, passed_earlier)


def _shared(w: Mapping[str, Floats], rows: Rows, drops: Floats | None, passed: list[Passed]) -> Floats:
    """Sentences taken through the layers that know of no place."""
    x = embed(w, rows)
    if drops is not None:
        x *= drops
    for number, dilation in enumerate(SHARED):
        x = _layer(x, w, f"shared{number}", dilation, rows.mask, passed)
    return x


# ---------------------------------------------------------------- file


def dump(network: Network) -> bytes:
    """A network's file, the same for the same network: arrays of 16-bit numbers in a ZIP archive (NumPy's .npz)."""
    known = network.vocabulary
    texts = {
        "head": [HEAD],
        "words": _in_order(known.words),
        "suffixes": _in_order(known.suffixes),
        "senses": _in_order(known.senses),
        "classes": _in_order(known.classes),
        "traits": _in_order(known.traits),
        "labels": list(known.labels),
    }
    arrays = {f"text.{name}": np.frombuffer("\n".join(lines).encode(), np.uint8) for name, lines in texts.items()}
    arrays |= {name: values.astype(np.float16) for name, values in sorted(network.weights.items())}
    out = io.BytesIO()
    np.savez_compressed(out, **arrays)  # type: ignore[arg-type]
    return out.getvalue()


def _in_order(numbers: Mapping[str, int]) -> list[str]:
    return sorted(numbers, key=lambda name: numbers[name])


def load(path: Path) -> Network:
    """The network of a file; raises errors.SeedError for a broken one."""
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        texts = {n[5:]: bytes(a).decode().split("\n") for n, a in arrays.items() if n.startswith("text.")}
        weights = {n: a.astype(np.float32) for n, a in arrays.items() if not n.startswith("text.")}
        vocabulary = Vocabulary(
            words=_numbered(texts["words"], 2),
            suffixes=_numbered(texts["suffixes"], 1),
            senses=_numbered(texts["senses"], 1),
            classes=_numbered(texts["classes"], 1),
            traits=_numbered(texts["traits"], 1),
            labels=texts["labels"],
        )
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise errors.SeedError(str(path), "file", "a network that `coalition-watch train` wrote") from error
    return of(vocabulary, weights)


def _numbered(names: Sequence[str], first: int) -> dict[str, int]:
    return {name: number for number, name in enumerate(names, first)}
