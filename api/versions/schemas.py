"""Bodies of the endpoints for named versions."""

from typing import Annotated, Self

from pydantic import BaseModel, Field, StringConstraints

from api.schemas import NO_NUL, RequestBody, WorkState, work_fields
from store import models

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100, pattern=NO_NUL)]


class VersionCreate(RequestBody):
    """A name for the present state of a dataset."""

    name: Name = Field(description="Its name, unique within the dataset. Exported files are named by it.")
    description: Annotated[str, StringConstraints(max_length=5000, pattern=NO_NUL)] = Field(
        "", description="What it is for, plain text."
    )
    job_id: Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=NO_NUL)] | None = Field(
        None,
        description="A finished job whose results become part of the version. Null: the latest one, if any.",
    )
    reviewer: Annotated[str, StringConstraints(max_length=100, pattern=NO_NUL)] = Field(
        "", description="Who names it. With accounts: the caller."
    )


class Version(WorkState):
    """A named state of a dataset. It is stored by a worker, as the dataset is when the worker begins."""

    dataset_id: str = Field(description="The dataset.")
    name: str = Field(description="Its name.")
    description: str = Field(description="What it is for.")
    reviewer: str = Field(description="Who named it; may be empty.")
    job_id: str | None = Field(description="The job whose results are part of it; null: none.")
    dataset_version: str | None = Field(
        description="The state that was stored, such as 3.4711: the number of the latest change of images or "
        "classes, a dot, and the id of the latest decision. Null until it is stored."
    )
    num_images: int | None = Field(description="Images; null until it is stored.")
    num_classes: int | None = Field(description="Classes; null until it is stored.")
    size_bytes: int | None = Field(description="Bytes of its table; null until it is stored.")

    @classmethod
    def of(cls, row: models.Version) -> Self:
        """From the row."""
        names = ("dataset_id", "name", "description", "reviewer", "job_id", "dataset_version")
        sizes = ("num_images", "size_bytes")
        values = {name: getattr(row, name) for name in (*names, *sizes)}
        num_classes = None if row.classes is None else len(row.classes)
        return cls(**work_fields(row), **values, num_classes=num_classes)


class VersionList(BaseModel):
    """The named versions of a dataset."""

    present: str = Field(description="The version of the dataset now, such as 3.4711.")
    items: list[Version] = Field(description="The named versions, newest first.")
