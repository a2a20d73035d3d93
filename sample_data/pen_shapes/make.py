"""Makes the pen drawings: six shapes by eight writers. Synthetic, from a fixed seed.

What is in it on purpose: every writer draws all shapes, but with a slant, a width, a tremor, a direction and a distance
between points of their own, and one shape more often. So there is something to gain from knowing the writer, and much
that a writer who was never seen shares with the others.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

FILE = Path(__file__).resolve().parent / "pen_shapes.ndjson"
SEED = 20_261_124
DRAWINGS = 100
"""Of each writer."""
HEIGHT = 100.0
"""Pixels that a drawing is high, about."""

Line = NDArray[np.float64]
Shape = Callable[[np.random.Generator, float], list[Line]]


@dataclass(frozen=True)
class Writer:
    """slant: shift to the right over a drawing's height; width: of height; tremor: pixels; step: between points.

    backwards: share of the drawings that are drawn from right to left; favourite: the shape drawn twice as often.
    """

    slant: float
    width: float
    tremor: float
    step: float
    backwards: float
    favourite: str


WRITERS: Mapping[str, Writer] = {
    "青木": Writer(0.00, 1.0, 0.6, 11.0, 0.0, "zigzag"),
    "石川": Writer(0.45, 0.8, 0.8, 13.0, 0.0, "loops"),
    "上田": Writer(-0.30, 1.1, 1.6, 10.0, 0.1, "circle"),
    "Evans": Writer(0.25, 1.3, 0.7, 15.0, 0.0, "spiral"),
    "Fischer": Writer(0.10, 0.7, 2.2, 10.0, 0.9, "cross"),
    "小林": Writer(0.60, 1.0, 1.0, 12.0, 0.0, "ladder"),
    "Garcia": Writer(-0.15, 1.4, 1.2, 14.0, 0.8, "loops"),
    "森": Writer(0.30, 0.9, 1.9, 11.0, 0.2, "zigzag"),
}


def zigzag(generator: np.random.Generator, step: float) -> list[Line]:
    """Return an open line of three to six teeth."""
    teeth = int(generator.integers(3, 7))
    across = np.arange(2 * teeth + 1) * HEIGHT / (teeth + 1)
    down = np.where(np.arange(2 * teeth + 1) % 2, 0.0, 0.8 * HEIGHT)
    return [_through(np.stack([across, down], axis=1), step)]


def loops(generator: np.random.Generator, step: float) -> list[Line]:
    """Return a row of three to five loops, as in joined-up writing."""
    turns = int(generator.integers(3, 6))
    angle = np.linspace(0.0, 2 * np.pi * turns, 40 * turns)
    across = 7.0 * angle + 22.0 * np.sin(angle)
    return [_spaced(np.stack([across, 0.4 * HEIGHT * (1 - np.cos(angle))], axis=1), step)]


def circle(generator: np.random.Generator, step: float) -> list[Line]:
    """Return a circle that overlaps its beginning, and perhaps a smaller one beside it."""
    found = []
    for number in range(int(generator.integers(1, 3))):
        radius = HEIGHT * (0.5 if number == 0 else 0.25)
        angle = np.linspace(0.0, 2 * np.pi * generator.uniform(1.0, 1.15), 80) - np.pi / 2
        centre = np.array([radius + 1.1 * HEIGHT * number, 0.5 * HEIGHT])
        found.append(_spaced(centre + radius * np.stack([np.cos(angle), np.sin(angle)], axis=1), step))
    return found


def spiral(generator: np.random.Generator, step: float) -> list[Line]:
    """Return a spiral from its middle, two turns or a little more."""
    angle = np.linspace(0.0, 2 * np.pi * generator.uniform(2.0, 2.6), 160)
    radius = 0.5 * HEIGHT * angle / angle[-1]
    return [_spaced(0.5 * HEIGHT + radius[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1), step)]


def cross(generator: np.random.Generator, step: float) -> list[Line]:
    """Return two strokes that cross, and perhaps a line below them."""
    ends = [((0.0, 0.0), (1.0, 1.0)), ((1.0, 0.0), (0.0, 1.0))]
    ends += [((0.0, 1.2), (1.0, 1.2))] if generator.random() < 0.4 else []
    return [_through(HEIGHT * np.array(pair), step) for pair in ends]


def ladder(generator: np.random.Generator, step: float) -> list[Line]:
    """Return two upright strokes with two to four rungs."""
    rungs = int(generator.integers(2, 5))
    ends = [((0.1, 0.0), (0.1, 1.0)), ((0.8, 0.0), (0.8, 1.0))]
    ends += [((0.0, (rung + 0.7) / rungs), (0.9, (rung + 0.7) / rungs)) for rung in range(rungs)]
    return [_through(HEIGHT * np.array(pair), step) for pair in ends]


SHAPES: Mapping[str, Shape] = {
    "zigzag": zigzag,
    "loops": loops,
    "circle": circle,
    "spiral": spiral,
    "cross": cross,
    "ladder": ladder,
}


def ndjson() -> str:
    """Return all drawings, one a line: writer, word, and the strokes as whole pixels, y downwards."""
    generator = np.random.Generator(np.random.PCG64(SEED))
    lines = [_drawing(name, generator) for name in WRITERS for _ in range(DRAWINGS)]
    order = generator.permutation(len(lines))
    return "".join(f"{lines[place]}\n" for place in order)


def _drawing(name: str, generator: np.random.Generator) -> str:
    writer = WRITERS[name]
    weights = np.array([2.0 if shape == writer.favourite else 1.0 for shape in SHAPES])
    shape = tuple(SHAPES)[int(generator.choice(len(SHAPES), p=weights / weights.sum()))]
    backwards = generator.random() < writer.backwards
    size = generator.uniform(0.8, 1.2)
    strokes = [
        _as_written(line[::-1] if backwards else line, writer, size, generator)
        for line in SHAPES[shape](generator, writer.step)
    ]
    least = np.min([stroke.min(axis=0) for stroke in strokes], axis=0)
    drawing = [np.rint(stroke - least).astype(int).T.tolist() for stroke in strokes]
    return json.dumps({"writer": name, "word": shape, "drawing": drawing}, ensure_ascii=False, separators=(",", ":"))


def _as_written(line: Line, writer: Writer, size: float, generator: np.random.Generator) -> Line:
    """Return a stroke with the writer's width, slant and tremor; the tremor wanders rather than jumps."""
    shake = np.cumsum(generator.normal(0.0, writer.tremor, line.shape), axis=0)
    shake -= np.linspace(shake[0], shake[-1], len(shake))
    across = writer.width * line[:, 0] - writer.slant * line[:, 1]
    return size * (
        np.stack([across, line[:, 1]], axis=1) + shake + generator.normal(0.0, 0.5 * writer.tremor, line.shape)
    )


def _through(corners: Line, step: float) -> Line:
    """Return the line through all corners, with points about `step` apart and one in every corner."""
    pieces = [
        np.linspace(start, end, max(1, round(float(np.hypot(*(end - start))) / step)), endpoint=False)
        for start, end in pairwise(corners)
    ]
    return np.concatenate([*pieces, corners[-1:]])


def _spaced(line: Line, step: float) -> Line:
    """Return a smooth line with points `step` apart along it."""
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])
    places = np.linspace(0.0, along[-1], max(2, round(float(along[-1]) / step)))
    return np.stack([np.interp(places, along, line[:, axis]) for axis in (0, 1)], axis=1)


if __name__ == "__main__":
    FILE.write_text(ndjson(), encoding="utf-8", newline="\n")
    print(f"{FILE.name}  {FILE.stat().st_size:,} B")
