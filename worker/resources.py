"""Connections of one worker process, opened on first use and so never before a fork."""

from functools import lru_cache

from sqlalchemy import Engine

from store.database.engine import make_engine
from store.infrastructure.blobs import BlobStore, open_blobs
from store.infrastructure.encryption import Cipher, open_cipher
from store.infrastructure.partial_blobs import PartialBlobs, open_partials
from store.settings import get_settings


@lru_cache(maxsize=1)
def get_engine() -> Engine:
    """The database."""
    return make_engine(get_settings().resolved_database_url)


@lru_cache(maxsize=1)
def get_blobs() -> BlobStore:
    """The blob store."""
    return open_blobs(get_settings().resolved_blob_url)


@lru_cache(maxsize=1)
def get_partials() -> PartialBlobs:
    """What has arrived of unfinished uploads."""
    return open_partials(get_settings().resolved_blob_url, get_blobs())


@lru_cache(maxsize=1)
def get_cipher() -> Cipher:
    """What decrypts stored secrets."""
    return open_cipher(get_settings())
