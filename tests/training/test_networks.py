"""What makes the networks' comparison honest: sizes, initialisation, caches, and who changes what in fine-tuning."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from evaluator.measure.finetuning import fine_tune
from evaluator.measure.threads import fixed_threads
from evaluator.networks.site_embedding import SITE_EMBEDDING
from evaluator.networks.table import dense, dense_site, hyper, shared, small_dense
from evaluator.networks.table.finetuning import SiteCopies, trainable_names
from evaluator.networks.table.hyper import INNER, TILE_OUTPUTS, Generator
from evaluator.networks.table.target_network import Shape, TargetNetwork, rows_of
from evaluator.networks.table.torch_fitted import ProductCache, TorchFitted
from evaluator.networks.table.torch_variant import TorchVariant
from evaluator.records import TrialRequest
from evaluator.tasks.table import TableData, TablePart, score
from evaluator.training import make_optimizer, warm_up
from tests.table_data import QUICK, make_data

pytestmark = pytest.mark.training


@pytest.fixture(autouse=True, scope="module")
def one_thread() -> Iterator[None]:
    with fixed_threads(1):
        yield


def network(variant: TorchVariant, data: TableData, seed: int = 0) -> TargetNetwork:
    torch.manual_seed(seed)
    return variant.network(data.facts, variant.settings())


def stored(model: TargetNetwork) -> int:
    return sum(parameter.numel() for parameter in model.parameters())


def train(variant: TorchVariant, data: TableData, epochs: int = 12) -> TorchFitted:
    fitted = variant.train(data, {}, seed=1, limits=replace(QUICK, max_epochs=epochs), target=None)
    assert isinstance(fitted, TorchFitted)
    return fitted


@pytest.mark.parametrize("sites", [True, False])
def test_hyper_stores_less_than_half_of_dense_at_the_default_depth(sites: bool) -> None:
    data = make_data(sites=sites)
    assert stored(network(hyper.VARIANT, data)) < 0.5 * stored(network(dense.VARIANT, data))


@pytest.mark.parametrize("kind", ["binary", "multiclass", "regression"])
@pytest.mark.parametrize("sites", [True, False])
def test_small_dense_stores_as_many_values_as_hyper(kind: str, sites: bool) -> None:
    data = make_data(kind, sites=sites)  # type: ignore[arg-type]
    wanted = stored(network(hyper.VARIANT, data))
    assert stored(network(small_dense.VARIANT, data)) == pytest.approx(wanted, rel=0.05)


def test_variants_share_one_target_network() -> None:
    data = make_data(sites=True)
    shapes = {}
    for variant in (dense.VARIANT, shared.VARIANT, hyper.VARIANT, dense_site.VARIANT):
        model = network(variant, data)
        weights = model.generate()
        parts = [
            (name, tuple(value.shape))
            for name, value in model.named_parameters()
            if not name.startswith(("source.", "sites.", "enter.weight"))
        ]
        shapes[variant.name] = (tuple(weights.up.shape), tuple(weights.down.shape), parts)
    assert shapes["dense"] == shapes["shared"] == shapes["hyper"] == shapes["dense_site"]
    assert network(hyper.VARIANT, data).enter.in_features == network(dense.VARIANT, data).enter.in_features


def test_generated_weights_start_at_the_scale_of_learned_ones() -> None:
    shape = Shape()
    torch.manual_seed(0)
    made, learned = Generator(shape, sites=False).weights(), dense.DirectWeights(shape).weights()
    for generated, direct in zip(made, learned, strict=True):
        assert generated.std().item() == pytest.approx(direct.std().item(), rel=0.25)
        for block in generated:  # no block starts dead or exploding
            assert block.std().item() == pytest.approx(direct.std().item(), rel=0.5)


def test_the_batched_generator_is_equations_2_and_3() -> None:
    shape = Shape(width=32, inner=32, blocks=2)
    torch.manual_seed(0)
    generator = Generator(shape, sites=False)
    with torch.no_grad():
        generator.first_bias.normal_()
        generator.out_bias.normal_()
        up, down = generator.weights()
    tiles_a_matrix = shape.width // TILE_OUTPUTS
    for which, matrices in enumerate((up, down)):
        for block in range(shape.blocks):
            for tile in range(tiles_a_matrix):
                z = generator.tile_embedding[(which * shape.blocks + block) * tiles_a_matrix + tile]
                for i in range(shape.width):
                    columns = slice(i * INNER, (i + 1) * INNER)
                    a_i = z @ generator.first_weight[:, columns] + generator.first_bias[columns]
                    k_i = (a_i @ generator.out_weight + generator.out_bias) * generator.gain[which, 0, 0, 0]
                    outputs = slice(tile * TILE_OUTPUTS, (tile + 1) * TILE_OUTPUTS)
                    torch.testing.assert_close(matrices[block, outputs, i], k_i, rtol=1e-4, atol=1e-5)


def test_scale_and_shift_are_the_weights_of_another_network_generated_for_that_site() -> None:
    data = make_data(sites=True)
    model = network(hyper.VARIANT, data).eval()
    part = data.train.take(np.flatnonzero(data.train.site == 2)[:20])
    generated = model.generate()
    assert generated.table is not None
    scale, shift = generated.table[2].unbind(1)
    plain = network(dense.VARIANT, data).eval()
    own = {name: value for name, value in model.state_dict().items() if name in plain.state_dict()}
    own["source.up"] = generated.up * scale[:, :, None]
    own["source.down"] = generated.down
    own["up_bias"] = model.up_bias * scale + shift
    plain.load_state_dict(own)
    with torch.no_grad():
        expected, found = plain(rows_of(part, sites=False)), model(rows_of(part, sites=True))
    torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-5)


def test_a_cached_sites_product_predicts_like_weights_generated_anew() -> None:
    data = make_data(sites=True)
    fitted = train(hyper.VARIANT, data, epochs=3)
    for part in (data.test, data.new_test):
        for site in np.unique(part.site):
            rows = part.take(part.site == site)
            anew = fitted.predictor(cached=False)(rows)
            np.testing.assert_allclose(fitted.predictor(cached=True)(rows), anew, atol=1e-6)
    before = fitted.predict(data.new_test)
    with torch.no_grad():
        assert fitted.network.sites is not None
        fitted.network.sites.new.add_(1.0)
    assert not np.allclose(fitted.predict(data.new_test), before)


def test_uncached_predictions_generate_the_weights_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    data = make_data()
    fitted = train(hyper.VARIANT, data, epochs=1)
    made: list[int] = []
    original = Generator.weights

    def counted(self: Generator) -> tuple[torch.Tensor, torch.Tensor]:
        made.append(1)
        return original(self)

    monkeypatch.setattr(Generator, "weights", counted)
    kept, anew = fitted.predictor(cached=True), fitted.predictor(cached=False)
    for expected, predict in ((1, kept), (1, kept), (2, anew), (3, anew)):
        predict(data.test)
        assert len(made) == expected


@pytest.mark.parametrize("variant", [dense.VARIANT, hyper.VARIANT])
def test_the_weights_kept_are_those_with_the_best_validation_score(variant: TorchVariant) -> None:
    data = make_data()
    fitted = variant.train(data, {"learning_rate": 3e-2}, seed=2, limits=replace(QUICK, max_epochs=20), target=None)
    assert fitted.trace.curve[-1].score < fitted.trace.best_score - 1e-3, "the last weights aren't the best here"
    kept = data.main_score(data.validation, fitted.predict(data.validation))
    assert kept == pytest.approx(fitted.trace.best_score, abs=1e-6)


@pytest.mark.parametrize("method", ["all_weights", "head_only"])
def test_a_sites_time_is_that_of_the_site_alone(method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A clock of work done: a step on two sites together costs 3, on one alone 2, so a share of the whole is wrong."""
    work = 0.0
    original = SiteCopies.loss

    class WorkClock:
        def __init__(self) -> None:
            self.begin = work

        def seconds(self) -> float:
            return work - self.begin

        cpu_seconds = seconds

    def working(self: SiteCopies) -> torch.Tensor:
        nonlocal work
        work += 1.0 + len(self.sites)
        return original(self)

    new_train, new_validation, data = two_new_sites()
    fitted = train(dense.VARIANT, data, epochs=2)
    monkeypatch.setattr("evaluator.training.Clock", WorkClock)
    monkeypatch.setattr(SiteCopies, "loss", working)
    monkeypatch.setattr(TorchFitted, "finetune_methods", lambda _: (method,))
    here = replace(data, new_train=new_train, new_validation=new_validation)
    request = TrialRequest("poc", "t", "measure", "table", "dense", 1, "", "", replace(QUICK, finetune_max_steps=8))
    trace = fine_tune(fitted, here, request)[method].trace
    assert trace.steps == 8
    assert trace.seconds == trace.cpu_seconds == 2.0 * 8
    assert [point.seconds for point in trace.curve] == [2.0 * step for step in range(9)]


def test_cached_weights_drop_themselves() -> None:
    data = make_data(sites=True)
    model = network(hyper.VARIANT, data).eval()
    cache = ProductCache()
    first = cache.weights(model)
    assert cache.weights(model) is first  # kept while nothing changes

    model(rows_of(data.test, sites=True)).sum().backward()
    make_optimizer(group_of(model)).step()
    second = cache.weights(model)
    assert not torch.equal(second.up, first.up)

    model.load_state_dict({name: value * 0.5 for name, value in model.state_dict().items()})
    third = cache.weights(model)
    assert not torch.equal(third.up, second.up)

    assert cache.weights(model) is third
    model.train()
    assert cache.weights(model) is not third


def group_of(model: TargetNetwork) -> tuple:  # type: ignore[type-arg]
    from evaluator.training import ParameterGroup

    return (ParameterGroup(tuple(model.parameters()), 0.1),)


def test_embedding_only_changes_nothing_but_the_new_sites_eight_floats() -> None:
    data = make_data(sites=True)
    for variant in (hyper.VARIANT, dense_site.VARIANT):
        fitted = train(variant, data, epochs=3)
        tuned = fitted.finetune(
            "embedding_only", data.new_train, data.new_validation, seed=0, limits=QUICK, target=None
        )
        (site,) = tuned.by_site
        before, after = fitted.network.state_dict(), tuned.by_site[site].state_dict()
        changed = [name for name in before if not torch.equal(before[name], after[name])]
        assert changed == ["sites.new"]
        assert fitted.trainable_parameters("embedding_only") == SITE_EMBEDDING == 8


def test_embedding_only_without_sites_changes_the_layer_embeddings() -> None:
    data = make_data()
    assert trainable_names(network(hyper.VARIANT, data), "embedding_only") == ("source.tile_embedding",)
    assert trainable_names(network(dense.VARIANT, data), "embedding_only") == ()


def test_generator_and_embeddings_are_told_apart() -> None:
    model = network(hyper.VARIANT, make_data(sites=True))
    generator = trainable_names(model, "generator")
    assert "source.first_weight" in generator
    assert "source.tile_embedding" not in generator
    assert not any(name.startswith(("sites.", "head.")) for name in generator)
    assert "sites.known" not in trainable_names(model, "all_weights")  # they belong to other sites


def test_a_new_site_starts_at_the_mean_of_the_learned_ones() -> None:
    fitted = train(hyper.VARIANT, make_data(sites=True), epochs=2)
    sites = fitted.network.sites
    assert sites is not None
    torch.testing.assert_close(sites.new[0], sites.known.mean(0))


def two_new_sites() -> tuple[TablePart, TablePart, TableData]:
    data = make_data("regression", sites=True)
    random = np.random.default_rng(0)
    parts = []
    for part in (data.new_train, data.new_validation):
        site = np.where(random.random(part.rows) < 0.6, 4, 5).astype(np.int32)
        parts.append(TablePart(part.x_num, part.x_cat, part.y + 30 * (site - 4), site))
    return parts[0], parts[1], data


@pytest.mark.parametrize("method", ["embedding_only", "all_weights"])
def test_sites_tuned_together_end_where_each_would_alone(method: str) -> None:
    new_train, new_validation, data = two_new_sites()
    fitted = train(hyper.VARIANT, data, epochs=2)
    together = fitted.finetune(method, new_train, new_validation, seed=0, limits=QUICK, target=None)
    for site in (4, 5):
        alone = fitted.finetune(
            method,
            new_train.take(new_train.site == site),
            new_validation.take(new_validation.site == site),
            seed=0,
            limits=QUICK,
            target=None,
        )
        rows = data.new_test
        here = TablePart(rows.x_num, rows.x_cat, rows.y, np.full(rows.rows, site, dtype=np.int32))
        np.testing.assert_allclose(together.predict(here), alone.predict(here), rtol=1e-3)


def test_fine_tuning_never_keeps_what_is_worse_on_validation_than_doing_nothing() -> None:
    data = make_data("regression", sites=True)
    fitted = train(dense.VARIANT, data, epochs=3)
    wild = fitted.finetune(
        "all_weights", data.new_train, data.new_validation, seed=0, limits=QUICK, target=None, learning_rate_factor=3e3
    )
    before = score("regression", data.new_validation.y, fitted.predict(data.new_validation))["quality.rmse"]
    after = score("regression", data.new_validation.y, wild.predict(data.new_validation))["quality.rmse"]
    assert after <= before


def test_a_site_embedding_alone_adapts_to_a_new_site() -> None:
    data = make_data("regression", sites=True, rows=800)
    limits = replace(QUICK, finetune_max_steps=100)
    for variant in (hyper.VARIANT, dense_site.VARIANT):
        fitted = train(variant, data, epochs=25)
        tuned = fitted.finetune(
            "embedding_only", data.new_train, data.new_validation, seed=0, limits=limits, target=None
        )
        before = score("regression", data.new_test.y, fitted.predict(data.new_test))["quality.rmse"]
        after = score("regression", data.new_test.y, tuned.predict(data.new_test))["quality.rmse"]
        assert after < 0.6 * before


def test_validation_that_cannot_be_scored_keeps_the_latest_weights() -> None:
    data = make_data()
    unscored = replace(data, validation=data.validation.take(np.asarray(data.validation.y == 1)))
    fitted = dense.VARIANT.train(unscored, {}, seed=1, limits=QUICK, target=0.5)
    assert np.isnan(fitted.trace.best_score)
    assert fitted.trace.steps_to_target == float("inf")
    assert score("binary", data.train.y, fitted.predict(data.train))["quality.auc"] > 0.65


def test_weight_decay_shrinks_the_generated_weights() -> None:
    data = make_data()
    sizes = []
    for decay in (0.0, 30.0):
        fitted = hyper.VARIANT.train(data, {"weight_decay": decay, "dropout": 0.0}, seed=1, limits=QUICK, target=None)
        assert isinstance(fitted, TorchFitted)
        sizes.append(fitted.network.generate().up.square().mean().item())
    assert sizes[1] < 0.8 * sizes[0]


def test_counted_flops_are_those_of_the_formula() -> None:
    layer = torch.nn.Linear(48, 32)
    x = torch.randn(10, 48, requires_grad=True)
    with FlopCounterMode(display=False) as counter:
        layer(x).sum().backward()
    product = 2 * 10 * 48 * 32  # one for the output, one for each of the two gradients
    assert counter.get_total_flops() == 3 * product


def test_a_steps_flops_hold_the_blocks_products() -> None:
    data = make_data(rows=1000)
    learners = [
        SiteCopies(network(variant, data), data.facts, "all_weights", data.train, data.validation, 1e-3, 0)
        for variant in (dense.VARIANT, hyper.VARIANT)
    ]
    counted = []
    for learner in learners:
        learner.start()
        counted.append(warm_up(learner.loss, learner.evaluate, learner.groups()).flops_a_step)
    shape = Shape()
    blocks = 2 * 256 * 2 * shape.blocks * shape.width * shape.inner
    assert counted[0] > 3 * blocks
    assert counted[0] < 4.5 * blocks
    assert counted[1] > counted[0]  # generating costs something


def test_bigger_tables_are_read_in_batches_of_equal_size() -> None:
    from evaluator.training import batches

    order = batches(1000, 256, torch.Generator().manual_seed(0))
    epoch = [next(order) for _ in range(3)]
    assert [len(batch) for batch in epoch] == [256, 256, 256]
    assert len(torch.cat(epoch).unique()) == 768
    assert not torch.equal(next(order), epoch[0])
