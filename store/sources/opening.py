"""Opens the files of a dataset's source."""

import json

from store.infrastructure.encryption import open_cipher
from store.models import DatasetSource, ImageDelivery, SourceKind
from store.settings import Settings
from store.sources import buckets, folders
from store.sources.buckets import Credentials, Place, open_bucket
from store.sources.errors import SourceAddressError
from store.sources.files import SourceFiles
from store.sources.folders import open_folder

SCHEMES = {folders.SCHEME: SourceKind.FOLDER, buckets.SCHEME: SourceKind.BUCKET}


def open_files(settings: Settings, source: DatasetSource) -> SourceFiles:
    """The files of the source. Raises `SourceAddressError` for one that the settings do not allow, and
    `SecretKeyError`.
    """
    if source.kind is SourceKind.FOLDER:
        return open_folder(settings.source_roots, source.address)
    return open_bucket(
        settings.source_hosts,
        source.address,
        Place(**source.options),
        _decrypt(settings, source.credentials),
        signs=source.delivery is ImageDelivery.REDIRECT,
    )


def encrypt(settings: Settings, credentials: Credentials) -> bytes:
    """The credentials as `DatasetSource.credentials`."""
    return open_cipher(settings).encrypt(json.dumps(credentials._asdict()))


def kind_of(address: str) -> SourceKind:
    """The kind of source that an address names. Raises `SourceAddressError`."""
    for scheme, kind in SCHEMES.items():
        if address.startswith(scheme):
            return kind
    raise SourceAddressError(
        f"{address!r} is no source: name it folder:ROOT/SUBFOLDER or s3://BUCKET/PREFIX."
    )


def _decrypt(settings: Settings, credentials: bytes | None) -> Credentials:
    return (
        Credentials()
        if credentials is None
        else Credentials(**json.loads(open_cipher(settings).decrypt(credentials)))
    )
