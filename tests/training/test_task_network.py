"""The variant that any TaskNetwork makes, on a network of one generated matrix: y = argmax of x · W, W = z · G."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812  # its usual name

from evaluator.networks.device import tensor_of
from evaluator.networks.network_fitted import NetworkFitted
from evaluator.networks.network_variant import NetworkVariant, Pace, Range
from evaluator.networks.site_embedding import SITE_EMBEDDING, SiteEmbedding
from evaluator.networks.task_network import TaskNetwork, Weights
from evaluator.networks.weight_cache import WeightCache
from evaluator.records import Limits
from scorecards.local_text import LocalText

pytestmark = pytest.mark.training

LIMITS = Limits(max_seconds=20.0, max_epochs=15, patience_epochs=15, finetune_max_seconds=20.0, finetune_max_steps=45)
INPUTS, CLASSES = 6, 3


@dataclass(frozen=True)
class Rows:
    """Rows of a role; `x` (rows, INPUTS)."""

    x: NDArray[np.float32]
    y: NDArray[np.int64]
    site: NDArray[np.int32]

    @property
    def rows(self) -> int:
        return len(self.y)

    def take(self, index: NDArray[np.int64] | NDArray[np.bool_] | slice) -> Rows:
        return Rows(self.x[index], self.y[index], self.site[index])


@dataclass(frozen=True)
class Data:
    """Three known sites that agree, two new ones whose classes are turned by one."""

    train: Rows
    validation: Rows
    test: Rows
    new_train: Rows
    new_validation: Rows
    new_test: Rows
    rows: int = 0
    has_sites: bool = True
    site_names: tuple[str, ...] = ("a", "b", "c", "d", "e")
    known_sites: int = 3
    repairs: tuple[LocalText, ...] = ()
    main_metric: str = "quality.accuracy"

    def scores(self, part: Rows, prediction: NDArray[np.float32]) -> dict[str, float]:
        return {"quality.accuracy": self.main_score(part, prediction)}

    def main_score(self, part: Rows, prediction: NDArray[np.float32]) -> float:
        return float((prediction.argmax(axis=1) == part.y).mean())

    def facts_text(self) -> str:
        return json.dumps({"inputs": INPUTS})


def small_data() -> Data:
    rng = np.random.default_rng(3)
    truth = rng.normal(size=(INPUTS, CLASSES))

    def part(rows: int, first: int, sites: int, turned: int) -> Rows:
        x = rng.normal(size=(rows, INPUTS)).astype(np.float32)
        y = ((x @ truth).argmax(axis=1) + turned) % CLASSES
        return Rows(x, y, (first + np.arange(rows) % sites).astype(np.int32))

    return Data(*(part(300, 0, 3, 0) for _ in range(3)), *(part(120, 3, 2, 1) for _ in range(3)))


@dataclass(frozen=True)
class Tensors:
    """A Batch."""

    x: Tensor
    y: Tensor
    site: Tensor

    @property
    def rows(self) -> int:
        return len(self.y)

    def take(self, index: Tensor | slice) -> Tensors:
        return Tensors(self.x[index], self.y[index], self.site[index])


class Small(TaskNetwork):
    """logits = head(x · W) + shift of the site."""

    generates = True

    def __init__(self, settings: Mapping[str, object]) -> None:
        super().__init__()
        self.embedding = nn.Parameter(torch.randn(4))
        self.generator = nn.Linear(4, INPUTS * CLASSES, bias=False)
        self.head = nn.Linear(CLASSES, CLASSES)
        self.sites = SiteEmbedding(3)
        self.site_to_logits = nn.Linear(SITE_EMBEDDING, CLASSES * INPUTS, bias=False)

    def batch(self, part: Rows) -> Tensors:  # type: ignore[override]
        return Tensors(
            tensor_of(part.x, torch.float32), tensor_of(part.y, torch.int64), tensor_of(part.site, torch.int64)
        )

    def answer(self, batch: Tensors, weights: Weights | None = None) -> Tensor:
        weights = weights if weights is not None else self.generate()
        own = self.site_to_logits(self.sites(batch.site)).view(-1, INPUTS, CLASSES)  # type: ignore[misc]
        product = (batch.x.unsqueeze(1) @ (weights["w"] + own)).squeeze(1)
        logits: Tensor = self.head(product)
        return logits

    def loss(self, batch: Tensors) -> Tensor:
        return F.cross_entropy(self.answer(batch), batch.y)

    def generate(self) -> Weights:
        return {"w": self.generator(self.embedding).view(INPUTS, CLASSES)}

    def generating_parameters(self) -> tuple[nn.Parameter, ...]:
        return (self.embedding, self.generator.weight)

    def generator_names(self) -> tuple[str, ...]:
        return ("generator.weight",)

    def embedding_names(self) -> tuple[str, ...]:
        return ("embedding",)


VARIANT = NetworkVariant(
    "small",
    lambda _data, settings: Small(settings),
    Pace(batch=32, clip=1.0),
    {"learning_rate": Range(1e-2, 1e-3, 1e-1, log=True), "weight_decay": Range(1e-4, 1e-5, 1e-2, log=True)},
    needs_sites=True,
)
DATA = small_data()


@pytest.fixture(scope="module")
def fitted() -> NetworkFitted:
    return VARIANT.train(DATA, {}, seed=1, limits=LIMITS, target=0.8)


def test_it_learns_and_tells_when_it_reached_the_target(fitted: NetworkFitted) -> None:
    assert DATA.main_score(DATA.test, fitted.predict(DATA.test)) > 0.85
    assert 0 < fitted.trace.steps_to_target <= fitted.trace.steps
    assert fitted.trace.flops > 0
    assert fitted.trace.flops_how == "measured"


def test_the_same_seed_gives_the_same_network(fitted: NetworkFitted) -> None:
    again = VARIANT.train(DATA, {}, seed=1, limits=LIMITS, target=0.8)
    assert np.array_equal(again.predict(DATA.test), fitted.predict(DATA.test))
    assert again.trace.steps == fitted.trace.steps
    other = VARIANT.train(DATA, {}, seed=2, limits=LIMITS, target=0.8)
    assert not np.array_equal(other.predict(DATA.test), fitted.predict(DATA.test))


def test_fewer_steps_may_be_asked_for() -> None:
    short = VARIANT.train(DATA, {}, seed=1, limits=replace(LIMITS, max_steps=7), target=None)
    assert short.trace.steps == 7
    assert short.trace.ended_by == "steps"


def test_the_weights_kept_are_those_with_the_best_validation_score() -> None:
    noisy = replace(DATA, train=replace(DATA.train.take(slice(0, 64)), y=DATA.train.y[64:128]))
    limits = replace(LIMITS, max_epochs=60, patience_epochs=60)
    trained = VARIANT.train(noisy, {"learning_rate": 0.1}, seed=1, limits=limits, target=None)
    assert trained.trace.curve[-1].score < trained.trace.best_score - 1e-3, "the last weights aren't the best here"
    kept = noisy.main_score(noisy.validation, trained.predict(noisy.validation))
    assert kept == pytest.approx(trained.trace.best_score, abs=1e-6)


def test_uncached_predictions_generate_the_weights_each_time(
    fitted: NetworkFitted, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[int] = []
    original = Small.generate

    def counted(self: Small) -> Weights:
        made.append(1)
        return original(self)

    fresh = replace(fitted, cache=WeightCache())
    monkeypatch.setattr(Small, "generate", counted)
    kept, anew = fresh.predictor(cached=True), fresh.predictor(cached=False)
    for expected, predict in ((1, kept), (1, kept), (2, anew), (3, anew)):
        predict(DATA.test.take(slice(0, 5)))
        assert len(made) == expected


def test_kept_weights_answer_as_those_made_anew(fitted: NetworkFitted) -> None:
    kept, anew = fitted.predictor(cached=True), fitted.predictor(cached=False)
    np.testing.assert_allclose(kept(DATA.test), anew(DATA.test), rtol=1e-5, atol=1e-6)


def test_kept_weights_are_dropped_when_what_they_came_from_changes() -> None:
    fitted = VARIANT.train(DATA, {}, seed=3, limits=replace(LIMITS, max_steps=5), target=None)
    network, part = fitted.network, DATA.test.take(slice(0, 5))

    def stale() -> bool:
        return not np.allclose(fitted.predictor(cached=True)(part), fitted.predictor(cached=False)(part))

    fitted.predict(part)
    optimizer = torch.optim.SGD(network.parameters(), lr=0.5)
    network.loss(network.batch(DATA.train)).backward()  # type: ignore[no-untyped-call,arg-type]
    optimizer.step()
    assert not stale()
    network.load_state_dict({name: value + 0.5 for name, value in network.state_dict().items()})
    assert not stale()
    first = fitted.cache.weights(network)
    assert fitted.cache.weights(network) is first
    network.train()
    assert fitted.cache.weights(network) is not first


def test_saved_and_loaded_it_answers_the_same(fitted: NetworkFitted, tmp_path: Path) -> None:
    files = fitted.save(tmp_path)
    loaded = VARIANT.load(tmp_path, DATA)
    assert np.array_equal(loaded.predict(DATA.test), fitted.predict(DATA.test))
    assert {file.name for file in files} == {"model.safetensors", "model.json", "preprocessing.json"}


@pytest.mark.parametrize("method", ["all_weights", "head_only", "generator", "embedding_only"])
def test_fine_tuning_changes_only_what_it_says_and_helps_the_new_sites(fitted: NetworkFitted, method: str) -> None:
    before = {name: value.clone() for name, value in fitted.network.state_dict().items()}
    tuned = fitted.finetune(
        method, DATA.new_train, DATA.new_validation, seed=1, limits=LIMITS, target=None, learning_rate_factor=3.0
    )
    assert all(torch.equal(value, before[name]) for name, value in fitted.network.state_dict().items())
    allowed = {
        "all_weights": set(before) - {"sites.known"},
        "head_only": {"head.weight", "head.bias"},
        "generator": {"generator.weight"},
        "embedding_only": {"sites.new"},
    }[method]
    assert set(tuned.by_site) == {3, 4}
    for network in tuned.by_site.values():
        changed = {name for name, value in network.state_dict().items() if not torch.equal(value, before[name])}
        assert changed <= allowed
        assert changed
    as_is = DATA.main_score(DATA.new_test, fitted.predict(DATA.new_test))
    assert DATA.main_score(DATA.new_test, tuned.predict(DATA.new_test)) > as_is
    assert fitted.trainable_parameters(method) == sum(before[name].numel() for name in allowed)


def test_each_new_site_learns_from_its_own_rows_alone(fitted: NetworkFitted) -> None:
    def tune(part: Rows) -> dict[str, Tensor]:
        tuned = fitted.finetune(
            "embedding_only",
            part,
            DATA.new_validation,
            seed=1,
            limits=replace(LIMITS, finetune_max_steps=6),
            target=None,
        )
        return tuned.by_site[3].state_dict()

    changed = replace(DATA.new_train, y=np.where(DATA.new_train.site == 4, 0, DATA.new_train.y))
    alone, beside = tune(DATA.new_train.take(DATA.new_train.site == 3)), tune(changed)
    assert all(torch.allclose(value, beside[name], atol=1e-6) for name, value in alone.items())


def test_an_update_holds_what_the_method_changed(fitted: NetworkFitted, tmp_path: Path) -> None:
    from safetensors.torch import load_file

    tuned = fitted.finetune("embedding_only", DATA.new_train, DATA.new_validation, seed=1, limits=LIMITS, target=None)
    held = load_file(tuned.save_update("embedding_only", tmp_path))
    assert {name: value.shape for name, value in held.items()} == {"sites.new": (1, SITE_EMBEDDING)}
    assert torch.equal(held["sites.new"], tuned.by_site[3].state_dict()["sites.new"])
