"""Options that tasks with recurrent networks share: the LSTM's size, and that of the HyperLSTM's small cell."""

from __future__ import annotations

from evaluator.tasks.protocol import Option
from scorecards.local_text import LocalText

RECURRENT_DROPOUT = Option(
    "recurrent_dropout",
    LocalText(ja="再帰ドロップアウト", en="Recurrent dropout"),
    LocalText(ja="学習中に新しい記憶を落とす割合。", en="Share of the new memory that training drops."),
    0.0,
    low=0.0,
    high=0.9,
)


def layers(help: LocalText, *, most: int) -> Option:
    """Return the option of how many recurrent layers there are; one unless asked."""
    return Option("layers", LocalText(ja="層の数", en="Layers"), help, 1, low=1, high=most)


def hidden(help: LocalText, default: int) -> Option:
    """Return the option of how many units a recurrent layer has."""
    return Option("hidden", LocalText(ja="隠れ状態の大きさ", en="Hidden size"), help, default, low=8, high=2_048)


def layer_norm(help: LocalText, *, default: bool) -> Option:
    """Return the option of normalising the recurrent layers; `help`: which variants' layers."""
    return Option("layer_norm", LocalText(ja="層正規化", en="Layer normalisation"), help, default)


def hyper_cell(embedding: int) -> tuple[Option, Option]:
    """Return the options of `hyper_dynamic`'s small LSTM: its units, and the floats (Nz) of what it makes scales from.

    embedding: the default of the latter.
    """
    return (
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
                ja="hyper_dynamic が各時刻に作る埋め込みの次元。",
                en="Floats of the embeddings that hyper_dynamic makes.",
            ),
            embedding,
            low=1,
            high=64,
        ),
    )
