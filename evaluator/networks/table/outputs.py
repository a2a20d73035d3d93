"""From the target network's outputs to losses and predictions."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F  # noqa: N812  # its usual name

from evaluator.networks.table.target_network import BlockWeights, Rows, TargetNetwork
from evaluator.records import TargetKind
from evaluator.tasks.table import TableFacts, TablePart

Floats = NDArray[np.float32] | NDArray[np.float64]
ROWS_AT_ONCE = 4096


def predict_rows(
    network: TargetNetwork,
    facts: TableFacts,
    rows: Rows,
    weights_of: Callable[[Tensor | None], BlockWeights] | None = None,
) -> Floats:
    """Return probabilities (rows, classes) or values (rows,), some thousand rows at a time.

    weights_of: gives cached weights for the rows' sites; None: the network makes them anew each time.
    """
    return values_from_outputs(facts, outputs_of_rows(network, facts, rows, weights_of))


@torch.no_grad()
def outputs_of_rows(
    network: TargetNetwork,
    facts: TableFacts,
    rows: Rows,
    weights_of: Callable[[Tensor | None], BlockWeights] | None = None,
) -> Tensor:
    """Return the network's outputs (rows, outputs), logits or standardised values; `weights_of` as above."""
    outputs = []
    for at in range(0, len(rows.x_num), ROWS_AT_ONCE):
        some = rows.take(slice(at, at + ROWS_AT_ONCE))
        weights = (weights_of or network.block_weights)(some.site)
        outputs.append(network(some, weights.detach()))
    return torch.cat(outputs) if outputs else torch.zeros(0, facts.outputs)


def target_tensor(facts: TableFacts, part: TablePart) -> Tensor:
    """Return y as the loss takes it: float 0/1, class index, or standardised value."""
    if facts.target_kind == "multiclass":
        return torch.from_numpy(np.array(part.y, dtype=np.int64))
    values = (np.asarray(part.y, dtype=np.float64) - facts.target_mean) / facts.target_deviation
    return torch.from_numpy(values.astype(np.float32))


def loss_of(kind: TargetKind, outputs: Tensor, y: Tensor) -> Tensor:
    """Return the loss a row (rows,): cross-entropy in nats, or the squared error in standardised units."""
    if kind == "multiclass":
        return F.cross_entropy(outputs, y, reduction="none")
    if kind == "binary":
        return F.binary_cross_entropy_with_logits(outputs[:, 0], y, reduction="none")
    return (outputs[:, 0] - y).square()


def values_from_outputs(facts: TableFacts, outputs: Tensor) -> Floats:
    """Return class probabilities (rows, classes), or values (rows,) in the target's own unit."""
    if facts.target_kind == "multiclass":
        return np.asarray(torch.softmax(outputs, dim=-1).numpy())
    if facts.target_kind == "binary":
        chance = torch.sigmoid(outputs[..., 0]).numpy()
        return np.stack([1.0 - chance, chance], axis=-1)
    return np.asarray(outputs[..., 0].double().numpy() * facts.target_deviation + facts.target_mean)
