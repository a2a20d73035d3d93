"""The samples: as the scripts make them, readable, and with the question that they announce."""

from __future__ import annotations

import pytest

from evaluator.intake.profile import profile
from evaluator.intake.propose import check_question, propose
from evaluator.intake.read import detect, read_table
from evaluator.poc_new import new_poc
from evaluator.tasks import fitting_tasks
from sample_data import Sample, sample, samples
from sample_data.make import made
from sample_data.store_demand.make import HEADER, rows

ALL = samples()


@pytest.mark.parametrize("one", [one for one in ALL if one.task == "table"], ids=lambda one: one.id)
def test_a_sample_is_read_and_proposes_its_own_question(one: Sample) -> None:
    source = detect([one.path])
    frame = read_table(source)
    table = profile(frame, source)
    proposal = propose(table, frame)
    assert (proposal.target, proposal.site) == (one.target, one.site)
    assert [finding for finding in proposal.findings if finding.code == "leak"] == []
    check_question(frame, table, one.target, one.site, columns=proposal.columns)


@pytest.mark.parametrize("one", ALL, ids=lambda one: one.id)
def test_the_script_makes_exactly_what_is_kept(one: Sample) -> None:
    assert made(one.path) == one.path.read_bytes()
    assert (one.path.parent / "README.md").exists()


@pytest.mark.parametrize("one", ALL, ids=lambda one: one.id)
def test_a_sample_becomes_a_poc_of_its_task(one: Sample) -> None:
    found = new_poc([one.path], task=one.task, target=one.target, site=one.site)
    assert (found.poc.task, found.poc.target, found.poc.site) == (one.task, one.target, one.site)
    assert one.task in fitting_tasks([one.path])
    assert found.poc.scorecard.candidate in found.poc.variants


def test_the_synthetic_table_says_so_and_fits_cp932() -> None:
    first = samples()[0]
    assert first.synthetic
    assert "合成" in first.title.ja
    assert "synthetic" in first.title.en
    lines = [HEADER, *rows()]
    assert len(lines) == 3001
    for row in lines:
        ",".join(row).encode("cp932")


def test_samples_stay_small_and_are_found_by_name() -> None:
    assert sum(one.path.stat().st_size for one in samples()) < 2_000_000
    assert sample("diabetes").target == "progression"
    with pytest.raises(KeyError):
        sample("nothing")
