"""Bodies of the endpoints that take archives."""

from typing import Annotated, Self

from fastapi import Query
from pydantic import BaseModel, Field

from api.pagination import Page
from api.schemas import NO_NUL, RequestBody, WorkState, work_fields
from mslg_core.configs.reading import ReadingConfig
from mslg_core.datasets.report import Preview
from store import models
from store.models import IngestKind, OnExisting

FileName = Annotated[
    str | None,
    Query(max_length=1000, pattern=NO_NUL, description="The archive's original name, for display only."),
]


DryRun = Annotated[bool, Query(description="Only make the preview; store no sample.")]


class IngestCreate(RequestBody):
    """An ingest of the archive that the latest dry run has read."""

    choices: ReadingConfig = Field(
        default_factory=ReadingConfig, description="Which labels count, and which classes are merged."
    )
    dry_run: bool = Field(False, description="Only make the preview again, with these choices.")


OnExistingParameter = Annotated[
    OnExisting,
    Query(description="skip or update images that the dataset has already, if the new ones are different."),
]


class AdditionCreate(IngestCreate):
    """An addition of the images that the latest dry run has read."""

    on_existing: OnExisting = Field(
        OnExisting.SKIP,
        description="skip or update images that the dataset has already, if the new ones are different.",
    )


class Changes(BaseModel):
    """What an addition changes in its dataset."""

    new: int = Field(description="Images that join the dataset.")
    changed: int = Field(description="Images that the dataset has with another label or content.")
    same: int = Field(description="Images that the dataset has like this.")
    conflicting: int = Field(description="Images that are left out, each listed with the reason.")
    removed: int = Field(0, description="Images that were removed from the dataset, and stay so.")
    new_classes: list[str] = Field(description="Classes that the dataset lacks.")
    examples: dict[str, list[str]] = Field(
        description="Up to three file names of the archive each: new, changed, conflicting."
    )


class Ingest(WorkState):
    """The unpacking of an uploaded archive."""

    dataset_id: str = Field(description="The dataset it fills.")
    kind: IngestKind = Field(
        description="dataset (the dataset's archive), verified_images (verified images beside it), or "
        "addition (more images of the dataset)."
    )
    file_name: str | None = Field(description="The archive's original name; null if none was given.")
    size_bytes: int = Field(description="Size of the archive in bytes.")
    dry_run: bool = Field(description="Whether it only makes the preview, and stores no sample.")
    choices: ReadingConfig | None = Field(description="How the archive is read; null: as recognised.")
    preview: Preview | None = Field(
        description="What was understood of the archive; null until its names and labels are read."
    )
    on_existing: OnExisting = Field(description="Of an addition: what it does with images that are there.")
    changes: Changes | None = Field(
        description="Of an addition: what it changes; null until it has compared all images."
    )
    notes: list[str] = Field(
        description="What was mended or chosen on the way, in sentences; complete when it has succeeded."
    )

    @classmethod
    def of(cls, row: models.Ingest) -> Self:
        """From the row."""
        return cls(
            **work_fields(row),
            dataset_id=row.dataset_id,
            kind=row.kind,
            file_name=row.file_name,
            size_bytes=row.size_bytes,
            dry_run=row.dry_run,
            choices=None if row.choices is None else ReadingConfig.model_validate(row.choices),
            preview=None if row.preview is None else Preview.model_validate(row.preview),
            on_existing=row.on_existing,
            changes=None if row.changes is None else Changes.model_validate(row.changes),
            notes=row.notes,
        )


class IngestList(BaseModel):
    """Ingests of one dataset."""

    items: list[Ingest] = Field(description="The ingests, newest first; at most 50.")


class Rejection(BaseModel):
    """A file of the archive that was rejected. The other files were stored."""

    file_name: str = Field(description="Its path in the archive.")
    code: str = Field(description="Stable slug of the reason.")
    reason: str = Field(description="Why it was rejected, in a sentence.")

    @classmethod
    def of(cls, row: models.Rejection) -> Self:
        """From the row."""
        return cls(file_name=row.file_name, code=row.reason_code, reason=row.reason)


class RejectionPage(Page[Rejection]):
    """Rejected files, in the order of the archive."""
