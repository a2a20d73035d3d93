"""The question that Blueprint would ask of pen traces: which sites there are, and whether there is enough to learn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from evaluator.errors import DataError
from evaluator.intake.findings import Finding
from evaluator.intake.strokes import detect_strokes, read_strokes
from evaluator.intake.strokes_forms import Drawing
from evaluator.records import OptionValue
from evaluator.tasks.options import checked
from evaluator.tasks.protocol import Asked, Question
from evaluator.tasks.stroke.budgets import SIZES, effort
from evaluator.tasks.stroke.options import AUTO, NONE, OPTIONS
from evaluator.tasks.stroke.sites import by_site, propose
from scorecards.local_text import LocalText

LEAST_ROWS = 60
"""Drawings that there must be: below that validation and test would be a handful."""


def question(files: Sequence[Path], asked: Asked) -> Question:
    """Return the question for the pen traces in `files` (files, or folders).

    `asked.site`: a field of the drawings, drawer, folder, top_folder or file; '' for none; None as the option `sites`
    says. Raises DataError.
    """
    options = {option.name: asked.options.get(option.name, option.default) for option in OPTIONS}
    _check_asked(asked)
    source = detect_strokes(files)
    read = read_strokes(source)
    wanted = str(options["sites"]) if asked.site is None else asked.site or NONE
    label, reason = propose(read.drawings) if wanted == AUTO else (wanted, None)
    check_count(len(read.drawings), where=Path(source.files[0]).name)
    sites = by_site(read.drawings, label, int(options["max_sites"]))
    return Question(
        source=source,
        target="",
        target_kind="stroke",
        site="" if label == NONE else label,
        options={**options, "sites": label},
        rows=len(read.drawings),
        features=_usual_points(read.drawings, int(options["max_points"])),
        sites=len(sites.own),
        reasons={} if reason is None else {"site": reason},
        effort=effort(int(options["layers"]), int(options["hidden"])),
        findings=(*read.findings, *sites.findings, *_large(len(read.drawings))),
    )


def check_count(drawings: int, *, where: str) -> None:
    """Raise DataError where there are too few drawings."""
    if drawings < LEAST_ROWS:
        raise DataError(
            LocalText(
                ja=f"描画が少なすぎます。{drawings:,} 枚ですが、少なくとも {LEAST_ROWS} 枚が必要です。",
                en=f"There are too few drawings: {drawings:,}, where at least {LEAST_ROWS} are needed.",
            ),
            where=where,
            cure=LocalText(ja="描画を追加してください。", en="Add more drawings."),
        )


def checked_options(given: Mapping[str, OptionValue]) -> dict[str, OptionValue]:
    """Return every option, those not given by default (a PoC made by hand may list a few only)."""
    from evaluator.tasks import task

    return checked(task("stroke"), given)


def _usual_points(drawings: Sequence[Drawing], most: int) -> int:
    return int(min(np.median([len(one.points) for one in drawings]), most))


def _check_asked(asked: Asked) -> None:
    """Raise DataError for what only tables have: a target, other ways to split."""
    if asked.target:
        raise DataError(
            LocalText(
                ja="ペンの軌跡に目的列はありません。次の点を予測します。",
                en="Pen traces have no target column: the next point is predicted.",
            ),
            where="--target",
            cure=LocalText(ja="--target を外してください。", en="Leave --target out."),
        )
    if asked.split in ("group", "time"):
        raise DataError(
            LocalText(
                ja="ペンの軌跡は、描画ごとに無作為に分割します (拠点がある場合は拠点ごと)。",
                en="Pen traces are divided at random, drawing by drawing (within each site where there are sites).",
            ),
            where="--split",
            cure=LocalText(ja="--split を外してください。", en="Leave --split out."),
        )


def _large(drawings: int) -> tuple[Finding, ...]:
    if drawings <= SIZES["quick"].drawings:
        return ()
    limits = LocalText(
        ja="、".join(f"{name} は {sizes.drawings:,} 枚" for name, sizes in SIZES.items()),
        en=", ".join(f"{sizes.drawings:,} for {name}" for name, sizes in SIZES.items()),
    )
    return (
        Finding(
            "strokes_large",
            "",
            "info",
            LocalText(
                ja=f"描画が {drawings:,} 枚あります。予算ごとの上限まで、各拠点から均等に使います ({limits.ja})。",
                en=f"There are {drawings:,} drawings; they are used evenly up to the budget's limit ({limits.en}).",
            ),
            LocalText(ja="より多く使う場合は、予算を上げてください。", en="Choose a larger budget to use more."),
        ),
    )
