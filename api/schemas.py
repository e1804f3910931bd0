"""What several features take and answer with."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import Path
from pydantic import BaseModel, ConfigDict, Field

from store.models import Work, WorkStatus

WorkId = Annotated[
    str, Path(max_length=64, pattern=r"^[0-9A-Za-z-]+$", description="The id, as it was given out.")
]
NO_NUL = r"^[^\x00]*$"
"""Pattern of stored text: Postgres stores no NUL."""

RowId = Annotated[str, Path(pattern=r"^[0-9]{1,18}$", description="The id, as it was given out: digits.")]


class RequestBody(BaseModel):
    """What a client sends. A field that does not exist is refused: it was misspelt, and would be left out."""

    model_config = ConfigDict(extra="forbid")


class WorkProblem(BaseModel):
    """Why work failed."""

    code: str = Field(description="Stable slug of the reason.")
    title: str = Field(description="The kind of problem in a few words.")
    detail: str = Field(description="What went wrong and what to do, in a sentence.")


class WorkState(BaseModel):
    """Something that a worker carries out: how far it is, and how it ended."""

    id: str = Field(description="Id of this piece of work.")
    status: WorkStatus = Field(description="queued, running, succeeded, failed or cancelled.")
    attempt: int = Field(description="How many workers have taken it up; above 1 after a worker was lost.")
    cancel_requested: bool = Field(description="Whether somebody asked to cancel it.")
    progress_done: int = Field(description="Steps done.")
    progress_total: int | None = Field(description="Steps in all; null as long as nobody knows.")
    progress_note: str = Field(description="What is going on, for people; may be empty.")
    error: WorkProblem | None = Field(description="Why it failed; null unless it failed.")
    created_at: datetime = Field(description="When it was asked for (UTC).")
    started_at: datetime | None = Field(description="When a worker first took it up (UTC).")
    finished_at: datetime | None = Field(description="When it ended (UTC).")


def work_fields(row: Work) -> dict[str, Any]:
    """The values of a `WorkState` out of the row."""
    return {name: getattr(row, name) for name in WorkState.model_fields}
