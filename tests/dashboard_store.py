"""A store with example records and PoCs in every state, for tests of the dashboard and for looking at its pages."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

from evaluator.store import Store, open_store
from scorecards.record import CurvePoint
from tests.example_record import KINDS, example_record
from tests.small_poc import request, result, small_poc

TITLES = {
    "conditional": "店舗別の欠品予測",
    "go": "変圧器の故障予兆",
    "no_go": "コールセンターの入電数",
    "undecided": "検査画像の前処理パラメータ",
    "infinite": "病院間の再入院リスク",
}


def seeded_store(folder: Path) -> Store:
    """Return a store in `folder` with one finished PoC a kind of record, one that runs, one failed, one cancelled."""
    store = open_store(str(folder))
    for kind in KINDS:
        record = replace(example_record(kind), id=kind, title=TITLES[kind])
        record = replace(record, hashes={**record.hashes, "record": f"{kind:0<64}"})
        store.add_poc(small_poc(id=kind, title=TITLES[kind], synthetic=True), owner="佐藤")
        store.enqueue(kind)
        store.freeze(record)
    _running(store)
    for state in ("failed", "cancelled"):
        store.add_poc(small_poc(id=state, title=f"部品の寸法公差 ({state})"), owner="Suzuki")
        store.enqueue(state)
        store.finish(state, state)
    return store


def _running(store: Store) -> None:
    name = store.add_poc(
        small_poc(id="running", title="配送の遅延予測", variants=("dense", "hyper", "small_dense")), owner="田中"
    )
    store.enqueue(name)
    store.claim("a-test:0:0", poc=name)
    store.set_step(name, "measuring", trials_total=12, eta=(40.0, 95.0))
    for variant in ("dense", "hyper"):
        asked = request(name, variant)
        store.start_trial(asked)
        points = tuple(
            CurvePoint(asked.trial, variant, 1, "fit", step, step / 40, 0.84 - 0.3 / (1 + step / 6))
            for step in range(1, 60)
        )
        store.finish_trial(name, replace(result(asked), curves=points))
    store.start_trial(request(name, "hyper", seed=2))


if __name__ == "__main__":
    seeded_store(Path(sys.argv[1])).close()
