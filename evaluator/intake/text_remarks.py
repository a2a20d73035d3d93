"""What is said of text files: mended, left out, or worth a look. Each with its count."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from evaluator.intake.findings import Finding, Severity
from evaluator.intake.remarks_wording import count_of
from scorecards.local_text import LocalText

_MOST_NAMES = 5
_NOTHING_TO_DO = LocalText(ja="対応は不要です。", en="Nothing needs to be done.")


def _finding(code: str, severity: Severity, text: LocalText, cure: LocalText = _NOTHING_TO_DO) -> Finding:
    return Finding(code, "", severity, text, cure)


def listed(names: Sequence[str]) -> LocalText:
    """Return the first few names, and how many more there are."""
    shown, more = names[:_MOST_NAMES], len(names) - _MOST_NAMES
    return LocalText(
        ja="、".join(shown) + (f" ほか {more:,} 件" if more > 0 else ""),
        en=", ".join(shown) + (f" and {more:,} more" if more > 0 else ""),
    )


def different_encodings(found: Mapping[str, Sequence[str]]) -> Finding:
    """Tell that files differ in encoding. found: encoding → names of files."""
    by_size = sorted(found.items(), key=lambda item: -len(item[1]))
    counts = ", ".join(f"{encoding.upper()} {len(names):,}" for encoding, names in by_size)
    odd = listed([name for _, names in by_size[1:] for name in names])
    return _finding(
        "text_encodings",
        "info",
        LocalText(
            ja=f"文字コードの異なるファイルがあります ({counts} 件)。それぞれの文字コードで読みました: {odd.ja}",
            en=f"The files differ in encoding ({counts} files); each was read in its own: {odd.en}.",
        ),
    )


def controls_removed(nuls: int, others: int) -> Finding:
    """Tell how many control characters were taken out."""
    ja = [f"NUL 文字 {nuls:,} 個"] if nuls else []
    en = [count_of(nuls, "NUL")] if nuls else []
    if others:
        ja.append(f"その他の制御文字 {others:,} 個" if nuls else f"制御文字 {others:,} 個")
        en.append(count_of(others, "other control character" if nuls else "control character"))
    return _finding(
        "text_controls",
        "warning",
        LocalText(ja=f"{'と、'.join(ja)}を取り除きました。", en=f"Removed: {' and '.join(en)}."),
        LocalText(
            ja="書き出しや転送の途中で壊れた箇所がないか、ご確認ください。",
            en="Check that the file was not damaged while it was exported or sent.",
        ),
    )


def garbled(count: int) -> Finding:
    """Tell how many characters an earlier conversion lost."""
    return _finding(
        "text_garbled",
        "warning",
        LocalText(
            ja=f"以前の文字コード変換で失われた文字 (�) が {count:,} 個あります。そのまま読みました。",
            en=f"{count_of(count, 'character')} lost in an earlier conversion (�), read as found.",
        ),
        LocalText(ja="元のファイルから作り直すことをお勧めします。", en="Better convert the original file anew."),
    )


def aozora_stripped(counts: Counter[str]) -> Finding:
    """Tell what was taken out of Aozora files (see `strip_aozora`)."""
    blocks = counts["header"] + counts["footer"]
    return _finding(
        "text_aozora",
        "info",
        LocalText(
            ja=f"青空文庫の記法を取り除きました: ルビ {counts['ruby']:,}、注記 {counts['note']:,}、"
            f"外字注記 {counts['character']:,} (文字に置き換え)、ヘッダー・フッター {blocks:,}。",
            en=f"Aozora Bunko's marks were removed: {counts['ruby']:,} ruby, "
            f"{count_of(counts['note'], 'note')}, "
            f"{count_of(counts['character'], 'described character')} (now the character itself), "
            f"headers and footers: {blocks:,}.",
        ),
        LocalText(
            ja="本文として残す場合は、設定 aozora を no にしてください。",
            en="To keep them, set the option aozora to no.",
        ),
    )


def long_lines(longest: int) -> Finding:
    """Tell that a line is very long: it was read as it is."""
    return _finding(
        "text_long_line",
        "info",
        LocalText(
            ja=f"{longest:,} 文字の行があります。改行のない文章としてそのまま読みました。",
            en=f"One line has {longest:,} characters; it was read as text without line breaks.",
        ),
    )


def duplicates_left_out(names: Sequence[str]) -> Finding:
    """Tell which files repeat another one's text: kept, they would stand in training and test alike."""
    shown = listed(names)
    return _finding(
        "text_duplicates",
        "warning",
        LocalText(
            ja=f"ほかのファイルと同じ内容の {len(names):,} ファイルを除きました: {shown.ja}",
            en=f"{count_of(len(names), 'file')} with the same text as another left out: {shown.en}.",
        ),
    )


def notes_left_out(names: Sequence[str]) -> Finding:
    """Tell which descriptive files of a folder were not read as text."""
    shown = listed(names)
    return _finding(
        "text_notes",
        "info",
        LocalText(
            ja=f"説明用とみられる {len(names):,} ファイルは本文に含めていません: {shown.ja}",
            en=f"Notes beside the text, not read: {count_of(len(names), 'file')} ({shown.en}).",
        ),
        LocalText(
            ja="本文である場合は、ファイル名を指定して読み込んでください。",
            en="If they are text to learn from, name them one by one.",
        ),
    )
