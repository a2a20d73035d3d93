"""Scorecards as files: the template, the way there and back, and every mistake refused with its place and cure."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scorecards.assumptions import ASSUMPTION_LIMITS, with_likely
from scorecards.criteria import Gate
from scorecards.errors import ScorecardError
from scorecards.local_text import LocalText
from scorecards.scorecard_file import load_template, read_scorecard, template_ids, template_text, to_yaml
from scorecards.scorecard_text import template_text_with

MEETING = template_text("meeting")
SCORECARD, ASSUMPTIONS = load_template("meeting")
JAPANESE = re.compile(r"[ぁ-んァ-ヶ一-龠]")


def line_of(text: str, part: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), start=1) if part in line)


def refused(old: str, new: str) -> tuple[ScorecardError, str]:
    """Return the error for the template with its first `old` replaced by `new`, and the edited text."""
    assert old in MEETING
    text = MEETING.replace(old, new, 1)
    with pytest.raises(ScorecardError) as caught:
        read_scorecard(text, "my.yaml")
    return caught.value, text


class TestTemplate:
    def test_each_comment_stands_in_both_languages(self) -> None:
        comments = [line for line in MEETING.splitlines() if line.lstrip().startswith("#") and len(line) > 1]
        blocks = MEETING.split("\ncriteria:")[0].split("\n#\n")
        assert len(comments) > 20
        for text in (*blocks, *(line for line in comments if "---" in line), MEETING.split("# --- 金額")[1]):
            assert JAPANESE.search(text) and re.search(r"[a-z]{3} |/ [A-Za-z]", text)
        japanese = [line for line in comments if JAPANESE.search(line)]
        assert len(japanese) >= len(comments) // 2

    def test_other_assumptions_are_written_into_the_text_with_its_comments_kept(self) -> None:
        counted = with_likely(ASSUMPTIONS, {"sites": 7.0, "discount_rate": 0.04})
        text = template_text_with("meeting", counted)
        assert read_scorecard(text, "x") == (SCORECARD, counted)
        assert [line for line in MEETING.splitlines() if "#" in line] == [
            line for line in text.splitlines() if "#" in line
        ]
        assert template_text_with("meeting", ASSUMPTIONS) == MEETING
        longer = replace(ASSUMPTIONS, horizon_years=5)
        assert read_scorecard(template_text_with("meeting", longer), "x") == (SCORECARD, longer)

    def test_meeting_is_there(self) -> None:
        assert "meeting" in template_ids()
        with pytest.raises(KeyError):
            template_text("meetings")

    def test_it_asks_the_managers_three_questions_and_for_the_overhead(self) -> None:
        asked = {criterion.question for criterion in SCORECARD.criteria}
        assert asked == {question.id for question in SCORECARD.questions}
        assert [question.id for question in SCORECARD.questions] == ["training", "running", "finetuning", "overhead"]

    def test_each_question_but_none_is_without_a_must(self) -> None:
        musts = {criterion.question for criterion in SCORECARD.criteria if criterion.must}
        assert musts == {question.id for question in SCORECARD.questions}

    def test_both_languages_are_there(self) -> None:
        texts = [SCORECARD.title, *(question.title for question in SCORECARD.questions)]
        texts += [text for criterion in SCORECARD.criteria for text in (criterion.title, criterion.explanation)]
        texts += [item.title for item in ASSUMPTIONS.values.values()]
        texts += [item.basis for item in ASSUMPTIONS.values.values() if item.basis]
        for text in texts:
            assert JAPANESE.search(text.ja), text
            assert not JAPANESE.search(text.en), text

    def test_every_assumption_says_that_it_is_assumed(self) -> None:
        assert set(ASSUMPTIONS.values) == set(ASSUMPTION_LIMITS)
        for item in ASSUMPTIONS.values.values():
            assert item.source == "assumed"
            assert item.basis is not None
            assert "仮の値です" in item.basis.ja
            assert item.basis.en.startswith("Assumed")

    def test_labour_is_the_same_for_both(self) -> None:
        """The defaults make nobody look good."""
        for work in ("labour_minutes_per_update", "labour_minutes_per_finetune"):
            baseline, candidate = (ASSUMPTIONS.values[f"{work}_{side}"] for side in ("baseline", "candidate"))
            assert (baseline.low, baseline.likely, baseline.high) == (candidate.low, candidate.likely, candidate.high)


class TestThereAndBack:
    def test_the_template(self) -> None:
        assert read_scorecard(to_yaml(SCORECARD, ASSUMPTIONS), "back.yaml") == (SCORECARD, ASSUMPTIONS)

    @settings(max_examples=15, deadline=None)
    @given(
        st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Zs"]), min_size=1, max_size=60),
        st.floats(-1e6, 1e6),
        st.floats(0, 1e6),
    )
    def test_any_text_and_number(self, words: str, threshold: float, margin: float) -> None:
        words = words.strip() or "x"
        first = replace(
            SCORECARD.criteria[0],
            title=LocalText(ja=words, en=words[::-1].strip() or "x"),
            gate=Gate(threshold, "higher", margin),
        )
        scorecard = replace(SCORECARD, criteria=(first, *SCORECARD.criteria[1:]), title=LocalText(words, words))
        sites = replace(ASSUMPTIONS.values["sites"], note=words, source="quoted", high=margin + 40)
        assumptions = replace(ASSUMPTIONS, values={**ASSUMPTIONS.values, "sites": sites}, currency="USD")
        assert read_scorecard(to_yaml(scorecard, assumptions), "back.yaml") == (scorecard, assumptions)


class TestMistakes:
    @pytest.mark.parametrize(
        ("old", "new", "says", "intends"),
        [
            ("    compare: difference", "    comapre: difference", "comapre", "compare"),
            ("    compare: difference", "    compare: diference", "diference", "difference"),
            ("metric: quality.main", "metric: quality.mian", "quality.mian", "quality.main"),
            ("    question: training", "    question: trainin", "trainin", "training"),
            ("candidate: hyper", "candidate: hyperr", "hyperr", "hyper"),
            ("rivals: [small_dense", "rivals: [smal_dense", "smal_dense", "small_dense"),
            ("direction: higher, margin", "direction: highr, margin", "highr", "higher"),
            ("    must: true", "    must: ture", "ture", "true"),
            ("candidate_setting: embedding_only", "candidate_setting: embeding_only", "embeding", "embedding_only"),
            ("threshold: 1.5,", "threshold: 150%,", "150%", "1.5"),
            ("    high: 10000", "    high: 10,000", "10,000", "10000"),
            ("    likely: 6500", "    likely: 6500円", "6500円", "6500"),
            ("  - id: adoption_hours", "  - id: adoption_hour", "adoption_hour", "adoption_hours"),
            ("    source: assumed", "    source: asumed", "asumed", "assumed"),
        ],
    )
    def test_a_slip_is_named_with_its_line_and_likely_intention(
        self, old: str, new: str, says: str, intends: str
    ) -> None:
        error, text = refused(old, new)
        assert error.where == f"my.yaml:{line_of(text, new.strip())}"
        for language in ("ja", "en"):
            assert says in error.line(language)
        assert error.cure is not None
        assert f"Did you mean '{intends}'?" in error.cure.en
        assert f"「{intends}」のことではありませんか" in error.cure.ja

    @pytest.mark.parametrize(
        ("old", "new", "at", "says"),
        [
            ("    must: true\n", "", "- id: quality_difference", "must"),
            ("    likely: 20\n", "    likely: 5\n", "- id: sites", "out of order"),
            ("    weight: 3", "    weight: -1", "weight: -1", "out of range"),
            ("    weight: 3", "    weight: .nan", "weight: .nan", "must be a number"),
            ("    weight: 3", "    weight: 1e999", "weight: 1e999", "finite"),
            ("    weight: 3", "    weight: [3]", "weight: [3]", "a single value"),
            ("scale: {zero: -2, full: 2}", "scale: {zero: 2, full: -2}", "zero: 2, full: -2", "contradicts"),
            ("confidence: 0.95", "confidence: 95", "confidence: 95", "out of range"),
            ("currency: JPY", "currency: yen", "currency: yen", "currency"),
            ("horizon_years: 3", "horizon_years: 2.5", "horizon_years: 2.5", "a whole number"),
            ("baseline: dense", "baseline: hyper", "baseline: hyper", "can't be 'hyper'"),
            ("dense_site, boosted", "dense, boosted", "rivals:", "'dense' is the candidate, the baseline or a rival"),
            ("- id: training_time", "- id: quality_difference", "WANTED", "twice"),
            ("- id: training_time", "- id: Training time", "- id: Training time", "not a possible id"),
            ("threshold: 1.5,", "threshold: 0.0,", "threshold: 0.0,", "above zero"),
            ("  ja: ハイパーネットワーク導入の判断\n", "", "en: Does a hypernetwork", "ja"),
            ("    candidate_setting: embedding_only\n", "", "- id: update_bytes", "needs a candidate_setting"),
            ("    metric: quality.main", "    metric: quality.main\n    baseline_setting: cached",
             "baseline_setting: cached", "no settings"),
        ],
    )  # fmt: skip
    def test_what_cannot_be_is_refused_at_its_line(self, old: str, new: str, at: str, says: str) -> None:
        error, text = refused(old, new)
        if at == "WANTED":
            second = [i for i, line in enumerate(text.splitlines(), start=1) if "- id: quality_difference" in line][1]
            assert error.where == f"my.yaml:{second}"
        else:
            assert error.where == f"my.yaml:{line_of(text, at)}"
        assert says in error.line("en")
        assert JAPANESE.search(error.line("ja"))

    def test_without_a_must_nothing_decides(self) -> None:
        with pytest.raises(ScorecardError, match="No criterion is a must"):
            read_scorecard(MEETING.replace("must: true", "must: false"), "my.yaml")

    def test_a_missing_assumption_is_named(self) -> None:
        start, end = MEETING.index("  - id: sites"), MEETING.index("  - id: updates_per_year")
        with pytest.raises(ScorecardError, match="The assumptions sites are missing"):
            read_scorecard(MEETING[:start] + MEETING[end:], "my.yaml")

    def test_messages_are_one_line(self) -> None:
        error, _ = refused("title:\n  ja:", 'title:\n  "j\\na":')
        assert "\n" not in error.line("ja") + error.line("en")

    @settings(max_examples=40, deadline=None)
    @given(st.data())
    def test_an_edited_template_is_read_or_refused_never_crashes(self, data: st.DataObject) -> None:
        lines = MEETING.splitlines()
        position = data.draw(st.integers(0, len(lines) - 1))
        action = data.draw(st.sampled_from(["drop", "twice", "indent", "replace"]))
        if action == "drop":
            del lines[position]
        elif action == "twice":
            lines.insert(position, lines[position])
        elif action == "indent":
            lines[position] = "  " + lines[position]
        else:
            lines[position] = data.draw(st.text(max_size=40))
        try:
            scorecard, assumptions = read_scorecard("\n".join(lines), "my.yaml")
        except ScorecardError as error:
            assert error.where.startswith("my.yaml")
        else:
            assert read_scorecard(to_yaml(scorecard, assumptions), "back.yaml") == (scorecard, assumptions)


@pytest.mark.parametrize(
    ("old", "new", "meant"),
    [
        ("gate: {threshold: 1.5,", 'gate: {threshold: "1,5",', "'1.5'"),
        ("gate: {threshold: 1.5,", 'gate: {threshold: "12,000",', "'12000'"),
        ("gate: {threshold: 1.5,", 'gate: {threshold: "0,25",', "'0.25'"),
    ],
)
def test_a_comma_is_a_decimal_point_unless_it_groups_thousands(old: str, new: str, meant: str) -> None:
    error, _ = refused(old, new)
    assert meant in error.line("en")


def test_a_rival_that_is_the_baseline_is_told_as_such() -> None:
    error, _ = refused("baseline: dense", "baseline: small_dense")
    assert "'small_dense' is the candidate, the baseline or a rival already" in error.line("en")
    assert "rivals から" in error.line("ja")
