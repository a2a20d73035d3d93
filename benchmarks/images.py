"""Images: the paper's counts, speed of generating, and quality of generated against dense weights. Beside the paper's.

    python -m benchmarks.images [--parts counts speed fashion sharing] [--images 70000] [--steps 4000] [--seeds 5]

Fashion-MNIST from the folder named by BLUEPRINT_DATA (default ../shared/data); where it is absent, scikit-learn's
digits stand in. One thread. Every ratio is of pairs measured in turn in this one run; what is smaller than the paper's
conditions is said in the heading.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from statistics import median

import numpy as np
import torch

from evaluator.measure.threads import fixed_threads
from evaluator.networks.image.image_network import ImageNetwork, ImageRows
from evaluator.networks.image.kernels import DenseKernels, GeneratedKernels, SharedKernels
from evaluator.networks.image.make import count, generated, make_network
from evaluator.networks.registry import variant
from evaluator.poc_new import new_poc
from evaluator.records import Limits
from evaluator.tasks import image as image_task
from evaluator.tasks.image import ImageData, ImageFacts
from evaluator.training import ParameterGroup, make_optimizer
from sample_data import FOLDER
from scorecards.evidence import paired_difference

PARTS = ("counts", "speed", "fashion", "sharing")
AXIS = ("shared", "hyper_small", "hyper", "hyper_large", "dense", "small_dense")
ROUNDS = 15


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS))
    parser.add_argument("--images", type=int, default=70_000, help="of Fashion-MNIST; a fifth is set aside")
    parser.add_argument("--steps", type=int, default=4_000, help="training steps of 64 images")
    parser.add_argument("--seeds", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch, fixed_threads(1):
        if "counts" in options.parts:
            counts()
        if "speed" in options.parts:
            speed(prepared(Path(scratch), 5_000, "wrn"))
        if {"fashion", "sharing"} & set(options.parts):
            data = prepared(Path(scratch), options.images, "conv")
            names = AXIS if "sharing" in options.parts else ("dense", "hyper")
            found = {name: accuracies(data, name, options.steps, options.seeds) for name in names}
            if "fashion" in options.parts:
                fashion(data, found, options.steps)
            if "sharing" in options.parts:
                sharing(data, found)


def source_file() -> Path:
    """Return Fashion-MNIST's ZIP, or the sample's where it is absent."""
    file = Path(os.environ.get("BLUEPRINT_DATA", "../shared/data")) / "fashion_mnist" / "fashion_mnist.zip"
    if not file.exists():
        print(f"{file} is not here: scikit-learn's digits instead")
        return FOLDER / "digit_images" / "digit_images.zip"
    return file


def prepared(scratch: Path, images: int, network: str) -> ImageData:
    """Return `images` images prepared for a network."""
    poc = new_poc([source_file()], task="image", options={"images": images, "network": network}).poc
    return image_task.prepare(poc, scratch / f"{network}-{images}")


def counts() -> None:
    print("Stored parameters (Ha et al. 2017, and METHOD's exact counts)")
    for depth, width, plain, hyper in ((40, 1, 564_042, 97_882), (10, 1, 77_962, 82_202), (40, 2, None, None)):
        facts = cifar(depth, width)
        made = count(make_network(facts, DenseKernels)), count(generated(facts))
        told = f"exact {plain:,} / {hyper:,}" if plain and hyper else "paper 2.236M / 0.148M"
        print(f"  WRN-{depth}-{width}: plain {made[0]:>9,}  hyper {made[1]:>8,}   {told}")
    facts = replace(cifar(16, 1), network="conv", size=28, channels=1, mean=(33.0,), deviation=(79.0,))
    kernels = [sum(p.numel() for p in one.source.parameters()) for one in (dense_of(facts), generated(facts))]
    print(f"  MNIST, second kernel 7 × 7: plain {kernels[0]:,}  hyper {kernels[1]:,}   paper 12,544 / 4,244")


def cifar(depth: int, width: int) -> ImageFacts:
    """Return facts as of CIFAR-10."""
    return ImageFacts(
        tuple("0123456789"), 32, 3, (120.0,) * 3, (63.0,) * 3, (), 0, "wrn", depth, width, (), "",
    )  # fmt: skip


def dense_of(facts: ImageFacts) -> ImageNetwork:
    return make_network(facts, DenseKernels)


def speed(data: ImageData) -> None:
    print(f"\nSpeed, one thread, {ROUNDS} rounds in turn, median (least)")
    source = generated(cifar(40, 1)).source
    assert isinstance(source, GeneratedKernels)
    batched, one_by_one = in_turn([source.kernels, lambda: tile_by_tile(source)], inner=20)
    print(
        f"  all weights of WRN-40-1: {1e3 * median(batched):.2f} ms ({1e3 * min(batched):.2f}); at most 1.5 wanted; "
        f"a call a tile {ratio(one_by_one, batched)} as long (METHOD: 1.1 ms, 5.5 ms a call a layer)"
    )
    for depth in (16, 22):
        facts = replace(data.facts, depth=depth)
        networks = [dense_of(facts), generated(facts)]
        rows = networks[0].batch(data.train.take(slice(0, 64)))
        dense, hyper = in_turn([step_of(network, rows) for network in networks], inner=1)
        print(
            f"  a step of WRN-{depth}-1, 64 images of {facts.size} pixels: plain {1e3 * median(dense):.0f} ms, "
            f"hyper {ratio(hyper, dense)} of it; at most 1.10 wanted"
        )


def tile_by_tile(source: GeneratedKernels) -> list[torch.Tensor]:
    """Make the kernels as a program that knows of no batches would."""
    tiles = []
    for z in source.tile_embedding:
        a = torch.matmul(source.first_weight, z) + source.first_bias
        tiles.append(torch.addmm(source.out_bias, a, source.out_weight.t()))
    return tiles


def step_of(network: ImageNetwork, rows: ImageRows) -> Callable[[], object]:
    """Return a training step."""
    optimizer = make_optimizer((ParameterGroup(tuple(network.parameters()), 1e-3),))
    network.train().decay = 1e-4 if network.generates else 0.0

    def step() -> None:
        network.loss(rows).backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)

    return step


def in_turn(calls: Sequence[Callable[[], object]], inner: int) -> list[list[float]]:
    """Return the seconds of each call in each round; generating is timed without gradients where `inner` is above 1."""
    seconds: list[list[float]] = [[] for _ in calls]
    with torch.set_grad_enabled(inner == 1):
        for round_ in range(ROUNDS + 2):
            for number, call in enumerate(calls):
                start = time.perf_counter()
                for _ in range(inner):
                    call()
                if round_ >= 2:
                    seconds[number].append((time.perf_counter() - start) / inner)
    return seconds


def ratio(above: Sequence[float], below: Sequence[float]) -> str:
    """Return the median of the rounds' ratios and their quartiles."""
    low, middle, high = np.quantile(np.array(above) / np.array(below), [0.25, 0.5, 0.75])
    return f"{middle:.2f} times (quartiles {low:.2f} to {high:.2f})"


def accuracies(data: ImageData, name: str, steps: int, seeds: int) -> tuple[dict[int, float], int, float]:
    """Return seed → accuracy on the test images, stored parameters, and CPU seconds of a training."""
    limits = Limits(1e9, 10_000, 10_000, 1.0, 1, max_steps=steps)
    scores, seconds, parameters = {}, [], 0
    for seed in range(1, seeds + 1):
        fitted = variant(name, "image").train(data, {}, seed=seed, limits=limits, target=None)
        scores[seed] = data.main_score(data.test, fitted.predict(data.test))
        seconds.append(fitted.trace.cpu_seconds)
        parameters = fitted.parameters()
        print(f"  {name} seed {seed}: {100 * scores[seed]:.2f} %, {seconds[-1]:.0f} CPU s", flush=True)
    return scores, parameters, float(np.mean(seconds))


def fashion(data: ImageData, found: dict[str, tuple[dict[int, float], int, float]], steps: int) -> None:
    dense, hyper = found["dense"], found["hyper"]
    interval = paired_difference(hyper[0], dense[0], 0.95)
    print(
        f"\nTwo layers of 7 × 7, {data.train.rows:,} training and {data.test.rows:,} test images, {steps:,} steps of "
        f"64, {len(dense[0])} seeds, default settings (paper: MNIST, 60,000 training images)"
    )
    print("                 accuracy   second kernel   CPU s     paper (MNIST)")
    rows = (("dense", dense, "12,544", "99.28 %"), ("hyper", hyper, "4,244", "99.24 %"))
    for name, (scores, _, seconds), kernel, paper in rows:
        print(
            f"  {name:12s}  {100 * np.mean(list(scores.values())):7.2f} %   {kernel:>13s}   {seconds:5.0f}     {paper}"
        )
    print(
        f"  hyper − dense {100 * interval.value:+.2f} points, 95 % interval {100 * interval.low:+.2f} to "
        f"{100 * interval.high:+.2f} (paired t); wanted: at least −0.5"
    )


def sharing(data: ImageData, found: dict[str, tuple[dict[int, float], int, float]]) -> None:
    print("\nFrom shared to dense: quality against what is stored")
    print("                 stored   of them the kernel's   accuracy (deviation over seeds)")
    kernel = {
        "shared": make_network(data.facts, SharedKernels),
        "dense": dense_of(data.facts),
        **{f"hyper{end}": generated(data.facts, point) for end, point in POINTS.items()},
    }
    for name, (scores, parameters, _) in found.items():
        values = 100 * np.array(list(scores.values()))
        own = f"{sum(p.numel() for p in kernel[name].source.parameters()):,}" if name in kernel else "-"
        print(f"  {name:12s} {parameters:9,}   {own:>19s}   {values.mean():6.2f} % ({values.std(ddof=1):.2f})")


POINTS = {"_small": "small", "": "paper", "_large": "large"}


if __name__ == "__main__":
    main()
