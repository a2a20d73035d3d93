"""Columns that give the target away: known only together with the outcome, or a copy of it.

Each column is judged alone. Its levels (distinct values, or bins of equal counts) predict the target by what one half
of the rows shows, judged on the other half, and the reverse. No network is trained; a sample of the rows is enough.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evaluator.intake.findings import Finding
from evaluator.records import ColumnKind, TargetKind
from scorecards.local_text import LocalText

SAMPLE_ROWS = 40_000
SAMPLE_SEED = 7
BINS = 64
# One column alone: at or above `LEAK` it is proposed to be left out, at or above `NEAR` it is mentioned.
LEAK = {"binary": 0.995, "multiclass": 0.995, "regression": 0.99}
NEAR = {"binary": 0.95, "multiclass": 0.95, "regression": 0.85}
# … and from here on with a warning.
WARN = {"binary": 0.98, "multiclass": 0.98, "regression": 0.90}
# A value of a flag that (nearly) always goes with one class, though that class is otherwise in the minority.
FLAG_LEVELS = 20
FLAG_PURITY_BOUND = 0.9
FLAG_CLASS_SHARE = 0.02
_Z = 1.96

Codes = NDArray[np.int64]


@dataclass(frozen=True)
class _Target:
    """The target as class codes and as numbers (rows,); `classes` is 0 for a regression."""

    kind: TargetKind
    codes: Codes
    values: NDArray[np.float64]
    names: tuple[str, ...]


def find_leaks(
    frame: pd.DataFrame, target: str, target_kind: TargetKind, columns: Mapping[str, ColumnKind]
) -> tuple[Finding, ...]:
    """Return a finding for each input column that alone predicts `target`.

    Codes: 'leak' (warning; better left out), 'near_leak' (worth a look; a warning from `WARN` on). `columns`: only
    'numeric', 'categorical' and 'date' columns are judged. Looks at SAMPLE_ROWS rows at most, the same ones each time.
    """
    rows = np.flatnonzero(frame[target].notna().to_numpy())
    generator = np.random.default_rng(SAMPLE_SEED)
    if len(rows) > SAMPLE_ROWS:
        rows = np.sort(generator.choice(rows, SAMPLE_ROWS, replace=False))
    if len(rows) < 20:
        return ()
    goal = _target(frame[target].iloc[rows], target_kind)
    fold = generator.permutation(len(rows)) % 2
    findings = []
    for name, kind in columns.items():
        if name == target or kind not in ("numeric", "categorical", "date") or name not in frame.columns:
            continue
        finding = _judge(name, frame[name].iloc[rows], goal, fold, target)
        if finding is not None:
            findings.append(finding)
    return tuple(sorted(findings, key=lambda finding: finding.code != "leak"))


def _target(series: pd.Series, kind: TargetKind) -> _Target:
    if kind == "regression":
        values = series.to_numpy(dtype=np.float64)
        return _Target(kind, np.zeros(len(values), dtype=np.int64), values, ())
    codes, names = pd.factorize(series, sort=True)
    return _Target(kind, np.asarray(codes), np.asarray(codes, dtype=np.float64), tuple(str(name) for name in names))


def _judge(name: str, series: pd.Series, goal: _Target, fold: Codes, target: str) -> Finding | None:
    codes, labels = _levels(series)
    score = _score_alone(codes, goal, fold)
    if goal.kind == "regression" and pd.api.types.is_numeric_dtype(series):
        score = max(score, _squared_correlation(series.to_numpy(dtype=np.float64, na_value=np.nan), goal.values))
    if score >= LEAK[goal.kind]:
        return _leak(name, target, goal.kind, score)
    flag = _giveaway(codes, labels, goal)
    if flag is not None:
        return _flag_leak(name, target, *flag)
    if score >= NEAR[goal.kind]:
        return _near_leak(name, target, goal.kind, score)
    return None


def _levels(series: pd.Series) -> tuple[Codes, tuple[str, ...]]:
    """Return each row's level (0 … levels−1) and the levels' names; missing is a level of its own, the last."""
    if isinstance(series.dtype, pd.CategoricalDtype) or not (
        pd.api.types.is_numeric_dtype(series) or pd.api.types.is_datetime64_any_dtype(series)
    ):
        codes, names = pd.factorize(series)
        labels = [str(name) for name in names]
    else:
        values = series.astype("int64").where(series.notna()) if series.dtype.kind == "M" else series
        numbers = values.to_numpy(dtype=np.float64, na_value=np.nan)
        distinct = np.unique(numbers[~np.isnan(numbers)])
        if len(distinct) <= BINS:
            labels = [f"{value:g}" for value in distinct]
            codes = np.searchsorted(distinct, numbers)
        else:
            edges = np.unique(np.nanquantile(numbers, np.linspace(0, 1, BINS + 1)[1:-1]))
            labels = [f"≤ {edge:g}" for edge in edges] + [f"> {edges[-1]:g}"]
            codes = np.searchsorted(edges, numbers, side="left")
        codes = np.where(np.isnan(numbers), -1, codes)
    codes = np.asarray(codes, dtype=np.int64)
    return np.where(codes < 0, len(labels), codes), (*labels, "欠損 / missing")


def _score_alone(codes: Codes, goal: _Target, fold: Codes) -> float:
    """Return AUC (binary), accuracy above chance (multiclass, 0 to 1) or R² (regression) of the levels alone."""
    levels = int(codes.max()) + 1
    width = max(1, len(goal.names)) if goal.kind != "regression" else 1
    predicted = np.zeros((len(codes), width))
    for half in (0, 1):
        learn, judge = fold == half, fold != half
        predicted[judge] = _level_means(codes[learn], goal, learn, levels, width)[codes[judge]]
    if goal.kind == "binary":
        return _auc(predicted[:, 1], goal.codes == 1)
    if goal.kind == "multiclass":
        accuracy = float((predicted.argmax(axis=1) == goal.codes).mean())
        base = float(np.bincount(goal.codes).max() / len(goal.codes))
        return (accuracy - base) / (1 - base) if base < 1 else 0.0
    spread = float(np.square(goal.values - goal.values.mean()).sum())
    return 1.0 - float(np.square(goal.values - predicted[:, 0]).sum()) / spread if spread > 0 else 0.0


def _level_means(codes: Codes, goal: _Target, rows: NDArray[np.bool_], levels: int, width: int) -> NDArray[np.float64]:
    """Return what each level predicts (levels, width): class shares or the mean, drawn a little to the overall one."""
    if goal.kind == "regression":
        sums = np.bincount(codes, weights=goal.values[rows], minlength=levels)[:, None]
        overall = np.array([goal.values[rows].mean()])
    else:
        flat = np.bincount(codes * width + goal.codes[rows], minlength=levels * width)
        sums = flat.reshape(levels, width).astype(np.float64)
        overall = sums.sum(axis=0) / max(1.0, sums.sum())
    counts = np.bincount(codes, minlength=levels)[:, None]
    means: NDArray[np.float64] = (sums + overall) / (counts + 1.0)
    return means


def _auc(scores: NDArray[np.float64], positive: NDArray[np.bool_]) -> float:
    ranks = pd.Series(scores).rank().to_numpy()
    hits, misses = int(positive.sum()), int((~positive).sum())
    if not hits or not misses:
        return 0.5
    return float((ranks[positive].sum() - hits * (hits + 1) / 2) / (hits * misses))


def _squared_correlation(values: NDArray[np.float64], goal: NDArray[np.float64]) -> float:
    both = ~np.isnan(values)
    if both.mean() < 0.9 or np.ptp(values[both]) == 0 or np.ptp(goal[both]) == 0:
        return 0.0
    return float(np.corrcoef(values[both], goal[both])[0, 1] ** 2)


def _giveaway(codes: Codes, labels: tuple[str, ...], goal: _Target) -> tuple[str, str, int, int] | None:
    """Return (value, class, rows with the value, of these in the class) for a value that names a minority class."""
    if goal.kind == "regression" or len(labels) - 1 > FLAG_LEVELS:
        return None
    table = np.bincount(codes * len(goal.names) + goal.codes, minlength=len(labels) * len(goal.names))
    table = table.reshape(len(labels), len(goal.names))
    sizes, rows = table.sum(axis=0), table.sum(axis=1)
    best: tuple[str, str, int, int] | None = None
    for one, size in enumerate(sizes):
        if size > 0.5 * len(codes):
            continue
        for level in np.flatnonzero(rows):
            hits = int(table[level, one])
            enough = hits >= FLAG_CLASS_SHARE * size and _lower_bound(hits, int(rows[level])) >= FLAG_PURITY_BOUND
            if enough and (best is None or hits > best[3]):
                best = (labels[level], goal.names[one], int(rows[level]), hits)
    return best


def _lower_bound(hits: int, rows: int) -> float:
    """Return the lower end of Wilson's 95 % interval for a share."""
    share = hits / rows
    middle = share + _Z**2 / (2 * rows)
    half = _Z * float(np.sqrt(share * (1 - share) / rows + _Z**2 / (4 * rows**2)))
    return (middle - half) / (1 + _Z**2 / rows)


# --- sentences -------------------------------------------------------------------------------------------------------

_MEASURE = {
    "binary": ("AUC {:.3f}", "AUC {:.3f}"),
    "multiclass": ("偶然を除いた正解率 {:.1%}", "{:.1%} of what chance leaves"),
    "regression": ("R² {:.3f}", "R² {:.3f}"),
}
_LEAK_CURE = LocalText(
    ja="結果が出た後に決まる列であれば「使わない」のままにしてください。予測の時点でわかる列であれば、入力に戻せます。",
    en="If it is known only after the outcome, leave it out; if it is known when predicting, put it back.",
)


def _leak(name: str, target: str, kind: TargetKind, score: float) -> Finding:
    ja, en = (text.format(score) for text in _MEASURE[kind])
    return Finding(
        "leak",
        name,
        "warning",
        LocalText(
            ja=f"列「{name}」だけで「{target}」がほぼ決まります ({ja})。答えが漏れている可能性があります。",
            en=f"Column “{name}” alone all but decides “{target}” ({en}): the answer may have leaked.",
        ),
        _LEAK_CURE,
    )


def _flag_leak(name: str, target: str, value: str, class_: str, rows: int, hits: int) -> Finding:
    value_ja, _, value_en = value.partition(" / ") if " / " in value else (value, "", value)
    return Finding(
        "leak",
        name,
        "warning",
        LocalText(
            ja=f"列「{name}」が「{value_ja}」の {rows:,} 行のうち {hits:,} 行で「{target}」が「{class_}」です。"
            "答えが漏れている可能性があります。",
            en=f"Where column “{name}” is “{value_en}” ({rows:,} rows), “{target}” is “{class_}” in {hits:,}: "
            "the answer may have leaked.",
        ),
        _LEAK_CURE,
    )


def _near_leak(name: str, target: str, kind: TargetKind, score: float) -> Finding:
    ja, en = (text.format(score) for text in _MEASURE[kind])
    return Finding(
        "near_leak",
        name,
        "warning" if score >= WARN[kind] else "info",
        LocalText(
            ja=f"列「{name}」だけで「{target}」をかなり予測できます ({ja})。",
            en=f"Column “{name}” alone predicts much of “{target}” ({en}).",
        ),
        LocalText(
            ja="予測の時点で本当にわかっている列か、ご確認ください。",
            en="Check that it is really known at the moment of predicting.",
        ),
    )
