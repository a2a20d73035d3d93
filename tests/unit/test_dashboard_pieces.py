"""What the pages are made of, without a browser: comparison, sliders, safe downloads, escaping, the forms' logic."""

from __future__ import annotations

import io
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from starlette.datastructures import Headers

from dashboard.addresses import asks_for_no_page
from dashboard.again import data_again, next_budget
from dashboard.cards import judged, question_state
from dashboard.comparison import compare
from dashboard.downloads import file_stem, parquet, safe_csv
from dashboard.draft import Answers, poc_of, proposal, read, remarks, table_key
from dashboard.faults import escape
from dashboard.record_facts import environment_lines, protocol_lines, unsteady
from dashboard.spans import time_span
from dashboard.what_if import amount_text, judge_again, slider_label, span_of
from dashboard.wording import Words
from evaluator.errors import DataError
from evaluator.plan import variants_for
from evaluator.records import SplitPlan
from sample_data import samples
from scorecards.criteria import Question
from scorecards.judgement import State
from scorecards.record import Json
from scorecards.scorecard_file import load_template
from tests.example_record import example_record
from tests.small_poc import small_poc

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


def test_one_trial_tells_no_difference_and_gets_no_mark() -> None:
    assert marks(rows({"dense": [0.80], "hyper": [0.81]})) == {"dense": (False, False), "hyper": (True, False)}


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (33.0, 82.0, "約 30〜85 秒"),
        (70.0, 121.0, "約 1〜3 分"),
        (119.0, 119.9, "約 115〜120 秒"),
        (0.2, 0.9, "約 1 秒"),
        (120.0, 120.0, "約 2 分"),
        (3700.0, 9000.0, "約 1〜3 時間"),
    ],
)
def test_a_time_span_is_rounded_outwards_and_said_once(low: float, high: float, said: str) -> None:
    assert time_span(Words("ja"), low, high) == said


def test_amounts_carry_their_unit_where_people_put_it() -> None:
    assert amount_text(6770, "currency/point/year", "JPY", "ja") == "¥6,770/pt/年"
    assert amount_text(0.05, "share", "JPY", "en") == "5 %"
    values = load_template("meeting")[1].values
    assert slider_label(values["discount_rate"], "JPY", "ja").endswith("(%)")
    assert slider_label(values["adoption_hours"], "JPY", "en").endswith("(h)")


def test_environment_and_protocol_are_in_words() -> None:
    record = example_record("conditional")
    flag: dict[str, Json] = {
        "variant": "hyper",
        "metric": "generate.seconds",
        "setting": "",
        "seeds": 5,
        "relative_deviation": 0.25,
    }
    record = replace(
        record,
        environment={**record.environment, "memory_bytes": 25276502016, "cpu_governor": None, "unstable": [flag]},
        protocol={**record.protocol, "budget": "quick", "limits": {"max_seconds": 5.0}, "timed_trials_run_alone": True},
    )
    facts = {
        fact.name: fact.lines
        for fact in (*environment_lines(record, Words("ja")), *protocol_lines(record, Words("ja")))
    }
    assert facts["メモリー"] == ("25.3 GB",)
    assert facts["CPU の周波数制御"] == ("取得できず",)
    assert facts["予算"] == ("短時間",)
    assert facts["測定の上限"] == ("学習は 5 s まで",)
    assert not [line for lines in facts.values() for line in lines if "{" in line or "null" in line or "true" in line]
    assert unsteady(record, "ja")[0][2] == "±25 %"


def test_a_download_is_named_by_its_title_without_what_file_systems_refuse() -> None:
    record = replace(example_record("go"), title='../欠品: "予測"?')
    assert file_stem(record) == f"欠品_予測-v{record.version}"
    assert file_stem(replace(record, title="...")) == f"{record.id}-v{record.version}"


def test_only_pages_that_a_browser_opens_are_led_to_the_message() -> None:
    browser = Headers({"accept": "text/html,application/xhtml+xml"})
    assert asks_for_no_page("/nothing/here", browser)
    for path in ("/", "/scorecard", "/evidence/", "/health", "/media/report", "/app/static/icon.svg", "/logo.png"):
        assert not asks_for_no_page(path, browser)
    assert not asks_for_no_page("/nothing", Headers({"accept": "*/*"}))


def test_more_evidence_starts_from_the_same_data_with_the_next_budget(tmp_path: Path) -> None:
    upload = tmp_path / "0123456789abcdef0123456789abcdef"
    upload.mkdir()
    file = upload / "a.csv"
    file.write_text("a,b\n", encoding="utf-8")
    poc = small_poc(id="again", budget="quick")
    poc = replace(poc, data=replace(poc.data, files=(str(file),)))
    assert (next_budget("quick"), next_budget("thorough")) == ("standard", None)
    assert data_again(poc, tmp_path) == {"upload": upload.name}
    assert data_again(replace(poc, budget="thorough"), tmp_path) == {}
    file.unlink()
    assert data_again(poc, tmp_path) == {}
