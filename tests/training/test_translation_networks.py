"""Variants of the translation task on tiny data: they learn, mask padding, translate, save, fine-tune, and count."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
import torch
from safetensors.numpy import load_file
from torch import Tensor

from evaluator.measure import quality
from evaluator.measure.context import TrialContext
from evaluator.measure.threads import fixed_threads
from evaluator.networks.protocol import AnyFitted
from evaluator.networks.registry import VARIANTS, variant
from evaluator.networks.task_network import TaskNetwork
from evaluator.networks.translation.attention import Attention
from evaluator.networks.translation.batch import TranslationBatch
from evaluator.networks.translation.translation_network import expected_longest
from evaluator.tasks import translation
from evaluator.tasks.translation import TranslationData
from evaluator.tasks.translation.exhibit import SHOWN
from evaluator.tasks.translation.scores import translations
from evaluator.tasks.translation.tokens import BEGIN, END, PADDING, SPECIALS
from scorecards.vocabulary import METRIC_UNITS
from tests.translation_data import QUICK, make_pairs, prepared

pytestmark = pytest.mark.training
NAMES = VARIANTS["translation"]
HIDDEN, HYPER, EMBEDDING, SITE = 12, 5, 3, 8
SETTINGS = {"learning_rate": 0.03}


@pytest.fixture(autouse=True, scope="module")
def one_thread() -> Iterator[None]:
    """As in a trial."""
    with fixed_threads(1):
        yield


@cache
def data_of(sites: bool = True, layer_norm: bool = False) -> TranslationData:
    return prepared(Path(mkdtemp()), make_pairs(300), {"layer_norm": layer_norm}, site=None if sites else "")


@cache
def fitted(name: str, sites: bool = True) -> AnyFitted:
    return variant(name, "translation").train(data_of(sites), SETTINGS, seed=1, limits=QUICK, target=None)


def untrained(name: str, **options: bool) -> Any:
    torch.manual_seed(0)
    return variant(name, "translation").make(data_of(**options), {}).eval()  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", NAMES)
def test_it_learns_more_than_how_frequent_tokens_are(name: str) -> None:
    data, model = data_of(), fitted(name)
    prediction = model.predict(data.test)
    assert prediction.shape == (data.test.rows, data.facts.target_longest, 1)
    assert (prediction[data.test.counted] < 0).all()
    assert (prediction[~data.test.counted] == 0).all()
    assert data.main_score(data.test, prediction) > translation.references(data)[0].naive + 0.3
    assert model.trace.flops > 0
    assert model.trace.flops_how == "modelled"
    assert variant(name, "translation").name == name


@pytest.mark.parametrize("name", NAMES)
def test_what_is_saved_is_what_is_loaded(name: str, tmp_path: Path) -> None:
    data, model = data_of(), fitted(name)
    files = model.save(tmp_path)
    assert {file.suffix for file in files} == {".safetensors", ".json"}
    assert sum(values.size for values in load_file(files[0]).values()) == model.parameters()
    loaded = cast("Any", variant(name, "translation").load(tmp_path, data))
    whole = cast("Any", model).predict_whole(data.test)
    np.testing.assert_allclose(loaded.predict_whole(data.test), whole, rtol=1e-4, atol=1e-5)
    for cached in (True, False):
        np.testing.assert_array_equal(model.predictor(cached=cached)(data.test), whole[..., 1:])
    assert not model.generates()


@pytest.mark.parametrize("name", NAMES)
def test_a_row_is_answered_and_translated_alike_alone_and_beside_longer_ones(name: str) -> None:
    data, model = data_of(), cast("Any", fitted(name))
    whole = model.predict_whole(data.test)
    for row in np.argsort(data.test.source.astype(bool).sum(axis=1))[[0, 5, -1]]:
        alone = model.predict_whole(data.test.take(slice(row, row + 1)))
        np.testing.assert_allclose(alone[0], whole[row], rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("name", NAMES)
def test_a_token_is_predicted_from_the_source_and_those_before_it_alone(name: str) -> None:
    data, model = data_of(), fitted(name)
    part = data.test.take(slice(0, 6))
    changed = np.array(part.target)
    changed[:, 9:] = np.where(changed[:, 9:] == PADDING, PADDING, SPECIALS)
    other = type(part)(part.source, changed, part.site, part.sentences)
    np.testing.assert_allclose(model.predict(part)[:, :9], model.predict(other)[:, :9], rtol=1e-4, atol=1e-5)
    shuffled = type(part)(part.source[::-1], part.target, part.site, part.sentences)
    assert not np.allclose(model.predict(part), model.predict(shuffled), rtol=1e-2)


@pytest.mark.parametrize("name", NAMES)
def test_a_translation_is_what_the_teacher_forced_network_finds_likeliest(name: str) -> None:
    """Feed the network its own translation: step by step it must again prefer each of its tokens."""
    data, network = data_of(), cast("Any", fitted(name)).network.eval()
    batch = network.batch(data.test.take(slice(0, 8)))
    made = network.made(batch)[..., 0].int()
    assert made.shape == (8, data.facts.target_longest)
    for row in made:
        ended = (row == END).nonzero()
        assert not len(ended) or (row[int(ended[0]) + 1 :] == PADDING).all()
        assert not {PADDING, BEGIN} & set(row[: int(ended[0]) if len(ended) else None].tolist())
    own = TranslationBatch(batch.source, made, batch.site)
    best = network.likelihoods(own)
    told = made != PADDING
    for number in range(SPECIALS, data.facts.target.count, 5):
        other = TranslationBatch(batch.source, _last_replaced(made, number), batch.site)
        last = torch.cumsum(told.sum(dim=1), 0) - 1
        assert (network.likelihoods(other)[last] <= best[last] + 1e-4).all()


def _last_replaced(numbers: Tensor, number: int) -> Tensor:
    """Return the rows with another last token: what came before it, and so its context, is the same."""
    changed = numbers.clone()
    changed[torch.arange(len(numbers)), (numbers != PADDING).sum(dim=1) - 1] = number
    return changed


def test_the_decoder_starts_from_the_state_at_each_rows_real_end() -> None:
    for name in ("dense", "hyper_dynamic"):
        network = untrained(name).double()
        batch = network.batch(data_of().test.take(slice(0, 10)))
        memory, real, h, c = network.memory(batch)
        assert not real.all()
        for row in range(10):
            steps = int(real[row].sum())
            alone = TranslationBatch(
                batch.source[row : row + 1, :steps], batch.target[row : row + 1], batch.site[row:][:1]
            )
            own_memory, _, own_h, own_c = network.memory(alone)
            torch.testing.assert_close(own_memory[0], memory[row, :steps])
            torch.testing.assert_close(own_h[0], h[row])
            torch.testing.assert_close(own_c[0], c[row])


def looped(attention: Attention, states: Tensor, memory: Tensor, lengths: list[int]) -> Tensor:
    """Attention written as a loop over rows, target steps and real source steps."""
    rows = []
    for row, steps in enumerate(lengths):
        outputs = []
        for state in states[row]:
            scores = [state @ (attention.score.weight @ memory[row, at]) for at in range(steps)]
            highest = max(float(one.detach()) for one in scores)
            shares = [torch.exp(one - highest) for one in scores]
            context = sum(share * memory[row, at] for at, share in enumerate(shares)) / sum(shares)
            outputs.append(torch.tanh(attention.join.weight @ torch.cat([context, state]) + attention.join.bias))
        rows.append(torch.stack(outputs))
    return torch.stack(rows)


def test_attention_and_its_gradients_are_those_of_a_plain_loop() -> None:
    torch.manual_seed(0)
    attention = Attention(5).double()
    lengths = [4, 1, 6]
    states, memory = torch.randn(3, 7, 5, dtype=torch.double), torch.randn(3, 6, 5, dtype=torch.double)
    real = torch.arange(6) < torch.tensor(lengths)[:, None]
    weight = torch.randn(3, 7, 5, dtype=torch.double)
    found = []
    for run in (
        lambda s, m: attention(s, m, real),
        lambda s, m: looped(attention, s, m, lengths),
    ):
        s, m = states.clone().requires_grad_(), memory.clone().requires_grad_()
        outputs = run(s, m)
        gradients = torch.autograd.grad((outputs * weight).sum(), [s, m, *attention.parameters()])
        found.append((outputs, *gradients))
    for one, two in zip(*found, strict=True):
        torch.testing.assert_close(one, two, rtol=1e-10, atol=1e-12)
    assert (found[0][2][1, 1:] == 0).all()  # padding has no part in it


@pytest.mark.parametrize("name", ["dense", "hyper_dynamic"])
def test_loss_and_gradients_do_not_depend_on_padding(name: str) -> None:
    network = untrained(name, sites=False).double()
    batch = network.batch(data_of(False).train.take(slice(0, 6)))
    wider = TranslationBatch(
        torch.nn.functional.pad(batch.source, (0, 4)), torch.nn.functional.pad(batch.target, (0, 3)), batch.site
    )
    alone = [network.likelihoods(batch.take(slice(row, row + 1))) for row in range(6)]
    torch.testing.assert_close(network.loss(batch), -torch.cat(alone).mean())
    named = dict(network.named_parameters())
    one = torch.autograd.grad(network.loss(batch), list(named.values()))
    two = torch.autograd.grad(network.loss(wider), list(named.values()))
    for key, left, right in zip(named, one, two, strict=True):
        torch.testing.assert_close(left, right, rtol=1e-8, atol=1e-12, msg=key)


@pytest.mark.parametrize("sites", [True, False])
@pytest.mark.parametrize("name", NAMES)
def test_fine_tuning_changes_only_what_it_says(name: str, sites: bool, tmp_path: Path) -> None:
    data = data_of(sites)
    if not variant(name, "translation").applies(data):
        assert name == "dense_site"
        return
    model = fitted(name, sites)
    before = model.predict(data.new_test)
    expected = {
        "hyper_dynamic": {"all_weights", "head_only", "generator"} | ({"embedding_only"} if sites else set()),
        "dense_site": {"all_weights", "head_only", "embedding_only"},
    }.get(name, {"all_weights", "head_only"})
    assert set(model.finetune_methods()) == expected
    for method in model.finetune_methods():
        tuned: Any = model.finetune(method, data.new_train, data.new_validation, seed=1, limits=QUICK, target=None)
        np.testing.assert_array_equal(model.predict(data.new_test), before)
        assert tuned.trace.best_score >= tuned.trace.curve[0].score
        update = load_file(tuned.save_update(method, tmp_path))
        assert sum(values.size for values in update.values()) == model.trainable_parameters(method)
        if method == "embedding_only":
            assert model.trainable_parameters(method) == SITE
        whole = tuned.predict_whole(data.new_test)
        np.testing.assert_array_equal(whole[..., :1], tuned.predict(data.new_test))
        np.testing.assert_array_equal(whole[..., 1:], tuned.predictor(cached=True)(data.new_test))
        own = dict(next(iter(tuned.by_site.values())).named_parameters())
        for key, value in model.network.named_parameters():  # type: ignore[attr-defined]
            if key not in update:
                np.testing.assert_array_equal(own[key].detach().numpy(), value.detach().numpy())


def test_parameters_are_counted_exactly() -> None:
    facts, known = data_of().facts, 4
    ends = (facts.source.count + facts.target.count) * HIDDEN + (HIDDEN + 1) * facts.target.count
    joints = 2 * HIDDEN * (HIDDEN + 1) + HIDDEN * HIDDEN + HIDDEN * (2 * HIDDEN + 1)
    layer = 4 * HIDDEN * (2 * HIDDEN + 1)
    hyper_cell = 4 * HYPER * (2 * HIDDEN + SITE + HYPER) + 4 * HYPER
    made = 3 * 4 * EMBEDDING * HYPER + 2 * 4 * EMBEDDING + 3 * 4 * EMBEDDING * HIDDEN
    sites = SITE * (known + 1)
    expected = {
        "dense": ends + joints + 2 * layer,
        "dense_site": ends + joints + 2 * (layer + 4 * HIDDEN * SITE) + sites,
        "hyper_dynamic": ends + joints + 2 * (layer + hyper_cell + made) + sites,
    }
    for name, count in expected.items():
        assert fitted(name).parameters() == count, name
    small, hyper = fitted("small_dense").parameters(), fitted("hyper_dynamic").parameters()
    assert abs(small - hyper) < 0.05 * hyper


def test_step_flops_follow_the_formula_and_torchs_counter() -> None:
    from torch.utils.flop_counter import FlopCounterMode

    data, network = data_of(), untrained("dense", layer_norm=True)
    assert expected_longest(np.array([3, 3, 3]), 8) == 3.0
    assert expected_longest(np.array([1, 2]), 2) == pytest.approx(1.75)
    alike = data.train.take(np.zeros(16, dtype=np.int64))
    lengths = [int((np.asarray(side[0]) != PADDING).sum()) for side in (alike.source, alike.target)]
    network.source_lengths, network.target_lengths = (np.full(16, length) for length in lengths)
    batch = network.batch(alike)
    for layer in (network.encoder, network.decoder):
        layer.path = "plain"  # its products are torch's own, which the counter sees
    with FlopCounterMode(display=False) as counter:
        network.loss(batch)
    assert network.step_flops(16) == pytest.approx(3 * counter.get_total_flops(), rel=1e-6)
    assert untrained("hyper_dynamic").step_flops(16) > untrained("dense").step_flops(16)


def test_layer_normalisation_is_asked_of_all_variants() -> None:
    for name in NAMES:
        names = {key for key, _ in untrained(name, layer_norm=True).named_parameters()}
        assert any("norm" in key for key in names), name
        assert not any("norm" in key for key, _ in untrained(name).named_parameters()), name
    small = sum(one.numel() for one in untrained("small_dense", layer_norm=True).parameters())
    hyper = sum(one.numel() for one in untrained("hyper_dynamic", layer_norm=True).parameters())
    assert abs(small - hyper) < 0.05 * hyper


def test_the_site_decides_what_is_predicted() -> None:
    part = data_of().test.take(slice(0, 40))
    moved = type(part)(part.source, part.target, ((part.site + 1) % 4).astype(np.int32), part.sentences)
    for name in ("hyper_dynamic", "dense_site"):
        assert not np.allclose(fitted(name).predict(part), fitted(name).predict(moved), rtol=1e-3), name
    np.testing.assert_array_equal(fitted("dense").predict(part), fitted("dense").predict(moved))


def test_bleu_is_measured_on_the_test_part_alone_and_never_while_training(monkeypatch: pytest.MonkeyPatch) -> None:
    data, model = data_of(), cast("Any", fitted("dense"))
    calls: list[int] = []
    real = type(model.network).made
    monkeypatch.setattr(type(model.network), "made", lambda self, *given: calls.append(1) or real(self, *given))
    model.finetune("head_only", data.new_train, data.new_validation, seed=1, limits=QUICK, target=None)
    model.predict(data.test)
    assert not calls
    request = SimpleNamespace(poc="p", trial="t", variant="dense", seed=1)
    context = TrialContext(cast("Any", request), data, cast("Any", None), model, *[cast("Any", None)] * 4)
    rows = quality.measure(context)
    assert calls
    found = {row.metric: row.value for row in rows if not row.site}
    assert set(found) == {f"quality.{name}" for name in ("log_likelihood", "log_perplexity", "bleu", "chrf")}
    assert set(found) <= set(METRIC_UNITS)
    assert 0 < found["quality.chrf"] <= 1
    assert {row.site for row in rows if row.site} == set(data.site_names[:4])
    assert not TaskNetwork.makes


def test_an_exhibit_shows_both_translations() -> None:
    data, model = data_of(), fitted("dense")
    shown: Any = translation.exhibit(data, model)
    assert shown["kind"] == "translations"
    assert len(shown["rows"]) == SHOWN
    first = data.test.take(slice(0, 1))
    assert [shown["rows"][0][key] for key in ("source", "reference")] == first.sentences[0].tolist()
    assert shown["rows"][0]["made"] == translations(model.predictor(cached=True)(first), data.facts.target)[0]
