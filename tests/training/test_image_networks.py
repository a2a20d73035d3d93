"""The image task's networks: the paper's counts, what is generated, caches, plain copies, sites, fine-tuning."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor

from evaluator.measure.threads import fixed_threads
from evaluator.networks.image import dense, hyper
from evaluator.networks.image.image_network import ImageNetwork
from evaluator.networks.image.kernels import TILE, DenseKernels, GeneratedKernels, KernelShape, SharedKernels
from evaluator.networks.image.make import EMBEDDINGS, count, generated, make_network, narrow
from evaluator.networks.network_fitted import NetworkFitted
from evaluator.networks.registry import VARIANTS, variant
from evaluator.networks.task_network import answers, trainable_names
from evaluator.networks.weight_cache import WeightCache
from evaluator.tasks.image.data import ImageData, ImageFacts
from evaluator.tasks.image.targets import naive_score
from evaluator.training import make_optimizer
from tests.image_data import QUICK, make_data

pytestmark = pytest.mark.training
NAMES = [name for name in VARIANTS["image"] if name != "hyperneat"]
HYPER = [name for name in NAMES if name.startswith("hyper")]


@pytest.fixture(autouse=True, scope="module")
def one_thread() -> Iterator[None]:
    with fixed_threads(1):
        yield


def facts(
    network: str, depth: int = 16, width: int = 1, *, sites: int = 0, size: int = 32, channels: int = 3
) -> ImageFacts:
    """Return facts of ten classes; by default colour images of 32 pixels, as in CIFAR-10."""
    return ImageFacts(
        classes=tuple("0123456789"),
        size=size,
        channels=channels,
        mean=(120.0,) * channels,
        deviation=(60.0,) * channels,
        sites=tuple(f"site{number}" for number in range(sites)),
        known_sites=max(0, sites - 1),
        network=network,
        depth=depth,
        width=width,
        repairs=(),
        data_hash="",
    )


@cache
def data_of(sites: bool = False, network: str = "conv", per_class: int = 60) -> ImageData:
    return make_data(sites=sites, network=network, per_class=per_class)


@cache
def fitted(name: str, sites: bool = False) -> NetworkFitted:
    found = variant(name, "image").train(data_of(sites), {}, seed=1, limits=QUICK, target=0.5)
    assert isinstance(found, NetworkFitted)
    return found


@pytest.mark.parametrize(
    ("depth", "width", "plain", "made"),
    [(40, 1, 564_042, 97_882), (10, 1, 77_962, 82_202)],
)
def test_wide_residual_networks_have_the_papers_counts(depth: int, width: int, plain: int, made: int) -> None:
    sizes = facts("wrn", depth, width)
    assert count(make_network(sizes, DenseKernels)) == plain
    assert count(generated(sizes)) == made


def test_the_two_layer_network_has_the_papers_counts() -> None:
    sizes = facts("conv", size=28, channels=1)
    assert sum(p.numel() for p in make_network(sizes, DenseKernels).source.parameters()) == 12_544
    assert sum(p.numel() for p in generated(sizes).source.parameters()) == 4_244


@pytest.mark.parametrize("network", ["conv", "wrn"])
def test_embeddings_lead_from_shared_to_dense(network: str) -> None:
    sizes = facts(network, 16)
    stored = [
        count(make_network(sizes, SharedKernels)),
        *(count(generated(sizes, point)) for point in ("small", "paper", "large")),
        count(make_network(sizes, DenseKernels)),
    ]
    if network == "wrn":
        assert stored == sorted(stored)
    assert stored[1:] == sorted(stored[1:])
    assert list(EMBEDDINGS[network]) == ["small", "paper", "large"]


@pytest.mark.parametrize("network", ["conv", "wrn"])
def test_small_dense_stores_about_as_much_as_hyper(network: str) -> None:
    sizes = facts(network, 40)
    wanted = count(generated(sizes))
    assert count(narrow(sizes, DenseKernels, wanted)) == pytest.approx(wanted, rel=0.15)


def literal(source: GeneratedKernels) -> list[Tensor]:
    """Make the kernels as the paper's equations say, one slice at a time, in float64."""
    made, at = [], 0
    for shape in source.shapes:
        kernel = torch.zeros(shape.outputs, shape.inputs, shape.side, shape.side, dtype=torch.float64)
        for down in range(shape.outputs // TILE):
            for across in range(shape.inputs // TILE):
                z = source.tile_embedding[at].double()
                at += 1
                for i in range(TILE):
                    a = source.first_weight[i].double() @ z + source.first_bias[i].double()
                    piece = source.out_weight.double() @ a + source.out_bias.double()
                    rows = slice(down * TILE, (down + 1) * TILE)
                    kernel[rows, across * TILE + i] = piece.view(TILE, shape.side, shape.side)
        made.append(kernel)
    return made


def test_generated_kernels_are_those_of_the_equations() -> None:
    torch.manual_seed(0)
    shapes = [KernelShape(16, 16, 3), KernelShape(16, 16, 3), KernelShape(32, 16, 3), KernelShape(32, 32, 3)]
    source = GeneratedKernels(shapes, 5)
    with torch.no_grad():
        source.first_bias.normal_()
        source.out_bias.normal_()
    for found, expected in zip(source.kernels(), literal(source), strict=True):
        torch.testing.assert_close(found.double(), expected, rtol=1e-5, atol=1e-5)


def test_generated_weights_start_with_the_variance_of_an_ordinary_network() -> None:
    torch.manual_seed(0)
    network = generated(facts("wrn", 40))
    for kernel, shape in zip(network.source.kernels(), network.source.shapes, strict=True):
        assert kernel.std().item() == pytest.approx(shape.gain, rel=0.35)


def test_a_shared_kernel_is_the_same_everywhere() -> None:
    kernels = SharedKernels([KernelShape(16, 16, 3), KernelShape(32, 32, 3)]).kernels()
    torch.testing.assert_close(kernels[1][16:, 16:], kernels[0])
    only = SharedKernels([KernelShape(16, 16, 7)])
    assert only.weight.numel() == 16 * 7 * 7
    torch.testing.assert_close(only.kernels()[0][:, 3:4], only.weight)


@pytest.mark.parametrize("name", [name for name in NAMES if name != "dense_site"])
def test_it_learns_better_than_guessing(name: str) -> None:
    data = data_of()
    assert data.main_score(data.test, fitted(name).predict(data.test)) > naive_score(data, data.test) + 0.2


@pytest.mark.parametrize("name", ["dense", "dense_site", "hyper"])
def test_it_learns_with_sites(name: str) -> None:
    data = data_of(sites=True)
    assert data.main_score(data.test, fitted(name, True).predict(data.test)) > naive_score(data, data.test) + 0.2


@pytest.mark.parametrize("name", ["dense", "hyper"])
def test_a_wide_residual_network_learns(name: str) -> None:
    data = data_of(network="wrn", per_class=300)
    model = variant(name, "image").train(data, {}, seed=1, limits=QUICK, target=None)
    assert data.main_score(data.test, model.predict(data.test)) > naive_score(data, data.test) + 0.2


@pytest.mark.parametrize("sites", [False, True])
@pytest.mark.parametrize("name", NAMES)
def test_what_is_saved_predicts_the_same_when_loaded(name: str, sites: bool, tmp_path: Path) -> None:
    if not variant(name, "image").applies(data_of(sites)):
        assert name == "dense_site"
        return
    model, data = fitted(name, sites), data_of(sites)
    model.save(tmp_path)
    loaded = variant(name, "image").load(tmp_path, data)
    np.testing.assert_allclose(loaded.predict(data.test), model.predict(data.test), atol=1e-6)
    assert loaded.parameters() == model.parameters()


@pytest.mark.parametrize("sites", [False, True])
@pytest.mark.parametrize("name", HYPER)
def test_cached_and_uncached_predictions_are_equal(name: str, sites: bool) -> None:
    model, data = fitted(name, sites), data_of(sites)
    kept, anew = (model.predictor(cached=cached)(data.test) for cached in (True, False))
    np.testing.assert_allclose(kept, anew, atol=1e-6)
    assert model.generates()


def test_the_cache_drops_itself() -> None:
    network = generated(facts("conv", size=8, channels=1)).eval()
    kept: WeightCache = WeightCache()
    first = kept.weights(network)["0"]
    assert kept.weights(network)["0"] is first

    optimizer = make_optimizer(variant_groups(network))
    network.source.kernels()[0].sum().backward()
    optimizer.step()
    second = kept.weights(network)["0"]
    assert second is not first
    assert not torch.equal(second, first)

    network.load_state_dict({name: value * 2 for name, value in network.state_dict().items()})
    third = kept.weights(network)["0"]
    assert not torch.equal(third, second)

    network.train()
    assert kept.weights(network)["0"] is not third
    network.eval()
    last = kept.weights(network)["0"]
    assert kept.weights(network)["0"] is last


def variant_groups(network: ImageNetwork) -> tuple:
    from evaluator.training import ParameterGroup

    return (ParameterGroup(tuple(network.parameters()), 0.01),)


@pytest.mark.parametrize("sites", [0, 4])
@pytest.mark.parametrize("network", ["conv", "wrn"])
def test_a_plain_network_gives_the_same_answers(network: str, sites: int) -> None:
    torch.manual_seed(0)
    made = generated(facts(network, 16, sites=sites, size=16, channels=1))
    with torch.no_grad():
        for name, value in made.named_parameters():
            if name.endswith("bias") or "norm" in name or name.startswith("site"):
                value.add_(0.2 * torch.randn_like(value))
        for name, value in made.named_buffers():
            if "running" in name:
                value.add_(0.3 * torch.rand_like(value))
    data = make_data(network=network)
    rows = made.batch(data.train.take(slice(0, 20)))
    rows = replace(rows, x=torch.randint(0, 255, (20, 1, 16, 16), dtype=torch.uint8))
    plain = made.plain(data, -1)
    assert plain is not None
    assert not plain.generates
    assert plain.plain(data, -1) is None
    torch.testing.assert_close(answers(plain, rows, 8), answers(made.eval(), rows, 8), rtol=0, atol=1e-5)
    assert count(plain) == count(make_network(facts(network, 16, size=16, channels=1), DenseKernels))


def test_sites_change_what_is_answered() -> None:
    model, data = fitted("hyper", True), data_of(sites=True)
    part = data.test.take(slice(0, 10))
    elsewhere = replace(part, site=(part.site + 1) % 3)
    assert np.abs(model.predict(part) - model.predict(elsewhere)).max() > 1e-4
    unknown, new = (replace(part, site=np.full(10, site, dtype=np.int32)) for site in (-1, 3))
    np.testing.assert_allclose(model.predict(unknown), model.predict(new), atol=1e-6)


@pytest.mark.parametrize("sites", [False, True])
@pytest.mark.parametrize("name", ["dense", "hyper", "dense_site"])
def test_fine_tuning_changes_what_its_method_says(name: str, sites: bool, tmp_path: Path) -> None:
    if name == "dense_site" and not sites:
        return
    model, data = fitted(name, sites), data_of(sites)
    for method in model.finetune_methods():
        tuned = model.finetune(method, data.new_train, data.new_validation, seed=1, limits=QUICK, target=None)
        own = dict(model.network.named_parameters())
        (copy_,) = tuned.by_site.values()
        changed = {name for name, value in copy_.named_parameters() if not torch.equal(value, own[name])}
        assert changed <= set(trainable_names(model.network, method))
        update = load_file(tuned.save_update(method, tmp_path))
        assert sum(value.numel() for value in update.values()) == model.trainable_parameters(method)


def test_methods_and_what_they_change() -> None:
    assert fitted("dense").finetune_methods() == ("all_weights", "head_only")
    assert fitted("hyper").finetune_methods() == ("all_weights", "head_only", "generator", "embedding_only")
    assert fitted("hyper").trainable_parameters("embedding_only") == 4
    assert fitted("hyper", True).trainable_parameters("embedding_only") == 8
    assert fitted("dense_site", True).trainable_parameters("embedding_only") == 8
    assert all("embedding" not in name for name in fitted("hyper", True).network.generator_names())


def test_decay_is_of_generated_weights_not_of_the_generators() -> None:
    network = fitted("hyper").network
    assert network.decayed_names() == ("first.weight", "head.weight")
    assert "source.weight.0" in fitted("dense").network.decayed_names()
    rows = network.batch(data_of().train.take(slice(0, 8)))
    with torch.no_grad():
        network.decay = 0.0
        bare = network.loss(rows)
        network.decay = 0.1
        squares = sum(kernel.square().sum() for kernel in network.source.kernels())
        torch.testing.assert_close(network.loss(rows), bare + 0.05 * squares)


def test_sites_are_left_out_where_only_one_is_known() -> None:
    assert generated(facts("conv", sites=2)).sites is None
    assert generated(facts("conv", sites=3)).sites is not None
    assert not variant("dense_site", "image").applies(data_of())


def test_tiles_need_whole_tiles() -> None:
    with pytest.raises(ValueError, match="multiples of 16"):
        GeneratedKernels([KernelShape(10, 16, 3)], 4)


def test_flops_of_a_step_are_those_of_its_convolutions() -> None:
    sizes = facts("conv", size=8, channels=1)
    assert make_network(sizes, DenseKernels).step_flops(4) is None  # torch's counter knows convolutions
    trace = fitted("dense").trace
    rows, outputs = 64, len(data_of().facts.classes)
    first, second, head = 64 * 16 * 49, 16 * 16 * 16 * 49, 16 * 4 * outputs
    step = 2 * rows * (2 * first + 3 * second + 3 * head)  # the first layer's input needs no gradient
    assert trace.flops == pytest.approx(step * trace.steps, rel=0.5)
    assert trace.flops > step * trace.steps


def test_settings_are_the_same_for_variants_of_a_kind() -> None:
    assert dense.VARIANT.pace == hyper.VARIANT.pace
    assert set(dense.VARIANT.space) == set(hyper.VARIANT.space)
