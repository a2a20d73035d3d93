"""The question that Blueprint would ask of a time series: target, sites, time, and how far to look ahead and back."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from evaluator.errors import InputError
from evaluator.intake.findings import Finding
from evaluator.intake.series import SeriesTable, read_series
from evaluator.intake.series_dates import DATE_ORDERS
from evaluator.intake.series_files import detect_series
from evaluator.intake.series_grid import filled
from evaluator.intake.series_times import JOIN
from evaluator.records import DataSource, OptionValue, SplitPlan
from evaluator.tasks.asking import in_files
from evaluator.tasks.protocol import Asked, Option, Question
from evaluator.tasks.series.budgets import MOST_ROWS
from evaluator.tasks.series.calendar import calendar
from evaluator.tasks.series.rows import Forecasts, plan_forecasts
from scorecards.local_text import LocalText

OPTIONS: tuple[Option, ...] = (
    Option(
        "horizon",
        LocalText(ja="何点先まで予測するか", en="steps ahead"),
        LocalText(ja="0 なら 1 周期 (24 点まで) とします。", en="0: one season, 24 steps at most."),
        0,
        low=0,
        high=500,
    ),
    Option(
        "history",
        LocalText(ja="何点前まで見るか", en="steps back"),
        LocalText(ja="0 なら 2 周期程度とします。", en="0: about two seasons."),
        0,
        low=0,
        high=1_000,
    ),
    Option(
        "season",
        LocalText(ja="周期 (点数)", en="season, in steps"),
        LocalText(
            ja="比較の基準 (季節ナイーブ) が使う周期です。0 なら間隔から決めます (1 時間ごとなら 24、日ごとなら 7)。",
            en="The period of the seasonal naive. 0: as the step says (24 for hours, 7 for days).",
        ),
        0,
        low=0,
        high=10_000,
    ),
    Option(
        "date_order",
        LocalText(ja="日付の順序", en="order of day, month, year"),
        LocalText(
            ja="03/04/2025 のように日と月を区別できないときに指定します (dmy: 日/月/年、mdy: 月/日/年)。",
            en="Asked where day and month can't be told apart, as in 03/04/2025 (dmy or mdy).",
        ),
        "",
        choices=("", *DATE_ORDERS),
    ),
    Option(
        "time",
        LocalText(ja="日時の列", en="column of times"),
        LocalText(
            ja="空なら探します。複数の列は year+month+day+hour のように + でつなぎます。",
            en="Empty: found. Join several columns by +, as in year+month+day+hour.",
        ),
        "",
    ),
)
SPLIT_SEED = 0
ALL_OF_THEM = 10**12
MOST_AUTO = 24
MOST_AUTO_HISTORY = 96


@dataclass(frozen=True)
class Horizon:
    """How far a forecast looks, in steps."""

    horizon: int
    history: int
    season: int


def question(files: Sequence[Path], asked: Asked) -> Question:
    """Return the question for the series in `files`. Raises DataError, or InputError for a split that isn't by time."""
    if asked.split not in ("", "time"):
        raise _by_time_only(asked.split)
    source, findings = detect_series(files, header=asked.header)
    with in_files(source.files):
        return _question(source, findings, asked)


def _question(source: DataSource, findings: Sequence[Finding], asked: Asked) -> Question:
    options = asked.options
    table = read_series(
        source,
        target=asked.target,
        site=asked.site,
        time=str(options.get("time", "")),
        date_order=str(options.get("date_order", "")),
    )
    reach = horizon_of(table, options)
    grid = table.grid
    plan = plan_forecasts(
        grid,
        filled(grid.values),
        horizon=reach.horizon,
        history=reach.history,
        data_hash=source.sha256,
        seed=SPLIT_SEED,
        most=ALL_OF_THEM,
    )
    features = 2 + len(grid.covariate_names) + len(calendar(grid.step, 1)[0])
    return Question(
        source=source,
        target=table.target,
        target_kind="series",
        site=table.site,
        columns=table.columns,
        split=SplitPlan("time", table.time[0], SPLIT_SEED),
        options={
            "horizon": reach.horizon,
            "history": reach.history,
            "season": reach.season,
            "date_order": str(options.get("date_order", "")),
            "time": JOIN.join(table.time),
        },
        rows=plan.possible,
        features=features,
        sites=len(grid.sites) if table.site else 0,
        reasons={**table.reasons, **_reasons(table, options, reach)},
        findings=(*findings, *_findings(table, plan)),
    )


def horizon_of(table: SeriesTable, options: Mapping[str, OptionValue]) -> Horizon:
    """Return the options' horizon, history and season, those that are 0 found from the step and the length."""
    length = table.grid.length
    season = int(options.get("season", 0)) or table.grid.step.season
    if not int(options.get("season", 0)) and season > length // 4:
        season = 1
    usual = min(season, MOST_AUTO) if season > 1 else 7
    horizon = int(options.get("horizon", 0)) or max(min(usual, length // 10), 1)
    back = season * max(2, math.ceil(MOST_AUTO / season))
    if back > MOST_AUTO_HISTORY:
        back = min(season, MOST_AUTO_HISTORY)
    history = int(options.get("history", 0)) or max(min(back, length // 5), 1)
    return Horizon(horizon, history, season)


def _reasons(table: SeriesTable, options: Mapping[str, OptionValue], reach: Horizon) -> dict[str, LocalText]:
    step = table.grid.step.name
    chosen = LocalText(ja="ご指定のとおりです。", en="As you chose.")
    found = {
        "season": LocalText(
            ja=f"{step.ja}ごとのデータの周期です。", en=f"The usual season of data in steps of {step.en}."
        ),
        "horizon": LocalText(
            ja=f"{reach.horizon} × {step.ja} 先まで予測します。",
            en=f"Forecasts reach {reach.horizon} × {step.en} ahead.",
        ),
        "history": LocalText(
            ja=f"直近の {reach.history} 点を入力とします。", en=f"The last {reach.history} steps are the input."
        ),
    }
    return {name: chosen if int(options.get(name, 0)) else reason for name, reason in found.items()}


def _findings(table: SeriesTable, plan: Forecasts) -> list[Finding]:
    """Return the repairs that preparing will state, and what the budgets will take of the forecasts."""
    look = LocalText(
        ja="気になる場合は元のデータをご確認ください。", en="Look at the source where that is not what you meant."
    )
    found = [Finding("repair", table.target, "warning", text, look) for text in (*table.grid.repairs, *plan.repairs)]
    if plan.possible > min(MOST_ROWS.values()):
        ja = "、".join(f"{name} {most:,} 個" for name, most in MOST_ROWS.items())
        en = ", ".join(f"{name} {most:,}" for name, most in MOST_ROWS.items())
        found.append(
            Finding(
                "thinned",
                "",
                "warning",
                LocalText(
                    ja=f"予測できる {plan.possible:,} 個の時点から、予算ごとの上限まで均等に選びます ({ja})。",
                    en=f"Of {plan.possible:,} possible forecasts, a budget takes at most ({en}), evenly spread.",
                ),
                LocalText(ja="多く使うには予算を上げてください。", en="Choose a larger budget to use more."),
            )
        )
    return found


def _by_time_only(split: str) -> InputError:
    return InputError(
        LocalText(
            ja=f"時系列は必ず時間順に分けます。「{split}」の分割は使えません。",
            en=f"A series is always split by time; a split by '{split}' is not possible.",
        ),
        where="split",
        cure=LocalText(ja="--split の指定を外してください。", en="Leave --split out."),
    )
