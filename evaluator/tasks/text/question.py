"""The question that Blueprint would ask of text: which sites there are, and whether there is enough to learn from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from evaluator.errors import DataError
from evaluator.intake.findings import Finding
from evaluator.intake.text import ReadTexts, detect_text, notes_beside, read_texts
from evaluator.records import OptionValue, SplitPlan
from evaluator.tasks.options import checked
from evaluator.tasks.protocol import Asked, Question
from evaluator.tasks.text.budgets import SIZES
from evaluator.tasks.text.options import LAYERS_TO_SHARE, OPTIONS, SITE_MODES
from evaluator.tasks.text.sites import Streams, propose_mode, streams
from scorecards.local_text import LocalText

LEAST_ROWS = 60
"""Windows that a text must give: below that validation and test would be a few lines."""
SPLIT_SEED = 0


def question(files: Sequence[Path], asked: Asked) -> Question:
    """Return the question for the text in `files` (files, or folders).

    `asked.site`: file, top_folder or speaker; '' for none; None as the option `sites` says. Raises DataError.
    """
    options = {option.name: asked.options.get(option.name, option.default) for option in OPTIONS}
    _check_asked(asked)
    source = detect_text(files)
    texts = read_texts(source, aozora=str(options["aozora"]))
    length = int(options["length"])
    wanted = _wanted_mode(asked.site, options)
    mode, reason = propose_mode(texts, length) if wanted == "auto" else (wanted, None)
    check_length(texts.characters, length, where=_where(source.files))
    found = streams(texts, mode, length=length, most=int(options["max_sites"]))
    characters = sum(map(len, found.text.values()))
    return Question(
        source=source,
        target="",
        target_kind="text",
        site="" if mode == "none" else mode,
        columns={},
        split=SplitPlan("time", "", SPLIT_SEED),
        options={**options, "sites": mode},
        rows=characters // length,
        features=length,
        sites=len(found.own_sites),
        reasons=({} if reason is None else {"site": reason}) | _option_reasons(options),
        findings=(*notes_beside(files), *texts.findings, *found.findings, *_large(characters)),
    )


def _option_reasons(options: Mapping[str, OptionValue]) -> dict[str, LocalText]:
    """Return what a user should know of the network's options: who takes part because of them."""
    found = {}
    if int(options["layers"]) < LAYERS_TO_SHARE:
        found["layers"] = LocalText(
            ja="層が 1 つでは分け合う重みがないため、方式 shared と hyper は加わりません。加えるには設定 layers を"
            f" {LAYERS_TO_SHARE} 以上にしてください。",
            en="With one layer there are no weights to share: the variants shared and hyper do not take part. To have"
            f" them, set the option layers to {LAYERS_TO_SHARE} or more.",
        )
    if options["layer_norm"]:
        found["layer_norm"] = LocalText(
            ja="候補 hyper_dynamic は層正規化を使います。正規化だけの効果と区別できるよう、層正規化 LSTM も競合として"
            "比べます。",
            en="The candidate hyper_dynamic uses layer normalisation: the layer-norm LSTM is compared as a rival, to"
            " tell its effect from that of generating weights.",
        )
    return found


def check_length(characters: int, length: int, *, where: str) -> None:
    """Raise DataError where a text is too short for windows of `length`."""
    least = LEAST_ROWS * length
    if characters < least:
        raise DataError(
            LocalText(
                ja=f"文章が短すぎます。{characters:,} 文字ですが、少なくとも {least:,} 文字"
                f" ({length:,} 文字 × {LEAST_ROWS} 行) が必要です。",
                en=f"The text is too short: {characters:,} characters, where at least {least:,} are needed"
                f" ({LEAST_ROWS} rows of {length:,} characters).",
            ),
            where=where,
            cure=LocalText(
                ja="文章を足すか、設定 length を小さくしてください。",
                en="Add more text, or make the option length smaller.",
            ),
        )


def read_streams(texts: ReadTexts, site: str, options: Mapping[str, OptionValue]) -> Streams:
    """Return the text by site as a PoC asks for it; `site` as in a PoC."""
    return streams(texts, site or "none", length=int(options["length"]), most=int(options["max_sites"]))


def _wanted_mode(site: str | None, options: Mapping[str, OptionValue]) -> str:
    if site is None:
        return str(options["sites"])
    return site or "none"


def _check_asked(asked: Asked) -> None:
    """Raise DataError for what only tables have: target, columns of sites, other ways to split."""
    if asked.site and asked.site not in SITE_MODES:
        raise DataError(
            LocalText(ja=f"テキストに列「{asked.site}」はありません。", en=f"Text has no column '{asked.site}'."),
            where="--site",
            cure=LocalText(
                ja=f"次のいずれかを指定してください: {', '.join(SITE_MODES)}",
                en=f"Choose one of: {', '.join(SITE_MODES)}.",
            ),
        )
    if asked.target:
        raise DataError(
            LocalText(
                ja="テキストに目的列はありません。次の文字を予測します。",
                en="Text has no target column: the next character is predicted.",
            ),
            where="--target",
            cure=LocalText(ja="--target を外してください。", en="Leave --target out."),
        )
    if asked.split in ("random", "group"):
        raise DataError(
            LocalText(
                ja="テキストは常に文章の順に分割します (前から学習・検証・テスト)。",
                en="Text is always split in reading order: training first, then validation, then test.",
            ),
            where="--split",
            cure=LocalText(ja="--split を外してください。", en="Leave --split out."),
        )


def _large(characters: int) -> tuple[Finding, ...]:
    most = SIZES["quick"].characters
    if characters <= most:
        return ()
    limits = LocalText(
        ja="、".join(f"{name} は {sizes.characters:,} 文字" for name, sizes in SIZES.items()),
        en=", ".join(f"{sizes.characters:,} characters for {name}" for name, sizes in SIZES.items()),
    )
    return (
        Finding(
            "text_large",
            "",
            "info",
            LocalText(
                ja=f"文章が {characters:,} 文字あります。予算ごとの上限まで、各拠点の先頭から使います ({limits.ja})。",
                en=f"There are {characters:,} characters; each site's first ones are used up to the budget's limit"
                f" ({limits.en}).",
            ),
            LocalText(ja="すべてを使う場合は、予算を上げてください。", en="Choose a larger budget to use more."),
        ),
    )


def _where(files: Sequence[str]) -> str:
    more = f" (+{len(files) - 1})" if len(files) > 1 else ""
    return f"{Path(files[0]).name}{more}"


def checked_options(given: Mapping[str, OptionValue]) -> dict[str, OptionValue]:
    """Return every option, those not given by default (a PoC made by hand may list a few only)."""
    from evaluator.tasks import task

    return checked(task("text"), given)
