"""Charts as SVG or PNG for reports, drawn with the project's own font files and nothing from the network."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import altair as alt
import vl_convert

FONTS = Path(__file__).resolve().parent.parent / "reports" / "fonts"


@cache
def _register_fonts() -> None:
    """Make Noto Sans JP known once a process; without it vl-convert drops all text."""
    vl_convert.register_font_directory(str(FONTS))


def svg(chart: alt.LayerChart) -> str:
    """Return the chart as SVG; text stays text."""
    _register_fonts()
    return str(vl_convert.vegalite_to_svg(_specification(chart), vl_version=_vegalite_version()))


def png(chart: alt.LayerChart, scale: float = 2.0) -> bytes:
    """Return the chart as PNG, `scale` times its size in pixels."""
    _register_fonts()
    return bytes(vl_convert.vegalite_to_png(_specification(chart), vl_version=_vegalite_version(), scale=scale))


def _specification(chart: alt.LayerChart) -> dict[str, object]:
    """Return the chart's specification without validating it: that takes half of a report's time; a test validates."""
    return dict(chart.to_dict(validate=False))


def _vegalite_version() -> str:
    return ".".join(alt.SCHEMA_VERSION.removeprefix("v").split(".")[:2])
