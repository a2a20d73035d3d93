"""Words of measuring that a manager meets first, each in one plain sentence; screens and reports share them."""

from __future__ import annotations

from dataclasses import dataclass

from scorecards.local_text import Language, LocalText


@dataclass(frozen=True)
class Term:
    """A word and what it means, as a sentence."""

    name: LocalText
    meaning: LocalText


SEED = Term(
    LocalText(ja="シード", en="Seed"),
    LocalText(
        ja="学習の繰り返しの番号です。番号ごとに乱数だけが異なり、同じ番号の試行どうしを方式の間で比べます。",
        en="The number of a repetition of the training, each with other random numbers; trials with the same one are "
        "compared.",
    ),
)
POINT = Term(
    LocalText(ja="pt (ポイント)", en="pt (point)"),
    LocalText(
        ja="スコアや割合の差の単位で、その 100 分の 1 です (0.85 と 0.86 の差が 1 pt)。"
        "対数尤度では 0.01 ナット、つまり正解に与える確率の約 1 % の差です。",
        en="The unit of a difference in score or share: a hundredth of it (0.85 and 0.86 differ by 1 pt). "
        "Of a log-likelihood it is 0.01 nat: about 1 % of the probability given to what came.",
    ),
)
VALIDATION = Term(
    LocalText(ja="検証データ", en="Validation data"),
    LocalText(
        ja="学習の進み具合や設定を決めるために取り分けたデータです。性能の判定に使うテストデータとは別のもので、"
        "スコアの水準も異なります。",
        en="Data set aside to follow the training and to choose settings. It is not the test data by which the "
        "performance is judged, and its scores differ in level.",
    ),
)
_LINE = LocalText(
    ja="シード: 学習の繰り返しの番号 (乱数だけが異なります)。pt (ポイント): スコアや割合の 100 分の 1 "
    "(0.85 と 0.86 の差が 1 pt)。",
    en="Seed: the number of a repetition of the training (only the random numbers differ). "
    "pt (point): a hundredth of a score or share (0.85 and 0.86 differ by 1 pt).",
)


def terms_line(language: Language) -> str:
    """Return what seeds and points are, in one line, for the place where a reader meets them first."""
    return _LINE.in_language(language)
