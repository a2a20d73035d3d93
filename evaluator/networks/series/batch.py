"""Forecasts as tensors: what a network sees of a SeriesPart. Windows are cut out of the grid as they are needed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from evaluator.networks.device import device, tensor_of
from evaluator.tasks.series.data import SeriesPart


@dataclass(frozen=True, eq=False)
class ForecastBatch:
    """Forecasts of a part. All standardised; wanted, naive: (rows, horizon), `wanted` 0 where not `known` (0 or 1).

    site: (rows,); mean, deviation: (rows, 1) that lead back to the target's unit.
    """

    part: SeriesPart
    site: Tensor
    wanted: Tensor
    known: Tensor
    naive: Tensor
    mean: Tensor
    deviation: Tensor

    @property
    def rows(self) -> int:
        """Return the number of forecasts."""
        return self.part.rows

    def take(self, index: Tensor | slice) -> ForecastBatch:
        """Return the forecasts at `index`."""
        rows = index if isinstance(index, slice) else index.cpu().numpy()
        here = index if isinstance(index, slice) else index.to(self.site.device)
        return ForecastBatch(
            self.part.take(rows),
            self.site[here],
            self.wanted[here],
            self.known[here],
            self.naive[here],
            self.mean[here],
            self.deviation[here],
        )

    def windows(self) -> Tensor:
        """Return (history, rows, channels)."""
        return torch.from_numpy(self.part.windows()).transpose(0, 1).to(device())

    def calendar_ahead(self) -> Tensor:
        """Return (rows, k)."""
        return tensor_of(self.part.calendar_ahead(), torch.float32)


def forecast_batch(part: SeriesPart) -> ForecastBatch:
    """Return the forecasts of `part` as tensors."""
    wanted = part.standardised(part.truth())
    known = np.isfinite(wanted)
    return ForecastBatch(
        part,
        tensor_of(part.site, torch.int64),
        tensor_of(np.where(known, wanted, 0.0), torch.float32),
        tensor_of(known, torch.float32),
        tensor_of(part.standardised(part.naive()), torch.float32),
        tensor_of(part.store.mean[part.track][:, None], torch.float32),
        tensor_of(part.store.deviation[part.track][:, None], torch.float32),
    )
