"""Serves the built web UI and the help pages, or says how to build them."""

import base64
import hashlib
import re
from collections.abc import Iterable
from http import HTTPStatus
from pathlib import Path

from fastapi import FastAPI, Request, Response
from fastapi.responses import PlainTextResponse, RedirectResponse
from starlette.exceptions import HTTPException
from starlette.routing import Match, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from api.security import CONTENT_SECURITY_POLICY

ROOT = Path(__file__).parent.parent
PACKAGED = Path(__file__).parent / "static"
BUILT = ROOT / "frontend" / "dist"
NOT_BUILT = (
    "The web UI is not built: run `make setup` (or `npm ci && npm run build` in frontend/) and start again. "
    "The REST API is at /api/v1, its description at /api/v1/openapi.json.\n"
)
PACKAGED_HELP = Path(__file__).parent / "help"
BUILT_HELP = ROOT / "docs" / "_build" / "html"
HELP_NOT_BUILT = "The help pages are not built: run `make docs` and start again.\n"

INLINE_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)


def serve_ui(app: FastAPI, folder: Path | None = None) -> None:
    """Serve the help pages below /help, and the UI at every other unknown address that is not below /api.

    `folder` defaults to the packaged UI, else to the one built in this checkout.
    """
    app.router.routes.append(_UnknownApiAddress("/api/{path:path}", _refuse))
    _serve_help(app)
    found = _first_site(path for path in (folder, PACKAGED, BUILT) if path)
    if found is None:
        app.add_api_route("/", _explain, include_in_schema=False)
    else:
        app.frontend("/", directory=found, fallback="index.html")


def _serve_help(app: FastAPI) -> None:
    found = _first_site((PACKAGED_HELP, BUILT_HELP))
    if found is None:
        for path in ("/help", "/help/{path:path}"):
            app.add_api_route(path, _explain_help, include_in_schema=False)
    else:
        app.add_api_route("/help", _go_to_help, include_in_schema=False)
        app.mount("/help", HelpPages(found))


def _first_site(folders: Iterable[Path]) -> Path | None:
    return next((folder for folder in folders if (folder / "index.html").is_file()), None)


class HelpPages(StaticFiles):
    """The pages that Sphinx built, its 404.html for unknown addresses.

    The policy allows exactly the inline scripts of the start page: the theme has one on every page, which
    applies the chosen color scheme before anything is drawn.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(directory=folder, html=True)
        page = (folder / "index.html").read_text(encoding="utf-8")
        hashes = " ".join(_hash_source(script) for script in INLINE_SCRIPT.findall(page))
        self._policy = f"{CONTENT_SECURITY_POLICY}; script-src 'self' {hashes}".rstrip()

    async def get_response(self, path: str, scope: Scope) -> Response:
        """A file, with the policy of the help pages."""
        response = await super().get_response(path, scope)
        response.headers["Content-Security-Policy"] = self._policy
        return response


def _hash_source(script: str) -> str:
    """What a content security policy calls an inline script."""
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return f"'sha256-{digest}'"


class _UnknownApiAddress(Route):
    """Keeps addresses below /api from being taken for pages of the UI."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Never a partial match: it would turn a 404 for other methods into a 405."""
        match, child_scope = super().matches(scope)
        return (match, child_scope) if match is Match.FULL else (Match.NONE, {})


def _refuse(_request: Request) -> Response:
    raise HTTPException(404)


def _explain() -> PlainTextResponse:
    return PlainTextResponse(NOT_BUILT)


def _explain_help() -> PlainTextResponse:
    return PlainTextResponse(HELP_NOT_BUILT, HTTPStatus.NOT_FOUND)


def _go_to_help() -> RedirectResponse:
    return RedirectResponse("/help/")
