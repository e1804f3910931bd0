"""Single samples, and their images."""

from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Header, Response

from api.datasets import schemas, service
from api.deps import BlobsDep, ReadSession
from api.problems import responses
from api.schemas import RowId

router = APIRouter(prefix="/samples", tags=["datasets"])

# An image is some user's file: it must never run as a page of ours, whatever is in it.
IMAGE_HEADERS = {
    "Cache-Control": "private, max-age=31536000, immutable",
    "Content-Security-Policy": "default-src 'none'",
    "X-Content-Type-Options": "nosniff",
}
IMAGE_RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The image file, as it was uploaded.",
        "content": {"image/*": {"schema": {"type": "string", "format": "binary"}}},
    },
    304: {"description": "The image that you have is still the same (If-None-Match)."},
}


@router.get("/{sample_id}", responses=responses(HTTPStatus.NOT_FOUND), summary="Get a sample")
def get_sample(session: ReadSession, sample_id: RowId) -> schemas.Sample:
    """One image's facts, without the image."""
    sample, dataset = service.get_sample(session, sample_id)
    return schemas.Sample.of(sample, dataset.classes)


@router.get(
    "/{sample_id}/image",
    response_class=Response,
    responses={**IMAGE_RESPONSES, **responses(HTTPStatus.NOT_FOUND)},
    summary="Get a sample's image",
)
def get_image(
    session: ReadSession,
    blobs: BlobsDep,
    sample_id: RowId,
    if_none_match: Annotated[str | None, Header(description="ETags of images that you have.")] = None,
) -> Response:
    """The image file, byte for byte. It never changes, so browsers may keep it for a year."""
    sample, _ = service.get_sample(session, sample_id)
    etag = f'"{sample.sha256}"'
    headers = IMAGE_HEADERS | {"ETag": etag}
    if etag in (if_none_match or ""):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    return Response(blobs.get(sample.image_key), media_type=sample.media_type, headers=headers)
