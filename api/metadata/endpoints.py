"""Metadata of samples: read, and error rates by it."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query

from api.datasets import service as datasets
from api.deps import ReadSession
from api.metadata import schemas
from api.metadata.filters import column_number
from api.problems import responses
from api.results.service import get_ranking
from api.schemas import NO_NUL, RowId, WorkId
from mslg_rules.metadata import MAX_NAME_LENGTH
from store.metadata.error_rates import Group, count_errors
from store.metadata.tags import list_tags

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
        ],
        tags=[schemas.Tag.model_validate(row, from_attributes=True) for row in list_tags(session, sample.id)],
    )


@router.get("/jobs/{job_id}/error-rates", summary="Get error rates by a column")
def get_error_rates(
    session: ReadSession,
    job_id: WorkId,
    column: Annotated[str, Query(max_length=MAX_NAME_LENGTH, pattern=NO_NUL, description="The column.")],
) -> schemas.ErrorRates:
    """Whose labels are wrong: ranked images, decisions and suspicions for each value of a column."""
    ranking = get_ranking(session, job_id)
    number = column_number(ranking.dataset, column)
    rates = count_errors(session, ranking.dataset, ranking.job.id, number)
    return schemas.ErrorRates(
        column=column,
        items=[_describe_rate(column, group) for group in rates.groups],
        num_more=rates.num_more,
    )


def _describe_rate(column: str, group: Group) -> schemas.ErrorRate:
    counts = group.counts
    return schemas.ErrorRate(
        value=group.value,
        conditions=[f"{column}:{operator}:{value}" for operator, value in group.conditions],
        **counts._asdict(),
        wrong_share=counts.wrong / counts.decided if counts.decided else None,
        suspected_share=counts.suspected / counts.images,
    )
