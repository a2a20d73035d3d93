"""The store: PoCs, jobs, trials, measurements and frozen records, in a database with a folder of artifacts beside it.

`open_store` is the door. Each method is one transaction; the rows themselves are written in `results.py`,
`listing.py` and `jobs.py`. Any number of processes may use the same store at once.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd
from sqlalchemy import Engine, delete, insert, select, update
from sqlalchemy.engine import make_url

from evaluator.errors import InputError, NotFoundError
from evaluator.records import PoC, SettingValue, TrialRequest, TrialResult
from evaluator.store import jobs, listing, results
from evaluator.store.codec import decode, encode, poc_hash, poc_id
from evaluator.store.connection import BUSY_SECONDS, connect, disk_error, reading, writing
from evaluator.store.rows import Job, PocRow, PocState, Progress, TrialRow
from evaluator.store.schema import curves, exhibits, facts, measurements, pocs, records, trials
from evaluator.store.schema import jobs as jobs_table
from scorecards.local_text import LocalText
from scorecards.record import CurvePoint, Json, Record, TrialFailure

DEFAULT_FOLDER = Path(__file__).resolve().parents[2] / ".blueprint"
STORE_VARIABLE = "BLUEPRINT_STORE"
_ID = re.compile(r"[\w][\w.-]{0,99}")


def open_store(url: str | None = None, *, busy_seconds: float = BUSY_SECONDS, make: bool = True) -> Store:
    """Open (and `make`, where it is missing) the store at `url`: a folder, or a database URL.

    Without `url` the environment's BLUEPRINT_STORE decides, else `.blueprint/` in the project's root.
    Raises InputError for a URL that can't be understood, StoreError (StoreBusyError) when it can't be opened,
    NotFoundError when there is none and none is to be made.
    """
    chosen = url or os.environ.get(STORE_VARIABLE) or str(DEFAULT_FOLDER)
    if "://" not in chosen:
        folder = Path(chosen).expanduser().resolve()
        _refuse_file(chosen, folder)
        chosen = f"sqlite:///{folder / 'store.sqlite'}"
    else:
        folder = _folder_beside(chosen)
    if not make:
        _require(chosen)
    return Store(chosen, connect(chosen, busy_seconds=busy_seconds), folder)


def _require(url: str) -> None:
    """Raise NotFoundError where `url` names an SQLite file that doesn't exist."""
    parsed = make_url(url) if url.startswith("sqlite") else None
    if parsed is None or not parsed.database or Path(parsed.database).exists():
        return
    raise NotFoundError(
        LocalText(ja="ここに保存先はありません。", en="There is no store here."),
        where=str(Path(parsed.database).parent),
        cure=LocalText(
            ja="--store の綴りを確かめるか、先に python -m evaluator run で PoC を実行してください。",
            en="Check the spelling of --store, or run a PoC first: python -m evaluator run.",
        ),
    )


def _refuse_file(chosen: str, folder: Path) -> None:
    """Raise InputError where the store's folder, or one that it lies in, is a file."""
    if not any(place.exists() and not place.is_dir() for place in (folder, *folder.parents)):
        return
    raise InputError(
        LocalText(
            ja="保存先にはフォルダーが必要ですが、ここにはファイルがあります。",
            en="The store must be a folder, but there is a file here.",
        ),
        where=chosen,
        cure=LocalText(
            ja="--store にフォルダー、または sqlite:///ファイル の形の URL を指定してください。",
            en="Name a folder with --store, or give a URL like sqlite:///FILE.",
        ),
    )


def _folder_beside(url: str) -> Path:
    """Return where artifacts lie: beside an SQLite file, else in the project's `.blueprint/`."""
    scheme, _, rest = url.partition("://")
    if scheme.startswith("sqlite") and rest.lstrip("/"):
        database = make_url(url).database or ""
        return Path(database).expanduser().resolve().parent
    return DEFAULT_FOLDER


class Store:
    """PoCs and everything known about them. Make it with `open_store`; it may be shared between threads."""

    def __init__(self, url: str, engine: Engine, folder: Path) -> None:
        self.url = url
        self._engine = engine
        self._folder = folder

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    # PoCs

    def add_poc(self, poc: PoC, owner: str = "") -> str:
        """Add `poc` and return its id; the same question asked twice is one PoC.

        Raises InputError when its id is taken by another question or can't be a folder's name.
        """
        chosen = poc_id(poc)
        if not _ID.fullmatch(chosen) or ".." in chosen:
            raise InputError(
                LocalText(
                    ja=f"PoC の id「{chosen}」は使えません。",
                    en=f"'{chosen}' can't be a PoC's id.",
                ),
                cure=LocalText(
                    ja="文字・数字・「-」「_」「.」だけで 100 文字以内にしてください。",
                    en="Use letters, digits, '-', '_' and '.' only, 100 characters at most.",
                ),
            )
        poc, fingerprint, now = replace(poc, id=chosen), poc_hash(poc), time.time()
        with writing(self._engine) as connection:
            known = connection.execute(select(pocs.c.poc_hash).where(pocs.c.id == chosen)).scalar()
            if known is None:
                row = {"id": chosen, "title": poc.title, "task": poc.task, "owner": owner, "synthetic": poc.synthetic}
                state = {"state": "queued", "step": "queued", "trials_total": 0, "created": now, "updated": now}
                content = {"poc": json.dumps(encode(poc), ensure_ascii=False), "poc_hash": fingerprint}
                connection.execute(insert(pocs).values(**row, **state, **content))
            elif known != fingerprint:
                raise _changed(chosen)
        return chosen

    def poc(self, poc: str) -> PoC:
        """Return a PoC as it was asked. Raises NotFoundError."""
        with reading(self._engine) as connection:
            text = connection.execute(select(pocs.c.poc).where(pocs.c.id == poc)).scalar()
        if text is None:
            raise jobs.not_found(poc)
        return decode(PoC, json.loads(text))

    def pocs(self, search: str = "", state: str = "") -> list[PocRow]:
        """Return the PoCs whose title, id or owner contains `search`, in `state` if given, the newest first."""
        with reading(self._engine) as connection:
            return listing.list_pocs(connection, search, state)

    def progress(self, poc: str) -> Progress:
        """Return how far a PoC is. Raises NotFoundError."""
        with reading(self._engine) as connection:
            return listing.read_progress(connection, poc)

    def delete_poc(self, poc: str) -> None:
        """Delete a PoC, all that was measured for it, and its folder. Raises NotFoundError."""
        with writing(self._engine) as connection:
            for table in (measurements, curves, exhibits, facts, trials, jobs_table, records):
                connection.execute(delete(table).where(table.c.poc == poc))
            if not connection.execute(delete(pocs).where(pocs.c.id == poc)).rowcount:
                raise jobs.not_found(poc)
        shutil.rmtree(self._folder / "artifacts" / poc, ignore_errors=True)

    def uploads_folder(self) -> Path:
        """Return the folder that uploaded files go to."""
        return self._make(self._folder / "uploads")

    def folder(self, poc: str) -> Path:
        """Return the folder for a PoC's prepared data and trials' files."""
        return self._make(self._folder / "artifacts" / poc)

    def _make(self, folder: Path) -> Path:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise disk_error(error, str(folder)) from error
        return folder

    # Jobs

    def enqueue(self, poc: str) -> None:
        """Queue a PoC for a worker; nothing happens where it is queued or running already. Raises NotFoundError."""
        with writing(self._engine) as connection:
            jobs.enqueue(connection, poc)

    def claim(self, worker: str, *, poc: str | None = None) -> Job | None:
        """Take the oldest job that waits or whose worker died (with `poc`: only that one's); None if there is none."""
        with writing(self._engine) as connection:
            return jobs.claim(connection, worker, poc=poc)

    def heartbeat(self, job: Job) -> bool:
        """Renew a job's lease; False where the job was cancelled, deleted or taken by another worker."""
        with writing(self._engine) as connection:
            return jobs.heartbeat(connection, job)

    def release(self, job: Job) -> None:
        """Put a job back into the queue, because its worker is being stopped."""
        with writing(self._engine) as connection:
            jobs.release(connection, job)

    def finish(self, poc: str, state: PocState, *, message: LocalText | None = None, worker: str | None = None) -> None:
        """End a PoC's job as done, failed (say why) or cancelled; with `worker`, only if that one holds it."""
        with writing(self._engine) as connection:
            jobs.finish(connection, poc, state, message=message, worker=worker)

    def request_cancel(self, poc: str) -> None:
        """Ask for a PoC to be stopped; what was measured is kept, and queueing it again goes on from there."""
        with writing(self._engine) as connection:
            jobs.request_cancel(connection, poc)

    # Trials

    def set_step(self, poc: str, step: str, *, trials_total: int, eta: tuple[float, float] | None = None) -> None:
        """Write what a PoC is doing now, how many trials it takes at most, and the seconds left (low, high)."""
        now = time.time()
        left = {"eta_low": eta[0], "eta_high": eta[1], "eta_at": now} if eta else {"eta_at": None}
        with writing(self._engine) as connection:
            values = {"step": step, "trials_total": trials_total, "updated": now, **left}
            connection.execute(update(pocs).where(pocs.c.id == poc).values(**values))

    def start_trial(self, request: TrialRequest) -> None:
        """Note that a trial is under way."""
        with writing(self._engine) as connection:
            results.start_trial(connection, request)

    def finish_trial(self, poc: str, result: TrialResult) -> bool:
        """Write a trial's measurements, curves and state in one transaction; False where that was done before."""
        with writing(self._engine) as connection:
            jobs.note_progress(connection, poc)
            return results.finish_trial(connection, poc, result)

    def fail_trial(self, poc: str, failure: TrialFailure) -> bool:
        """Note why a trial ended without a result; False where it has ended before."""
        with writing(self._engine) as connection:
            return results.fail_trial(connection, poc, failure)

    def drop_unfinished(self, poc: str) -> None:
        """Forget the trials that were under way when a run was cut off."""
        with writing(self._engine) as connection:
            results.drop_unfinished(connection, poc)

    def add_points(self, poc: str, points: Sequence[CurvePoint]) -> None:
        """Append points to the learning curves of trials that are under way."""
        by_trial: dict[str, list[CurvePoint]] = {}
        for point in points:
            by_trial.setdefault(point.trial, []).append(point)
        with writing(self._engine) as connection:
            for trial, some in by_trial.items():
                results.add_points(connection, poc, trial, some, live=True)

    def trials(self, poc: str) -> tuple[TrialRow, ...]:
        """Return the state of every trial that was started."""
        with reading(self._engine) as connection:
            return results.read_trials(connection, poc)

    def failures(self, poc: str) -> tuple[TrialFailure, ...]:
        """Return the trials that ended without a result, and why."""
        failed = (row for row in self.trials(poc) if row.state == "failed")
        return tuple(TrialFailure(row.trial, row.variant, row.seed, row.message or "") for row in failed)

    def settings(self, poc: str) -> Mapping[str, Mapping[str, SettingValue]]:
        """Return the tuned settings by variant, as far as tuning has come."""
        with reading(self._engine) as connection:
            return results.read_settings(connection, poc)

    def measurements(self, poc: str) -> pd.DataFrame:
        """Return all measurements so far (`scorecards.record.MEASUREMENT_COLUMNS`), in one fixed order."""
        with reading(self._engine) as connection:
            return results.read_measurements(connection, poc)

    def curves(self, poc: str) -> pd.DataFrame:
        """Return all learning curves so far (`scorecards.record.CURVE_COLUMNS`), those under way included."""
        with reading(self._engine) as connection:
            return results.read_curves(connection, poc)

    def exhibits(self, poc: str) -> dict[str, Json]:
        """Return variant → what it made for people to look at (see `Record.exhibits`)."""
        with reading(self._engine) as connection:
            return results.read_exhibits(connection, poc)

    def fix(self, poc: str, name: str, value: Json) -> Json:
        """Write a fact of a PoC (protocol, environment) once and return what stands: the first value wins."""
        with writing(self._engine) as connection:
            return results.fix(connection, poc, name, value)

    def fact(self, poc: str, name: str) -> Json:
        """Return a fact that was fixed, or None."""
        with reading(self._engine) as connection:
            return results.read_fact(connection, poc, name)

    # Records

    def freeze(self, record: Record) -> None:
        """Keep `record` for good and close its PoC; the same version again changes nothing. Raises NotFoundError."""
        from scorecards.record_json import to_json

        money, text, now = record.judgement.business, to_json(record), time.time()
        row = {"poc": record.id, "version": record.version, "hash": record.hashes.get("record", "")}
        summary = {
            "verdict": record.judgement.verdict.state.value,
            "npv_p50": money.npv_p50,
            "currency": money.currency,
            "updated": now,
        }
        here = (records.c.poc == record.id) & (records.c.version == record.version)
        with writing(self._engine) as connection:
            if connection.execute(select(records.c.version).where(here)).scalar() is not None:
                return
            if not connection.execute(update(pocs).where(pocs.c.id == record.id).values(**summary)).rowcount:
                raise jobs.not_found(record.id)
            connection.execute(insert(records).values(**row, created=now, record=text))
            jobs.finish(connection, record.id, "done")

    def record(self, poc: str, version: int | None = None) -> Record:
        """Return a frozen record, the newest unless `version` says otherwise. Raises NotFoundError."""
        query = select(records.c.record).where(records.c.poc == poc).order_by(records.c.version.desc()).limit(1)
        if version is not None:
            query = query.where(records.c.version == version)
        with reading(self._engine) as connection:
            text = connection.execute(query).scalar()
            known = connection.execute(select(pocs.c.id).where(pocs.c.id == poc)).scalar()
        if text is None:
            raise jobs.not_found(poc) if known is None else _no_record(poc, version)
        from scorecards.record_json import from_json

        return from_json(text)


def _changed(poc: str) -> InputError:
    return InputError(
        LocalText(
            ja=f"PoC「{poc}」は、別の内容ですでに登録されています。最初の試行の前に決めた内容は変えられません。",
            en=f"PoC '{poc}' was already added with other contents, which can't change after its first trial.",
        ),
        cure=LocalText(
            ja="id の行を消すか、別の id を付けてください。新しい PoC として実行します。",
            en="Remove the line with its id, or choose another id: it then runs as a new PoC.",
        ),
    )


def _no_record(poc: str, version: int | None) -> NotFoundError:
    number = "" if version is None else f" (v{version})"
    return NotFoundError(
        LocalText(
            ja=f"PoC「{poc}」には、まだ確定した記録{number}がありません。",
            en=f"PoC '{poc}' has no frozen record{number} yet.",
        ),
        cure=LocalText(ja="実行が終わるまでお待ちください。", en="Wait until its run has ended."),
    )
