"""Checking the settings of a task that a user gave: each by its `Option`. Torch-free."""

from __future__ import annotations

import math
from collections.abc import Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING

from evaluator.errors import InputError
from evaluator.records import OptionValue
from scorecards.local_text import LocalText

if TYPE_CHECKING:
    from evaluator.tasks.protocol import Option, Task

_FLAGS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


def checked(task: Task, given: Mapping[str, OptionValue]) -> dict[str, OptionValue]:
    """Return every option of `task`, those in `given` as given (text is converted), the others by default.

    Raises InputError for an unknown name or a value that doesn't fit.
    """
    known = {option.name: option for option in task.OPTIONS}
    for name in given:
        if name not in known:
            raise _unknown(name, task)
    return {name: _value(option, given.get(name, option.default)) for name, option in known.items()}


def _value(option: Option, value: OptionValue) -> OptionValue:
    if isinstance(option.default, bool):
        flag = value if isinstance(value, bool) else _FLAGS.get(str(value).strip().lower())
        if flag is None:
            raise _unfit(option, value, "true, false")
        return flag
    if isinstance(option.default, int | float):
        return _number(option, value)
    if option.choices and str(value) not in option.choices:
        raise _unfit(option, value, ", ".join(choice or "''" for choice in option.choices))
    return str(value)


def _number(option: Option, value: OptionValue) -> OptionValue:
    whole = isinstance(option.default, int)
    low = -math.inf if option.low is None else option.low
    high = math.inf if option.high is None else option.high
    bounds = f"{low:g} … {high:g}"
    try:
        number = float(value)
    except ValueError as error:
        raise _unfit(option, value, bounds) from error
    if isinstance(value, bool) or not low <= number <= high or (whole and number != int(number)):
        raise _unfit(option, value, bounds)
    return int(number) if whole else number


def _unknown(name: str, task: Task) -> InputError:
    names = [option.name for option in task.OPTIONS]
    close = get_close_matches(name, names, n=1)
    known = ", ".join(names) or "-"
    return InputError(
        LocalText(
            ja=f"タスク {task.NAME} に、設定「{name}」はありません。",
            en=f"The task {task.NAME} has no option '{name}'.",
        ),
        where=f"options.{name}",
        cure=LocalText(
            ja=(f"「{close[0]}」ではありませんか。" if close else "") + f"指定できる設定: {known}",
            en=(f"Did you mean '{close[0]}'? " if close else "") + f"Its options: {known}.",
        ),
    )


def _unfit(option: Option, value: OptionValue, allowed: str) -> InputError:
    return InputError(
        LocalText(
            ja=f"設定「{option.name}」の値「{value}」は使えません。",
            en=f"'{value}' is no value for the option '{option.name}'.",
        ),
        where=f"options.{option.name}",
        cure=LocalText(ja=f"指定できる値: {allowed}", en=f"Possible values: {allowed}."),
    )
