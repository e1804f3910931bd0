"""Bodies of the endpoints for metadata."""

from pydantic import BaseModel, Field

from mslg_rules.metadata import ColumnType


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
