"""Parameters and bodies that several features share."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import Path
from pydantic import BaseModel, ConfigDict, Field

from store.models import Work, WorkStatus

WorkId = Annotated[str, Path(max_length=64, pattern=r"^[0-9A-Za-z-]+$", description="The id.")]
NO_NUL = r"^[^\x00]*$"
"""Pattern of stored text: Postgres stores no NUL."""

RowId = Annotated[str, Path(pattern=r"^[0-9]{1,18}$", description="The id, a number.")]

Seen = Annotated[
    str, Field(description="The dataset's newest verification: send it with decisions on these samples.")
]


class RequestBody(BaseModel):
    """Base of request bodies. Refuses unknown fields: a misspelt field would be ignored silently."""

    model_config = ConfigDict(extra="forbid")


class WorkProblemItem(BaseModel):
    """One of several things that are wrong."""

    code: str = Field(description="Stable slug of the reason.")
    message: str = Field(description="What is wrong and how to correct it, in a sentence.")
    line: int | None = Field(None, description="Line of the file, counted from 1.")
    name: str | None = Field(None, description="The file, image or class.")


class WorkProblem(BaseModel):
    """Why a piece of work failed."""

    code: str = Field(description="Stable slug of the reason.")
    title: str = Field(description="The kind of problem in a few words.")
    detail: str = Field(description="What went wrong and what to do about it, in a sentence.")
    errors: list[WorkProblemItem] = Field(
        default_factory=list, description="What is wrong, one by one: lines of a table, or reasons."
    )


class WorkState(BaseModel):
    """A piece of work carried out by a worker: its progress and outcome."""

    id: str = Field(description="The id.")
    status: WorkStatus = Field(description="queued, running, succeeded, failed or cancelled.")
    attempt: int = Field(description="Number of workers that started it; above 1 after a worker was lost.")
    cancel_requested: bool = Field(description="Whether cancellation was requested.")
    progress_done: int = Field(description="Number of steps done.")
    progress_total: int | None = Field(description="Total number of steps; null until it is known.")
    progress_note: str = Field(description="The current step, for display; may be empty.")
    progress_rate: float | None = Field(
        description="Steps done per second; null where it is not measured. The remaining steps divided by it "
        "are the seconds left."
    )
    error: WorkProblem | None = Field(description="Why it failed; null unless it failed.")
    created_at: datetime = Field(description="When it was requested (UTC).")
    started_at: datetime | None = Field(description="When a worker first started it (UTC).")
    finished_at: datetime | None = Field(description="When it ended (UTC).")


def work_fields(row: Work) -> dict[str, Any]:
    """The values of a `WorkState`, from the row."""
    return {name: getattr(row, name) for name in WorkState.model_fields}


MAX_LISTED_ERRORS = 1000

SettingValue = str | float | list[float] | None


class ProblemItem(BaseModel):
    """One error: in a line of an uploaded file or a field of the request."""

    line: int | None = Field(None, description="Line of the uploaded file, counted from 1.")
    name: str | None = Field(None, description="The field, file name, id or class that is wrong.")
    code: str = Field(description="Stable slug of the reason.")
    message: str = Field(description="What is wrong and how to correct it, in a sentence.")


class ProblemAnswer(BaseModel):
    """A decision about a sample."""

    verdict: str = Field(description="The verdict.")
    label: str | None = Field(None, description="The class that it assigns, if any.")


class ActiveProblemAnswer(ProblemAnswer):
    """A stored decision about a sample."""

    id: str = Field(description="Its verification. Send it as `seen` to replace it.")
    reviewer: str = Field(description="Who made it; may be empty.")
    created_at: datetime = Field(description="When it was stored (UTC).")


class ProblemConflict(BaseModel):
    """Two answers about one sample."""

    sample_id: str = Field(description="The sample.")
    file_name: str = Field(description="The file name in the archive, byte for byte.")
    yours: ProblemAnswer = Field(description="The answer that was refused.")
    theirs: ActiveProblemAnswer = Field(description="The active answer.")


class ProblemSetting(BaseModel):
    """Two values of one setting."""

    name: str = Field(description="The field of the request.")
    yours: SettingValue = Field(None, description="The value that was refused; absent: none.")
    theirs: SettingValue = Field(None, description="The stored value; absent: none.")


class Problem(BaseModel):
    """An error, as defined by RFC 9457 (Problem Details for HTTP APIs)."""

    type: str = Field("about:blank", description="Always about:blank; `code` identifies the problem.")
    title: str = Field(description="The kind of problem in a few words.")
    status: int = Field(description="The HTTP status.")
    detail: str = Field(description="What is wrong and how to correct it, in a sentence.")
    code: str = Field(description="Stable slug of the problem, for programs.")
    errors: list[ProblemItem] | None = Field(
        None, description=f"The individual errors, at most the first {MAX_LISTED_ERRORS}."
    )
    conflicts: list[ProblemConflict] | None = Field(
        None, description="decided_meanwhile: the samples on which somebody decided otherwise."
    )
    settings: list[ProblemSetting] | None = Field(
        None, description="changed_meanwhile: the settings that somebody changed."
    )
    total_errors: int | None = Field(None, description="Number of errors, including those not listed.")
