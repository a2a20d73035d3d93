"""A record as Python and notebooks get it: it shows itself as verdict, criteria and money."""

from __future__ import annotations

import html
from dataclasses import dataclass, fields
from pathlib import Path

from evaluator.commands import language as user_language
from evaluator.commands.run import interruptible, run_here
from evaluator.errors import InputError
from evaluator.poc_file import read_poc
from evaluator.records import PoC
from evaluator.store import open_store
from scorecards.local_text import Language, LocalText
from scorecards.record import Record


@dataclass(frozen=True, eq=False)
class NotebookRecord(Record):
    """A frozen record that shows itself in a notebook, in Japanese and in English."""

    def summary(self, language: Language = "ja") -> str:
        """Return verdict, reasons, criteria and money as text."""
        from evaluator.commands.show import record_lines
        from evaluator.titles import titled

        return "\n".join(record_lines(titled(self, language), language))

    def __repr__(self) -> str:
        return f"<Record {self.id} v{self.version}: {self.judgement.verdict.state.value}>"

    def _repr_html_(self) -> str:
        return "".join(_html(self, language) for language in ("ja", "en"))


_HEADER: dict[Language, tuple[str, ...]] = {
    "ja": ("評価項目", "判定", "値", "区間", "基準"),
    "en": ("Criterion", "Result", "Value", "Interval", "Threshold"),
}


def _html(record: Record, language: Language) -> str:
    from evaluator.titles import shown_title
    from scorecards.formats import interval
    from scorecards.phrases.criterion import criterion_of, criterion_title, gate_text, value_text
    from scorecards.phrases.names import state_name, state_sign, verdict_name
    from scorecards.phrases.possible import judgement_as_shown
    from scorecards.phrases.verdict import headline, npv_text

    scorecard = record.scorecard
    judgement = judgement_as_shown(record.judgement, record.dataset.main_metric)
    table = [_HEADER[language]]
    for result in judgement.criteria:
        criterion = criterion_of(scorecard, result.id)
        table.append(
            (
                criterion_title(scorecard, result.id, language),
                f"{state_sign(result.state)} {state_name(result.state, language)}",
                value_text(result, language),
                interval(result.low, result.high, result.unit, language),
                "" if criterion is None else gate_text(criterion, language),
            )
        )
    head, *body = (_row(cells, "th" if number == 0 else "td") for number, cells in enumerate(table))
    rows = f"<thead>{head}</thead><tbody>{''.join(body)}</tbody>"
    name = html.escape(verdict_name(judgement.verdict.state, language))
    sentence = html.escape(headline(scorecard, judgement, language))
    label = "正味現在価値 (NPV): " if language == "ja" else "Net present value (NPV): "
    money = label + html.escape(npv_text(judgement.business, language))
    title = html.escape(shown_title(record.title, language))
    return f'<div lang="{language}"><h4>{title}: {name}</h4><p>{sentence}</p><table>{rows}</table><p>{money}</p></div>'


def _row(cells: tuple[str, ...], tag: str) -> str:
    return f"<tr>{''.join(f'<{tag}>{html.escape(cell)}</{tag}>' for cell in cells)}</tr>"


def shown(record: Record) -> NotebookRecord:
    """Return `record` as one that shows itself."""
    return NotebookRecord(**{field.name: getattr(record, field.name) for field in fields(Record)})


def run_and_show(poc: str | Path | PoC, store_url: str | None, *, progress: bool) -> NotebookRecord:
    """Run a PoC by file, id or object (see `evaluator.run`)."""
    if not isinstance(poc, str | Path | PoC):
        raise _no_poc(poc)
    store = open_store(store_url)
    if isinstance(poc, PoC):
        name = store.add_poc(poc)
    elif Path(poc).suffix in (".yaml", ".yml"):
        name = store.add_poc(read_poc(Path(poc)))
    else:
        name = str(poc)
    with interruptible() as stop:
        record = run_here(store, name, "local", user_language(()) if progress else None, stop)
    if record is None:
        raise KeyboardInterrupt
    return shown(record)


def _no_poc(given: object) -> InputError:
    name = type(given).__name__
    return InputError(
        LocalText(ja=f"{name} は PoC として実行できません。", en=f"A PoC can't be run from a value of type {name}."),
        where="poc",
        cure=LocalText(
            ja="PoC のファイルのパス、PoC の ID (文字列)、または evaluator.new が返す PoC を渡してください。",
            en="Give the path of a PoC file, a PoC's id (text), or a PoC as evaluator.new returns it.",
        ),
    )
