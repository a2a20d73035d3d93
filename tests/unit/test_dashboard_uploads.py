"""The upload route: streamed to the store, whole or not at all, and nothing outside its folder."""

from __future__ import annotations

import asyncio
import errno
import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

import pytest
from starlette.applications import Starlette

from dashboard import uploads
from dashboard.uploads import remove_unfinished, safe_name, upload_route, uploaded_files
from evaluator.store.connection import disk_error

UPLOAD = "0123456789abcdef" * 2


@dataclass(frozen=True)
class Answer:
    status_code: int
    body: bytes

    def json(self) -> dict[str, object]:
        found: dict[str, object] = json.loads(self.body)
        return found


class Client:
    """Speaks ASGI to the route as a server does: the path decoded, the body in chunks."""

    def __init__(self, folder: Callable[[], Path]) -> None:
        self._app = Starlette(routes=[upload_route(folder)])

    def put(self, path: str, chunks: Sequence[bytes], headers: Mapping[str, str], *, leaves: bool = False) -> Answer:
        incoming = [{"type": "http.request", "body": chunk, "more_body": True} for chunk in chunks]
        incoming += [
            {"type": "http.disconnect"} if leaves else {"type": "http.request", "body": b"", "more_body": False}
        ]
        sent: list[dict[str, object]] = []

        async def receive() -> dict[str, object]:
            return incoming.pop(0)

        async def send(message: dict[str, object]) -> None:
            sent.append(message)

        named = [(name.lower().encode(), value.encode()) for name, value in {"host": "localhost", **headers}.items()]
        scope = {"type": "http", "method": "PUT", "path": unquote(path), "raw_path": path.encode(), "root_path": ""}
        asyncio.run(self._app({**scope, "query_string": b"", "headers": named}, receive, send))  # type: ignore[arg-type]
        body = b"".join(message["body"] for message in sent if message["type"] == "http.response.body")  # type: ignore[misc]
        return Answer(int(str(sent[0]["status"])), body)


@pytest.fixture
def client(tmp_path: Path) -> Client:
    return Client(lambda: tmp_path)


def put(client: Client, name: str, content: bytes, *, declared: bool = True, **headers: str) -> Answer:
    length = {"content-length": str(len(content))} if declared else {}
    chunks = [content[start : start + 65_536] for start in range(0, len(content), 65_536)]
    return client.put(f"/api/uploads/{UPLOAD}/{name}", chunks, {**length, **headers})


def test_a_japanese_file_arrives_whole_under_its_own_name(client: Client, tmp_path: Path) -> None:
    content = "店舗,売上\n渋谷,100\n".encode("cp932") * 50_000
    answer = put(client, "売上 2026年.csv", content)
    assert (answer.status_code, answer.json()) == (201, {"bytes": len(content)})
    (file,) = uploaded_files(tmp_path, UPLOAD)
    assert file.name == "売上 2026年.csv"
    assert file.read_bytes() == content


def test_several_files_belong_to_one_upload(client: Client, tmp_path: Path) -> None:
    for name in ("b.csv", "a.csv"):
        assert put(client, name, b"x\n1\n").status_code == 201
    assert [file.name for file in uploaded_files(tmp_path, UPLOAD)] == ["a.csv", "b.csv"]


@pytest.mark.parametrize("declared", [True, False])
def test_a_file_over_the_limit_leaves_nothing(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, declared: bool
) -> None:
    monkeypatch.setenv("BLUEPRINT_MAX_UPLOAD_BYTES", "1000000")
    content = b"x" * 1_000_001
    answer = put(client, "big.csv", content, declared=declared)
    assert answer.status_code == 413
    assert "1 MB" in answer.json()["ja"]
    assert "1 MB" in answer.json()["en"]
    assert list(tmp_path.iterdir()) == []


def test_what_arrived_is_never_replaced(client: Client, tmp_path: Path) -> None:
    put(client, "a.csv", b"first")
    assert put(client, "a.csv", b"second").status_code == 409
    assert uploaded_files(tmp_path, UPLOAD)[0].read_bytes() == b"first"


@pytest.mark.parametrize("name", ["..%2F..%2Fevil.csv", "%2e%2e", ".hidden", "a.csv.part", "x" * 300 + ".csv"])
def test_names_that_mean_something_to_the_file_system_stay_inside(client: Client, tmp_path: Path, name: str) -> None:
    put(client, name, b"x")
    outside = [path for path in tmp_path.parent.rglob("evil.csv") if (tmp_path / UPLOAD) not in path.parents]
    assert outside == []
    assert not [path for path in tmp_path.rglob("*") if path.name.startswith(".") or path.name.endswith(".part")]


@pytest.mark.parametrize("upload", ["short", "Z" * 32, "..", "0" * 31])
def test_an_upload_is_a_random_id_and_nothing_else(client: Client, tmp_path: Path, upload: str) -> None:
    assert client.put(f"/api/uploads/{upload}/a.csv", [b"x"], {}).status_code in (400, 404, 405)
    assert list(tmp_path.iterdir()) == []
    assert uploaded_files(tmp_path, upload) == ()


def test_another_site_can_not_send_files(client: Client, tmp_path: Path) -> None:
    assert put(client, "a.csv", b"x", origin="http://evil.example").status_code == 403
    assert list(tmp_path.iterdir()) == []
    assert put(client, "a.csv", b"x", origin="http://localhost").status_code == 201


def test_a_full_disk_is_said_in_words_and_leaves_nothing(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(uploads, "_write", full)
    answer = put(client, "a.csv", b"x")
    assert answer.status_code == 507
    assert "ディスク" in str(answer.json()["ja"]) and "消してから" in str(answer.json()["ja"])
    assert str(tmp_path) in str(answer.json()["en"])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EACCES, errno.EROFS])
def test_a_store_whose_folder_can_not_be_made_is_said_in_words(tmp_path: Path, number: int) -> None:
    def folder() -> Path:
        raise disk_error(OSError(number, os.strerror(number)), str(tmp_path / "uploads"))

    answer = put(Client(folder), "a.csv", b"x")
    assert answer.status_code == 507
    for language in ("ja", "en"):
        text = str(answer.json()[language])
        assert str(tmp_path / "uploads") in text and "Traceback" not in text
    assert ("空き" if number == errno.ENOSPC else "権限") in str(answer.json()["ja"])


def test_a_visitor_who_leaves_half_way_leaves_nothing(client: Client, tmp_path: Path) -> None:
    answer = client.put(f"/api/uploads/{UPLOAD}/a.csv", [b"half"], {}, leaves=True)
    assert answer.status_code == 499
    assert list(tmp_path.iterdir()) == []


def test_interrupted_parts_are_cleared_at_start_and_whole_files_stay(tmp_path: Path) -> None:
    folder = tmp_path / UPLOAD
    folder.mkdir()
    (folder / "a.csv.part").write_bytes(b"half")
    (folder / "b.csv").write_bytes(b"whole")
    assert [file.name for file in uploaded_files(tmp_path, UPLOAD)] == ["b.csv"]
    remove_unfinished(tmp_path)
    assert [file.name for file in folder.iterdir()] == ["b.csv"]


def test_names_keep_japanese_in_one_spelling() -> None:
    decomposed = "が.csv"  # が as two letters, as some systems send it
    assert safe_name(decomposed) == "が.csv"
    assert safe_name("C:\\data\\表.csv") == "表.csv"
