"""`export`: a plain dense model out of a PoC's hypernetwork."""

from __future__ import annotations

import argparse
from pathlib import Path

from evaluator.commands import Command, poc_of, tell
from scorecards.local_text import LocalText


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("poc", metavar="POC", help="a PoC's id, or its file")
    parser.add_argument("--variant", required=True, help="the hypernetwork, e.g. hyper")
    parser.add_argument("--seed", type=int, default=1, help="which of its trained models (default: 1)")
    parser.add_argument("--site", metavar="NAME", default="", help="the site it is for (default: one never seen)")
    parser.add_argument("-o", "--output", metavar="DIR", type=Path, required=True, help="a new folder to write it to")


def run(options: argparse.Namespace) -> int:
    """Write the plain model, all at once or not at all, and tell how far its outputs are from the hypernetwork's."""
    from evaluator.plain_export import export_plain
    from evaluator.store import open_store

    store = open_store(options.store, make=False)
    done = export_plain(
        store, poc_of(options.poc), options.variant, options.output, seed=options.seed, site=options.site
    )
    tell(
        LocalText(
            ja=f"{done.folder} を書き出しました。{done.rows:,} 行での出力の最大差: {done.difference:.1e}",
            en=f"Wrote {done.folder}. Largest difference of the outputs on {done.rows:,} rows: {done.difference:.1e}",
        ),
        options.language,
    )
    return 0


COMMAND = Command("export", "write the plain dense model that a PoC's hypernetwork generates", arguments, run)
