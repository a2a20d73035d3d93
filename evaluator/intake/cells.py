"""What one cell may mean: missing, a number, a date. Works on whole arrays of text (pyarrow) at a time."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

# Missing in every column. Compared after trimming, width folding (NFKC) and lower-casing.
MISSING = frozenset(
    {
        "",
        "na",
        "n/a",
        "n.a.",
        "#n/a",
        "#na",
        "<na>",
        "nan",
        "-nan",
        "null",
        "nil",
        "?",
        "??",
        "-",
        "--",
        "---",
        "—",
        "–",
    }
    | {
        "―",
        "ー",
        "…",
        "...",
        "nat",
        "欠損",
        "欠損値",
        "欠測",
        "欠測値",
        "missing",
        "\\n",
        "#value!",
        "#div/0!",
        "#ref!",
    }
    | {"#name?", "#num!", "#null!"}
)
# Missing among numbers and dates only; in a text column each is an answer like any other ('none' = no fence).
UNKNOWN = frozenset(
    {
        "none",
        "unknown",
        "不明",
        "なし",
        "無し",
        "無",
        "該当なし",
        "対象外",
        "未測定",
        "未入力",
        "未記入",
        "未定",
        "未",
        ".",
    }
    | {"測定不能", "判定不能", "エラー", "error", "err", "n.d.", "nd", "not available", "not applicable", "inf", "-inf"}
    | {"+inf", "infinity", "-infinity", "*", "**", "***", "x", "×", "/", "#"}
)
# Handed to the CSV parser, which drops exact spellings quickly; the rest is caught per distinct value.
PARSER_NULLS = ["", " ", "NA", "N/A", "n/a", "na", "NaN", "nan", "NULL", "null", "?", "-", "欠損", "#N/A", "<NA>"]

_NUMBER = r"[-+]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d*)?(?:[eE][-+]?\d+)?|[-+]?\.\d+(?:[eE][-+]?\d+)?"
_NUMBER_COMMA = r"[-+]?(?:\d{1,3}(?:[. ']\d{3})+|\d+)(?:,\d*)?(?:[eE][-+]?\d+)?|[-+]?,\d+(?:[eE][-+]?\d+)?"
_NUMBER_ANY = re.compile(f"(?:{_NUMBER}|{_NUMBER_COMMA})")
# Above this many digits a whole number is a code: floats can't hold it.
MAX_DIGITS = 15


def fold(text: str) -> str:
    """Return `text` trimmed, with full-width characters folded and in lower case, to compare spellings by."""
    return unicodedata.normalize("NFKC", text).strip().lower()


def is_missing(text: str) -> bool:
    """Tell whether a cell says 'no value' whatever its column holds."""
    return fold(text) in MISSING


def is_number(text: str) -> bool:
    """Tell whether one cell is a number in either decimal convention."""
    return _NUMBER_ANY.fullmatch(_plain(text)) is not None


def _plain(text: str) -> str:
    """Return one cell with Japanese and accounting signs turned into plain ones; the scalar twin of `_plain_all`."""
    value = unicodedata.normalize("NFKC", text).strip()
    value = re.sub(r"^[▲△−–]\s*", "-", value)
    value = re.sub(r"^\((.+)\)$", r"-\1", value)
    value = re.sub(r"^([-+]?)[¥$€£]\s*", r"\1", value)
    return re.sub(r"\s*[%円]$", "", value)


def _plain_all(values: pa.Array) -> pa.Array:
    plain = pc.utf8_trim_whitespace(pc.utf8_normalize(values, form="NFKC"))
    plain = pc.replace_substring_regex(plain, r"^[▲△−–]\s*", "-")
    plain = pc.replace_substring_regex(plain, r"^\((.+)\)$", r"-\1")
    plain = pc.replace_substring_regex(plain, r"^([-+]?)[¥$€£]\s*", r"\1")
    return pc.replace_substring_regex(plain, r"\s*[%円]$", "")


def plain_numbers(values: pa.Array) -> NDArray[np.float64] | None:
    """Return text as numbers (missing → NaN) where every cell is plainly one, else None. `values`: text (rows,)."""
    try:
        numbers = values.cast(pa.float64())
    except pa.ArrowInvalid:
        return None
    return _to_numpy(numbers)


def numbers_of(values: pa.Array, decimal: str) -> NDArray[np.float64]:
    """Return text as numbers, NaN where a cell is none.

    Understands thousands groups, `decimal` ('.' or ','), ¥ $ € £ % 円, full-width digits, ▲ and (…) as minus.
    """
    plain = _plain_all(values)
    pattern = _NUMBER_COMMA if decimal == "," else _NUMBER
    matched = pc.fill_null(pc.match_substring_regex(plain, f"^(?:{pattern})$"), False)
    plain = pc.if_else(matched, plain, pa.scalar(None, plain.type))
    if decimal == ",":
        plain = pc.replace_substring(pc.replace_substring_regex(plain, r"[. ']", ""), ",", ".")
    else:
        plain = pc.replace_substring(plain, ",", "")
    plain = pc.replace_substring_regex(plain, r"^\+", "")
    return _to_numpy(plain.cast(pa.float64()))


def _to_numpy(numbers: pa.Array) -> NDArray[np.float64]:
    if isinstance(numbers, pa.ChunkedArray):
        numbers = numbers.combine_chunks()
    filled: NDArray[np.float64] = np.array(numbers.to_numpy(zero_copy_only=False), dtype=np.float64)
    return filled


def missing_mask(values: pa.Array, *, unknown: bool) -> NDArray[np.bool_]:
    """Tell per cell whether it is missing; with `unknown`, spellings that mean so among numbers and dates count too."""
    folded = pc.utf8_lower(pc.utf8_trim_whitespace(pc.utf8_normalize(values, form="NFKC")))
    spellings = MISSING | UNKNOWN if unknown else MISSING
    found = pc.is_in(folded, value_set=pa.array(sorted(spellings), values.type))
    mask: NDArray[np.bool_] = pc.or_(found, pc.is_null(values)).to_numpy(zero_copy_only=False)
    return mask


def looks_like_code(values: pa.Array) -> bool:
    """Tell whether whole numbers are codes: zeros in front ('00123') or more digits than a float can hold."""
    lengths = pc.binary_length(values)
    longest = pc.max(lengths).as_py() or 0
    if longest < 3:
        return False
    padded = pc.and_(pc.starts_with(values, "0"), pc.greater(lengths, 2))
    if pc.any(padded).as_py():
        suspects = values.filter(pc.fill_null(padded, False))
        if pc.any(pc.match_substring_regex(suspects, r"^0\d{2,}$")).as_py():
            return True
    if longest <= MAX_DIGITS:
        return False
    long = values.filter(pc.fill_null(pc.greater(lengths, MAX_DIGITS), False))
    return bool(pc.any(pc.match_substring_regex(long, rf"^[-+]?\d{{{MAX_DIGITS + 1},}}$")).as_py())


@dataclass(frozen=True)
class DatePattern:
    """One way to write dates. Groups of `regex`: y, m, d, H, M, S, p (am/pm), z (zone), e (era), b (month's name)."""

    name: str
    regex: str

    def matches(self, text: str) -> bool:
        """Tell whether one cell has this form (its day may still not exist)."""
        return re.fullmatch(self.regex, unicodedata.normalize("NFKC", text).strip()) is not None


_TIME = (
    r"(?:[T ]*(?P<H>\d{1,2})[:時] ?(?P<M>\d{1,2})(?:[:分] ?(?P<S>\d{1,2}(?:[.,]\d+)?)秒?)?分?"
    r" ?(?P<p>[AaPp][Mm])? ?(?P<z>Z|UTC|[-+]\d{2}:?\d{2})?)?"
)
_WEEKDAY = r"(?: ?\([月火水木金土日祝・]+\))?"
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = r"(?P<b>(?i:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec))[a-zA-Z]*\.?"
_ERAS = {"令和": 2018, "R": 2018, "平成": 1988, "H": 1988, "昭和": 1925, "S": 1925, "大正": 1911, "T": 1911}

DATE_PATTERNS = (
    DatePattern("Y-M-D", rf"(?P<y>\d{{4}})[-/.](?P<m>\d{{1,2}})[-/.](?P<d>\d{{1,2}}){_WEEKDAY}{_TIME}"),
    DatePattern("D/M/Y", rf"(?P<d>\d{{1,2}})[-/.](?P<m>\d{{1,2}})[-/.](?P<y>\d{{4}}){_TIME}"),
    DatePattern("M/D/Y", rf"(?P<m>\d{{1,2}})[-/.](?P<d>\d{{1,2}})[-/.](?P<y>\d{{4}}){_TIME}"),
    DatePattern("Y年M月D日", rf"(?P<y>\d{{4}})年 ?(?P<m>\d{{1,2}})月(?: ?(?P<d>\d{{1,2}})日)?{_WEEKDAY}{_TIME}"),
    DatePattern(
        "和暦",
        r"(?P<e>令和|平成|昭和|大正|[RHST])\.?(?P<y>\d{1,2}|元)[年./] ?(?P<m>\d{1,2})[月./] ?(?P<d>\d{1,2})日?"
        rf"{_WEEKDAY}{_TIME}",
    ),
    DatePattern("Y-M", r"(?P<y>\d{4})[-/](?P<m>\d{1,2})"),
    DatePattern("D Mon Y", rf"(?P<d>\d{{1,2}})[- /]{_MONTH}[- /,]+(?P<y>\d{{4}}){_TIME}"),
    DatePattern("Mon D, Y", rf"{_MONTH} (?P<d>\d{{1,2}}),? (?P<y>\d{{4}}){_TIME}"),
)
COMPACT = DatePattern("YYYYMMDD", r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})")
_BY_NAME = {pattern.name: pattern for pattern in (*DATE_PATTERNS, COMPACT)}
AMBIGUOUS = ("D/M/Y", "M/D/Y")

Dates = NDArray[np.datetime64]


def date_pattern(name: str) -> DatePattern:
    """Return the pattern called `name`."""
    return _BY_NAME[name]


def dates_of(values: pa.Array, pattern: DatePattern) -> Dates:
    """Return text as datetime64[us], NaT where a cell is no valid date in `pattern`. A time zone is turned into UTC."""
    text = pc.utf8_trim_whitespace(pc.utf8_normalize(values, form="NFKC"))
    parts = pc.extract_regex(text, f"^(?:{pattern.regex})$")
    groups = {field.name for field in parts.type}
    good = np.asarray(pc.is_valid(parts).to_numpy(zero_copy_only=False))

    def numbers(group: str, default: int) -> NDArray[np.int64]:
        if group not in groups:
            return np.full(len(text), default, dtype=np.int64)
        column = pc.struct_field(parts, group)
        column = pc.if_else(pc.equal(column, ""), pa.scalar(str(default)), column)
        column = pc.if_else(pc.equal(column, "元"), pa.scalar("1"), column)
        filled: NDArray[np.int64] = pc.fill_null(column, str(default)).cast(pa.int64()).to_numpy(zero_copy_only=False)
        return filled

    year, day = numbers("y", 1970), numbers("d", 1)
    month = _month_numbers(pc.struct_field(parts, "b")) if "b" in groups else numbers("m", 1)
    if "e" in groups:
        year = year + _era_starts(pc.struct_field(parts, "e"))
    hour, minute = _afternoon(numbers("H", 0), parts, groups), numbers("M", 0)
    good &= (month >= 1) & (month <= 12) & (day >= 1) & (day <= 31) & (hour <= 24) & (minute <= 59)
    good &= (year >= 1000) & (year <= 2999)
    months = np.where(good, (year - 1970) * 12 + month - 1, 0).astype("datetime64[M]")
    days = months.astype("datetime64[D]") + np.where(good, day - 1, 0).astype("timedelta64[D]")
    good &= days.astype("datetime64[M]") == months
    seconds = hour * 3600 + minute * 60
    microseconds = seconds * 1_000_000 + _microseconds(parts, groups) - _offset_seconds(parts, groups) * 1_000_000
    result: Dates = days.astype("datetime64[us]") + microseconds.astype("timedelta64[us]")
    result[~good] = np.datetime64("NaT")
    return result


def _afternoon(hour: NDArray[np.int64], parts: pa.Array, groups: set[str]) -> NDArray[np.int64]:
    if "p" not in groups:
        return hour
    sign = pc.utf8_lower(pc.fill_null(pc.struct_field(parts, "p"), "")).to_numpy(zero_copy_only=False)
    turned: NDArray[np.int64] = np.where(sign == "pm", hour % 12 + 12, np.where(sign == "am", hour % 12, hour))
    return turned


def _month_numbers(names: pa.Array) -> NDArray[np.int64]:
    position = pc.index_in(pc.utf8_lower(names), value_set=pa.array(_MONTHS))
    numbers: NDArray[np.int64] = pc.fill_null(position, -1).cast(pa.int64()).to_numpy(zero_copy_only=False) + 1
    return numbers


def _era_starts(eras: pa.Array) -> NDArray[np.int64]:
    position = pc.fill_null(pc.index_in(eras, value_set=pa.array(list(_ERAS))), 0)
    starts: NDArray[np.int64] = np.array(list(_ERAS.values()), dtype=np.int64)
    of_rows: NDArray[np.int64] = starts[np.asarray(position.to_numpy(zero_copy_only=False))]
    return of_rows


def _microseconds(parts: pa.Array, groups: set[str]) -> NDArray[np.int64]:
    if "S" not in groups:
        return np.zeros(len(parts), dtype=np.int64)
    text = pc.replace_substring(pc.struct_field(parts, "S"), ",", ".")
    text = pc.if_else(pc.equal(text, ""), pa.scalar("0"), text)
    seconds = pc.fill_null(text, "0").cast(pa.float64()).to_numpy(zero_copy_only=False)
    whole: NDArray[np.int64] = np.rint(seconds * 1_000_000).astype(np.int64)
    return whole


def _offset_seconds(parts: pa.Array, groups: set[str]) -> NDArray[np.int64]:
    if "z" not in groups:
        return np.zeros(len(parts), dtype=np.int64)
    zone = pc.fill_null(pc.struct_field(parts, "z"), "")
    zone = pc.if_else(pc.is_in(zone, value_set=pa.array(["", "Z", "UTC"])), pa.scalar("+0000"), zone)
    digits = pc.replace_substring(zone, ":", "")
    sign = np.where(pc.starts_with(digits, "-").to_numpy(zero_copy_only=False), -1, 1)
    hours = pc.utf8_slice_codeunits(digits, 1, 3).cast(pa.int64()).to_numpy(zero_copy_only=False)
    minutes = pc.utf8_slice_codeunits(digits, 3, 5).cast(pa.int64()).to_numpy(zero_copy_only=False)
    offset: NDArray[np.int64] = sign * (hours * 3600 + minutes * 60)
    return offset
