"""Small data to try Blueprint on: some that the project makes itself (synthetic), some that scikit-learn carries."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from scorecards.local_text import LocalText

__all__ = ["Sample", "sample", "samples"]

FOLDER = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Sample:
    """Data that comes with Blueprint. `site`: the column of sites, '' where there is none."""

    id: str
    title: LocalText
    path: Path
    target: str
    site: str
    synthetic: bool
    description: LocalText
    task: str = "table"


def samples() -> tuple[Sample, ...]:
    """Return all samples; the first is the one that a newcomer sees."""
    return (
        Sample(
            id="store_demand",
            title=LocalText(ja="24 店舗の欠品予測 (合成データ)", en="Stock-outs in 24 stores (synthetic data)"),
            path=FOLDER / "store_demand" / "store_demand.csv",
            target="欠品",
            site="店舗",
            synthetic=True,
            description=LocalText(
                ja="24 店舗 × 125 日、弁当売り場の欠品を当てます。気温や曜日の効き方が店舗ごとに異なります。",
                en="24 stores × 125 days: which lunch counters sell out? Weather and weekday act differently in each.",
            ),
        ),
        Sample(
            id="breast_cancer",
            title=LocalText(ja="乳腺腫瘍の良性・悪性の判別", en="Benign or malignant breast tumours"),
            path=FOLDER / "breast_cancer" / "breast_cancer.csv",
            target="diagnosis",
            site="",
            synthetic=False,
            description=LocalText(
                ja="569 件の細胞診画像から測った 30 の特徴量で良性・悪性を判別します (UCI、scikit-learn に付属)。",
                en="569 cell images described by 30 measurements each (UCI, carried by scikit-learn).",
            ),
        ),
        Sample(
            id="diabetes",
            title=LocalText(ja="糖尿病の 1 年後の進行度", en="Progress of diabetes after one year"),
            path=FOLDER / "diabetes" / "diabetes.csv",
            target="progression",
            site="",
            synthetic=False,
            description=LocalText(
                ja="442 人の検査値 10 項目から 1 年後の進行度を予測します (scikit-learn に付属)。",
                en="442 patients, ten measurements each, predict the progress one year on (carried by scikit-learn).",
            ),
        ),
        Sample(
            id="digit_images",
            title=LocalText(ja="手書き数字の画像", en="Images of handwritten digits"),
            path=FOLDER / "digit_images" / "digit_images.zip",
            target="",
            site="",
            synthetic=False,
            description=LocalText(
                ja="13 人が書いた 8 × 8 画素の数字 1,797 枚 (scikit-learn に付属)。",
                en="1,797 digits of 8 × 8 pixels by 13 writers (carried by scikit-learn).",
            ),
            task="image",
        ),
        Sample(
            id="daily_demand",
            title=LocalText(ja="8 店舗の日別需要予測 (合成データ)", en="Daily demand of 8 stores (synthetic data)"),
            path=FOLDER / "daily_demand" / "daily_demand.csv",
            target="需要",
            site="店舗",
            synthetic=True,
            description=LocalText(
                ja="2 年分の実績から先 7 日間の需要を予測します。曜日と季節の効き方が店舗ごとに異なります。",
                en="Two years of sales: what will be sold on each of the next seven days? "
                "Week and year act differently in each store.",
            ),
            task="series",
        ),
        Sample(
            id="reports_text",
            title=LocalText(ja="4 人の作業日報 (合成データ)", en="Work reports by four writers (synthetic data)"),
            path=FOLDER / "reports_text" / "reports.txt",
            target="",
            site="speaker",
            synthetic=True,
            description=LocalText(
                ja="日英の作業日報 1,200 件で、次に来る文字を予測します。文体や担当設備が書き手ごとに異なります。",
                en="1,200 work reports in Japanese and English: which character comes next? "
                "Manner and machines differ by writer.",
            ),
            task="text",
        ),
        Sample(
            id="pen_shapes",
            title=LocalText(ja="8 人のペンの軌跡 (合成データ)", en="Pen drawings by eight writers (synthetic data)"),
            path=FOLDER / "pen_shapes" / "pen_shapes.ndjson",
            target="",
            site="writer",
            synthetic=True,
            description=LocalText(
                ja="6 種類の図形 800 枚で、ペンが次にどこへ動くかを予測します。傾きや震えが書き手ごとに異なります。",
                en="800 drawings of six shapes: where does the pen go next? Slant and tremor differ by writer.",
            ),
            task="stroke",
        ),
        Sample(
            id="business_pairs",
            title=LocalText(
                ja="4 部署の業務文の対訳 (合成データ)", en="Business sentences of four departments (synthetic data)"
            ),
            path=FOLDER / "business_pairs" / "business_pairs.tsv",
            target="",
            site="部署",
            synthetic=True,
            description=LocalText(
                ja="日本語 2,400 文を英語に訳します。同じ言葉でも、訳し方が部署ごとに異なります。",
                en="2,400 Japanese sentences into English. The same words are put differently in each department.",
            ),
            task="translation",
        ),
    )


def sample(id: str) -> Sample:
    """Return the sample called `id`. Raises KeyError when there is none."""
    for one in samples():
        if one.id == id:
            return one
    raise KeyError(id)
