"""What a user may set for the text task: how the text is read, and the size of the target network."""

from __future__ import annotations

from evaluator.tasks.protocol import Option
from evaluator.tasks.recurrent_options import RECURRENT_DROPOUT, hidden, hyper_cell, layer_norm, layers
from scorecards.local_text import LocalText

SITE_MODES = ("file", "top_folder", "speaker")
"""What may play the sites: each file, each top folder, each speaker ('NAME:' lines)."""

LAYERS_TO_SHARE = 2
"""Fewer layers have nothing to share: `shared` and `hyper` take part from here on."""

OPTIONS: tuple[Option, ...] = (
    Option(
        "aozora",
        LocalText(ja="青空文庫の記法", en="Aozora Bunko's marks"),
        LocalText(
            ja="ルビ・注記・ヘッダー・フッターを取り除くか。auto は青空文庫らしいファイルだけ取り除きます。",
            en="Remove ruby, notes, header and footer? auto: from files that look like Aozora's.",
        ),
        "auto",
        choices=("auto", "yes", "no"),
    ),
    Option(
        "sites",
        LocalText(ja="拠点 (書き手・話者)", en="Sites (writers, speakers)"),
        LocalText(
            ja="拠点とみなす単位: file ファイル、top_folder 最上位フォルダー、speaker「名前:」の行、none なし。",
            en="What is a site: each file, each top folder, each speaker ('NAME:' lines), or none.",
        ),
        "auto",
        choices=("auto", *SITE_MODES, "none"),
    ),
    Option(
        "max_sites",
        LocalText(ja="拠点の上限", en="Most sites"),
        LocalText(
            ja="文章の多い順にこの数まで拠点とし、残りは 1 つにまとめます。",
            en="So many sites with the most text are kept; the others become one.",
        ),
        12,
        low=2,
        high=200,
    ),
    Option(
        "length",
        LocalText(ja="1 行の文字数", en="Characters a row"),
        LocalText(
            ja="文章をこの文字数ずつに区切り、区切りごとに先頭から予測します。",
            en="The text is cut into windows of so many characters; each is predicted from its start.",
        ),
        100,
        low=10,
        high=1_000,
    ),
    Option(
        "max_symbols",
        LocalText(ja="文字の種類の上限", en="Most different characters"),
        LocalText(
            ja="学習データでよく使われる順にこの数まで区別し、残りは「未知の文字」とします。",
            en="The most frequent characters of the training text; all others are one 'unknown' symbol.",
        ),
        1_000,
        low=10,
        high=20_000,
    ),
    layers(
        LocalText(
            ja="再帰層の数。方式 shared と hyper は層どうしで重みを分け合うため、2 以上で加わります。学習時間は層の数に"
            "ほぼ比例します。",
            en="Recurrent layers. The variants shared and hyper share weights between layers: they take part from 2"
            " on. Training time grows with the layers.",
        ),
        most=4,
    ),
    hidden(
        LocalText(ja="1 層あたりのユニット数。", en="Units a layer."),
        128,
    ),
    layer_norm(
        LocalText(
            ja="hyper_dynamic と dense_site で層正規化を使うか。正規化だけの効果が分かるよう、層正規化 LSTM"
            " (layer_norm_lstm) も必ず一緒に学習します。ほかの LSTM は使いません。",
            en="Do hyper_dynamic and dense_site use it? The layer-norm LSTM (layer_norm_lstm) is always trained beside"
            " them, to tell what normalisation does alone; the other LSTMs never use it.",
        ),
        default=True,
    ),
    RECURRENT_DROPOUT,
    *hyper_cell(8),
)
