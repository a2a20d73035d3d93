"""A record as Python and notebooks get it: it shows itself as verdict, criteria and money."""

from __future__ import annotations

import html
from dataclasses import dataclass, fields
from pathlib import Path

from evaluator.commands.run import interruptible, run_here
from evaluator.poc_file import read_poc
from evaluator.records import PoC
from evaluator.store import open_store
from scorecards.local_text import Language
from scorecards.record import Record


@dataclass(frozen=True, eq=False)
class NotebookRecord(Record):
    """A frozen record that shows itself in a notebook, in Japanese and in English."""

    def summary(self, language: Language = "ja") -> str:
        """Return verdict, reasons, criteria and money as text."""
        from evaluator.commands.show import record_lines

        return "\n".join(record_lines(self, language))

    def __repr__(self) -> str:
        return f"<Record {self.id} v{self.version}: {self.judgement.verdict.state.value}>"

    def _repr_html_(self) -> str:
        return "".join(_html(self, language) for language in ("ja", "en"))


def _html(record: Record, language: Language) -> str:
    from scorecards.formats import format_value, interval
    from scorecards.phrases.criterion import criterion_title
    from scorecards.phrases.names import state_name, state_sign, verdict_name
    from scorecards.phrases.verdict import headline, npv_text

    judgement = record.judgement
    rows = "".join(
        "<tr>"
        f"<td>{html.escape(criterion_title(record.scorecard, result.id, language))}</td>"
        f"<td>{state_sign(result.state)} {html.escape(state_name(result.state, language))}</td>"
        f"<td>{html.escape(format_value(result.value, result.unit, language))}</td>"
        f"<td>{html.escape(interval(result.low, result.high, result.unit, language))}</td>"
        "</tr>"
        for result in judgement.criteria
    )
    name = html.escape(verdict_name(judgement.verdict.state, language))
    sentence = html.escape(headline(record.scorecard, judgement, language))
    money = html.escape(npv_text(judgement.business, language))
    title = html.escape(record.title)
    return f'<div lang="{language}"><h4>{title}: {name}</h4><p>{sentence}</p><table>{rows}</table><p>{money}</p></div>'


def shown(record: Record) -> NotebookRecord:
    """Return `record` as one that shows itself."""
    return NotebookRecord(**{field.name: getattr(record, field.name) for field in fields(Record)})


def run_and_show(poc: str | Path | PoC, store_url: str | None, *, progress: bool) -> NotebookRecord:
    """Run a PoC by file, id or object (see `evaluator.run`)."""
    store = open_store(store_url)
    if isinstance(poc, PoC):
        name = store.add_poc(poc)
    elif Path(poc).suffix in (".yaml", ".yml"):
        name = store.add_poc(read_poc(Path(poc)))
    else:
        name = str(poc)
    with interruptible() as stop:
        record = run_here(store, name, "local", "en" if progress else None, stop)
    if record is None:
        raise KeyboardInterrupt
    return shown(record)
