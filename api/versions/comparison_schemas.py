"""Bodies of the endpoints for comparisons of versions."""

from datetime import datetime
from typing import Annotated, Any, Self

from pydantic import BaseModel, Field, StringConstraints

from api.pagination import Page
from api.schemas import NO_NUL, RequestBody, WorkState, work_fields
from mslg_rules.difference_kind import DifferenceKind
from store import models

Counts = dict[str, int]


class ComparisonCreate(RequestBody):
    """What to compare a version with."""

    after_id: Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=NO_NUL)] | None = Field(
        None, description="The later version of the same dataset. Null: its present state."
    )


class RenamedClass(BaseModel):
    """A class with another name."""

    before: str = Field(description="Its earlier name.")
    after: str = Field(description="Its later name.")


class ClassChanges(BaseModel):
    """How the classes differ."""

    added: list[str] = Field(description="Classes that joined.")
    removed: list[str] = Field(description="Classes that are no longer used.")
    renamed: list[RenamedClass] = Field(description="Classes with another name.")


class ComparisonSummary(BaseModel):
    """Numbers of differences. An image may have several."""

    kinds: Counts = Field(description="By kind. Kinds without differences are missing.")
    classes: dict[str, Counts] = Field(description="By class, the later label if there is one, and kind.")
    reviewers: Counts = Field(
        description="Decisions by the reviewer who decided last; empty name: uploads, and withdrawn ones."
    )
    of_classes: ClassChanges = Field(description="Classes that joined, are gone, or have another name.")

    @classmethod
    def of(cls, stored: dict[str, Any]) -> Self:
        """From what the worker stored."""
        changes = stored["of_classes"]
        renamed = [RenamedClass(before=before, after=after) for before, after in changes["renamed"]]
        return cls(**stored | {"of_classes": ClassChanges(**changes | {"renamed": renamed})})


class VersionComparison(WorkState):
    """A named version compared with a later one, or with the present state."""

    dataset_id: str = Field(description="The dataset.")
    before_id: str = Field(description="The earlier version.")
    after_id: str | None = Field(description="The later version; null: the state when it was made.")
    after_version: str | None = Field(description="The later state, such as 3.4711; null until it is known.")
    summary: ComparisonSummary | None = Field(description="The result; null until it is made.")

    @classmethod
    def of(cls, row: models.VersionComparison) -> Self:
        """From the row."""
        values = {
            name: getattr(row, name) for name in ("dataset_id", "before_id", "after_id", "after_version")
        }
        summary = None if row.summary is None else ComparisonSummary.of(row.summary)
        return cls(**work_fields(row), **values, summary=summary)


class DifferenceFilter(BaseModel):
    """Which differences to list."""

    kind: DifferenceKind | None = Field(None, description="Only this kind.")
    label: str | None = Field(None, max_length=200, pattern=NO_NUL, description="Only from or to this class.")
    reviewer: str | None = Field(
        None, max_length=100, pattern=NO_NUL, description="Only decisions whose last reviewer this is."
    )


class Difference(BaseModel):
    """One difference of an image."""

    kind: DifferenceKind = Field(
        description="added, removed: the image. content: its file has other content. given_label. decision: "
        "people decided otherwise. suggestion: other suggestions are accepted."
    )
    sample_id: str = Field(description="The sample.")
    file_name: str = Field(description="Its file name, byte for byte.")
    before: str | None = Field(description="The earlier label, corrected unless the kind is given_label.")
    after: str | None = Field(description="The later label.")
    verdict: str | None = Field(description="The later verdict; null: nobody decided.")
    reviewer: str = Field(description="Who decided last; may be empty.")
    decided_at: datetime | None = Field(description="When (UTC).")
    comments: str = Field(description="The comments on the image, one a line: why.")

    @classmethod
    def of(cls, row: models.VersionDifference) -> Self:
        """From the row."""
        return cls.model_validate(
            {name: getattr(row, name) for name in cls.model_fields} | {"sample_id": str(row.sample_id)}
        )


class DifferencePage(Page[Difference]):
    """Differences, in the order of the dataset."""
