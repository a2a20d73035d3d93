"""The sample tables: as the script makes them, readable, and with the question that they announce."""

from __future__ import annotations

import pytest

from evaluator.intake.profile import profile
from evaluator.intake.propose import check_question, propose
from evaluator.intake.read import detect, read_table
from sample_data import Sample, sample, samples
from sample_data.make import TABLES
from sample_data.store_demand.make import HEADER, rows


@pytest.mark.parametrize("one", samples(), ids=lambda one: one.id)
def test_a_sample_is_read_and_proposes_its_own_question(one: Sample) -> None:
    source = detect([one.path])
    frame = read_table(source)
    table = profile(frame, source)
    proposal = propose(table, frame)
    assert (proposal.target, proposal.site) == (one.target, one.site)
    assert [finding for finding in proposal.findings if finding.code == "leak"] == []
    check_question(frame, table, one.target, one.site, columns=proposal.columns)


@pytest.mark.parametrize("one", samples(), ids=lambda one: one.id)
def test_the_script_makes_exactly_what_is_kept(one: Sample) -> None:
    assert TABLES[one.id]() == one.path.read_text(encoding="utf-8")
    assert (one.path.parent / "README.md").exists()


def test_the_synthetic_table_says_so_and_fits_cp932() -> None:
    first = samples()[0]
    assert first.synthetic
    assert "合成" in first.title.ja
    assert "synthetic" in first.title.en
    made = [HEADER, *rows()]
    assert len(made) == 3001
    for row in made:
        ",".join(row).encode("cp932")


def test_samples_stay_small_and_are_found_by_name() -> None:
    assert sum(one.path.stat().st_size for one in samples()) < 400_000
    assert sample("diabetes").target == "progression"
    with pytest.raises(KeyError):
        sample("nothing")
