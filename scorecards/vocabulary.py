"""Every name that a scorecard may use: metrics with their units, settings, variants. One line adds one.

Free of imports from the evaluator: it knows the words, not how they are measured.
"""

from __future__ import annotations

from collections.abc import Mapping

MAIN_METRIC = "quality.main"
"""Stands for the task's main score (`DatasetFacts.main_metric`)."""

VARIANTS: tuple[str, ...] = (
    "dense",
    "shared",
    "hyper",
    "small_dense",
    "dense_site",
    "boosted_trees",
    "hyper_dynamic",
    "hyperneat",
    "hyper_small",
    "hyper_large",
    "layer_norm_lstm",
    "linear",
)

SIMPLER: tuple[str, ...] = ("small_dense", "dense_site", "boosted_trees", "linear", "layer_norm_lstm", "shared")
"""Variants that a candidate has to beat, because they are simpler, in the order in which they are named."""

AT_EQUAL_COST: tuple[str, ...] = ("quality.at_equal_seconds", "quality.at_equal_steps")
"""The main score on the validation data, once a variant has cost as much as the baseline's whole training."""

HIGHER_IS_BETTER: frozenset[str] = frozenset(
    {
        MAIN_METRIC,
        "quality.auc",
        "quality.accuracy",
        "quality.macro_f1",
        "quality.r2",
        "quality.log_likelihood",
        "quality.end_accuracy",
        "quality.bleu",
        "quality.chrf",
        "quality.skill",
        *AT_EQUAL_COST,
        "finetune.score_before",
        "finetune.score_after",
        "finetune.success_share",
        "finetune.target_met_as_is",
        "tune.best_score",
    }
)
"""Of all other metrics less is better."""

FINETUNE_METHODS: tuple[str, ...] = (
    "all_weights",
    "head_only",
    "bias_only",
    "lora",
    "embedding_only",
    "generator",
)

PREDICT_SETTINGS: tuple[str, ...] = ("cached", "uncached", "batch_cached", "batch_uncached")

METRIC_UNITS: Mapping[str, str] = {
    MAIN_METRIC: "score",
    "quality.auc": "score",
    "quality.accuracy": "score",
    "quality.r2": "score",
    "quality.log_loss": "nat",
    "quality.macro_f1": "score",
    "quality.rmse": "target unit",
    "quality.mae": "target unit",
    "quality.log_likelihood": "nat",
    "quality.bits_per_character": "bit",
    "quality.log_perplexity": "nat",
    "quality.end_accuracy": "score",
    "quality.bleu": "score",
    "quality.chrf": "score",
    "quality.skill": "score",
    "quality.mase": "",
    "quality.at_equal_seconds": "score",
    "quality.at_equal_steps": "score",
    "train.seconds": "s",
    "train.cpu_seconds": "s",
    "train.warmup_seconds": "s",
    "train.seconds_to_target": "s",
    "train.steps": "steps",
    "train.steps_to_target": "steps",
    "train.flops": "FLOP",
    "train.peak_memory_bytes": "B",
    "train.start_memory_bytes": "B",
    "train.energy_joules": "J",
    "tune.seconds": "s",
    "tune.cpu_seconds": "s",
    "tune.trials": "trials",
    "tune.best_score": "score",
    "generate.seconds": "s",
    "predict.first_seconds": "s",
    "predict.p50_seconds": "s",
    "predict.p95_seconds": "s",
    "finetune.seconds": "s",
    "finetune.cpu_seconds": "s",
    "finetune.seconds_to_target": "s",
    "finetune.steps_to_target": "steps",
    "finetune.trainable_parameters": "parameters",
    "finetune.score_before": "score",
    "finetune.score_after": "score",
    "finetune.success_share": "share",
    "finetune.target_met_as_is": "share",
    "size.parameters": "parameters",
    "size.install_bytes": "B",
    "size.update_bytes": "B",
    "size.loaded_bytes": "B",
}

MET_AS_IS = "finetune.target_met_as_is"
"""1 where a trial's untouched model (setting `as_is`) already meets the fine-tuning target, else 0."""

NEEDS_TUNING: frozenset[str] = frozenset(
    {"finetune.seconds_to_target", "finetune.steps_to_target", "finetune.success_share"}
)
"""Metrics that have no row for a trial whose untouched model already meets the target."""

TIME_CAPS: Mapping[str, str] = {
    "train.seconds_to_target": "train.seconds",
    "train.steps_to_target": "train.steps",
    "finetune.seconds_to_target": "finetune.seconds",
}
"""A trial that never reached its target (infinite) spent at least this other metric's value on trying."""


def settings_of(metric: str) -> tuple[str, ...]:
    """Return the settings that rows of `metric` may carry; () where it has none."""
    if metric.startswith("predict.p"):
        return PREDICT_SETTINGS
    if metric == "size.update_bytes":
        return FINETUNE_METHODS
    if metric.startswith("finetune."):
        return (*FINETUNE_METHODS, "as_is")
    return ()
