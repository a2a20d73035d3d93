"""What the pages are made of, without a browser: comparison, sliders, safe downloads, escaping, the forms' logic."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from starlette.datastructures import Headers
from streamlit.testing.v1 import AppTest

from dashboard.addresses import asks_for_no_page
from dashboard.again import data_again, next_budget
from dashboard.assumption_rows import assumption_rows, changed_assumptions, entry, stored
from dashboard.cards import about_text, judged, question_state
from dashboard.comparison import compare
from dashboard.downloads import file_stem, parquet, safe_csv
from dashboard.draft import Answers, poc_of, proposal, read, remarks, table_key
from dashboard.faults import escape
from dashboard.figures import whole
from dashboard.spans import time_span
from dashboard.views.evidence import facts_table
from dashboard.what_if import amount_text, judge_again, slider_label, span_of
from dashboard.wording import Words
from evaluator.errors import DataError
from evaluator.plan import variants_for
from evaluator.records import SplitPlan
from sample_data import samples
from scorecards.assumptions import Assumption
from scorecards.criteria import Question
from scorecards.errors import ScorecardError
from scorecards.judgement import Reason, State
from scorecards.record import Json
from scorecards.reports.conditions import machine_conditions, protocol_conditions
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
    assert slider_label(values["discount_rate"], "JPY", "ja") == "割引率 (年、%)"
    assert slider_label(values["adoption_hours"], "JPY", "en").endswith("(once, h)")


def test_what_is_known_without_a_value_stands_below_the_criterion() -> None:
    record = example_record("conditional")
    result = next(one for one in record.judgement.criteria if one.id == "finetune_time")
    criterion = next(one for one in record.scorecard.criteria if one.id == result.id)
    assert "。" not in about_text(Words("ja"), record.scorecard, criterion, result)
    never = Reason("never_reached", {"candidate": 0.0, "baseline": 4.0, "n": 5.0, "unknown": "ratio"})
    faster = replace(result, value=None, low=0.0, high=0.4, reason=never)
    text = about_text(Words("en"), record.scorecard, criterion, faster)
    assert "95 % interval up to 0.4×, 5 seeds; criterion at most 0.5×. " in text
    assert text.endswith("The baseline missed the target with 4 of 5 seeds: there is no ratio to give.")
    unmeasured = replace(
        faster,
        state=State.NOT_MEASURED,
        **dict.fromkeys(("low", "high", "candidate_value", "baseline_value")),
        n=0,
        reason=Reason("no_tuning_needed", {}),
    )
    assert about_text(Words("ja"), record.scorecard, criterion, unmeasured) == (
        "基準 0.5 倍以下。調整なしの状態で目標に達しているため、比べる調整時間がありません。"
    )


def test_seeds_that_a_comparison_leaves_out_are_told_below_the_criterion() -> None:
    record = example_record("conditional")
    result = next(one for one in record.judgement.criteria if one.id == "finetune_skill")
    criterion = next(one for one in record.scorecard.criteria if one.id == result.id)
    some = replace(result, n=3, met_as_is=2)
    assert "残りの 3 シードだけ" in about_text(Words("ja"), record.scorecard, criterion, some)
    assert "残りの" not in about_text(Words("ja"), record.scorecard, criterion, result)


def test_conditions_of_one_group_stand_in_one_cell_and_many_are_folded() -> None:
    record = replace(example_record("go"), environment={"packages": {"numpy": "2.4.6", "<b>": "1"}})
    page = facts_table(Words("en"), machine_conditions(record, "en"))
    assert page.count("<tr>") == 2
    assert "numpy: 2.4.6<br>&lt;b&gt;: 1" in page and "<details>" not in page
    order: list[Json] = [["hyper", "dense"]] * 20
    page = facts_table(Words("en"), protocol_conditions(replace(record, protocol={"order": order}), "en"))
    assert "<details><summary>Show 20 lines</summary>" in page
    assert "seed 20: hypernetwork, ordinary model" in page


VALUES = list(load_template("meeting")[1].values.values())


def entered(name: str, **ends: float | None) -> Mapping[str, Assumption]:
    """Return the assumptions after a user typed `ends` into the form's row `name`."""
    rows = assumption_rows(VALUES, "ja", "JPY")
    place = next(number for number, item in enumerate(VALUES) if item.id == name)
    for end, value in ends.items():
        rows.loc[place, end] = value
    return changed_assumptions(VALUES, rows)


def test_shares_are_asked_in_per_cent_and_stored_as_fractions() -> None:
    rows = assumption_rows(VALUES, "en", "JPY").set_index("title")
    assert list(rows.loc["Discount rate (per year)"]) == [3.0, 5.0, 8.0, "%"]
    assert rows.loc["Sites", "likely"] == 20.0
    assert entered("discount_rate") == {item.id: item for item in VALUES}
    changed = entered("discount_rate", likely=7.0)["discount_rate"]
    assert (changed.low, changed.likely, changed.high) == (0.03, 0.07, 0.08)


def test_an_untouched_share_keeps_its_last_digit() -> None:
    for value in (0.07, 0.29, 1 / 3, 0.123456789012345):
        assert stored(entry(value, "share"), value, "share") == value


@pytest.mark.parametrize(
    ("ends", "said"),
    [
        ({"high": 500.0}, "「割引率 (年)」に 500 % は使えません。 0 % から 100 % までの値を入力してください。"),
        (
            {"likely": 9.0},
            "「割引率 (年)」の範囲が逆です (低め 3 %、標準 9 %、高め 8 %)。 低め ≦ 標準 ≦ 高め にしてください。",
        ),
        ({"low": None}, "「割引率 (年)」の値が空です。 0 % から 100 % までの値を入力してください。"),
    ],
)
def test_a_wrong_share_is_refused_in_per_cent(ends: dict[str, float | None], said: str) -> None:
    with pytest.raises(ScorecardError) as refused:
        entered("discount_rate", **ends)
    assert refused.value.line("ja") == said


def a_form() -> None:
    import streamlit as st

    from dashboard.asking import Asking
    from dashboard.criteria_form import criteria_form
    from dashboard.screen import Screen
    from dashboard.wording import Words

    screen = Screen("ja", Words("ja"), "light", None)  # type: ignore[arg-type]
    counted = st.session_state.get("counted")
    asked = Asking("table", "", 100, 5, counted or 0, counted is not None, None, lambda _: None)  # type: ignore[arg-type,return-value]
    st.session_state["both"] = criteria_form(screen, asked)


def test_the_form_supposes_the_sites_of_the_data_until_they_are_changed_by_hand() -> None:
    form = AppTest.from_function(a_form, default_timeout=30)

    def likely(counted: int | None) -> float:
        form.session_state["counted"] = counted
        form.run()
        assert not form.exception
        return float(form.session_state["both"][1].values["sites"].likely)

    assert [likely(None), likely(24), likely(7), likely(0), likely(24)] == [20.0, 24.0, 7.0, 20.0, 24.0]
    text = form.text_area(key="scorecard_yaml").value
    assert "データにある拠点の数 (24)" in text and "# --- 金額 / Money" in text
    assert any("24 拠点としました" in caption.value for caption in form.caption)
    low, middle, high = "low: 12.0", "likely: 24.0", "high: 48.0"
    assert all(part in text for part in (low, middle, high))
    form.text_area(key="scorecard_yaml").set_value(text.replace(middle, "likely: 30.0")).run()
    assert likely(24) == likely(7) == 30.0


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


def test_no_figure_is_parted_from_its_sign_or_unit() -> None:
    assert whole("基準 −1 pt 以上、1.43 s 対 <b>") == "基準 −1\u00a0pt 以上、1.43\u00a0s 対 &lt;b&gt;"
    assert whole("80 % 区間 −¥26.8万 〜 ¥70.7万") == (
        '80\u00a0% 区間 <span class="bp-nowrap">−¥26.8万</span> 〜 ¥70.7万'
    )
    assert whole("5 steps, 3 more") == "5 steps, 3 more"


def test_what_is_typed_into_the_rows_becomes_the_scorecard() -> None:
    form = AppTest.from_function(a_form, default_timeout=30)
    form.run()
    turn = form.session_state["scorecard_round"]

    before = form.session_state["both"]
    form.number_input(key=f"criterion-{turn}-update_bytes-threshold").set_value(0.4).run()
    form.checkbox(key=f"criterion-{turn}-install_bytes-must").check().run()
    form.number_input(key=f"assumption-{turn}-discount_rate-likely").set_value(7.0).run()
    assert not form.exception
    scorecard, assumptions = form.session_state["both"]
    changed = {one.id: one for one in scorecard.criteria}
    assert changed["update_bytes"].gate.threshold == 0.4
    assert assumptions.values["discount_rate"].likely == pytest.approx(0.07)
    assert changed["install_bytes"].must
    kept = [one for one in scorecard.criteria if one.id not in ("update_bytes", "install_bytes")]
    assert kept == [one for one in before[0].criteria if one.id not in ("update_bytes", "install_bytes")]
    assert "likely: 0.07" in form.text_area(key="scorecard_yaml").value
    form.number_input(key=f"assumption-{turn}-discount_rate-likely").set_value(9.0).run()
    assert form.session_state["both"] is None
    assert "範囲が逆です" in form.error[0].value
