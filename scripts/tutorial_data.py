"""Writes the tutorial's dataset, and tells how many labels of an export are right.

python scripts/tutorial_data.py FOLDER              writes digits.zip, verified.csv and truth.csv
python scripts/tutorial_data.py FOLDER EXPORT.csv   compares given and corrected labels with truth.csv
"""

import csv
import sys
from pathlib import Path

from cli.demo.data import make_demo_data


def write(folder: Path) -> None:
    """Write `mslg demo`'s handwritten digits: 30 % of the labels are wrong, 100 are verified."""
    data = make_demo_data()
    folder.mkdir(parents=True, exist_ok=True)
    data.write_zip(folder / "digits.zip")
    (folder / "verified.csv").write_text(data.verified_csv())
    with (folder / "truth.csv").open("w", newline="") as file:
        csv.writer(file).writerows([("file_name", "label"), *zip(data.file_names, data.true, strict=True)])


def count_right(folder: Path, export: Path, column: str) -> int:
    """How many rows of `export` have the true label in `column`."""
    with (folder / "truth.csv").open(newline="") as file:
        truth = {row["file_name"]: row["label"] for row in csv.DictReader(file)}
    with export.open(newline="") as file:
        return sum(row[column] == truth[row["file_name"]] for row in csv.DictReader(file))


def main(folder: Path, export: Path | None = None) -> None:
    """Write the data, or print the two counts."""
    if export is None:
        write(folder)
        return
    for column in ("given_label", "corrected_label"):
        print(f"{column}: {count_right(folder, export, column)} right")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
