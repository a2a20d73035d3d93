"""What metrics, variants, settings, states and assumptions are called, in both languages."""

from __future__ import annotations

from scorecards.assumptions import Assumption
from scorecards.judgement import How, State, TornadoBar, VerdictState
from scorecards.local_text import Language, LocalText

_VERDICTS = {
    VerdictState.GO: LocalText(ja="導入", en="Go"),
    VerdictState.CONDITIONAL: LocalText(ja="条件付き導入", en="Conditional"),
    VerdictState.NO_GO: LocalText(ja="見送り", en="No-Go"),
    VerdictState.UNDECIDED: LocalText(ja="判定保留", en="Undecided"),
}
_VERDICT_SIGNS = {
    VerdictState.GO: "●",
    VerdictState.CONDITIONAL: "◐",
    VerdictState.NO_GO: "✕",
    VerdictState.UNDECIDED: "?",
}
_STATES = {
    State.PASS: LocalText(ja="合格", en="pass"),
    State.FAIL: LocalText(ja="不合格", en="fail"),
    State.UNDECIDED: LocalText(ja="未決", en="undecided"),
    State.NOT_MEASURED: LocalText(ja="未測定", en="not measured"),
    State.ERROR: LocalText(ja="エラー", en="error"),
}
_STATE_SIGNS = {
    State.PASS: "✓",
    State.FAIL: "✕",
    State.UNDECIDED: "?",
    State.NOT_MEASURED: "—",
    State.ERROR: "!",
}
_HOW: dict[How, LocalText] = {
    "measured": LocalText(ja="実測", en="measured"),
    "modelled": LocalText(ja="推計", en="modelled"),
    "assumed": LocalText(ja="仮定", en="assumed"),
    "quoted": LocalText(ja="見積", en="quoted"),
}
_HOW_MEANINGS: dict[How, LocalText] = {
    "measured": LocalText(ja="この PoC で実際に測った値です。", en="Measured in this PoC."),
    "modelled": LocalText(ja="測定値から計算式で推計した値です。", en="Calculated by a formula from measured figures."),
    "assumed": LocalText(ja="測定ではなく、前提として置いた値です。", en="An assumption, not a measurement."),
    "quoted": LocalText(ja="見積や料金表から引用した値です。", en="Taken from a quotation or a price list."),
}
_VARIANTS = {
    "dense": LocalText(ja="通常モデル", en="ordinary model"),
    "shared": LocalText(ja="重み共有モデル", en="shared-weight model"),
    "hyper": LocalText(ja="ハイパーネットワーク", en="hypernetwork"),
    "hyper_small": LocalText(ja="小型ハイパーネットワーク", en="small hypernetwork"),
    "hyper_large": LocalText(ja="大型ハイパーネットワーク", en="large hypernetwork"),
    "hyper_dynamic": LocalText(ja="動的ハイパーネットワーク", en="dynamic hypernetwork"),
    "hyperneat": LocalText(ja="HyperNEAT", en="HyperNEAT"),
    "small_dense": LocalText(ja="同規模の通常モデル", en="size-matched ordinary model"),
    "dense_site": LocalText(ja="埋め込み付き通常モデル", en="ordinary model with a site embedding"),
    "boosted_trees": LocalText(ja="勾配ブースティング木", en="boosted trees"),
    "linear": LocalText(ja="線形モデル", en="linear model"),
    "layer_norm_lstm": LocalText(ja="層正規化 LSTM", en="layer-norm LSTM"),
}
_LABELS = {
    "dense_site": LocalText(ja="埋め込み付き通常", en="ordinary + embedding"),
}
_SETTINGS = {
    "": LocalText(ja="", en=""),
    "fit": LocalText(ja="初期学習", en="training"),
    "cached": LocalText(ja="キャッシュ時", en="cached"),
    "uncached": LocalText(ja="都度生成", en="generated at each call"),
    "batch_cached": LocalText(ja="256 件一括・キャッシュ時", en="256 at once, cached"),
    "batch_uncached": LocalText(ja="256 件一括・都度生成", en="256 at once, generated at each call"),
    "as_is": LocalText(ja="調整なし", en="as it is"),
    "all_weights": LocalText(ja="全重み", en="all weights"),
    "head_only": LocalText(ja="出力層のみ", en="head only"),
    "bias_only": LocalText(ja="バイアスのみ", en="biases only"),
    "lora": LocalText(ja="LoRA", en="LoRA"),
    "embedding_only": LocalText(ja="埋め込みのみ", en="embedding only"),
    "generator": LocalText(ja="生成器", en="generator"),
}
_METRICS = {
    "train.seconds": LocalText(ja="学習時間", en="training time"),
    "train.cpu_seconds": LocalText(ja="学習の CPU 時間", en="training CPU time"),
    "train.warmup_seconds": LocalText(ja="学習の準備時間", en="training warm-up"),
    "train.seconds_to_target": LocalText(ja="目標到達までの学習時間", en="training time to target"),
    "train.ended_by_clock": LocalText(ja="時間制限で終わった学習", en="training ended by the time limit"),
    "finetune.ended_by_clock": LocalText(ja="時間制限で終わった現場調整", en="fine-tuning ended by the time limit"),
    "train.steps": LocalText(ja="学習ステップ数", en="training steps"),
    "train.steps_to_target": LocalText(ja="目標到達までのステップ数", en="training steps to target"),
    "train.flops": LocalText(ja="学習の演算量", en="training arithmetic"),
    "train.peak_memory_bytes": LocalText(ja="学習時の最大メモリ増分", en="peak memory in training (increase)"),
    "train.start_memory_bytes": LocalText(ja="学習開始時のメモリ", en="memory at the start of training"),
    "train.energy_joules": LocalText(ja="学習の消費エネルギー", en="training energy"),
    "tune.seconds": LocalText(ja="設定の探索の時間", en="time of the search for settings"),
    "tune.cpu_seconds": LocalText(ja="設定の探索の CPU 時間", en="CPU time of the search for settings"),
    "tune.trials": LocalText(ja="設定の探索の試行数", en="trials of the search for settings"),
    "tune.best_score": LocalText(ja="設定の探索での最良スコア", en="best score in the search for settings"),
    "quality.main": LocalText(ja="主スコア", en="main score"),
    "quality.auc": LocalText(ja="AUC", en="AUC"),
    "quality.accuracy": LocalText(ja="正解率", en="accuracy"),
    "quality.log_loss": LocalText(ja="対数損失", en="log loss"),
    "quality.macro_f1": LocalText(ja="マクロ F1", en="macro F1"),
    "quality.r2": LocalText(ja="決定係数 R²", en="R²"),
    "quality.rmse": LocalText(ja="RMSE", en="RMSE"),
    "quality.mae": LocalText(ja="MAE", en="MAE"),
    "quality.log_likelihood": LocalText(ja="平均対数尤度", en="mean log-likelihood"),
    "quality.bits_per_character": LocalText(ja="1 文字あたりのビット数", en="bits per character"),
    "quality.log_perplexity": LocalText(ja="対数パープレキシティ", en="log perplexity"),
    "quality.end_accuracy": LocalText(ja="ペンの上げ下げの正解率", en="pen-state accuracy"),
    "quality.bleu": LocalText(ja="BLEU", en="BLEU"),
    "quality.chrf": LocalText(ja="chrF", en="chrF"),
    "quality.skill": LocalText(ja="予測スキル (季節ナイーブ比)", en="skill over the seasonal naive"),
    "quality.mase": LocalText(ja="MASE", en="MASE"),
    "quality.at_equal_seconds": LocalText(
        ja="同じ計算時間での検証スコア", en="validation score at equal computing time"
    ),
    "quality.at_equal_steps": LocalText(ja="同じステップ数での検証スコア", en="validation score at equal steps"),
    "generate.seconds": LocalText(ja="重みの生成時間", en="time to generate weights"),
    "predict.first_seconds": LocalText(ja="読み込み直後の初回推論", en="first prediction after loading"),
    "predict.p50_seconds": LocalText(ja="推論時間 (中央値)", en="prediction latency (median)"),
    "predict.p95_seconds": LocalText(ja="推論時間 (95 % 点)", en="prediction latency (p95)"),
    "finetune.seconds": LocalText(ja="現場調整の時間", en="fine-tuning time"),
    "finetune.cpu_seconds": LocalText(ja="現場調整の CPU 時間", en="fine-tuning CPU time"),
    "finetune.seconds_to_target": LocalText(ja="目標到達までの現場調整時間", en="fine-tuning time to target"),
    "finetune.steps_to_target": LocalText(ja="目標到達までの現場調整ステップ数", en="fine-tuning steps to target"),
    "finetune.trainable_parameters": LocalText(ja="現場調整で変える値の数", en="values changed by fine-tuning"),
    "finetune.score_before": LocalText(ja="現場調整前のスコア", en="score before fine-tuning"),
    "finetune.score_after": LocalText(ja="現場調整後のスコア", en="score after fine-tuning"),
    "finetune.success_share": LocalText(
        ja="学習率の設定のうち目標に届いた割合", en="share of learning rates that succeed"
    ),
    "finetune.target_met_as_is": LocalText(ja="調整なしで目標に達した割合", en="share that meets the target untuned"),
    "size.parameters": LocalText(ja="保存する値の数", en="stored parameters"),
    "size.install_bytes": LocalText(ja="初回導入の配布量", en="install size"),
    "size.update_bytes": LocalText(ja="更新の配布量", en="update size"),
    "size.loaded_bytes": LocalText(ja="読み込み時のメモリ", en="memory when loaded"),
}
_ASSUMPTIONS = {
    "sites": LocalText(ja="拠点数", en="Sites"),
    "updates_per_year": LocalText(ja="更新回数 (拠点ごと・年間)", en="Updates per site and year"),
    "finetunes_per_year": LocalText(ja="現場調整の回数 (拠点ごと・年間)", en="Fine-tunings per site and year"),
    "retrainings_per_year": LocalText(ja="再学習の回数 (年間)", en="Retrainings per year"),
    "production_scale": LocalText(ja="本番の規模 (PoC 比)", en="Production scale (times the PoC)"),
    "compute_price_per_hour": LocalText(ja="学習用の計算機 (1 時間あたり)", en="Computing for training (per hour)"),
    "site_compute_price_per_hour": LocalText(ja="拠点の計算機 (1 時間あたり)", en="Computing on site (per hour)"),
    "transfer_price_per_gb": LocalText(ja="データ転送 (1 GB あたり)", en="Data transfer (per GB)"),
    "engineer_price_per_hour": LocalText(ja="技術者の人件費 (1 時間あたり)", en="Engineer (per hour)"),
    "adoption_hours": LocalText(ja="導入作業の時間 (一度きり)", en="Work to adopt the candidate (once)"),
    "labour_minutes_per_update_baseline": LocalText(
        ja="更新 1 回の作業 (通常モデル)", en="Work per update (ordinary model)"
    ),
    "labour_minutes_per_update_candidate": LocalText(ja="更新 1 回の作業 (候補)", en="Work per update (candidate)"),
    "labour_minutes_per_finetune_baseline": LocalText(
        ja="現場調整 1 回の作業 (通常モデル)", en="Work per fine-tuning (ordinary model)"
    ),
    "labour_minutes_per_finetune_candidate": LocalText(
        ja="現場調整 1 回の作業 (候補)", en="Work per fine-tuning (candidate)"
    ),
    "value_per_point": LocalText(ja="性能 1 ポイントの価値 (年間)", en="Value of one point (per year)"),
    "discount_rate": LocalText(ja="割引率 (年)", en="Discount rate (per year)"),
}
_CASH_FLOWS = {
    "npv": LocalText(ja="NPV (正味現在価値)", en="NPV"),
    "adoption": LocalText(ja="導入作業 (一度きり)", en="Adoption (once)"),
    "training": LocalText(ja="学習の計算費用", en="Computing for training"),
    "transfer": LocalText(ja="配布の通信費", en="Data transfer"),
    "finetuning": LocalText(ja="現場調整の計算費用", en="Computing for fine-tuning"),
    "labour": LocalText(ja="更新・現場調整の作業費", en="Labour: updates, fine-tuning"),
    "quality": LocalText(ja="性能差の価値", en="Value of performance"),
}


def verdict_name(state: VerdictState, language: Language) -> str:
    """Return the verdict's name: 条件付き導入 / Conditional."""
    return _VERDICTS[VerdictState(state)].in_language(language)


def verdict_sign(state: VerdictState) -> str:
    """Return the sign that tells a verdict without colour."""
    return _VERDICT_SIGNS[VerdictState(state)]


def state_name(state: State, language: Language) -> str:
    """Return a criterion state's name: 合格 / pass."""
    return _STATES[State(state)].in_language(language)


def state_sign(state: State) -> str:
    """Return the sign of a criterion's state: ✓ ✕ ? — !."""
    return _STATE_SIGNS[State(state)]


def how_name(how: How, language: Language) -> str:
    """Return the mark of where a figure comes from: 実測 / measured."""
    return _HOW[how].in_language(language)


def how_meaning(how: How, language: Language) -> str:
    """Return one sentence on what that mark means."""
    return _HOW_MEANINGS[how].in_language(language)


def variant_name(variant: str, language: Language) -> str:
    """Return a variant's name for readers; an unknown variant keeps its own."""
    return _VARIANTS[variant].in_language(language) if variant in _VARIANTS else variant


def variant_label(variant: str, language: Language) -> str:
    """Return a variant's name as short as a chart's axis needs it."""
    return _LABELS[variant].in_language(language) if variant in _LABELS else variant_name(variant, language)


def setting_name(setting: str, language: Language) -> str:
    """Return a setting's or fine-tuning method's name; an unknown one keeps its own."""
    return _SETTINGS[setting].in_language(language) if setting in _SETTINGS else setting


def metric_name(metric: str, language: Language) -> str:
    """Return a metric's name; an unknown metric keeps its own."""
    return _METRICS[metric].in_language(language) if metric in _METRICS else metric


def metric_names() -> tuple[str, ...]:
    """Return every metric that has a name."""
    return tuple(_METRICS)


def assumption_name(assumption: str | Assumption | TornadoBar, language: Language) -> str:
    """Return what an assumption is called: as its scorecard titles it, else as the template does; an unknown id keeps
    its own.

    Give the assumption itself, or its bar of the tornado: an id alone knows nothing of a user's own title.
    """
    if not isinstance(assumption, str):
        name = assumption.assumption if isinstance(assumption, TornadoBar) else assumption.id
        return assumption.title.in_language(language) if assumption.title else assumption_name(name, language)
    return _ASSUMPTIONS[assumption].in_language(language) if assumption in _ASSUMPTIONS else assumption


def cash_flow_name(line: str, language: Language) -> str:
    """Return the name of a line of the cash flow; an unknown one keeps its own."""
    return _CASH_FLOWS[line].in_language(language) if line in _CASH_FLOWS else line
