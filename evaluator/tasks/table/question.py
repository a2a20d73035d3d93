"""The question that Blueprint would ask of a table: target, site, columns and split, inferred or as the user said."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import cast

import pandas as pd

from evaluator.errors import DataError
from evaluator.intake.profile import TableProfile, profile
from evaluator.intake.propose import check_question, propose
from evaluator.intake.read import detect, read_table, site_column
from evaluator.records import FILE_AS_SITE, SplitBy, SplitPlan
from evaluator.tasks.asking import in_files
from evaluator.tasks.protocol import Asked, Question
from scorecards.local_text import LocalText

INPUT_KINDS = ("numeric", "categorical", "date")


def question(files: Sequence[Path], asked: Asked) -> Question:
    """Return the question for the table in `files` (files of one table, or one folder).

    `asked.site`: a column, 'file' where each file is a site, '' for none. Raises DataError.
    """
    source = detect(files, header=asked.header)
    site = asked.site
    reads_site = FILE_AS_SITE if site == FILE_AS_SITE or (site is None and len(source.files) > 1) else ""
    frame = read_table(source, site=reads_site)
    table = profile(frame, source)
    with in_files(source.files):
        proposal = propose(table, frame, target=asked.target, site=site)
        plan = _split_plan(proposal.split, asked.split, asked.split_column, table)
        remarks = check_question(frame, table, proposal.target, proposal.site, columns=proposal.columns, split=plan)
    return Question(
        source=source,
        target=proposal.target,
        target_kind=proposal.target_kind,
        site=proposal.site,
        columns=dict(proposal.columns),
        split=plan,
        options={},
        rows=table.rows,
        features=sum(kind in INPUT_KINDS for kind in proposal.columns.values()) - 1,
        sites=count_sites(frame, proposal.site),
        reasons=proposal.reasons,
        findings=(*table.findings, *proposal.findings, *remarks),
    )


def count_sites(frame: pd.DataFrame, site: str) -> int:
    """Return how many sites the table holds (`site` as in a PoC), 0 where it has none."""
    return int(frame[site_column(frame, site)].nunique()) if site else 0


def _split_plan(proposed: SplitPlan, split: str, column: str, table: TableProfile) -> SplitPlan:
    if not split:
        return proposed
    if split != "random" and not column:
        kinds = ("date",) if split == "time" else ("identifier", "categorical")
        fitting = [one.name for one in table.columns if one.kind in kinds][:10]
        none = LocalText(ja="(日付の列はありません)", en="(there is no column of dates)")
        raise DataError(
            LocalText(ja=f"「{split}」の分割には列の指定が必要です。", en=f"A split by {split} needs a column."),
            cure=LocalText(
                ja=f"--split-column で指定してください。候補: {'、'.join(fitting) or none.ja}",
                en=f"Name it with --split-column. Candidates: {', '.join(fitting) or none.en}",
            ),
        )
    return SplitPlan(cast(SplitBy, split), column, proposed.seed)
