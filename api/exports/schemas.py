"""Bodies of the export endpoints."""

from typing import NamedTuple, Self

from pydantic import BaseModel, Field

from api.schemas import RequestBody, WorkState, work_fields
from mslg_rules.leave_out import LeaveOut
from mslg_rules.omit import ExportPart
from store import models
from store.models import ExportFormat


class Described(NamedTuple):
    """An export, the name of its file, and whether its contents have changed since."""

    row: models.Export
    file_name: str
    is_outdated: bool


class ExportCreate(RequestBody):
    """The file to build."""

    format: ExportFormat = Field(
        description="csv, jsonl and parquet are tables with the same columns. cleanlab has the columns of "
        "cleanlab; patch lists what changed. The others are archives with the images, for the tools that "
        "they are named after; class_folders and yolo have one folder per class."
    )
    leave_out: list[LeaveOut] = Field(
        default=[],
        max_length=len(LeaveOut),
        description="Images to leave out. duplicates: all but one of each group, the first whose "
        "class a person settled, else the first. outliers: those that fit no class, and those that look like "
        "another dataset. unusable: those that a person found unusable.",
    )
    omit: list[ExportPart] = Field(
        default=[],
        max_length=len(ExportPart),
        description="What to omit of each image, in all formats that have it. Columns stay, empty, except "
        "those of metadata. reviewers: who decided, and when. verdicts: what people decided, while corrected "
        "labels stay. comments, tags. splits: the published ones. metadata: other columns of your tables.",
    )


class Export(WorkState):
    """The export of the corrected dataset to one file."""

    dataset_id: str = Field(description="The dataset.")
    dataset_version: str | None = Field(
        description="The version of the dataset that it contains, such as 3.4711: the number of the latest "
        "change of images or classes, a dot, and the id of the latest decision. Null until it is built, and "
        "for exports that an earlier release of the service built."
    )
    job_id: str | None = Field(description="The job whose results it contains; null if it contains none.")
    version_id: str | None = Field(
        description="The named version that it contains; null: the state when it was built."
    )
    format: ExportFormat = Field(description="The file's format.")
    leave_out: list[LeaveOut] = Field(description="Images that are left out.")
    omit: list[ExportPart] = Field(description="What is omitted of each image.")
    num_rows: int | None = Field(description="Rows in the file; null until it is built.")
    file_name: str = Field(
        description="Name of the file: the dataset's name, and the version of it: its name, if it has one."
    )
    is_outdated: bool = Field(
        description="Whether the dataset has another version now, or somebody has chosen what is accepted "
        "since it was built. False for named versions."
    )
    size_bytes: int | None = Field(description="Size of the file in bytes; null until it is built.")

    @classmethod
    def of(cls, described: Described) -> Self:
        """From the row and what is known of it."""
        row = described.row
        return cls(
            **work_fields(row),
            dataset_id=row.dataset_id,
            dataset_version=row.dataset_version,
            job_id=row.job_id,
            version_id=row.version_id,
            format=row.format,
            leave_out=[LeaveOut(name) for name in row.leave_out],
            omit=[ExportPart(name) for name in row.omit],
            num_rows=row.num_rows,
            file_name=described.file_name,
            is_outdated=described.is_outdated,
            size_bytes=row.size_bytes,
        )


class ExportList(BaseModel):
    """The exports of a job."""

    items: list[Export] = Field(description="The exports, newest first.")
