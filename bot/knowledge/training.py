"""Makes an edition's head from its phrasings: targets, one ridge, then fusion weights and gates on held-out rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.knowledge.edition_files import AskGroup, BeyondFile
from bot.knowledge.editions import FolderEdition
from bot.knowledge.embedding import Vectors
from bot.knowledge.head import RIDGE, SHARE_OF_WORDS, Head, Kernel, Matrix, fit
from bot.knowledge.words import focus_view

SECONDARY = 0.6
"""Target of a clause that also answers, beside 1 for the best one."""
CLASSES = ("covered", "manifest", "near", "off_topic", "small_talk")
CANDIDATES = 25
TURNED_AWAY = 0.05
"""Held-out phrasings have lost all their kin and are harder than what people ask: 5 % of them is less outside."""
FEATURES = ("ridge", "group", "nearest", "words", "sentence")
RELATIVE = (0, 1, 2, 4)
"""Features that the ranking also sees as their distance to the best location of the same question."""
RANKING = (*FEATURES, *(f"{FEATURES[at]} to best" for at in RELATIVE), "asked", "intercept")
USUAL_COUNT = 40
"""Phrasings of a location at which its rows have the plain ridge; rows of larger ones are trusted less."""


@dataclass(frozen=True)
class Corpus:
    """Every phrasing of an edition with what it asks for. Row order is the order of the stored vectors."""

    texts: tuple[str, ...]
    blocks: tuple[int, ...]
    group: tuple[int, ...]
    """Index of the answer group, or -1."""
    kind: tuple[str, ...]
    groups: tuple[AskGroup, ...]
    locations: tuple[str, ...]
    """Every location that some group names, in the order of the edition."""
    items: tuple[str, ...]
    """Locations of official questions that have phrasings of their own."""


def corpus(edition: FolderEdition, off_topic: BeyondFile, small_talk: BeyondFile) -> Corpus:
    """Collects the phrasings of the edition and of the room."""
    questions = edition.questions
    groups = (*questions.groups, *questions.manifest)
    texts: list[str] = []
    blocks: list[int] = []
    group_of: list[int] = []
    kinds: list[str] = []
    block = 0
    for index, group in enumerate(groups):
        kind = "covered" if index < len(questions.groups) else "manifest"
        for kin in group.asks:
            texts += kin
            blocks += [block] * len(kin)
            group_of += [index] * len(kin)
            kinds += [kind] * len(kin)
            block += 1
    for kind, beyond in (("near", edition.not_covered), ("off_topic", off_topic), ("small_talk", small_talk)):
        for beyond_group in beyond.groups:
            for kin in beyond_group.asks:
                texts += kin
                blocks += [block] * len(kin)
                group_of += [-1] * len(kin)
                kinds += [kind] * len(kin)
                block += 1
    named = {location for group in questions.groups for location in group.locations}
    items = dict.fromkeys(group.locations[0] for group in questions.groups if group.item)
    return Corpus(
        texts=tuple(texts),
        blocks=tuple(blocks),
        group=tuple(group_of),
        kind=tuple(kinds),
        groups=groups,
        locations=tuple(location for location in edition.clauses if location in named),
        items=tuple(items),
    )


def targets(data: Corpus) -> Matrix:
    """Columns: groups, locations, items, classes."""
    width = len(data.groups) + len(data.locations) + len(data.items) + len(CLASSES)
    matrix = np.zeros((len(data.texts), width))
    place = {location: len(data.groups) + at for at, location in enumerate(data.locations)}
    item = {location: len(data.groups) + len(data.locations) + at for at, location in enumerate(data.items)}
    first_class = width - len(CLASSES)
    for row, (index, kind) in enumerate(zip(data.group, data.kind, strict=True)):
        matrix[row, first_class + CLASSES.index(kind)] = 1
        if index < 0:
            continue
        group = data.groups[index]
        matrix[row, index] = 1
        if kind == "manifest":
            continue
        for rank, location in enumerate(group.locations):
            matrix[row, place[location]] = 1 if rank == 0 else SECONDARY
        if group.item and group.locations[0] in item:
            matrix[row, item[group.locations[0]]] = 1
    return matrix


@dataclass(frozen=True)
class Views:
    """Everything the ranking sees of a set of questions, one row a question."""

    groups: Matrix
    locations: Matrix
    items: Matrix
    classes: Matrix
    nearest: NDArray[np.float32]
    """Highest kernel similarity to a phrasing of each location."""
    covered: NDArray[np.float32]
    beyond: NDArray[np.float32]
    words: NDArray[np.float32]
    sentences: NDArray[np.float32]
    lengths: NDArray[np.float32]
    focus: NDArray[np.float32]


def split_columns(data: Corpus, predictions: Matrix) -> tuple[Matrix, Matrix, Matrix, Matrix]:
    """Predictions as (groups, locations, items, classes)."""
    edges = np.cumsum([len(data.groups), len(data.locations), len(data.items)])
    parts = np.split(predictions, edges, axis=1)
    return parts[0], parts[1], parts[2], parts[3]


class Layout:
    """Index arrays that turn row similarities into similarities of locations and groups."""

    def __init__(self, data: Corpus) -> None:
        self.data = data
        place = {location: at for at, location in enumerate(data.locations)}
        self.row_location = np.full(len(data.texts), -1)
        for row, index in enumerate(data.group):
            if index >= 0 and data.kind[row] == "covered":
                self.row_location[row] = place[data.groups[index].locations[0]]
        self.is_covered = np.array([kind in {"covered", "manifest"} for kind in data.kind])
        self.group_location = np.zeros((len(data.groups), len(data.locations)), dtype=bool)
        for index, group in enumerate(data.groups):
            for location in group.locations:
                if location in place:
                    self.group_location[index, place[location]] = True
        order = np.argsort(self.row_location, kind="stable")
        self.order = order[self.row_location[order] >= 0]
        sorted_locations = self.row_location[self.order]
        self.present, self.starts = np.unique(sorted_locations, return_index=True)
        self.counts = np.bincount(sorted_locations, minlength=len(data.locations))

    def doubt(self) -> NDArray[np.float64]:
        """Per row how much its ridge is scaled, so that a much-asked location does not draw everything to itself."""
        counts = np.where(self.row_location >= 0, self.counts[self.row_location], USUAL_COUNT)
        return np.asarray(np.sqrt(counts / USUAL_COUNT), dtype=np.float64)

    def nearest(self, kernel: NDArray[np.float32]) -> NDArray[np.float32]:
        """Highest similarity per location, shape (rows, locations)."""
        result = np.zeros((len(kernel), len(self.data.locations)), dtype=np.float32)
        if len(self.order):
            result[:, self.present] = np.maximum.reduceat(kernel[:, self.order], self.starts, axis=1)
        return result

    def best_group(self, groups: Matrix) -> Matrix:
        """Highest group prediction per location."""
        result = np.zeros((len(groups), len(self.data.locations)))
        for at in range(len(self.data.locations)):
            members = self.group_location[:, at]
            if members.any():
                result[:, at] = groups[:, members].max(axis=1)
        return result


def features(views: Views, layout: Layout) -> NDArray[np.float64]:
    """Shape (rows, locations, features): each view, its distance to the row's best, how much a location is asked."""
    top = np.maximum(views.words.max(axis=1, keepdims=True), 1e-6)
    own = [views.locations, layout.best_group(views.groups), views.nearest, views.words / top, views.sentences]
    relative = [own[at] - own[at].max(axis=1, keepdims=True) for at in RELATIVE]
    asked = np.broadcast_to(np.log1p(layout.counts), views.locations.shape)
    return np.stack([*own, *relative, asked], axis=2).astype(np.float64)


def gate_features(views: Views, scores: Matrix) -> NDArray[np.float64]:
    """Shape (rows, gate features); ``scores`` are the fused scores per location."""
    ranked = -np.sort(-scores, axis=1)
    return np.column_stack(
        [
            ranked[:, 0],
            ranked[:, 0] - ranked[:, 1],
            views.classes,
            views.covered,
            views.beyond,
            views.sentences.max(axis=1),
            views.lengths,
            views.focus,
        ]
    )


def logistic(
    design: NDArray[np.float64], target: NDArray[np.float64], *, c: float = 1.0, balanced: bool = False
) -> Any:
    """A scikit-learn logistic regression over standardised columns."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    weight = "balanced" if balanced else None
    model = make_pipeline(StandardScaler(), LogisticRegression(C=c, max_iter=2000, class_weight=weight))
    return model.fit(design, target)


def plain_weights(model: Any) -> NDArray[np.float64]:
    """The pipeline's weights on unscaled columns, the intercept last."""
    scaler, regression = model[0], model[-1]
    weights = regression.coef_[0] / scaler.scale_
    return np.append(weights, regression.intercept_[0] - float(np.sum(weights * scaler.mean_)))


def train(data: Corpus, vectors: Vectors, words: NDArray[np.float32], sentences: NDArray[np.float32]) -> Head:
    """The head; ``words`` and ``sentences`` are the text views of every row, shape (rows, locations)."""
    kernel = Kernel.over(data.texts, vectors)
    gram = kernel.against(data.texts, vectors)
    layout = Layout(data)
    solved = fit(gram, targets(data), data.blocks, layout.doubt())
    held = _without_own_template(gram, data.blocks)
    views = make_views(data, layout, solved.held_out, held, words, sentences)
    rank, top = _fit_ranking(data, layout, views)
    scores = fused(features(views, layout), rank)
    gate, gate_card = _fit_gate(data, views, scores)
    item_cut = _fit_items(data, views)
    return Head(
        arrays={
            "coefficients": solved.coefficients,
            "rank": rank,
            "gate": gate,
            "item_cut": item_cut,
            "idf": kernel.space.idf,
            "terms": np.array(sorted(kernel.space.ids, key=lambda term: kernel.space.ids[term])),
        },
        card={
            "what": "kernel ridge over embeddings and character n-grams; ranking and gate fitted on held-out templates",
            "rows": len(data.texts),
            "templates": len(set(data.blocks)),
            "groups": len(data.groups),
            "ridge": RIDGE,
            "share_of_words": SHARE_OF_WORDS,
            "held_out": {**top, **gate_card},
            "rank_weights": dict(zip(RANKING, [round(float(weight), 3) for weight in rank], strict=True)),
        },
    )


def make_views(
    data: Corpus,
    layout: Layout,
    predictions: Matrix,
    kernel: NDArray[np.float32],
    words: NDArray[np.float32],
    sentences: NDArray[np.float32],
    texts: Sequence[str] | None = None,
) -> Views:
    """Bundles the views of the rows of ``kernel``."""
    groups, locations, items, classes = split_columns(data, predictions)
    covered = kernel[:, layout.is_covered].max(axis=1)
    others = kernel[:, ~layout.is_covered]
    beyond = others.max(axis=1) if others.shape[1] else np.zeros(len(kernel), dtype=np.float32)
    told = data.texts if texts is None else texts
    lengths = np.log1p([len(text) for text in told])
    return Views(
        groups,
        locations,
        items,
        classes,
        layout.nearest(kernel),
        covered,
        beyond,
        words,
        sentences,
        np.asarray(lengths, dtype=np.float32),
        focus_view(told),
    )


def _without_own_template(gram: NDArray[np.float32], blocks: Sequence[int]) -> NDArray[np.float32]:
    block = np.array(blocks)
    held = gram.copy()
    for row in range(len(held)):
        held[row, block == block[row]] = 0
    return held


def fused(design: NDArray[np.float64], weights: NDArray[np.float64]) -> Matrix:
    """Probability that a location is the best one, shape (rows, locations)."""
    return np.asarray(1 / (1 + np.exp(-(design @ weights[:-1] + weights[-1]))))


def _fit_ranking(data: Corpus, layout: Layout, views: Views) -> tuple[NDArray[np.float64], dict[str, float]]:
    design = features(views, layout)
    rows = np.array([row for row, kind in enumerate(data.kind) if kind == "covered"])
    truth = layout.row_location[rows]
    allowed = layout.group_location[np.array(data.group)[rows]]
    candidates = np.argsort(-views.locations[rows], axis=1)[:, :CANDIDATES]
    flat_rows = np.repeat(np.arange(len(rows)), candidates.shape[1])
    flat = candidates.ravel()
    target = (truth[flat_rows] == flat).astype(float)
    model = logistic(design[rows][flat_rows, flat], target)
    weights = plain_weights(model)
    scores = fused(design[rows], weights)
    order = np.argsort(-scores, axis=1)
    first = allowed[np.arange(len(rows)), order[:, 0]].mean()
    five = allowed[np.arange(len(rows))[:, None], order[:, :5]].any(axis=1).mean()
    return weights, {"first": round(float(first), 4), "among_five": round(float(five), 4)}


def _fit_gate(data: Corpus, views: Views, scores: Matrix) -> tuple[NDArray[np.float64], dict[str, float]]:
    """Probability that the edition answers; the cut turns ``TURNED_AWAY`` of the held-out answerable rows away."""
    design = gate_features(views, scores)
    target = np.array([kind in {"covered", "manifest"} for kind in data.kind], dtype=float)
    weights = plain_weights(logistic(design, target, balanced=True))
    probability = 1 / (1 + np.exp(-(design @ weights[:-1] + weights[-1])))
    cut = float(np.quantile(probability[target == 1], TURNED_AWAY))
    kinds = np.array(data.kind)
    admitted = {
        f"admitted_{kind}": round(float((probability[kinds == kind] < cut).mean()), 4)
        for kind in ("near", "off_topic", "small_talk")
        if (kinds == kind).any()
    }
    return np.append(weights, cut), {"gate_cut": round(cut, 4), **admitted}


def _fit_items(data: Corpus, views: Views) -> NDArray[np.float64]:
    """Per official question the lowest score at which no held-out phrasing outside it would be taken for it."""
    cuts = []
    for at, location in enumerate(data.items):
        is_item = np.array(
            [
                index >= 0 and data.groups[index].item and data.groups[index].locations[0] == location
                for index in data.group
            ]
        )
        others = views.items[~is_item, at]
        own = views.items[is_item, at]
        highest = np.sort(others)[-max(1, len(others) // 1000)]
        cuts.append(min(max(float(highest), 0.35), float(np.quantile(own, 0.6))))
    return np.array(cuts)
