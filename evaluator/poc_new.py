"""A PoC inferred from data files: what `new` writes, everything filled in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import cast, get_args

import pandas as pd

from evaluator.errors import DataError, InputError, NotFoundError
from evaluator.intake.findings import Finding
from evaluator.intake.profile import TableProfile, profile
from evaluator.intake.propose import Proposal, check_question, propose
from evaluator.intake.read import detect, read_table, site_column
from evaluator.plan import budget, variants_for
from evaluator.poc_file import with_sites
from evaluator.records import FILE_AS_SITE, PoC, SplitBy, SplitPlan
from evaluator.tasks import task as find_task
from scorecards.local_text import LocalText
from scorecards.scorecard_file import load_template, template_ids


@dataclass(frozen=True)
class NewPoC:
    """A PoC that was inferred, why, and what a user should know of the data."""

    poc: PoC
    proposal: Proposal
    rows: int
    findings: tuple[Finding, ...]


def new_poc(
    files: Sequence[Path],
    *,
    task: str = "table",
    target: str = "",
    site: str | None = None,
    header: bool | None = None,
    budget_name: str = "quick",
    scorecard: str = "meeting",
    split: str = "",
    split_column: str = "",
) -> NewPoC:
    """Return a PoC on `files` (files of one table, or one folder); what isn't given is inferred.

    `site`: a column, 'file' where each file is a site, '' for none, None to find out. `scorecard`: a template's id.
    `split`: random, group or time ('' as proposed), the latter two by `split_column`. The number of sites that the
    money supposes becomes the number found in the data (see `with_sites`).
    Raises DataError when the data can't be read or can't answer the question, NotFoundError for unknown names.
    """
    find_task(task)
    budget(budget_name)
    if scorecard not in template_ids():
        raise _no_template(scorecard)
    _check_split_words(split, split_column)
    source = detect(files, header=header)
    reads_site = FILE_AS_SITE if site == FILE_AS_SITE or (site is None and len(source.files) > 1) else ""
    frame = read_table(source, site=reads_site)
    table = profile(frame, source)
    with _in_file([Path(name) for name in source.files]):
        proposal = propose(table, frame, target=target, site=site)
        plan = _split_plan(proposal.split, split, split_column, table)
        remarks = check_question(frame, table, proposal.target, proposal.site, columns=proposal.columns, split=plan)
    card, assumptions = load_template(scorecard)
    sites = count_sites(frame, proposal.site)
    counted = with_sites(assumptions, sites)
    if counted != assumptions:
        remarks = (*remarks, _sites_counted(proposal.site, sites))
    poc = PoC(
        id="",
        title=_title([Path(name) for name in source.files]),
        task=task,
        data=source,
        target=proposal.target,
        target_kind=proposal.target_kind,
        site=proposal.site,
        columns=dict(proposal.columns),
        split=plan,
        budget=budget_name,
        variants=variants_for(proposal.site),
        scorecard=card,
        assumptions=counted,
    )
    return NewPoC(poc, proposal, table.rows, (*table.findings, *proposal.findings, *remarks))


def count_sites(frame: pd.DataFrame, site: str) -> int:
    """Return how many sites the table holds (`site` as in a PoC), 0 where it has none."""
    return int(frame[site_column(frame, site)].nunique()) if site else 0


def _sites_counted(column: str, sites: int) -> Finding:
    return Finding(
        "sites_counted",
        "" if column == FILE_AS_SITE else column,
        "info",
        LocalText(
            ja=f"事業の前提「拠点数」を、データにある {sites:,} 拠点としました。",
            en=f"The business assumption on the number of sites was set to the {sites:,} sites in the data.",
        ),
        LocalText(
            ja="配布先の拠点数が異なる場合は変更してください。",
            en="Change it if the model goes to another number of sites.",
        ),
    )


@contextmanager
def _in_file(files: Sequence[Path]) -> Iterator[None]:
    """Name the data in errors that concern the whole table and so don't say where they are."""
    try:
        yield
    except DataError as error:
        more = f" (+{len(files) - 1})" if len(files) > 1 else ""
        error.where = error.where or f"{files[0].name}{more}"
        raise


def _check_split_words(split: str, column: str) -> None:
    """Raise InputError where the split is not one of those known, or a column is given for none."""
    known = get_args(SplitBy)
    if split and split not in known:
        raise NotFoundError(
            LocalText(ja=f"分割方法「{split}」はありません。", en=f"There is no split '{split}'."),
            cure=LocalText(
                ja=f"次のいずれかを指定してください: {', '.join(known)}", en=f"Choose one of: {', '.join(known)}."
            ),
        )
    if column and split not in ("group", "time"):
        raise InputError(
            LocalText(
                ja=f"分割の列「{column}」は、無作為の分割では使いません。",
                en=f"A random split does not use the column '{column}'.",
            ),
            cure=LocalText(
                ja="--split group または --split time を併せて指定してください。",
                en="Give --split group or --split time with it.",
            ),
        )


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


def _title(files: Sequence[Path]) -> str:
    """Return the name of the only file, or of the folder of several."""
    return files[0].stem if len(files) == 1 else files[0].parent.name or files[0].stem


def _no_template(name: str) -> NotFoundError:
    known = ", ".join(template_ids())
    return NotFoundError(
        LocalText(ja=f"スコアカード「{name}」はありません。", en=f"There is no scorecard '{name}'."),
        cure=LocalText(ja=f"次のいずれかを指定してください: {known}", en=f"Choose one of: {known}."),
    )
