"""What can be wrong with a source.

StoreError
├── SourceAddressError       the address names no source that the service may read
├── SourceUnavailableError   the source does not answer, or refuses its credentials
├── ImageMissingError        the image is not in the source any more
└── ImageChangedError        the image is another one than was taken in

ConflictError
└── NoSourceError            the dataset has no source
"""

from store.errors import ConflictError, StoreError


class SourceAddressError(StoreError):
    """The address names no source that the service may read."""

    code = "source_address"


class SourceUnavailableError(StoreError):
    """The source cannot be read at present."""

    code = "source_unavailable"

    def __init__(self, address: str, reason: str) -> None:
        super().__init__(f"The source {address} cannot be read, because {reason}.")


class ImageMissingError(StoreError):
    """An image is not in its source any more."""

    code = "source_image_missing"

    def __init__(self, path: str) -> None:
        super().__init__(f"{path} is missing in the source since it was taken in: put it back, or check it.")


class ImageChangedError(StoreError):
    """An image of a source is another one than was taken in."""

    code = "source_image_changed"

    def __init__(self, path: str) -> None:
        super().__init__(
            f"{path} has changed in the source since it was taken in: check the source, and take in what "
            "changed."
        )


class NoSourceError(ConflictError):
    """The dataset has no source."""

    code = "no_source"

    def __init__(self) -> None:
        super().__init__("The images of this dataset were uploaded, so there is no source: upload more.")
