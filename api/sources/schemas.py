"""Bodies of the endpoints of sources."""

from typing import Annotated, Self

from fastapi import Query
from pydantic import BaseModel, Field

from api.datasets.ingest_schemas import AdditionCreate, IngestCreate
from api.schemas import NO_NUL, RequestBody, WorkState, work_fields
from store import models
from store.models import ImageDelivery, SourceKind, SourceProblem
from store.sources.folders import Subfolder

Address = Annotated[
    str,
    Field(
        min_length=1,
        max_length=2000,
        pattern=NO_NUL,
        description="Where the images lie: folder:ROOT/SUBFOLDER, with a root that `GET /sources` lists, or "
        "s3://BUCKET/PREFIX.",
    ),
]
RootParameter = Annotated[str, Query(max_length=200, description="One of the roots of `GET /sources`.")]
PathParameter = Annotated[
    str, Query(max_length=2000, pattern=NO_NUL, description="A folder below the root; empty: the root.")
]


class SourceOptions(BaseModel):
    """What datasets may be made of besides uploads."""

    folders: list[str] = Field(description="Names of the folders of the server that may be read.")
    endpoints: list[str] = Field(
        description="S3 endpoints whose buckets may be read; aws stands for Amazon's own."
    )


class Folder(BaseModel):
    """A folder of the server."""

    name: str = Field(description="Its own name.")
    address: str = Field(description="Its address, for a dataset of what is in it.")

    @classmethod
    def of(cls, root: str, folder: Subfolder) -> Self:
        """Below the root of this name."""
        return cls(name=folder.name, address=f"folder:{root}/{folder.path}")


class FolderList(BaseModel):
    """The folders in one folder."""

    items: list[Folder] = Field(description="By name, at most 1,000. Hidden folders and links are left out.")


Secret = Annotated[str, Field(min_length=1, max_length=4000, pattern=NO_NUL)]


class Credentials(RequestBody):
    """Keys of a bucket. They are stored encrypted, and no answer contains them."""

    access_key_id: Secret = Field(description="The access key.")
    secret_access_key: Secret = Field(description="The secret access key.")
    session_token: str = Field(
        "", max_length=4000, pattern=NO_NUL, description="The token of temporary keys; empty: none."
    )


DELIVERY = (
    "How browsers get images of a bucket: proxied (through the service), or redirect (from the bucket, by an "
    "address that is signed for ten minutes; nobody then compares the content)."
)


class SourceCreate(IngestCreate):
    """A dataset's source, and how it is read."""

    address: Address
    endpoint: str = Field(
        "aws", max_length=200, description="Of a bucket: one of the endpoints of `GET /sources`."
    )
    region: str = Field(
        "us-east-1", max_length=64, pattern="^[a-z0-9-]+$", description="Of a bucket: its region."
    )
    credentials: Credentials | None = Field(None, description="Of a bucket; null: it is public.")
    delivery: ImageDelivery = Field(ImageDelivery.PROXIED, description=DELIVERY)


class SourceChange(RequestBody):
    """Changes to a bucket as a source. Omitted fields stay as they are."""

    credentials: Credentials | None = Field(None, description="Other keys.")
    delivery: ImageDelivery | None = Field(None, description=DELIVERY)


class SourceAddition(AdditionCreate):
    """An addition of what is new or different in the source."""


class Differences(BaseModel):
    """How a source differs from what was taken in from it."""

    new: int = Field(description="Images that an addition would take in.")
    changed: int = Field(description="Images with another content than was taken in.")
    missing: int = Field(description="Images that are not there any more.")
    same: int = Field(description="Images that are as they were.")
    examples: dict[str, list[str]] = Field(description="Up to 20 paths each: new, changed, missing.")


class SourceCheck(WorkState):
    """A comparison of a whole source with what was taken in from it."""

    dataset_id: str = Field(description="The dataset.")
    report: Differences | None = Field(description="What is different; null until the check has succeeded.")

    @classmethod
    def of(cls, row: models.SourceCheck) -> Self:
        """From the row."""
        report = None if row.report is None else Differences.model_validate(row.report)
        return cls(**work_fields(row), dataset_id=row.dataset_id, report=report)


class Source(BaseModel):
    """Where the images of a dataset lie."""

    kind: SourceKind = Field(description="folder (a folder of the server) or bucket.")
    address: str = Field(description="Its address, as it was given.")
    endpoint: str | None = Field(description="Of a bucket; aws stands for Amazon's own. Null for others.")
    has_credentials: bool = Field(description="Whether keys are stored; they are never shown.")
    delivery: ImageDelivery = Field(description=DELIVERY)
    problems: dict[SourceProblem, int] = Field(
        description="Images that the latest check found changed or missing; jobs cannot read them."
    )

    @classmethod
    def of(cls, row: models.DatasetSource, problems: dict[SourceProblem, int]) -> Self:
        """From the row."""
        return cls(
            kind=row.kind,
            address=row.address,
            endpoint=row.options.get("endpoint"),
            has_credentials=row.credentials is not None,
            delivery=row.delivery,
            problems=problems,
        )


class SourceState(BaseModel):
    """The source of a dataset, and its latest check."""

    source: Source | None = Field(description="Null: the images were uploaded.")
    check: SourceCheck | None = Field(description="The latest check; null if there was none.")
