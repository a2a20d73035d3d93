from __future__ import annotations

import json

import pytest

from scorecards.errors import InputError
from scorecards.record_json import from_json, to_dict, to_json
from tests.example_record import KINDS, Kind, example_record

PROMISED = ("poc", "verdict", "criteria", "business", "measurements", "protocol", "environment", "hashes")


@pytest.mark.parametrize("kind", KINDS)
def test_a_record_comes_back_as_it_was(kind: Kind) -> None:
    record = example_record(kind)
    again = from_json(to_json(record))
    assert again.judgement == record.judgement
    assert again.scorecard == record.scorecard
    assert again.assumptions == record.assumptions
    assert again.failures == record.failures
    assert (again.dataset, again.variants, again.hashes) == (record.dataset, record.variants, record.hashes)
    assert again.measurements.equals(record.measurements)
    assert again.measurements.dtypes.equals(record.measurements.dtypes)
    assert again.curves.equals(record.curves)
    assert to_json(again) == to_json(record)


def test_the_command_lines_keys_are_there() -> None:
    data = to_dict(example_record("conditional"))
    assert set(PROMISED) <= set(data)
    criterion = data["criteria"][0]  # type: ignore[index]
    assert {"id", "state", "value", "low", "high", "threshold", "unit", "met_as_is"} <= set(criterion)  # type: ignore[arg-type]
    business = data["business"]
    assert set(business["npv"]) == {"p10", "p50", "p90"}  # type: ignore[index, call-overload, arg-type]
    assert {"payback_months", "break_even_sites"} <= set(business)  # type: ignore[arg-type]


def test_infinite_times_are_strings_and_json_stays_strict() -> None:
    text = to_json(example_record("infinite"))

    def refuse(literal: str) -> float:
        raise AssertionError(literal)

    rows = json.loads(text, parse_constant=refuse)["measurements"]
    assert any(row["value"] == "inf" for row in rows)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"poc": 1}', "not json"])
def test_what_is_no_record_is_refused_in_both_languages(text: str) -> None:
    with pytest.raises(InputError) as caught:
        from_json(text)
    assert caught.value.line("ja") != caught.value.line("en")


def test_an_unknown_field_is_refused() -> None:
    data = to_dict(example_record("go"))
    data["record"]["dataset"]["colour"] = "red"  # type: ignore[index, call-overload]
    with pytest.raises(InputError, match="colour"):
        from_json(json.dumps(data))
