"""The target that follows from a reference model's score, and when it gives none. For every task; torch-free."""

from __future__ import annotations

import math
from dataclasses import dataclass

from scorecards.local_text import LocalText

SHARE_OF_THE_WAY = 0.9
"""The target lies this far on the way from the naive guess to the reference."""
CLEARLY_ABOVE = 0.02
"""A reference that is not this far above the naive guess, nor above its noise, has learned nothing that counts."""


@dataclass(frozen=True)
class Reference:
    """What a reference model scored and what guessing scores on the same rows; NaN where they can't be scored.

    noise: the standard error of guessing's score on so many rows.
    """

    naive: float
    score: float
    noise: float = 0.0

    @property
    def scored(self) -> bool:
        """Tell whether there were rows that could be scored."""
        return math.isfinite(self.naive) and math.isfinite(self.score)

    @property
    def guesses(self) -> bool:
        """Tell whether the reference does no better than guessing: a target so low would be met by anything."""
        return self.scored and self.score - self.naive < max(CLEARLY_ABOVE, self.noise)

    @property
    def target(self) -> float:
        """Return naive + 0.9 · (score − naive), NaN where that is no target."""
        if not self.scored or self.guesses:
            return math.nan
        return self.naive + SHARE_OF_THE_WAY * (self.score - self.naive)


def targets_of(references: tuple[Reference, Reference]) -> tuple[float, float]:
    """Return (training target, fine-tuning target) as main scores; NaN where there is none."""
    training, finetuning = references
    return training.target, finetuning.target


def told_unusable(training: Reference, finetuning: Reference) -> tuple[LocalText, ...]:
    """Return a sentence for each of the two targets that is missing because its reference only guesses."""
    told = []
    if training.guesses:
        told.append(
            LocalText(
                ja=f"学習の目標スコアはありません。参照モデルの検証スコア ({training.score:.3f}) が、入力を見ない予測"
                f" ({training.naive:.3f}) を明確に上回らないためです。「目標までの時間」は測れません。",
                en=f"There is no usable target for the training: the reference model ({training.score:.3f} on "
                f"validation) does no better than guessing ({training.naive:.3f}). Times to the target can't be "
                "measured.",
            )
        )
    if finetuning.guesses:
        told.append(
            LocalText(
                ja=f"現場調整の目標スコアはありません。新しい拠点 (または後半のデータ) での参照モデルの検証スコア"
                f" ({finetuning.score:.3f}) が、入力を見ない予測 ({finetuning.naive:.3f}) を明確に上回らないためです。"
                "「目標までの時間」と調整の成功率は測れません。",
                en="There is no usable target for fine-tuning: on the new sites (or the later data) the reference "
                f"model ({finetuning.score:.3f} on validation) does no better than guessing ({finetuning.naive:.3f}). "
                "Times to the target and the share of successful runs can't be measured.",
            )
        )
    return tuple(told)
