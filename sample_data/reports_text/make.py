"""Makes the report log: four writers' daily reports on machines, in Japanese and English. Synthetic, from a fixed seed.

What is in it on purpose: every writer mixes Japanese and English, polite sentences and curt notes, calm and troubled
days in shares of their own, and looks after machines of their own. So there is something to gain from knowing the
writer, and much that a writer who was never seen shares with the others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

FILE = Path(__file__).resolve().parent / "reports.txt"
SEED = 20_261_124
REPORTS = 1_200
SENTENCES = (1, 4)

_SLOTS: Mapping[str, Mapping[str, Sequence[str]]] = {
    "ja": {
        "machine": ("2号ポンプ", "3号ポンプ", "搬送コンベア", "包装機A", "包装機B", "冷却塔", "圧縮機", "溶接ロボット"),
        "part": ("軸受", "モーター", "フィルター", "ベルト", "制御盤", "配管", "バルブ", "センサー"),
        "sign": ("異音", "振動", "油漏れ", "温度上昇", "圧力低下", "動作の遅れ", "摩耗"),
        "act": ("交換", "清掃", "点検", "注油", "増し締め", "調整"),
        "when": ("午前中に", "午後に", "夕方に", "始業前に", "昼休みに"),
    },
    "en": {
        "machine": ("pump 2", "pump 3", "the conveyor", "packer A", "packer B", "the cooling tower", "the compressor"),
        "part": ("bearing", "motor", "filter", "belt", "control panel", "pipe", "valve", "sensor"),
        "sign": ("a strange noise", "vibration", "an oil leak", "a rising temperature", "low pressure", "wear"),
        "act": ("replaced", "cleaned", "inspected", "greased", "tightened", "adjusted"),
        "when": ("in the morning", "after lunch", "before the shift", "in the evening"),
    },
}
_STYLES: Mapping[tuple[str, str], tuple[Sequence[str], Sequence[str]]] = {
    ("ja", "polite"): (
        (
            "本日、{machine}の{part}に異常はございませんでした。",
            "{when}{machine}の{part}を{act}いたしました。",
            "{machine}は{number}時間の連続運転でしたが、順調でございました。",
            "次回の{part}の{act}は{number}日後を予定しております。",
        ),
        (
            "{when}{machine}の{part}で{sign}が見つかりましたので、{act}いたしました。",
            "{machine}を{number}分停止し、{part}の{act}を行いました。ご迷惑をおかけいたしました。",
            "{sign}が続いておりますので、明日も{machine}を確認いたします。",
        ),
    ),
    ("ja", "curt"): (
        (
            "{machine}、異常なし。",
            "{part}を{act}。所要{number}分。",
            "{machine}の{act}完了。",
            "部品在庫、{part}残り{number}個。",
        ),
        (
            "{machine}で{sign}。{part}を{act}、{number}分で復旧。",
            "{machine}停止。原因は{part}の{sign}。",
            "{sign}あり、要観察。{when}再確認。",
        ),
    ),
    ("en", "polite"): (
        (
            "The {part} of {machine} was {act} {when}, and everything works as it should.",
            "No faults were found on {machine} today.",
            "We ran {machine} for {number} hours without any trouble.",
            "The next check of the {part} is planned in {number} days.",
        ),
        (
            "We noticed {sign} at {machine} {when}, so the {part} was {act}.",
            "Production stopped for {number} minutes because the {part} of {machine} showed {sign}.",
            "I would like to look at {machine} again tomorrow, since {sign} has not gone away.",
        ),
    ),
    ("en", "curt"): (
        (
            "{machine}: ok.",
            "{part} {act}, {number} min.",
            "{machine} up {number} h, no faults.",
            "stock: {part} x{number}.",
        ),
        (
            "{machine} down {number} min. {part}: {sign}.",
            "{sign} on {machine}. {part} {act}. watch it.",
            "recheck {machine} {when}.",
        ),
    ),
}


@dataclass(frozen=True)
class Writer:
    """Shares of the reports that are in Japanese, polite, and of calm days; places of the machines in their list."""

    japanese: float
    polite: float
    calm: float
    machines: tuple[int, ...]


WRITERS: Mapping[str, Writer] = {
    "佐藤": Writer(0.75, 0.90, 0.75, (0, 1, 2)),
    "鈴木": Writer(0.80, 0.15, 0.50, (2, 3, 4, 5)),
    "Miller": Writer(0.25, 0.85, 0.40, (0, 4, 6)),
    "Brown": Writer(0.30, 0.10, 0.70, (1, 3, 5, 6)),
}
_SAME_MACHINE = 0.6
"""Share of the sentences that stay with the report's first machine."""


def log() -> str:
    """Return the log, a report a line: the writer's name, a colon, the sentences."""
    generator = np.random.Generator(np.random.PCG64(SEED))
    return "".join(f"{line}\n" for line in (_report(generator) for _ in range(REPORTS)))


def _report(generator: np.random.Generator) -> str:
    name = _one(tuple(WRITERS), generator)
    writer = WRITERS[name]
    language = "ja" if generator.random() < writer.japanese else "en"
    manner = "polite" if generator.random() < writer.polite else "curt"
    calm, troubled = _STYLES[language, manner]
    kinds = calm if generator.random() < writer.calm else troubled
    machines = [_SLOTS[language]["machine"][place] for place in writer.machines]
    machine = _one(machines, generator)
    sentences = []
    for _ in range(int(generator.integers(SENTENCES[0], SENTENCES[1] + 1))):
        filled = {slot: _one(values, generator) for slot, values in _SLOTS[language].items()}
        filled["machine"] = machine if generator.random() < _SAME_MACHINE else _one(machines, generator)
        sentence = _one(kinds, generator).format(number=int(generator.integers(2, 48)), **filled)
        sentences.append(sentence[0].upper() + sentence[1:] if manner == "polite" else sentence)
    return f"{name}: " + ("" if language == "ja" else " ").join(sentences)


def _one(values: Sequence[str], generator: np.random.Generator) -> str:
    return values[int(generator.integers(len(values)))]


if __name__ == "__main__":
    FILE.write_text(log(), encoding="utf-8", newline="\n")
    print(f"{FILE.name}  {FILE.stat().st_size:,} B")
