"""Writes every sample: `python -m sample_data.make`. The same bytes each time.

The synthetic ones come from fixed seeds, the others from scikit-learn's own copies.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from sample_data import FOLDER
from sample_data.business_pairs import make as business_pairs
from sample_data.daily_demand import make as daily_demand
from sample_data.digit_images import make as digit_images
from sample_data.pen_shapes import make as pen_shapes
from sample_data.reports_text import make as reports_text
from sample_data.store_demand import make as store_demand


def store_demand_csv() -> str:
    """Return the synthetic table of stock-outs as CSV."""
    return _csv(store_demand.HEADER, store_demand.rows())


def breast_cancer_csv() -> str:
    """Return scikit-learn's breast cancer table as CSV; the target is called 'diagnosis'."""
    from sklearn.datasets import load_breast_cancer

    data = load_breast_cancer()
    header = [*(str(name).replace(" ", "_") for name in data.feature_names), "diagnosis"]
    names = [str(name) for name in data.target_names]
    rows = (
        [*(_short(value) for value in row), names[label]] for row, label in zip(data.data, data.target, strict=True)
    )
    return _csv(header, rows)


def diabetes_csv() -> str:
    """Return scikit-learn's diabetes table (unscaled) as CSV; the target is called 'progression'."""
    from sklearn.datasets import load_diabetes

    data = load_diabetes(scaled=False)
    names = {"s1": "cholesterol", "s2": "ldl", "s3": "hdl", "s4": "cholesterol_per_hdl", "s5": "log_triglycerides"}
    names |= {"s6": "glucose", "bp": "blood_pressure"}
    header = [*(names.get(str(name), str(name)) for name in data.feature_names), "progression"]
    rows = ([_short(value) for value in (*row, label)] for row, label in zip(data.data, data.target, strict=True))
    return _csv(header, rows)


def _short(value: float) -> str:
    return f"{float(value):.6g}"


def _csv(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue()


def daily_demand_csv() -> str:
    """Return the synthetic demand series as CSV."""
    return _csv(daily_demand.HEADER, daily_demand.rows())


_MAKERS: Mapping[str, Callable[[], str | bytes]] = {
    "store_demand/store_demand.csv": store_demand_csv,
    "breast_cancer/breast_cancer.csv": breast_cancer_csv,
    "diabetes/diabetes.csv": diabetes_csv,
    "daily_demand/daily_demand.csv": daily_demand_csv,
    "digit_images/digit_images.zip": digit_images.archive,
    "reports_text/reports.txt": reports_text.log,
    "pen_shapes/pen_shapes.ndjson": pen_shapes.ndjson,
    "business_pairs/business_pairs.tsv": business_pairs.pairs,
}


def made(path: Path) -> bytes:
    """Return what the script makes for the sample file `path`. Raises KeyError for any other file."""
    content = _MAKERS[path.relative_to(FOLDER).as_posix()]()
    return content.encode() if isinstance(content, str) else content


def write_all(folder: Path = FOLDER) -> tuple[Path, ...]:
    """Write every sample below `folder`, tables in UTF-8, and return the paths."""
    paths = []
    for name in _MAKERS:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(made(FOLDER / name))
        paths.append(path)
    return tuple(paths)


if __name__ == "__main__":
    for written in write_all():
        print(f"{written.relative_to(FOLDER.parent)}  {written.stat().st_size:,} B")
