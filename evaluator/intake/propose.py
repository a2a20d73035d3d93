"""What Blueprint would ask of a table: target, sites, each column's part, the split. The user may change all of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from evaluator.errors import DataError
from evaluator.intake.findings import Finding
from evaluator.intake.leaks import find_leaks
from evaluator.intake.names import is_site_name, target_score
from evaluator.intake.profile import ColumnProfile, TableProfile
from evaluator.intake.question import MAX_CLASSES, check_question, check_rows, missing_column, target_kind
from evaluator.intake.read import SITE_FILE, site_column
from evaluator.records import FILE_AS_SITE, ColumnKind, SplitPlan, TargetKind
from scorecards.local_text import LocalText

__all__ = ["Proposal", "check_question", "propose", "target_kind"]

MIN_SITES = 3
MAX_SITES = 5_000
MIN_ROWS_A_SITE = 10


@dataclass(frozen=True)
class Proposal:
    """A question to start from. `reasons`: why, by 'target', 'site', 'split'; `findings`: likely leaks of the target.

    `columns`: every column's kind; leaking columns are 'ignored', the site's column is 'identifier' (no input).
    """

    target: str
    target_kind: TargetKind
    site: str
    columns: Mapping[str, ColumnKind]
    split: SplitPlan
    reasons: Mapping[str, LocalText]
    findings: tuple[Finding, ...] = ()


def propose(profile: TableProfile, frame: pd.DataFrame, *, target: str = "", site: str | None = None) -> Proposal:
    """Return a question for the table. `target` and `site` hold what the user chose already ('' for site: no sites).

    Raises DataError when there are too few rows, no column can be a target, or a chosen column is not there.
    """
    check_rows(frame)
    reasons: dict[str, LocalText] = {}
    if site is None:
        site, reasons["site"] = _propose_site(profile, frame, target)
    else:
        reasons["site"] = _CHOSEN
    held = site_column(frame, site) if site else ""
    if held and held not in frame.columns and site != FILE_AS_SITE:
        raise missing_column(site, [str(name) for name in frame.columns], LocalText(ja="拠点の列", en="site column"))
    if target:
        reasons["target"] = _CHOSEN
    else:
        target, reasons["target"] = _propose_target(profile, held)
    kind = target_kind(frame, target)
    columns = {column.name: column.kind for column in profile.columns}
    columns[target] = "numeric" if kind == "regression" else "categorical"
    if held in columns:
        columns[held] = "identifier"
    findings = find_leaks(frame, target, kind, columns)
    for finding in findings:
        if finding.code == "leak":
            columns[finding.column] = "ignored"
    split, reasons["split"] = _propose_split(profile)
    return Proposal(target, kind, site, columns, split, reasons, findings)


_CHOSEN = LocalText(ja="ご指定のとおりです。", en="As you chose.")


def _propose_target(profile: TableProfile, site: str) -> tuple[str, LocalText]:
    candidates = [column for column in profile.columns if column.name != site and _may_be_target(column)]
    if not candidates:
        raise DataError(
            LocalText(ja="目的列にできる列がありません。", en="No column can serve as a target."),
            cure=LocalText(
                ja="2 種類以上の値を持つ、予測したい列を含めてください。",
                en="Include the column that you want to predict; it needs two or more different values.",
            ),
        )
    last = candidates[-1]
    best = max(candidates, key=lambda column: _target_points(column, last))
    if target_score(best.name) >= 2:
        return best.name, LocalText(
            ja=f"列名「{best.name}」が予測したい結果を表しているようです。",
            en=f"The name “{best.name}” sounds like an outcome.",
        )
    if best.name != last.name:
        ja, en = "値の種類と欠損の少なさから選びました。", "It was chosen by its values and its few gaps."
    elif best.name == profile.columns[-1].name:
        ja, en = "表の最後の列です。", "It is the last column of the table."
    else:
        ja, en = "予測の対象にできる列のうち、最後の列です。", "It is the last column that can be predicted."
    return best.name, LocalText(
        ja=f"{ja}予測したい列がほかにあれば選び直してください。",
        en=f"{en} Choose another if you want to predict that.",
    )


def _target_points(column: ColumnProfile, last: ColumnProfile) -> float:
    points = target_score(column.name)
    if column.name == last.name:
        points += 1.5
    if column.distinct == 2:
        points += 0.25
    return points - 2 * column.missing_share


def _may_be_target(column: ColumnProfile) -> bool:
    if column.kind == "numeric":
        return True
    return column.kind == "categorical" and column.distinct <= MAX_CLASSES


def _propose_site(profile: TableProfile, frame: pd.DataFrame, target: str) -> tuple[str, LocalText]:
    if profile.files > 1 and (SITE_FILE in frame.columns or FILE_AS_SITE not in frame.columns):
        return FILE_AS_SITE, LocalText(
            ja=f"{profile.files} 個のファイルを、それぞれ 1 つの拠点とみなします。",
            en=f"Each of the {profile.files} files is taken as a site.",
        )
    for column in profile.columns:
        if column.name != target and is_site_name(column.name) and _may_be_site(column, profile, frame):
            return column.name, LocalText(
                ja=f"列「{column.name}」の {column.distinct:,} 個の値を拠点とみなします。",
                en=f"The {column.distinct:,} values of “{column.name}” are taken as sites.",
            )
    return "", LocalText(
        ja="拠点を表す列は見つかりませんでした。あれば選んでください。",
        en="No column of sites was found. Choose one if there is.",
    )


def _may_be_site(column: ColumnProfile, profile: TableProfile, frame: pd.DataFrame) -> bool:
    if column.kind == "date" or pd.api.types.is_float_dtype(frame[column.name]):
        return False
    if not MIN_SITES <= column.distinct <= MAX_SITES or column.missing_share > 0.2:
        return False
    return profile.rows / column.distinct >= MIN_ROWS_A_SITE


def _propose_split(profile: TableProfile) -> tuple[SplitPlan, LocalText]:
    dates = [column.name for column in profile.columns if column.kind == "date"]
    if dates:
        return SplitPlan("random", "", 0), LocalText(
            ja=f"無作為に分けます。先の時期を予測する場合は「時間順 ({dates[0]})」を選んでください。",
            en=f"Rows are divided at random. To predict later times from earlier ones, choose time ({dates[0]}).",
        )
    return SplitPlan("random", "", 0), LocalText(
        ja="無作為に分けます。同じ人や設備の行が何度も現れる場合は、その列での「グループ分割」をお勧めします。",
        en="Rows are divided at random. Where one person or machine has many rows, split by that column instead.",
    )
