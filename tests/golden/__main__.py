"""Records golden values, or compares with recorded ones."""

import json
import sys
import tempfile
from pathlib import Path

from tests.golden.runs import hash_clean, hash_runs


def measure() -> dict[str, dict[str, str]]:
    """All golden values of this checkout on this machine."""
    with tempfile.TemporaryDirectory(prefix="mslg-golden-") as folder:
        return {"runs": hash_runs(Path(folder)), "clean": hash_clean(Path(folder))}


def main() -> int:
    """Exit status: 0 where nothing differs."""
    command, folder = sys.argv[1], Path(sys.argv[2])
    path = folder / "golden.json"
    found = measure()
    if command == "record":
        path.write_text(json.dumps(found, indent=2) + "\n")
        return 0
    recorded = json.loads(path.read_text())
    differing = [
        f"{part}: {name}"
        for part, values in recorded.items()
        for name, value in values.items()
        if found[part].get(name) != value
    ]
    print("\n".join(differing) or f"All {sum(map(len, recorded.values()))} golden values are equal.")
    return 1 if differing else 0


sys.exit(main())
