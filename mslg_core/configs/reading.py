"""How a dataset is read: which labels count, which classes are merged or left out."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

FOLDERS = "folders"

Text = Annotated[str, StringConstraints(min_length=1, max_length=1000, pattern=r"^[^\x00]*$")]


class ReadingConfig(BaseModel):
    """A person's choices about a dataset, made after a preview."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    labels_from: Text | None = Field(
        None,
        description="The path of the table in the archive whose labels count, or `folders` for class "
        "folders. null: as recognised.",
    )
    merge: dict[Text, Text] = Field(
        default_factory=dict,
        max_length=10_000,
        description='Classes to merge into others: {"cat ": "cat"}. The other class may be new.',
    )
    name_encoding: (
        Literal["utf-8", "cp437", "cp850", "cp1252", "cp932", "gbk", "cp949", "big5", "cp866", "cp1251"]
        | None
    ) = Field(None, description="The encoding of the names in a zip file that does not say it. null: guess.")
    exclude: list[Text] = Field(
        default_factory=list, max_length=10_000, description="Classes whose images are left out."
    )


AS_RECOGNISED = ReadingConfig()
