"""What `new` tells: repairs in one line, a task's options, and what is missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from evaluator.__main__ import main
from evaluator.plan import estimate_seconds
from evaluator.tasks import TASK_NAMES, task
from tests.translation_data import as_lines, make_pairs

PAIRS = [(f"{source}{number}", target, site) for number, (source, target, site) in enumerate(make_pairs(600))]


def test_repairs_are_summed_up_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "pairs.tsv"
    path.write_text(as_lines([*PAIRS, *PAIRS[:300]]), encoding="utf-8")
    for language, begin, count in (("en", "Mended while reading: ", "300"), ("ja", "直してから読み込みます: ", "300")):
        assert main(["new", str(path), "-o", str(tmp_path / "poc.yaml"), "--lang", language]) == 0
        (line,) = [line for line in capsys.readouterr().err.splitlines() if line.startswith(begin)]
        assert count in line
        assert "900" in line


def test_a_long_line_is_told_and_clean_text_has_no_such_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "text.txt"
    for text, told in (("Speak, speak. We know it. " * 12_000, True), ("Speak, speak.\nWe know it.\n" * 4_000, False)):
        path.write_text(text, encoding="utf-8")
        arguments = ["new", str(path), "--task", "text", "-o", str(tmp_path / "poc.yaml"), "--force", "--lang", "en"]
        assert main(arguments) == 0
        assert ("Mended while reading: One line has 312,000 characters" in capsys.readouterr().err) is told


@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_option_of_a_task_is_listed_with_meaning_default_and_range(
    language: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in TASK_NAMES:
        assert main(["new", "--task", name, "--options", "--lang", language]) == 0
        told = capsys.readouterr().out
        for option in task(name).OPTIONS:
            assert f"--option {option.name}=" in told
            assert (option.help.ja if language == "ja" else option.help.en) in told
            if option.high is not None:
                assert f"{option.high:g}" in told


def test_the_help_lists_the_tasks(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["new", "--help"])
    told = " ".join(capsys.readouterr().out.split())
    assert ", ".join(TASK_NAMES) in told
    assert "--options" in told


def test_without_data_the_cure_shows_how(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["new", "--lang", "en"]) == 2
    assert "python -m evaluator new data.csv" in capsys.readouterr().err


def test_the_estimate_of_a_series_grows_with_the_data_and_frames_what_was_measured() -> None:
    small, large = (
        estimate_seconds(rows, inputs, 7, "quick", "series") for rows, inputs in ((5_419, 10), (408_205, 19))
    )
    assert small[0] < 4 * 60 < small[1] < 2 * 4 * 60
    assert large[0] < 7 * 60 < large[1] < 2 * 7 * 60
