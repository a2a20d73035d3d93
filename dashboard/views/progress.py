"""Progress: what is being measured now, what is done and left, the time left, curves as they grow, and cancel."""

from __future__ import annotations

from collections import Counter
from html import escape

import streamlit as st

from dashboard.parts import asked_poc, chart_spec, draw, draw_spec, go, table
from dashboard.screen import Screen, Theme, this_screen
from dashboard.spans import time_span
from evaluator.records import PoC
from evaluator.store import Store
from evaluator.store.rows import Progress
from scorecards.charts import learning_curves
from scorecards.local_text import Language
from scorecards.phrases import variant_name

POLL_SECONDS = 2.0
_STEPS = ("queued", "preparing", "tuning", "measuring", "judging", "done")


def show(screen: Screen) -> None:
    """Show how far the PoC of the address is; it follows by itself, in any tab, after any restart."""
    poc = asked_poc(screen)
    asked = screen.store.poc(poc)
    st.title(asked.title, anchor=False)
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
        words("progress.about.target", target=poc.target),
        *([words("progress.about.site", site=poc.site)] if poc.site else []),
        words("progress.about.budget", budget=words(f"budgets.{poc.budget}.name")),
        words("progress.about.variants", count=len(poc.variants)),
    ]
    return (" ・ " if screen.language == "ja" else " · ").join(parts)


@st.fragment(run_every=POLL_SECONDS)
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
        _curves(screen, poc, progress)
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
    trials = screen.store.trials(poc)
    done, failed = (Counter(row.variant for row in trials if row.state == state) for state in ("done", "failed"))
    rows = [
        [escape(variant_name(variant, screen.language)), _trials_mark(screen, done[variant], failed[variant])]
        for variant in variants
    ]
    st.html(table([words(f"progress.columns.{name}") for name in ("variant", "done")], rows))


def _trials_mark(screen: Screen, done: int, failed: int) -> str:
    errors = ""
    if failed:
        errors = f' <span class="bp-bad">! {escape(screen.words("progress.failed_trials", count=failed))}</span>'
    return f'<span class="bp-good">{"●" * min(done, 30)}</span> {done}{errors}'


def _curves(screen: Screen, poc: str, progress: Progress) -> None:
    st.html(f'<p class="bp-title">{escape(screen.words("progress.curves"))}</p>')
    step = (progress.trials_done, progress.running)
    spec = _curve_spec(screen.store.url, poc, step, screen.language, screen.theme, screen.store)
    if spec is None:
        st.html(f'<div class="bp-empty"><p>{escape(screen.words("progress.no_curves"))}</p></div>')
    else:
        draw_spec(spec)


@st.cache_resource(max_entries=32, ttl=POLL_SECONDS * 1.5, show_spinner=False)
def _curve_spec(
    url: str, poc: str, step: tuple[object, ...], language: Language, theme: Theme, _store: Store
) -> str | None:
    curves = _store.curves(poc)
    if curves[curves["setting"] == "fit"].empty:
        return None
    return chart_spec(learning_curves(curves, language, theme, axis="seconds", height=300))


def _cancel(screen: Screen, poc: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        with st.popover(screen.words("progress.cancel"), icon=":material/stop_circle:", key="cancel"):
            st.markdown(screen.words("progress.cancel_meaning"))
            st.button(
                screen.words("progress.cancel_confirm"),
                type="primary",
                key="cancel_confirm",
                on_click=screen.store.request_cancel,
                args=(poc,),
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
    text = words(f"progress.ended.{progress.state}", done=progress.trials_done)
    st.html(f'<p class="bp-headline">{escape(text)}</p>')
    with st.container(horizontal=True):
        st.button(
            words("progress.again"),
            type="primary",
            icon=":material/play_arrow:",
            on_click=screen.store.enqueue,
            args=(poc,),
        )
        go(screen, "listing", words("progress.to_list"))
    curves = screen.store.curves(poc)
    if not curves[curves["setting"] == "fit"].empty:
        with st.container(border=True):
            draw(learning_curves(curves, screen.language, screen.theme, axis="seconds", height=300))
