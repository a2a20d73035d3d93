"""A record's environment and protocol in words: units, names of budgets and variants, no raw JSON."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from dashboard.wording import Words
from scorecards.formats import format_share, format_value, significant
from scorecards.local_text import Language
from scorecards.phrases import metric_name, setting_name, variant_name
from scorecards.record import Json, Record

_SHORT_HASH = 12


@dataclass(frozen=True)
class Fact:
    """One line of a table of facts; `lines` stand below each other."""

    name: str
    lines: tuple[str, ...]


def environment_lines(record: Record, words: Words) -> tuple[Fact, ...]:
    """Return where was measured; unsteady figures come by `unsteady`."""
    return _facts({name: value for name, value in record.environment.items() if name != "unstable"}, words)


def protocol_lines(record: Record, words: Words) -> tuple[Fact, ...]:
    """Return what was fixed before the first trial, then the hashes."""
    hashes = tuple(Fact(words("evidence.hash", of=name), (value,)) for name, value in record.hashes.items())
    return _facts({name: value for name, value in record.protocol.items() if name != "unstable"}, words) + hashes


def unsteady(record: Record, language: Language) -> tuple[tuple[str, str, str], ...]:
    """Return (variant, metric with setting, spread) of every timing that varied too much from seed to seed."""
    flags = record.environment.get("unstable")
    rows = []
    for flag in flags if isinstance(flags, list) else []:
        if not isinstance(flag, dict):
            continue
        spread = flag.get("relative_deviation")
        setting = setting_name(str(flag.get("setting", "")), language)
        metric = metric_name(str(flag.get("metric", "")), language) + (f" ({setting})" if setting else "")
        shown = f"±{format_share(spread, language)}" if isinstance(spread, float) else "—"
        rows.append((variant_name(str(flag.get("variant", "")), language), metric, shown))
    return tuple(rows)


def _facts(values: Mapping[str, Json], words: Words) -> tuple[Fact, ...]:
    found = []
    for name, value in values.items():
        key = f"facts.{name}"
        found.append(Fact(words(key) if key in words else name, _lines(name, value, words)))
    return tuple(found)


def _lines(name: str, value: Json, words: Words) -> tuple[str, ...]:
    if value is None or value == "" or value == {}:
        return (words("evidence.not_known"),)
    own = _OWN.get(name)
    return own(value, words) if own else (_plain(value, words),)


def _plain(value: Json, words: Words) -> str:
    """Return any value in words; an object as 'name value' pairs."""
    if value is None or value == "":
        return words("evidence.not_known")
    if isinstance(value, bool):
        return words("evidence.yes" if value else "evidence.no")
    if isinstance(value, dict):
        return _joined([f"{name} {_plain(inner, words)}" for name, inner in value.items()], words)
    if isinstance(value, list):
        return _joined([_plain(inner, words) for inner in value], words) or words("evidence.none")
    if isinstance(value, float):
        return f"{int(value)}" if value.is_integer() else significant(value, 4)
    return str(value)


def _joined(parts: Sequence[str], words: Words) -> str:
    return ("、" if words.language == "ja" else ", ").join(parts)


def _bytes(value: Json, words: Words) -> tuple[str, ...]:
    return (
        format_value(float(value), "B", words.language) if isinstance(value, int | float) else _plain(value, words),
    )


def _budget(value: Json, words: Words) -> tuple[str, ...]:
    key = f"budgets.{value}.name"
    return (words(key) if key in words else str(value),)


def _variants(value: Json, words: Words) -> tuple[str, ...]:
    names = [variant_name(str(name), words.language) for name in value] if isinstance(value, list) else [str(value)]
    return (_joined(names, words),)


def _shares(value: Json, words: Words) -> tuple[str, ...]:
    numbers = value if isinstance(value, list) else [value]
    shown = [format_share(number, words.language) for number in numbers if isinstance(number, int | float)]
    return (_joined(shown, words),)


def _seeds(value: Json, words: Words) -> tuple[str, ...]:
    numbers = [number for number in value if isinstance(number, int)] if isinstance(value, list) else []
    if len(numbers) > 2 and numbers == list(range(numbers[0], numbers[-1] + 1)):
        return (f"{numbers[0]} 〜 {numbers[-1]}" if words.language == "ja" else f"{numbers[0]} to {numbers[-1]}",)
    return (_plain(value, words),)


def _limits(value: Json, words: Words) -> tuple[str, ...]:
    if not isinstance(value, dict):
        return (_plain(value, words),)
    return tuple(_limit(name, number, words) for name, number in value.items())


def _limit(name: str, number: Json, words: Words) -> str:
    key = f"limits.{name}"
    shown = _plain(number, words)
    if name.endswith("_seconds") and isinstance(number, int | float) and math.isfinite(number):
        shown = format_value(float(number), "s", words.language)
    return words(key, most=shown) if key in words else f"{name} {shown}"


def _split(value: Json, words: Words) -> tuple[str, ...]:
    if not isinstance(value, dict):
        return (_plain(value, words),)
    key = f"new.splits.{value.get('by')}"
    parts = [words(key) if key in words else str(value.get("by"))]
    if value.get("column"):
        parts.append(words("evidence.split_column", column=str(value["column"])))
    return (_joined(parts, words),)


def _settings(value: Json, words: Words) -> tuple[str, ...]:
    if not isinstance(value, dict):
        return (_plain(value, words),)
    colon = ": "
    return tuple(
        f"{variant_name(name, words.language)}{colon}{_plain(chosen, words)}"
        for name, chosen in value.items()
        if chosen
    ) or (words("evidence.none"),)


def _energy(value: Json, words: Words) -> tuple[str, ...]:
    source = value.get("source") if isinstance(value, dict) else value
    watts = value.get("watts_per_core") if isinstance(value, dict) else None
    if source == "rapl":
        return (words("evidence.energy_measured"),)
    if source == "modelled":
        if isinstance(watts, int | float):
            return (words("evidence.energy_modelled_by", watts=significant(watts)),)
        return (words("evidence.energy_modelled"),)
    return (_plain(value, words),)


def _packages(value: Json, words: Words) -> tuple[str, ...]:
    if not isinstance(value, dict):
        return (_plain(value, words),)
    return (_joined([f"{name} {version}" for name, version in value.items() if version], words),)


_OWN: Mapping[str, Callable[[Json, Words], tuple[str, ...]]] = {
    "memory_bytes": _bytes,
    "budget": _budget,
    "variants": _variants,
    "look_confidences": _shares,
    "confidence": _shares,
    "seeds": _seeds,
    "limits": _limits,
    "tuning_limits": _limits,
    "split": _split,
    "settings": _settings,
    "energy": _energy,
    "power_source": _energy,
    "packages": _packages,
    "commit": lambda value, _: (str(value)[:_SHORT_HASH] + ("+" if str(value).endswith("+") else ""),),
    "device": lambda value, _: (str(value).upper() if value == "cpu" else str(value),),
    "order": lambda _, words: (words("evidence.order_text"),),
}
