"""What the pages are made of, without a browser: comparison, sliders, safe downloads, escaping, the forms' logic."""

from __future__ import annotations

import io
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from dashboard.cards import judged, question_state
from dashboard.comparison import compare
from dashboard.downloads import parquet, safe_csv
from dashboard.draft import Answers, poc_of, proposal, read, remarks, table_key
from dashboard.faults import escape
from dashboard.what_if import judge_again, span_of
from evaluator.errors import DataError
from evaluator.plan import variants_for
from evaluator.records import SplitPlan
from sample_data import samples
from scorecards.criteria import Question
from scorecards.judgement import State
from scorecards.scorecard_file import load_template
from tests.example_record import example_record

ROOT = Path(__file__).resolve().parents[2]


def rows(values: dict[str, list[float]], metric: str = "quality.auc") -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "poc": "p",
                "trial": f"{variant}-{seed}",
                "variant": variant,
                "seed": seed,
                "site": "",
                "setting": "",
                "metric": metric,
                "value": value,
                "unit": "score",
                "how": "measured",
                "phase": metric.split(".")[0],
            }
            for variant, found in values.items()
            for seed, value in enumerate(found, start=1)
        ]
    )


def marks(frame: pd.DataFrame) -> dict[str, tuple[bool, bool]]:
    (line,) = compare(frame, tuple(dict.fromkeys(frame["variant"])), 0.95)
    return {variant: (cell.best, cell.tie) for variant, cell in line.cells.items()}


def test_the_best_is_marked_and_a_difference_within_the_noise_is_a_tie() -> None:
    found = marks(rows({"dense": [0.80, 0.81, 0.82], "hyper": [0.805, 0.808, 0.824], "shared": [0.60, 0.61, 0.62]}))
    assert found == {"dense": (True, False), "hyper": (False, True), "shared": (False, False)}


def test_lower_is_better_for_times_and_never_reached_is_not_best() -> None:
    inf = float("inf")
    found = marks(rows({"dense": [2.0, 2.1, 2.05], "hyper": [inf, inf, inf]}, "train.seconds_to_target"))
    assert found == {"dense": (True, False), "hyper": (False, False)}


def test_equal_values_have_no_best() -> None:
    found = marks(rows({"dense": [100.0, 100.0], "hyper": [100.0, 100.0]}, "size.install_bytes"))
    assert found == {"dense": (False, False), "hyper": (False, False)}


def test_a_question_is_as_bad_as_its_worst_must() -> None:
    record = example_record("no_go")
    pairs = judged(record.scorecard, record.judgement.criteria, record.scorecard.questions[0])
    assert pairs[0][0].must
    assert question_state(pairs) is State.FAIL
    assert judged(record.scorecard, record.judgement.criteria, Question("none", record.scorecard.title)) == []


def test_a_moved_assumption_changes_money_and_nothing_measured() -> None:
    record = example_record("conditional")
    assumptions, again = judge_again(record, {"finetunes_per_year": 40.0})
    assert assumptions.values["finetunes_per_year"].likely == 40.0
    assert again.business.npv_p50 > record.judgement.business.npv_p50
    assert again.criteria == record.judgement.criteria
    assert judge_again(record, {})[1] is record.judgement


def test_every_slider_holds_its_value_and_ends_on_a_round_number() -> None:
    for assumption in load_template("meeting")[1].values.values():
        span = span_of(assumption)
        assert span.least <= assumption.likely <= span.most
        assert assumption.high <= span.most or span.most == 1.0
        assert round(span.most / span.step, 6).is_integer()
        assert (assumption.likely / span.step) == pytest.approx(round(assumption.likely / span.step), abs=1e-6)


def test_a_slider_of_nothing_can_be_moved() -> None:
    assumption = replace(load_template("meeting")[1].values["value_per_point"], low=0.0, likely=0.0, high=0.0)
    assert span_of(assumption).most > 0


def test_csv_cells_are_never_formulas_and_numbers_stay_numbers() -> None:
    frame = pd.DataFrame({"site": ["=cmd()", "＝1+1", "@x", "渋谷店", None], "value": [-1.5, 2.0, 3.0, 4.0, 5.0]})
    text = safe_csv(frame)
    assert text.startswith(b"\xef\xbb\xbf")
    back = pd.read_csv(io.BytesIO(text), encoding="utf-8-sig")
    assert list(back["site"][:4]) == ["'=cmd()", "'＝1+1", "'@x", "渋谷店"]
    assert list(back["value"]) == [-1.5, 2.0, 3.0, 4.0, 5.0]


def test_parquet_keeps_every_row() -> None:
    frame = example_record("conditional").measurements
    assert pd.read_parquet(io.BytesIO(parquet(frame))).equals(frame)


def test_users_text_is_no_markdown() -> None:
    assert escape("<script>*a*[b](c)") == r"\<script\>\*a\*\[b\]\(c\)"


def answers(table_target: str, **changes: object) -> Answers:
    scorecard, assumptions = load_template("meeting")
    plain = Answers(
        "", table_target, "", (), SplitPlan("random", "", 0), scorecard, assumptions, "quick", variants_for("")
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def test_a_table_becomes_the_poc_that_was_asked_for() -> None:
    sample = samples()[0]
    table = read([sample.path], header=None, title="試し", synthetic=True)
    proposed = proposal(table, table_key(table), sample.target, sample.site)
    dropped = next(name for name, kind in proposed.columns.items() if kind == "numeric")
    poc = poc_of(table, answers(sample.target, site=sample.site, ignored=(dropped,), title=" 名前 "))
    assert (poc.title, poc.target, poc.site, poc.synthetic) == ("名前", sample.target, sample.site, True)
    assert poc.columns[dropped] == "ignored"
    assert set(poc.columns) == set(proposed.columns)


def test_a_question_that_can_not_be_asked_is_refused_with_a_cure(tmp_path: Path) -> None:
    path = tmp_path / "one.csv"
    path.write_text("a,b\n" + "".join(f"{row},1\n" for row in range(200)), encoding="utf-8")
    table = read([path], header=None)
    with pytest.raises(DataError) as refused:
        remarks(table, answers("b"))
    assert refused.value.cure is not None


def test_the_server_and_every_page_load_without_torch() -> None:
    code = (
        "import sys, dashboard.server, dashboard.frame, dashboard.warm\n"
        "dashboard.warm.draw_once()\n"
        "sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
