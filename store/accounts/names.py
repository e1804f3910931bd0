"""Which names users can have."""

import unicodedata

from store.accounts.errors import AccountError

MAX_NAME = 100


def clean_name(name: str) -> str:
    """The name as it is stored: normalised, one space between words.

    Raises `AccountError` for a blank or long name, and for invisible characters, which would let two names
    look the same.
    """
    cleaned = " ".join(unicodedata.normalize("NFC", name).split())
    if not cleaned:
        raise AccountError("blank_name", "Enter a name.")
    if len(cleaned) > MAX_NAME:
        raise AccountError("long_name", f"Enter a name of at most {MAX_NAME} characters.")
    if any(unicodedata.category(character).startswith("C") for character in cleaned):
        raise AccountError("bad_name", "Enter a name without invisible or control characters.")
    return cleaned


def name_key(name: str) -> str:
    """What two names that people would take for the same have in common."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())
