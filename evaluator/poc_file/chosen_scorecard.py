"""Which scorecard a PoC file chooses: a template's name, a file of one's own, or all of it written out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from evaluator.errors import NotFoundError
from evaluator.poc_file.files import read_text, relative_path
from evaluator.records import PoC
from scorecards.assumptions import ASSUMPTION_LIMITS, Assumptions, with_likely
from scorecards.criteria import Scorecard
from scorecards.local_text import LocalText
from scorecards.record import Json
from scorecards.scorecard_file import load_template, read_scorecard, scorecard_from_node, template_ids, to_mapping
from scorecards.strict_yaml import YamlNode


def scorecard_of(node: YamlNode, folder: Path) -> tuple[Scorecard, Assumptions]:
    """Return the scorecard and the assumptions that the node names or holds; paths start at `folder`."""
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


def scorecard_content(poc: PoC, folder: Path, file: Path | None) -> dict[str, Json]:
    """Return the keys that say which scorecard it is: a file's or template's name where that tells everything."""
    named: list[tuple[str, tuple[Scorecard, Assumptions]]] = [(name, load_template(name)) for name in template_ids()]
    if file is not None:
        named.insert(0, (relative_path(file.resolve(), folder), read_scorecard(read_text(file), file.name)))
    sites = int(poc.assumptions.values["sites"].likely) if "sites" in poc.assumptions.values else 0
    for name, (scorecard, assumptions) in named:
        if (scorecard, assumptions) == (poc.scorecard, poc.assumptions):
            return {"scorecard": name}
        if (scorecard, with_sites(assumptions, sites)) == (poc.scorecard, poc.assumptions):
            return {"scorecard": name, "assumed_sites": sites}
    return {"scorecard": to_mapping(poc.scorecard, poc.assumptions)}


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
