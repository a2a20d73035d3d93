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

from evaluator.poc_file.chosen_scorecard import with_sites
from evaluator.poc_file.files import read_text
from evaluator.poc_file.reading import parse_poc, read_poc
from evaluator.poc_file.writing import poc_to_yaml, write_poc

__all__ = ["parse_poc", "poc_to_yaml", "read_poc", "read_text", "with_sites", "write_poc"]
