"""Whether the service can work."""

from importlib.metadata import PackageNotFoundError, version
from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy import text

from api.deps import ReadSession

router = APIRouter(tags=["health"])


class Health(BaseModel):
    """The service answers, and so does its database."""

    status: Literal["ok"] = Field(description="Always ok; when the database is away the answer is a 503.")
    version: str = Field(description="Version of the service.")


def get_version() -> str:
    """The installed version; `0` when this runs from a folder that is not installed."""
    try:
        return version("mslg")
    except PackageNotFoundError:
        return "0"


@router.get("/health", summary="Check the service")
def get_health(session: ReadSession) -> Health:
    """For load balancers and start scripts; needs no token."""
    session.execute(text("SELECT 1"))
    return Health(status="ok", version=get_version())
