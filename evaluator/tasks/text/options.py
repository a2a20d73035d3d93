"""What a user may set for the text task: how the text is read, and the size of the target network."""

from __future__ import annotations

from evaluator.tasks.protocol import Option
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
    Option(
        "layers",
        LocalText(ja="層の数", en="Layers"),
        LocalText(
            ja="再帰層の数。方式 shared と hyper は層どうしで重みを分け合うため、2 以上で加わります。学習時間は層の数に"
            "ほぼ比例します。",
            en="Recurrent layers. The variants shared and hyper share weights between layers: they take part from 2"
            " on. Training time grows with the layers.",
        ),
        1,
        low=1,
        high=4,
    ),
    Option(
        "hidden",
        LocalText(ja="隠れ状態の大きさ", en="Hidden size"),
        LocalText(ja="1 層あたりのユニット数。", en="Units a layer."),
        128,
        low=8,
        high=2_048,
    ),
    Option(
        "layer_norm",
        LocalText(ja="層正規化", en="Layer normalisation"),
        LocalText(
            ja="hyper_dynamic と dense_site で層正規化を使うか。正規化だけの効果が分かるよう、層正規化 LSTM"
            " (layer_norm_lstm) も必ず一緒に学習します。ほかの LSTM は使いません。",
            en="Do hyper_dynamic and dense_site use it? The layer-norm LSTM (layer_norm_lstm) is always trained beside"
            " them, to tell what normalisation does alone; the other LSTMs never use it.",
        ),
        True,
    ),
    Option(
        "recurrent_dropout",
        LocalText(ja="再帰ドロップアウト", en="Recurrent dropout"),
        LocalText(ja="学習中に新しい記憶を落とす割合。", en="Share of the new memory that training drops."),
        0.0,
        low=0.0,
        high=0.9,
    ),
    Option(
        "hyper_hidden",
        LocalText(ja="hyper セルの大きさ", en="Hyper cell's size"),
        LocalText(ja="hyper_dynamic の小さい LSTM のユニット数。", en="Units of hyper_dynamic's small LSTM."),
        32,
        low=2,
        high=512,
    ),
    Option(
        "hyper_embedding",
        LocalText(ja="埋め込みの次元 (Nz)", en="Embedding (Nz)"),
        LocalText(
            ja="hyper_dynamic が各時刻に作る埋め込みの次元。", en="Floats of the embeddings that hyper_dynamic makes."
        ),
        8,
        low=1,
        high=64,
    ),
)
