"""Errors of resumable uploads.

ApiError
├── RefusedFileError   the name or the first bytes of a file show that it cannot be read
├── TusVersionError    a request in another version of the protocol
└── UploadLockedError  another request sends to the same upload

ConflictError (store.errors)
└── WrongOffsetError   an upload continues elsewhere than where it stopped
"""

from api.errors import ApiError
from store.errors import ConflictError


class RefusedFileError(ApiError):
    """The name or the first bytes of a file show that it cannot be read. `code` is the reader's."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{message} Nothing was stored.")
        self.code = code  # type: ignore[misc] # one class, the reasons of the reader


class TusVersionError(ApiError):
    """The request does not name the version of the protocol of resumable uploads that the service speaks."""

    code = "tus_version"

    def __init__(self, version: str) -> None:
        super().__init__(f"Send the header 'Tus-Resumable: {version}': the service speaks no other version.")


class UploadLockedError(ApiError):
    """Another request is sending to the upload, or was until its connection broke."""

    code = "upload_locked"

    def __init__(self) -> None:
        super().__init__("Another request sends to this upload: ask for its offset again in a moment.")


class WrongOffsetError(ConflictError):
    """The bytes do not follow on those that have arrived."""

    code = "wrong_offset"

    def __init__(self, offset: int) -> None:
        super().__init__(f"{offset} bytes of this upload have arrived: continue with the byte after them.")
