"""Bodies of the dataset and sample endpoints."""

from datetime import datetime
from enum import StrEnum
from math import isfinite
from typing import Annotated, Self

from pydantic import BaseModel, Field, StringConstraints, field_validator

from api.metadata.filters import Conditions, Tags
from api.metadata.schemas import MetadataColumn
from api.pagination import Page
from api.schemas import NO_NUL, RequestBody
from mslg_rules.metadata import MAX_NAME_LENGTH
from store import models
from store.models import DatasetStatus, Split, Verdict


class DatasetCreate(RequestBody):
    """A new, empty dataset."""

    name: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=NO_NUL)
    ] = Field(description="Display name. Need not be unique.")


ValueRange = Annotated[
    list[float],
    Field(
        min_length=2,
        max_length=2,
        description="The values that become black and white in images of more than 8 bits per channel, "
        "such as [0, 4095].",
    ),
]


ColumnName = Annotated[str, StringConstraints(max_length=MAX_NAME_LENGTH, pattern=NO_NUL)]


class SeenSettings(RequestBody):
    """The values of settings that the author of a change saw."""

    guidelines: str | None = Field(None, max_length=20_000, description="As in the dataset.")
    overlap: int | None = Field(None, description="As in the dataset.")
    honeypot_rate: float | None = Field(None, description="As in the dataset.")
    value_range: list[float] | None = Field(None, max_length=2, description="As in the dataset.")


class DatasetChange(RequestBody):
    """Changes to the review of a dataset. Omitted fields stay as they are."""

    guidelines: Annotated[str, StringConstraints(max_length=20_000, pattern=NO_NUL)] | None = Field(
        None, description="Guidelines for reviewers, plain text."
    )
    overlap: int | None = Field(
        None,
        ge=1,
        le=10,
        description="Number of reviewers per sample, who judge independently. A change keeps verdicts; "
        "samples with opinions but no verdict get one if the opinions now suffice.",
    )
    honeypot_rate: float | None = Field(
        None,
        ge=0,
        le=0.5,
        description="Share of served samples that are already settled and only test the reviewer.",
    )
    value_range: ValueRange | None = Field(
        None,
        description="The values that become black and white in images of more than 8 bits per channel, "
        "such as [0, 4095]. Set before an upload, it replaces the measured ones. A change applies to "
        "pictures and later jobs.",
    )
    group_column: ColumnName | None = Field(
        None,
        description="A column of metadata, such as the patient: samples with the same value join the same "
        "part of the verified set, and jobs never learn from a value that they are measured on. Empty: none.",
    )
    seen: SeenSettings | None = Field(
        None,
        description="The values that you saw of the fields you change. If one has another value by now, "
        "nothing is changed, and the answer is 409 with both values. Fields that are not named here are "
        "replaced whatever they are.",
    )

    @field_validator("value_range")
    @classmethod
    def _check_range(cls, values: list[float] | None) -> list[float] | None:
        if values is not None and not (all(map(isfinite, values)) and values[0] < values[1]):
            raise ValueError("the first value must be below the second, and both finite")
        return values


class Dataset(BaseModel):
    """A set of labelled images. Some of the labels may be wrong."""

    id: str = Field(description="The dataset's id.")
    name: str = Field(description="Display name.")
    status: DatasetStatus = Field(
        description="empty (upload an archive), ingesting, ready, or failed (upload another archive)."
    )
    classes: list[str] = Field(
        description="Names of the classes that can be given, in the chosen order, without those that were "
        "merged or removed, see `GET …/classes`."
    )
    num_samples: int = Field(description="Number of samples, without the verified images beside the dataset.")
    num_unlabelled: int = Field(
        description="Samples among them without a given label. Until one is verified, jobs leave it out."
    )
    num_separate: int = Field(description="Verified images beside the dataset, without a given label.")
    num_removed: int = Field(description="Images that were removed and can be restored.")
    num_rejections: int = Field(description="Number of rejected files of the archive.")
    guidelines: str = Field(description="Guidelines for reviewers, plain text; may be empty.")
    overlap: int = Field(description="Number of reviewers per sample.")
    honeypot_rate: float = Field(
        description="Share of served samples that are already settled and only test the reviewer."
    )
    value_range: ValueRange | None = Field(
        description="The values that become black and white in images of more than 8 bits per channel; null "
        "if there are none."
    )
    metadata_columns: list[MetadataColumn] = Field(
        description="The other columns of the user's tables, which are kept for each sample."
    )
    group_column: str | None = Field(
        description="The column of metadata whose values the meta set and the hold-out never share; null: "
        "none."
    )
    version: int = Field(description="Counts changes of its images and classes, see its changes.")
    created_at: datetime = Field(description="When it was created (UTC).")

    @classmethod
    def of(cls, row: models.Dataset) -> Self:
        """From the row."""
        values = {name: getattr(row, name) for name in cls.model_fields}
        return cls.model_validate(values | {"classes": row.class_map.active_names})


class DatasetPage(Page[Dataset]):
    """Datasets, newest first."""


class Sample(BaseModel):
    """One image with its given label and its verdict."""

    id: str = Field(description="The sample's id.")
    dataset_id: str = Field(description="The dataset it belongs to.")
    position: int = Field(description="0-based position in the dataset.")
    external_id: str | None = Field(description="The id from the archive, byte for byte; null if none.")
    file_name: str = Field(description="The file name in the archive, byte for byte.")
    given_label: str | None = Field(
        description="The label that came with the image; may be wrong. null: it came without one."
    )
    separate: bool = Field(description="Whether it is a verified image beside the dataset.")
    width: int = Field(description="Width in pixels.")
    height: int = Field(description="Height in pixels.")
    byte_size: int = Field(description="Size of the image file in bytes.")
    sha256: str = Field(description="SHA-256 of the image file, hexadecimal.")
    media_type: str = Field(description="Media type of the image file.")
    source_split: str | None = Field(
        description='The published split of the image, such as "train"; null if there is none.'
    )
    verdict: Verdict | None = Field(description="The active verdict; null if there is none.")
    settled_label: str | None = Field(
        description="The true class according to reviewers; null if not settled."
    )
    split: Split | None = Field(
        description="meta (methods learn from it) or holdout (evaluation only); null if never settled."
    )

    @classmethod
    def of(cls, row: models.Sample, classes: list[str]) -> Self:
        """From the row; `classes` are the dataset's."""
        plain = {
            name: getattr(row, name)
            for name in cls.model_fields
            if name not in ("id", "given_label", "settled_label")
        }
        given = None if row.given_label is None else classes[row.given_label]
        settled = None if row.settled_label is None else classes[row.settled_label]
        return cls(**plain, id=str(row.id), given_label=given, settled_label=settled)


class SamplePage(Page[Sample]):
    """Samples, in the requested order."""


class SampleOrder(StrEnum):
    """Order of a list of samples."""

    POSITION = "position"
    SHUFFLED = "shuffled"


class SampleFilter(BaseModel):
    """Which samples to list, and in which order. Conditions are combined with AND."""

    order: SampleOrder = Field(
        SampleOrder.POSITION,
        description="`position`: the order of the dataset. `shuffled`: a fixed random order.",
    )
    verdict: Verdict | None = Field(None, description="Only samples with this active verdict.")
    split: Split | None = Field(None, description="Only samples of this split of the verified set.")
    label: str | None = Field(None, description="Only samples with this given label (a class name).")
    has_given_label: bool | None = Field(None, description="Only samples with, or without, a given label.")
    reviewed: bool | None = Field(None, description="Only samples with, or without, an active verdict.")
    search: str | None = Field(
        None,
        min_length=1,
        max_length=200,
        pattern=NO_NUL,
        description="Only samples whose file name contains this text, or whose id or external id it is. "
        "Upper and lower case are the same in file names.",
    )
    metadata: Conditions = []
    tag: Tags = []
