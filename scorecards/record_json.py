"""A record as JSON and back, without loss.

The keys `poc`, `verdict`, `criteria`, `business`, `measurements`, `protocol`, `environment` and `hashes` are what the
command line promises; `record` holds the rest that is needed to build the record again. JSON has no infinity:
infinite and missing floats are the strings "inf", "-inf" and "nan" wherever a number may stand, and every float keeps
its exact value. A measurement of a time or steps to the target whose `value` is "inf" never reached the target within
its limit; a criterion's `low` or `high` is "-inf" or "inf" where nothing bounds it. Readers that expect numbers must
handle these strings (`float("inf")` reads them in Python).
"""

from __future__ import annotations

import dataclasses
import json
import math
import types
import typing
from collections.abc import Mapping
from enum import Enum
from typing import Any, TypeVar, cast

import pandas as pd

from scorecards.assumptions import Assumptions
from scorecards.criteria import Scorecard
from scorecards.errors import InputError
from scorecards.judgement import CriterionResult, Judgement
from scorecards.local_text import LocalText
from scorecards.record import (
    CURVE_COLUMNS,
    MEASUREMENT_COLUMNS,
    CurvePoint,
    DatasetFacts,
    Json,
    Measurement,
    Record,
    TrialFailure,
)

FORMAT_VERSION = 1
_T = TypeVar("_T")
_SPECIAL = {"inf": math.inf, "-inf": -math.inf, "nan": math.nan}


def to_dict(record: Record) -> dict[str, Json]:
    """Return the record as plain JSON values, the command line's keys first."""
    judgement = record.judgement
    return {
        "format": FORMAT_VERSION,
        "poc": {"id": record.id, "title": record.title, "task": record.task},
        "verdict": {
            "state": judgement.verdict.state.value,
            "reasons": [plain(reason) for reason in judgement.verdict.reasons],
            "rival": judgement.verdict.rival,
            "score": plain(judgement.verdict.score),
        },
        "criteria": [_criterion(result) for result in judgement.criteria],
        "business": _business(judgement),
        "measurements": frame_rows(record.measurements, MEASUREMENT_COLUMNS),
        "protocol": plain(record.protocol),
        "environment": plain(record.environment),
        "hashes": dict(record.hashes),
        "record": {
            "version": record.version,
            "created": record.created,
            "finished": record.finished,
            "dataset": plain(record.dataset),
            "variants": list(record.variants),
            "scorecard": plain(record.scorecard),
            "assumptions": plain(record.assumptions),
            "curves": frame_rows(record.curves, CURVE_COLUMNS),
            "failures": [plain(failure) for failure in record.failures],
            "judgement": plain(judgement),
            "exhibits": plain(record.exhibits),
        },
    }


def to_json(record: Record, *, indent: int | None = None) -> str:
    """Return the record as JSON text (UTF-8 characters as they are; no NaN or Infinity literals)."""
    return json.dumps(to_dict(record), ensure_ascii=False, allow_nan=False, indent=indent)


def from_json(text: str) -> Record:
    """Return the record that `to_json` wrote. Raises InputError when the text is not such a record."""
    try:
        return from_dict(json.loads(text))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InputError(
            LocalText(
                ja=f"Blueprint の記録として読み取れません ({type(error).__name__}: {error})。",
                en=f"This is not a record that Blueprint wrote ({type(error).__name__}: {error}).",
            ),
            cure=LocalText(
                ja="Blueprint が書き出した JSON を、変更せずに渡してください。",
                en="Give the JSON file as Blueprint wrote it.",
            ),
        ) from error


def from_dict(data: Mapping[str, Json]) -> Record:
    """Return the record of `to_dict`'s mapping. Raises KeyError, TypeError or ValueError when a part is wrong."""
    poc, rest = _mapping(data["poc"]), _mapping(data["record"])
    return Record(
        id=str(poc["id"]),
        title=str(poc["title"]),
        task=str(poc["task"]),
        version=int(cast(int, rest["version"])),
        created=str(rest["created"]),
        finished=str(rest["finished"]),
        dataset=_build(DatasetFacts, rest["dataset"]),
        variants=tuple(str(name) for name in _list(rest["variants"])),
        scorecard=_build(Scorecard, rest["scorecard"]),
        assumptions=_build(Assumptions, rest["assumptions"]),
        measurements=_frame(data["measurements"], Measurement),
        curves=_frame(rest["curves"], CurvePoint),
        failures=tuple(_build(TrialFailure, item) for item in _list(rest["failures"])),
        protocol=_restored(_mapping(data["protocol"])),
        environment=_restored(_mapping(data["environment"])),
        hashes={name: str(value) for name, value in _mapping(data["hashes"]).items()},
        judgement=_build(Judgement, rest["judgement"]),
        exhibits=_restored(_mapping(rest.get("exhibits", {}))),
    )


def plain(value: object) -> Json:
    """Return dataclasses, mappings, tuples and enums as plain JSON values; infinite and missing floats as strings."""
    if isinstance(value, Enum):
        return plain(value.value)
    if value is None or isinstance(value, str | bool):
        return value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else "nan" if math.isnan(value) else "inf" if value > 0 else "-inf"
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if hasattr(value, "item"):
        return plain(value.item())
    raise TypeError(f"{type(value).__name__} has no JSON form")


def frame_rows(frame: pd.DataFrame, columns: tuple[str, ...]) -> list[Json]:
    """Return a frame's rows as mappings, in the order of `columns`."""
    return [
        dict(zip(columns, (plain(value) for value in row), strict=True))
        for row in frame[list(columns)].itertuples(index=False, name=None)
    ]


def _criterion(result: CriterionResult) -> Json:
    names = (
        "id",
        "state",
        "value",
        "low",
        "high",
        "threshold",
        "unit",
        "n",
        "how",
        "points",
        "more_seeds",
        "met_as_is",
    )
    return {name: plain(getattr(result, name)) for name in names}


def _business(judgement: Judgement) -> Json:
    money = judgement.business
    return {
        "currency": money.currency,
        "horizon_years": money.horizon_years,
        "npv": {"p10": plain(money.npv_p10), "p50": plain(money.npv_p50), "p90": plain(money.npv_p90)},
        "npv_likely": plain(money.npv_likely),
        "probability_positive": plain(money.probability_positive),
        "payback_months": plain(money.payback_months),
        "break_even_sites": money.break_even_sites,
    }


def _frame(rows: Json, row_type: type) -> pd.DataFrame:
    hints = typing.get_type_hints(row_type)
    columns = tuple(hints)
    records = [_mapping(row) for row in _list(rows)]
    data = {name: [_typed(hints[name], row[name]) for row in records] for name in columns}
    frame = pd.DataFrame(data, columns=list(columns))
    kinds = {int: "int64", float: "float64"}
    return frame.astype({name: kinds[hint] for name, hint in hints.items() if hint in kinds})


def _build(kind: type[_T], value: Json) -> _T:
    """Return `value` as an object of dataclass `kind`. Raises TypeError on an unknown or missing field."""
    fields = _mapping(value)
    hints = typing.get_type_hints(kind)
    return kind(**{name: _typed(hints[name], item) for name, item in fields.items() if _known(name, hints, kind)})


def _known(name: str, hints: Mapping[str, Any], kind: type) -> bool:
    if name not in hints:
        raise TypeError(f"{kind.__name__} has no field {name!r}")
    return True


def _typed(hint: Any, value: Json) -> Any:
    """Return a JSON value as the type that a field's annotation names."""
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        return _typed_union(args, value)
    if origin is typing.Literal:
        return value
    if origin is tuple:
        items = _list(value)
        if len(args) == 2 and args[1] is Ellipsis:
            return tuple(_typed(args[0], item) for item in items)
        return tuple(_typed(arg, item) for arg, item in zip(args, items, strict=True))
    if origin is not None and issubclass(origin, Mapping):
        return {key: _typed(args[1], item) for key, item in _mapping(value).items()}
    if dataclasses.is_dataclass(hint):
        return _build(cast(type, hint), value)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return hint(value)
    return _SPECIAL[value] if hint is float and isinstance(value, str) else _scalar(hint, value)


def _typed_union(args: tuple[Any, ...], value: Json) -> Any:
    if value is None:
        return None
    if float in args and isinstance(value, str):
        return _SPECIAL.get(value, value)
    others = [arg for arg in args if arg is not type(None)]
    return _typed(others[0], value) if len(others) == 1 else value


def _scalar(hint: Any, value: Json) -> Any:
    if hint is float:
        return float(cast(float, value))
    return value


def _restored(value: Mapping[str, Json]) -> Mapping[str, Json]:
    return dict(value)


def _mapping(value: object) -> Mapping[str, Json]:
    if not isinstance(value, Mapping):
        raise TypeError("a JSON object was expected")
    return value


def _list(value: object) -> list[Json]:
    if not isinstance(value, list):
        raise TypeError("a JSON array was expected")
    return value
