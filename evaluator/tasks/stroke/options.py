"""What a user may set for the stroke task: how drawings are read, and the size of the target network."""

from __future__ import annotations

from evaluator.tasks.protocol import Option
from evaluator.tasks.recurrent_options import RECURRENT_DROPOUT, hidden, hyper_cell, layer_norm, layers
from scorecards.local_text import LocalText

AUTO, NONE = "auto", "none"

OPTIONS: tuple[Option, ...] = (
    Option(
        "sites",
        LocalText(ja="拠点 (書き手など)", en="Sites (writers and the like)"),
        LocalText(
            ja="拠点とみなす項目: JSON の項目名、drawer ファイル名末尾の番号、folder、top_folder、file、none なし。",
            en="What is a site: a field of the JSON, drawer (the number that ends a file's name), folder, top_folder, "
            "file, or none.",
        ),
        AUTO,
    ),
    Option(
        "max_sites",
        LocalText(ja="拠点の上限", en="Most sites"),
        LocalText(
            ja="描画の多い順にこの数まで拠点とし、残りは 1 つにまとめます。",
            en="So many sites with the most drawings are kept; the others become one.",
        ),
        24,
        low=2,
        high=200,
    ),
    Option(
        "tolerance",
        LocalText(ja="簡略化の許容差", en="Simplification"),
        LocalText(
            ja="直線からのずれがこの割合 (描画の長辺に対して) 以下の点を省きます。0 はすべての点を残します。",
            en="Points nearer to a line than this share of the drawing's longer side are left out; 0 keeps all.",
        ),
        0.02,
        low=0.0,
        high=0.1,
    ),
    Option(
        "max_points",
        LocalText(ja="1 枚の点の上限", en="Points at most"),
        LocalText(
            ja="点がこれより多い描画は、収まるまで強く簡略化します。",
            en="Drawings of more points are simplified further until they fit.",
        ),
        80,
        low=4,
        high=1_000,
    ),
    Option(
        "size",
        LocalText(ja="描画の大きさ", en="Size of the drawings"),
        LocalText(
            ja="keep は元の大きさのまま、same は長辺をそろえます (機器ごとに単位が異なる場合)。",
            en="keep: as drawn; same: all with equal longer sides (where devices differ in their units).",
        ),
        "keep",
        choices=("keep", "same"),
    ),
    layers(
        LocalText(ja="再帰層の数。", en="Recurrent layers."),
        most=3,
    ),
    hidden(
        LocalText(ja="1 層あたりのユニット数。", en="Units a layer."),
        128,
    ),
    Option(
        "mixtures",
        LocalText(ja="混合分布の数", en="Mixture components"),
        LocalText(
            ja="次の点の位置を表す正規分布の数。", en="Normal distributions that tell where the next point may lie."
        ),
        10,
        low=1,
        high=50,
    ),
    layer_norm(
        LocalText(
            ja="すべての方式の再帰層で使うか。手書きでは不利になりやすいことが知られています。",
            en="In the recurrent layers of all variants. It is known to do harm in handwriting rather than good.",
        ),
        default=False,
    ),
    RECURRENT_DROPOUT,
    *hyper_cell(4),
)
