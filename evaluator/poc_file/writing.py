"""Writing a PoC file, without loss."""

from __future__ import annotations

from pathlib import Path

import yaml

from evaluator.poc_file.chosen_scorecard import scorecard_content
from evaluator.poc_file.files import relative_path
from evaluator.records import PoC
from evaluator.store.whole_file import write_whole
from scorecards.record import Json


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
            "files": [relative_path(Path(name), folder) for name in poc.data.files],
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
    content |= scorecard_content(poc, folder, scorecard_file)
    return yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=120)
