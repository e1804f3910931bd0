"""Secrets that the service creates: the client gets the secret, the database its hash."""

import secrets
from hashlib import sha256

SECRET_BYTES = 32


def new_secret(prefix: str = "") -> str:
    """A random secret. `prefix` lets people and scanners recognise its kind."""
    return prefix + secrets.token_urlsafe(SECRET_BYTES)


def hash_secret(secret: str) -> str:
    """The hash that the database finds the secret by.

    A plain SHA-256: nobody can guess 256 random bits, so it need not be slow.
    """
    return sha256(secret.encode()).hexdigest()
