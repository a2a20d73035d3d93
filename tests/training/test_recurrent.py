"""The recurrent layers against the paper's equations, written out here once more as slow float64 loops.

Source: Ha, Dai, Le, HyperNetworks, ICLR 2017, eq. 9-13 and appendix A.2.2-A.2.3.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypeVar

import pytest
import torch
from torch import Tensor, nn
from torch.func import functional_call
from torch.utils.flop_counter import FlopCounterMode

from evaluator.networks.recurrent import LSTM, HyperLSTM, HyperState, LSTMState

pytestmark = pytest.mark.training

STEPS, BATCH, INPUTS, HIDDEN, HYPER, EMBEDDING, SITE = 7, 3, 4, 5, 6, 2, 3
KEPT = 0.6
SEED = 11
Values = Mapping[str, Tensor]
Path = Literal["fast", "plain"]
PATHS: tuple[Path, ...] = ("fast", "plain")
Module = TypeVar("Module", bound=nn.Module)


# The equations.


def normalised(values: Tensor, gain: Tensor, shift: Tensor) -> Tensor:
    """Layer normalisation over the last dimension."""
    centred = values - values.mean(-1, keepdim=True)
    return centred / torch.sqrt((centred**2).mean(-1, keepdim=True) + 1e-5) * gain + shift


def cell(pre: Sequence[Tensor], c: Tensor, weights: Values, norm: str, mask: Tensor | float) -> tuple[Tensor, Tensor]:
    """One LSTM step from its gates i, f, g, o (batch, hidden); `norm`: name of its normalisation, if it has one."""
    i, f, g, o = pre
    with_norm = f"{norm}.gain" in weights
    if with_norm:
        i, f, g, o = (normalised(pre[k], weights[f"{norm}.gain"][k], weights[f"{norm}.shift"][k]) for k in range(4))
    c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g) * mask
    inside = normalised(c, weights[f"{norm}.state_gain"], weights[f"{norm}.state_shift"]) if with_norm else c
    return torch.sigmoid(o) * torch.tanh(inside), c


def rows(weight: Tensor, gate: int) -> Tensor:
    """The rows of one gate."""
    size = len(weight) // 4
    return weight[gate * size : (gate + 1) * size]


def hyper_lstm_loop(
    weights: Values, x: Tensor, state: HyperState, masks: Tensor | None, site: Tensor | None, *, current: bool = False
) -> tuple[Tensor, HyperState]:
    """Equations 10-13; `current`: the embeddings come from the hyper state after the step."""
    h, c, hyper_h, hyper_c = state
    outputs = []
    for t in range(len(x)):
        seen = torch.cat([h, x[t]] + ([] if site is None else [site]), dim=1)
        before = hyper_h
        hyper_pre = [
            seen @ rows(weights["hyper_weight_x"], k).T
            + hyper_h @ rows(weights["hyper_weight_h"], k).T
            + rows(weights["hyper_bias"], k)
            for k in range(4)
        ]
        hyper_h, hyper_c = cell(hyper_pre, hyper_c, weights, "hyper_norm", 1.0)
        source = hyper_h if current else before
        gates = []
        for k in range(4):
            z_h = source @ weights["embed_weight"][0, k].T + weights["embed_bias"][0, k]
            z_x = source @ weights["embed_weight"][1, k].T + weights["embed_bias"][1, k]
            z_b = source @ weights["embed_weight"][2, k].T
            d_h, d_x, b = (z @ weights["scale_weight"][j, k] for j, z in enumerate((z_h, z_x, z_b)))
            gates.append(
                d_h * (h @ rows(weights["weight_h"], k).T)
                + d_x * (x[t] @ rows(weights["weight_x"], k).T)
                + b
                + weights["bias"][k]
            )
        h, c = cell(gates, c, weights, "norm", 1.0 if masks is None else masks[t])
        outputs.append(h)
    return torch.stack(outputs), HyperState(h, c, hyper_h, hyper_c)


def lstm_loop(
    weights: Values, x: Tensor, state: LSTMState, masks: Sequence[Tensor | None], stored: Sequence[tuple[int, int]]
) -> tuple[Tensor, LSTMState]:
    """Equation 9; stored: each layer's place among `weight_x` and among `recurrences`."""
    ends = []
    for layer, (of_x, of_h) in enumerate(stored):
        h, c, mask = state.h[layer], state.c[layer], masks[layer]
        prefix, outputs = f"recurrences.{of_h}", []
        for t in range(len(x)):
            pre = [
                x[t] @ rows(weights[f"weight_x.{of_x}"], k).T
                + h @ rows(weights[f"{prefix}.weight_h"], k).T
                + rows(weights[f"{prefix}.bias"], k)
                for k in range(4)
            ]
            h, c = cell(pre, c, weights, f"{prefix}.norm", 1.0 if mask is None else mask[t])
            outputs.append(h)
        x = torch.stack(outputs)
        ends.append((h, c))
    return x, LSTMState(torch.stack([h for h, _ in ends]), torch.stack([c for _, c in ends]))


# What is compared.


def shaken(module: Module) -> Module:
    """The module in float64 with every parameter away from its initial value: at zeros and ones, faults can hide."""
    generator = torch.Generator().manual_seed(SEED)
    module = module.double()
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.add_(0.4 * torch.randn(parameter.shape, generator=generator, dtype=torch.float64))
    return module


def numbers(*shape: int, seed: int) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(shape, generator=generator, dtype=torch.float64).requires_grad_()


def hyper_state(batch: int = BATCH) -> HyperState:
    sizes = (HIDDEN, HIDDEN, HYPER, HYPER)
    return HyperState(*(numbers(batch, size, seed=20 + place) for place, size in enumerate(sizes)))


def lstm_state(layers: int) -> LSTMState:
    return LSTMState(*(numbers(layers, BATCH, HIDDEN, seed=30 + place) for place in range(2)))


def hyper_lstm(**changed: Any) -> HyperLSTM:
    return shaken(HyperLSTM(INPUTS, HIDDEN, hyper_hidden=HYPER, embedding=EMBEDDING, **changed))


def masks_from_seed(*shape: int) -> Tensor:
    """The masks that a module draws after the same seed: dropped with probability 1 - KEPT, else scaled up."""
    torch.manual_seed(SEED)
    return torch.empty(shape, dtype=torch.float64).bernoulli_(KEPT) / KEPT


def gradients(found: tuple[Tensor, Sequence[Tensor]], of: Sequence[Tensor]) -> list[Tensor]:
    """The gradients of a sum that weighs every output and every last state differently."""
    outputs, last = found
    loss = sum((value * numbers(*value.shape, seed=40 + k).detach()).sum() for k, value in enumerate((outputs, *last)))
    assert isinstance(loss, Tensor)
    return list(torch.autograd.grad(loss, of))


def assert_same(
    module: nn.Module, found: tuple[Tensor, Any], expected: tuple[Tensor, Any], entered: Mapping[str, Tensor]
) -> None:
    """Outputs, last states and the gradients of all parameters and all that was `entered` are equal."""
    for own, wanted in zip((found[0], *found[1]), (expected[0], *expected[1]), strict=True):
        torch.testing.assert_close(own, wanted, rtol=1e-9, atol=1e-10)
    of = dict(module.named_parameters()) | dict(entered)
    pairs = zip(of, gradients(found, list(of.values())), gradients(expected, list(of.values())), strict=True)
    for name, own, wanted in pairs:
        assert wanted.abs().max() > 1e-6, f"{name}: nothing depends on it, so nothing is tested"
        assert torch.allclose(own, wanted, rtol=1e-8, atol=1e-9), f"{name}: {(own - wanted).abs().max():.2g} apart"


# HyperLSTM.


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("embedding_from", ["previous", "current"])
@pytest.mark.parametrize("dropout", [False, True])
@pytest.mark.parametrize("layer_norm", [False, True])
def test_hyper_lstm_follows_the_equations(path: Path, embedding_from: str, dropout: bool, layer_norm: bool) -> None:
    module = hyper_lstm(
        layer_norm=layer_norm,
        recurrent_dropout=1.0 - KEPT if dropout else 0.0,
        embedding_from=embedding_from,
        site=SITE,
        path=path,
    )
    x, state, site = numbers(STEPS, BATCH, INPUTS, seed=1), hyper_state(), numbers(BATCH, SITE, seed=2)
    masks = masks_from_seed(STEPS, BATCH, HIDDEN) if dropout else None
    torch.manual_seed(SEED)
    found = module(x, state, site=site)
    expected = hyper_lstm_loop(
        dict(module.named_parameters()), x, state, masks, site, current=embedding_from == "current"
    )
    assert_same(module, found, expected, {"x": x, "site": site, **state._asdict()})


@pytest.mark.parametrize("path", PATHS)
def test_hyper_lstm_starts_from_zeros_and_drops_nothing_in_evaluation(path: Path) -> None:
    module = hyper_lstm(recurrent_dropout=0.5, path=path).eval()
    x = numbers(STEPS, BATCH, INPUTS, seed=1)
    zeros = HyperState(*(torch.zeros_like(value) for value in hyper_state()))
    expected = hyper_lstm_loop(dict(module.named_parameters()), x, zeros, None, None)
    with torch.no_grad():
        torch.testing.assert_close(module(x), expected)


@pytest.mark.parametrize("path", PATHS)
def test_a_sequence_ends_at_its_length(path: Path) -> None:
    module = hyper_lstm(path=path)
    x, state, lengths = numbers(STEPS, BATCH, INPUTS, seed=1), hyper_state(), torch.tensor([STEPS, 0, 3])
    outputs, last = module(x, state, lengths=lengths)
    weights = dict(module.named_parameters())
    for row, length in enumerate(lengths.tolist()):
        assert not outputs[length:, row].any()
        own = HyperState(*(value[row : row + 1] for value in state))
        if length:
            wanted, own = hyper_lstm_loop(weights, x[:length, row : row + 1], own, None, None)
            torch.testing.assert_close(outputs[:length, row : row + 1], wanted)
        torch.testing.assert_close([value[row : row + 1] for value in last], list(own))


@pytest.mark.parametrize("layer_norm", [False, True])
def test_gradcheck_of_hyper_lstm(layer_norm: bool) -> None:
    module = shaken(HyperLSTM(1, 3, hyper_hidden=3, embedding=2, layer_norm=layer_norm))
    names = [name for name, _ in module.named_parameters()]

    def run(x: Tensor, *values: Tensor) -> tuple[Tensor, ...]:
        weights = dict(zip(names, values[4:], strict=True))
        outputs, last = functional_call(module, weights, (x, HyperState(*values[:4])))
        return outputs, *last

    state = [numbers(2, 3, seed=50 + place) for place in range(4)]
    assert torch.autograd.gradcheck(run, (numbers(3, 2, 1, seed=1), *state, *module.parameters()))


@pytest.mark.parametrize("path", PATHS)
def test_hyper_lstm_in_two_halves_and_step_by_step_is_the_whole(path: Path) -> None:
    module = hyper_lstm(site=SITE, path=path)
    x, state, site = numbers(STEPS, BATCH, INPUTS, seed=1), hyper_state(), numbers(BATCH, SITE, seed=2)
    whole = module(x, state, site=site)
    first, between = module(x[:3], state, site=site)
    second, last = module(x[3:], between, site=site)
    assert_same(module, (torch.cat([first, second]), last), whole, {"x": x, "site": site, **state._asdict()})
    stepped, outputs = state, []
    for x_t in x:
        stepped = module.step(x_t, stepped, site=site)
        outputs.append(stepped.h)
    torch.testing.assert_close((torch.stack(outputs), stepped), whole)


def test_without_gradients_the_states_are_the_same_and_frozen_weights_get_none() -> None:
    module = hyper_lstm()
    x = numbers(STEPS, BATCH, INPUTS, seed=1)
    wanted = module(x)
    with torch.no_grad():
        torch.testing.assert_close(module(x), wanted)
    module.weight_h.requires_grad_(False)
    module(x)[0].sum().backward()
    assert module.weight_h.grad is None
    assert module.scale_weight.grad is not None
    assert module.scale_weight.grad.abs().max() > 0


def test_a_missing_or_unasked_site_and_a_wrong_width_are_refused() -> None:
    x = torch.zeros(STEPS, BATCH, INPUTS)
    with pytest.raises(ValueError, match="site: 0 values"):
        HyperLSTM(INPUTS, HIDDEN, site=SITE)(x)
    with pytest.raises(ValueError, match="site: 3 values"):
        HyperLSTM(INPUTS, HIDDEN)(x, site=torch.zeros(BATCH, SITE))
    with pytest.raises(ValueError, match="x: shape"):
        HyperLSTM(INPUTS + 1, HIDDEN)(x)


# LSTM.


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("dropout", [False, True])
@pytest.mark.parametrize("layer_norm", [False, True])
def test_lstm_follows_the_equations(path: Path, dropout: bool, layer_norm: bool) -> None:
    rate = 1.0 - KEPT if dropout else 0.0
    module = shaken(LSTM(INPUTS, HIDDEN, layers=2, layer_norm=layer_norm, recurrent_dropout=rate, path=path))
    x, state = numbers(STEPS, BATCH, INPUTS, seed=1), lstm_state(2)
    masks: list[Tensor | None] = [None, None]
    if dropout:
        masks = list(masks_from_seed(2, STEPS, BATCH, HIDDEN))
    torch.manual_seed(SEED)
    found = module(x, state)
    expected = lstm_loop(dict(module.named_parameters()), x, state, masks, [(0, 0), (1, 1)])
    assert_same(module, found, expected, {"x": x, **state._asdict()})


@pytest.mark.parametrize(("inputs", "stored"), [(INPUTS, [(0, 0), (1, 0), (1, 0)]), (HIDDEN, [(0, 0)] * 3)])
def test_shared_layers_use_one_set_of_weights(inputs: int, stored: list[tuple[int, int]]) -> None:
    module = shaken(LSTM(inputs, HIDDEN, layers=3, layer_norm=True, shared_layers=True))
    x, state = numbers(STEPS, BATCH, inputs, seed=1), lstm_state(3)
    expected = lstm_loop(dict(module.named_parameters()), x, state, [None] * 3, stored)
    assert_same(module, module(x, state), expected, {"x": x, **state._asdict()})


@pytest.mark.parametrize("layer_norm", [False, True])
def test_gradcheck_of_lstm(layer_norm: bool) -> None:
    module = shaken(LSTM(2, 3, layer_norm=layer_norm, recurrent_dropout=0.3))
    names = [name for name, _ in module.named_parameters()]

    def run(x: Tensor, h: Tensor, c: Tensor, *values: Tensor) -> tuple[Tensor, ...]:
        torch.manual_seed(SEED)
        outputs, last = functional_call(module, dict(zip(names, values, strict=True)), (x, LSTMState(h, c)))
        return outputs, *last

    entered = [numbers(3, 2, 2, seed=1), numbers(1, 2, 3, seed=2), numbers(1, 2, 3, seed=3)]
    assert torch.autograd.gradcheck(run, (*entered, *module.parameters()))


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("layer_norm", [False, True])
def test_lstm_in_two_halves_and_step_by_step_is_the_whole(path: Path, layer_norm: bool) -> None:
    module = shaken(LSTM(INPUTS, HIDDEN, layers=2, layer_norm=layer_norm, path=path))
    x, state = numbers(STEPS, BATCH, INPUTS, seed=1), lstm_state(2)
    whole = module(x, state)
    first, between = module(x[:3], state)
    second, last = module(x[3:], between)
    assert_same(module, (torch.cat([first, second]), last), whole, {"x": x, **state._asdict()})
    stepped, outputs = state, []
    for x_t in x:
        stepped = module.step(x_t, stepped)
        outputs.append(stepped.h[-1])
    torch.testing.assert_close((torch.stack(outputs), stepped), whole)


@pytest.mark.parametrize("layer_norm", [False, True])
def test_a_lstm_sequence_ends_at_its_length(layer_norm: bool) -> None:
    module = shaken(LSTM(INPUTS, HIDDEN, layers=2, layer_norm=layer_norm))
    x, state, lengths = numbers(STEPS, BATCH, INPUTS, seed=1), lstm_state(2), [STEPS, 1, 3]
    outputs, last = module(x, state, lengths=torch.tensor(lengths))
    weights = dict(module.named_parameters())
    for row, length in enumerate(lengths):
        one = slice(row, row + 1)
        own = LSTMState(state.h[:, one], state.c[:, one])
        wanted, ends = lstm_loop(weights, x[:length, one], own, [None, None], [(0, 0), (1, 1)])
        torch.testing.assert_close(outputs[:length, one], wanted)
        torch.testing.assert_close((last.h[:, one], last.c[:, one]), tuple(ends))
        assert not outputs[length:, row].any()


# Initial values, counts.


def assert_orthogonal_gates(weight: Tensor) -> None:
    for k in range(4):
        gate = rows(weight, k)
        small = gate @ gate.T if gate.shape[0] <= gate.shape[1] else gate.T @ gate
        torch.testing.assert_close(small, torch.eye(len(small), dtype=gate.dtype), rtol=0.0, atol=1e-5)


@pytest.mark.parametrize("layer_norm", [False, True])
def test_initial_values_are_the_papers(layer_norm: bool) -> None:
    torch.manual_seed(0)
    module = HyperLSTM(40, 50, hyper_hidden=64, embedding=8, layer_norm=layer_norm)
    for weight in (module.weight_h, module.weight_x, module.hyper_weight_h, module.hyper_weight_x):
        assert_orthogonal_gates(weight.detach())
    assert not module.embed_weight[:2].any()
    assert (module.embed_bias == 1.0).all()
    to_bias = module.embed_weight[2]
    assert abs(to_bias.mean().item()) < 0.001
    assert to_bias.std().item() == pytest.approx(0.01, rel=0.1)
    torch.testing.assert_close(module.scale_weight[:2].detach(), torch.full((2, 4, 8, 50), 0.1 / 8))
    assert not module.scale_weight[2].any()
    for bias, norm in ((module.bias, module.norm), (module.hyper_bias.view(4, -1), module.hyper_norm)):
        assert (norm is not None) == layer_norm
        forget = bias if norm is None else norm.shift  # where it acts: after the normalisation
        assert (forget[1] == 1.0).all()
        assert not forget[[0, 2, 3]].any()
        if norm is not None:
            assert not bias.any()
            assert (norm.gain == 1.0).all()
            assert (norm.state_gain == 1.0).all()
            assert not norm.state_shift.any()


def test_untrained_a_hyper_lstm_is_an_lstm_of_a_tenth_of_its_weights() -> None:
    module = HyperLSTM(INPUTS, HIDDEN, layer_norm=False).double()
    lstm = LSTM(INPUTS, HIDDEN).double()
    with torch.no_grad():
        lstm.weight_x[0].copy_(0.1 * module.weight_x)
        lstm.get_parameter("recurrences.0.weight_h").copy_(0.1 * module.weight_h)
        x = numbers(STEPS, BATCH, INPUTS, seed=1)
        torch.testing.assert_close(module(x)[0], lstm(x)[0])


def stored(module: nn.Module) -> int:
    return sum(parameter.numel() for parameter in module.parameters())


def lstm_count(inputs: int, hidden: int, *, layer_norm: bool) -> int:
    """Four gates' weights and bias; with layer norm a gain and a shift for each gate and for the state."""
    return 4 * hidden * (inputs + hidden + 1) + (10 * hidden if layer_norm else 0)


def hyper_count(inputs: int, hidden: int, hyper: int, embedding: int, *, layer_norm: bool, site: int = 0) -> int:
    cells = lstm_count(inputs, hidden, layer_norm=layer_norm)
    cells += lstm_count(hidden + inputs + site, hyper, layer_norm=layer_norm)
    return cells + 12 * embedding * hyper + 8 * embedding + 12 * embedding * hidden


@pytest.mark.parametrize("layer_norm", [False, True])
@pytest.mark.parametrize("site", [0, 3])
def test_parameter_counts(layer_norm: bool, site: int) -> None:
    module = HyperLSTM(7, 20, hyper_hidden=9, embedding=5, layer_norm=layer_norm, site=site)
    assert stored(module) == hyper_count(7, 20, 9, 5, layer_norm=layer_norm, site=site)
    lstm = LSTM(7, 20, layers=2, layer_norm=layer_norm)
    assert stored(lstm) == lstm_count(7, 20, layer_norm=layer_norm) + lstm_count(20, 20, layer_norm=layer_norm)


@pytest.mark.parametrize(("layer_norm", "lstm", "hyper"), [(False, 4.25, 4.91), (True, 4.26, 4.92)])
def test_counts_of_the_paper_on_character_ptb(layer_norm: bool, lstm: float, hyper: float) -> None:
    """Millions of parameters with 50 characters in and out, 1000 hidden, hyper cell 128, embedding 4."""
    with torch.device("meta"):
        head = nn.Linear(1000, 50)
        plain = LSTM(50, 1000, layer_norm=layer_norm)
        scaled = HyperLSTM(50, 1000, hyper_hidden=128, embedding=4, layer_norm=layer_norm)
    assert round((stored(plain) + stored(head)) / 1e6, 2) == lstm
    assert round((stored(scaled) + stored(head)) / 1e6, 2) == hyper


@pytest.mark.parametrize("site", [0, SITE])
def test_flops_of_hyper_lstm_are_those_counted(site: int) -> None:
    module = hyper_lstm(site=site, path="plain")
    x, values = numbers(STEPS, BATCH, INPUTS, seed=1), numbers(BATCH, SITE, seed=2) if site else None
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        module(x, site=values)
    assert counter.get_total_flops() == module.flops(STEPS, BATCH)


@pytest.mark.parametrize("shared_layers", [False, True])
def test_flops_of_lstm_are_those_counted(shared_layers: bool) -> None:
    module = LSTM(INPUTS, HIDDEN, layers=3, layer_norm=True, shared_layers=shared_layers, path="plain").double()
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        module(numbers(STEPS, BATCH, INPUTS, seed=1))
    assert counter.get_total_flops() == module.flops(STEPS, BATCH)
