"""Appends the bytes of a request to an upload. What arrived before a connection broke is kept."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Self

from fastapi.concurrency import run_in_threadpool

from api.deps import Services
from api.errors import TruncatedUploadError
from api.uploads.errors import RefusedFileError, WrongOffsetError
from api.uploads.service import delete_upload, extend_lock, finish, lock, offset_of, unlock
from mslg_core.datasets.archives.heads import HEAD_BYTES, check_head
from mslg_core.errors import NotAnArchiveError
from store.errors import BlobNotFoundError, NotFoundError
from store.models import Upload, UploadStatus

BLOCK_BYTES = 8 * 1024 * 1024
"""Bytes held in memory, and written at a time."""
BLOCK_SECONDS = 10.0
"""Bytes of a slow client are written after this time."""
SILENCE_SECONDS = 20.0
"""A client that sends nothing for this long is taken for lost. It can continue on a new connection."""


async def append(
    services: Services, upload_id: str, offset: int, chunks: AsyncIterator[bytes]
) -> tuple[Upload, int]:
    """Append to the upload, whose offset must be `offset`, and finish it with its last byte.

    Returns the upload and its new offset. Raises `NotFoundError`, `UploadLockedError`, `WrongOffsetError`,
    `RefusedFileError` (the upload is then deleted), what reading `chunks` raises, and what `finish` raises.
    """
    upload = await run_in_threadpool(lock, services, upload_id)
    try:
        return upload, await _append(services, upload, offset, chunks)
    except NotFoundError:  # stopped meanwhile, maybe between two blocks
        await run_in_threadpool(services.partials.delete, upload_id)
        raise
    finally:
        await run_in_threadpool(unlock, services, upload_id)


async def _append(services: Services, upload: Upload, offset: int, chunks: AsyncIterator[bytes]) -> int:
    present = await run_in_threadpool(offset_of, services, upload)
    if offset != present:
        raise WrongOffsetError(present)
    if upload.status is UploadStatus.COMPLETE:
        return present
    async with _Writer(services, upload, offset) as writer:
        await writer.write_all(chunks)
    if writer.offset == upload.length:
        await run_in_threadpool(finish, services, upload)
    return writer.offset


class _Writer:
    """Writes chunks in blocks. `offset` is the number of bytes that are stored."""

    def __init__(self, services: Services, upload: Upload, offset: int) -> None:
        self._services = services
        self._upload = upload
        self._block = bytearray()
        self._written_at = time.monotonic()
        self.offset = offset

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Write what has arrived, also when the client hung up."""
        if kind is None or issubclass(kind, TruncatedUploadError):
            await self._write()

    async def write_all(self, chunks: AsyncIterator[bytes]) -> None:
        """Take chunks until they end. Raises `TruncatedUploadError` also when none comes for long."""
        while (chunk := await self._next(chunks)) is not None:
            self._block += chunk
            if self._is_due():
                await self._write()

    async def _next(self, chunks: AsyncIterator[bytes]) -> bytes | None:
        try:
            async with asyncio.timeout(SILENCE_SECONDS):
                return await anext(chunks, None)
        except TimeoutError as error:
            raise TruncatedUploadError(self.offset + len(self._block)) from error

    def _is_due(self) -> bool:
        wanted = BLOCK_BYTES if self.offset >= HEAD_BYTES else HEAD_BYTES - self.offset
        return len(self._block) >= wanted or time.monotonic() - self._written_at > BLOCK_SECONDS

    async def _write(self) -> None:
        await run_in_threadpool(_store, self._services, self._upload, self.offset, bytes(self._block))
        self.offset += len(self._block)
        self._block.clear()
        self._written_at = time.monotonic()


def _store(services: Services, upload: Upload, offset: int, data: bytes) -> None:
    extend_lock(services, upload)
    if offset < HEAD_BYTES:
        _check_type(services, upload, offset, data)
    if not data:
        return
    try:
        services.partials.append(upload.id, offset, data)
    except BlobNotFoundError as error:  # the upload was stopped meanwhile
        raise NotFoundError("upload", upload.id) from error


def _check_type(services: Services, upload: Upload, offset: int, data: bytes) -> None:
    """Refuse the file as soon as its first bytes are known, and delete the upload."""
    head = (services.partials.head(upload.id, offset) + data)[:HEAD_BYTES]
    if len(head) < min(HEAD_BYTES, upload.length):
        return
    try:
        check_head(head)
    except NotAnArchiveError as error:
        delete_upload(services, upload.id)
        raise RefusedFileError(error.code, str(error)) from error
