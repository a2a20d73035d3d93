from __future__ import annotations

import math
import re
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from scorecards.charts import (
    alt_text,
    criterion_bar,
    latency_bars,
    learning_curves,
    npv_histogram,
    png,
    size_bars,
    strip_plot,
    svg,
    tornado,
    variant_colour,
    waterfall,
    waterfall_steps,
)
from scorecards.charts.criterion import axis_range
from scorecards.judgement import State
from scorecards.local_text import LANGUAGES, Language
from tests.example_record import MAIN_METRIC, example_record


def _texts(drawing: str) -> str:
    return " ".join(re.findall(r">([^<>]+)<", drawing))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_chart_draws_and_says_what_it_shows(language: Language, theme: str) -> None:
    record = example_record("conditional")
    business, rows = record.judgement.business, record.measurements
    result, criterion = record.judgement.criteria[0], record.scorecard.criteria[0]
    charts = [
        criterion_bar(result, criterion, language, theme, width=300),  # type: ignore[arg-type]
        npv_histogram(business, language, theme, width=300),  # type: ignore[arg-type]
        tornado(business, language, theme, width=300),  # type: ignore[arg-type]
        waterfall(business, 0.05, language, theme, width=300),  # type: ignore[arg-type]
        strip_plot(rows, MAIN_METRIC, language, theme, width=300),  # type: ignore[arg-type]
        learning_curves(record.curves, language, theme, axis="seconds", width=300),  # type: ignore[arg-type]
        size_bars(rows, language, theme, width=300),  # type: ignore[arg-type]
        latency_bars(rows, language, theme, width=300),  # type: ignore[arg-type]
    ]
    for chart in charts:
        assert alt_text(chart) == chart.to_dict(validate=True)["description"] != ""
        drawing = svg(chart)
        assert "Noto Sans JP" in drawing and _texts(drawing).strip()


def test_a_chart_keeps_japanese_text_without_system_fonts() -> None:
    record = example_record("conditional")
    assert "拠点" in _texts(svg(tornado(record.judgement.business, "ja", width=300)))
    picture = png(tornado(record.judgement.business, "ja", width=300), scale=1)
    assert picture.startswith(b"\x89PNG")


def test_the_waterfall_ends_at_the_likely_npv() -> None:
    record = example_record("go")
    steps = waterfall_steps(record.judgement.business, record.assumptions.values["discount_rate"].likely)
    assert steps[-1].line == "npv"
    assert steps[-1].amount == pytest.approx(record.judgement.business.npv_likely)
    assert all(math.isclose(a.end, b.start, abs_tol=1e-6) for a, b in pairwise(steps[:-1]))


def test_the_axis_of_a_criterion_holds_every_figure() -> None:
    for result in example_record("undecided").judgement.criteria:
        start, end = axis_range(result)
        figures = [f for f in (result.value, result.low, result.high, result.threshold) if f is not None]
        assert all(start <= figure <= end for figure in figures if math.isfinite(figure))


def test_an_infinite_interval_is_drawn_to_the_edge() -> None:
    record = example_record("infinite")
    result = next(r for r in record.judgement.criteria if r.high is not None and math.isinf(r.high))
    criterion = next(c for c in record.scorecard.criteria if c.id == result.id)
    layers = criterion_bar(result, criterion, "en", width=300).to_dict()["layer"]
    assert any(layer["mark"].get("shape") == "triangle-right" for layer in layers)


def test_what_was_not_measured_says_so_in_the_bar() -> None:
    record = example_record("go")
    result = replace(record.judgement.criteria[0], state=State.NOT_MEASURED, value=None, low=None, high=None)
    drawing = svg(criterion_bar(result, record.scorecard.criteria[0], "ja", width=300))
    assert "未測定" in _texts(drawing)


def test_a_trial_that_never_arrived_is_counted_in_the_strip_plot() -> None:
    record = example_record("infinite")
    assert "never" in alt_text(strip_plot(record.measurements, "train.seconds_to_target", "en", width=300))


def test_charts_without_rows_say_so() -> None:
    record = example_record("go")
    with pytest.raises(ValueError, match="no measurements"):
        strip_plot(record.measurements, "quality.nothing", "en")
    with pytest.raises(ValueError, match="no learning curve"):
        learning_curves(record.curves, "en", setting="nothing")


def test_no_chart_shows_its_own_fields_on_hover_or_to_a_screen_reader() -> None:
    record = example_record("conditional")
    business, rows = record.judgement.business, record.measurements
    charts = [
        criterion_bar(record.judgement.criteria[0], record.scorecard.criteria[0], "ja"),
        npv_histogram(business, "ja"),
        tornado(business, "ja"),
        waterfall(business, 0.05, "ja"),
        strip_plot(rows, MAIN_METRIC, "ja"),
        learning_curves(record.curves, "ja"),
        size_bars(rows, "ja"),
    ]
    for chart in charts:
        for layer in chart.to_dict(validate=False)["layer"]:
            assert layer["mark"]["aria"] is False
            fields = layer["encoding"].get("tooltip", [])
            assert fields or layer["mark"]["tooltip"] is None
            named = fields if isinstance(fields, list) else [fields]
            assert all(item["title"] != item["field"] for item in named)


def test_a_variant_keeps_its_colour_whoever_else_is_there() -> None:
    curves = example_record("conditional").curves
    names = list(dict.fromkeys(curves["variant"]))
    assert len({variant_colour(name) for name in names}) == len(names) > 1
    for shown in (curves, curves[curves["variant"] == names[-1]]):
        scale = learning_curves(shown, "en").to_dict(validate=False)["layer"][1]["encoding"]["color"]["scale"]
        assert scale["range"][-1] == variant_colour(names[-1])


def test_a_learning_curve_is_one_line_with_a_band_and_names_apart() -> None:
    curves = example_record("conditional").curves
    chart: Any = learning_curves(curves, "en", height=200)
    lines = chart.layer[1].data
    assert not lines.duplicated(["name", "x"]).any()
    assert (lines["low"] <= lines["score"]).all() and (lines["score"] <= lines["high"]).all()
    places = sorted(chart.layer[-1].data["label_y"])
    low, high = chart.to_dict(validate=False)["layer"][0]["encoding"]["y"]["scale"]["domain"]
    assert all(after - before >= (high - low) * 15 / 200 - 1e-9 for before, after in pairwise(places))


def test_no_band_of_times_goes_below_zero() -> None:
    rows = example_record("go").measurements
    times = rows[rows["metric"] == "train.seconds"].copy()
    times["value"] = [0.01 if seed % 2 else 3.0 for seed in times["seed"]]
    chart: Any = strip_plot(times, "train.seconds", "en")
    assert chart.layer[0].data["low"].min() == 0.0
    assert chart.to_dict(validate=False)["layer"][1]["encoding"]["x"]["scale"]["domain"][0] == 0.0
