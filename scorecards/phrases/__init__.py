"""Every name and sentence that screens and reports show, in Japanese and in English, filled with the record's figures.

`names`: what things are called. `criterion`: sentences on one criterion. `verdict`: the verdict and its reasons.
`open_musts`: what keeps it Undecided. `possible`: intervals cut, for display, to what a share or an accuracy can be.
`meeting`: the sentences to say in the meeting (purpose, result, risk, cost, decision asked).
"""

from __future__ import annotations

from scorecards.phrases.criterion import (
    benefit,
    compared_text,
    criterion_of,
    criterion_sentence,
    criterion_title,
    gate_text,
    interval_text,
    judged_title,
    known_interval_text,
    other_cure_text,
    remark_text,
    seeds_text,
    value_or_reason,
    value_pair,
    value_text,
)
from scorecards.phrases.criterion_reasons import criterion_reason, short_reason
from scorecards.phrases.meeting import MeetingSentences, break_even_text, meeting_sentences
from scorecards.phrases.names import (
    assumption_name,
    cash_flow_name,
    how_meaning,
    how_name,
    metric_name,
    metric_names,
    setting_name,
    state_name,
    state_sign,
    variant_label,
    variant_name,
    verdict_name,
    verdict_sign,
)
from scorecards.phrases.verdict import REASON_CODES, headline, npv_text, reason_sentence

__all__ = [
    "REASON_CODES",
    "MeetingSentences",
    "assumption_name",
    "benefit",
    "break_even_text",
    "cash_flow_name",
    "compared_text",
    "criterion_of",
    "criterion_reason",
    "criterion_sentence",
    "criterion_title",
    "gate_text",
    "headline",
    "how_meaning",
    "how_name",
    "interval_text",
    "judged_title",
    "known_interval_text",
    "meeting_sentences",
    "metric_name",
    "metric_names",
    "npv_text",
    "other_cure_text",
    "reason_sentence",
    "remark_text",
    "seeds_text",
    "setting_name",
    "short_reason",
    "state_name",
    "state_sign",
    "value_or_reason",
    "value_pair",
    "value_text",
    "variant_label",
    "variant_name",
    "verdict_name",
    "verdict_sign",
]
