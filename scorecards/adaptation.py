"""A scorecard fitted to who competes: a template speaks of `hyper` with sites; other tasks have other candidates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from scorecards.criteria import Criterion, Scorecard
from scorecards.local_text import LocalText
from scorecards.vocabulary import SIMPLER

EMBEDDING, GENERATOR = "embedding_only", "generator"
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
    if candidate == "hyper_dynamic" and not sites:
        criteria = tuple(_with_generator(criterion) for criterion in criteria)
    return replace(scorecard, candidate=candidate, rivals=rivals, criteria=criteria)


def _with_generator(criterion: Criterion) -> Criterion:
    if criterion.candidate_setting != EMBEDDING:
        return criterion
    return replace(
        criterion,
        candidate_setting=GENERATOR,
        explanation=_TEXTS.get(criterion.id, criterion.explanation),
    )
