"""What was understood of a dataset, before anything is stored. Importable without torch."""

from pydantic import BaseModel, ConfigDict, Field


class _Part(BaseModel):
    """Base class: frozen."""

    model_config = ConfigDict(frozen=True)


class ClassPreview(_Part):
    """One class, and how many images have it as their label."""

    label: str = Field(description="Name of the class.")
    count: int = Field(description="Images with this label.")
    examples: list[str] = Field(description="Up to three of their file names.")


class SplitPreview(_Part):
    """One published split, which the samples keep as `source_split`."""

    name: str = Field(description="Name of the split.")
    count: int = Field(description="Labelled images in it.")


class LeftOut(_Part):
    """Files or rows that are left out for one reason."""

    code: str = Field(description="Stable slug of the reason.")
    reason: str = Field(description="The reason of the first one, in a sentence.")
    count: int = Field(description="Files or rows.")
    examples: list[str] = Field(description="Up to three of their names.")


class Preview(_Part):
    """What was understood of a dataset. Images are not decoded yet, so damaged ones still count."""

    layout: str = Field(description="The layout that was recognised.")
    tables: list[str] = Field(description="The tables that the labels come from; empty for folders.")
    other_tables: list[str] = Field(description="Files that may be chosen as the table of labels instead.")
    num_images: int = Field(description="Labelled images.")
    num_verified: int = Field(description="Images whose true class is known.")
    classes: list[ClassPreview] = Field(description="The classes, in class order.")
    similar_classes: list[list[str]] = Field(
        description="Groups of class names that differ only in case, blanks, hyphens or Unicode forms."
    )
    splits: list[SplitPreview] = Field(description="The published splits that were found.")
    left_out: list[LeftOut] = Field(description="What is left out, by reason, most frequent first.")
    warnings: list[str] = Field(description="What should be checked, in sentences.")
    notes: list[str] = Field(description="What was guessed or decided, and why, in sentences.")
