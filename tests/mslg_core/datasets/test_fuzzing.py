"""Damaged archives and tables: each is read, or refused with a reason."""

import io
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import given

from mslg_core import errors
from mslg_core.datasets.archives.archive import ArchiveLimits, Rejection
from mslg_core.datasets.archives.open import open_archive
from mslg_core.datasets.detect import read_dataset, read_images
from mslg_core.datasets.tables.table import is_storable
from tests.mslg_core.datasets.archive_files import png, write_tar, write_zip
from tests.mslg_core.datasets.layouts.published import clothing1m, food101n
from tests.mslg_core.exports.images import export
from tests.mutations import FUZZ, mutated, mutated_file

IMAGES = {f"{label}/{n}.png": png(n) for n in range(3) for label in ("cat", "dog")}
CSV = b"file_name,label,id\n" + b"".join(f"{name},{name[:3]},{n}\n".encode() for n, name in enumerate(IMAGES))
JSONL = b"".join(f'{{"file_name": "{name}", "label": "{name[:3]}"}}\n'.encode() for name in IMAGES)
LIMITS = ArchiveLimits(entries=1_000, total_bytes=50_000_000, file_bytes=5_000_000)


def parquet(**columns: Any) -> bytes:
    buffer = io.BytesIO()
    pq.write_table(pa.table(columns), buffer)
    return buffer.getvalue()


def arrow(**columns: Any) -> bytes:
    buffer = io.BytesIO()
    table = pa.table({"image": list(IMAGES.values()), "label": [0, 1] * 3} | columns)
    with pa.ipc.new_stream(buffer, table.schema) as writer:
        writer.write_table(table)
    return buffer.getvalue()


def unpack(file_format: str) -> dict[str, bytes]:
    """The files of one of our own exports."""
    with zipfile.ZipFile(io.BytesIO(export(file_format)[0])) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


ROWS = parquet(image=list(IMAGES.values()), label=[name[:3] for name in IMAGES], file_name=list(IMAGES))


def make_contents() -> tuple[Mapping[str, bytes], ...]:
    """The files of archives of every layout."""
    labels = parquet(file_name=list(IMAGES), label=[name[:3] for name in IMAGES])
    return (
        IMAGES,
        IMAGES | {"metadata.csv": CSV},
        IMAGES | {"metadata.jsonl": JSONL},
        IMAGES | {"metadata.parquet": labels},
        {"data/train-00000-of-00001.parquet": ROWS},
        clothing1m(),
        food101n(),
    )


def make_originals() -> list[bytes]:
    """Whole files of every kind."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "archive"
        packed = [write_zip(path, files, method).read_bytes() for files in CONTENTS for method in (0, 8)]
        packed += [write_tar(path, files, mode).read_bytes() for files in CONTENTS for mode in ("w", "w:gz")]
    return [*packed, ROWS, arrow(), CSV, png(1)]


CONTENTS = make_contents()
ORIGINALS = make_originals()
TABLES = (
    ROWS,
    arrow(),
    arrow(label=[0.0, 1.0] * 3, file_name=list(IMAGES), id=[str(n) for n in range(6)]),
    arrow(image=[{"bytes": data, "path": name} for name, data in IMAGES.items()], label=["cat", "dog"] * 3),
    arrow(label=pa.array(["cat", "dog"] * 3).dictionary_encode()),
    parquet(image=[list(data) for data in IMAGES.values()], label=pa.array([0, 1] * 3, pa.date32())),
)
FROM_TOOLS = [unpack(name) for name in ("imagefolder", "fiftyone", "label_studio", "cvat", "datumaro")]


def read(path: Path) -> tuple[str | None, list[Rejection]]:
    """(why the whole file is refused, what is left out). Asserts that everything else can be stored."""
    try:
        with open_archive(path, LIMITS) as archive:
            layout = read_dataset(archive)
            for sample in layout.samples:
                assert all(map(is_storable, (sample.label, sample.file_name, sample.external_id)))
            items = [*layout.rejections, *read_images(archive, layout)]
    except errors.InputError as error:
        return str(error), []
    return None, [item for item in items if isinstance(item, Rejection)]


@FUZZ
@given(data=mutated(ORIGINALS))
def test_damaged_archives_are_read_or_refused_with_a_reason(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "upload"
    path.write_bytes(data)
    check(path)


@FUZZ
@given(data=mutated(TABLES))
def test_damaged_tables_of_images_are_read_or_refused_with_a_reason(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "upload"
    path.write_bytes(data)
    check(path)


@FUZZ
@given(files=mutated_file([*CONTENTS, *FROM_TOOLS]))
def test_damaged_files_in_whole_archives_are_read_or_refused_with_a_reason(
    files: dict[str, bytes], tmp_path: Path
) -> None:
    check(write_zip(tmp_path / "upload", files, zipfile.ZIP_STORED))


def check(path: Path) -> None:
    """Assert that whatever is refused or left out has a reason that can be shown."""
    refused, left_out = read(path)
    if refused is not None:
        assert refused.strip().endswith((".", ":", ")")), refused
    for rejection in left_out:
        assert rejection.code
        assert rejection.reason.strip()
        rejection.file_name.encode()  # can be stored and shown


def test_the_originals_are_whole(tmp_path: Path) -> None:
    for data in ORIGINALS[:-2]:
        (tmp_path / "upload").write_bytes(data)
        refused, left_out = read(tmp_path / "upload")
        assert refused is None
        assert len(left_out) <= 1  # Clothing1M keeps an image of its test list aside
