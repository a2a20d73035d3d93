"""`python -m dashboard`: starts the worker and the web server, prints the address, stops both on Ctrl-C."""

from __future__ import annotations

import argparse
import os
import re
import signal
import socket
import sys
from collections.abc import Sequence

from dashboard.worker_process import WorkerProcess
from evaluator.commands import Parser, language
from evaluator.errors import BlueprintError, InputError
from evaluator.store import STORE_VARIABLE, Store, open_store
from scorecards.local_text import LocalText

_LAST_PORT = 65535


def main(argv: Sequence[str]) -> int:
    """Run until stopped. Returns 0, 2 where an option is at fault, 1 for anything else that stops the start."""
    try:
        options = _options(argv)
        _check_port(options.address, options.port)
        store = open_store(options.store)
        if not options.no_sample and not store.pocs():
            _queue_first(store)
        store.uploads_folder()  # a store that can't be written is told here, in one line
        os.environ[STORE_VARIABLE] = store.url
        store.close()
        _serve(options, store.url)
    except KeyboardInterrupt:  # Ctrl-C is how it is meant to end
        return 0
    except BlueprintError as error:
        print(error.line(language(argv)), file=sys.stderr)
        return 2 if isinstance(error, InputError) else 1
    return 0


def _options(argv: Sequence[str]) -> argparse.Namespace:
    parser = Parser(prog="python -m dashboard", description="Blueprint's dashboard and its worker")
    parser.add_argument("--port", type=_port, default=8501, help="port of the web server, 1 to 65535 (default: 8501)")
    parser.add_argument(
        "--address", default="localhost", help="where to listen (default: localhost, this machine only)"
    )
    parser.add_argument("--store", metavar="URL", default=None, help="a folder or a database URL (default: .blueprint)")
    parser.add_argument("--no-worker", action="store_true", help="only show; another machine's worker takes the jobs")
    parser.add_argument("--no-sample", action="store_true", help="leave an empty store empty")
    return parser.parse_args(argv)


def _port(text: str) -> int:
    """Return the number of a port. Raises InputError, which argparse hands on as it is."""
    if not re.fullmatch(r"[0-9]{1,5}", text) or not 1 <= int(text) <= _LAST_PORT:
        raise InputError(
            LocalText(ja=f"「{text}」はポート番号として使えません。", en=f"'{text}' is not the number of a port."),
            where="--port",
            cure=LocalText(
                ja=f"1〜{_LAST_PORT} の整数を指定してください (例: --port 8502)。",
                en=f"Give a whole number from 1 to {_LAST_PORT}, e.g. --port 8502.",
            ),
        )
    return int(text)


def _queue_first(store: Store) -> None:
    from dashboard.draft import queue_sample
    from sample_data import samples

    queue_sample(store, samples()[0], "ja")


def _check_port(address: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError as error:
            raise InputError(
                LocalText(
                    ja=f"{address}:{port} で待ち受けられません ({error.strerror})。",
                    en=f"Can't listen on {address}:{port} ({error.strerror}).",
                ),
                where="--port",
                cure=LocalText(
                    ja="すでに動いているダッシュボードを止めるか、--port 8502 のように別の番号を指定してください。",
                    en="Stop the dashboard that is running already, or choose another port, e.g. --port 8502.",
                ),
            ) from error


def _serve(options: argparse.Namespace, url: str) -> None:
    from dashboard.server import build

    worker = None if options.no_worker else WorkerProcess(url)
    shown = "localhost" if options.address in ("0.0.0.0", "::") else options.address
    print(f"\n  Blueprint  http://{shown}:{options.port}\n\n  Ctrl-C で終了 / Ctrl-C stops it\n", flush=True)
    try:
        if worker:
            worker.start()
        app = build()
        # The server stops in good order by its own handlers and then hands the signal on: nothing is left to do for it.
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: None)
        app.run(config={"server.port": options.port, "server.address": options.address})
    finally:
        if worker:
            worker.stop()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
