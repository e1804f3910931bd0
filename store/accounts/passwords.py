"""Passwords: the rules for new ones, hashing and checking with argon2.

The rules are those of NIST SP 800-63B: a minimum length, and none about the characters.
"""

import unicodedata
from functools import cache
from threading import BoundedSemaphore
from typing import TYPE_CHECKING

from store.accounts.errors import AccountError
from store.accounts.secrets import new_secret

if TYPE_CHECKING:
    from pwdlib import PasswordHash

MIN_PASSWORD, MAX_PASSWORD = 10, 200
_at_once = BoundedSemaphore(4)  # argon2 takes 64 MiB each time


def hash_password(password: str) -> str:
    """The hash to store. Raises `AccountError` for a short or long password."""
    normal = _normal(password)
    if len(normal) < MIN_PASSWORD:
        raise AccountError("short_password", f"Choose a password of at least {MIN_PASSWORD} characters.")
    if len(normal) > MAX_PASSWORD:
        raise AccountError("long_password", f"Choose a password of at most {MAX_PASSWORD} characters.")
    with _at_once:
        return _hasher().hash(normal)


def is_password(password: str, stored: str | None) -> bool:
    """Whether `password` has the hash `stored`. Without one, works as hard, and answers no."""
    nobody = _hash_of_nobody()
    with _at_once:
        return _hasher().verify(_normal(password), stored or nobody) and stored is not None


def _normal(password: str) -> str:
    """The password with each character in its one normal form, whatever keyboard it was typed on."""
    return unicodedata.normalize("NFC", password)


@cache
def _hasher() -> "PasswordHash":
    from pwdlib import PasswordHash  # late: most processes check no password

    return PasswordHash.recommended()


@cache
def _hash_of_nobody() -> str:
    return _hasher().hash(new_secret())
