"""Single samples, their images and thumbnails."""

from collections.abc import Callable
from enum import IntEnum
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from api.datasets import schemas, service
from api.datasets.stored_image import Encoded, StoredImage
from api.deps import ReadSession, Services, ServicesDep
from api.problems import responses
from api.schemas import RowId
from mslg_core.errors import BadImageError
from store.errors import BlobNotFoundError
from store.models import Sample
from store.sources.image_files import open_image_files

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
    307: {"description": "The image is read from its bucket, at the address in Location."},
    **responses(HTTPStatus.BAD_GATEWAY),
}
DRAWN_RESPONSES = IMAGE_RESPONSES | {
    200: {
        "description": "The image file as uploaded, or a PNG of it.",
        "content": IMAGE_RESPONSES[200]["content"],
    }
}
# Media types that browsers draw.
DRAWN_TYPES = frozenset(f"image/{name}" for name in ("jpeg", "png", "gif", "bmp", "webp", "avif"))
THUMBNAIL_RESPONSES = IMAGE_RESPONSES | {
    200: {
        "description": "A JPEG or PNG, or the image itself if it is not larger.",
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
    return schemas.Sample.of(sample, dataset.class_map.labels)


@router.get(
    "/{sample_id}/original",
    response_class=Response,
    responses={**IMAGE_RESPONSES, **responses(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT)},
    summary="Get a sample's image file",
)
def get_original(
    session: ReadSession, services: ServicesDep, sample_id: RowId, if_none_match: IfNoneMatch = None
) -> Response:
    """The image file, byte for byte. It never changes, so browsers may cache it for a year."""
    image = _find(session, services, sample_id)
    return _original(image, if_none_match)


@router.get(
    "/{sample_id}/image",
    response_class=Response,
    responses={**DRAWN_RESPONSES, **responses(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT)},
    summary="Get a sample's image",
)
def get_image(
    session: ReadSession, services: ServicesDep, sample_id: RowId, if_none_match: IfNoneMatch = None
) -> Response:
    """The image file if a browser draws it right, else a PNG of it: of a TIFF, or of more than 8 bits."""
    return _drawn(_find(session, services, sample_id), if_none_match)


@router.get(
    "/{sample_id}/thumbnail",
    response_class=Response,
    responses={**THUMBNAIL_RESPONSES, **responses(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT)},
    summary="Get a sample's thumbnail",
)
def get_thumbnail(
    session: ReadSession,
    services: ServicesDep,
    sample_id: RowId,
    size: Annotated[ThumbnailSize, Query(description="Length of the longer side in pixels: 96, 192 or 384.")],
    if_none_match: IfNoneMatch = None,
) -> Response:
    """The whole image, scaled down and upright. The same as the image if that is small enough. Cacheable."""
    image = _find(session, services, sample_id)
    sample, dataset = image.sample, image.dataset
    if max(sample.width, sample.height) <= size:
        return _drawn(image, if_none_match)
    headers = _headers(sample, dataset.value_range, f"-{size}")
    if headers["ETag"] in (if_none_match or ""):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    from mslg_core.images.decode import shrink_image  # late: Pillow is not needed to start the API

    def shrink(values: Any) -> Encoded:
        return shrink_image(image.read(), size, values)

    name = headers["ETag"].strip('"')
    return _encode(image, headers, lambda values: image.thumbnail(name, lambda: shrink(values)))


def _find(session: Session, services: Services, sample_id: str) -> StoredImage:
    """The image of a sample, also of a removed one. Raises `NotFoundError`, `DatasetNotReadyError`."""
    sample, dataset = service.get_sample(session, sample_id, removed_too=True)
    files = open_image_files(session, services.settings, services.blobs, dataset.id)
    return StoredImage(sample, dataset, files, services.blobs)


def _original(image: StoredImage, if_none_match: str | None) -> Response:
    headers = _headers(image.sample, None)
    if headers["ETag"] in (if_none_match or ""):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    address = image.address()
    if address is not None:
        return RedirectResponse(address, headers={"Cache-Control": "private, max-age=60"})
    return Response(image.read(), media_type=image.sample.media_type, headers=headers)


def _drawn(image: StoredImage, if_none_match: str | None) -> Response:
    """The image as a browser draws it right."""
    sample, values = image.sample, image.dataset.value_range
    if sample.media_type in DRAWN_TYPES and values is None:
        return _original(image, if_none_match)
    headers = _headers(sample, values, "-png")
    if headers["ETag"] in (if_none_match or ""):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    data = image.read()

    def draw(values: Any) -> Encoded:
        from mslg_core.images.decode import needs_rendition, render_image  # late, see above

        return render_image(data, values) if needs_rendition(data) else (data, sample.media_type)

    return _encode(image, headers, draw)


def _encode(image: StoredImage, headers: dict[str, str], encode: Callable[[Any], Encoded]) -> Response:
    from mslg_core.images.value_range import ValueRange

    values = image.dataset.value_range
    try:
        data, media_type = encode(values and ValueRange(*values))
    except BadImageError as error:  # it decoded during the ingest, so the stored file is damaged
        raise BlobNotFoundError(image.sample.image_key) from error
    return Response(data, media_type=media_type, headers=headers)


def _headers(sample: Sample, value_range: list[float] | None, kind: str = "") -> dict[str, str]:
    """The headers of an image. One that depends on the dataset's range of values may change with it."""
    if value_range is None:
        return IMAGE_HEADERS | {"ETag": f'"{sample.sha256}{kind}"'}
    values = "-".join(f"{value:g}" for value in value_range)
    return IMAGE_HEADERS | {"ETag": f'"{sample.sha256}{kind}-{values}"', "Cache-Control": "private, no-cache"}
