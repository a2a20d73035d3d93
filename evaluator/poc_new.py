"""A PoC inferred from data files: what `new` writes, everything filled in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import get_args

from evaluator.errors import DataError, InputError, NotFoundError
from evaluator.intake.findings import Finding
from evaluator.plan import budget, candidate_of, has_price, variants_for
from evaluator.poc_file import read_text, with_sites
from evaluator.records import FILE_AS_SITE, OptionValue, PoC, SplitBy
from evaluator.tasks import claiming_tasks, task_for
from evaluator.tasks import task as find_task
from evaluator.tasks.options import checked
from evaluator.tasks.protocol import Asked, Question
from scorecards.adaptation import for_competitors, without_price
from scorecards.assumptions import Assumptions
from scorecards.criteria import Scorecard
from scorecards.local_text import LocalText
from scorecards.scorecard_file import load_template, read_scorecard, template_ids


@dataclass(frozen=True)
class NewPoC:
    """A PoC that was inferred, the question behind it with its reasons, and what a user should know of the data."""

    poc: PoC
    question: Question
    findings: tuple[Finding, ...]
    scorecard_file: Path | None = None
    """The user's own scorecard, to be named in the PoC file; None where it is a template."""


def new_poc(
    files: Sequence[Path],
    *,
    task: str = "",
    target: str = "",
    site: str | None = None,
    header: bool | None = None,
    budget_name: str = "quick",
    scorecard: str = "meeting",
    split: str = "",
    split_column: str = "",
    options: Mapping[str, OptionValue] | None = None,
) -> NewPoC:
    """Return a PoC on `files` (files that belong together, or one folder); what isn't given is inferred.

    `task`: '' as the files' endings say. `site`: a column, 'file' where each file is a site, '' for none, None to find
    out. `scorecard`: a template's id, or the path of a YAML file. `split`: random, group or time ('' as proposed), the
    latter two by `split_column`. `options`: settings of the task. The number of sites that the money supposes becomes
    the number found in the data (see `with_sites`).
    Raises DataError when the data can't be read or can't answer the question, NotFoundError for unknown names.
    """
    name = task or task_for(files)
    chosen = find_task(name)
    budget(budget_name, name)
    own = _own_scorecard(scorecard)
    _check_split_words(split, split_column)
    asked = Asked(target, site, header, split, split_column, checked(chosen, options or {}))
    try:
        question = chosen.question(files, asked)
    except DataError as error:
        others = [other for other in claiming_tasks(files) if other != name]
        if not others:
            raise
        raise _naming(others, error) from error
    if own is None:
        return poc_from(question, name, files, budget_name, scorecard)
    found = _made(question, name, files, budget_name, *own)
    return replace(found, scorecard_file=Path(scorecard))


def poc_from(asked: Question, task: str, files: Sequence[Path], budget_name: str, scorecard: str) -> NewPoC:
    """Return the PoC that asks `asked` with a template's scorecard and all variants that may answer."""
    template, assumptions = load_template(scorecard)
    variants = variants_for(asked.site, task, asked.options)
    if not has_price(task):
        assumptions = without_price(assumptions)
    card = for_competitors(template, candidate_of(task), variants, sites=bool(asked.site))
    return _made(asked, task, files, budget_name, card, assumptions)


def _naming(others: Sequence[str], error: DataError) -> DataError:
    """Return a task's refusal with the tasks that the files seem to be made for."""
    titles = [find_task(name).TITLE for name in others]
    hint = LocalText(
        ja="このデータは"
        + "、".join(f"{title.ja} (--task {name})" for name, title in zip(others, titles, strict=True))
        + "として読めそうです。",
        en="The data looks made for "
        + " or ".join(f"{title.en} (--task {name})" for name, title in zip(others, titles, strict=True))
        + ".",
    )
    cure = error.cure
    told = hint if cure is None else LocalText(ja=f"{hint.ja}{cure.ja}", en=f"{hint.en} {cure.en}")
    return DataError(error.what, where=error.where, cure=told)


def _made(
    asked: Question, task: str, files: Sequence[Path], budget_name: str, card: Scorecard, assumptions: Assumptions
) -> NewPoC:
    counted = with_sites(assumptions, asked.sites)
    findings = asked.findings
    if counted != assumptions:
        findings = (*findings, _sites_counted(asked.site, asked.sites))
    poc = PoC(
        id="",
        title=_title([Path(name) for name in asked.source.files] or list(files)),
        task=task,
        data=asked.source,
        target=asked.target,
        target_kind=asked.target_kind,
        site=asked.site,
        columns=dict(asked.columns),
        split=asked.split,
        budget=budget_name,
        variants=variants_for(asked.site, task, asked.options),
        scorecard=card,
        assumptions=counted,
        options=dict(asked.options),
    )
    return NewPoC(poc, asked, findings)


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


def _title(files: Sequence[Path]) -> str:
    """Return the name of the only file, or of the folder of several."""
    return files[0].stem if len(files) == 1 else files[0].parent.name or files[0].stem


def _own_scorecard(name: str) -> tuple[Scorecard, Assumptions] | None:
    """Return the scorecard in the YAML file `name`, taken as it is; None for a template's id."""
    if name in template_ids():
        return None
    path = Path(name)
    if path.suffix.lower() not in (".yaml", ".yml") or not path.is_file():
        raise _no_template(name)
    return read_scorecard(read_text(path), path.name)


def _no_template(name: str) -> NotFoundError:
    known = ", ".join(template_ids())
    return NotFoundError(
        LocalText(ja=f"スコアカード「{name}」はありません。", en=f"There is no scorecard '{name}'."),
        cure=LocalText(
            ja=f"次のいずれか、またはスコアカードの YAML ファイルのパスを指定してください: {known}",
            en=f"Choose one of: {known}; or give the path of a scorecard's YAML file.",
        ),
    )
