from __future__ import annotations

import math
import re
from dataclasses import replace
from itertools import pairwise

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
    waterfall,
    waterfall_steps,
)
from scorecards.charts.criterion import axis_range
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
    result = replace(record.judgement.criteria[0], state="not_measured", value=None, low=None, high=None)
    drawing = svg(criterion_bar(result, record.scorecard.criteria[0], "ja", width=300))  # type: ignore[arg-type]
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
