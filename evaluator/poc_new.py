"""A PoC inferred from data files: what `new` writes, everything filled in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from evaluator.errors import NotFoundError
from evaluator.intake.findings import Finding
from evaluator.intake.profile import profile
from evaluator.intake.propose import Proposal, check_question, propose
from evaluator.intake.read import detect, read_table
from evaluator.plan import budget, variants_for
from evaluator.records import FILE_AS_SITE, PoC
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
) -> NewPoC:
    """Return a PoC on `files` (files of one table, or one folder); what isn't given is inferred.

    `site`: a column, 'file' where each file is a site, '' for none, None to find out. `scorecard`: a template's id.
    Raises DataError when the data can't be read or can't answer the question, NotFoundError for unknown names.
    """
    find_task(task)
    budget(budget_name)
    if scorecard not in template_ids():
        raise _no_template(scorecard)
    source = detect(files, header=header)
    reads_site = FILE_AS_SITE if site == FILE_AS_SITE or (site is None and len(source.files) > 1) else ""
    frame = read_table(source, site=reads_site)
    table = profile(frame, source)
    proposal = propose(table, frame, target=target, site=site)
    remarks = check_question(
        frame, table, proposal.target, proposal.site, columns=proposal.columns, split=proposal.split
    )
    card, assumptions = load_template(scorecard)
    poc = PoC(
        id="",
        title=_title([Path(name) for name in source.files]),
        task=task,
        data=source,
        target=proposal.target,
        target_kind=proposal.target_kind,
        site=proposal.site,
        columns=dict(proposal.columns),
        split=proposal.split,
        budget=budget_name,
        variants=variants_for(proposal.site),
        scorecard=card,
        assumptions=assumptions,
    )
    return NewPoC(poc, proposal, table.rows, (*table.findings, *proposal.findings, *remarks))


def _title(files: Sequence[Path]) -> str:
    """Return the name of the only file, or of the folder of several."""
    return files[0].stem if len(files) == 1 else files[0].parent.name or files[0].stem


def _no_template(name: str) -> NotFoundError:
    known = ", ".join(template_ids())
    return NotFoundError(
        LocalText(ja=f"スコアカード「{name}」はありません。", en=f"There is no scorecard '{name}'."),
        cure=LocalText(ja=f"次のいずれかを指定してください: {known}", en=f"Choose one of: {known}."),
    )
