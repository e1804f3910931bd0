"""Class folders, metadata tables, and refused datasets."""

import io
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mslg_core import errors
from mslg_core.datasets.archives.archive import Rejection
from mslg_core.datasets.archives.open import open_archive
from mslg_core.datasets.detect import Layout, read_dataset, read_images
from tests.mslg_core.datasets.archive_files import png, write_tar, write_zip


def layout_of(path: Path) -> Layout:
    """The layout of an archive."""
    with open_archive(path) as archive:
        return read_dataset(archive)


def labels_of(layout: Layout) -> dict[str, str]:
    """Label by file name."""
    return {sample.file_name: sample.label for sample in layout.samples}


@pytest.mark.parametrize("top", ["", "dataset/", "dataset/train/"])
def test_class_folders_under_any_top_folder(tmp_path: Path, top: str) -> None:
    files = {f"{top}{c}/{i}.png": png() for c in ("cat", "dog") for i in range(2)}
    layout = layout_of(
        write_zip(tmp_path / "a.zip", {**files, "__MACOSX/cat/._1.png": b"", "cat/Thumbs.db": b""})
    )
    assert layout.classes == ("cat", "dog")
    assert labels_of(layout) == {name: name.split("/")[-2] for name in files}
    assert layout.rejections == ()


def test_numeric_classes_are_sorted_by_value(tmp_path: Path) -> None:
    layout = layout_of(write_zip(tmp_path / "a.zip", {f"{c}/1.png": png() for c in ("10", "9", "2")}))
    assert layout.classes == ("2", "9", "10")


def test_files_without_a_class_folder_and_other_files_are_rejected(tmp_path: Path) -> None:
    files = {"cat/1.png": png(), "dog/1": png(), "loose.png": png(), "docs/readme.md": b"hello"}
    layout = layout_of(write_zip(tmp_path / "a.zip", files))
    assert labels_of(layout) == {"cat/1.png": "cat", "dog/1": "dog"}
    assert {r.file_name: r.code for r in layout.rejections} == {
        "loose.png": "unlabelled",
        "docs/readme.md": "not_an_image",
    }


CSV = b"\xef\xbb\xbfid,file_name,label,note\r\n007,a.png,cat,x\r\n,b.png,dog,\r\n"
JSONL = b'{"file_name": "a.png", "label": "cat", "id": "007"}\n\n{"file_name": "b.png", "label": "dog"}\n'


def parquet(columns: dict[str, object]) -> bytes:
    """A Parquet table."""
    buffer = io.BytesIO()
    pq.write_table(pa.table(columns), buffer)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("metadata.csv", CSV),
        ("metadata.jsonl", JSONL),
        (
            "metadata.parquet",
            parquet({"file_name": ["a.png", "b.png"], "label": ["cat", "dog"], "id": ["007", None]}),
        ),
    ],
)
@pytest.mark.parametrize("top", ["", "data set/"])
@pytest.mark.parametrize("pack", [write_zip, write_tar])
def test_every_metadata_format_keeps_ids_as_text(
    tmp_path: Path, top: str, pack: object, name: str, data: bytes
) -> None:
    files = {top + "a.png": png(), top + "b.png": png(), top + "c.png": png(), top + name: data}
    layout = layout_of(pack(tmp_path / "a", files))  # type: ignore[operator]
    assert [(e.file_name, e.label, e.external_id) for e in layout.samples] == [
        ("a.png", "cat", "007"),
        ("b.png", "dog", None),
    ]
    assert [(r.file_name, r.code) for r in layout.rejections] == [(top + "c.png", "unlabelled")]


def test_integers_in_parquet_and_json_become_text(tmp_path: Path) -> None:
    table = parquet({"file_name": ["a.png", "b.png"], "label": [0, 1], "id": [7, 8]})
    layout = layout_of(write_zip(tmp_path / "a.zip", {"a.png": b"", "b.png": b"", "metadata.parquet": table}))
    assert [(e.label, e.external_id) for e in layout.samples] == [("0", "7"), ("1", "8")]
    lines = b"\n".join(json.dumps({"file_name": f"{n}.png", "label": i}).encode() for i, n in enumerate("ab"))
    layout = layout_of(write_zip(tmp_path / "b.zip", {"a.png": b"", "b.png": b"", "metadata.jsonl": lines}))
    assert layout.classes == ("0", "1")


def test_rows_without_a_file_or_label_are_rejected(tmp_path: Path) -> None:
    table = b"file_name,label\na.png,cat\n./b.png,dog\ngone.png,dog\nc.png,\n"
    files = {name: png() for name in ("a.png", "b.png", "c.png")}
    layout = layout_of(write_zip(tmp_path / "a.zip", {**files, "metadata.csv": table}))
    assert labels_of(layout) == {"a.png": "cat", "./b.png": "dog"}
    assert [(r.file_name, r.code) for r in layout.rejections] == [
        ("gone.png", "missing_file"),
        ("c.png", "unlabelled"),
    ]


@pytest.mark.parametrize(
    ("files", "error"),
    [
        ({}, errors.EmptyArchiveError),
        ({"1.png": png(), "2.png": png()}, errors.NoLabelsError),
        ({"cat/1.png": png(), "cat/2.png": png()}, errors.OneClassError),
        ({"1.png": png(), "metadata.csv": b"file_name,label\n"}, errors.NoLabelsError),
        ({"1.png": png(), "metadata.csv": b"file_name,label\n1.png,cat\n"}, errors.OneClassError),
        ({"metadata.csv": b"name,label\n1.png,cat\n"}, errors.MetadataError),
        ({"metadata.csv": b"file_name,label\n1.png,cat,7\n"}, errors.MetadataError),
        ({"metadata.csv": b'file_name,label\n"1.png,cat\n'}, errors.MetadataError),
        ({"metadata.csv": b"file_name,label\n\xff.png,c\x81t\n"}, errors.MetadataError),
        ({"metadata.csv": b"file_name,label\n,cat\n"}, errors.MetadataError),
        ({"metadata.csv": b""}, errors.MetadataError),
        ({"metadata.jsonl": b"[1]\n"}, errors.MetadataError),
        ({"metadata.jsonl": b"{\n"}, errors.MetadataError),
        ({"metadata.jsonl": b'{"file_name": "a", "label": [1]}\n'}, errors.MetadataError),
        ({"metadata.parquet": b"PAR1"}, errors.MetadataError),
        ({"metadata.csv": b"file_name,label\n", "metadata.jsonl": b""}, errors.MetadataError),
        ({"metadata.csv": b"file_name,label,id\na,x,7\nb,y,7\n"}, errors.DuplicateIdError),
        ({"metadata.csv": b"file_name,label\na,x\n./a,y\n"}, errors.DuplicateNameError),
    ],
)
def test_unusable_datasets_are_refused(
    tmp_path: Path, files: dict[str, bytes], error: type[errors.InputError]
) -> None:
    with pytest.raises(error):
        layout_of(write_zip(tmp_path / "a.zip", files))


def test_error_for_duplicate_ids_names_the_lines(tmp_path: Path) -> None:
    table = b"file_name,label,id\na,x,7\nb,y,8\nc,y,7\n"
    with pytest.raises(errors.DuplicateIdError, match=r"line 4: The id '7' is also on line 2"):
        layout_of(write_zip(tmp_path / "a.zip", {"metadata.csv": table}))


def test_damaged_images_are_rejected_and_others_are_read(tmp_path: Path) -> None:
    whole = png(size=(64, 64))
    files = {"cat/1.png": whole, "cat/2.png": whole[:60], "dog/3.png": png(size=(7, 5)), "dog/4.png": b"text"}
    path = write_tar(tmp_path / "a.tgz", files)
    with open_archive(path) as archive:
        layout = read_dataset(archive)
        read = list(read_images(archive, layout))
    assert [r.code if isinstance(r, Rejection) else r.sample.file_name for r in read] == [
        "cat/1.png",
        "bad_image",
        "dog/3.png",
        "bad_image",
    ]


names = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Zl", "Zp"]), min_size=1, max_size=20
).filter(
    lambda n: not set(n) & set("/\\\r\n") and n.strip() and n not in (".", "..") and not n.startswith("._")
)


@given(st.dictionaries(names, st.sampled_from(["cat", "dog"]), min_size=1, max_size=8), names)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_names_and_ids_are_kept_as_written(tmp_path: Path, labels: dict[str, str], id_text: str) -> None:
    rows = [
        {"file_name": n + ".png", "label": c, "id": f"{id_text}{i}"}
        for i, (n, c) in enumerate(labels.items())
    ]
    rows += [{"file_name": f"{c}-extra.png", "label": c, "id": None} for c in ("cat", "dog")]  # type: ignore[dict-item]
    table = "\n".join(json.dumps(row) for row in rows).encode()
    files = {str(row["file_name"]): b"" for row in rows if row["file_name"].lower() != "desktop.ini"}
    layout = layout_of(write_zip(tmp_path / "a.zip", {**files, "metadata.jsonl": table}))
    refused = {r.file_name for r in layout.rejections}
    back = {(e.file_name, e.label, e.external_id) for e in layout.samples}
    assert back == {tuple(row.values()) for row in rows if row["file_name"] not in refused}
