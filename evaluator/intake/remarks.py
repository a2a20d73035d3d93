"""What there is to say of a table's columns and rows, in Japanese and English: one function a finding."""

from __future__ import annotations

from collections.abc import Sequence

from evaluator.intake.findings import Finding
from evaluator.intake.remarks_wording import count_of, finding, shorten
from scorecards.local_text import LocalText

FEW_ROWS = 500


def empty_column(name: str) -> Finding:
    """The column holds no value."""
    return finding(
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
    return finding(
        "constant",
        name,
        "info",
        f"列「{name}」の値はすべて「{shorten(value)}」です{suffix_ja}。入力に使いません。",
        f"Column “{name}” is “{shorten(value)}” throughout{suffix_en}; it is not used.",
        "対応は不要です。",
        "Nothing needs to be done.",
    )


_LEAVE_OUT = LocalText(
    ja="画面の「使わない列」に加えてください (PoC のファイルでは columns に ignored と書きます)",
    en="put it among the columns not to use on the page, or write ignored for it under columns in the PoC file",
)


def duplicate_column(name: str, twin: str) -> Finding:
    """The column repeats another."""
    return finding(
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
    return finding(
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
    return finding(
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
    return finding(
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
    return finding(
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
    first, second = (shorten(text) for text in alike[:2])
    return finding(
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
    return finding(
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
    return finding(
        "suspected_missing",
        name,
        "warning",
        f"列「{name}」の {value:g} ({count:,} 個) は、欠損を表す値のようです。いまは数値として扱います。",
        f"{value:g} in column “{name}” ({count_of(count, 'cell')}) looks like a code for “missing”; "
        "it counts as a number for now.",
        "欠損であれば、元の表でそのセルを空欄にしてください。",
        "If it stands for missing, leave those cells empty in the original table.",
    )


def number_as_category(name: str, distinct: int) -> Finding:
    """Whole numbers under a name such as 'code' are read as categories."""
    return finding(
        "number_as_category",
        name,
        "info",
        f"列「{name}」の数字は {distinct:,} 種類のコードとみなし、分類として扱います。",
        f"The numbers in “{name}” are taken as {distinct:,} codes, that is, as categories.",
        "数量であれば、列の扱いを「数値」に変更してください。",
        "If it is a quantity, change its kind to numeric.",
    )


def table_findings(rows: int, duplicates: int) -> list[Finding]:
    """Return the findings on the number of rows and on rows that repeat."""
    findings = []
    if duplicates > 0:
        findings.append(
            finding(
                "duplicate_rows",
                "",
                "warning" if duplicates > 0.05 * rows else "info",
                f"まったく同じ行が {duplicates:,} 行重複しています。学習用と評価用の両方に入ると、"
                "性能が良く見えすぎます。",
                f"{count_of(duplicates, 'row')} repeating an earlier one. Where copies fall into both training and "
                "test, quality looks better than it is.",
                "書き出しの重複であれば、重複を除いてください。",
                "If the export doubled them, remove the copies.",
            )
        )
    if rows < FEW_ROWS:
        findings.append(
            finding(
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
