"""The sentences of intake's findings, in Japanese and English: one function a finding."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

from evaluator.intake.findings import Finding, Severity
from scorecards.local_text import LocalText

FEW_ROWS = 500


def _finding(code: str, column: str, severity: Severity, ja: str, en: str, cure_ja: str, cure_en: str) -> Finding:
    return Finding(code, column, severity, LocalText(ja=ja, en=en), LocalText(ja=cure_ja, en=cure_en))


def _count(number: int, noun: str) -> str:
    """Return e.g. '1 row' or '1,200 rows'."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _shorten(text: str, length: int = 30) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"


# --- noticed while reading -------------------------------------------------------------------------------------------


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
    shown = [_shorten(title, 20) for title in passed[:5]]
    more_ja, more_en = (" など", " and others") if len(passed) > 5 else ("", "")
    return _finding(
        "sheet",
        "",
        "info",
        f"{_shorten(file)} はシート「{_shorten(read)}」を読みました。"
        f"読まなかったシート: {'、'.join(f'「{title}」' for title in shown)}{more_ja}。",
        f"In {_shorten(file)} the sheet “{_shorten(read)}” was read. "
        f"Passed over: {', '.join(f'“{title}”' for title in shown)}{more_en}.",
        "別のシートを使う場合は、そのシートだけを CSV か別のブックに保存してください。",
        "To use another sheet, save it alone, as CSV or as a workbook of its own.",
    )


def encodings(by_file: Mapping[str, str]) -> Finding:
    """The files of one table are in different encodings; each was read in its own."""
    shown = [f"{_shorten(file)}: {name}" for file, name in list(by_file.items())[:5]]
    more = " …" if len(by_file) > 5 else ""
    return _finding(
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
    shown = [_shorten(text, 20) for text in list(odd)[:3]]
    return _finding(
        "odd_cells",
        name,
        "warning",
        f"列「{name}」は数値の列ですが、数値でないセルが {count:,} 個あります (例: {'、'.join(shown)})。"
        "欠損として扱います。",
        f"Column “{name}” holds numbers, with text in {_count(count, 'cell')} (such as {', '.join(shown)}), "
        "read as missing.",
        "意味のある値であれば数値に直してください。欠損であれば、このままで問題ありません。",
        "If they carry a meaning, turn them into numbers; if they stand for missing, leave them.",
    )


def ambiguous_dates(name: str, pattern: str) -> Finding:
    """Day and month can be exchanged in every cell."""
    ja, en = ("日/月/年", "day/month/year") if pattern == "D/M/Y" else ("月/日/年", "month/day/year")
    return _finding(
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
    return _finding(
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
    return _finding(
        "infinite",
        name,
        "warning",
        f"列「{name}」に無限大の値が {count:,} 個あります。欠損として扱います。",
        f"Column “{name}” is infinite in {_count(count, 'cell')}; read as missing.",
        "0 による割り算などがないか、計算元をご確認ください。",
        "Check the calculation behind it, for instance a division by zero.",
    )


def sentinel_dropped(value: float, cells: Mapping[str, int]) -> Finding:
    """A code for 'missing' that several columns share was read as missing. `cells`: how many, by column."""
    shown = [_shorten(name, 20) for name in list(cells)[:3]]
    count = sum(cells.values())
    return _finding(
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
    shown = [_shorten(name, 20) for name in names[:3]]
    more_ja, more_en = (" など", " and others") if len(names) > 3 else ("", "")
    return _finding(
        "renamed_columns",
        "",
        "info",
        f"列名が空か重複していた {len(names):,} 列に名前を付けました ({'、'.join(shown)}{more_ja})。",
        f"{_count(len(names), 'column')} without a name of their own got one ({', '.join(shown)}{more_en}).",
        "元の表で列名を付け直すと、結果が読みやすくなります。",
        "Name them in the original table to make the results easier to read.",
    )


def empty_rows(count: int) -> Finding:
    """Rows without any value were left out."""
    return _finding(
        "empty_rows",
        "",
        "info",
        f"値が 1 つもない行を {count:,} 行除きました。",
        f"{_count(count, 'row')} without any value left out.",
        "対応は不要です。",
        "Nothing needs to be done.",
    )


# --- columns ---------------------------------------------------------------------------------------------------------


def empty_column(name: str) -> Finding:
    """The column holds no value."""
    return _finding(
        "empty_column",
        name,
        "info",
        f"列「{name}」には値がありません。入力に使いません。",
        f"Column “{name}” holds no value; it is not used.",
        "対応は不要です。値があるはずの列なら、書き出し元をご確認ください。",
        "Nothing needs to be done, unless it should hold values: then check the export.",
    )


def constant_column(name: str, value: str, missing: float) -> Finding:
    """The column holds one value only."""
    suffix_ja, suffix_en = (" (ほかは欠損)", " (the rest is missing)") if missing > 0 else ("", "")
    return _finding(
        "constant",
        name,
        "info",
        f"列「{name}」の値はすべて「{_shorten(value)}」です{suffix_ja}。入力に使いません。",
        f"Column “{name}” is “{_shorten(value)}” throughout{suffix_en}; it is not used.",
        "対応は不要です。",
        "Nothing needs to be done.",
    )


_LEAVE_OUT = LocalText(
    ja="画面の「使わない列」に加えてください (PoC のファイルでは columns に ignored と書きます)",
    en="put it among the columns not to use on the page, or write ignored for it under columns in the PoC file",
)


def duplicate_column(name: str, twin: str) -> Finding:
    """The column repeats another."""
    return _finding(
        "duplicate_column",
        name,
        "info",
        f"列「{name}」は列「{twin}」とまったく同じ値です。入力に使いません。",
        f"Column “{name}” repeats “{twin}” in every row; it is not used.",
        f"残したいほうが逆の場合は、代わりに「{twin}」を{_LEAVE_OUT.ja}。",
        f"To keep this one instead, leave “{twin}” out: {_LEAVE_OUT.en}.",
    )


def identifier(name: str) -> Finding:
    """The column tells rows apart."""
    return _finding(
        "identifier",
        name,
        "info",
        f"列「{name}」は行ごとに異なる値 (識別子) です。入力に使いません。",
        f"Column “{name}” differs in every row (an identifier); it is not used.",
        "意味のある数量や分類であれば、画面の「使わない列」から外すか、PoC のファイルの columns に numeric または "
        "categorical と書いてください。",
        "If it is a quantity or a category, take it off the columns not to use on the page, or write numeric or "
        "categorical for it under columns in the PoC file.",
    )


def mostly_unique(name: str, distinct: int, filled: int) -> Finding:
    """The column's text hardly repeats."""
    return _finding(
        "mostly_unique",
        name,
        "info",
        f"列「{name}」は {filled:,} 行に {distinct:,} 種類の値があり、ほとんど繰り返しません。入力に使いません。",
        f"Column “{name}” has {distinct:,} different values in {filled:,} rows and hardly repeats; it is not used.",
        "分類として使うには、種類の少ない列 (都道府県、部門など) にまとめてください。",
        "To use it, group it into fewer categories, such as a region or a department.",
    )


def free_text(name: str) -> Finding:
    """The column holds sentences."""
    return _finding(
        "free_text",
        name,
        "info",
        f"列「{name}」は自由記述の文章のようです。表の課題では入力に使いません。",
        f"Column “{name}” seems to hold free text; a table task does not use it.",
        "文章から取り出した分類や数値の列を加えると、手がかりにできます。",
        "Add columns of categories or numbers taken from the text to make use of it.",
    )


def many_categories(name: str, distinct: int) -> Finding:
    """The column has many categories."""
    return _finding(
        "many_categories",
        name,
        "info",
        f"列「{name}」には {distinct:,} 種類の値があります。まれな値は「その他」にまとめて学習します。",
        f"Column “{name}” has {distinct:,} categories; rare ones are learnt together as “other”.",
        "拠点を表す列であれば「拠点」に指定してください。",
        "If it names sites, choose it as the site.",
    )


def similar_categories(name: str, alike: Sequence[str]) -> Finding:
    """Two categories differ only in how they are typed."""
    first, second = (_shorten(text) for text in alike[:2])
    return _finding(
        "similar_categories",
        name,
        "warning",
        f"列「{name}」に表記の揺れがあるようです (「{first}」と「{second}」)。別の値として扱います。",
        f"Column “{name}” seems to spell one value in several ways (“{first}”, “{second}”); they count as different.",
        "同じ意味であれば、表記をそろえてください (大文字・小文字、全角・半角、空白)。",
        "If they mean the same, spell them alike (case, width, blanks).",
    )


def many_missing(name: str, missing: float) -> Finding:
    """Most of the column is missing."""
    return _finding(
        "many_missing",
        name,
        "warning",
        f"列「{name}」の {missing:.0%} が欠損です。欠損であること自体も手がかりとして学習します。",
        f"{missing:.0%} of column “{name}” is missing; that a value is missing is itself used as a clue.",
        "欠損の理由が結果と関係する場合 (結果が出た後に記入されるなど) は、この列を除いてください。",
        "If values are filled in only after the outcome is known, drop the column.",
    )


def suspected_missing(name: str, value: float, count: int) -> Finding:
    """One far-off value repeats: probably a code for 'missing'."""
    return _finding(
        "suspected_missing",
        name,
        "warning",
        f"列「{name}」の {value:g} ({count:,} 個) は、欠損を表す値のようです。いまは数値として扱います。",
        f"{value:g} in column “{name}” ({_count(count, 'cell')}) looks like a code for “missing”; "
        "it counts as a number for now.",
        "欠損であれば、元の表でそのセルを空欄にしてください。",
        "If it stands for missing, leave those cells empty in the original table.",
    )


def number_as_category(name: str, distinct: int) -> Finding:
    """Whole numbers under a name such as 'code' are read as categories."""
    return _finding(
        "number_as_category",
        name,
        "info",
        f"列「{name}」の数字は {distinct:,} 種類のコードとみなし、分類として扱います。",
        f"The numbers in “{name}” are taken as {distinct:,} codes, that is, as categories.",
        "数量であれば、列の扱いを「数値」に変更してください。",
        "If it is a quantity, change its kind to numeric.",
    )


# --- the whole table -------------------------------------------------------------------------------------------------


def table_findings(rows: int, duplicates: int) -> list[Finding]:
    """Return the findings on the number of rows and on rows that repeat."""
    findings = []
    if duplicates > 0:
        findings.append(
            _finding(
                "duplicate_rows",
                "",
                "warning" if duplicates > 0.05 * rows else "info",
                f"まったく同じ行が {duplicates:,} 行重複しています。学習用と評価用の両方に入ると、"
                "性能が良く見えすぎます。",
                f"{_count(duplicates, 'row')} repeating an earlier one. Where copies fall into both training and test, "
                "quality looks better than it is.",
                "書き出しの重複であれば、重複を除いてください。",
                "If the export doubled them, remove the copies.",
            )
        )
    if rows < FEW_ROWS:
        findings.append(
            _finding(
                "few_rows",
                "",
                "warning",
                f"行数が {rows:,} と少ないため、差が出ても判定できないことがあります。",
                f"There are only {rows:,} rows: differences may stay undecided.",
                "可能であれば 1,000 行以上をご用意ください。",
                "Bring 1,000 rows or more if you can.",
            )
        )
    return findings
