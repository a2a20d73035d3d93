"""What a user may set for the translation task: direction, tokens, and the size of the target network."""

from __future__ import annotations

from evaluator.tasks.protocol import Option
from evaluator.tasks.recurrent_options import hidden, hyper_cell, layer_norm
from scorecards.local_text import LocalText

UNITS = ("subwords", "characters")

OPTIONS: tuple[Option, ...] = (
    Option(
        "swap",
        LocalText(ja="方向を入れ替える", en="Swap the direction"),
        LocalText(
            ja="通常は 1 列目 (1 つ目のファイル) から 2 列目へ訳します。入れ替えると逆方向に訳します。",
            en="The first column (or file) is translated into the second; swapped, the second into the first.",
        ),
        False,
    ),
    Option(
        "unit",
        LocalText(ja="文の区切り方", en="Unit"),
        LocalText(
            ja="subwords は学習データから作る部分語 (SentencePiece)、characters は 1 文字ずつ扱います。",
            en="subwords: pieces of words found in the training data (SentencePiece); characters: one by one.",
        ),
        "subwords",
        choices=UNITS,
    ),
    Option(
        "vocabulary",
        LocalText(ja="語彙の大きさ", en="Vocabulary"),
        LocalText(
            ja="区別する部分語 (または文字) の種類の上限。言語ごとに数えます。",
            en="Most different subwords (or characters), counted for each language.",
        ),
        1_000,
        low=50,
        high=32_000,
    ),
    Option(
        "length",
        LocalText(ja="文の長さの上限", en="Longest sentence"),
        LocalText(
            ja="部分語 (または文字) の数。これより長い文を含む対訳は除き、件数を記録します。",
            en="In subwords (or characters). Pairs with a longer sentence are left out and counted.",
        ),
        60,
        low=5,
        high=400,
    ),
    hidden(
        LocalText(ja="エンコーダーとデコーダーのユニット数。", en="Units of the encoder and of the decoder."),
        64,
    ),
    layer_norm(
        LocalText(
            ja="すべての方式の再帰層で使うか。使うと 1 ステップの計算時間が長くなります。",
            en="Do the recurrent layers of all variants use it? A step then takes longer.",
        ),
        default=False,
    ),
    *hyper_cell(8),
)
