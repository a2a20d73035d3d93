"""What was noticed, and mended, while a table was read, in Japanese and English: one function a finding."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

from evaluator.intake.findings import Finding
from evaluator.intake.remarks_wording import count_of, finding, shorten


def reading_findings(notes: Mapping[str, object]) -> list[Finding]:
    """Return the findings for what `read_table` left in `frame.attrs['intake']`."""
    findings = [
        odd_cells(name, odd) for name, odd in cast(Mapping[str, Mapping[str, int]], notes.get("odd", {})).items()
    ]
    ambiguous = cast(Mapping[str, str], notes.get("ambiguous_dates", {}))
    findings += [ambiguous_dates(name, pattern) for name, pattern in ambiguous.items()]
    findings += [code_numbers(name) for name in cast(Sequence[str], notes.get("codes", ()))]
    findings += [infinite(name, count) for name, count in cast(Mapping[str, int], notes.get("infinite", {})).items()]
    sentinel = cast(Mapping[str, Sequence[float]], notes.get("sentinels", {}))
    for value in sorted({value for value, _ in sentinel.values()}):
        findings.append(sentinel_dropped(value, {n: int(count) for n, (v, count) in sentinel.items() if v == value}))
    sheets = cast(Mapping[str, Sequence[str]], notes.get("sheets", {}))
    findings += [sheet(name, read, passed) for name, (read, *passed) in sheets.items()]
    encodings_ = cast(Mapping[str, str], notes.get("encodings", {}))
    findings += [encodings(encodings_)] if encodings_ else []
    renamed = cast(Sequence[str], notes.get("renamed", ()))
    findings += [renamed_columns(renamed)] if renamed else []
    empty_rows_ = cast(int, notes.get("empty_rows", 0))
    return findings + ([empty_rows(empty_rows_)] if empty_rows_ else [])


def sheet(file: str, read: str, passed: Sequence[str]) -> Finding:
    """A workbook holds several sheets; one of them was read."""
    shown = [shorten(title, 20) for title in passed[:5]]
    more_ja, more_en = (" など", " and others") if len(passed) > 5 else ("", "")
    return finding(
        "sheet",
        "",
        "info",
        f"{shorten(file)} はシート「{shorten(read)}」を読みました。"
        f"読まなかったシート: {'、'.join(f'「{title}」' for title in shown)}{more_ja}。",
        f"In {shorten(file)} the sheet “{shorten(read)}” was read. "
        f"Passed over: {', '.join(f'“{title}”' for title in shown)}{more_en}.",
        "別のシートを使う場合は、そのシートだけを CSV か別のブックに保存してください。",
        "To use another sheet, save it alone, as CSV or as a workbook of its own.",
    )


def encodings(by_file: Mapping[str, str]) -> Finding:
    """The files of one table are in different encodings; each was read in its own."""
    shown = [f"{shorten(file)}: {name}" for file, name in list(by_file.items())[:5]]
    more = " …" if len(by_file) > 5 else ""
    return finding(
        "encodings",
        "",
        "info",
        f"ファイルごとに文字コードが異なるため、それぞれの文字コードで読みました ({'、'.join(shown)}{more})。",
        f"The files differ in encoding; each was read in its own ({', '.join(shown)}{more}).",
        "文字化けがないか、列名と値の例をご確認ください。",
        "Check the columns' names and examples for garbled text.",
    )


def odd_cells(name: str, odd: Mapping[str, int]) -> Finding:
    """A few cells among numbers are other text; they were read as missing."""
    count = sum(odd.values())
    shown = [shorten(text, 20) for text in list(odd)[:3]]
    return finding(
        "odd_cells",
        name,
        "warning",
        f"列「{name}」は数値の列ですが、数値でないセルが {count:,} 個あります (例: {'、'.join(shown)})。"
        "欠損として扱います。",
        f"Column “{name}” holds numbers, with text in {count_of(count, 'cell')} (such as {', '.join(shown)}), "
        "read as missing.",
        "意味のある値であれば数値に直してください。欠損であれば、このままで問題ありません。",
        "If they carry a meaning, turn them into numbers; if they stand for missing, leave them.",
    )


def ambiguous_dates(name: str, pattern: str) -> Finding:
    """Day and month can be exchanged in every cell."""
    ja, en = ("日/月/年", "day/month/year") if pattern == "D/M/Y" else ("月/日/年", "month/day/year")
    return finding(
        "ambiguous_dates",
        name,
        "warning",
        f"列「{name}」の日付は「日/月/年」とも「月/日/年」とも読めます。「{ja}」として読みました。",
        f"The dates in “{name}” can be read as day/month or month/day. They were read as {en}.",
        "違う場合は、日付を 2026-11-23 のような「年-月-日」の形に直してください。",
        "If that is wrong, write the dates as year-month-day, such as 2026-11-23.",
    )


def code_numbers(name: str) -> Finding:
    """Whole numbers with zeros in front or very many digits were kept as text."""
    return finding(
        "code_numbers",
        name,
        "info",
        f"列「{name}」は先頭に 0 が付くか桁数が多いため、数量ではなくコード (文字列) として読みました。",
        f"Column “{name}” has leading zeros or very many digits: it was read as codes (text), not quantities.",
        "数量であれば、先頭の 0 を除いてください。",
        "If these are quantities, remove the leading zeros.",
    )


def infinite(name: str, count: int) -> Finding:
    """Infinite values were read as missing."""
    return finding(
        "infinite",
        name,
        "warning",
        f"列「{name}」に無限大の値が {count:,} 個あります。欠損として扱います。",
        f"Column “{name}” is infinite in {count_of(count, 'cell')}; read as missing.",
        "0 による割り算などがないか、計算元をご確認ください。",
        "Check the calculation behind it, for instance a division by zero.",
    )


def sentinel_dropped(value: float, cells: Mapping[str, int]) -> Finding:
    """A code for 'missing' that several columns share was read as missing. `cells`: how many, by column."""
    shown = [shorten(name, 20) for name in list(cells)[:3]]
    count = sum(cells.values())
    return finding(
        "sentinel",
        "",
        "warning",
        f"{len(cells)} 列 ({'、'.join(shown)} など) に共通の {value:g} ({count:,} 個) は欠損とみなしました。",
        f"{value:g} in {len(cells)} columns ({', '.join(shown)} …; {count:,} cells) was read as missing.",
        "本当の値であれば、元の表でこの値の書き方を変えてください。",
        "If it is a real value, write it differently in the original table.",
    )


def renamed_columns(names: Sequence[str]) -> Finding:
    """Columns without a name, or with a repeated one, were given one."""
    shown = [shorten(name, 20) for name in names[:3]]
    more_ja, more_en = (" など", " and others") if len(names) > 3 else ("", "")
    return finding(
        "renamed_columns",
        "",
        "info",
        f"列名が空か重複していた {len(names):,} 列に名前を付けました ({'、'.join(shown)}{more_ja})。",
        f"{count_of(len(names), 'column')} without a name of their own got one ({', '.join(shown)}{more_en}).",
        "元の表で列名を付け直すと、結果が読みやすくなります。",
        "Name them in the original table to make the results easier to read.",
    )


def empty_rows(count: int) -> Finding:
    """Rows without any value were left out."""
    return finding(
        "empty_rows",
        "",
        "info",
        f"値が 1 つもない行を {count:,} 行除きました。",
        f"{count_of(count, 'row')} without any value left out.",
        "対応は不要です。",
        "Nothing needs to be done.",
    )
