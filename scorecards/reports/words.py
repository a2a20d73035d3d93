"""Headings and fixed words of the reports, in both languages."""

from __future__ import annotations

from scorecards.local_text import Language, LocalText
from scorecards.phrases.terms import POINT, SEED, VALIDATION

WORDS: dict[str, LocalText] = {
    "report": LocalText(ja="Blueprint 評価報告", en="Blueprint evaluation report"),
    "summary": LocalText(ja="稟議サマリー", en="Summary for decision"),
    "purpose": LocalText(ja="目的", en="Purpose"),
    "result": LocalText(ja="結果", en="Result"),
    "risk": LocalText(ja="リスク", en="Risk"),
    "cost": LocalText(ja="費用", en="Cost"),
    "decision": LocalText(ja="依頼する決定", en="Decision asked"),
    "verdict": LocalText(ja="判定", en="Verdict"),
    "criterion": LocalText(ja="基準", en="Criterion"),
    "kind": LocalText(ja="区分", en="Kind"),
    "criteria": LocalText(ja="判定基準", en="Criteria"),
    "state": LocalText(ja="判定", en="State"),
    "value": LocalText(ja="値", en="Value"),
    "interval": LocalText(ja="区間", en="Interval"),
    "gate": LocalText(ja="合格ライン", en="Passes when"),
    "compared": LocalText(ja="候補 対 通常モデル", en="Candidate against baseline"),
    "source": LocalText(ja="根拠", en="Basis"),
    "must": LocalText(ja="必須", en="required"),
    "want": LocalText(ja="希望", en="desired"),
    "seeds": LocalText(ja="シード数", en="Seeds"),
    "approve": LocalText(ja="決裁", en="Approved"),
    "review": LocalText(ja="審査", en="Reviewed"),
    "draft": LocalText(ja="起案", en="Drafted"),
    "money": LocalText(ja="投資対効果", en="Return on investment"),
    "npv": LocalText(ja="NPV (中央値)", en="NPV (median)"),
    "npv_likely": LocalText(ja="NPV (最も起こりやすい前提)", en="NPV (likely values)"),
    "npv_interval": LocalText(ja="80 % 区間", en="80 % interval"),
    "chance": LocalText(ja="プラスになる確率", en="Probability of a gain"),
    "payback": LocalText(ja="割引回収期間", en="Discounted payback"),
    "break_even": LocalText(ja="損益分岐の拠点数", en="Break-even sites"),
    "distribution": LocalText(ja="NPV の分布", en="Distribution of the NPV"),
    "waterfall": LocalText(
        ja="NPV の内訳 (最も起こりやすい前提、現在価値)", en="Where the NPV comes from (likely values, present value)"
    ),
    "tornado": LocalText(ja="何が効くか (前提ごとの NPV の幅)", en="What matters (NPV over each assumption's range)"),
    "assumptions": LocalText(ja="前提", en="Assumptions"),
    "assumption": LocalText(ja="前提", en="Assumption"),
    "low": LocalText(ja="低め", en="Low"),
    "likely": LocalText(ja="標準", en="Likely"),
    "high": LocalText(ja="高め", en="High"),
    "unit": LocalText(ja="単位", en="Unit"),
    "basis": LocalText(ja="備考", en="Remarks"),
    "as_is": LocalText(ja="新しいデータのスコア (調整なし)", en="Score on new data, as it is"),
    "tuned": LocalText(ja="新しいデータのスコア (調整後)", en="Score on new data, tuned"),
    "rivals": LocalText(ja="より単純な方式との比較", en="Simpler rivals"),
    "scores": LocalText(ja="テストデータのスコア (シードの平均)", en="Scores on the test data (means over the seeds)"),
    "variant": LocalText(ja="方式", en="Variant"),
    "boundary": LocalText(ja="判定が変わる条件", en="Where the verdict turns"),
    "evidence": LocalText(ja="測定結果の比較", en="Measurements side by side"),
    "method": LocalText(ja="測定の方法", en="Method"),
    "environment": LocalText(ja="測定環境", en="Environment"),
    "unsteady": LocalText(ja="ばらつきの大きい時間", en="unsteady timing"),
    "conditions": LocalText(ja="測定の条件", en="Conditions of measuring"),
    "not_known": LocalText(ja="取得できず", en="not available"),
    "protocol": LocalText(ja="測定手順 (プロトコル)", en="Protocol"),
    "repairs": LocalText(ja="データの整備", en="Data mended or left out"),
    "no_repairs": LocalText(
        ja="除いたデータ、直したデータはありません。", en="Nothing of the data was mended or left out."
    ),
    "npv_measured": LocalText(ja="仮定の効果を除く NPV", en="NPV without assumed savings"),
    "hashes": LocalText(ja="記録の指紋 (ハッシュ)", en="Fingerprints (hashes)"),
    "glossary": LocalText(ja="用語", en="Glossary"),
    "record": LocalText(ja="記録", en="Record"),
    "version": LocalText(ja="版", en="version"),
    "synthetic": LocalText(ja="合成データ", en="synthetic data"),
    "columns": LocalText(ja="列", en="columns"),
    "sites": LocalText(ja="拠点", en="sites"),
    "target": LocalText(ja="目的変数", en="Target"),
    "date": LocalText(ja="日付", en="Date"),
    "data": LocalText(ja="データ", en="Data"),
    "notes": LocalText(ja="会議で話す文", en="Sentences for the meeting"),
    "threshold": LocalText(ja="基準", en="threshold"),
    "none_measured": LocalText(ja="測定された比較対象はありません。", en="No rival was measured."),
    "ratio_note": LocalText(
        ja="比は、シードごとの対の幾何平均です。目標に届かなかったシードがあるときは中央値を示すため、"
        "並べた 2 つの値の比とは一致しないことがあります。",
        en="A ratio is the geometric mean over the pairs of seeds. Where a seed never reached its target, medians are "
        "shown, and the ratio may differ from that of the two values beside it.",
    ),
    "infinite": LocalText(
        ja="数値の列の「到達せず」は、上限の時間までに目標へ届かなかったことを表します (数値では無限大)。",
        en="“never” in a column of numbers: the target was not reached within the limit (infinite as a number).",
    ),
    "page": LocalText(ja="ページ", en="Page"),
}

HASHES: dict[str, LocalText] = {
    "data": LocalText(ja="データ", en="data"),
    "poc": LocalText(ja="PoC の設定", en="PoC"),
    "scorecard": LocalText(ja="スコアカード", en="scorecard"),
    "protocol": LocalText(ja="測定手順", en="protocol"),
    "measurements": LocalText(ja="測定値", en="measurements"),
    "record": LocalText(ja="記録全体", en="record"),
}

METHOD: tuple[LocalText, ...] = (
    LocalText(
        ja="データ、分割、指標、合格ライン、方式、シード、判定の時点は、最初の試行の前に固定しました。",
        en="Data, split, metric, thresholds, variants, seeds and looks were fixed before the first trial.",
    ),
    LocalText(
        ja="すべての方式を、同じ分割・同じ順序・同じシード・同じ調整回数で学習し、対応のある比較をしました。",
        en="Every variant was trained with the same split, order, seeds and tuning budget, so comparisons are paired.",
    ),
    LocalText(
        ja="試行は 1 回ごとに新しいプロセスで、決まったスレッド数で動かし、目標に届かない試行も数に含めました。",
        en="Each trial ran in a fresh process with fixed threads; a trial that missed its target stays in the count.",
    ),
    LocalText(
        ja="区間は対応のある t 区間です。途中の判定を繰り返しても甘くならないよう、あらかじめ補正しています。",
        en="Intervals are paired t intervals, corrected beforehand so that repeated looks do not make a winner.",
    ),
    LocalText(
        ja="判定は区間の悪い側の端で行います。測っていない項目は合格とみなしません。大きさは実ファイルのバイト数です。",
        en="The interval's worse end decides; what was not measured does not pass; sizes are the bytes of real files.",
    ),
)

GLOSSARY: tuple[tuple[LocalText, LocalText], ...] = (
    (
        LocalText(ja="ハイパーネットワーク", en="Hypernetwork"),
        LocalText(
            ja="小さなネットワーク (設計図) が、本体のネットワークの重みを生成する方式です。",
            en="A small network (the blueprint) that generates the weights of a larger one.",
        ),
    ),
    (
        LocalText(ja="通常モデル", en="Ordinary model"),
        LocalText(
            ja="重みを直接学習する、同じ構造のモデルです。比較の基準です。",
            en="Learns its weights directly; the baseline.",
        ),
    ),
    (
        LocalText(ja="現場調整", en="Fine-tuning"),
        LocalText(
            ja="新しい拠点や新しい期間のデータに、モデルを合わせ直すことです。",
            en="Adapting the model to a new site or to later data.",
        ),
    ),
    (
        LocalText(ja="埋め込み", en="Embedding"),
        LocalText(
            ja="拠点や層の特徴を表す短い数値の並びです。",
            en="A short row of numbers that stands for a site or a layer.",
        ),
    ),
    (SEED.name, SEED.meaning),
    (POINT.name, POINT.meaning),
    (VALIDATION.name, VALIDATION.meaning),
    (
        LocalText(ja="必須・希望", en="Required and desired"),
        LocalText(
            ja="必須基準が 1 つでも不合格なら見送りです。希望基準が満たされないと条件付きになります。",
            en="One failed required criterion means No-Go; a desired one that is not met makes it conditional.",
        ),
    ),
    (
        LocalText(ja="区間", en="Interval"),
        LocalText(ja="真の値が入っていると見込まれる範囲です。", en="The range in which the true value is expected."),
    ),
    (
        LocalText(ja="NPV", en="NPV"),
        LocalText(
            ja="将来の損益を割引率で現在の価値に直した合計です。プラスなら候補のほうが得です。",
            en="Future gains and costs at today's value; above zero the candidate pays.",
        ),
    ),
    (
        LocalText(ja="割引回収期間", en="Discounted payback"),
        LocalText(
            ja="割り引いた損益の累計が、最初の支出を取り戻すまでの期間です。",
            en="Until gains at today's value earn back the first outlay.",
        ),
    ),
)


def word(key: str, language: Language) -> str:
    """Return a fixed word. Raises KeyError for an unknown key."""
    return WORDS[key].in_language(language)
