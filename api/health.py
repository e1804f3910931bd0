"""The health check."""

from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy import text

from api.deps import ReadSession

router = APIRouter(tags=["health"])


class Health(BaseModel):
    """The service and its database answer."""

    status: Literal["ok"] = Field(
        description="Always ok. If the database does not answer, the status is 503."
    )
    version: str = Field(description="Version of the service.")


@cache
def get_version() -> str:
    """The installed version; `0` when the code runs from a folder without installation."""
    try:
        return version("mslg")
    except PackageNotFoundError:
        return "0"


@router.get("/health", summary="Check the service")
def get_health(session: ReadSession) -> Health:
    """For load balancers and start scripts. Needs no token."""
    session.execute(text("SELECT 1"))
    return Health(status="ok", version=get_version())
