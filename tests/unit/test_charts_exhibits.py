"""Charts of what variants made, and of quality against stored size."""

from __future__ import annotations

from typing import Any

import pytest

from scorecards.charts import alt_text
from scorecards.charts.exhibits import confusion, drawings, forecast, quality_by_size
from tests.example_record import example_record

DRAWING = [[[0, 10, 10], [0, 0, 20]], [[5, 5], [2, 9]]]


def data_of(chart: Any, layer: int = 0) -> list[dict[str, Any]]:
    spec = chart.to_dict()
    held = spec["layer"][layer].get("data", spec.get("data"))  # one that all layers share stands above them
    return list(spec["datasets"][held["name"]])


def test_each_drawing_fills_its_own_cell_and_keeps_its_proportions() -> None:
    rows = data_of(drawings([DRAWING, DRAWING], "ja", title="実物"))
    assert {row["line"] for row in rows} == {"0-0", "0-1", "1-0", "1-1"}
    first = [row for row in rows if row["line"].startswith("0-")]
    xs, ys = [row["x"] for row in first], [row["y"] for row in first]
    assert 0 <= min(xs) <= max(xs) <= 1
    assert 0 <= min(ys) <= max(ys) <= 1
    assert (max(ys) - min(ys)) == pytest.approx(2 * (max(xs) - min(xs)))
    assert min(row["x"] for row in rows if row["line"].startswith("1-")) > 1


def test_a_drawing_of_one_point_or_none_is_no_error() -> None:
    assert data_of(drawings([[[[3], [4]]], []], "en", title="real"))[0]["line"] == "0-0"
    with pytest.raises(ValueError, match="no drawing"):
        drawings([], "ja", title="x")


def test_a_forecast_starts_where_the_known_ends() -> None:
    shown = {"site": "北店", "times": ["1日", "2日", "3日", "4日"], "history": [1.0, 2.0], "truth": [3.0, 4.0]}
    chart = forecast(shown, {"dense": [2.5, 3.5]}, "ja")
    made = [row for row in data_of(chart, 1) if row["name"] == "通常モデル"]
    assert [(row["at"], row["value"]) for row in made] == [(2, 2.5), (3, 3.5)]
    assert len([row for row in data_of(chart, 1) if row["name"] == "実績"]) == 4
    assert "北店" in alt_text(chart)
    assert "1日 ~ 4日" in alt_text(chart)


def test_a_confusion_says_what_is_taken_for_what() -> None:
    chart = confusion(["猫", "犬"], [[8, 2], [1, 9]], "ja", title="ハイパーネットワーク")
    assert alt_text(chart).endswith("20 件中 17 件が正解です。最も多い取り違えは 猫 → 犬 (2 件) です。")
    assert [row["share"] for row in data_of(chart)] == [0.8, 0.2, 0.1, 0.9]
    flawless = confusion(["a", "b"], [[1, 0], [0, 1]], "en", title="hypernetwork")
    assert alt_text(flawless) == "hypernetwork: 2 of 2 right."


def test_quality_by_size_has_a_point_a_variant_with_its_interval() -> None:
    record = example_record("conditional")
    chart = quality_by_size(record.measurements, record.dataset.main_metric, "en", variants=record.variants)
    rows = data_of(chart, 1)
    assert len(rows) == len(record.variants)
    for row in rows:
        assert row["low"] < row["score"] < row["high"]
        assert row["name"] in alt_text(chart)
    own = record.measurements.query("variant == 'hyper' and metric == 'size.parameters'")["value"].median()
    assert own in {row["size"] for row in rows}
    with pytest.raises(ValueError, match="no variant"):
        quality_by_size(record.measurements, record.dataset.main_metric, "en", variants=("absent",))
