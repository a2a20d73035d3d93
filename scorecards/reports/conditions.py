"""Under which conditions a PoC was measured: its environment and protocol as lines that people read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from scorecards.formats import format_share, format_value, significant
from scorecards.local_text import Language
from scorecards.phrases import how_name, metric_name, setting_name, variant_name
from scorecards.record import Json, Record
from scorecards.reports.condition_words import KEYS, SPLITS, TRUTH, UNITS, VALUES
from scorecards.reports.words import word

_MOST_UNSTEADY = 5


@dataclass(frozen=True)
class Condition:
    """One line: its label, the value as text and, where it is one number, the number with its unit in words."""

    label: str
    text: str
    number: float | None = None
    unit: str = ""


def environment_rows(record: Record, language: Language) -> list[tuple[str, str]]:
    """Return the environment as (label, text) lines; a warning of a loaded machine and unsteady timings come last."""
    return [(line.label, line.text) for line in environment_conditions(record, language)]


def protocol_rows(record: Record, language: Language) -> list[tuple[str, str]]:
    """Return the protocol, fixed before the first trial, as (label, text) lines."""
    return [(line.label, line.text) for line in protocol_conditions(record, language)]


def environment_conditions(record: Record, language: Language) -> tuple[Condition, ...]:
    """Return the environment's lines with their numbers."""
    plain = {name: value for name, value in record.environment.items() if name != "unstable"}
    warning = load_sentence(record, language)
    warnings = [Condition(word("risk", language), warning)] if warning else []
    return (*_lines(plain, language), *warnings, *_unsteady(record, language))


def protocol_conditions(record: Record, language: Language) -> tuple[Condition, ...]:
    """Return the protocol's lines with their numbers."""
    lines = list(_lines({k: v for k, v in record.protocol.items() if k not in ("settings", "order")}, language))
    order = record.protocol.get("order")
    for seed, names in enumerate(order if isinstance(order, list) else [], start=1):
        if isinstance(names, list):
            label = f"{_key('order', language)} ({'シード' if language == 'ja' else 'seed'} {seed})"
            lines.append(Condition(label, _joined(names, language)))
    settings = record.protocol.get("settings")
    for variant, chosen in (settings if isinstance(settings, dict) else {}).items():
        if isinstance(chosen, dict) and chosen:
            lead = f"{_key('settings', language)} · {variant_name(variant, language)}"
            lines.extend(
                _line(f"{lead} · {_key(name, language)}", name, value, language) for name, value in chosen.items()
            )
    return tuple(lines)


def load_sentence(record: Record, language: Language) -> str:
    """Return a warning where more ran on the machine at the start than it has cores; '' otherwise."""
    load, cores = record.environment.get("load_average"), record.environment.get("usable_cores")
    cores = cores or record.environment.get("logical_cores")
    if not isinstance(load, list) or not load or not isinstance(cores, int | float):
        return ""
    now = load[0]
    if not isinstance(now, int | float) or now <= cores:
        return ""
    if language == "ja":
        return (
            f"測定の開始時に、計算機の負荷 ({significant(now)}) がコア数 ({significant(cores)}) を超えていました。"
            "時間の測定値は、実際より長めに出ている可能性があります。"
        )
    return (
        f"When measuring began, the machine's load ({significant(now)}) was above its {significant(cores)} cores: "
        "measured times may be longer than they would be."
    )


def _unsteady(record: Record, language: Language) -> tuple[Condition, ...]:
    """Return the timings that varied most from seed to seed, at most five, and how many more there are."""
    flags = record.environment.get("unstable")
    known = [
        flag
        for flag in (flags if isinstance(flags, list) else [])
        if isinstance(flag, dict) and isinstance(flag.get("relative_deviation"), float)
    ]
    known.sort(key=lambda flag: -cast(float, flag["relative_deviation"]))
    lines = []
    for flag in known[:_MOST_UNSTEADY]:
        names = (variant_name(str(flag.get("variant")), language), metric_name(str(flag.get("metric")), language))
        setting = setting_name(str(flag.get("setting", "")), language)
        spread = format_share(cast(float, flag["relative_deviation"]), language)
        lines.append(Condition(word("unsteady", language), f"{' · '.join(filter(None, (*names, setting)))}: ±{spread}"))
    left = len(known) - len(lines)
    if left:
        more = f"ほか {left} 件" if language == "ja" else f"{left} more"
        lines.append(Condition(word("unsteady", language), more))
    return tuple(lines)


def _lines(mapping: Mapping[str, Json], language: Language, prefix: str = "") -> list[Condition]:
    lines: list[Condition] = []
    for name, value in mapping.items():
        label = f"{prefix} · {_key(name, language)}" if prefix else _key(name, language)
        if isinstance(value, dict):
            lines.extend(_lines(value, language, _key(name, language)))
        elif value not in (None, "", []):
            lines.append(_line(label, name, value, language))
    return lines


def _line(label: str, name: str, value: Json, language: Language) -> Condition:
    """Return one setting; `name` is its key and tells its unit."""
    if isinstance(value, bool):
        return Condition(label, TRUTH[value].in_language(language))
    if isinstance(value, int | float):
        unit = UNITS.get(name, "")
        if unit == "B":
            return Condition(label, format_value(value, unit, language), float(value), unit)
        word_of_unit = VALUES[unit].in_language(language) if unit in VALUES else unit
        return Condition(label, f"{significant(value, 4)} {word_of_unit}".strip(), float(value), word_of_unit)
    if isinstance(value, list) and len(value) == 1 and isinstance(value[0], int | float):
        if name == "look_confidences":
            return Condition(label, format_share(value[0], language), value[0] * 100, "%")
        return Condition(label, significant(value[0], 4), float(value[0]))
    if isinstance(value, list):
        return Condition(label, _list_text(name, value, language))
    return Condition(label, _word(name, str(value), language))


def _list_text(name: str, values: list[Json], language: Language) -> str:
    if name == "look_confidences":
        return _joined([format_share(v, language) for v in values if isinstance(v, int | float)], language)
    texts = [significant(v, 4) if isinstance(v, int | float) else v for v in values]
    joined = _joined(texts, language)
    if name == "load_average" and len(values) == 3:
        return f"{joined} (1・5・15 分の平均)" if language == "ja" else f"{joined} (over 1, 5, 15 min)"
    return joined


def _joined(values: Sequence[Json], language: Language) -> str:
    return ("、" if language == "ja" else ", ").join(_word("", str(value), language) for value in values)


def _word(name: str, value: str, language: Language) -> str:
    if name == "source":
        return "RAPL" if value == "rapl" else how_name("modelled", language) if value == "modelled" else _clean(value)
    if name == "by" and value in SPLITS:
        return SPLITS[value].in_language(language)
    if value in VALUES:
        return VALUES[value].in_language(language)
    return variant_name(_clean(value), language)


def _key(name: str, language: Language) -> str:
    return KEYS[name].in_language(language) if name in KEYS else _clean(name)


def _clean(text: str) -> str:
    """Return text of the record on one line, without control characters."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
