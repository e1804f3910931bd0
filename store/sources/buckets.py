"""S3-compatible buckets as sources.

The service speaks to the endpoints that `MSLG_SOURCE_ENDPOINTS` allows and to no others, whatever address a
user names, and only with the credentials of the source: never with its own.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store

from store.sources.errors import ImageMissingError, SourceAddressError, SourceUnavailableError
from store.sources.files import SourceFile

if TYPE_CHECKING:  # obstore has these names for type checkers only
    from obstore.store import ClientConfig, RetryConfig, S3Config

SCHEME = "s3://"
AWS = "aws"
"""Stands for Amazon's own endpoints among the allowed ones."""
SIGNED_FOR = timedelta(minutes=10)
TIMEOUTS: "ClientConfig" = {"connect_timeout": "10s", "timeout": "120s"}
RETRIES = 3
# In messages.
MAX_REASON = 200


class Credentials(NamedTuple):
    """Of a bucket. Empty: it is public."""

    access_key_id: str = ""
    secret_access_key: str = ""
    session_token: str = ""


class Place(NamedTuple):
    """Where a bucket is: an endpoint of the allowed ones, and a region."""

    endpoint: str
    region: str


class BucketFiles:
    """All objects below a prefix. address: what messages call it. signs: whether browsers read them."""

    def __init__(self, store: S3Store, address: str, *, signs: bool) -> None:
        self._store, self._address, self._signs = store, address, signs

    def require(self) -> None:
        """See `SourceFiles`."""
        with self._errors():
            if not next(iter(obstore.list(self._store, chunk_size=1)), []):
                raise SourceUnavailableError(self._address, "there is nothing below this address")

    def list_files(self) -> Iterator[SourceFile]:
        """See `SourceFiles`. By name; nothing of the size 0 whose name ends like a folder's."""
        with self._errors():
            found = [
                SourceFile(meta["path"], meta["size"], meta["e_tag"] or meta["last_modified"].isoformat())
                for batch in obstore.list(self._store)
                for meta in batch
            ]
        yield from sorted(found, key=lambda file: file.path)

    def read(self, path: str, max_bytes: int | None = None) -> bytes:
        """See `SourceFiles`."""
        with self._errors(path):
            result = obstore.get(self._store, path)
            if max_bytes is None or result.meta["size"] <= max_bytes:
                return bytes(result.bytes())
            return bytes(obstore.get_range(self._store, path, start=0, length=max_bytes))

    def sign(self, path: str) -> str | None:
        """See `SourceFiles`."""
        if not self._signs:
            return None
        with self._errors(path):
            return obstore.sign(self._store, "GET", path, SIGNED_FOR)

    @contextmanager
    def _errors(self, path: str | None = None) -> Iterator[None]:
        try:
            yield
        except FileNotFoundError as error:
            if path is None:
                raise self._unavailable(error) from error
            raise ImageMissingError(path) from error
        except (BaseError, OSError) as error:
            raise self._unavailable(error) from error

    def _unavailable(self, error: Exception) -> SourceUnavailableError:
        return SourceUnavailableError(self._address, _explain(str(error)))


def open_bucket(
    allowed: tuple[str, ...], address: str, place: Place, credentials: Credentials, *, signs: bool
) -> BucketFiles:
    """The bucket or the part of it at `s3://BUCKET/PREFIX`. Raises `SourceAddressError`."""
    if place.endpoint not in allowed:
        known = ", ".join(allowed) or "none"
        raise SourceAddressError(
            f"The service may not read buckets at {place.endpoint!r} (it may at: {known}): an administrator "
            "allows endpoints with MSLG_SOURCE_ENDPOINTS."
        )
    parts = urlsplit(address)
    if not parts.netloc or parts.query or parts.fragment or "@" in parts.netloc or ":" in parts.netloc:
        raise SourceAddressError(f"{address} is no bucket: name it s3://BUCKET/PREFIX.")
    store = _connect(parts.netloc, parts.path.strip("/"), place, credentials)
    # Without keys of the source, obstore would sign with those that it finds in the environment.
    return BucketFiles(store, address, signs=signs and any(credentials))


def browser_addresses(endpoints: tuple[str, ...]) -> tuple[str, ...]:
    """Where browsers find the images of buckets at these endpoints, for a content security policy."""
    return tuple("https://*.amazonaws.com" if endpoint == AWS else endpoint for endpoint in endpoints)


@lru_cache(maxsize=64)
def _connect(bucket: str, prefix: str, place: Place, credentials: Credentials) -> S3Store:
    config: S3Config = {"region": place.region, "skip_signature": not any(credentials)}
    for name, value in credentials._asdict().items():
        if value:
            config[name] = value  # type: ignore[literal-required] # the fields of `Credentials`
    if place.endpoint != AWS:
        config["endpoint"] = place.endpoint
    options: ClientConfig = {"allow_http": place.endpoint.startswith("http://"), **TIMEOUTS}
    retries: RetryConfig = {"max_retries": RETRIES, "retry_timeout": timedelta(seconds=60)}
    return S3Store(bucket, prefix=prefix or None, config=config, client_options=options, retry_config=retries)


def _explain(message: str) -> str:
    """The reason, in part of a sentence."""
    for sign, reason in (
        ("NoSuchBucket", "there is no such bucket"),
        ("InvalidAccessKeyId", "the access key does not exist"),
        ("SignatureDoesNotMatch", "the secret access key is wrong"),
        ("AccessDenied", "it does not allow these credentials to list or read"),
        ("403", "it does not allow these credentials to list or read"),
        ("error sending request", "its endpoint does not answer"),
    ):
        if sign in message:
            return reason
    return f"it answers: {' '.join(message.split())[:MAX_REASON]}"
