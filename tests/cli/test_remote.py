"""`mslg --server URL` works on a service: it cleans, lists and exports there."""

import csv
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.digits import Digits, write_digits
from tests.serving import MSLG, serving


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(tmp_path_factory.mktemp("service")) as url:
        yield url


@pytest.fixture(scope="module")
def digits(tmp_path_factory: pytest.TempPathFactory) -> Digits:
    return write_digits(tmp_path_factory.mktemp("digits"), 300)


def mslg(*arguments: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join([str(MSLG.parent), str(MSLG.parent / "client")])
    return subprocess.run(
        [sys.executable, MSLG, *arguments],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )


def test_it_cleans_lists_and_exports(url: str, digits: Digits, tmp_path: Path) -> None:
    options: list[str | Path] = ["--verified", digits.verified, "--out", "corrected.csv", "--seed", "1"]
    done = mslg("--server", url, "clean", digits.folder, *options, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    text = (tmp_path / "corrected.csv").read_text("utf-8-sig")
    rows = list(csv.DictReader(text.splitlines()))
    assert len(rows) == 300
    listed = mslg("--server", url, "datasets", cwd=tmp_path).stdout.split("\t")
    assert listed[1:] == ["ready", "300", "digits\n"]
    job = done.stderr.split()[-1]
    exported = mslg(
        "--server",
        url,
        "export",
        job,
        "--format",
        "parquet",
        "--omit",
        "comments",
        "--out",
        ".",
        cwd=tmp_path,
    )
    assert (tmp_path / exported.stdout.strip()).suffix == ".parquet"
    assert (tmp_path / exported.stdout.strip()).is_file()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["datasets"], "name it, as in mslg --server URL datasets"),
        (["--server", "http://127.0.0.1:1", "datasets"], "127.0.0.1 does not answer"),
        (["--server", "http://127.0.0.1:1", "clean", ".", "--out", "a.xlsx"], "a name that ends in .csv"),
        (["--server", "URL", "clean", ".", "--out", "a.csv", "--labels", "b.csv"], "--labels is for local"),
        (["clean", "--out", "a.csv"], "Name the images"),
        (["clean", "."], "--out"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_is_missing_is_a_sentence(arguments: list[str], sentence: str, tmp_path: Path) -> None:
    done = mslg(*arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith("Error: ")
    assert sentence in done.stderr


def test_an_unknown_format_is_the_services_sentence(url: str, tmp_path: Path) -> None:
    done = mslg("--server", url, "export", "none", "--format", "xlsx", "--out", ".", cwd=tmp_path)
    assert (done.returncode, done.stderr[:7]) == (2, "Error: ")
