"""Metadata of samples: read."""

from http import HTTPStatus

from fastapi import APIRouter

from api.datasets import service as datasets
from api.deps import ReadSession
from api.metadata import schemas
from api.problems import responses
from api.schemas import RowId

router = APIRouter(tags=["datasets"], responses=responses(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT))


@router.get("/samples/{sample_id}/metadata", summary="Get a sample's metadata")
def get_sample_metadata(session: ReadSession, sample_id: RowId) -> schemas.SampleMetadata:
    """What the other columns of the user's table say of the sample."""
    sample, dataset = datasets.get_sample(session, sample_id)
    pairs = zip(dataset.metadata_columns, sample.metadata_values or [], strict=False)
    return schemas.SampleMetadata(
        values=[
            schemas.MetadataValue(name=column["name"], type=column["type"], value=value)
            for column, value in pairs
            if value is not None
        ]
    )
