"""Scorecards as YAML files: read strictly, written back without loss, and the templates that come along.

The file's keys are those of `Scorecard`, `Criterion` and `Assumption`; `templates/meeting.yaml` shows them all.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import lru_cache
from importlib import resources

import yaml

from scorecards.assumptions import ASSUMPTION_LIMITS, SOURCES, Assumption, Assumptions
from scorecards.criteria import COMPARES, DIRECTIONS, Criterion, Gate, Question, Scale, Scorecard
from scorecards.currencies import CURRENCIES, likely_currency
from scorecards.local_text import LocalText
from scorecards.record import Json
from scorecards.strict_yaml import YamlNode, read
from scorecards.vocabulary import METRIC_UNITS, VARIANTS, settings_of
from scorecards.yaml_safety import shortened

_ID = re.compile(r"[a-z][a-z0-9_]{0,59}")
_CRITERION_REQUIRED = ("id", "question", "title", "metric", "compare", "unit", "gate", "must", "weight", "scale")
_CRITERION_OPTIONAL = ("explanation", "candidate_setting", "baseline_setting", "display_factor")
_SCORECARD_KEYS = ("scorecard", "title", "candidate", "baseline", "questions", "criteria")
_MONEY_KEYS = ("currency", "horizon_years", "assumptions")


def template_ids() -> tuple[str, ...]:
    """Return the ids of the templates that come with Blueprint."""
    folder = resources.files("scorecards") / "templates"
    return tuple(sorted(entry.name.removesuffix(".yaml") for entry in folder.iterdir() if entry.name.endswith(".yaml")))


def template_text(template_id: str) -> str:
    """Return a template's YAML with its comments. Raises KeyError when there is no such template."""
    if template_id not in template_ids():
        raise KeyError(template_id)
    return (resources.files("scorecards") / "templates" / f"{template_id}.yaml").read_text(encoding="utf-8")


@lru_cache
def load_template(template_id: str) -> tuple[Scorecard, Assumptions]:
    """Return a template's scorecard and assumptions."""
    return read_scorecard(template_text(template_id), f"{template_id}.yaml")


def read_scorecard(text: str, source: str) -> tuple[Scorecard, Assumptions]:
    """Read a scorecard from YAML; `source` is the file's name for messages.

    Raises ScorecardError with 'file:line', key, value and the likely intention when anything is wrong.
    """
    return scorecard_from_node(read(text, source))


def scorecard_from_node(root: YamlNode) -> tuple[Scorecard, Assumptions]:
    """Return what `root` describes; it may stand inside another file (a PoC)."""
    fields = root.fields(required=(*_SCORECARD_KEYS, *_MONEY_KEYS), optional=("confidence", "rivals"))
    confidence = fields["confidence"].number(at_least=0.5, at_most=0.999) if "confidence" in fields else 0.95
    candidate = fields["candidate"].choice(VARIANTS)
    baseline = fields["baseline"].choice([name for name in VARIANTS if name != candidate])
    taken = {candidate, baseline}
    rivals = []
    for node in fields["rivals"].items() if "rivals" in fields else ():
        _refuse_taken(node, taken)
        rivals.append(node.choice([name for name in VARIANTS if name not in taken]))
        taken.add(rivals[-1])
    questions = _questions(fields["questions"])
    scorecard = Scorecard(
        id=_identifier(fields["scorecard"]),
        title=fields["title"].local_text(),
        confidence=confidence,
        candidate=candidate,
        baseline=baseline,
        rivals=tuple(rivals),
        questions=questions,
        criteria=_criteria(fields["criteria"], tuple(question.id for question in questions)),
    )
    return scorecard, _assumptions(fields)


def to_yaml(scorecard: Scorecard, assumptions: Assumptions) -> str:
    """Return YAML that `read_scorecard` turns back into equal objects."""
    content = to_mapping(scorecard, assumptions)
    return yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=120, default_flow_style=None)


def to_mapping(scorecard: Scorecard, assumptions: Assumptions) -> dict[str, Json]:
    """Return plain values in the file's shape, e.g. to be put inside a PoC's file."""
    return {
        "scorecard": scorecard.id,
        "title": _both(scorecard.title),
        "confidence": scorecard.confidence,
        "candidate": scorecard.candidate,
        "baseline": scorecard.baseline,
        "rivals": list(scorecard.rivals),
        "questions": [{"id": question.id, "title": _both(question.title)} for question in scorecard.questions],
        "criteria": [_criterion_mapping(criterion) for criterion in scorecard.criteria],
        "currency": assumptions.currency,
        "horizon_years": assumptions.horizon_years,
        "assumptions": [_assumption_mapping(assumption) for assumption in assumptions.values.values()],
    }


def _refuse_taken(node: YamlNode, taken: Collection[str]) -> None:
    """Raise ScorecardError where a rival is the candidate, the baseline, or named before."""
    name = node.text()
    if name not in taken:
        return
    raise node.error(
        LocalText(
            ja=f"「{name}」は、候補・比較の基準・ほかの競合としてすでに挙がっています。",
            en=f"'{name}' is the candidate, the baseline or a rival already.",
        ),
        cure=LocalText(ja="rivals からこの行を取り除いてください。", en="Remove it from rivals."),
    )


def _identifier(node: YamlNode) -> str:
    written = node.text()
    if not _ID.fullmatch(written):
        raise node.error(
            LocalText(ja=f"識別子「{written}」は使えません。", en=f"'{written}' is not a possible id."),
            cure=LocalText(
                ja="英小文字で始め、英小文字・数字・下線だけを使ってください (60 文字まで)。",
                en="Start with a lower-case letter; use lower-case letters, digits and underscores (up to 60).",
            ),
        )
    return written


def _refuse_repeated(node: YamlNode, name: str, seen: set[str]) -> None:
    if name in seen:
        raise node.error(
            LocalText(ja=f"「{name}」が二度定義されています。", en=f"'{name}' is defined twice."),
            cure=LocalText(ja="片方の名前を変えるか、消してください。", en="Rename or remove one of them."),
        )
    seen.add(name)


def _questions(node: YamlNode) -> tuple[Question, ...]:
    questions: list[Question] = []
    seen: set[str] = set()
    for item in node.items(at_least=1):
        fields = item.fields(required=("id", "title"))
        name = _identifier(fields["id"])
        _refuse_repeated(fields["id"], name, seen)
        questions.append(Question(id=name, title=fields["title"].local_text()))
    return tuple(questions)


def _criteria(node: YamlNode, questions: tuple[str, ...]) -> tuple[Criterion, ...]:
    criteria: list[Criterion] = []
    seen: set[str] = set()
    for item in node.items(at_least=1):
        criterion = _criterion(item, questions)
        _refuse_repeated(item, criterion.id, seen)
        criteria.append(criterion)
    if not any(criterion.must for criterion in criteria):
        raise node.error(
            LocalText(ja="必須の評価項目がありません。", en="No criterion is a must."),
            cure=LocalText(
                ja="少なくとも 1 つの項目を must: true にしてください。必須項目がないと判定が決まりません。",
                en="Set must: true for at least one; without one nothing decides the verdict.",
            ),
        )
    return tuple(criteria)


def _criterion(item: YamlNode, questions: tuple[str, ...]) -> Criterion:
    fields = item.fields(required=_CRITERION_REQUIRED, optional=_CRITERION_OPTIONAL)
    metric = fields["metric"].choice(tuple(METRIC_UNITS))
    gate = _gate(fields["gate"])
    compare = fields["compare"].choice(COMPARES)
    if compare == "ratio" and gate.boundary <= 0:
        raise fields["gate"].error(
            LocalText(
                ja=f"比の基準 (threshold ± margin) は正の数が必要ですが、{gate.boundary:g} です。",
                en=f"The gate of a ratio must lie above zero, but threshold and margin make it {gate.boundary:g}.",
            ),
            cure=LocalText(
                ja="例: 「通常モデルの 1.5 倍以下」なら threshold: 1.5 です。",
                en="For 'at most 1.5 times the baseline' write threshold: 1.5.",
            ),
        )
    explanation = fields["explanation"].local_text() if "explanation" in fields else LocalText(ja="", en="")
    factor = fields["display_factor"].number(above=0) if "display_factor" in fields else 1.0
    return Criterion(
        id=_identifier(fields["id"]),
        question=fields["question"].choice(questions),
        title=fields["title"].local_text(),
        explanation=explanation,
        metric=metric,
        compare=compare,
        unit=fields["unit"].text(longest=30),
        gate=gate,
        must=fields["must"].flag(),
        weight=fields["weight"].number(at_least=0),
        scale=_scale(fields["scale"], gate),
        candidate_setting=_setting(item, fields, "candidate_setting", metric),
        baseline_setting="" if compare == "value" else _setting(item, fields, "baseline_setting", metric),
        display_factor=factor,
    )


def _setting(item: YamlNode, fields: dict[str, YamlNode], key: str, metric: str) -> str:
    possible = settings_of(metric)
    if key not in fields:
        if possible:
            raise item.error(
                LocalText(ja=f"指標 {metric} には {key} の指定が必要です。", en=f"The metric {metric} needs a {key}."),
                cure=LocalText(
                    ja=f"{key} に次のいずれかを書いてください: {', '.join(possible)}。",
                    en=f"Set {key} to one of: {', '.join(possible)}.",
                ),
            )
        return ""
    if not possible:
        raise fields[key].error(
            LocalText(ja=f"指標 {metric} に設定の区別はありません。", en=f"The metric {metric} has no settings."),
            cure=LocalText(ja=f"{key} の行を消してください。", en=f"Remove the line {key}."),
        )
    return fields[key].choice(possible)


def _gate(node: YamlNode) -> Gate:
    fields = node.fields(required=("threshold", "direction"), optional=("margin",))
    return Gate(
        threshold=fields["threshold"].number(),
        direction=fields["direction"].choice(DIRECTIONS),
        margin=fields["margin"].number(at_least=0) if "margin" in fields else 0.0,
    )


def _scale(node: YamlNode, gate: Gate) -> Scale:
    fields = node.fields(required=("zero", "full"))
    scale = Scale(zero=fields["zero"].number(), full=fields["full"].number())
    if (scale.full > scale.zero) != (gate.direction == "higher") or scale.full == scale.zero:
        better_ja, better_en = ("大きく", "above") if gate.direction == "higher" else ("小さく", "below")
        raise node.error(
            LocalText(
                ja=f"尺度 (zero {scale.zero:g}, full {scale.full:g}) が direction: {gate.direction} と合いません。",
                en=f"The scale zero: {scale.zero:g}, full: {scale.full:g} contradicts direction: {gate.direction}.",
            ),
            cure=LocalText(ja=f"full を zero より{better_ja}してください。", en=f"Put full {better_en} zero."),
        )
    return scale


def _assumptions(fields: dict[str, YamlNode]) -> Assumptions:
    currency = fields["currency"].text()
    if currency not in CURRENCIES:
        meant = likely_currency(currency)
        ja, en = (f"「{meant}」のことではありませんか。", f"Did you mean '{meant}'? ") if meant else ("", "")
        written = shortened(currency)
        raise fields["currency"].error(
            LocalText(ja=f"通貨「{written}」は使えません。", en=f"The currency '{written}' is not known."),
            cure=LocalText(
                ja=f"{ja}JPY や USD のような ISO 4217 の 3 文字で書いてください。",
                en=f"{en}Write an ISO 4217 code such as JPY or USD.",
            ),
        )
    horizon = fields["horizon_years"].whole_number(at_least=1, at_most=30)
    values: dict[str, Assumption] = {}
    seen: set[str] = set()
    node = fields["assumptions"]
    for item in node.items():
        assumption = _assumption(item)
        _refuse_repeated(item, assumption.id, seen)
        values[assumption.id] = assumption
    missing = [name for name in ASSUMPTION_LIMITS if name not in values]
    if missing:
        names = ", ".join(missing)
        raise node.error(
            LocalText(ja=f"前提 {names} がありません。", en=f"The assumptions {names} are missing."),
            cure=LocalText(
                ja="テンプレート meeting.yaml から写してください。使わない費目は 0 にできます。",
                en="Copy them from the template meeting.yaml; a cost that does not apply may be 0.",
            ),
        )
    return Assumptions(currency=currency, horizon_years=horizon, values=values)


def _assumption(item: YamlNode) -> Assumption:
    fields = item.fields(
        required=("id", "title", "low", "likely", "high", "unit", "source"), optional=("note", "basis")
    )
    name = fields["id"].choice(tuple(ASSUMPTION_LIMITS))
    least, most = ASSUMPTION_LIMITS[name]
    low, likely, high = (fields[key].number(at_least=least, at_most=most) for key in ("low", "likely", "high"))
    if not low <= likely <= high:
        raise item.error(
            LocalText(
                ja=f"「{name}」の範囲が逆です (low {low:g}, likely {likely:g}, high {high:g})。",
                en=f"The range of '{name}' is out of order (low {low:g}, likely {likely:g}, high {high:g}).",
            ),
            cure=LocalText(ja="low ≦ likely ≦ high にしてください。", en="Make it low ≤ likely ≤ high."),
        )
    return Assumption(
        id=name,
        title=fields["title"].local_text(),
        low=low,
        likely=likely,
        high=high,
        unit=fields["unit"].text(longest=40),
        source=fields["source"].choice(SOURCES),
        note=fields["note"].text() if "note" in fields else "",
        basis=fields["basis"].local_text() if "basis" in fields else None,
    )


def _both(text: LocalText) -> dict[str, Json]:
    return {"ja": text.ja, "en": text.en}


def _criterion_mapping(criterion: Criterion) -> dict[str, Json]:
    gate, scale = criterion.gate, criterion.scale
    content: dict[str, Json] = {
        "id": criterion.id,
        "question": criterion.question,
        "title": _both(criterion.title),
        "explanation": _both(criterion.explanation),
        "metric": criterion.metric,
        "candidate_setting": criterion.candidate_setting,
        "baseline_setting": criterion.baseline_setting,
        "compare": criterion.compare,
        "unit": criterion.unit,
        "display_factor": criterion.display_factor,
        "gate": {"threshold": gate.threshold, "direction": gate.direction, "margin": gate.margin},
        "must": criterion.must,
        "weight": criterion.weight,
        "scale": {"zero": scale.zero, "full": scale.full},
    }
    empty = [key for key in ("candidate_setting", "baseline_setting") if not content[key]]
    if criterion.explanation == LocalText(ja="", en=""):
        empty.append("explanation")
    return {key: value for key, value in content.items() if key not in empty}


def _assumption_mapping(assumption: Assumption) -> dict[str, Json]:
    content: dict[str, Json] = {
        "id": assumption.id,
        "title": _both(assumption.title),
        "low": assumption.low,
        "likely": assumption.likely,
        "high": assumption.high,
        "unit": assumption.unit,
        "source": assumption.source,
    }
    if assumption.note:
        content["note"] = assumption.note
    if assumption.basis is not None:
        content["basis"] = _both(assumption.basis)
    return content
