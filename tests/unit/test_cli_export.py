"""`python -m evaluator export`: the folder it writes, what it tells, and what it refuses in one line."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from safetensors import SafetensorError

import evaluator
from evaluator import plain_export
from evaluator.__main__ import main
from evaluator.errors import InputError
from evaluator.intake.read import detect
from evaluator.networks.registry import variant
from evaluator.store import open_store
from evaluator.tasks.table import load
from tests.kept_models import keep_models
from tests.series_data import ask, make_frame, poc_of, written
from tests.small_poc import small_poc

VARIANTS = ("dense", "hyper", "dense_site", "shared", "boosted_trees")


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A store, and a PoC on a table with five shops whose hypernetwork was trained with seed 1."""
    folder = tmp_path_factory.mktemp("table")
    random = np.random.default_rng(1)
    frame = pd.DataFrame({"a": random.normal(size=300).round(3), "shop": [f"店{n % 5}" for n in range(300)]})
    frame["y"] = np.where(frame["a"] + random.normal(size=300) > 0, "yes", "no")
    frame.to_csv(folder / "table.csv", index=False)
    columns = {"a": "numeric", "shop": "categorical", "y": "categorical"}
    poc = small_poc(
        id="", data=detect([folder / "table.csv"]), site="shop", columns=columns, variants=VARIANTS, title="t"
    )
    return folder / "store", keep_models(folder / "store", poc, ("hyper", "dense", "boosted_trees"))


@pytest.fixture
def export(stored: tuple[Path, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    """Runs the command in a folder of its own; `poc` is the table's unless told."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BLUEPRINT_LANG", "en")

    def run(*words: str, poc: str = "", store: Path | None = None) -> int:
        return main(["export", poc or stored[1], "--store", str(store or stored[0]), *words])

    return run


def data_of(stored: tuple[Path, str]) -> Any:
    return load(open_store(str(stored[0])).folder(stored[1]) / "data")


def site_of(stored: tuple[Path, str], place: int) -> str:
    return str(data_of(stored).site_names[place])


def test_it_writes_what_dense_reads_and_tells_the_difference(
    stored: tuple[Path, str], export: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data, site = data_of(stored), site_of(stored, 1)
    assert export("--variant", "hyper", "--site", site, "-o", "plain") == 0
    rows = data.test.take(data.test.site == 1)
    assert f"Wrote plain. Largest difference of the outputs on {rows.rows} rows: " in capsys.readouterr().err
    plain = variant("dense").load(tmp_path / "plain", data)
    assert not plain.generates()
    model = open_store(str(stored[0])).folder(stored[1]) / "trials" / "hyper-1" / "model"
    hyper = variant("hyper").load(model, data)
    np.testing.assert_allclose(plain.predict(rows), hyper.predict(rows), atol=1e-5)
    told = json.loads((tmp_path / "plain" / "export.json").read_text(encoding="utf-8"))
    assert (told["variant"], told["seed"], told["site"], told["rows"]) == ("hyper", 1, site, rows.rows)
    assert told["difference"] <= 1e-5
    assert sorted(path.name for path in tmp_path.iterdir()) == ["plain"]


def test_without_a_site_it_is_compared_on_the_sites_never_seen(stored: tuple[Path, str], tmp_path: Path) -> None:
    done = evaluator.export(stored[1], tmp_path / "plain", variant="hyper", store=str(stored[0]))
    assert (done.site, done.rows) == ("", data_of(stored).new_test.rows)
    assert done.folder == tmp_path / "plain"


def test_outputs_that_differ_leave_nothing_behind(
    export: Callable[..., int],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    from evaluator.networks.table.torch_fitted import TorchFitted

    as_they_are = TorchFitted.outputs

    def changed(self: TorchFitted, part: Any) -> Any:
        return as_they_are(self, part) + (3e-5 if self.variant == "dense" else 0.0)

    monkeypatch.setattr(TorchFitted, "outputs", changed)
    assert export("--variant", "hyper", "-o", "plain") == 2
    told = capsys.readouterr().err
    assert "differ from the hypernetwork's by up to 3.0e-05 (allowed: 1e-05)" in told
    assert len(told.splitlines()) == 1
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--variant", "hiper"], "This PoC has no variant 'hiper'. Choose one of: dense, hyper, dense_site, shared"),
        (["--variant", "hyper", "--site", "nowhere"], "There is no site 'nowhere'. Choose one of: 店"),
        (["--variant", "hyper", "--seed", "2"], "no trained model of 'hyper' with seed 2. Seeds that are kept: 1."),
        (["--variant", "shared"], "no trained model of 'shared' with seed 1. Run the PoC first"),
        (["--variant", "dense"], "dense is a plain model already"),
        (["--variant", "boosted_trees"], "There is no plain model of boosted_trees in the form of dense"),
        ([], "the following arguments are required: --variant"),
    ],
)
def test_what_cannot_be_exported_is_one_line(
    export: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str], told: str
) -> None:
    assert export(*words, "-o", "plain") == 2
    line = capsys.readouterr().err
    assert told in line
    assert len(line.splitlines()) == 1
    assert not list(tmp_path.iterdir())


def test_a_folder_that_exists_is_kept(
    export: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "plain").mkdir()
    (tmp_path / "plain" / "mine.txt").write_text("mine", encoding="ascii")
    assert export("--variant", "hyper", "-o", "plain") == 2
    assert capsys.readouterr().err == "plain: This exists already; it is kept. " + (
        "Name a folder with -o that doesn't exist yet.\n"
    )
    assert [path.name for path in (tmp_path / "plain").iterdir()] == ["mine.txt"]
    assert export("--variant", "hyper", "-o", "no/where") == 2
    assert "The folder to write to does not exist." in capsys.readouterr().err


def test_a_poc_that_is_not_there_is_one_line(export: Callable[..., int], capsys: pytest.CaptureFixture[str]) -> None:
    assert export("--variant", "hyper", "-o", "plain", poc="nothing") == 2
    assert "nothing" in capsys.readouterr().err


def test_weights_that_are_made_at_every_step_have_no_plain_model(
    export: Callable[..., int], tmp_path_factory: pytest.TempPathFactory, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path_factory.mktemp("series")
    poc = poc_of(ask(written(folder, make_frame(days=150, stores=3)), {}), id="")
    poc = replace(poc, variants=("dense", "hyper", "hyper_dynamic", "dense_site"))
    name = keep_models(folder / "store", poc, ("hyper_dynamic",))
    assert export("--variant", "hyper_dynamic", "-o", "plain", poc=name, store=folder / "store") == 2
    line = capsys.readouterr().err
    assert "hyper_dynamic generates its weights anew at every step: no plain model gives the same outputs." in line
    assert len(line.splitlines()) == 1


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (OSError(28, "No space left on device"), "The disk is full, so nothing was written."),
        (SafetensorError("I/O error: No space left on device (os error 28)"), "The disk is full, so nothing was"),
        (OSError(13, "Permission denied"), "The folder couldn't be written (Permission denied)."),
    ],
)
def test_a_disk_that_takes_no_more_is_one_line_and_nothing_is_left(
    export: Callable[..., int],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    error: Exception,
    told: str,
) -> None:
    from evaluator.networks import stored_network

    def fail(_tensors: object, _file: Path) -> None:
        raise error

    monkeypatch.setattr(stored_network, "save_file", fail)
    assert export("--variant", "hyper", "-o", "plain") == 2
    line = capsys.readouterr().err
    assert told in line
    assert len(line.splitlines()) == 1
    assert not list(tmp_path.iterdir())


def test_a_model_that_cannot_be_read_is_one_line(
    stored: tuple[Path, str], export: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    model = open_store(str(stored[0])).folder(stored[1]) / "trials" / "hyper-1" / "model" / "model.safetensors"
    content = model.read_bytes()
    model.write_bytes(content[:100])
    try:
        assert export("--variant", "hyper", "-o", "plain") == 2
    finally:
        model.write_bytes(content)
    assert "can't be read: removed, or made by another version." in capsys.readouterr().err


def test_a_difference_is_a_share_of_the_largest_output_and_nan_is_none_to_pass() -> None:
    wanted = np.array([[0.5, -200.0]], dtype=np.float32)
    assert plain_export.largest_difference(wanted, wanted + np.float32(1.0)) == pytest.approx(1 / 200)
    assert plain_export.largest_difference(wanted / 400, wanted / 400 + np.float32(0.5)) == pytest.approx(0.5)
    assert np.isnan(plain_export.largest_difference(wanted, wanted * np.nan))
    assert np.isnan(plain_export.largest_difference(wanted[:0], wanted[:0]))


def test_every_refusal_speaks_both_languages(stored: tuple[Path, str], tmp_path: Path) -> None:
    store = open_store(str(stored[0]))
    for name, site in (("dense", ""), ("hyper", "nowhere"), ("hiper", "")):
        with pytest.raises(InputError) as error:
            plain_export.export_plain(store, stored[1], name, tmp_path / "plain", site=site)
        assert error.value.line("ja") != error.value.line("en")
