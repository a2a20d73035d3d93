"""Prepared drawings: offsets and pen states by role, and what their numbers mean."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from evaluator.intake.strokes_forms import Drawing
from evaluator.tasks.prepared import PreparedData, load_facts, load_parts, replaced_folder, save_parts, texts_from_json
from evaluator.tasks.protocol import Floats, RowIndex
from evaluator.tasks.stroke.scores import MAIN_METRIC, main_score, scores
from scorecards.local_text import LocalText
from scorecards.record import Json

DOWN, UP, END = range(3)
"""Pen states after a point: it stays down (a line leads to the next point), it is lifted, or the drawing has ended."""
STATES = 3
PADDING = -1
_ARRAYS = ("offsets", "states", "site")


@dataclass(frozen=True)
class StrokePart:
    """Drawings of one role. A row predicts each point of a drawing, but its first, from those before it.

    offsets: (rows, length + 1, 2) float32, from the point before, in units of `StrokeFacts.scale`; 0 for the first.
    states: (rows, length + 1) int8, DOWN, UP or END after each point; PADDING behind the end.
    site: (rows,) int32 index into `StrokeFacts.sites`, from `known_sites` on a new site; -1 where there are no sites.
    """

    offsets: NDArray[np.float32]
    states: NDArray[np.int8]
    site: NDArray[np.int32]

    @property
    def rows(self) -> int:
        """Return the number of drawings."""
        return len(self.offsets)

    @property
    def there(self) -> NDArray[np.bool_]:
        """Tell which points are to be predicted (rows, length)."""
        return np.asarray(self.states[:, 1:] != PADDING)

    def take(self, index: RowIndex) -> StrokePart:
        """Return the rows that `index` selects."""
        return StrokePart(self.offsets[index], self.states[index], self.site[index])


@dataclass(frozen=True)
class Architecture:
    """The target network, the same for every variant (the task's options of these names)."""

    layers: int
    hidden: int
    mixtures: int
    layer_norm: bool
    recurrent_dropout: float
    hyper_hidden: int
    hyper_embedding: int


@dataclass(frozen=True)
class StrokeFacts:
    """What the arrays mean; enough to prepare a new drawing at a site.

    length: points predicted at most, one less than points. scale: the training offsets' deviation, in the units of the
    file (of a drawing's longer side where `size` is 'same'). tolerance, max_points, size: the options of these names.
    """

    length: int
    scale: float
    tolerance: float
    max_points: int
    size: str
    sites: tuple[str, ...]
    known_sites: int
    architecture: Architecture
    data_hash: str
    repairs: tuple[LocalText, ...]


@dataclass(frozen=True, eq=False)
class StrokeData(PreparedData[StrokeFacts, StrokePart]):
    """Prepared drawings."""

    @property
    def main_metric(self) -> str:
        """Return the mean log-likelihood of a point."""
        return MAIN_METRIC

    def scores(self, part: StrokePart, prediction: Floats) -> dict[str, float]:
        """Return all scores of `prediction` (rows, length, 2); see scores.py."""
        return scores(part.there, prediction)

    def main_score(self, part: StrokePart, prediction: Floats) -> float:
        """Return the mean log-likelihood of a point, nats."""
        return main_score(part.there, prediction)


def encoded(drawings: list[Drawing], length: int) -> tuple[NDArray[np.float32], NDArray[np.int8]]:
    """Return offsets (drawings, length + 1, 2), not yet scaled, and states (drawings, length + 1)."""
    offsets = np.zeros((len(drawings), length + 1, 2), dtype=np.float32)
    states = np.full((len(drawings), length + 1), PADDING, dtype=np.int8)
    for row, one in enumerate(drawings):
        count = len(one.points)
        offsets[row, 1:count] = np.diff(one.points, axis=0)
        states[row, :count] = np.where(one.lifts, UP, DOWN)
        states[row, count - 1] = END
    return offsets, states


def strokes_of(offsets: Floats, states: NDArray[np.integer], scale: float) -> Json:
    """Return a drawing's strokes [[x…], [y…]], its first point at 0, from offsets (length + 1, 2) and states."""
    count = int((states != PADDING).sum())
    points = np.round(np.cumsum(np.asarray(offsets[:count], dtype=np.float64), axis=0) * scale, 3)
    cuts = np.flatnonzero(states[: count - 1] != DOWN) + 1
    return [[part[:, 0].tolist(), part[:, 1].tolist()] for part in np.split(points, cuts)]


def write(data: StrokeData, folder: Path) -> None:
    """Write arrays (.npy) and facts (JSON) into `folder`, all or nothing."""
    with replaced_folder(folder) as partial:
        save_parts(data, partial, _ARRAYS)


def load(folder: Path) -> StrokeData:
    """Return what `write` wrote; arrays are mapped, not read, until touched."""
    fields = load_facts(folder)
    facts = StrokeFacts(
        **{
            **fields,
            "sites": tuple(fields["sites"]),
            "architecture": Architecture(**fields["architecture"]),
            "repairs": texts_from_json(fields["repairs"]),
        }
    )
    return StrokeData(facts, *load_parts(folder, StrokePart, _ARRAYS))
