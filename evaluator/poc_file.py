"""A PoC as a YAML file: what `new` writes, a user edits and `run` reads. Read strictly, written without loss.

    title: Telco-Customer-Churn
    task: table
    data: {files: [data.csv], format: csv, encoding: utf-8, separator: ",", decimal: ".", header: true, sha256: …}
    target: Churn
    target_kind: binary
    site: ""                     a column, or `file` where each file is a site
    columns: {tenure: numeric}   every column's kind; `ignored` and `identifier` are not inputs
    split: {by: random, column: "", seed: 0}
    options: {horizon: 24}       settings of the task, where it has any
    budget: quick
    variants: [dense, hyper]
    scorecard: meeting           a template's id, a YAML file beside this one, or a whole scorecard written here
    assumed_sites: 24            number of sites that the money supposes, where the scorecard's is a mere guess

`id` may stand at the top; without it the id follows from the contents, so that a changed file is a new PoC and the same
file goes on where it was. Paths are taken from the PoC file's own folder.
"""

from __future__ import annotations

import codecs
import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import cast, get_args

import yaml

from evaluator.errors import InputError, NotFoundError, ScorecardError
from evaluator.intake.files import TABLE_ENDINGS
from evaluator.networks.registry import VARIANTS
from evaluator.plan import BUDGET_NAMES
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
from evaluator.store.connection import disk_error
from evaluator.store.whole_file import write_whole
from evaluator.tasks import TASK_NAMES
from evaluator.tasks import task as find_task
from evaluator.tasks.options import checked
from scorecards.assumptions import ASSUMPTION_LIMITS, Assumptions, with_likely
from scorecards.criteria import Scorecard
from scorecards.local_text import LocalText
from scorecards.record import Json
from scorecards.scorecard_file import (
    load_template,
    read_scorecard,
    scorecard_from_node,
    template_ids,
    to_mapping,
)
from scorecards.strict_yaml import YamlNode, closest, read

_REQUIRED = ("title", "task", "data", "target_kind", "variants", "scorecard")
_OPTIONAL = ("id", "target", "site", "columns", "options", "split", "budget", "synthetic", "assumed_sites")
_DATA_REQUIRED = ("files", "format", "encoding", "sha256")
_DATA_OPTIONAL = ("separator", "decimal", "header")
_SPLIT_SEED = 0  # as `new` proposes it: leaving `split` out asks the same question


def read_poc(path: Path) -> PoC:
    """Read a PoC file. Raises NotFoundError when there is none, ScorecardError ('file:line') for what is wrong."""
    if path.suffix.lower() in TABLE_ENDINGS and path.is_file():
        raise _no_poc_file(path.name, str(path))
    return parse_poc(read_text(path), path.name, path.resolve().parent)


def read_text(path: Path) -> str:
    """Return a YAML file's text. Raises NotFoundError, or InputError where it isn't UTF-8 text."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except (FileNotFoundError, IsADirectoryError) as error:
        raise NotFoundError(
            LocalText(ja="ファイルがありません。", en="There is no such file."),
            where=str(path),
            cure=LocalText(
                ja="パスの綴りを確かめるか、python -m evaluator new で作ってください。",
                en="Check the path, or make it with python -m evaluator new.",
            ),
        ) from error
    except UnicodeDecodeError as error:
        raise InputError(
            LocalText(ja="UTF-8 のテキストとして読めません。", en="This can't be read as UTF-8 text."),
            where=str(path),
            cure=LocalText(ja="UTF-8 で保存し直してください。", en="Save it as UTF-8."),
        ) from error
    except OSError as error:
        raise disk_error(error, str(path)) from error


def parse_poc(text: str, source: str, folder: Path) -> PoC:
    """Return the PoC that `text` describes; `source` is the file's name for messages, paths start at `folder`."""
    root = read(text, source)
    if root.kind != "mapping":
        raise _no_poc_file(root.where, "DATA")
    fields = root.fields(required=_REQUIRED, optional=_OPTIONAL)
    scorecard, assumptions = _scorecard(fields["scorecard"], folder)
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
            _must_be_column(fields["target"], columns, ())
        if site:
            _must_be_column(fields["site"], columns, (FILE_AS_SITE,))
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


def _scorecard(node: YamlNode, folder: Path) -> tuple[Scorecard, Assumptions]:
    if node.kind == "mapping":
        return scorecard_from_node(node)
    name = node.text()
    if not name.endswith((".yaml", ".yml")):
        return load_template(node.choice(template_ids()))
    try:
        text = read_text(folder / name)
    except NotFoundError as error:
        raise node.error(
            LocalText(ja=f"スコアカードのファイル「{name}」がありません。", en=f"There is no scorecard file '{name}'."),
            cure=LocalText(
                ja=f"PoC のファイルからの相対パスを書くか、同梱のもの ({', '.join(template_ids())}) を選んでください。",
                en=f"Give its path from the PoC file, or choose one that comes along ({', '.join(template_ids())}).",
            ),
        ) from error
    return read_scorecard(text, name)


def with_sites(assumptions: Assumptions, sites: int) -> Assumptions:
    """Return assumptions whose likely number of sites is `sites`, the range scaled along, where it was a mere guess.

    A number that was measured or quoted stays, and so does everything where `sites` is 0. The source stays 'assumed':
    the data may hold fewer sites than the model will be sent to.
    """
    known = assumptions.values["sites"]
    if not sites or known.source != "assumed" or known.likely == sites or sites > ASSUMPTION_LIMITS["sites"][1]:
        return assumptions
    moved = with_likely(assumptions, {"sites": float(sites)})
    basis = LocalText(
        ja=f"データにある拠点の数 ({sites:,}) です。実際に配布する拠点数に置き換えてください。",
        en=f"The number of sites in the data ({sites:,}): to be replaced by your own number of sites.",
    )
    return replace(moved, values={**moved.values, "sites": replace(moved.values["sites"], basis=basis)})


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
        raise _no_split_column(fields.get("column", node), by, columns)
    if by != "random" and columns:
        _must_be_column(fields["column"], columns, ())
    seed = fields["seed"].whole_number(at_least=0, at_most=2**31 - 1) if "seed" in fields else _SPLIT_SEED
    return SplitPlan(by, column, seed)


def _no_split_column(node: YamlNode, by: str, columns: dict[str, ColumnKind]) -> ScorecardError:
    wanted: tuple[ColumnKind, ...] = ("date",) if by == "time" else ("identifier", "categorical")
    fitting = [name for name, kind in columns.items() if kind in wanted][:10]
    listed_ja = f"使える列の例: {'、'.join(fitting)}。" if fitting else ""
    listed_en = f" For instance: {', '.join(fitting)}." if fitting else ""
    if by == "time" and not fitting:
        listed_ja, listed_en = "この表に日付の列はありません。", " This table has no column of dates."
    return node.error(
        LocalText(ja=f"by: {by} には split.column が必要です。", en=f"by: {by} needs split.column, which is missing."),
        cure=LocalText(
            ja=f"分割に使う列名を column に書いてください。{listed_ja}",
            en=f"Name the column to split by under column.{listed_en}",
        ),
    )


def _no_poc_file(where: str, data: str) -> ScorecardError:
    """Return the error for a file that is no PoC file, probably the data itself; its contents are not repeated."""
    return ScorecardError(
        LocalText(ja="これは PoC のファイル (YAML) ではありません。", en="This is no PoC file (YAML)."),
        where=where,
        cure=LocalText(
            ja=f"データから作るには: python -m evaluator new {data} -o poc.yaml",
            en=f"To make one from data: python -m evaluator new {data} -o poc.yaml",
        ),
    )


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


def _must_be_column(node: YamlNode, columns: dict[str, ColumnKind], others: tuple[str, ...]) -> None:
    name = node.scalar
    if name in columns or name in others:
        return
    guess = closest(name, tuple(columns))
    raise node.error(
        LocalText(ja=f"「{name}」という列は columns にありません。", en=f"There is no column '{name}' under columns."),
        cure=LocalText(
            ja=f"「{guess}」のことではありませんか。" if guess else "columns にある名前を書いてください。",
            en=f"Did you mean '{guess}'?" if guess else "Use one of the names under columns.",
        ),
    )


def write_poc(poc: PoC, path: Path, *, scorecard_file: Path | None = None) -> None:
    """Write `poc` as YAML, data files by their path from its folder (see `poc_to_yaml`).

    Raises InputError where nothing can be written at `path` (no folder, no plain file), DiskFullError on a full disk.
    """
    write_whole(path, poc_to_yaml(poc, path.resolve().parent, scorecard_file=scorecard_file).encode())


def poc_to_yaml(poc: PoC, folder: Path, *, scorecard_file: Path | None = None) -> str:
    """Return the YAML of `poc`; `folder` is where it will stand.

    `scorecard_file`: a YAML file that holds the PoC's scorecard, to be named instead of written out.
    """
    content: dict[str, Json] = {"id": poc.id} if poc.id else {}
    content |= {
        "title": poc.title,
        "task": poc.task,
        "data": {
            "files": [_relative(Path(name), folder) for name in poc.data.files],
            "format": poc.data.format,
            "encoding": poc.data.encoding,
            "separator": poc.data.separator,
            "decimal": poc.data.decimal,
            "header": poc.data.header,
            "sha256": poc.data.sha256,
        },
        "target": poc.target,
        "target_kind": poc.target_kind,
        "site": poc.site,
        "columns": dict(poc.columns),
        "split": {"by": poc.split.by, "column": poc.split.column, "seed": poc.split.seed},
        **({"options": dict(poc.options)} if poc.options else {}),
        "budget": poc.budget,
        "variants": list(poc.variants),
        "synthetic": poc.synthetic,
    }
    content |= _scorecard_content(poc, folder, scorecard_file)
    return yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=120)


def _scorecard_content(poc: PoC, folder: Path, file: Path | None) -> dict[str, Json]:
    """Return the keys that say which scorecard it is: a file's or template's name where that tells everything."""
    named: list[tuple[str, tuple[Scorecard, Assumptions]]] = [(name, load_template(name)) for name in template_ids()]
    if file is not None:
        named.insert(0, (_relative(file.resolve(), folder), read_scorecard(read_text(file), file.name)))
    sites = int(poc.assumptions.values["sites"].likely) if "sites" in poc.assumptions.values else 0
    for name, (scorecard, assumptions) in named:
        if (scorecard, assumptions) == (poc.scorecard, poc.assumptions):
            return {"scorecard": name}
        if (scorecard, with_sites(assumptions, sites)) == (poc.scorecard, poc.assumptions):
            return {"scorecard": name, "assumed_sites": sites}
    return {"scorecard": to_mapping(poc.scorecard, poc.assumptions)}


def _relative(file: Path, folder: Path) -> str:
    try:
        return Path(os.path.relpath(file, folder)).as_posix()
    except ValueError:  # another drive on Windows has no relative path
        return str(file)
