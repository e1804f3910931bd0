"""`mslg openapi`: prints the OpenAPI document."""

import json
import sys
import tempfile
from pathlib import Path

from api.app import create_app
from store.settings import Settings


def print_openapi() -> None:
    """Write the API's OpenAPI document as JSON to standard output, without touching the data folder."""
    with tempfile.TemporaryDirectory(prefix="mslg-") as folder:
        document = create_app(Settings(data_dir=Path(folder), database_url="", blob_url="")).openapi()
    json.dump(document, sys.stdout, indent=2)
    sys.stdout.write("\n")
