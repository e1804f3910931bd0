"""Secrets are encrypted with the service's key, and only that one reads them."""

from multiprocessing.pool import ThreadPool
from pathlib import Path

import pytest

from store.errors import SecretKeyError
from store.infrastructure.encryption import FILE_NAME, Cipher, open_cipher
from store.settings import Settings

KEY = "a long random text"


def test_a_secret_is_read_with_the_same_key_only() -> None:
    stored = Cipher(KEY).encrypt("pässword")
    assert b"word" not in stored
    assert Cipher(KEY).decrypt(stored) == "pässword"
    assert Cipher(KEY).encrypt("pässword") != stored
    with pytest.raises(SecretKeyError, match="MSLG_SECRET_KEY"):
        Cipher("another long text").decrypt(stored)
    with pytest.raises(SecretKeyError):
        Cipher(KEY).decrypt(stored[:-4] + b"AAA=")


def test_the_setting_wins_over_the_file(tmp_path: Path) -> None:
    stored = open_cipher(Settings(data_dir=tmp_path, secret_key=KEY)).encrypt("x")
    assert Cipher(KEY).decrypt(stored) == "x"
    assert list(tmp_path.iterdir()) == []


def test_a_key_is_made_once(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "new")
    with ThreadPool(8) as pool:
        stored = pool.map(lambda _: open_cipher(settings).encrypt("x"), range(16))
    assert [open_cipher(settings).decrypt(each) for each in stored] == ["x"] * 16
    [file] = (tmp_path / "new").iterdir()
    assert (file.name, file.stat().st_mode & 0o777) == (FILE_NAME, 0o600)
