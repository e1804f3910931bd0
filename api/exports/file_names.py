"""Names of exported files, and the header that a browser saves them by."""

import re
import unicodedata
from urllib.parse import quote

from store.models import ExportFormat

MAX_PART_BYTES = 100
TABLES = (ExportFormat.CSV, ExportFormat.JSONL, ExportFormat.PARQUET)


def name_file(dataset: str, version: str | None, file_format: ExportFormat) -> str:
    """`animals-3.4711.csv`, or `animals-gold.cvat.zip` for a format that shares its suffix with others.

    Letters and digits of all scripts are kept; anything that some file system refuses becomes a dash.
    """
    parts = [_safe(dataset) or "dataset", _safe(version or "")]
    kind = "" if file_format in TABLES else f".{file_format.value.replace('_', '-')}"
    return f"{'-'.join(filter(None, parts))}{kind}.{file_format.suffix}"


def content_disposition(file_name: str) -> str:
    """The header, by RFC 6266: the name in ASCII for old clients, then as it is."""
    plain = unicodedata.normalize("NFKD", file_name).encode("ascii", "ignore").decode()
    plain = re.sub(r"-{2,}", "-", plain).lstrip("-.") or "dataset"
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(file_name, safe='')}"


def _safe(text: str) -> str:
    name = re.sub(r"[^\w.]+", "-", unicodedata.normalize("NFC", text))
    return name.encode()[:MAX_PART_BYTES].decode(errors="ignore").strip("-._")
