"""Addresses that name no page: the browser is led to Blueprint's own message in the language of the address."""

from __future__ import annotations

from urllib.parse import parse_qs, urlencode

from starlette.datastructures import Headers
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from dashboard.screen import PATHS

_OTHERS = ("_stcore", "media", "component", "static", "app", "api", "health", "vendor")
"""First parts of paths that are no pages: Streamlit's own, the upload route and the health check."""

_LONGEST = 200


class UnknownAddresses:
    """ASGI middleware: a browser that asks for an unknown page is sent to `/missing?page=…`."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on but the request for an unknown page."""
        if (
            scope["type"] == "http"
            and scope["method"] == "GET"
            and asks_for_no_page(scope["path"], Headers(scope=scope))
        ):
            await RedirectResponse(_message(scope), status_code=303)(scope, receive, send)
        else:
            await self._app(scope, receive, send)


def asks_for_no_page(path: str, headers: Headers) -> bool:
    """Tell whether a browser opens `path` as a page and no page has it; scripts, pictures and fonts have a dot."""
    wanted = path.strip("/")
    first, _, _ = wanted.partition("/")
    if wanted in PATHS.values() or first in _OTHERS or "." in wanted.rpartition("/")[2]:
        return False
    return "text/html" in headers.get("accept", "")


def _message(scope: Scope) -> str:
    language = parse_qs(scope["query_string"].decode("latin-1")).get("lang", [])[:1]
    query = {"page": scope["path"][:_LONGEST], **({"lang": language[0]} if language else {})}
    return f"{scope.get('root_path', '')}/{PATHS['missing']}?{urlencode(query)}"
