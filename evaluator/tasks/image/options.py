"""The settings of the image task."""

from __future__ import annotations

from evaluator.tasks.protocol import Option
from scorecards.local_text import LocalText

SMALLEST_SIZE = 8
LARGEST_SIZE = 64
DEPTHS = (10, 16, 22, 28, 34, 40)
"""A wide residual network of n blocks a group has 6n + 4 layers."""

OPTIONS: tuple[Option, ...] = (
    Option(
        "size",
        LocalText(ja="画像の一辺 (画素)", en="Side of an image (pixels)"),
        LocalText(
            ja="すべての画像をこの大きさの正方形にそろえます。0 ならデータから決めます (白黒は 28、カラーは 32 まで)。",
            en="Every image becomes a square of this side; 0 takes what suits the data (28 for grey, 32 for colour).",
        ),
        0,
        low=0,
        high=LARGEST_SIZE,
    ),
    Option(
        "colour",
        LocalText(ja="色", en="Colour"),
        LocalText(
            ja="grey は白黒、rgb はカラーとして扱います。auto ならデータから決めます。",
            en="grey takes images without colour, rgb with; auto looks at the data.",
        ),
        "auto",
        choices=("auto", "grey", "rgb"),
    ),
    Option(
        "network",
        LocalText(ja="ネットワーク", en="Network"),
        LocalText(
            ja="conv は 7×7 の畳み込み 2 層、wrn は幅広の残差ネットワーク "
            "(16 層で、学習におよそ 7 倍の時間がかかります)。",
            en="conv: two 7×7 convolutions; wrn: a wide residual network, which takes about seven times as long with "
            "16 layers.",
        ),
        "conv",
        choices=("conv", "wrn"),
    ),
    Option(
        "depth",
        LocalText(ja="wrn の層の数", en="Layers of wrn"),
        LocalText(
            ja="10、16、22、28、34、40 のいずれかです。conv では使いません。",
            en="One of 10, 16, 22, 28, 34 and 40; conv has no use for it.",
        ),
        16,
        low=DEPTHS[0],
        high=DEPTHS[-1],
    ),
    Option(
        "width",
        LocalText(ja="wrn の幅", en="Width of wrn"),
        LocalText(
            ja="チャンネル数 16・32・64 に掛ける倍率です。conv では使いません。",
            en="What the channels 16, 32 and 64 are multiplied by; conv has no use for it.",
        ),
        1,
        low=1,
        high=4,
    ),
    Option(
        "sites",
        LocalText(ja="拠点", en="Sites"),
        LocalText(
            ja="top_folder は一番上のフォルダー (拠点/クラス/画像) を拠点とみなします。auto はデータから決め、"
            "none は拠点なしとします。",
            en="top_folder: the top folders are sites (site/class/image); auto finds out, none looks for none.",
        ),
        "auto",
        choices=("auto", "none", "top_folder"),
    ),
    Option(
        "images",
        LocalText(ja="使う画像の上限", en="Most images used"),
        LocalText(
            ja="これより多ければ、クラスの割合を保って抽出します。0 なら予算で決まります "
            "(quick 5,000、standard 12,000、thorough 70,000 枚)。",
            en="Of more than these a sample is used, each class with its share; 0: as the budget says (quick 5,000, "
            "standard 12,000, thorough 70,000).",
        ),
        0,
        low=0,
        high=1_000_000,
    ),
)
