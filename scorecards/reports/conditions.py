"""Under which conditions a PoC was measured: its environment and protocol as lines that people read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import cast

from scorecards.formats import MISSING, format_share, format_value, significant
from scorecards.local_text import Language
from scorecards.phrases import how_name, metric_name, setting_name, variant_name
from scorecards.record import Json, Record
from scorecards.reports.condition_words import KEYS, SHARES, SPLITS, TRUTH, UNITS, VALUES
from scorecards.reports.words import word

_MOST_UNSTEADY = 5
_HASH_LETTERS = 12


@dataclass(frozen=True)
class Condition:
    """One line: its label, the value as text and, where it is one number, the number with its unit in words.

    `group`: what the lines that belong together are called; their labels start with it, and `item` is what they add.
    """

    label: str
    text: str
    number: float | None = None
    unit: str = ""
    group: str = ""
    item: str = ""


@dataclass(frozen=True)
class UnsteadyTiming:
    """A timing that varied too much from seed to seed; `spread`: standard deviation over mean, in words."""

    variant: str
    metric: str
    setting: str
    spread: str


def environment_rows(record: Record, language: Language) -> list[tuple[str, str]]:
    """Return the environment as (label, text) lines; a warning of a loaded machine and unsteady timings come last."""
    return [(line.label, line.text) for line in environment_conditions(record, language)]


def protocol_rows(record: Record, language: Language) -> list[tuple[str, str]]:
    """Return the protocol, fixed before the first trial, as (label, text) lines."""
    return [(line.label, line.text) for line in protocol_conditions(record, language)]


def environment_conditions(record: Record, language: Language) -> tuple[Condition, ...]:
    """Return the environment's lines with their numbers, a warning of a loaded machine and unsteady timings last."""
    return (*machine_conditions(record, language), *_unsteady(record, language))


def machine_conditions(record: Record, language: Language) -> tuple[Condition, ...]:
    """Return the environment's lines without the unsteady timings; a warning of a loaded machine comes last."""
    plain = {name: value for name, value in record.environment.items() if name != "unstable"}
    warning = load_sentence(record, language)
    warnings = [Condition(word("risk", language), warning)] if warning else []
    return (*_lines(plain, language), *warnings)


def protocol_conditions(record: Record, language: Language) -> tuple[Condition, ...]:
    """Return the protocol's lines with their numbers."""
    apart = ("settings", "order", "unstable")
    plain = {name: value for name, value in record.protocol.items() if name not in apart}
    return (*_lines(plain, language), *_order(record, language), *_settings(record, language))


def _order(record: Record, language: Language) -> Iterator[Condition]:
    order, group = record.protocol.get("order"), _key("order", language)
    for seed, names in enumerate(order if isinstance(order, list) else [], start=1):
        if isinstance(names, list):
            item = f"{'シード' if language == 'ja' else 'seed'} {seed}"
            yield Condition(f"{group} ({item})", _joined(names, language), group=group, item=item)


def _settings(record: Record, language: Language) -> Iterator[Condition]:
    settings, group = record.protocol.get("settings"), _key("settings", language)
    for variant, chosen in (settings if isinstance(settings, dict) else {}).items():
        for name, value in (chosen if isinstance(chosen, dict) else {}).items():
            yield _within(group, f"{variant_name(variant, language)} · {_key(name, language)}", name, value, language)


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


def unsteady_timings(record: Record, language: Language) -> tuple[UnsteadyTiming, ...]:
    """Return every timing that varied too much from seed to seed, the worst first."""
    flags = record.environment.get("unstable")
    known = [
        flag
        for flag in (flags if isinstance(flags, list) else [])
        if isinstance(flag, dict) and isinstance(flag.get("relative_deviation"), float)
    ]
    known.sort(key=lambda flag: -cast(float, flag["relative_deviation"]))
    return tuple(
        UnsteadyTiming(
            variant_name(str(flag.get("variant")), language),
            metric_name(str(flag.get("metric")), language),
            setting_name(str(flag.get("setting", "")), language),
            f"±{format_share(cast(float, flag['relative_deviation']), language)}",
        )
        for flag in known
    )


def _unsteady(record: Record, language: Language) -> tuple[Condition, ...]:
    """Return the timings that varied most from seed to seed, at most five, and how many more there are."""
    known, lines = unsteady_timings(record, language), []
    for timing in known[:_MOST_UNSTEADY]:
        names = " · ".join(filter(None, (timing.variant, timing.metric, timing.setting)))
        lines.append(Condition(word("unsteady", language), f"{names}: {timing.spread}"))
    left = len(known) - len(lines)
    if left:
        more = f"ほか {left} 件" if language == "ja" else f"{left} more"
        lines.append(Condition(word("unsteady", language), more))
    return tuple(lines)


def _lines(mapping: Mapping[str, Json], language: Language) -> Iterator[Condition]:
    """Return a line a setting, one for each part of an object; what could not be found out says so."""
    for name, value in mapping.items():
        label = _key(name, language)
        if isinstance(value, dict):
            known = ((part, inner) for part, inner in value.items() if inner not in (None, "", [], {}))
            yield from (_within(label, _key(part, language), part, inner, language) for part, inner in known)
        elif value is None:
            yield Condition(label, word("not_known", language))
        elif value not in ("", []):
            yield _line(label, name, value, language)


def _within(group: str, item: str, name: str, value: Json, language: Language) -> Condition:
    return replace(_line(f"{group} · {item}", name, value, language), group=group, item=item)


def _line(label: str, name: str, value: Json, language: Language) -> Condition:
    """Return one setting; `name` is its key and tells its unit."""
    if value is None:
        return Condition(label, MISSING)
    if isinstance(value, bool):
        return Condition(label, TRUTH[value].in_language(language))
    if isinstance(value, int | float) and name in SHARES:
        return Condition(label, format_share(value, language), value * 100, "%")
    if isinstance(value, int | float):
        unit = UNITS.get(name, "")
        if unit == "B":
            return Condition(label, format_value(value, unit, language), float(value), unit)
        word_of_unit = VALUES[unit].in_language(language) if unit in VALUES else unit
        return Condition(label, f"{significant(value, 4)} {word_of_unit}".strip(), float(value), word_of_unit)
    if isinstance(value, list) and len(value) == 1 and isinstance(value[0], int | float):
        if name in SHARES:
            return Condition(label, format_share(value[0], language), value[0] * 100, "%")
        return Condition(label, significant(value[0], 4), float(value[0]))
    if isinstance(value, list):
        return Condition(label, _list_text(name, value, language))
    return Condition(label, _word(name, str(value), language))


def _list_text(name: str, values: list[Json], language: Language) -> str:
    if name in SHARES:
        return _joined([format_share(v, language) for v in values if isinstance(v, int | float)], language)
    if name == "seeds" and len(values) > 2 and values == list(range(cast(int, values[0]), cast(int, values[-1]) + 1)):
        return f"{values[0]} 〜 {values[-1]}" if language == "ja" else f"{values[0]} to {values[-1]}"
    texts = [significant(v, 4) if isinstance(v, int | float) else v for v in values]
    joined = _joined(texts, language)
    if name == "load_average" and len(values) == 3:
        return f"{joined} (1・5・15 分の平均)" if language == "ja" else f"{joined} (over 1, 5, 15 min)"
    return joined


def _joined(values: Sequence[Json], language: Language) -> str:
    return ("、" if language == "ja" else ", ").join(_word("", str(value), language) for value in values)


def _word(name: str, value: str, language: Language) -> str:
    if name in ("source", "power_source"):
        return "RAPL" if value == "rapl" else how_name("modelled", language) if value == "modelled" else _clean(value)
    if name == "commit":
        return value if len(value) <= _HASH_LETTERS else value[:_HASH_LETTERS] + ("+" if value.endswith("+") else "")
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
