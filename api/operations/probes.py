"""Probes for whatever runs the service: is the process alive, and should it get requests?"""

from collections.abc import Callable
from http import HTTPStatus

import structlog
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from sqlalchemy import text

from api.deps import Services, get_services
from store.database.engine import session_scope

router = APIRouter(include_in_schema=False)

log = structlog.get_logger(__name__)


@router.get("/healthz")
async def is_alive() -> dict[str, str]:
    """The process answers. It looks at nothing else: restarting it repairs no database."""
    return {"status": "ok"}


@router.get("/readyz")
def is_ready(request: Request) -> JSONResponse:
    """Whether it can do its work: 200, or 503 with what is at fault. It can without the broker: tasks wait in
    their rows.
    """
    services = get_services(request)
    found = {name: _try(check, name, services) for name, check in CHECKS.items()}
    is_ok = set(found.values()) == {"ok"}
    status = HTTPStatus.OK if is_ok else HTTPStatus.SERVICE_UNAVAILABLE
    return JSONResponse({"status": "ok" if is_ok else "unavailable", "checks": found}, status)


def _try(check: Callable[[Services], bool], name: str, services: Services) -> str:
    try:
        return "ok" if check(services) else "fault"
    except Exception as error:  # whatever it is, the service is not ready
        log.warning("not_ready", check=name, error=repr(error))
        return "fault"


def _check_database(services: Services) -> bool:
    with session_scope(services.engine, read_only=True) as session:
        return bool(session.scalar(text("SELECT 1")))


def _check_blobs(services: Services) -> bool:
    return next(services.blobs.keys("probe"), None) is None


def _check_serving(services: Services) -> bool:
    """Whether the process has not been told to stop."""
    return not services.stopping.is_set()


CHECKS: dict[str, Callable[[Services], bool]] = {
    "database": _check_database,
    "blobs": _check_blobs,
    "serving": _check_serving,
}
