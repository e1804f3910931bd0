"""The notebook and the recipes of the help pages run as they are printed, against a service."""

import csv
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from mslg_client import Job
from tests.digits import Digits

ROOT = Path(__file__).parent.parent.parent
DOCS = ROOT / "docs"
NOTEBOOK = DOCS / "notebooks" / "clean-labels.ipynb"
INTEROP = ROOT / ".venv-interop" / "bin" / "python"
PRINTED_URL = "http://localhost:8000"
MAX_NOTEBOOK_LINES = 12
BLOCK = re.compile(r"^```python\n(.*?)^```", re.DOTALL | re.MULTILINE)


@pytest.fixture
def folder(tmp_path: Path, digits: Digits) -> Path:
    """Where a user has `digits/` and `verified.csv`."""
    shutil.copytree(digits.folder, tmp_path / "digits")
    shutil.copy(digits.verified, tmp_path / "verified.csv")
    return tmp_path


def run_page(name: str, folder: Path, replaced: dict[str, str], python: str | Path = sys.executable) -> str:
    """Run all blocks of a page in order; returns what they print."""
    code = "\n".join(BLOCK.findall((DOCS / "recipes" / name).read_text("utf-8")))
    for printed, real in replaced.items():
        assert printed in code
        code = code.replace(printed, real)
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "client"), "HF_HOME": str(folder / "hf")}
    done = subprocess.run(
        [python, "-c", code], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def read_notebook() -> list[str]:
    """The code of the notebook's cells."""
    cells = json.loads(NOTEBOOK.read_text("utf-8"))["cells"]
    return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]


def test_the_notebook_needs_twelve_lines() -> None:
    lines = [line for cell in read_notebook() for line in cell.splitlines() if line.strip()]
    assert lines[0].startswith("%pip install")
    assert len(lines) <= MAX_NOTEBOOK_LINES


def test_the_notebook_corrects_labels(service_url: str, folder: Path, digits: Digits) -> None:
    copy = folder / NOTEBOOK.name
    copy.write_text(NOTEBOOK.read_text("utf-8").replace(PRINTED_URL, service_url))
    jupyter = Path(sys.executable).with_name("jupyter-execute")
    environment = {**os.environ, "JUPYTER_PLATFORM_DIRS": "1", "IPYTHONDIR": str(folder / "ipython")}
    done = subprocess.run(
        [jupyter, "--output", "done.ipynb", copy.name],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    outputs = [
        cell["outputs"]
        for cell in json.loads((folder / "done.ipynb").read_text())["cells"]
        if cell["cell_type"] == "code"
    ]
    assert "suggested_label" in json.dumps(outputs)
    rows = read_csv(folder / "corrected.csv")
    assert count_right(rows, "corrected_label", digits) > count_right(rows, "given_label", digits)


def test_soft_labels_train_a_network(service_url: str, cleaned: Job, folder: Path) -> None:
    printed = run_page("soft-labels.md", folder, {PRINTED_URL: service_url, '"JOB"': repr(cleaned.id)})
    losses = [float(line.rpartition(" ")[2]) for line in printed.splitlines()]
    assert len(losses) == 10
    assert losses[-1] < losses[0]


def test_a_label_studio_project_comes_back(service_url: str, folder: Path, digits: Digits) -> None:
    write_label_studio_project(folder, digits)
    run_page("label-studio.md", folder, {PRINTED_URL: service_url})
    shutil.unpack_archive(folder / "back.zip", folder / "back")
    tasks = json.loads((folder / "back" / "tasks.json").read_text("utf-8"))
    assert len(tasks) == len(digits.true)
    assert all(task["predictions"] for task in tasks if not task["annotations"])


def test_a_hugging_face_dataset_is_cleaned(service_url: str, folder: Path, digits: Digits) -> None:
    printed = run_page("hugging-face.md", folder, {PRINTED_URL: service_url}, INTEROP)
    assert printed.strip().endswith(str(len(digits.true)))
    assert "'label'" in printed


def write_label_studio_project(folder: Path, digits: Digits) -> None:
    """The digits as an export of Label Studio, with verified labels as ground truth."""
    verified = {row["file_name"]: row["label"] for row in read_csv(folder / "verified.csv")}
    project = folder / "project" / "images"
    project.mkdir(parents=True)
    tasks = []
    for number, name in enumerate(digits.true):
        shutil.copy(digits.folder / name, project / f"{number}.png")
        labels = [annotation(name.partition("/")[0], is_true=False)]
        labels += [annotation(verified[name], is_true=True)] if name in verified else []
        tasks.append({"id": number, "data": {"image": f"images/{number}.png"}, "annotations": labels})
    (folder / "project" / "tasks.json").write_text(json.dumps(tasks))


def annotation(label: str, *, is_true: bool) -> dict[str, Any]:
    """An annotation of Label Studio that chooses a class."""
    value = {"type": "choices", "from_name": "label", "to_name": "image", "value": {"choices": [label]}}
    return {"ground_truth": is_true, "result": [value]}


def read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def count_right(rows: list[dict[str, str]], column: str, digits: Digits) -> int:
    return sum(row[column] == digits.true[row["file_name"]] for row in rows)
