"""Text files: encodings, line ends, Aozora's marks, speakers; what is mended is counted."""

from __future__ import annotations

from pathlib import Path

import pytest

from evaluator.intake.text import clean, detect_text, notes_beside, read_texts
from evaluator.intake.text_aozora import looks_like_aozora, strip_aozora
from evaluator.intake.text_speakers import find_speeches
from tests.text_data import make_speeches, told, written

JAPANESE = "吾輩は猫である。名前はまだ無い。\nどこで生れたかとんと見当がつかぬ。\n" * 20


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp932", "euc_jp"])
def test_japanese_reads_alike_in_every_encoding(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "neko.txt"
    path.write_bytes(JAPANESE.replace("\n", "\r\n").encode(encoding))
    found = read_texts(detect_text([path]))
    assert [file.text for file in found.files] == [JAPANESE]
    assert found.findings == ()


def test_control_characters_are_taken_out_and_counted() -> None:
    text, counts = clean("\ufeffa\0b\0\r\nc\x08\rd\ufffd\x1a")
    assert text == "ab\nc\nd\ufffd"
    assert counts == {"nul": 2, "control": 1, "garbled": 1}


def test_a_folder_is_its_texts_without_the_notes_beside_them(tmp_path: Path) -> None:
    for name in ("b/two.txt", "a/one.md", "README.txt", ".hidden.txt", "a/picture.png"):
        written(tmp_path, f"text of {name}", name)
    found = read_texts(detect_text([tmp_path]))
    assert [(file.name, file.folder) for file in found.files] == [("one", "a"), ("two", "b")]
    assert "README" in told(notes_beside([tmp_path]))


def test_the_same_text_twice_is_read_once_and_told(tmp_path: Path) -> None:
    for name in ("one.txt", "two.txt"):
        written(tmp_path, JAPANESE, name)
    found = read_texts(detect_text([tmp_path]))
    assert len(found.files) == 1
    assert "two.txt" in told(found.findings)


def test_aozora_marks_are_stripped_and_counted() -> None:
    rule = "-" * 55
    raw = (
        f"坊っちゃん\n夏目漱石\n\n{rule}\n【テキスト中に現れる記号について】\n\n《》：ルビ\n{rule}\n\n"
        "［＃５字下げ］一［＃「一」は中見出し］\n親譲《おやゆず》りの｜無鉄砲《むてっぽう》で"
        "※［＃「口＋它」、第3水準1-14-88］と云った。\n\n底本：「ちくま日本文学全集」\n"
    )
    assert looks_like_aozora(raw)
    text, counts = strip_aozora(raw)
    expected = b"\xae\xf8".decode("euc_jis_2004")
    assert text.strip() == f"一\n親譲りの無鉄砲で{expected}と云った。"
    assert (counts["ruby"], counts["note"], counts["character"]) == (2, 2, 1)
    assert (counts["header"], counts["footer"]) == (1, 1)
    assert not looks_like_aozora("彼は《はい》と言った。")


def test_speakers_are_found_on_lines_of_their_own_and_before_their_words() -> None:
    play = "".join(f"{name}:\nspeech {number}\n\n" for number in range(15) for name in ("First Man", "Second Man"))
    found = find_speeches("Act one.\n\n" + play)
    assert found is not None
    assert (found.speeches, found.before) == (30, len("Act one."))
    assert found.text["First Man"].startswith("speech 0\n\nspeech 1")
    inline = find_speeches(make_speeches(100))
    assert inline is not None
    assert sorted(inline.text) == ["ann", "bob", "cid", "dan", "eve"]
    assert sum(map(len, inline.text.values())) < len(make_speeches(100)) + 200


def test_prose_with_colons_has_no_speakers() -> None:
    assert (
        find_speeches("He said: no.\nIt was cold.\nSo he left.\nNote: this is prose.\nhttp://example.org\n" * 30)
        is None
    )
