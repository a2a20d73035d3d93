"""The web server: Streamlit's ASGI app, the upload route, a health check, and what happens once at start."""

from __future__ import annotations

import gc
import importlib
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import streamlit as st
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from dashboard.addresses import UnknownAddresses
from dashboard.stores import the_store
from dashboard.uploads import remove_unfinished, upload_route
from scorecards.errors import BlueprintError

SCRIPT = Path(__file__).with_name("app.py")


def _health(_: Request) -> JSONResponse:
    try:
        the_store().pocs(state="running")
    except BlueprintError as error:
        return JSONResponse({"status": "error", "message": error.line("en")}, status_code=503)
    return JSONResponse({"status": "ok"})


def preload() -> None:
    """Import all that the pages need and freeze it, so that the collection after each rerun has little to walk.

    Without the freeze ten polling pages take more than half of a core, with it a few per cent.
    """
    importlib.import_module("dashboard.frame")
    importlib.import_module("dashboard.warm").draw_once()
    gc.collect()
    gc.freeze()


@asynccontextmanager
async def _lifespan(_: st.App) -> AsyncGenerator[dict[str, Any] | None]:
    preload()
    remove_unfinished(the_store().uploads_folder())
    yield None


def _on_script_error(error: Exception) -> bool:
    from dashboard.faults import show_fault

    show_fault(error)
    return True


def build() -> st.App:
    """Return the ASGI app: Streamlit's pages, `PUT /api/uploads/…` and `GET /health`."""
    return st.App(
        SCRIPT,
        routes=[Route("/health", _health), upload_route(lambda: the_store().uploads_folder())],
        middleware=[Middleware(UnknownAddresses)],
        lifespan=_lifespan,
        on_script_error=_on_script_error,
    )
