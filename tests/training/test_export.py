"""Every hypernetwork's plain model: written, read by `dense`, and the same outputs, at each site."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import numpy as np
import pytest
import torch

from evaluator.errors import NotFoundError
from evaluator.measure.threads import fixed_threads
from evaluator.networks.protocol import Exportable
from evaluator.networks.registry import VARIANTS, variant
from evaluator.networks.site_embedding import SiteEmbedding
from evaluator.plain_export import largest_difference
from evaluator.plan import make_plan
from evaluator.poc import prepare_data
from evaluator.store import open_store
from evaluator.trial import run_trial
from tests import image_data, series_data, table_data, text_data
from tests.kept_models import FEW_STEPS
from tests.small_table import poc_on_table

pytestmark = pytest.mark.training

GENERATED = [
    ("table", "hyper"),
    ("table", "shared"),
    ("conv", "hyper_small"),
    ("conv", "hyper"),
    ("conv", "hyper_large"),
    ("conv", "shared"),
    ("wrn", "hyper"),
    ("wrn", "shared"),
    ("series", "hyper"),
    ("series", "shared"),
    ("text", "hyper"),
    ("text", "shared"),
]


@pytest.fixture(autouse=True, scope="module")
def one_thread() -> Iterator[None]:
    with fixed_threads(1):
        yield


@cache
def data_of(kind: str, sites: bool) -> Any:
    if kind == "table":
        return table_data.make_data("multiclass", sites=sites)
    if kind in ("conv", "wrn"):
        return image_data.make_data(sites=sites, network=kind, per_class=24)
    folder = Path(mkdtemp())
    if kind == "text":
        return text_data.prepared(folder, text_data.make_speeches(200), site=None if sites else "")
    frame = series_data.make_frame(days=200, stores=4 if sites else 1)
    return series_data.prepared(folder, frame if sites else frame.drop(columns="store"))


def fitted(kind: str, name: str, sites: bool) -> Any:
    """Return a hardly trained model whose biases, norms and sites' vectors are far from where they started."""
    data = data_of(kind, sites)
    found: Any = variant(name, task_of(kind)).train(data, {}, seed=1, limits=FEW_STEPS, target=None)
    torch.manual_seed(5)
    with torch.no_grad():
        for key, value in (*found.network.named_parameters(), *found.network.named_buffers()):
            moved = "bias" in key or "norm" in key or key.startswith(("sites.", "site_")) or ".site" in key
            if moved and value.is_floating_point():
                value.add_(0.2 * torch.rand_like(value))
    return found


def task_of(kind: str) -> str:
    return "image" if kind in ("conv", "wrn") else kind


@pytest.mark.parametrize("sites", [False, True])
@pytest.mark.parametrize(("kind", "name"), GENERATED)
def test_dense_reads_the_plain_model_and_answers_the_same(kind: str, name: str, sites: bool, tmp_path: Path) -> None:
    data, model = data_of(kind, sites), fitted(kind, name, sites)
    dense = variant("dense", task_of(kind))
    unlike = []
    for place in range(len(data.site_names)) if sites else [-1]:
        site = data.site_names[place] if sites else ""
        part = data.test if place < data.known_sites else data.new_test
        rows = part.take(part.site == place)
        model.plain(site).save(tmp_path / str(place))
        plain: Any = dense.load(tmp_path / str(place), data)
        assert not plain.generates()
        assert plain.plain(site) is None
        assert rows.rows
        assert largest_difference(model.outputs(rows), plain.outputs(rows)) <= 1e-5
        if kind != "text":  # its prediction holds decisions as well
            np.testing.assert_allclose(plain.predict(rows), model.predict(rows), rtol=1e-5, atol=1e-5)
        elsewhere = data.test.take(data.test.site != place)
        if elsewhere.rows:
            unlike.append(largest_difference(model.outputs(elsewhere), plain.outputs(elsewhere)))
    if sites and name != "shared":  # the hypernetwork knows its sites: one site's plain model is not another's
        assert min(unlike) > 1e-4


@pytest.mark.parametrize("kind", ["table", "conv", "series", "text"])
def test_an_unnamed_site_is_one_never_seen(kind: str) -> None:
    data, model = data_of(kind, True), fitted(kind, "hyper", True)
    unnamed, new = model.plain(), model.plain(data.site_names[-1])
    assert isinstance(unnamed.network, type(new.network))
    for name, value in unnamed.network.state_dict().items():
        torch.testing.assert_close(value, new.network.state_dict()[name], rtol=0, atol=0)
    assert not any(isinstance(module, SiteEmbedding) for module in unnamed.network.modules())
    with pytest.raises(NotFoundError, match="nowhere"):
        model.plain("nowhere")


@pytest.mark.parametrize("kind", ["table", "conv", "series", "text"])
def test_what_learns_its_weights_directly_or_makes_them_at_every_step_has_no_plain_model(kind: str) -> None:
    names = {"dense", "small_dense", "dense_site", "layer_norm_lstm", "hyper_dynamic"} & {*VARIANTS[task_of(kind)]}
    for name in sorted(names):
        model = fitted(kind, name, True)
        assert isinstance(model, Exportable)
        assert model.plain() is None, name


def test_a_fine_tuned_site_is_exported_with_its_own_copy() -> None:
    data = data_of("table", True)
    model = fitted("table", "hyper", True)
    limits = replace(FEW_STEPS, finetune_max_steps=6, finetune_max_seconds=300.0)
    tuned = model.finetune(
        "embedding_only",
        data.new_train,
        data.new_validation,
        seed=1,
        limits=limits,
        target=None,
        learning_rate_factor=5,
    )
    site = data.site_names[-1]
    rows = data.new_test.take(data.new_test.site == len(data.site_names) - 1)
    assert largest_difference(tuned.outputs(rows), tuned.plain(site).outputs(rows)) <= 1e-5
    assert largest_difference(model.outputs(rows), tuned.plain(site).outputs(rows)) > 1e-4


def test_a_measured_trial_keeps_the_model_that_is_exported(tmp_path: Path) -> None:
    import evaluator

    store = open_store(str(tmp_path / "store"))
    poc = poc_on_table(tmp_path)
    poc = replace(poc, id=store.add_poc(poc))
    plan = make_plan(poc, store.folder(poc.id))
    prepare_data(plan)
    request = next(r for r in plan.measuring(1, {}, (None, None)) if r.variant == "hyper")
    store.start_trial(request)
    store.finish_trial(poc.id, run_trial(replace(request, limits=FEW_STEPS)))
    done = evaluator.export(poc.id, tmp_path / "plain", variant="hyper", store=str(tmp_path / "store"))
    assert done.difference <= 1e-5
    assert {path.name for path in (tmp_path / "plain").iterdir()} == {
        "export.json", "model.json", "model.safetensors", "preprocessing.json",
    }  # fmt: skip
