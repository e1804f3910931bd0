"""Bodies of the endpoints for classes."""

from collections.abc import Iterator
from typing import Annotated, Any, Self

from pydantic import BaseModel, Field, StringConstraints

from api.changes.schemas import MAX_SELECTED, SampleId
from api.schemas import NO_NUL, RequestBody
from api.verification.schemas import Reviewer
from store import models

MAX_NAME = 256
MAX_TEXT = 20_000
# No blanks at its ends, and no control characters: it is a folder of some exports, and a cell of others.
NAME = r"^[^\s\x00-\x1f\x7f]([^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f])?$"
COLOUR = r"^#[0-9A-Fa-f]{6}$"
KEY = r"^[A-Za-z0-9]$"

Name = Annotated[str, StringConstraints(min_length=1, max_length=MAX_NAME, pattern=NAME)]
Colour = Annotated[str, StringConstraints(to_lower=True, pattern=COLOUR)]
Key = Annotated[str, StringConstraints(to_lower=True, pattern=KEY)]
Text = Annotated[str, StringConstraints(max_length=MAX_TEXT, pattern=NO_NUL)]

COLOUR_FIELD = Field(None, description="A colour such as #1f77b4; null: none was chosen.")
KEY_FIELD = Field(
    None,
    description="A letter or digit that chooses the class in the review, instead of its number and of what "
    "the key does otherwise; null: its number.",
)
DESCRIPTION_FIELD = Field(None, description="What the class is, plain text; null: none.")
GUIDELINE_FIELD = Field(
    None, description="How to tell it from similar classes, plain text, shown in the review; null: none."
)


class Class(BaseModel):
    """A class of a dataset."""

    index: int = Field(description="Its index, which never changes.")
    name: str = Field(description="The name.")
    colour: str | None = COLOUR_FIELD
    key: str | None = KEY_FIELD
    description: str | None = DESCRIPTION_FIELD
    guideline: str | None = GUIDELINE_FIELD
    former_names: list[str] = Field(
        [], description="Names that it had before. Uploads that have one of them mean this class."
    )
    merged_into: str | None = Field(
        None, description="The class that its labels are read as; null unless it was merged."
    )
    removed: bool = Field(False, description="Whether it was removed.")


class ClassList(BaseModel):
    """The classes of a dataset."""

    items: list[Class] = Field(
        description="First those that can be given, in the chosen order; then those merged or removed."
    )

    @classmethod
    def of(cls, dataset: models.Dataset) -> Self:
        """From the row."""
        return cls(items=list(_list_classes(dataset)))


def _list_classes(dataset: models.Dataset) -> Iterator[Class]:
    classes = dataset.class_map
    gone = [index for index in range(len(classes.names)) if not classes.is_active(index)]
    for index in [*classes.order, *gone]:
        settings = dict(dataset.class_settings.get(str(index), {}))
        merged_into = classes.name(index) if index in classes.merged else None
        yield Class.model_validate(
            settings | {"index": index, "name": classes.names[index], "merged_into": merged_into}
        )


class Signed(RequestBody):
    """A change, and who makes it."""

    reviewer: Reviewer = Field("", description="Who makes the change, for the log.")


class ClassCreate(Signed):
    """A new class."""

    name: Name = Field(description="The name. No other class may have it, or have had it.")
    colour: Colour | None = COLOUR_FIELD
    key: Key | None = KEY_FIELD
    description: Text | None = DESCRIPTION_FIELD
    guideline: Text | None = GUIDELINE_FIELD

    def values(self) -> dict[str, Any]:
        """The fields that were set, except the name; empty text counts as none."""
        named = self.model_dump(exclude={"name", "reviewer"}, exclude_none=True)
        return {field: value for field, value in named.items() if value != ""}


class ClassSplit(ClassCreate):
    """A new class, and images that are of it."""

    sample_ids: list[SampleId] = Field(
        min_length=1, max_length=MAX_SELECTED, description="The images. Each gets a decision for the class."
    )
    job_id: str | None = Field(
        None, max_length=64, pattern=NO_NUL, description="The job whose ranking led to the images, if any."
    )

    def values(self) -> dict[str, Any]:
        """The fields of the class that were set, except the name."""
        return {
            field: value for field, value in super().values().items() if field not in ("sample_ids", "job_id")
        }


class ClassChange(Signed):
    """Changes to a class. Omitted fields stay as they are; null clears a field."""

    name: Name = Field("-", description="The new name. Uploads that have the old one mean this class, too.")
    colour: Colour | None = COLOUR_FIELD
    key: Key | None = KEY_FIELD
    description: Text | None = DESCRIPTION_FIELD
    guideline: Text | None = GUIDELINE_FIELD

    def values(self) -> dict[str, Any]:
        """The fields that were set; empty text counts as none."""
        named = self.model_dump(exclude={"reviewer"}, exclude_unset=True)
        return {field: value or None for field, value in named.items()}


class ClassOrder(Signed):
    """The order in which classes are shown."""

    indices: list[int] = Field(
        min_length=2, max_length=100_000, description="The index of each class that can be given, once."
    )


class Merge(Signed):
    """Which class another one is merged into."""

    into: int = Field(ge=0, description="The index of the class that labels are read as from now on.")
