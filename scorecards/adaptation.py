"""A scorecard fitted to who competes: a template speaks of `hyper` with sites; other tasks have other candidates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from scorecards.assumptions import Assumptions
from scorecards.criteria import Criterion, Scorecard
from scorecards.local_text import LocalText
from scorecards.vocabulary import SIMPLER

EMBEDDING, GENERATOR = "embedding_only", "generator"
KEPT, ANEW = "cached", "uncached"
WORTH = "value_per_point"
_TEXTS = {
    "update_bytes": LocalText(
        ja="更新ファイルの大きさの比です。候補は生成器だけ、通常モデルは全重みを送ります。",
        en="Ratio of the sizes of the update file. "
        "The candidate ships its generator, the ordinary model all its weights.",
    ),
    "finetune_score": LocalText(
        ja="後の期間に合わせて調整した後の主指標の差です。候補は生成器だけ、通常モデルは全重みを調整します。",
        en="Difference of the main score after adapting to the later part of the data. "
        "The candidate tunes its generator, the ordinary model all its weights.",
    ),
}
_NOTHING_KEPT = LocalText(
    ja="1 件の推論時間 (中央値) の比 (候補 ÷ 通常モデル) です。候補は重みの倍率をステップごとに作るため保持できず、"
    "「重みを保持」と「毎回生成」は同じ値になります。",
    en="Ratio of the median times of predicting one row (candidate ÷ ordinary model). The candidate scales its weights "
    "anew at every step and can keep none, so 'weights kept' and 'generated at each call' are the same figure.",
)
_NO_PRICE = LocalText(
    ja="主指標は対数尤度で、1 ポイント (0.01 ナット) に決まった価値はないため 0 としています。業務での価値が"
    "分かる場合は、全社での年間の損益に置き換えてください。",
    en="The main score is a log-likelihood, of which a point (0.01 nat) has no price by itself, so it counts as worth "
    "nothing. Where you know what it is worth to the whole company in a year, put that in.",
)


def for_competitors(scorecard: Scorecard, candidate: str, variants: Sequence[str], *, sites: bool) -> Scorecard:
    """Return `scorecard` with `candidate`, and its rivals among `variants`.

    A weight generator without learned layer embeddings (`hyper_dynamic`) has no embedding to tune where there are no
    sites: it tunes and ships its generator instead, and the texts say so. A scorecard that names the candidate and all
    its rivals already stays as it is.
    """
    rivals = tuple(name for name in SIMPLER if name in variants and name != candidate)
    if candidate == scorecard.candidate and set(rivals) <= set(scorecard.rivals):
        return scorecard
    criteria = scorecard.criteria
    if candidate == "hyper_dynamic":
        criteria = tuple(_with_nothing_kept(criterion) for criterion in criteria)
        if not sites:
            criteria = tuple(_with_generator(criterion) for criterion in criteria)
    return replace(scorecard, candidate=candidate, rivals=rivals, criteria=criteria)


def without_price(assumptions: Assumptions) -> Assumptions:
    """Return assumptions by which a point of the main score is worth nothing, unless somebody measured or quoted it."""
    worth = assumptions.values[WORTH]
    if worth.source != "assumed":
        return assumptions
    nothing = replace(worth, low=0.0, likely=0.0, high=0.0, basis=_NO_PRICE)
    return replace(assumptions, values={**assumptions.values, WORTH: nothing})


def _with_nothing_kept(criterion: Criterion) -> Criterion:
    if criterion.candidate_setting not in (KEPT, ANEW):
        return criterion
    return replace(criterion, candidate_setting=KEPT, explanation=_NOTHING_KEPT)


def _with_generator(criterion: Criterion) -> Criterion:
    if criterion.candidate_setting != EMBEDDING:
        return criterion
    return replace(
        criterion,
        candidate_setting=GENERATOR,
        explanation=_TEXTS.get(criterion.id, criterion.explanation),
    )
