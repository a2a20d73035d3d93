"""Variants, found by name: one module each, holding `VARIANT`. torch is imported only for a torch variant."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, cast

from evaluator.errors import NotFoundError
from scorecards.local_text import LocalText

if TYPE_CHECKING:
    from evaluator.networks.protocol import Variant

VARIANT_NAMES: tuple[str, ...] = ("dense", "shared", "hyper", "small_dense", "dense_site", "boosted_trees")
"""To add a variant, add its module and its name here."""


def variant(name: str) -> Variant:
    """Return the variant called `name`. Raises NotFoundError when there is none."""
    if name not in VARIANT_NAMES:
        known = ", ".join(VARIANT_NAMES)
        raise NotFoundError(
            LocalText(ja=f"方式「{name}」はありません。", en=f"There is no variant '{name}'."),
            where="variants",
            cure=LocalText(ja=f"次のいずれかを指定してください: {known}", en=f"Choose one of: {known}."),
        )
    return cast("Variant", import_module(f"evaluator.networks.{name}").VARIANT)
