"""Charts as the pages show them: no curve is cut off, names stand apart, drawings keep their proportions."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

import pandas as pd
import pytest

from scorecards.charts import learning_curves
from scorecards.charts.exhibits import quality_by_size
from scorecards.charts.labels import apart
from scorecards.charts.pen import pen_svg
from scorecards.record import CURVE_COLUMNS
from tests.example_record import example_record


def curves(scores: list[float]) -> pd.DataFrame:
    rows = [("a", "dense", seed, "fit", 10 * k, k / 2, s + seed / 100) for seed in (1, 2) for k, s in enumerate(scores)]
    return pd.DataFrame(rows, columns=["trial", "variant", "seed", "setting", "step", "seconds", "score"])[
        list(CURVE_COLUMNS)
    ]


def drawn(chart: Any) -> tuple[pd.DataFrame, list[float], list[float], dict[str, Any]]:
    """Return a curve chart's points, the ends of both axes, and the whole chart."""
    spec = chart.to_dict(validate=False)
    line = spec["layer"][1]
    points = pd.DataFrame(spec["datasets"][line["data"]["name"]])
    return points, line["encoding"]["x"]["scale"]["domain"], line["encoding"]["y"]["scale"]["domain"], spec


@pytest.mark.parametrize("axis", ["step", "seconds"])
def test_first_and_last_points_and_bands_lie_within_the_axes(axis: Any) -> None:
    points, across, up, spec = drawn(learning_curves(curves([0.5, 0.7, 0.78, 0.8, 0.81, 0.81]), "ja", axis=axis))
    assert across[0] <= points["x"].min() and points["x"].max() <= across[1]
    assert up[0] < points["low"].min() and points["high"].max() < up[1]
    assert points["score"].min() == pytest.approx(0.515)
    assert not any(layer["mark"].get("clip") for layer in spec["layer"])


@pytest.mark.parametrize(("language", "said"), [("ja", "▼ 初めはさらに下 (最低 −40)"), ("en", "(lowest −40)")])
def test_a_fall_too_deep_to_show_ends_on_the_axis_and_is_told(language: Any, said: str) -> None:
    points, _, up, spec = drawn(learning_curves(curves([-40.01, 0.7, 0.78, 0.8, 0.81, 0.81]), language))
    assert points["low"].min() >= up[0] > -2
    texts = [row.get("text", "") for rows in spec["datasets"].values() for row in rows]
    assert any(said in str(text) for text in texts)
    shown = drawn(learning_curves(curves([0.5, 0.7, 0.78, 0.8]), language))[3]
    assert "▼" not in str(shown["datasets"])


def test_names_stand_a_line_apart_and_within_the_chart() -> None:
    places = apart([0.9, 0.899, 0.1, 0.1], (0.0, 1.0), 150)
    gaps = [upper - lower for upper, lower in pairwise(places)]
    assert min(gaps) >= 0.1 - 1e-9
    assert min(places) >= 0.0


def test_names_of_points_of_one_size_do_not_lie_on_each_other() -> None:
    record = example_record("conditional")
    chart = quality_by_size(record.measurements, "quality.auc", "en", variants=record.variants, height=260)
    spec: dict[str, Any] = chart.to_dict(validate=False)
    rows = pd.DataFrame(next(rows for rows in spec["datasets"].values() if "label_y" in rows[0]))
    ends = spec["layer"][1]["encoding"]["y"]["scale"]["domain"]
    gaps = -rows.sort_values("label_y", ascending=False)["label_y"].diff().dropna()
    assert len(rows) == len(record.variants)
    assert gaps.min() >= (ends[1] - ends[0]) * 14 / 260


def test_a_drawing_keeps_its_proportions_and_a_dot_is_seen() -> None:
    svg = pen_svg([[[0, 200], [0, 50]], [[100], [25]]])
    lines = re.findall(r'points="([^"]*)"', svg)
    (x0, y0), (x1, y1) = ([float(part) for part in point.split(",")] for point in lines[0].split())
    assert (x1 - x0) / (y1 - y0) == pytest.approx(4.0, rel=0.02)
    assert (x0 + x1) / 2 == pytest.approx(50, abs=0.1) and (y0 + y1) / 2 == pytest.approx(50, abs=0.1)
    assert len(lines[1].split()) == 2
    assert "polyline" not in pen_svg([])
