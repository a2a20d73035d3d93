"""The worker that runs beside the web server: a process of its own, started again if it dies."""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
import time

_LOGGER = logging.getLogger(__name__)
_STOP_SECONDS = 15.0
_SETTLED_SECONDS = 30.0
_MAX_QUICK_DEATHS = 5


class WorkerProcess:
    """`python -m evaluator worker` on the store at `url`, kept alive until `stop`."""

    def __init__(self, url: str) -> None:
        self._command = [sys.executable, "-m", "evaluator", "worker", "--with-parent", "--store", url]
        self._stopping = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._keep_alive, name="worker-process", daemon=True)

    def start(self) -> None:
        """Start the worker."""
        self._thread.start()

    def stop(self) -> None:
        """Ask the worker to stop, and end it after a while if it doesn't."""
        self._stopping.set()
        process = self._process
        if process is not None and process.poll() is None:
            process.terminate()
            try:
                process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        if self._thread.is_alive():
            self._thread.join(_STOP_SECONDS)

    def _keep_alive(self) -> None:
        deaths = 0
        while not self._stopping.is_set() and deaths < _MAX_QUICK_DEATHS:
            started = time.monotonic()
            self._process = subprocess.Popen(self._command)
            status = self._process.wait()
            if self._stopping.is_set():
                return
            deaths = 0 if time.monotonic() - started > _SETTLED_SECONDS else deaths + 1
            _LOGGER.warning("The worker ended with status %s and is started again", status)
            self._stopping.wait(min(2.0**deaths, 30.0))
