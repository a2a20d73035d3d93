"""What reports call the things that variants made, and what a reader is to know of them."""

from __future__ import annotations

from collections.abc import Mapping

from scorecards.local_text import LocalText

TITLES: Mapping[str, LocalText] = {
    "text": LocalText(ja="生成した文章", en="Text that was made"),
    "drawings": LocalText(ja="生成した手書き", en="Drawings that were made"),
    "forecasts": LocalText(ja="予測と実績", en="Forecasts and what came"),
    "translations": LocalText(ja="翻訳の例", en="Translations"),
    "confusion": LocalText(ja="取り違えの表", en="What is taken for what"),
}
MEANINGS: Mapping[str, LocalText] = {
    "text": LocalText(
        ja="学習に使っていない文章 (実物) と、各方式が書いた文章です。シード 1 のモデルによります。",
        en="Real text that no model learned from, beside what each variant wrote (the model of seed 1).",
    ),
    "drawings": LocalText(
        ja="学習に使っていない手書き (実物) と、各方式が描いたものです。シード 1 のモデルによります。",
        en="Real drawings that no model learned from, beside what each variant drew (the model of seed 1).",
    ),
    "forecasts": LocalText(
        ja="学習に使っていない期間の予測です。縦線から先を予測しました。シード 1 のモデルによります。",
        en="Forecasts for a time that no model learned from; they begin at the vertical line (the model of seed 1).",
    ),
    "translations": LocalText(
        ja="学習に使っていない文の翻訳です。シード 1 のモデルによります。",
        en="Sentences that no model learned from, translated (the model of seed 1).",
    ),
    "confusion": LocalText(
        ja="行が正解、列が予測です。濃いほど割合が高いことを示します。シード 1 のモデルによります。",
        en="Rows are the true classes, columns the predicted ones; the darker, the larger the share (the model of "
        "seed 1).",
    ),
}
REAL = LocalText(ja="実物", en="Real")
SOURCE = LocalText(ja="原文", en="Source")
REFERENCE = LocalText(ja="参照訳", en="Reference")
