"""How a sample names an image that stays in its source, in the column that else names a blob."""

SCHEME = "source:"

ARCHIVE = "source:"
"""What an ingest from a source has for the key of an archive."""


def to_image_key(path: str) -> str:
    """The `image_key` of the file `path` of a source."""
    return f"{SCHEME}{path}"


def to_path(image_key: str) -> str | None:
    """The path in the source; None for an image among the blobs."""
    return image_key.removeprefix(SCHEME) if image_key.startswith(SCHEME) else None
