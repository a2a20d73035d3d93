from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

import evaluator
from evaluator.__main__ import main
from evaluator.commands import all_commands, language
from evaluator.errors import InputError, NotFoundError
from evaluator.notebook import NotebookRecord, shown
from evaluator.poc_file import poc_to_yaml, read_poc, with_sites, write_poc
from evaluator.poc_new import new_poc
from evaluator.store import open_store
from sample_data import samples
from scorecards.assumptions import with_likely
from scorecards.local_text import LocalText
from scorecards.scorecard_file import load_template, to_yaml
from tests.example_record import example_record
from tests.small_poc import small_poc
from tests.small_table import small_table


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BLUEPRINT_STORE", str(tmp_path / "store"))
    monkeypatch.setenv("BLUEPRINT_LANG", "en")
    return tmp_path


@pytest.fixture
def frozen(place: Path) -> str:
    """The id of a PoC whose record is frozen."""
    record = example_record()
    store = open_store()
    store.add_poc(small_poc(id=record.id, title=record.title))
    store.enqueue(record.id)
    store.freeze(record)
    return record.id


def test_new_fills_everything_in_and_is_repeatable(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    small_table(place)
    assert main(["new", "table.csv", "-o", "poc.yaml"]) == 0
    first = (place / "poc.yaml").read_bytes()
    assert "Next: python -m evaluator run poc.yaml" in capsys.readouterr().err
    assert main(["new", "table.csv", "-o", "poc.yaml"]) == 0
    assert (place / "poc.yaml").read_bytes() == first
    poc = read_poc(place / "poc.yaml")
    assert (poc.target, poc.target_kind, poc.site, poc.budget) == ("y", "binary", "", "quick")
    assert poc.columns == {"a": "numeric", "b": "numeric", "c": "numeric", "y": "categorical"}
    assert "dense_site" not in poc.variants


def test_new_takes_files_as_sites_and_no_header(place: Path) -> None:
    for name in ("north", "south"):
        (place / name).mkdir()
        rows = small_table(place / name).read_text(encoding="utf-8").splitlines()[1:]
        (place / "data").mkdir(exist_ok=True)
        (place / "data" / f"{name}.csv").write_text("\n".join(rows), encoding="utf-8")
    assert main(["new", "data", "--no-header", "--site", "file", "--target", "c4"]) == 0
    poc = read_poc(place / "poc.yaml")
    assert (poc.title, poc.site, poc.data.header) == ("data", "file", False)
    assert [Path(file).name for file in poc.data.files] == ["north.csv", "south.csv"]
    assert "dense_site" in poc.variants


def test_new_takes_the_split_and_tells_what_is_no_input(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [f"2026-{1 + n % 12:02}-{1 + n % 28:02},k{n},same,{n * 7 % 11},{n * 5 % 13},{n % 2}" for n in range(200)]
    (place / "t.csv").write_text("day,key,fixed,a,b,y\n" + "\n".join(rows), encoding="ascii")
    assert main(["new", "t.csv", "--target", "y", "--split", "time", "--split-column", "day"]) == 0
    poc = read_poc(place / "poc.yaml")
    assert (poc.split.by, poc.split.column) == ("time", "day")
    told = capsys.readouterr().err
    assert "Not an input: key (an identifier, different in every row)" in told
    assert "Not an input: fixed (the same value throughout)" in told


def test_new_takes_a_scorecard_of_ones_own_and_names_it_from_the_poc_file(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    small_table(place)
    template, assumptions = load_template("meeting")
    own = replace(template, title=LocalText(ja="自社の基準", en="Our own bar"))
    for folder in ("cards", "pocs"):
        (place / folder).mkdir()
    (place / "cards" / "my.yaml").write_text(to_yaml(own, assumptions), encoding="utf-8")
    assert main(["new", "table.csv", "--scorecard", "cards/my.yaml", "-o", "pocs/poc.yaml"]) == 0
    written = yaml.safe_load((place / "pocs" / "poc.yaml").read_text(encoding="utf-8"))
    assert written["scorecard"] == "../cards/my.yaml"
    assert read_poc(place / "pocs" / "poc.yaml").scorecard == own
    assert evaluator.new("table.csv", scorecard=place / "cards" / "my.yaml").scorecard == own
    capsys.readouterr()
    assert main(["new", "table.csv", "--scorecard", "cards/your.yaml", "-o", "pocs/other.yaml"]) == 2
    assert "There is no scorecard 'cards/your.yaml'" in capsys.readouterr().err


def test_a_fault_in_ones_own_scorecard_is_told_with_its_line(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    small_table(place)
    text = to_yaml(*load_template("meeting")).replace("threshold:", "treshold:", 1)
    (place / "my.yaml").write_text(text, encoding="utf-8")
    assert main(["new", "table.csv", "--scorecard", "my.yaml"]) == 2
    assert "my.yaml:" in capsys.readouterr().err


@pytest.mark.parametrize("given", [12, None, ["poc.yaml"]])
def test_what_is_no_poc_is_refused_in_both_languages(place: Path, given: object) -> None:
    with pytest.raises(InputError) as error:
        evaluator.run(given)  # type: ignore[arg-type]
    assert type(given).__name__ in error.value.line("en")
    assert "PoC" in error.value.line("ja")


def test_progress_that_nobody_reads_stops_nothing(place: Path) -> None:
    code = (
        "import os, sys; from evaluator.commands import tell; from evaluator.commands.run import say;"
        "from evaluator.poc_progress import News; from scorecards.local_text import LocalText;"
        "ends = os.pipe(); os.close(ends[0]); os.dup2(ends[1], 2);"
        "[say(News('measuring', 'done', 1, 2, (1.0, 2.0), variant='dense', seed=1, seconds=1.0), 'en') for _ in 'ab'];"
        "tell(LocalText(ja='a', en='b'), 'en'); print('went on')"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=Path(__file__).parents[2], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "went on\n")


def test_a_record_that_nobody_reads_was_still_made(frozen: str, place: Path) -> None:
    command = f"{sys.executable} -m evaluator run {frozen} --json 2>&1 | head -c 10; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], cwd=Path(__file__).parents[2], capture_output=True, check=False)
    assert done.returncode == 0


def test_without_a_split_the_file_asks_what_new_asked(place: Path) -> None:
    small_table(place)
    assert main(["new", "table.csv"]) == 0
    poc, text = read_poc(place / "poc.yaml"), (place / "poc.yaml").read_text(encoding="utf-8")
    shorter = "".join(line + "\n" for line in text.splitlines() if not line.startswith(("split:", "  by:", "  seed:")))
    shorter = shorter.replace("  column: ''\n", "")
    (place / "short.yaml").write_text(shorter, encoding="utf-8")
    assert "split" not in shorter
    assert read_poc(place / "short.yaml") == poc


def test_the_sites_of_the_data_are_the_likely_sites_of_the_money(place: Path) -> None:
    sample = next(sample for sample in samples() if sample.site)
    found = new_poc([sample.path], target=sample.target, site=sample.site)
    sites, template = found.poc.assumptions.values["sites"], load_template("meeting")[1].values["sites"]
    assert (sites.likely, sites.source) == (24, "assumed")
    assert (sites.low, sites.high) == (template.low * 24 / template.likely, template.high * 24 / template.likely)
    assert "sites_counted" in [finding.code for finding in found.findings]
    assert poc_to_yaml(found.poc, place).endswith("scorecard: meeting\nassumed_sites: 24\n")
    write_poc(found.poc, place / "poc.yaml")
    assert read_poc(place / "poc.yaml") == found.poc
    quoted = with_likely(load_template("meeting")[1], {})
    quoted = replace(quoted, values={**quoted.values, "sites": replace(template, source="quoted")})
    assert with_sites(quoted, 24) == quoted
    assert with_sites(load_template("meeting")[1], 0) == load_template("meeting")[1]


def test_show_json_prints_one_object_with_the_promised_keys(frozen: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", frozen, "--json"]) == 0
    shown_object = json.loads(capsys.readouterr().out)
    promised = {"poc", "verdict", "criteria", "business", "measurements", "protocol", "environment", "hashes"}
    assert promised <= set(shown_object)
    assert {"id", "title", "task"} == set(shown_object["poc"])
    assert {"state", "reasons"} <= set(shown_object["verdict"])
    assert {"id", "state", "value", "low", "high", "threshold", "unit"} <= set(shown_object["criteria"][0])
    assert {"p10", "p50", "p90"} == set(shown_object["business"]["npv"])


def test_show_speaks_both_languages(frozen: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", frozen, "--lang", "ja"]) == 0
    japanese = capsys.readouterr().out
    assert main(["show", frozen, "--lang", "en"]) == 0
    english = capsys.readouterr().out
    assert "条件付き導入" in japanese
    assert "Conditional" in english
    assert len(japanese.splitlines()) == len(english.splitlines())


def test_show_tells_how_far_a_poc_is_before_its_record(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    open_store().add_poc(small_poc())
    assert main(["show", "small"]) == 0
    assert capsys.readouterr().out == "small: queued (0/0 trials)\n"
    assert main(["show", "small", "--json"]) == 2
    assert "no frozen record yet" in capsys.readouterr().err


def test_a_poc_may_be_named_by_its_file(frozen: str, place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_poc(small_poc(id=frozen), place / "poc.yaml")
    assert main(["show", "poc.yaml"]) == 0
    assert frozen in capsys.readouterr().out


def test_a_finished_poc_is_not_run_again(frozen: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", frozen, "--json"]) == 0
    printed = capsys.readouterr()
    assert json.loads(printed.out)["poc"]["id"] == frozen
    assert printed.err == ""


def test_report_writes_the_file_it_is_told(frozen: str, place: Path) -> None:
    assert main(["report", frozen, "--format", "json", "-o", "out.json"]) == 0
    assert json.loads((place / "out.json").read_text(encoding="utf-8"))["poc"]["id"] == frozen
    assert main(["report", frozen, "--format", "json"]) == 0
    assert (place / f"{frozen}.json").exists()


def test_freezing_the_same_version_twice_keeps_the_first(frozen: str) -> None:
    store = open_store()
    store.freeze(replace(example_record("no_go"), id=frozen))
    assert store.record(frozen).judgement.verdict.state == "conditional"
    with pytest.raises(NotFoundError, match="example-go"):
        store.freeze(example_record("go"))
    [row] = store.pocs()
    assert (row.state, row.verdict, row.currency) == ("done", "conditional", "JPY")


@pytest.mark.parametrize(
    ("arguments", "variable", "locale", "expected"),
    [
        (["show", "--lang", "en"], "ja", "ja_JP.UTF-8", "en"),
        (["show", "--lang=ja"], "en", "en_US.UTF-8", "ja"),
        (["show"], "en", "ja_JP.UTF-8", "en"),
        (["show"], "", "en_GB.UTF-8", "en"),
        (["show"], "", "C.UTF-8", "ja"),
    ],
)
def test_whose_word_on_the_language_counts(
    monkeypatch: pytest.MonkeyPatch, arguments: list[str], variable: str, locale: str, expected: str
) -> None:
    monkeypatch.setenv("BLUEPRINT_LANG", variable)
    monkeypatch.setenv("LC_ALL", locale)
    assert language(arguments) == expected


def test_every_command_takes_a_store_and_a_language(capsys: pytest.CaptureFixture[str]) -> None:
    for command in all_commands():
        with pytest.raises(SystemExit) as left:
            main([command.name, "-h"])
        assert left.value.code == 0
        printed = capsys.readouterr().out
        assert "--store URL" in printed
        assert "--lang" in printed
    assert [command.name for command in all_commands()] == ["new", "run", "show", "report", "export", "worker"]


def test_a_record_shows_itself_and_escapes_what_users_wrote(frozen: str) -> None:
    record = evaluator.record(frozen)
    assert isinstance(record, NotebookRecord)
    assert repr(record) == f"<Record {frozen} v1: conditional>"
    page = record._repr_html_()
    assert 'lang="ja"' in page
    assert 'lang="en"' in page
    for heading in ("<th>基準</th>", "<th>Threshold</th>", "正味現在価値 (NPV): ", "Net present value (NPV): "):
        assert heading in page
    assert "at most" in page
    assert set(record.measurements["variant"]) == set(record.variants)
    evil = shown(example_record())
    object.__setattr__(evil, "title", "<script>alert(1)</script>")
    assert "<script>" not in evil._repr_html_()
    assert "&lt;script&gt;" in evil._repr_html_()


def test_the_public_surface_is_what_it_says() -> None:
    assert sorted(evaluator.__all__) == [
        "BlueprintError",
        "InputError",
        "StoreError",
        "export",
        "new",
        "open_store",
        "read_poc",
        "record",
        "run",
        "write_poc",
    ]
    functions: list[Callable[..., object]] = [
        getattr(evaluator, name) for name in evaluator.__all__ if name[0].islower()
    ]
    assert all(function.__doc__ and "return" in function.__annotations__ for function in functions)


def test_python_may_make_and_write_a_poc(place: Path) -> None:
    poc = evaluator.new(small_table(place), target="y")
    evaluator.write_poc(poc, place / "poc.yaml")
    assert evaluator.read_poc(place / "poc.yaml") == poc


def test_importing_is_cheap_and_the_store_needs_no_torch() -> None:
    code = (
        "import sys, evaluator; assert 'pandas' not in sys.modules;"
        "import evaluator.running, evaluator.worker, evaluator.poc_new, evaluator.notebook;"
        "evaluator.store; assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[2])
