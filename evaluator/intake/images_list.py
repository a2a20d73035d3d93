"""A table of paths and labels: which column is which, and which image each row means."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import pandas as pd

from evaluator.errors import DataError
from evaluator.intake.images_decode import IMAGE_ENDINGS
from evaluator.intake.names import is_site_name, target_score
from evaluator.intake.read import detect, read_table
from scorecards.local_text import LocalText

_DRIVE = re.compile(r"^[A-Za-z]:")
_PATH_SHARE = 0.5
"""A column of paths: at least this share of its cells end like an image."""
_SHOWN = 10


@dataclass(frozen=True)
class ImageList:
    """Rows of a table that mean an image: as written (`paths`), label, site ('' without sites).

    label, site: the columns' names, '' where there is none. header: whether the first row holds the names.
    """

    paths: tuple[str, ...]
    labels: tuple[str, ...]
    sites: tuple[str, ...]
    label: str
    site: str
    header: bool
    left_out: Counter[str]


def read_list(table: Path, *, label: str, site: str | None, header: bool | None) -> ImageList:
    """Return the rows of `table`; `label` '' and `site` None: find the column out, `site` '': there are none.

    Raises DataError where the columns can't be told, or a path leads out of the folder of the table.
    """
    source = detect([table], header=header)
    frame = read_table(source)
    columns = [str(name) for name in frame.columns]
    text = {name: _texts(frame[name]) for name in columns}
    path_column = _path_column(text, table)
    for asked in (label, site or ""):
        if asked and asked not in columns:
            raise _no_column(asked, columns, table)
    if site is None:
        site = next((name for name in columns if is_site_name(name) and name not in (path_column, label)), "")
    label = label or _label_column(text, [name for name in columns if name not in (path_column, site)], table)
    left_out: Counter[str] = Counter()
    rows: dict[str, tuple[str, str]] = {}
    for number, (path, cls, place) in enumerate(
        zip(text[path_column], text[label], text[site] if site else [""] * len(frame), strict=True)
    ):
        if not path or not cls or (site and not place):
            left_out["no_label"] += 1
            continue
        clean = _inside(path, f"{table.name}:{number + 1 + source.header}")
        if clean in rows:
            left_out["twice"] += 1
        else:
            rows[clean] = (cls, place)
    return ImageList(
        tuple(rows),
        tuple(one for one, _ in rows.values()),
        tuple(one for _, one in rows.values()),
        label,
        site,
        source.header,
        left_out,
    )


def matched(paths: Sequence[str], names: Sequence[str]) -> dict[str, str]:
    """Return path → name of the image that it means: the same, or the only one that ends alike."""
    exact = set(names)
    by_file: defaultdict[str, list[str]] = defaultdict(list)
    for name in names:
        by_file[PurePosixPath(name).name].append(name)
    found = {}
    for path in paths:
        if path in exact:
            found[path] = path
            continue
        alike = [
            name for name in by_file[PurePosixPath(path).name] if name.endswith(f"/{path}") or path.endswith(f"/{name}")
        ]
        if len(alike) == 1:
            found[path] = alike[0]
    return found


def images_beside(table: Path, paths: Sequence[str]) -> tuple[Path, ...]:
    """Return the files on disk that `paths` mean, from the table's folder on; those that aren't there are left out.

    Raises DataError where a path leads out of that folder through a link.
    """
    root = table.parent.resolve()
    found = []
    for path in paths:
        file = root / path
        if not file.is_file():
            continue
        if not file.resolve().is_relative_to(root):
            raise _leads_out(path, table.name)
        found.append(file)
    return tuple(found)


def _texts(column: pd.Series) -> list[str]:
    """Return a column's cells as text, '' where missing; whole numbers without '.0'."""
    whole = pd.api.types.is_float_dtype(column) and bool((column.dropna() % 1 == 0).all())
    values = column.astype("Int64") if whole else column
    missing = values.isna()
    return ["" if gone else str(value).strip() for value, gone in zip(values, missing, strict=True)]


def _path_column(text: dict[str, list[str]], table: Path) -> str:
    def share(name: str) -> float:
        cells = [cell for cell in text[name] if cell]
        return sum(cell.lower().endswith(IMAGE_ENDINGS) for cell in cells) / max(len(cells), 1)

    best = max(text, key=share)
    if share(best) < _PATH_SHARE:
        raise DataError(
            LocalText(
                ja="画像のパス (.png や .jpg で終わる値) の列が見つかりません。",
                en="No column holds paths of images (values that end in .png, .jpg and the like).",
            ),
            where=table.name,
            cure=LocalText(
                ja="画像のパスとクラスの列を含む CSV を指定してください。表そのものを予測するなら --task table です。",
                en="Give a CSV with columns of paths and labels; to predict from the table itself: --task table.",
            ),
        )
    return best


def _label_column(text: dict[str, list[str]], names: Sequence[str], table: Path) -> str:
    """Return the column that is to be predicted: the one that sounds like it, else the only one whose values repeat."""
    repeating = [name for name in names if 2 <= len(set(text[name]) - {""}) <= max(2, len(text[name]) // 2)]
    named = sorted(repeating, key=lambda name: -target_score(name))
    if named and target_score(named[0]) > 0:
        return named[0]
    if len(repeating) == 1:
        return repeating[0]
    raise DataError(
        LocalText(ja="クラス (目的列) がどの列か決められません。", en="Which column holds the label can't be told."),
        where=table.name,
        cure=LocalText(
            ja=f"--target で列名を指定してください。候補: {'、'.join((repeating or list(names))[:_SHOWN]) or 'なし'}",
            en=f"Name it with --target. Candidates: {', '.join((repeating or list(names))[:_SHOWN]) or 'none'}.",
        ),
    )


def _inside(path: str, where: str) -> str:
    """Return a path as written in the table with '/' between folders. Raises DataError where it leads elsewhere."""
    clean = unicodedata.normalize("NFC", path.replace("\\", "/"))
    if clean.startswith(("/", "~")) or _DRIVE.match(clean) or "://" in clean or ".." in clean.split("/"):
        raise _leads_out(path, where)
    return "/".join(part for part in clean.split("/") if part not in ("", "."))


def _leads_out(path: str, where: str) -> DataError:
    shown = path if len(path) <= 80 else f"{path[:79]}…"
    return DataError(
        LocalText(
            ja=f"パス「{shown}」は、一覧表のフォルダーの外を指しています。",
            en=f"The path '{shown}' leads out of the folder of the list.",
        ),
        where=where,
        cure=LocalText(
            ja="一覧表のあるフォルダー (または ZIP の中) からの相対パスで書いてください。",
            en="Write paths relative to the folder of the list, or within the ZIP.",
        ),
    )


def _no_column(name: str, columns: Sequence[str], table: Path) -> DataError:
    return DataError(
        LocalText(ja=f"列「{name}」がありません。", en=f"There is no column '{name}'."),
        where=table.name,
        cure=LocalText(
            ja=f"次の列があります: {'、'.join(columns[:_SHOWN])}", en=f"Its columns: {', '.join(columns[:_SHOWN])}."
        ),
    )
