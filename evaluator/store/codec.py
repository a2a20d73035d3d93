"""Frozen dataclasses to JSON and back, and the hashes that tell whether two of them are the same.

Plain JSON only (never pickle): infinite floats travel as the strings "inf" and "-inf", NaN as "nan".
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import math
import types
from collections.abc import Mapping
from enum import Enum
from pathlib import PurePath
from typing import Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from evaluator.records import PoC
from scorecards.record import Json

T = TypeVar("T")
_NOT_FINITE = {"inf": math.inf, "-inf": -math.inf, "nan": math.nan}


def encode(value: object) -> Json:
    """Return `value` (dataclass, mapping, sequence or scalar) as JSON. Raises TypeError for anything else."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: encode(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, Enum):
        return encode(value.value)
    if isinstance(value, Mapping):
        return {str(key): encode(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [encode(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return "nan" if math.isnan(value) else ("inf" if value > 0 else "-inf")
    if value is None or isinstance(value, str | int | float | bool):
        return value
    raise TypeError(f"{type(value).__name__} has no form in JSON")


def decode(kind: type[T], value: Json) -> T:
    """Return the dataclass `kind` that `encode` wrote. Raises TypeError or KeyError where `value` doesn't fit."""
    result = _decode(kind, value)
    assert isinstance(result, kind)
    return result


def _decode(kind: object, value: Json) -> object:
    if isinstance(kind, type) and dataclasses.is_dataclass(kind):
        if not isinstance(value, dict):
            raise TypeError(f"{kind.__name__} expects an object")
        hints = get_type_hints(kind)
        known = {field.name for field in dataclasses.fields(kind)}
        return kind(**{name: _decode(hints[name], item) for name, item in value.items() if name in known})
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        return _decode_union(get_args(kind), value)
    if origin is tuple:
        return _decode_tuple(get_args(kind), value)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        if not isinstance(value, dict):
            raise TypeError("a mapping expects an object")
        return {name: _decode(get_args(kind)[1], item) for name, item in value.items()}
    if origin is Literal:
        return value
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind(value)
    if kind is float and isinstance(value, int | float | str):
        return _NOT_FINITE[value] if isinstance(value, str) else float(value)
    return value


def _decode_union(kinds: tuple[object, ...], value: Json) -> object:
    if value is None and type(None) in kinds:
        return None
    for kind in kinds:
        if isinstance(kind, type) and isinstance(value, kind) and type(value) is kind:
            return value
    remaining = [kind for kind in kinds if kind is not type(None)]
    return _decode(remaining[0], value) if len(remaining) == 1 else value


def _decode_tuple(kinds: tuple[object, ...], value: Json) -> tuple[object, ...]:
    if not isinstance(value, list):
        raise TypeError("a tuple expects a list")
    if len(kinds) == 2 and kinds[1] is Ellipsis:
        return tuple(_decode(kinds[0], item) for item in value)
    return tuple(_decode(kind, item) for kind, item in zip(kinds, value, strict=True))


def canonical_json(value: object) -> str:
    """Return the one spelling of `value` that hashes are taken of: keys sorted, no spaces."""
    return json.dumps(encode(value), sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def content_hash(value: object) -> str:
    """Return the SHA-256 (hex) of `canonical_json(value)`."""
    return hashlib.sha256(canonical_json(value).encode()).hexdigest()


def poc_hash(poc: PoC) -> str:
    """Return the hash of the question `poc` asks: its id and where on this machine its files lie don't count."""
    names = tuple(PurePath(name).name for name in poc.data.files)
    return content_hash(dataclasses.replace(poc, id="", data=dataclasses.replace(poc.data, files=names)))


def poc_id(poc: PoC) -> str:
    """Return the id of `poc`: its own, or one made of its title and its hash (the same question, the same id)."""
    if poc.id:
        return poc.id
    letters = "".join(char if char.isascii() and char.isalnum() else "-" for char in poc.title.lower())
    slug = "-".join(part for part in letters.split("-") if part)[:40].strip("-")
    return f"{slug or 'poc'}-{poc_hash(poc)[:8]}"
