"""Bodies of the dataset and sample endpoints."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Self

from fastapi import Query
from pydantic import BaseModel, Field, StringConstraints

from api.pagination import Page
from api.schemas import NO_NUL, RequestBody, WorkState, work_fields
from store import models
from store.models import DatasetStatus, Split, Verdict

FileName = Annotated[
    str | None,
    Query(max_length=1000, pattern=NO_NUL, description="The archive's name on your side, shown back only."),
]


class DatasetCreate(RequestBody):
    """A new, empty dataset."""

    name: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=NO_NUL)
    ] = Field(description="A name for people; need not be unique.")


class DatasetChange(RequestBody):
    """What to change about a dataset's review; what is left out stays."""

    guidelines: Annotated[str, StringConstraints(max_length=20_000, pattern=NO_NUL)] | None = Field(
        None, description="What reviewers are to go by, plain text."
    )
    overlap: int | None = Field(
        None,
        ge=1,
        le=10,
        description="How many people each sample is shown to, none knowing what the others said. What has a "
        "verdict keeps it; what has opinions but no verdict gets one if they now suffice.",
    )
    honeypot_rate: float | None = Field(
        None,
        ge=0,
        le=0.5,
        description="Share of served samples that are settled already and only measure the reviewer.",
    )


class Dataset(BaseModel):
    """A set of images with labels that may be wrong."""

    id: str = Field(description="The dataset's id.")
    name: str = Field(description="Its name for people.")
    status: DatasetStatus = Field(
        description="empty (upload an archive), ingesting, ready, or failed (upload another archive)."
    )
    classes: list[str] = Field(
        description="Names of the classes, in the order that soft labels are given in."
    )
    num_samples: int = Field(description="How many images it has.")
    num_rejections: int = Field(description="How many files of the archive were refused.")
    guidelines: str = Field(description="What reviewers are to go by, plain text; may be empty.")
    overlap: int = Field(description="How many people each sample is shown to.")
    honeypot_rate: float = Field(
        description="Share of served samples that are settled already and only measure the reviewer."
    )
    created_at: datetime = Field(description="When it was made (UTC).")

    @classmethod
    def of(cls, row: models.Dataset) -> Self:
        """From the row."""
        return cls.model_validate(row, from_attributes=True)


class DatasetPage(Page[Dataset]):
    """Datasets, newest first."""


class Ingest(WorkState):
    """The unpacking of an uploaded archive."""

    dataset_id: str = Field(description="The dataset that it fills.")
    file_name: str | None = Field(description="The archive's name on your side.")
    size_bytes: int = Field(description="Size of the archive.")

    @classmethod
    def of(cls, row: models.Ingest) -> Self:
        """From the row."""
        return cls(
            **work_fields(row),
            dataset_id=row.dataset_id,
            file_name=row.file_name,
            size_bytes=row.size_bytes,
        )


class Rejection(BaseModel):
    """A file of the archive that was refused; all others were taken."""

    file_name: str = Field(description="Its name inside the archive.")
    code: str = Field(description="Stable slug of the reason.")
    reason: str = Field(description="Why it was refused, in a sentence.")

    @classmethod
    def of(cls, row: models.Rejection) -> Self:
        """From the row."""
        return cls(file_name=row.file_name, code=row.reason_code, reason=row.reason)


class RejectionPage(Page[Rejection]):
    """Refused files, in the order of the archive."""


class Sample(BaseModel):
    """One image with its given label and what people have said about it."""

    id: str = Field(description="The sample's id.")
    dataset_id: str = Field(description="The dataset it belongs to.")
    position: int = Field(description="0-based place in the dataset.")
    external_id: str | None = Field(description="Your own id, byte for byte; null when none was given.")
    file_name: str = Field(description="Your own file name, byte for byte.")
    given_label: str = Field(description="The class that the image came with; may be wrong.")
    width: int = Field(description="Width in pixels.")
    height: int = Field(description="Height in pixels.")
    byte_size: int = Field(description="Size of the image file in bytes.")
    sha256: str = Field(description="SHA-256 of the image file, hexadecimal.")
    media_type: str = Field(description="Media type of the image file.")
    verdict: Verdict | None = Field(description="The verdict that stands; null when there is none.")
    settled_label: str | None = Field(
        description="The true class according to people; null when not settled."
    )
    split: Split | None = Field(
        description="meta (methods learn from it) or holdout (only measured); null if never settled."
    )

    @classmethod
    def of(cls, row: models.Sample, classes: list[str]) -> Self:
        """From the row; `classes` are the dataset's."""
        plain = {
            name: getattr(row, name)
            for name in cls.model_fields
            if name not in ("id", "given_label", "settled_label")
        }
        settled = None if row.settled_label is None else classes[row.settled_label]
        return cls(**plain, id=str(row.id), given_label=classes[row.given_label], settled_label=settled)


class SamplePage(Page[Sample]):
    """Samples, in the order that was asked for."""


class SampleOrder(StrEnum):
    """In which order to list samples."""

    POSITION = "position"
    SHUFFLED = "shuffled"


class SampleFilter(BaseModel):
    """Which samples to list, conditions add up; and in which order."""

    order: SampleOrder = Field(
        SampleOrder.POSITION, description="The dataset's own order, or `shuffled`: one that chance decides."
    )
    verdict: Verdict | None = Field(None, description="Only samples with this standing verdict.")
    split: Split | None = Field(None, description="Only samples of this half of the verified set.")
    label: str | None = Field(None, description="Only samples with this given label (a class name).")
    reviewed: bool | None = Field(None, description="Only samples with, or without, a standing verdict.")
