"""Settings of a task: converted, bounded, and refused by name with the likely intention."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import pytest

from evaluator.errors import InputError
from evaluator.records import OptionValue
from evaluator.tasks.options import checked
from evaluator.tasks.protocol import Option, Task
from scorecards.local_text import LocalText

TEXT = LocalText(ja="設定", en="option")
TASK = cast(
    "Task",
    SimpleNamespace(
        NAME="demo",
        OPTIONS=(
            Option("horizon", TEXT, TEXT, 24, low=1, high=500),
            Option("share", TEXT, TEXT, 0.5, low=0.0, high=1.0),
            Option("order", TEXT, TEXT, "", choices=("", "dmy", "mdy")),
            Option("strip", TEXT, TEXT, False),
        ),
    ),
)


def test_what_is_not_given_has_its_default() -> None:
    assert checked(TASK, {}) == {"horizon": 24, "share": 0.5, "order": "", "strip": False}


def test_text_from_a_command_line_becomes_the_defaults_type() -> None:
    found = checked(TASK, {"horizon": "48", "share": "0.25", "order": "mdy", "strip": "yes"})
    assert found == {"horizon": 48, "share": 0.25, "order": "mdy", "strip": True}
    assert type(found["horizon"]) is int
    assert type(found["share"]) is float


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("horizon", "2.5", "1 … 500"),
        ("horizon", 0, "1 … 500"),
        ("horizon", "many", "1 … 500"),
        ("horizon", True, "1 … 500"),
        ("share", "nan", "0 … 1"),
        ("order", "ymd", "'', dmy, mdy"),
        ("strip", "perhaps", "true, false"),
    ],
)
def test_a_value_that_does_not_fit_is_refused_with_what_would(name: str, value: OptionValue, allowed: str) -> None:
    with pytest.raises(InputError) as caught:
        checked(TASK, {name: value})
    assert caught.value.where == f"options.{name}"
    assert str(value) in caught.value.what.en
    assert allowed in caught.value.cure.en
    assert allowed in caught.value.cure.ja


def test_an_unknown_option_is_refused_with_the_likely_intention() -> None:
    with pytest.raises(InputError) as caught:
        checked(TASK, {"horzon": 3})
    assert "'horizon'" in caught.value.cure.en
    assert "demo" in caught.value.what.ja
