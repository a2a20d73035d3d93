"""How many characters of each part are unknown: rare in the training text, or absent from it."""

from __future__ import annotations

from collections.abc import Mapping

from evaluator.tasks.protocol import PART_NAMES
from evaluator.tasks.text.data import TextPart
from scorecards.local_text import LocalText

_NAMES: Mapping[str, LocalText] = {
    "train": LocalText(ja="学習", en="training"),
    "validation": LocalText(ja="検証", en="validation"),
    "test": LocalText(ja="テスト", en="test"),
    "new_train": LocalText(ja="新しい拠点の微調整", en="fine-tuning at new sites"),
    "new_validation": LocalText(ja="新しい拠点の検証", en="validation at new sites"),
    "new_test": LocalText(ja="新しい拠点のテスト", en="test at new sites"),
}
_LATER: Mapping[str, LocalText] = {
    "new_train": LocalText(ja="後半の文章の微調整", en="fine-tuning on later text"),
    "new_validation": LocalText(ja="後半の文章の検証", en="validation on later text"),
    "new_test": LocalText(ja="後半の文章のテスト", en="test on later text"),
}


def told_unknown(parts: Mapping[str, TextPart], *, sites: bool) -> tuple[LocalText, ...]:
    """Return a sentence with each part's count and share of unknown characters, none where there are none.

    `sites`: whether the new parts are sites held out, or the later part of the text.
    """
    counts = {name: (int((parts[name].targets == 0).sum()), parts[name].targets.size) for name in PART_NAMES}
    if not any(unknown for unknown, _ in counts.values()):
        return ()
    names = _NAMES if sites else {**_NAMES, **_LATER}
    shares = {name: f"{unknown:,}/{of:,} ({100 * unknown / of:.2f} %)" for name, (unknown, of) in counts.items() if of}
    return (
        LocalText(
            ja="学習データにまれにしかない文字や、まったくない文字は、1 つの「未知の文字」として予測します。"
            "本来の文字を当てるより易しいため、その割合が高い部分のスコアは実力より良く見えます (未知の文字/全体): "
            + "、".join(f"{names[name].ja} {share}" for name, share in shares.items()),
            en="Characters that are rare in the training text, or absent from it, are predicted as one 'unknown'"
            " symbol. That is easier than naming them, so scores look better than they are where the share is high"
            " (unknown/all): " + ", ".join(f"{names[name].en} {share}" for name, share in shares.items()) + ".",
        ),
    )
