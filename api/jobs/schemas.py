"""Bodies of the job endpoints."""

from typing import Annotated, Self

from pydantic import BaseModel, BeforeValidator, Field, StringConstraints

from api.pagination import Page
from api.schemas import NO_NUL, RequestBody, WorkState, work_fields
from mslg_core.configs.base import Method
from mslg_core.configs.job import JobConfig
from mslg_core.configs.methods import MslgConfig
from mslg_core.reports import EpochReport
from store import models


def _name_method(config: object) -> object:
    """Fill in the default method, MSLG."""
    return {"method": Method.MSLG, **config} if isinstance(config, dict) else config


class JobCreate(RequestBody):
    """A new training run. Only the dataset's id is required."""

    dataset_id: str = Field(min_length=1, max_length=64, pattern=NO_NUL, description="The dataset to clean.")
    name: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200, pattern=NO_NUL)] = Field(
        "", description="Display name; 'Job 1', 'Job 2', ... if empty."
    )
    parent_id: Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=NO_NUL)] | None = Field(
        None,
        description="A finished job of the same dataset to warm-start from: training starts with its weights "
        "if both train the same network. Null: start from scratch.",
    )
    config: Annotated[JobConfig, BeforeValidator(_name_method)] = Field(
        default_factory=MslgConfig,
        description="How to train. Omitted fields get defaults; the default method is mslg.",
    )


class Job(WorkState):
    """One training run of one method on one dataset."""

    dataset_id: str = Field(description="The dataset it cleans.")
    name: str = Field(description="Display name.")
    config: JobConfig = Field(description="How it trains, with all defaults filled in.")
    parent_id: str | None = Field(description="The job it was warm-started from; null if none.")
    dataset_version: str | None = Field(
        description="The version of the dataset that it learns from, such as 3.4711: the number of the "
        "latest change of images or classes, a dot, and the id of the latest decision. Null until it has "
        "read the labels, and for jobs of an earlier release of the service."
    )

    @classmethod
    def of(cls, row: models.Job) -> Self:
        """From the row."""
        names = ("dataset_id", "name", "config", "parent_id", "dataset_version")
        return cls.model_validate(work_fields(row) | {name: getattr(row, name) for name in names})


class JobPage(Page[Job]):
    """Jobs, newest first."""


class EpochList(BaseModel):
    """The epochs of a job."""

    items: list[EpochReport] = Field(description="One report per epoch, in order.")
