"""Learns the weights of the statistical reader from annotated articles; measures it on folds that it did not see."""

import dataclasses
import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from app import evaluate, lesson_lines
from monitor import errors, types, watch
from monitor.claims import descent, engine, features, learning, lessons, weights

Progress = Callable[[str], None]


@dataclasses.dataclass(frozen=True, slots=True)
class Parts:
    """An annotated article and its lessons, for the weights and for the network (none where it is not on topic)."""

    annotated: evaluate.Annotated
    lessons: tuple[learning.Lesson, ...] = ()
    groups: tuple[descent.Group, ...] = ()


def load(paths: Sequence[Path]) -> list[evaluate.Annotated]:
    """The articles of folders, JSON files and JSON Lines files; the sentences of text files (lesson_lines).

    Raises errors.InputError where there is none, or a claim's evidence is not in its text.
    """
    found: list[evaluate.Annotated] = []
    for path in paths:
        lines = sorted(path.glob("*.txt")) if path.is_dir() else [path] if path.suffix == ".txt" else []
        found += [one for file in lines for one in lesson_lines.load(file)]
        if path not in lines:
            found += evaluate.load_required(path)
    for one in found:
        for claim in one.claims:
            if str(claim.get("evidence")) not in one.article.text:
                raise errors.InputError(one.article.id, f"evidence not in its text: {claim.get('evidence')!r}")
    return found


def odd(articles: Iterable[evaluate.Annotated]) -> list[evaluate.Annotated]:
    """Those with odd ids; even ones are kept for figures."""
    return [a for a in articles if evaluate.is_odd(a.article.id)]


def parts(articles: Iterable[evaluate.Annotated], loaded: watch.Watch) -> list[Parts]:
    """The lessons of each article, read by the rules alone."""
    reader = engine.Engine(dataclasses.replace(loaded, learned=weights.Weights()))
    return [_parts(one, reader.parse(one.article).page) for one in articles]


def _parts(one: evaluate.Annotated, page: features.Page | None) -> Parts:
    if page is None:
        return Parts(one)
    identity, text = one.article.id, one.article.text
    placed = list(lessons.of_places(identity, text, page, one.claims))
    if not one.is_whole:  # the lead before a single sentence is one of few, and teaches nothing the second time
        placed = [(place, lesson) for place, lesson in placed if place.sentence > 0]
    found = [lesson for _, lesson in placed]
    if one.is_whole:
        found.append(lessons.of_relevance(identity, page, one.relevant))
        found += lessons.of_speakers(identity, text, page, one.claims)
    return Parts(one, tuple(found), tuple(lessons.of_sentences(page, placed)))


@dataclasses.dataclass(frozen=True, slots=True)
class Method:
    """How both parts of the statistical reader are learned."""

    weights: learning.Method = dataclasses.field(default_factory=learning.Method)
    network: descent.Schooling = dataclasses.field(default_factory=descent.Schooling)


def learn(read: Sequence[Parts], method: Method, progress: Progress) -> weights.Weights:
    """Weights from all lessons, on all cores, and the network, on one."""
    taught = [x for one in read for x in one.lessons]
    known = weights.of(learning.learn(taught, method.weights, progress, os.cpu_count() or 1))
    groups = [group for one in read for group in one.groups]
    return weights.Weights(known.tables, network=descent.learn(groups, method.network, progress) if groups else None)


def cross_validate(
    read: Sequence[Parts], loaded: watch.Watch, method: Method, folds: int, progress: Progress
) -> dict[str, evaluate.Score]:
    """Figures on articles that were not learned from: each fold read with weights from the others."""
    answers: dict[str, types.Reading] = {}
    for fold in range(folds):
        progress(f"fold {fold + 1} of {folds}")
        found = learn([p for n, p in enumerate(read) if n % folds != fold], method, lambda _: None)
        reader = engine.Engine(dataclasses.replace(loaded, learned=found))
        for one in read[fold::folds]:
            answers[one.annotated.article.id] = reader.read(one.annotated.article)
    return evaluate.score([p.annotated for p in read], _Answers(answers))


@dataclasses.dataclass(frozen=True, slots=True)
class _Answers:
    """A reader that has read before."""

    readings: dict[str, types.Reading]

    def read(self, article: types.Article) -> types.Reading:
        """What was read."""
        return self.readings[article.id]
