"""The charts that the PDF and the one-file page show, as SVG with text kept as text."""

from __future__ import annotations

import math
from collections.abc import Callable

import altair as alt

from scorecards.charts import (
    criterion_bar,
    latency_bars,
    learning_curves,
    npv_histogram,
    size_bars,
    strip_plot,
    tornado,
    waterfall,
)
from scorecards.charts.evidence import select
from scorecards.local_text import Language
from scorecards.phrases import metric_name, setting_name
from scorecards.record import Record
from scorecards.reports.contents import CriterionRow
from scorecards.reports.drawn import Drawing, drawn

_WIDE = 520
_BAR_WIDTH = 300


def criterion_drawing(row: CriterionRow, language: Language) -> Drawing:
    """Return the bar of one criterion."""
    return drawn(row.title, criterion_bar(row.result, row.criterion, language, width=_BAR_WIDTH, height=56))


def histogram_drawing(record: Record, language: Language, title: str) -> Drawing | None:
    """Return the NPV's distribution; None where every draw is the same."""
    business = record.judgement.business
    if len(business.histogram[1]) < 2:
        return None
    return drawn(title, npv_histogram(business, language, width=_WIDE, height=130))


def waterfall_drawing(record: Record, language: Language, title: str) -> Drawing:
    """Return where the NPV comes from."""
    return drawn(title, waterfall(record.judgement.business, discount_rate(record), language, width=_WIDE - 130))


def tornado_drawing(record: Record, language: Language, title: str) -> Drawing | None:
    """Return what moves the NPV; None where nothing does."""
    if not record.judgement.business.tornado:
        return None
    return drawn(title, tornado(record.judgement.business, language, width=_WIDE - 130))


def discount_rate(record: Record) -> float:
    """Return the likely discount rate, 0 where the PoC has none."""
    rate = record.assumptions.values.get("discount_rate")
    return rate.likely if rate else 0.0


def evidence_drawings(record: Record, language: Language) -> tuple[Drawing, ...]:
    """Return main score, learning curves, install size and latency, each where it was measured."""
    rows, main, order = record.measurements, record.dataset.main_metric, record.variants
    plots: list[tuple[str, str, Callable[[], alt.LayerChart]]] = [
        (main, "", lambda: strip_plot(rows, main, language, variants=order, width=_WIDE - 160)),
        (
            "size.install_bytes",
            "",
            lambda: size_bars(rows, language, variants=order, width=_WIDE - 160),
        ),
        (
            "predict.p50_seconds",
            "cached",
            lambda: latency_bars(rows, language, variants=order, width=_WIDE - 160),
        ),
    ]
    drawings = [
        drawn(metric_name(metric, language), plot())
        for metric, setting, plot in plots
        if select(rows, metric, setting)["value"].map(math.isfinite).any()
    ]
    if len(record.curves) and (record.curves["setting"] == "fit").any():
        curve = learning_curves(
            record.curves,
            language,
            axis="seconds",
            variants=order,
            width=_WIDE - 160,
            height=170,
            score_name=metric_name(main, language),
        )
        title = ("学習曲線" if language == "ja" else "Learning curves") + f" ({setting_name('fit', language)})"
        drawings.insert(1, drawn(title, curve))
    return tuple(drawings)
