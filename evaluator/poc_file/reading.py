"""Reading a PoC file, strictly: every word is known, every value checked, every error names its line."""

from __future__ import annotations

import codecs
from collections.abc import Mapping
from pathlib import Path
from typing import cast, get_args

from evaluator.errors import InputError
from evaluator.intake.files import TABLE_ENDINGS
from evaluator.networks.registry import VARIANTS
from evaluator.plan import BUDGET_NAMES
from evaluator.poc_file.chosen_scorecard import scorecard_of, with_sites
from evaluator.poc_file.files import read_text
from evaluator.poc_file.refusals import must_be_column, no_poc_file, no_split_column
from evaluator.records import (
    FILE_AS_SITE,
    ColumnKind,
    DataFormat,
    DataSource,
    OptionValue,
    PoC,
    SplitBy,
    SplitPlan,
    TargetKind,
)
from evaluator.tasks import TASK_NAMES
from evaluator.tasks import task as find_task
from evaluator.tasks.options import checked
from scorecards.assumptions import ASSUMPTION_LIMITS
from scorecards.local_text import LocalText
from scorecards.strict_yaml import YamlNode, read

_REQUIRED = ("title", "task", "data", "target_kind", "variants", "scorecard")
_OPTIONAL = ("id", "target", "site", "columns", "options", "split", "budget", "synthetic", "assumed_sites")
_DATA_REQUIRED = ("files", "format", "encoding", "sha256")
_DATA_OPTIONAL = ("separator", "decimal", "header")
_SPLIT_SEED = 0  # as `new` proposes it: leaving `split` out asks the same question


def read_poc(path: Path) -> PoC:
    """Read a PoC file. Raises NotFoundError when there is none, ScorecardError ('file:line') for what is wrong."""
    if path.suffix.lower() in TABLE_ENDINGS and path.is_file():
        raise no_poc_file(path.name, str(path))
    return parse_poc(read_text(path), path.name, path.resolve().parent)


def parse_poc(text: str, source: str, folder: Path) -> PoC:
    """Return the PoC that `text` describes; `source` is the file's name for messages, paths start at `folder`."""
    root = read(text, source)
    if root.kind != "mapping":
        raise no_poc_file(root.where, "DATA")
    fields = root.fields(required=_REQUIRED, optional=_OPTIONAL)
    scorecard, assumptions = scorecard_of(fields["scorecard"], folder)
    if "assumed_sites" in fields:
        most = int(ASSUMPTION_LIMITS["sites"][1])
        assumptions = with_sites(assumptions, fields["assumed_sites"].whole_number(at_least=1, at_most=most))
    task = fields["task"].choice(TASK_NAMES)
    columns, target, site = _columns(root, fields, task)
    return PoC(
        id=fields["id"].text(longest=100) if "id" in fields else "",
        title=fields["title"].text(longest=200).strip(),
        task=task,
        data=_data(fields["data"], folder),
        target=target,
        target_kind=cast(TargetKind, fields["target_kind"].choice(get_args(TargetKind))),
        site=site,
        columns=columns,
        split=_split(fields["split"], columns) if "split" in fields else SplitPlan("random", "", _SPLIT_SEED),
        budget=fields["budget"].choice(BUDGET_NAMES) if "budget" in fields else "quick",
        variants=_variants(fields["variants"], site, VARIANTS[task]),
        scorecard=scorecard,
        assumptions=assumptions,
        synthetic=fields["synthetic"].flag() if "synthetic" in fields else False,
        options=_options(fields.get("options"), task),
    )


def _columns(root: YamlNode, fields: Mapping[str, YamlNode], task: str) -> tuple[dict[str, ColumnKind], str, str]:
    """Return columns, target and site; a table needs columns and a target among them, other tasks may have neither."""
    for name in ("columns", "target"):
        if task == "table" and name not in fields:
            root.fields(required=(*_REQUIRED, name), optional=_OPTIONAL)
    listed = fields["columns"].entries() if "columns" in fields else {}
    columns = {name: cast(ColumnKind, node.choice(get_args(ColumnKind))) for name, node in listed.items()}
    target = fields["target"].text(allow_empty=task != "table") if "target" in fields else ""
    site = fields["site"].text(allow_empty=True) if "site" in fields else ""
    if columns or task == "table":
        if target:
            must_be_column(fields["target"], columns, ())
        if site:
            must_be_column(fields["site"], columns, (FILE_AS_SITE,))
    return columns, target, site


def _options(node: YamlNode | None, task: str) -> dict[str, OptionValue]:
    given = {name: item.scalar for name, item in node.entries().items()} if node is not None else {}
    try:
        return checked(find_task(task), given)
    except InputError as error:
        assert node is not None
        entries = node.entries()
        at = next((item for name, item in entries.items() if error.where == f"options.{name}"), node)
        raise at.error(error.what, cure=error.cure) from error


def _data(node: YamlNode, folder: Path) -> DataSource:
    fields = node.fields(required=_DATA_REQUIRED, optional=_DATA_OPTIONAL)
    files = tuple(
        str((folder / Path(item.text()).expanduser()).resolve()) for item in fields["files"].items(at_least=1)
    )
    return DataSource(
        files=files,
        format=cast(DataFormat, fields["format"].choice(get_args(DataFormat))),
        encoding=_encoding(fields["encoding"]),
        separator=fields["separator"].scalar if "separator" in fields else "",
        decimal=fields["decimal"].scalar if "decimal" in fields else ".",
        header=fields["header"].flag() if "header" in fields else True,
        sha256=fields["sha256"].text(),
    )


def _encoding(node: YamlNode) -> str:
    written = node.text(longest=40)
    try:
        codecs.lookup(written)
    except LookupError as error:
        raise node.error(
            LocalText(ja=f"文字コード「{written}」はありません。", en=f"There is no encoding '{written}'."),
            cure=LocalText(ja="utf-8 や cp932 のように書いてください。", en="Write for instance utf-8 or cp932."),
        ) from error
    return written


def _split(node: YamlNode, columns: dict[str, ColumnKind]) -> SplitPlan:
    fields = node.fields(required=("by",), optional=("column", "seed"))
    by = cast(SplitBy, fields["by"].choice(get_args(SplitBy)))
    column = fields["column"].text(allow_empty=True) if "column" in fields else ""
    if by != "random" and columns and not column:
        raise no_split_column(fields.get("column", node), by, columns)
    if by != "random" and columns:
        must_be_column(fields["column"], columns, ())
    seed = fields["seed"].whole_number(at_least=0, at_most=2**31 - 1) if "seed" in fields else _SPLIT_SEED
    return SplitPlan(by, column, seed)


def _variants(node: YamlNode, site: str, known: tuple[str, ...]) -> tuple[str, ...]:
    names = [item.choice(known) for item in node.items(at_least=1)]
    for item, name in zip(node.items(), names, strict=True):
        if names.count(name) > 1:
            raise item.error(LocalText(ja=f"「{name}」が二度書かれています。", en=f"'{name}' is listed twice."))
        if name == "dense_site" and not site:
            raise item.error(
                LocalText(ja="dense_site には拠点の列が必要です。", en="dense_site needs a site column."),
                cure=LocalText(
                    ja="site に列名を書くか、dense_site を消してください。",
                    en="Name the column under site, or remove dense_site.",
                ),
            )
    return tuple(names)
