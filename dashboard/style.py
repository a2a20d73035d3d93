"""The one style block of the pages: type sizes, the list's table, small marks. Colours follow light and dark."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from scorecards.charts import DARK, LIGHT

BRAND = '<a class="bp-brand" href="{home}" target="_self"><img src="app/static/icon.svg" alt="" width="26" height="26">Blueprint</a>'
ICON = str(Path(__file__).parent / "static" / "icon.svg")


def _both(name: str) -> str:
    return f"light-dark({getattr(LIGHT, name)}, {getattr(DARK, name)})"


GREEN, AMBER, RED, MUTED = _both("good"), _both("open"), _both("bad"), _both("muted")
LINE, SURFACE, ACCENT, GROUND = _both("line"), _both("accent_pale"), _both("accent"), _both("ground")

Tone = Literal["good", "open", "bad", "none"]

BLOCK = f"""<style>
.stMainBlockContainer {{ max-width: 1120px; }}
.bp-good {{ color: {GREEN}; }} .bp-open {{ color: {AMBER}; }} .bp-bad {{ color: {RED}; }} .bp-none {{ color: {MUTED}; }}
.bp-muted {{ color: {MUTED}; font-size: .87rem; line-height: 1.6; }}
.bp-title {{ font-weight: 700; font-size: 1rem; line-height: 1.5; margin: 0; }}
.bp-state {{ font-weight: 700; font-size: .93rem; margin-top: .35rem; }}
.bp-figure {{ font-weight: 700; font-size: 1.55rem; line-height: 1.3; margin-top: .3rem; overflow-wrap: anywhere; }}
.bp-verdict {{ font-weight: 700; font-size: 2.1rem; line-height: 1.25; margin: .1rem 0 .35rem; }}
.bp-headline {{ font-size: 1.12rem; line-height: 1.75; max-width: 44em; }}
.bp-chip {{ display: inline-block; border: 1px solid {LINE}; border-radius: 99px; padding: .05rem .6rem; margin: .1rem .3rem .1rem 0;
  font-size: .78rem; color: {MUTED}; white-space: nowrap; }}
.bp-whatif {{ border-left: 3px solid {ACCENT}; background: {SURFACE}; padding: .5rem .9rem; border-radius: .3rem; font-size: .93rem; }}
.bp-figures {{ display: grid; grid-template-columns: repeat(auto-fit, minmax(8.5rem, 1fr)); gap: .8rem 1.2rem; }}
.bp-empty {{ text-align: center; padding: 2.2rem 1rem .6rem; }}
.bp-empty p {{ color: {MUTED}; max-width: 40em; margin: .5rem auto; line-height: 1.8; }}
table.bp-table {{ width: 100%; border-collapse: collapse; font-size: .93rem; }}
.bp-table th {{ text-align: left; font-weight: 400; color: {MUTED}; font-size: .85rem; padding: .45rem .7rem; border-bottom: 1px solid {LINE};
  white-space: nowrap; }}
.bp-table td {{ padding: .7rem .7rem; border-bottom: 1px solid {LINE}; vertical-align: top; line-height: 1.5; }}
.bp-table .num {{ text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }}
.bp-table tr:last-child td {{ border-bottom: none; }}
.bp-table a, a.bp-link {{ color: {ACCENT}; font-weight: 700; text-decoration: none; }}
.bp-table a:hover, a.bp-link:hover {{ text-decoration: underline; }}
.bp-best {{ font-weight: 700; }}
.bp-scroll {{ overflow-x: auto; }}
.bp-bar {{ height: 6px; border-radius: 3px; background: {LINE}; overflow: hidden; min-width: 5rem; margin-top: .35rem; }}
.bp-bar span {{ display: block; height: 100%; background: {ACCENT}; }}
.bp-nowrap {{ white-space: nowrap; }}
.bp-row {{ display: flex; gap: .15rem .8rem; justify-content: space-between; align-items: baseline; line-height: 1.5; }}
.bp-list {{ margin: .4rem 0 0; padding-left: 1.2rem; line-height: 1.8; font-size: .93rem; }}
.bp-steps {{ display: flex; flex-wrap: wrap; gap: .3rem 1.4rem; list-style: none; padding: 0 !important; margin: .2rem 0; font-size: .93rem; }}
.bp-steps li {{ margin: 0; }} .bp-now {{ color: {ACCENT}; font-weight: 700; }}
.bp-running {{ font-size: 1.2rem; }}
.bp-dense td {{ padding: .4rem .7rem; font-size: .87rem; }}
.bp-tall {{ max-height: 44rem; overflow: auto; }}
.bp-code {{ font-size: .82rem; overflow-wrap: anywhere; }}
.bp-brand {{ display: inline-flex; align-items: center; gap: .5rem; font-weight: 700; font-size: 1.05rem; color: inherit; text-decoration: none;
  margin-right: .6rem; }}
.bp-scroll th {{ position: sticky; top: 0; background: {GROUND}; }}
.bp-steps {{ margin-left: 0; }}
.bp-left {{ justify-content: flex-start; gap: .7rem; }}
.bp-number {{ display: inline-grid; place-items: center; width: 1.6rem; height: 1.6rem; border-radius: 99px; border: 1.5px solid {ACCENT};
  color: {ACCENT}; font-weight: 700; font-size: .85rem; }}
.bp-finding {{ display: flex; gap: .7rem; padding: .45rem .1rem; line-height: 1.6; font-size: .93rem; }}
.bp-finding > b:first-child {{ width: 1.2rem; text-align: center; flex: none; }}
.bp-step {{ color: {MUTED}; font-size: .85rem; }}
@media (max-width: 640px) {{
  .bp-verdict {{ font-size: 1.75rem; }}
  .bp-cards thead {{ display: none; }}
  .bp-cards tr {{ display: block; padding: .6rem 0; border-bottom: 1px solid {LINE}; }}
  .bp-cards td {{ display: flex; justify-content: space-between; gap: 1rem; border: none; padding: .15rem .2rem; text-align: right; }}
  .bp-cards td:first-child {{ display: block; text-align: left; }}
  .bp-cards td[data-label]::before {{ content: attr(data-label); color: {MUTED}; white-space: nowrap; }}
}}
</style>"""


def toned(text: str, tone: Tone) -> str:
    """Return `text` (HTML already) in the colour of a state."""
    return f'<span class="bp-{tone}">{text}</span>'
