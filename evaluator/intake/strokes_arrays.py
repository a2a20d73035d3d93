"""Drawings in NPZ files, without pickle. Torch-free.

Accepted: one array of stroke-3 rows (points, 3) a drawing; all drawings in one, (drawings, points, 3 or 5); or all
rows one after another, (points, 3), with the number of points a drawing in 'lengths' beside them. (drawings, points, 3)
without 'lengths' holds as many points for every drawing; rows of zeros at its end draw nothing: they are padding.
Arrays of words or whole numbers as long as there are drawings are labels, e.g. 'writer'.

An NPZ is a ZIP, and it is read as one from a stranger: sizes are checked before anything is unpacked. An array of
objects can only be read by running code that the file holds, so it is refused.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from evaluator.errors import DataError
from evaluator.intake.archives import ArchiveLimits, open_archive
from evaluator.intake.strokes_forms import STROKE_3, STROKE_5, Drawing, Reason, Unusable, from_rows
from scorecards.local_text import LocalText

LIMITS = ArchiveLimits(most_files=200_000, most_bytes=1_000_000_000, largest=500_000_000, tightest=300.0)
"""Padding packs tightly, so an array may be packed more tightly than a photograph."""
LENGTHS = ("lengths", "length", "counts", "n_points")
TO_NDJSON = (
    'import json, numpy; [print(json.dumps({"drawing": one.tolist()})) for part in '
    'numpy.load(file, allow_pickle=True, encoding="latin1").values() for one in part]'
)
"""Python that prints the drawings of all arrays of an NPZ `file`, for its owner to run."""
_LONGEST_LABEL = 80
_VERSIONS = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}

Array = NDArray[np.generic]


def in_arrays(path: Path, labels: Mapping[str, str]) -> Iterator[Drawing | Reason]:
    """Yield the drawings of an NPZ file, or why one is none. Raises DataError."""
    arrays = read_arrays(path)
    lengths = next((arrays.pop(name) for name in LENGTHS if name in arrays), None)
    rows = {name: array for name, array in arrays.items() if _holds_rows(array)}
    if not rows:
        raise _no_drawings(path)
    drawings = [one for array in rows.values() for one in _drawings(array, lengths, path)]
    marks = {name: one for name, one in arrays.items() if name not in rows and _labels_all(one, len(drawings))}
    names = _own_names(rows, drawings)
    for number, one in enumerate(drawings):
        own = {name: str(values[number])[:_LONGEST_LABEL] for name, values in marks.items()}
        try:
            yield from_rows(one.astype(np.float64), {**labels, **own, **names.get(number, {})})
        except Unusable as unusable:
            yield unusable.reason


def read_arrays(path: Path) -> dict[str, Array]:
    """Return the arrays of an NPZ by name. Raises DataError for objects (pickle), bombs and damage."""
    found: dict[str, Array] = {}
    with open_archive(path, LIMITS) as archive:
        for member in archive.members:
            name = PurePosixPath(member.name)
            if name.suffix == ".npy":
                found[name.stem] = _array(archive.read(member), f"{path.name}/{name.stem}")
    if not found:
        raise _no_drawings(path)
    return found


def _array(raw: bytes, where: str) -> Array:
    """Return a .npy file's array; its header is believed only as far as there are bytes."""
    stream = io.BytesIO(raw)
    try:
        shape, by_column, kind = _VERSIONS[npy.read_magic(stream)](stream)
        if kind.hasobject:
            raise _needs_pickle(where)
        if any(side < 0 for side in shape):
            raise _damaged(where)
        values = np.frombuffer(raw, dtype=kind, offset=stream.tell())
        return values.reshape(shape, order="F" if by_column else "C")
    except (ValueError, KeyError, TypeError, SyntaxError, OverflowError) as error:
        raise _damaged(where) from error


def _holds_rows(array: Array) -> bool:
    return array.ndim in (2, 3) and array.shape[-1] in (STROKE_3, STROKE_5) and array.dtype.kind in "iuf"


def _drawings(array: Array, lengths: Array | None, path: Path) -> list[Array]:
    if array.ndim == 2 and lengths is None:
        return [array]
    if lengths is None:
        return [_without_zeros(one) for one in array] if array.shape[-1] == STROKE_3 else list(array)
    counts = _counts(lengths, array, path)
    if array.ndim == 3:
        return [one[:count] for one, count in zip(array, counts, strict=True)]
    return np.split(array, np.cumsum(counts)[:-1])


def _without_zeros(rows: Array) -> Array:
    """Return stroke-3 rows without those at the end that neither move nor lift the pen."""
    drawn = np.flatnonzero(rows.any(axis=1))
    return rows[: drawn[-1] + 1] if len(drawn) else rows[:0]


def _counts(lengths: Array, array: Array, path: Path) -> list[int]:
    if lengths.ndim != 1 or lengths.dtype.kind not in "iu" or not len(lengths):
        raise _no_lengths(path)
    counts = [int(count) for count in lengths]
    fits = len(counts) == len(array) and max(counts) <= array.shape[1] if array.ndim == 3 else sum(counts) == len(array)
    if not fits or min(counts) < 0:
        raise _no_lengths(path)
    return counts


def _labels_all(array: Array, drawings: int) -> bool:
    return array.ndim == 1 and array.dtype.kind in "iuU" and len(array) == drawings


def _own_names(rows: Mapping[str, Array], drawings: list[Array]) -> dict[int, dict[str, str]]:
    """Return what the arrays' names tell where each holds one drawing: 'kana_0012' is of the group 'kana'."""
    if len(rows) != len(drawings):
        return {}
    groups = [re.sub(r"[\W_]*\d+$", "", name)[:_LONGEST_LABEL] for name in rows]
    return {number: {"group": group} for number, group in enumerate(groups) if group and group != "arr"}


def _needs_pickle(where: str) -> DataError:
    return DataError(
        LocalText(
            ja="この NPZ は pickle (オブジェクト配列) で保存されています。開くとファイル内のコードが実行されるおそれが"
            "あるため、読み込みません。",
            en="This NPZ holds an object array (pickle): opening it could run code from the file, so it is refused.",
        ),
        where=where,
        cure=LocalText(
            ja=f"信頼できるファイルであれば、お手元で 1 行 1 枚の NDJSON に変換してください: {TO_NDJSON}",
            en=f"If you trust its origin, convert it yourself to NDJSON, a drawing a line: {TO_NDJSON}",
        ),
    )


def _damaged(where: str) -> DataError:
    return DataError(
        LocalText(ja="NPZ の中の配列が壊れているため読めません。", en="An array in the NPZ is damaged."),
        where=where,
        cure=LocalText(ja="numpy.savez で作り直してください。", en="Write it again with numpy.savez."),
    )


def _no_drawings(path: Path) -> DataError:
    return DataError(
        LocalText(
            ja="NPZ に stroke-3 の配列 (点数, 3) がありません。",
            en="The NPZ holds no stroke-3 array of shape (points, 3).",
        ),
        where=path.name,
        cure=LocalText(
            ja="1 枚ごとに (点数, 3) の配列を保存するか、連結した配列に lengths を添えてください。",
            en="Save an array (points, 3) a drawing, or one of all rows with 'lengths' beside it.",
        ),
    )


def _no_lengths(path: Path) -> DataError:
    return DataError(
        LocalText(
            ja="1 枚ごとの点数を示す配列「lengths」がないか、行数と合いません。",
            en="The array 'lengths', the points of each drawing, is missing or doesn't fit the rows.",
        ),
        where=path.name,
        cure=LocalText(
            ja="各描画の点数を整数の配列 lengths として保存してください。",
            en="Save the number of points a drawing as an array of whole numbers called 'lengths'.",
        ),
    )
