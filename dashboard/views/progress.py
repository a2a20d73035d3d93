"""Progress: what is being measured now, what is done and left, the time left, curves as they grow, and cancel."""

from __future__ import annotations

from html import escape

import streamlit as st

from dashboard.faults import attempt, show_kept_fault
from dashboard.parts import asked_poc, draw, draw_spec, go, table
from dashboard.screen import Screen, this_screen
from dashboard.spans import time_span
from dashboard.titles import shown_title
from dashboard.watching import STATE_SECONDS, curves_spec, ended_trials
from evaluator.records import PoC
from evaluator.store.rows import Progress
from scorecards.charts import learning_curves
from scorecards.phrases import variant_name

_STEPS = ("queued", "preparing", "tuning", "measuring", "judging", "done")


def show(screen: Screen) -> None:
    """Show how far the PoC of the address is; it follows by itself, in any tab, after any restart."""
    poc = asked_poc(screen)
    asked = screen.store.poc(poc)
    st.title(shown_title(asked.title, screen.language), anchor=False)
    st.html(f'<div class="bp-muted">{escape(_about(screen, asked))}</div>')
    progress = screen.store.progress(poc)
    if progress.state in ("queued", "running"):
        _live(poc, asked.variants)
    else:
        _ended(screen, poc, progress)


def _about(screen: Screen, poc: PoC) -> str:
    words = screen.words
    parts = [
        poc.id,
        *([words("progress.about.target", target=poc.target)] if poc.target else []),
        *([words("progress.about.site", site=poc.site)] if poc.site else []),
        words("progress.about.budget", budget=words(f"budgets.{poc.budget}.name")),
        words("progress.about.variants", count=len(poc.variants)),
    ]
    return (" ・ " if screen.language == "ja" else " · ").join(parts)


@st.fragment(run_every=STATE_SECONDS)
def _live(poc: str, variants: tuple[str, ...]) -> None:
    screen = this_screen()
    progress = screen.store.progress(poc)
    if progress.state not in ("queued", "running"):
        st.rerun()
    _steps(screen, progress)
    left, right = st.columns([1, 1.6])
    with left.container(border=True, height="stretch"):
        _now(screen, poc, variants, progress)
    with right.container(border=True, height="stretch"):
        _curves(screen, poc)
    _cancel(screen, poc)


def _steps(screen: Screen, progress: Progress) -> None:
    now = _STEPS.index(progress.step) if progress.step in _STEPS else 0
    marks = []
    for place, step in enumerate(_STEPS):
        sign, tone = ("✓", "good") if place < now else ("●", "now") if place == now else ("○", "none")
        current = ' aria-current="step"' if place == now else ""
        marks.append(f'<li class="bp-{tone}"{current}>{sign} {escape(screen.words(f"progress.steps.{step}"))}</li>')
    st.html(f'<ol class="bp-steps">{"".join(marks)}</ol>')
    total = max(progress.trials_total, progress.trials_done, 1)
    text = screen.words("progress.trials", done=progress.trials_done, total=progress.trials_total)
    st.progress(min(progress.trials_done / total, 1.0), text=f"{text}　{_time_left(screen, progress)}")


def _time_left(screen: Screen, progress: Progress) -> str:
    low, high = progress.eta_seconds_low, progress.eta_seconds_high
    if low is None or high is None:
        return screen.words("progress.time_unknown") if progress.state == "running" else ""
    if high < 1:
        ended = progress.trials_done >= progress.trials_total
        return screen.words("progress.time_soon" if ended else "progress.time_longer")
    return screen.words("progress.time_left", span=time_span(screen.words, low, high))


def _now(screen: Screen, poc: str, variants: tuple[str, ...], progress: Progress) -> None:
    words = screen.words
    st.html(f'<p class="bp-title">{escape(words("progress.now"))}</p>')
    if progress.state == "queued":
        st.html(f"<p>{escape(words('progress.waiting'))}</p>")
        return
    running = [
        words(
            f"progress.running.{purpose}",
            variant=variant_name(variant, screen.language),
            seed=seed,
        )
        for variant, seed, purpose in progress.running
    ] or [
        words(
            f"progress.doing.{progress.step}" if f"progress.doing.{progress.step}" in words else "progress.doing.other"
        )
    ]
    st.html("".join(f'<div class="bp-figure bp-running">{escape(text)}</div>' for text in running))
    ended = ended_trials(screen.store, poc, progress)
    rows = [
        [
            escape(variant_name(variant, screen.language)),
            _trials_mark(screen, ended.done.get(variant, 0), ended.failed.get(variant, 0)),
        ]
        for variant in variants
    ]
    st.html(table([words(f"progress.columns.{name}") for name in ("variant", "done")], rows))


def _trials_mark(screen: Screen, done: int, failed: int) -> str:
    errors = ""
    if failed:
        errors = f' <span class="bp-bad">! {escape(screen.words("progress.failed_trials", count=failed))}</span>'
    return f'<span class="bp-good">{"●" * min(done, 30)}</span> {done}{errors}'


def _curves(screen: Screen, poc: str) -> None:
    st.html(f'<p class="bp-title">{escape(screen.words("progress.curves"))}</p>')
    spec = curves_spec(screen.store, poc, screen.language, screen.theme)
    if spec is None:
        st.html(f'<div class="bp-empty"><p>{escape(screen.words("progress.no_curves"))}</p></div>')
    else:
        draw_spec(spec)


def _cancel(screen: Screen, poc: str) -> None:
    show_kept_fault()
    with st.container(horizontal=True, vertical_alignment="center"):
        with st.popover(screen.words("progress.cancel"), icon=":material/stop_circle:", key="cancel"):
            st.markdown(screen.words("progress.cancel_meaning"))
            st.button(
                screen.words("progress.cancel_confirm"),
                type="primary",
                key="cancel_confirm",
                on_click=attempt,
                args=(screen.store.request_cancel, poc),
            )
        st.caption(screen.words("progress.may_close"))


def _ended(screen: Screen, poc: str, progress: Progress) -> None:
    words = screen.words
    if progress.state == "done":
        st.html(f'<p class="bp-headline">{escape(words("progress.finished"))}</p>')
        go(screen, "scorecard", words("progress.to_scorecard"), icon=":material/arrow_forward:", primary=True, poc=poc)
        return
    if progress.message is not None and progress.state == "failed":
        st.error(progress.message.in_language(screen.language), icon=":material/error:")
    show_kept_fault()
    kept = "ended" if progress.trials_done else "ended_early"
    text = words(f"progress.{kept}.{progress.state}", done=progress.trials_done)
    st.html(f'<p class="bp-headline">{escape(text)}</p>')
    with st.container(horizontal=True):
        st.button(
            words("progress.again"),
            type="primary",
            icon=":material/play_arrow:",
            on_click=attempt,
            args=(screen.store.enqueue, poc),
        )
        go(screen, "listing", words("progress.to_list"))
    curves = screen.store.curves(poc)
    if not curves[curves["setting"] == "fit"].empty:
        with st.container(border=True):
            draw(learning_curves(curves, screen.language, screen.theme, axis="seconds", height=300))
