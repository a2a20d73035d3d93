"""The way in for data files: a streaming PUT, so that a large file never lies in the server's memory.

`PUT /api/uploads/{upload}/{name}` writes the body to `<store's uploads>/<upload>/<name>`: first beside it under another
name, then renamed in one step, so that a half-written file is never seen. Answers are JSON with `ja` and `en`.
"""

from __future__ import annotations

import os
import re
import shutil
import unicodedata
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import anyio
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from evaluator.store.connection import NO_SPACE
from scorecards.errors import BlueprintError
from scorecards.local_text import LANGUAGES, LocalText

DEFAULT_MAX_BYTES = 1_000_000_000
"""The limit on one file, in bytes; the intake has the same default. `BLUEPRINT_MAX_UPLOAD_BYTES` changes it."""

MAX_FILES = 200
_BUFFER_BYTES = 1 << 20
_UPLOAD_ID = re.compile(r"[0-9a-f]{32}")
_PART = ".part"

TOO_LARGE = LocalText(
    ja="ファイルが上限の {limit} MB を超えています。行や列を減らすか、分割してからお試しください。",
    en="The file is over the limit of {limit} MB. Reduce rows or columns, or split the file, and try again.",
)
BAD_NAME = LocalText(
    ja="このファイル名は使えません。名前を変えてからお試しください。",
    en="This file name can't be used. Rename the file and try again.",
)
FOREIGN = LocalText(
    ja="ほかのサイトからの送信は受け付けません。Blueprint の画面から送信してください。",
    en="Uploads from another site are refused. Send the file from Blueprint's own page.",
)
EXISTS = LocalText(
    ja="同じ名前のファイルがすでに届いています。ページを開き直してからお試しください。",
    en="A file of this name has arrived already. Reload the page and try again.",
)
DISK_FULL = LocalText(
    ja="ディスクの空きが足りないため、{place} に保存できませんでした。不要なファイルを消してからお試しください。",
    en="The file could not be saved in {place} because the disk is full. Free some space and try again.",
)
NOT_SAVED = LocalText(
    ja="ファイルを {place} に保存できませんでした。このフォルダーに書き込めるか、管理者にご確認ください。",
    en="The file could not be saved in {place}. Ask your administrator whether this folder can be written.",
)
TOO_MANY = LocalText(
    ja="一度に送れるファイルは {limit} 個までです。",
    en="At most {limit} files can be sent at once.",
)


class _RefusedError(Exception):
    def __init__(self, status: int, text: LocalText, **figures: int) -> None:
        super().__init__(text.en)
        self.status = status
        self.body = {"ja": text.ja.format(**figures), "en": text.en.format(**figures)}


def max_upload_bytes() -> int:
    """Return the limit on one file in bytes (environment `BLUEPRINT_MAX_UPLOAD_BYTES`, default 1 GB)."""
    return int(os.environ.get("BLUEPRINT_MAX_UPLOAD_BYTES", DEFAULT_MAX_BYTES))


def safe_name(name: str) -> str | None:
    """Return the file's own name in NFC, without folders; None where nothing usable is left.

    Japanese names stay as they are; a name that means something to the file system is refused.
    """
    base = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1].strip()
    printable = "".join(letter for letter in base if letter.isprintable())
    if printable.startswith(".") or not printable or printable.endswith(_PART):
        return None
    return printable if len(printable.encode("utf-8")) <= 200 else None


def uploaded_files(folder: Path, upload: str) -> tuple[Path, ...]:
    """Return the complete files of one upload, by name; empty where there is no such upload."""
    if not _UPLOAD_ID.fullmatch(upload) or not (folder / upload).is_dir():
        return ()
    return tuple(sorted(path for path in (folder / upload).iterdir() if path.is_file() and path.suffix != _PART))


def remove_unfinished(folder: Path) -> None:
    """Remove what interrupted uploads left behind; complete files stay."""
    for part in folder.glob(f"*/*{_PART}"):
        with suppress(OSError):  # a disk that can't be written is told when someone sends a file, not at the start
            part.unlink(missing_ok=True)


def _same_origin(request: Request) -> bool:
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host")


def _target(request: Request, folder: Path) -> Path:
    if not _same_origin(request):
        raise _RefusedError(403, FOREIGN)
    upload, name = request.path_params["upload"], safe_name(request.path_params["name"])
    if not _UPLOAD_ID.fullmatch(upload) or name is None:
        raise _RefusedError(400, BAD_NAME)
    target: Path = folder / upload / name
    if target.exists():
        raise _RefusedError(409, EXISTS)
    if target.parent.is_dir() and len(list(target.parent.iterdir())) >= MAX_FILES:
        raise _RefusedError(413, TOO_MANY, limit=MAX_FILES)
    return target


async def _write(request: Request, part: Path, limit: int) -> int:
    size, buffer = 0, bytearray()
    async with await anyio.open_file(part, "wb") as file:
        async for chunk in request.stream():
            size += len(chunk)
            if size > limit:
                raise _RefusedError(413, TOO_LARGE, limit=limit // 1_000_000)
            buffer += chunk
            if len(buffer) >= _BUFFER_BYTES:
                await file.write(bytes(buffer))
                buffer.clear()
        await file.write(bytes(buffer))
    return size


async def _receive(request: Request, folder: Path) -> int:
    limit = max_upload_bytes()
    if int(request.headers.get("content-length") or 0) > limit:
        raise _RefusedError(413, TOO_LARGE, limit=limit // 1_000_000)
    target = _target(request, folder)
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(target.name + _PART)
    try:
        size = await _write(request, part, limit)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
        if not any(target.parent.iterdir()):
            shutil.rmtree(target.parent, ignore_errors=True)
    return size


def upload_route(folder: Callable[[], Path]) -> Route:
    """Return the PUT route; `folder` gives the store's uploads folder when a file arrives."""

    async def put(request: Request) -> Response:
        place = ""
        try:
            uploads = folder()
            place = str(uploads)
            size = await _receive(request, uploads)
        except _RefusedError as refused:
            return JSONResponse(refused.body, status_code=refused.status)
        except ClientDisconnect:
            return Response(status_code=499)
        except OSError as error:
            text = DISK_FULL if error.errno in NO_SPACE else NOT_SAVED
            said = {language: text.in_language(language).format(place=place) for language in LANGUAGES}
            return JSONResponse(said, status_code=507)
        except BlueprintError as error:
            return JSONResponse({language: error.line(language) for language in LANGUAGES}, status_code=507)
        return JSONResponse({"bytes": size}, status_code=201)

    return Route("/api/uploads/{upload}/{name}", put, methods=["PUT"])
