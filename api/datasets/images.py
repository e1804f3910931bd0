"""Single samples, their images and thumbnails."""

from enum import IntEnum
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Response

from api.datasets import schemas, service
from api.deps import BlobsDep, ReadSession
from api.problems import responses
from api.schemas import RowId
from mslg_core.errors import BadImageError
from store.errors import BlobNotFoundError

router = APIRouter(prefix="/samples", tags=["datasets"])

# An image is a file from a user. It must never run as a page of this site, whatever it contains.
IMAGE_HEADERS = {
    "Cache-Control": "private, max-age=31536000, immutable",
    "Content-Security-Policy": "default-src 'none'",
    "X-Content-Type-Options": "nosniff",
}
IMAGE_RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The image file as uploaded.",
        "content": {"image/*": {"schema": {"type": "string", "format": "binary"}}},
    },
    304: {"description": "The cached image is current (If-None-Match)."},
}
THUMBNAIL_RESPONSES = IMAGE_RESPONSES | {
    200: {
        "description": "A JPEG or PNG, or the image file itself if it is not larger.",
        "content": IMAGE_RESPONSES[200]["content"],
    }
}

IfNoneMatch = Annotated[str | None, Header(description="ETags of cached images.")]


class ThumbnailSize(IntEnum):
    """Pixels of the longer side. There are only three sizes, so that browsers cache few copies."""

    SMALL = 96
    MEDIUM = 192
    LARGE = 384


@router.get(
    "/{sample_id}", responses=responses(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT), summary="Get a sample"
)
def get_sample(session: ReadSession, sample_id: RowId) -> schemas.Sample:
    """The sample's metadata, without the image."""
    sample, dataset = service.get_sample(session, sample_id)
    return schemas.Sample.of(sample, dataset.classes)


@router.get(
    "/{sample_id}/image",
    response_class=Response,
    responses={**IMAGE_RESPONSES, **responses(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT)},
    summary="Get a sample's image",
)
def get_image(
    session: ReadSession,
    blobs: BlobsDep,
    sample_id: RowId,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """The image file, byte for byte. It never changes, so browsers may cache it for a year."""
    sample, _ = service.get_sample(session, sample_id)
    etag = f'"{sample.sha256}"'
    headers = IMAGE_HEADERS | {"ETag": etag}
    if etag in (if_none_match or ""):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    return Response(blobs.get(sample.image_key), media_type=sample.media_type, headers=headers)


@router.get(
    "/{sample_id}/thumbnail",
    response_class=Response,
    responses={**THUMBNAIL_RESPONSES, **responses(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT)},
    summary="Get a sample's thumbnail",
)
def get_thumbnail(
    session: ReadSession,
    blobs: BlobsDep,
    sample_id: RowId,
    size: Annotated[ThumbnailSize, Query(description="Length of the longer side in pixels: 96, 192 or 384.")],
    if_none_match: IfNoneMatch = None,
) -> Response:
    """The whole image, scaled down and upright. Sent unchanged if it is small enough. Cacheable."""
    sample, _ = service.get_sample(session, sample_id)
    if max(sample.width, sample.height) <= size:
        return get_image(session, blobs, sample_id, if_none_match)
    etag = f'"{sample.sha256}-{size}"'
    headers = IMAGE_HEADERS | {"ETag": etag}
    if etag in (if_none_match or ""):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    from mslg_core.images.decode import shrink_image  # late: Pillow is not needed to start the API

    try:
        data, media_type = shrink_image(blobs.get(sample.image_key), size)
    except BadImageError as error:  # it decoded during the ingest, so the stored file is damaged
        raise BlobNotFoundError(sample.image_key) from error
    return Response(data, media_type=media_type, headers=headers)
