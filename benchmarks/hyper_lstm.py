"""How many times torch's LSTM step a HyperLSTM step takes: `python -m benchmarks.hyper_lstm [--rounds N] [--device D]`.

Forward and backward of a sequence of 100 steps, batch 32, hidden 256, hyper cell 64, embedding 8, one thread. In every
round each module runs once, right beside torch.nn.LSTM of the same size, so that a busy machine slows both; a ratio is
the median of the rounds' ratios.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable, Mapping

import torch
from torch import Tensor, nn

from evaluator.networks.recurrent import LSTM, HyperLSTM
from evaluator.networks.recurrent.cell import Path

HIDDEN, HYPER_HIDDEN, EMBEDDING = 256, 64, 8
STEPS, BATCH = 100, 32
WARMUP = 2
GOAL = 4.5
"""At most this ratio for the HyperLSTM with layer normalisation."""
REFERENCE, JUDGED = "torch.nn.LSTM", "HyperLSTM, layer norm"


def modules(inputs: int) -> dict[str, nn.Module]:
    """Return what is timed, by the name it prints."""
    return {
        REFERENCE: nn.LSTM(inputs, HIDDEN),
        "LSTM": LSTM(inputs, HIDDEN),
        "LSTM, layer norm": LSTM(inputs, HIDDEN, layer_norm=True),
        "LSTM, layer norm, plain": LSTM(inputs, HIDDEN, layer_norm=True, path="plain"),
        JUDGED: hyper_lstm(inputs, layer_norm=True),
        "HyperLSTM, layer norm, plain": hyper_lstm(inputs, layer_norm=True, path="plain"),
        "HyperLSTM": hyper_lstm(inputs, layer_norm=False),
        "HyperLSTM, plain": hyper_lstm(inputs, layer_norm=False, path="plain"),
    }


def hyper_lstm(inputs: int, *, layer_norm: bool, path: Path = "fast") -> HyperLSTM:
    return HyperLSTM(inputs, HIDDEN, hyper_hidden=HYPER_HIDDEN, embedding=EMBEDDING, layer_norm=layer_norm, path=path)


def training_step(module: nn.Module, x: Tensor) -> float:
    """Return the seconds of one forward and backward pass over x (steps, batch, inputs)."""
    synchronise = _synchronise(x)
    module.zero_grad(set_to_none=True)
    synchronise()
    started = time.perf_counter()
    outputs, _ = module(x)
    outputs.sum().backward()
    synchronise()
    return time.perf_counter() - started


def _synchronise(x: Tensor) -> Callable[[], object]:
    return torch.cuda.synchronize if x.is_cuda else lambda: None


def timed(modules_by_name: Mapping[str, nn.Module], x: Tensor, rounds: int) -> dict[str, list[tuple[float, float]]]:
    """Return by name every round's seconds of the module and of the reference run just before it."""
    reference = modules_by_name[REFERENCE]
    seconds: dict[str, list[tuple[float, float]]] = {name: [] for name in modules_by_name}
    for turn in range(WARMUP + rounds):
        for name, module in modules_by_name.items():
            beside = training_step(reference, x)
            own = training_step(module, x)
            if turn >= WARMUP:
                seconds[name].append((own, beside))
    return seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--inputs", type=int, default=64, help="fewer make the reference cheaper, so the ratio larger")
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    x = torch.randn(STEPS, BATCH, arguments.inputs, device=arguments.device)
    seconds = timed(
        {name: module.to(x.device) for name, module in modules(arguments.inputs).items()}, x, arguments.rounds
    )
    print(
        f"ms a training step of {STEPS} time steps x {BATCH} x {arguments.inputs} inputs, "
        f"{arguments.rounds} rounds, {arguments.device}"
    )
    print(f"{'':<30}{'median':>9}{'min':>9}{'ratio, median':>15}{'min':>7}")
    for name, pairs in seconds.items():
        own = [pair[0] for pair in pairs]
        ratios = [mine / beside for mine, beside in pairs]
        print(
            f"{name:<30}{statistics.median(own) * 1e3:>9.1f}{min(own) * 1e3:>9.1f}"
            f"{statistics.median(ratios):>15.2f}{min(ratios):>7.2f}"
        )
    judged = statistics.median(mine / beside for mine, beside in seconds[JUDGED])
    print(
        f"goal: {JUDGED} at most {GOAL} times {REFERENCE}: {'reached' if judged <= GOAL else 'missed'} ({judged:.2f})"
    )


if __name__ == "__main__":
    main()
