"""Bodies of the endpoints for metadata."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import BaseModel, Field, StringConstraints

from api.pagination import Page
from api.schemas import NO_NUL, RequestBody
from api.verification.schemas import Reviewer
from mslg_rules.metadata import MAX_TAG_LENGTH, ColumnType
from store import models

MAX_TAGS = 20
MAX_TAGGED = 10_000

SampleId = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,18}$")]
SearchName = Annotated[str, StringConstraints(max_length=50, pattern=NO_NUL)]
SearchText = Annotated[str, StringConstraints(max_length=3_000, pattern=NO_NUL)]
SearchValue = SearchText | float | bool | list[SearchText]


class SavedPage(StrEnum):
    """A page of the web UI that a saved view opens."""

    GRID = "grid"
    REVIEW = "review"
    IMAGES = "images"


class MetadataColumn(BaseModel):
    """A column of the user's table that is kept for each sample, and what is known of its values."""

    name: str = Field(description="The name in the header, byte for byte.")
    type: ColumnType = Field(
        description="What all values are: number, boolean, time (ISO 8601, all written alike), or text."
    )
    filled: int = Field(description="Number of samples with a value.")
    distinct: int | None = Field(description="Number of different values; null: more than 1,000.")
    min: str | None = Field(description="The smallest number or earliest time; null for other types.")
    max: str | None = Field(description="The largest number or latest time; null for other types.")
    whole: bool = Field(description="Whether all values are whole numbers.")


class MetadataValue(BaseModel):
    """One value of a sample."""

    name: str = Field(description="The column.")
    type: ColumnType = Field(description="The type of the column.")
    value: str = Field(description="The value as the user wrote it, byte for byte.")


class SampleMetadata(BaseModel):
    """What the user's table says of a sample besides its name, id and label."""

    values: list[MetadataValue] = Field(description="The filled cells, in the order of the columns.")
    tags: list["Tag"] = Field(description="The sample's tags, oldest first.")


Name = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_TAG_LENGTH, pattern=NO_NUL),
]
TagNames = Annotated[list[Name], Field(max_length=MAX_TAGS)]


class Tag(BaseModel):
    """A tag on a sample."""

    tag: str = Field(description="The tag.")
    reviewer: str = Field(description="Who added it; may be empty.")
    created_at: datetime = Field(description="When (UTC).")


class TagTrailItem(Tag):
    """A tag that a sample has or had."""

    sample_id: str = Field(description="The sample.")
    removed_by: str | None = Field(description="Who removed it; null if the sample has it.")
    removed_at: datetime | None = Field(description="When it was removed (UTC).")


class TagTrailPage(Page[TagTrailItem]):
    """Tags that were ever added, newest first."""


class TagCount(BaseModel):
    """A tag of the dataset."""

    tag: str = Field(description="The tag.")
    num_samples: int = Field(description="Number of samples that have it.")


class TagList(BaseModel):
    """The tags of a dataset, the most frequent first."""

    items: list[TagCount] = Field(description="The tags.")


class TagChangeCreate(RequestBody):
    """Tags to add to samples of the dataset, and to remove from them."""

    sample_ids: list[SampleId] = Field(
        min_length=1, max_length=MAX_TAGGED, description="The samples. Those of other datasets are ignored."
    )
    add: TagNames = Field([], description="Tags to add.")
    remove: TagNames = Field([], description="Tags to remove.")
    reviewer: Reviewer = Field("", description="Who changes them.")


class TagChange(BaseModel):
    """What changed."""

    added: int = Field(description="Tags that were added to a sample that did not have them.")
    removed: int = Field(description="Tags that were removed from a sample that had them.")


class ErrorRate(BaseModel):
    """The ranked images with one value of a column, or with a range of values."""

    value: str | None = Field(description="The value or the range, for display; null: the images without.")
    conditions: list[str] = Field(description="Send them as `metadata` to list these images.")
    images: int = Field(description="Number of ranked images.")
    decided: int = Field(description="Those whose given label somebody judged.")
    wrong: int = Field(description="Those whose given label was found wrong.")
    suspected: int = Field(description="Those that the job flags.")
    wrong_share: float | None = Field(
        description="Share of wrong ones among the decided, 0..1; null if none is decided. It is too high "
        "where suspicious images were decided first."
    )
    suspected_share: float = Field(description="Share of flagged ones among all, 0..1.")


class ErrorRates(BaseModel):
    """Error rates by the values of a column. Numbers are binned, times grouped by day, month or year."""

    column: str = Field(description="The column.")
    items: list[ErrorRate] = Field(
        description="By value; for text, those with the most images first. The images without a value last."
    )
    num_more: int = Field(description="Number of values that are not listed.")


class SavedViewCreate(RequestBody):
    """A view to save."""

    name: Name = Field(description="Its name, unique in the dataset.")
    page: SavedPage = Field(description="The page of the web UI that it opens.")
    search: dict[SearchName, SearchValue] = Field(
        max_length=50, description="Filters and order, as in the page's address."
    )
    reviewer: Reviewer = Field("", description="Who saves it.")


class SavedViewChange(RequestBody):
    """Changes to a saved view. Omitted fields stay as they are."""

    name: Name | None = Field(None, description="Another name.")
    search: dict[SearchName, SearchValue] | None = Field(
        None, max_length=50, description="Other filters and order."
    )


class SavedView(BaseModel):
    """Filters, order and layout of a page under a name."""

    id: str = Field(description="The view's id.")
    name: str = Field(description="Its name.")
    page: SavedPage = Field(description="The page of the web UI that it opens.")
    search: dict[str, Any] = Field(description="Filters and order, as in the page's address.")
    created_by: str = Field(description="Who saved it; may be empty.")
    created_at: datetime = Field(description="When (UTC).")

    @classmethod
    def of(cls, row: models.SavedView) -> Self:
        """From the row."""
        return cls.model_validate(row, from_attributes=True)


class SavedViewList(BaseModel):
    """The views of a dataset, by name."""

    items: list[SavedView] = Field(description="The views.")
