"""Serves the built web UI, or says how to build it."""

from pathlib import Path

from fastapi import FastAPI, Request, Response
from fastapi.responses import PlainTextResponse
from starlette.exceptions import HTTPException
from starlette.routing import Match, Route
from starlette.types import Scope

PACKAGED = Path(__file__).parent / "static"
BUILT = Path(__file__).parent.parent / "frontend" / "dist"
NOT_BUILT = (
    "The web UI is not built: run `make setup` (or `npm ci && npm run build` in frontend/) and start again. "
    "The REST API is at /api/v1, its description at /api/v1/openapi.json.\n"
)


def serve_ui(app: FastAPI, folder: Path | None = None) -> None:
    """Serve the UI at every address that no route has, except below /api.

    `folder` defaults to the packaged UI, else to the one built in this checkout.
    """
    app.router.routes.append(_UnknownApiAddress("/api/{path:path}", _refuse))
    found = next(
        (path for path in (folder, PACKAGED, BUILT) if path and (path / "index.html").is_file()), None
    )
    if found is None:
        app.add_api_route("/", _explain, include_in_schema=False)
    else:
        app.frontend("/", directory=found, fallback="index.html")


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
