"""Whether a table can answer the question asked of it: target, sites, inputs, enough rows of everything."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from evaluator.errors import DataError
from evaluator.intake.findings import Finding
from evaluator.intake.profile import TableProfile
from evaluator.intake.read import site_column
from evaluator.records import FILE_AS_SITE, ColumnKind, SplitPlan, TargetKind
from scorecards.local_text import LocalText

# Six parts of the rows are needed (train, validation, test, and the same of the new part): fewer can't be divided.
MIN_ROWS = 50
MIN_CLASS_ROWS = 10
MAX_CLASSES = 100
# Whole numbers with at most this many values are classes, with more a quantity.
MAX_NUMBER_CLASSES = 10
MIN_SITE_ROWS = 5


def target_kind(frame: pd.DataFrame, target: str) -> TargetKind:
    """Return what `target` asks for: two values binary; text or few whole numbers multiclass; else regression.

    Raises DataError when there is no such column, or it holds dates, nothing, or one value only.
    """
    series = _target_column(frame, target)
    distinct = int(series.nunique())
    if distinct < 2:
        raise _constant(target, series)
    if pd.api.types.is_datetime64_any_dtype(series):
        raise DataError(
            LocalText(
                ja=f"目的列「{target}」は日付のため、予測の対象にできません。",
                en=f"The target “{target}” holds dates, which can't be predicted.",
            ),
            cure=LocalText(
                ja="日数などの数値に直した列を目的列にしてください。",
                en="Choose a column of numbers instead, such as the days between two dates.",
            ),
        )
    if distinct == 2:
        return "binary"
    if pd.api.types.is_numeric_dtype(series):
        whole = bool((series.dropna() % 1 == 0).all())
        return "multiclass" if whole and distinct <= MAX_NUMBER_CLASSES else "regression"
    return "multiclass"


def check_question(
    frame: pd.DataFrame,
    profile: TableProfile,
    target: str,
    site: str = "",
    *,
    columns: Mapping[str, ColumnKind] | None = None,
    split: SplitPlan | None = None,
) -> tuple[Finding, ...]:
    """Return remarks on a question that can be asked; the first reason why it can't is raised as DataError.

    `columns`: kinds chosen by the user (default: the profile's). `split`: the plan, whose column is checked.
    """
    check_rows(frame)
    kind = target_kind(frame, target)
    kinds = dict(columns) if columns is not None else {column.name: column.kind for column in profile.columns}
    rows = frame[target].notna()
    if int(rows.sum()) < MIN_ROWS:
        raise _few_rows(target, int(rows.sum()))
    findings = _check_classes(frame[target], target) if kind != "regression" else []
    findings += _missing_targets(target, int((~rows).sum()), len(frame))
    if site:
        findings += _check_site(frame, target, site)
    if split is not None and split.by != "random":
        _check_split(frame, target, split)
    _check_inputs(kinds, target, site_column(frame, site) if site else "")
    return tuple(findings)


def suggest(name: str, names: Sequence[str]) -> LocalText:
    """Return the cure for a column name that does not exist: the nearest names, or how to see them all."""
    folded = {str(one).casefold(): str(one) for one in names}
    near = [folded[key] for key in difflib.get_close_matches(name.casefold(), list(folded), n=3, cutoff=0.6)]
    if near:
        return LocalText(
            ja=f"「{'」「'.join(near)}」のことでしょうか。",
            en=f"Did you mean {' or '.join(f'“{one}”' for one in near)}?",
        )
    shown = [str(one) for one in names[:8]]
    more = " …" if len(names) > len(shown) else ""
    return LocalText(ja=f"この表の列: {'、'.join(shown)}{more}", en=f"The columns are: {', '.join(shown)}{more}")


def missing_column(name: str, names: Sequence[str], role: LocalText) -> DataError:
    """Return the error for a column that is not in the table. `role`: what it was to be, e.g. 目的列 / target."""
    return DataError(
        LocalText(ja=f"{role.ja}「{name}」が表にありません。", en=f"The table has no {role.en} “{name}”."),
        cure=suggest(name, names),
    )


_TARGET_ROLE = LocalText(ja="目的列", en="target column")
_SITE_ROLE = LocalText(ja="拠点の列", en="site column")
_SPLIT_ROLE = LocalText(ja="分割の列", en="column to split by")


def _target_column(frame: pd.DataFrame, target: str) -> pd.Series:
    if target not in frame.columns:
        raise missing_column(target, [str(name) for name in frame.columns], _TARGET_ROLE)
    return frame[target]


def _constant(target: str, series: pd.Series) -> DataError:
    values = series.dropna()
    if values.empty:
        what = LocalText(ja=f"目的列「{target}」に値がありません。", en=f"The target “{target}” holds no value.")
    else:
        value = str(values.iloc[0])[:40]
        what = LocalText(
            ja=f"目的列「{target}」の値が 1 種類 ({value}) しかありません。",
            en=f"The target “{target}” has only one value: {value}.",
        )
    return DataError(
        what,
        cure=LocalText(
            ja="2 種類以上の値がある列を目的列に選んでください。",
            en="Choose a target column with two or more different values.",
        ),
    )


def check_rows(frame: pd.DataFrame) -> None:
    """Raise DataError when the table has too few rows whatever the question."""
    if len(frame) < MIN_ROWS:
        raise DataError(
            LocalText(
                ja=f"表に {len(frame):,} 行しかありません (必要数: {MIN_ROWS} 行)。",
                en=f"The table has only {_rows(len(frame))}; {MIN_ROWS} are needed.",
            ),
            cure=_MORE_ROWS,
        )


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count:,} rows"


_MORE_ROWS = LocalText(
    ja=f"{MIN_ROWS} 行以上、できれば 1,000 行以上の表を指定してください。",
    en=f"Bring a table of at least {MIN_ROWS} rows, better 1,000 or more.",
)


def _few_rows(target: str, usable: int) -> DataError:
    return DataError(
        LocalText(
            ja=f"目的列「{target}」に値のある行が {usable:,} 行しかありません (必要数: {MIN_ROWS} 行)。",
            en=f"Only {_rows(usable)} hold a value of the target “{target}”; {MIN_ROWS} are needed.",
        ),
        cure=_MORE_ROWS,
    )


def _check_classes(series: pd.Series, target: str) -> list[Finding]:
    counts = series.value_counts()
    counts = counts[counts > 0]
    rarest, fewest = str(counts.index[-1]), int(counts.iloc[-1])
    if len(counts) > MAX_CLASSES:
        raise DataError(
            LocalText(
                ja=f"目的列「{target}」に {len(counts):,} 種類の値があります (上限は {MAX_CLASSES} 種類)。",
                en=f"The target “{target}” has {len(counts):,} different values; the limit is {MAX_CLASSES} classes.",
            ),
            cure=LocalText(
                ja="分類であれば種類をまとめてください。数量であれば、単位などの文字を除いて数値の列にしてください。",
                en="Merge classes; if it is a quantity, remove units and other text so that it reads as numbers.",
            ),
        )
    if fewest < MIN_CLASS_ROWS:
        raise DataError(
            LocalText(
                ja=f"目的列「{target}」の「{rarest}」が {fewest} 行しかありません (必要数: {MIN_CLASS_ROWS} 行)。",
                en=f"Class “{rarest}” of the target “{target}” has only {_rows(fewest)}; each needs {MIN_CLASS_ROWS}.",
            ),
            cure=LocalText(
                ja="行を増やすか、この分類をほかの分類とまとめるか、その行を除いてください。",
                en="Add rows, merge this class with another, or leave its rows out.",
            ),
        )
    share = fewest / int(counts.sum())
    if share >= 0.02:
        return []
    return [
        Finding(
            "rare_class",
            target,
            "warning",
            LocalText(
                ja=f"目的列「{target}」の「{rarest}」は {fewest:,} 行 ({share:.2%}) とまれです。",
                en=f"Class “{rarest}” of the target “{target}” is rare: {fewest:,} rows ({share:.2%}).",
            ),
            LocalText(
                ja="判定に必要な試行回数が増えることがあります。この分類の行を増やせるか、ご検討ください。",
                en="More trials may be needed to decide; consider collecting more rows of it.",
            ),
        )
    ]


def _missing_targets(target: str, missing: int, rows: int) -> list[Finding]:
    if not missing:
        return []
    return [
        Finding(
            "missing_target",
            target,
            "info" if missing < 0.1 * rows else "warning",
            LocalText(
                ja=f"目的列「{target}」に値のない {missing:,} 行は使いません。",
                en=f"{missing:,} rows without a value of the target “{target}” are not used.",
            ),
            LocalText(
                ja="値がまだ決まっていない行であれば、このままで問題ありません。",
                en="If their outcome is not known yet, leave it so.",
            ),
        )
    ]


def _check_site(frame: pd.DataFrame, target: str, site: str) -> list[Finding]:
    column = site_column(frame, site)
    if column not in frame.columns:
        if site == FILE_AS_SITE:
            raise DataError(
                LocalText(
                    ja="ファイルを拠点とするには 2 つ以上のファイルが必要です。",
                    en="Files can stand for sites only where there are two or more.",
                ),
                cure=LocalText(ja="拠点の列名を指定してください。", en="Name the column that holds the site."),
            )
        raise missing_column(site, [str(name) for name in frame.columns], _SITE_ROLE)
    if column == target:
        raise DataError(
            LocalText(
                ja=f"列「{target}」は目的列と拠点を兼ねられません。", en=f"“{target}” can't be target and site at once."
            ),
            cure=LocalText(ja="どちらかを別の列にしてください。", en="Choose another column for one of them."),
        )
    counts = frame.loc[frame[target].notna(), column].value_counts()
    counts = counts[counts > 0]
    if len(counts) < 2:
        raise DataError(
            LocalText(ja=f"列「{column}」の拠点が 1 つしかありません。", en=f"Column “{column}” holds only one site."),
            cure=LocalText(
                ja="2 つ以上の拠点を含む列を選ぶか、拠点なしで実行してください。",
                en="Choose a column with two or more sites, or run without sites.",
            ),
        )
    if float(np.median(counts)) < MIN_SITE_ROWS:
        raise DataError(
            LocalText(
                ja=f"列「{column}」の {len(counts):,} 拠点は行数が少なすぎます (中央値 {np.median(counts):g} 行)。",
                en=f"Column “{column}” has {len(counts):,} sites with too few rows (median {np.median(counts):g}).",
            ),
            cure=LocalText(
                ja=f"1 拠点あたり {MIN_SITE_ROWS} 行以上になる列 (地域など) を選んでください。",
                en=f"Choose a column with {MIN_SITE_ROWS} or more rows a site, such as a region.",
            ),
        )
    return _site_remarks(column, counts, int(frame[column].isna().sum()))


def _site_remarks(column: str, counts: pd.Series, missing: int) -> list[Finding]:
    findings = []
    if len(counts) < 5:
        findings.append(
            Finding(
                "few_sites",
                column,
                "info",
                LocalText(
                    ja=f"拠点は {len(counts)} か所です。新しい拠点への調整は 1 か所だけで試します。",
                    en=f"There are {len(counts)} sites: fine-tuning to a new one is tried on a single site.",
                ),
                LocalText(ja="拠点が多いほど確かな結論が得られます。", en="More sites give a firmer conclusion."),
            )
        )
    if missing:
        findings.append(
            Finding(
                "missing_site",
                column,
                "warning",
                LocalText(
                    ja=f"拠点が空欄の行が {missing:,} 行あります。「拠点不明」として学習にだけ使います。",
                    en=f"{missing:,} rows name no site; they serve as rows of an unknown site.",
                ),
                LocalText(ja="わかるものは拠点を補ってください。", en="Fill in the site where it is known."),
            )
        )
    return findings


def _check_split(frame: pd.DataFrame, target: str, split: SplitPlan) -> None:
    if split.column not in frame.columns:
        raise missing_column(split.column, [str(name) for name in frame.columns], _SPLIT_ROLE)
    series = frame[split.column]
    if split.by == "time" and not (
        pd.api.types.is_datetime64_any_dtype(series) or pd.api.types.is_numeric_dtype(series)
    ):
        raise DataError(
            LocalText(
                ja=f"列「{split.column}」は日付でも数値でもないため、時間順に分割できません。",
                en=f"Column “{split.column}” holds neither dates nor numbers, so rows can't be split by time.",
            ),
            cure=LocalText(
                ja="日時の列を選ぶか、無作為の分割にしてください。", en="Choose a column of dates, or split at random."
            ),
        )
    if split.by == "group" and series[frame[target].notna()].nunique() < 6:
        raise DataError(
            LocalText(
                ja=f"列「{split.column}」のまとまりが少なすぎて分割できません (6 つ以上必要です)。",
                en=f"Column “{split.column}” has too few groups to divide the rows (six are needed).",
            ),
            cure=LocalText(
                ja="より細かい列を選ぶか、無作為の分割にしてください。", en="Choose a finer column, or split at random."
            ),
        )


def _check_inputs(kinds: Mapping[str, ColumnKind], target: str, site: str) -> None:
    inputs = [
        name
        for name, kind in kinds.items()
        if name not in (target, site) and kind in ("numeric", "categorical", "date")
    ]
    if not inputs:
        raise DataError(
            LocalText(ja="入力に使える列がありません。", en="No column is left to predict from."),
            cure=LocalText(
                ja="識別子・定数・空の列だけでは予測できません。数量や分類の列を加えてください。",
                en="Identifiers, constants and empty columns can't predict; add columns of quantities or categories.",
            ),
        )
