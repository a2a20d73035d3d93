"""Variants, found by task and name: one module each, holding `VARIANT`. torch is imported only for a torch variant."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import cast

from evaluator.errors import NotFoundError
from evaluator.networks.protocol import AnyVariant
from scorecards.local_text import LocalText

VARIANTS: Mapping[str, tuple[str, ...]] = {
    "table": ("dense", "shared", "hyper", "small_dense", "dense_site", "boosted_trees", "hyperneat"),
    "image": ("dense", "shared", "hyper_small", "hyper", "hyper_large", "small_dense", "dense_site", "hyperneat"),
    "series": ("dense", "shared", "hyper", "hyper_dynamic", "small_dense", "dense_site", "linear"),
    "text": ("dense", "shared", "hyper", "hyper_dynamic", "small_dense", "dense_site", "layer_norm_lstm"),
    "translation": ("dense", "hyper_dynamic", "small_dense", "dense_site"),
    "stroke": ("dense", "hyper_dynamic", "small_dense", "dense_site"),
}
"""Task → its variants, each the module `evaluator.networks.<task>.<variant>`. To add one, add its module and name."""

ON_REQUEST: tuple[str, ...] = ("hyperneat",)
"""Variants that a new PoC runs only where its author adds them: research methods, which take time from the others."""

VARIANT_NAMES: tuple[str, ...] = tuple(dict.fromkeys(name for names in VARIANTS.values() for name in names))
"""All names, of whatever task."""


def variant(name: str, task: str = "table") -> AnyVariant:
    """Return the variant called `name` of `task`. Raises NotFoundError when there is none."""
    names = VARIANTS.get(task, ())
    if name not in names:
        known = ", ".join(names)
        raise NotFoundError(
            LocalText(
                ja=f"タスク {task} に、方式「{name}」はありません。", en=f"The task {task} has no variant '{name}'."
            ),
            where="variants",
            cure=LocalText(ja=f"次のいずれかを指定してください: {known}", en=f"Choose one of: {known}."),
        )
    return cast("AnyVariant", import_module(f"evaluator.networks.{task}.{name}").VARIANT)
