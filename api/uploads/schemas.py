"""Headers and bodies of the upload endpoints."""

import base64
import binascii
from datetime import datetime
from typing import Annotated, Self

from fastapi import Header
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field, StringConstraints, ValidationError, model_validator

from api.schemas import NO_NUL, RequestBody
from store import models
from store.models import IngestKind, UploadStatus

MAX_BYTES = 2**62

TusResumable = Annotated[
    str, Header(alias="Tus-Resumable", description="The version of the protocol: 1.0.0.")
]
UploadLength = Annotated[
    int, Header(alias="Upload-Length", ge=0, le=MAX_BYTES, description="Size of the file in bytes.")
]
UploadOffset = Annotated[
    int,
    Header(
        alias="Upload-Offset",
        ge=0,
        le=MAX_BYTES,
        description="Where the bytes of this request begin: the number of bytes that arrived before.",
    ),
]
MetadataHeader = Annotated[
    str,
    Header(
        alias="Upload-Metadata",
        max_length=10_000,
        description="Pairs of a name and its value in Base64, separated by commas: dataset_name or "
        "dataset_id, and optionally filename, filetype (ignored), kind (dataset, verified_images or "
        "addition), dry_run (true).",
    ),
]

Text = StringConstraints(min_length=1, pattern=NO_NUL)


class UploadMetadata(RequestBody):
    """What an upload is, and which dataset it fills: a new one or an existing one."""

    filename: Annotated[str, Text, StringConstraints(max_length=1000)] | None = None
    filetype: str | None = None
    kind: IngestKind = IngestKind.DATASET
    dataset_id: Annotated[str, Text, StringConstraints(max_length=36)] | None = None
    dataset_name: Annotated[str, Text, StringConstraints(strip_whitespace=True, max_length=200)] | None = None
    dry_run: bool = False

    @model_validator(mode="after")
    def _check_target(self) -> Self:
        if (self.dataset_id is None) == (self.dataset_name is None):
            raise ValueError("name either dataset_id, to fill a dataset, or dataset_name, to create one")
        if self.kind is not IngestKind.DATASET and self.dataset_id is None:
            raise ValueError("more images belong to a dataset: name its dataset_id")
        return self

    @classmethod
    def read(cls, header: str) -> Self:
        """From the header. Raises `RequestValidationError`."""
        try:
            return cls.model_validate(_decode(header))
        except ValidationError as error:
            items = [{**item, "loc": ("header", "Upload-Metadata", *item["loc"])} for item in error.errors()]
            raise RequestValidationError(items) from error


def _decode(header: str) -> dict[str, str]:
    pairs = [pair.split() for pair in header.split(",") if pair.strip()]
    try:
        return {name: base64.b64decode("".join(value), validate=True).decode() for name, *value in pairs}
    except (binascii.Error, UnicodeDecodeError, ValueError) as error:
        item = {
            "type": "not_base64",
            "loc": ("header", "Upload-Metadata"),
            "msg": "Each value must be UTF-8 text in Base64",
            "input": header,
        }
        raise RequestValidationError([item]) from error


class Upload(BaseModel):
    """An archive on its way."""

    id: str = Field(description="The upload's id.")
    status: UploadStatus = Field(description="receiving, or complete (its ingest is queued).")
    kind: IngestKind = Field(description="dataset (a dataset's archive) or verified_images.")
    dataset_id: str = Field(
        description="The dataset it fills. With a `dataset_name`, that dataset exists once it is complete."
    )
    dataset_name: str | None = Field(description="Name of the dataset it creates; null: it exists already.")
    file_name: str | None = Field(description="The archive's original name; null if none was given.")
    length: int = Field(description="Size of the file in bytes.")
    offset: int = Field(description="Number of bytes that have arrived.")
    is_receiving: bool = Field(description="Whether a request sends to it at present.")
    dry_run: bool = Field(description="Whether its ingest only makes the preview.")
    expires_at: datetime = Field(description="When it is deleted if nothing arrives until then (UTC).")

    @classmethod
    def of(cls, row: models.Upload, offset: int) -> Self:
        """From the row and the number of bytes that are there."""
        names = cls.model_fields.keys() - {"offset", "is_receiving"}
        values = {name: getattr(row, name) for name in names}
        return cls(offset=offset, is_receiving=row.is_locked, **values)
