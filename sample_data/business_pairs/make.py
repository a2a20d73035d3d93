"""Makes the business sentences: Japanese and English, by department, from a grammar. Synthetic, from a fixed seed.

What is in it on purpose: a Japanese sentence puts the verb last, so that words must be reordered; every department has
work of its own to speak of, and puts some Japanese words differently into English (納期表: `delivery plan` in sales,
`deadline list` in development, `shipping plan` in the factory). So there is something to gain from knowing the
department, and much that a department never seen shares with the others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np

FILE = Path(__file__).resolve().parent / "business_pairs.tsv"
SEED = 20_261_124
PAIRS = 2_400
HEADER = ("日本語", "英語", "部署")

Pair = tuple[str, str]
_Any = TypeVar("_Any")

_PEOPLE: Sequence[Pair] = (
    ("田中さん", "Mr Tanaka"),
    ("佐藤さん", "Ms Sato"),
    ("高橋さん", "Mr Takahashi"),
    ("伊藤さん", "Ms Ito"),
    ("山本さん", "Mr Yamamoto"),
    ("中村さん", "Ms Nakamura"),
    ("部長", "the manager"),
    ("担当者", "the person in charge"),
    ("工場長", "the plant manager"),
    ("取引先", "the supplier"),
)
_WHEN: Sequence[Pair] = (
    ("本日", "today"),
    ("明日", "tomorrow"),
    ("今週中に", "this week"),
    ("月曜日に", "on Monday"),
    ("火曜日に", "on Tuesday"),
    ("金曜日に", "on Friday"),
    ("来週", "next week"),
    ("来月", "next month"),
    ("午前中に", "in the morning"),
    ("夕方に", "in the evening"),
)
_COUNTS: Sequence[Pair] = (
    ("2", "two"),
    ("3", "three"),
    ("5", "five"),
    ("8", "eight"),
    ("10", "ten"),
    ("12", "twelve"),
    ("20", "twenty"),
    ("30", "thirty"),
)
_SHARED: Sequence[Pair] = (
    ("{when}、{person}に{thing}を送ります。", "I will send {thing} to {person} {when}."),
    ("{person}は{when}、{thing}を確認します。", "{person} will check {thing} {when}."),
    ("{thing}について{person}に聞いてください。", "Please ask {person} about {thing}."),
    ("{person}から{thing}を受け取りました。", "I have received {thing} from {person}."),
    ("{person}に{thing}の場所を教えました。", "I told {person} where {thing} is."),
    ("{thing}はまだ届いていません。", "{thing} has not arrived yet."),
    ("{when}、会議で{thing}を説明します。", "I will explain {thing} at the meeting {when}."),
)


_THINGS: Sequence[str] = (
    "見積書",
    "契約書",
    "注文書",
    "検査結果",
    "納期表",
    "日程表",
    "申請書",
    "メモ",
    "案内状",
    "報告書",
)
_ENGLISH: Mapping[str, str] = {
    "見積書": "the quotation",
    "契約書": "the contract",
    "注文書": "the order form",
    "検査結果": "the test result",
    "納期表": "the delivery plan",
    "日程表": "the schedule",
    "申請書": "the application form",
    "メモ": "the memo",
    "案内状": "the invitation",
    "報告書": "the report",
}


@dataclass(frozen=True)
class Department:
    """How it speaks: English words of its own, what it works on, and sentences about that; `own`: their share."""

    english: Mapping[str, str]
    works: Sequence[Pair]
    sentences: Sequence[Pair]
    own: float


DEPARTMENTS: Mapping[str, Department] = {
    "営業部": Department(
        {"見積書": "the offer", "注文書": "the purchase order"},
        (("価格", "the price"), ("数量", "the quantity"), ("支払条件", "the terms of payment")),
        (
            ("{person}に{count}個のサンプルを{when}送ります。", "I will send {count} samples to {person} {when}."),
            ("{work}について{person}に聞いてください。", "Please ask {person} about {work}."),
            ("{when}、{person}と{work}を相談します。", "I will discuss {work} with {person} {when}."),
        ),
        0.3,
    ),
    "製造部": Department(
        {"納期表": "the shipping plan", "報告書": "the shift report"},
        (("2号機", "machine 2"), ("3号機", "machine 3"), ("搬送ライン", "the conveyor line")),
        (
            ("{when}、{work}を{count}分止めます。", "I will stop {work} for {count} minutes {when}."),
            ("{person}は{when}、{work}を確認します。", "{person} will check {work} {when}."),
            ("{work}に異常はありません。", "There is nothing wrong with {work}."),
        ),
        0.3,
    ),
    "開発部": Department(
        {"納期表": "the deadline list", "検査結果": "the test report"},
        (("設計", "the design"), ("画面", "the screen"), ("制御プログラム", "the control program")),
        (
            ("{person}は{when}、{work}を確認します。", "{person} will check {work} {when}."),
            ("{work}に{count}件の問題があります。", "There are {count} problems with {work}."),
            ("{when}、{person}と{work}を相談します。", "I will discuss {work} with {person} {when}."),
        ),
        0.3,
    ),
    "総務部": Department(
        {"契約書": "the agreement", "日程表": "the timetable"},
        (("会議室", "the meeting room"), ("社用車", "the company car"), ("倉庫", "the storeroom")),
        (
            ("{when}、{work}を{count}時間閉めます。", "I will close {work} for {count} hours {when}."),
            ("{person}は{when}、{work}を予約します。", "{person} will book {work} {when}."),
            ("{work}について{person}に聞いてください。", "Please ask {person} about {work}."),
        ),
        0.3,
    ),
}


def pairs() -> str:
    """Return the file: a header, then a pair a line (Japanese, English, department), no pair twice."""
    generator = np.random.Generator(np.random.PCG64(SEED))
    made: dict[tuple[str, str, str], None] = {}
    while len(made) < PAIRS:
        made[_pair(generator)] = None
    return "".join("\t".join(row) + "\n" for row in (HEADER, *made))


def _pair(generator: np.random.Generator) -> tuple[str, str, str]:
    name = _one(tuple(DEPARTMENTS), generator)
    department = DEPARTMENTS[name]
    templates = department.sentences if generator.random() < department.own else _SHARED
    slots = {
        "person": _one(_PEOPLE, generator),
        "when": _one(_WHEN, generator),
        "count": _one(_COUNTS, generator),
        "thing": _put(_one(_THINGS, generator), department),
        "work": _one(department.works, generator),
    }
    template = _one(templates, generator)
    japanese, english = (
        template[side].format(**{slot: words[side] for slot, words in slots.items()}) for side in range(2)
    )
    return japanese, english[0].upper() + english[1:], name


def _put(thing: str, department: Department) -> Pair:
    """Return a thing in Japanese, and in the department's English."""
    return thing, department.english.get(thing, _ENGLISH[thing])


def _one(values: Sequence[_Any], generator: np.random.Generator) -> _Any:
    return values[int(generator.integers(len(values)))]


if __name__ == "__main__":
    FILE.write_text(pairs(), encoding="utf-8", newline="\n")
    print(f"{FILE.name}  {FILE.stat().st_size:,} B")
