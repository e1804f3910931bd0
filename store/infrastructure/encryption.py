"""Encrypts the secrets that the service keeps for others, such as the credentials of a bucket.

The key is derived from `MSLG_SECRET_KEY`. Without it, a key is made once and kept in the data folder, which
suffices where the API and all workers share that folder.
"""

import base64
import os
import secrets
from contextlib import suppress
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from store.errors import SecretKeyError
from store.settings import Settings

FILE_NAME = "secret-key"


class Cipher:
    """Encrypts texts with one key, which any text can be. What is encrypted is authenticated, too."""

    def __init__(self, key: str) -> None:
        derived = HKDF(SHA256(), length=32, salt=None, info=b"mslg secrets").derive(key.encode())
        self._fernet = Fernet(base64.urlsafe_b64encode(derived))

    def encrypt(self, text: str) -> bytes:
        """The text, encrypted: different bytes each time."""
        return self._fernet.encrypt(text.encode())

    def decrypt(self, data: bytes) -> str:
        """What `encrypt` was given. Raises `SecretKeyError` if that was with another key."""
        try:
            return self._fernet.decrypt(data).decode()
        except InvalidToken as error:
            raise SecretKeyError from error


def open_cipher(settings: Settings) -> Cipher:
    """The cipher of this service."""
    if settings.secret_key is not None:
        return Cipher(settings.secret_key.get_secret_value())
    return Cipher(_read_or_make(settings.data_dir / FILE_NAME))


def _read_or_make(path: Path) -> str:
    """The key in the file. Of several processes that make one at the same time, the first one's is kept."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        own = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
        own.touch(mode=0o600)
        own.write_text(secrets.token_urlsafe(32), encoding="ascii")
        with suppress(FileExistsError):
            os.link(own, path)
        own.unlink()
    return path.read_text(encoding="ascii")
