"""The target network of the series task: a recurrent encoder of the history and a linear head to the horizon.

Values are centred on their mean over the history, so that a level that drifts needs no learning. Every step's channels
pass a linear layer, then two recurrent layers; the head reads the last state and, past the recurrence, the history
itself (the autoregressive part of Lai et al. 2018, LSTNet), the seasonal naive forecast, the last step's channels and
the calendar at the horizon's end. It begins half way between the history's mean and the naive forecast. What differs
between variants is where the recurrent layers' weights come from.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812  # its usual name

from evaluator.networks.recurrent.cell import GATES
from evaluator.networks.series.batch import ForecastBatch, forecast_batch
from evaluator.networks.site_embedding import SITE_EMBEDDING, SiteEmbedding
from evaluator.networks.task_network import TaskNetwork, Weights
from evaluator.tasks.series.data import SeriesData, SeriesPart

HIDDEN = 32
LAYERS = 2
VALUE, MISSING = 0, 1
"""Places of a step's channels: the value, and 1 where it is missing; then covariates and calendar."""
BETA = 0.2
"""Deviations: from here on the loss grows with the absolute error, which is what is scored."""
FIRST_NAIVE = 0.5
"""Share of the naive forecast that the untrained head gives."""
FORGET = 1
"""Place of the forget gate among torch's i, f, g, o; its bias starts at 1."""


@dataclass(frozen=True)
class Shape:
    """Sizes of the target network. channels: of a step; ahead: calendar features of the horizon's end."""

    channels: int
    ahead: int
    history: int
    horizon: int
    hidden: int = HIDDEN
    layers: int = LAYERS

    @property
    def head_inputs(self) -> int:
        """Return how many numbers the head reads."""
        return self.hidden + self.horizon + self.history + self.channels + self.ahead + 1


def shape_of(data: SeriesData, hidden: int = HIDDEN) -> Shape:
    """Return the target network's shape for `data`."""
    facts = data.facts
    ahead = len(facts.calendar)
    return Shape(2 + len(facts.covariates) + ahead, ahead, facts.history, facts.horizon, hidden)


class Forecaster(TaskNetwork):
    """Enter layer, recurrent layers (`encode`, a subclass's own), head. `site_input`: the site's vector is an input."""

    def __init__(self, shape: Shape, known_sites: int, *, site_input: bool = False) -> None:
        super().__init__()
        self.shape, self.site_input = shape, site_input
        if site_input:
            self.sites = SiteEmbedding(known_sites)
        self.enter = nn.Linear(shape.channels + (SITE_EMBEDDING if site_input else 0), shape.hidden)
        self.head = nn.Linear(shape.head_inputs, shape.horizon)
        with torch.no_grad():
            self.head.weight.mul_(0.1)
            self.head.bias.zero_()
            at = torch.arange(shape.horizon)
            self.head.weight[at, shape.hidden + at] += FIRST_NAIVE

    def encode(self, x: Tensor, site: Tensor, weights: Weights | None) -> Tensor:
        """Return the last state (rows, hidden). x: (history, rows, hidden); site: (rows,)."""
        raise NotImplementedError

    def recurrent_flops(self, rows: int) -> float:
        """Return the floating point operations of the recurrent layers in one forward pass over `rows` forecasts."""
        raise NotImplementedError

    def batch(self, part: SeriesPart) -> ForecastBatch:  # type: ignore[override]
        """Return the forecasts of `part` as tensors."""
        return forecast_batch(part)

    def standardised(self, batch: ForecastBatch, weights: Weights | None = None) -> Tensor:
        """Return standardised forecasts (rows, horizon)."""
        windows = batch.windows()
        known = 1.0 - windows[..., MISSING]
        level = (windows[..., VALUE] * known).sum(0) / known.sum(0).clamp(min=1.0)
        values = (windows[..., VALUE] - level) * known
        windows = torch.cat([values.unsqueeze(2), windows[..., MISSING:]], dim=2)
        x = windows
        if self.site_input:
            assert self.sites is not None
            x = torch.cat([windows, self.sites(batch.site).expand(len(windows), -1, -1)], dim=2)
        state = self.encode(self.enter(x), batch.site, weights)
        level = level.unsqueeze(1)
        read = [state, batch.naive - level, values.t(), windows[-1], batch.calendar_ahead(), level]
        forecast: Tensor = self.head(torch.cat(read, dim=1))
        return forecast + level

    def loss(self, batch: ForecastBatch) -> Tensor:
        """Return the mean Huber loss of the known points, penalty included."""
        weights = self.generate() if self.generates else None
        forecast = self.standardised(batch, weights)
        errors = F.smooth_l1_loss(forecast, batch.wanted, beta=BETA, reduction="none") * batch.known
        return errors.sum() / batch.known.sum().clamp(min=1.0) + self.penalty(weights)

    def penalty(self, weights: Weights | None) -> Tensor | float:
        """Return what generated weights add to the loss, so that they decay as stored ones do."""
        return 0.0

    def answer(self, batch: ForecastBatch, weights: Weights | None = None) -> Tensor:
        """Return forecasts (rows, horizon) in the target's unit."""
        return self.standardised(batch, weights) * batch.deviation + batch.mean

    def outputs(self, batch: ForecastBatch) -> Tensor:
        """Return standardised forecasts (rows, horizon)."""
        return self.standardised(batch)

    def step_flops(self, rows: int) -> float:
        """Return the FLOPs of a training step by formula: three times the products of a forward pass."""
        shape = self.shape
        enter = shape.history * self.enter.in_features * shape.hidden
        return 3.0 * (2.0 * rows * (enter + shape.head_inputs * shape.horizon) + self.recurrent_flops(rows))


def lstm_flops(shape: Shape, rows: int) -> float:
    """Return the floating point operations of the LSTM layers' products in one forward pass."""
    return 2.0 * rows * shape.history * shape.layers * GATES * shape.hidden * 2 * shape.hidden


def first_bias(shape: Shape) -> nn.Parameter:
    """Return biases (layers, 4 · hidden): 1 for the forget gate, else 0. They are stored, never generated."""
    bias = torch.zeros(shape.layers, GATES, shape.hidden)
    bias[:, FORGET] = 1.0
    return nn.Parameter(bias.flatten(1))
