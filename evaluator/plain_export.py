"""A plain dense model out of a PoC's hypernetwork: written, loaded again, and compared before it appears. Torch-free.

Every measured trial keeps its trained model beside the store, in `artifacts/POC/trials/TRIAL/model`. What the variant
generates is stored as the task's `dense` variant stores its weights, so that the folder is read by `dense` and needs no
generator any more.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from safetensors import SafetensorError

from evaluator.errors import DiskFullError, InputError, NotFoundError
from evaluator.networks.protocol import AnyFitted, Exportable
from evaluator.networks.registry import variant as find_variant
from evaluator.plan import make_plan
from evaluator.store.connection import NO_SPACE
from evaluator.tasks import task as find_task
from evaluator.tasks.protocol import Floats, TaskData
from scorecards.local_text import LocalText

if TYPE_CHECKING:
    from evaluator.plan import Plan
    from evaluator.store import Store

DENSE = "dense"
DYNAMIC = "hyper_dynamic"
MODEL_FOLDER = "model"
ORIGIN_FILE = "export.json"
TOLERANCE = 1e-5
"""Largest difference of the outputs, as a share of the largest output (at least of 1)."""
ROWS_IN_ORDER = ("test", "new_test", "validation", "new_validation", "train", "new_train")
"""Where a site's rows to compare on are looked for: those never learned from first."""


@dataclass(frozen=True)
class Export:
    """A plain model that was written: what it came from, and how far its outputs are from the hypernetwork's.

    difference: the largest on `rows` rows, as a share of the largest output (at least of 1). site: '' for a site that
    the hypernetwork never saw, or where there are none.
    """

    folder: Path
    poc: str
    variant: str
    seed: int
    site: str
    rows: int
    difference: float


def export_plain(store: Store, poc: str, variant: str, folder: Path, *, seed: int = 1, site: str = "") -> Export:
    """Write the plain model of a trial's hypernetwork into the new `folder`, whole or not at all.

    Raises NotFoundError where there is no such PoC, trial or site, InputError where the variant has no plain model, its
    outputs differ by more than TOLERANCE, or nothing can be written to `folder`.
    """
    check_new(folder)
    asked = store.poc(poc)
    plan = make_plan(asked, store.folder(asked.id))
    model = _kept_model(store, plan, variant, seed)
    with _readable(plan):
        data = find_task(plan.poc.task).load(plan.data)
        fitted = find_variant(variant, plan.poc.task).load(model, data)
    plain = fitted.plain(site) if isinstance(fitted, Exportable) else None
    if plain is None:
        raise _no_plain(variant)
    rows = rows_to_compare(data, site)
    with _new_folder(folder) as partial:
        plain.save(partial)
        again = find_variant(DENSE, plan.poc.task).load(partial, data)
        difference = largest_difference(outputs(fitted, rows), outputs(again, rows))
        if not difference <= TOLERANCE:
            raise _differs(difference)
        export = Export(folder, plan.poc.id, variant, seed, site, rows.rows, difference)
        (partial / ORIGIN_FILE).write_text(_origin(export), encoding="utf-8")
    return export


def outputs(fitted: AnyFitted, rows: Any) -> Floats:
    """Return the network's outputs for `rows`, first axis rows."""
    assert isinstance(fitted, Exportable)
    return fitted.outputs(rows)


def largest_difference(wanted: Floats, found: Floats) -> float:
    """Return the largest difference as a share of the largest of `wanted`, at least of 1; NaN where one is NaN."""
    if not wanted.size:
        return float("nan")
    scale = max(1.0, float(np.abs(wanted).max()))
    return float(np.abs(wanted.astype(np.float64) - found.astype(np.float64)).max()) / scale


def rows_to_compare(data: TaskData, site: str) -> Any:
    """Return the test rows that the plain model is for: a site's own, or those of all sites never seen ('').

    A site without test rows is compared on its other rows.
    """
    if not data.has_sites:
        return data.test
    first, last = (data.site_names.index(site),) * 2 if site else (data.known_sites, len(data.site_names))
    parts = [getattr(data, name) for name in ROWS_IN_ORDER]
    chosen = [part.take(np.flatnonzero((part.site >= first) & (part.site <= last))) for part in parts]
    return next((rows for rows in chosen if rows.rows), data.new_test)


def check_new(folder: Path) -> None:
    """Raise InputError unless `folder` can be made: nothing is there yet, and the folder around it is."""
    if folder.exists() or folder.is_symlink():
        raise InputError(
            LocalText(ja="書き出し先がすでにあります。上書きはしません。", en="This exists already; it is kept."),
            where=str(folder),
            cure=LocalText(
                ja="-o で、まだないフォルダーの名前を指定してください。",
                en="Name a folder with -o that doesn't exist yet.",
            ),
        )
    if not folder.absolute().parent.is_dir():
        raise InputError(
            LocalText(ja="書き出し先のフォルダーがありません。", en="The folder to write to does not exist."),
            where=str(folder.parent),
            cure=LocalText(
                ja="先にフォルダーを作るか、-o で別の場所を指定してください。",
                en="Make the folder first, or choose another place with -o.",
            ),
        )


def _kept_model(store: Store, plan: Plan, variant: str, seed: int) -> Path:
    """Return the folder of the model that a trial kept. Raises NotFoundError, or InputError for `dense` itself."""
    if variant not in plan.poc.variants:
        known = ", ".join(plan.poc.variants)
        raise NotFoundError(
            LocalText(ja=f"この PoC に、方式「{variant}」はありません。", en=f"This PoC has no variant '{variant}'."),
            where="variant",
            cure=LocalText(ja=f"次のいずれかを指定してください: {known}", en=f"Choose one of: {known}."),
        )
    done = [row for row in store.trials(plan.poc.id) if row.purpose == "measure" and row.state == "done"]
    kept = {
        row.seed: plan.folder / row.trial / MODEL_FOLDER
        for row in done
        if row.variant == variant and any((plan.folder / row.trial / MODEL_FOLDER).glob("*"))
    }
    if seed in kept:
        return kept[seed]
    seeds = ", ".join(str(number) for number in sorted(kept))
    raise NotFoundError(
        LocalText(
            ja=f"方式「{variant}」のシード {seed} の学習済みモデルが、保存先にありません。",
            en=f"The store holds no trained model of '{variant}' with seed {seed}.",
        ),
        where=str(plan.folder),
        cure=LocalText(ja=f"保存されているシード: {seeds}", en=f"Seeds that are kept: {seeds}.")
        if seeds
        else LocalText(
            ja="先に python -m evaluator run で PoC を実行してください。",
            en="Run the PoC first: python -m evaluator run.",
        ),
    )


@contextmanager
def _readable(plan: Plan) -> Iterator[None]:
    """Raise NotFoundError where the kept model or the prepared data can't be read: removed, or of another version."""
    try:
        yield
    except (OSError, KeyError, TypeError, ValueError, RuntimeError, SafetensorError) as error:
        raise NotFoundError(
            LocalText(
                ja="保存されたモデルまたは準備済みのデータを読み込めません。削除されたか、"
                "別の版の Blueprint で作られたものです。",
                en="The trained model or its prepared data can't be read: removed, or made by another version.",
            ),
            where=str(plan.folder.parent),
            cure=LocalText(
                ja="PoC を別の id で実行してから、その PoC を指定してください。",
                en="Run the PoC under another id, and export from that one.",
            ),
        ) from error


@contextmanager
def _new_folder(folder: Path) -> Iterator[Path]:
    """Give a folder to write into that gets its name in the end; whatever goes wrong before, nothing of it stays."""
    whole = folder.absolute()
    partial = whole.with_name(f".{whole.name[:60]}.{os.getpid()}.partial")
    try:
        partial.mkdir()
        yield partial
        partial.rename(whole)
    except (OSError, SafetensorError) as error:
        raise _unwritable(folder, error) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _origin(export: Export) -> str:
    told = {name: value for name, value in asdict(export).items() if name != "folder"}
    return json.dumps(told, ensure_ascii=False, indent=1) + "\n"


def _no_plain(variant: str) -> InputError:
    cure = LocalText(
        ja="重みを一度に生成する方式 (hyper など) か、重みを共有する方式 (shared) を指定してください。",
        en="Choose a variant that generates its weights once (such as hyper), or shares them (shared).",
    )
    if variant == DYNAMIC:
        what = LocalText(
            ja=f"{variant} は 1 ステップごとに重みを生成し直すため、同じ出力を返す通常のモデルはありません。",
            en=f"{variant} generates its weights anew at every step: no plain model gives the same outputs.",
        )
    elif variant == DENSE:
        what = LocalText(
            ja=f"{variant} は、もともと重みを生成しない通常のモデルです。",
            en=f"{variant} is a plain model already: it generates nothing.",
        )
    else:
        what = LocalText(
            ja=f"{variant} の重みを {DENSE} の形に書き換えたモデルはありません。重みを直接学習しているか、"
            "ネットワークの構造が異なります。",
            en=f"There is no plain model of {variant} in the form of {DENSE}: it learns its weights directly, or its "
            "network has another shape.",
        )
    return InputError(what, where="variant", cure=cure)


def _differs(difference: float) -> InputError:
    return InputError(
        LocalText(
            ja=f"通常のモデルの出力が、ハイパーネットワークの出力と一致しません (最大差 {difference:.1e}、許容差 "
            f"{TOLERANCE:.0e})。書き出しを取りやめました。",
            en=f"The plain model's outputs differ from the hypernetwork's by up to {difference:.1e} (allowed: "
            f"{TOLERANCE:.0e}). Nothing was written.",
        ),
        cure=LocalText(
            ja="--seed で別のシードのモデルを指定してください。", en="Choose the model of another seed with --seed."
        ),
    )


def _unwritable(folder: Path, error: OSError | SafetensorError) -> InputError:
    if _is_for_want_of_space(error):
        return DiskFullError(
            LocalText(
                ja="ディスクの空きがないため、書き出せませんでした。",
                en="The disk is full, so nothing was written.",
            ),
            where=str(folder),
            cure=LocalText(ja="空きを作ってから、もう一度実行してください。", en="Free some space and run this again."),
        )
    return InputError(
        LocalText(
            ja=f"フォルダーを書き出せませんでした ({getattr(error, 'strerror', None) or error})。",
            en=f"The folder couldn't be written ({getattr(error, 'strerror', None) or error}).",
        ),
        where=str(folder),
        cure=LocalText(
            ja="書き込み権限と名前の長さを確かめるか、-o で別の場所を指定してください。",
            en="Check permissions and the length of the name, or choose another place with -o.",
        ),
    )


def _is_for_want_of_space(error: OSError | SafetensorError) -> bool:
    if isinstance(error, OSError):
        return error.errno in NO_SPACE
    return any(f"(os error {number})" in str(error) for number in NO_SPACE)  # what safetensors' own error says
