"""A store with example records and PoCs in every state, for tests of the dashboard and for looking at its pages."""

from __future__ import annotations

import math
import sys
from dataclasses import replace
from pathlib import Path

from evaluator.store import Store, open_store
from scorecards.record import CurvePoint, Json
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
    for name in ("drawings", "translations"):
        _shown(store, name)
    _running(store)
    for state in ("failed", "cancelled"):
        store.add_poc(small_poc(id=state, title=f"部品の寸法公差 ({state})"), owner="Suzuki")
        store.enqueue(state)
        store.finish(state, state)
    return store


def _shown(store: Store, kind: str) -> None:
    """Add a finished PoC whose variants drew or translated something to look at."""
    task, title = {"drawings": ("stroke", "手書き図形の補完"), "translations": ("translation", "定型文の翻訳")}[kind]
    plain = example_record("conditional")
    made = {variant: exhibit(kind, number) for number, variant in enumerate(plain.variants) if number < 4}
    record = replace(plain, id=kind, title=title, task=task, exhibits=made)
    record = replace(record, hashes={**record.hashes, "record": f"{kind:0<64}"})
    store.add_poc(small_poc(id=kind, title=title, task=task, synthetic=True), owner="Ito")
    store.enqueue(kind)
    store.freeze(record)


def exhibit(kind: str, number: int) -> Json:
    """Return what the `number`-th variant made: the last one draws and translates nothing."""
    if kind == "drawings":
        return {"kind": kind, "real": _drawings(0.0), "made": [] if number == 3 else _drawings(0.08 * (number + 1))}
    return {
        "kind": kind,
        "rows": [
            {"source": source, "reference": reference, "made": ("", "", reference, reference[: 12 * number])[-number]}
            for source, reference in SENTENCES
        ],
    }


SENTENCES = (
    ("会議は三時からです。", "The meeting starts at three."),
    (
        "請求書の送付先を、来週の月曜日までに経理部へご連絡いただけますでしょうか。",
        "Could you let accounting know by Monday next week where the invoice should be sent?",
    ),
    ("在庫を確認します。", "I will check the stock."),
    ("<b>部品 A-12</b> の納期は未定です。", "The delivery date of part A-12 is open."),
    ("よろしくお願いいたします。", "Thank you in advance."),
)


def _drawings(wobble: float) -> Json:
    """Return twelve flowers, wide and high ones among them, each of two strokes; `wobble` bends them."""
    found: list[Json] = []
    for number in range(12):
        petals, wide = 3 + number % 5, 1.0 + (number % 3)
        angles = [2 * math.pi * step / 60 for step in range(61)]
        sizes = [40 + 25 * math.cos(petals * a) * (1 + wobble * math.sin(7 * a + number)) for a in angles]
        xs: list[Json] = [wide * size * math.cos(a) for size, a in zip(sizes, angles, strict=True)]
        ys: list[Json] = [size * math.sin(a) for size, a in zip(sizes, angles, strict=True)]
        found.append([[xs, ys], [[0.0, wobble * 100], [60.0, 120.0]]])
    return found


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
