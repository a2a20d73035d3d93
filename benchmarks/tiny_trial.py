"""The tiny training of `benchmarks.trials`; a trial's process imports it by name."""

from __future__ import annotations

from collections.abc import Callable

from evaluator.records import TrialRequest, TrialResult
from scorecards.record import CurvePoint


def tiny(request: TrialRequest, report: Callable[[CurvePoint], None]) -> TrialResult:
    """Train a linear layer for twenty steps, as a real trial would: one thread, an optimiser, a curve point."""
    import torch

    torch.set_num_threads(1)
    torch.manual_seed(request.seed)
    layer = torch.nn.Linear(8, 1)
    optimiser = torch.optim.AdamW(layer.parameters(), lr=0.01)
    x, y = torch.randn(64, 8), torch.randn(64, 1)
    loss = torch.zeros(())
    for _ in range(20):
        optimiser.zero_grad()
        loss = torch.nn.functional.mse_loss(layer(x), y)
        loss.backward()
        optimiser.step()
    report(CurvePoint(request.trial, request.variant, request.seed, "fit", 20, 0.0, -float(loss)))
    return TrialResult(request.trial, (), ())
