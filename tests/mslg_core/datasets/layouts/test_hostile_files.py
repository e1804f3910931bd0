"""Label files with arbitrary content end in a dataset or an `InputError`."""

import contextlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mslg_core import errors
from mslg_core.datasets import detect
from mslg_core.datasets.archives.paths import split_name
from mslg_core.datasets.layouts.base import Listing
from mslg_core.datasets.registry import LAYOUTS
from mslg_core.datasets.safe_pickle import load_arrays
from tests.mslg_core.datasets.archive_files import png
from tests.mslg_core.datasets.cifar_files import cifar10_python
from tests.mslg_core.datasets.layouts.published import clothing1m, food101n, in_zip

PUBLISHED = {**clothing1m(), **food101n()}
LABEL_FILES = [name for name in PUBLISHED if name.endswith((".txt", ".tsv"))]

lines = st.one_of(
    st.sampled_from(sorted(PUBLISHED)),
    st.tuples(st.sampled_from(["../../x", "apple_pie/1.jpg", "a b"]), st.sampled_from("01\t9x")).map(
        " ".join
    ),
    st.text(max_size=12),
)
contents = st.one_of(
    st.binary(max_size=40), st.lists(lines, max_size=6).map(lambda parts: "\n".join(parts).encode())
)


@given(st.sampled_from([clothing1m(), food101n()]), st.sampled_from(LABEL_FILES), contents)
@settings(max_examples=300, deadline=None)
def test_arbitrary_label_files_are_read_or_refused(
    files: dict[str, bytes], name: str, content: bytes
) -> None:
    files = {**files, name: content}
    label_files = {split_name(n): data for n, data in files.items() if n in LABEL_FILES}
    listing = Listing([n for n in files if n not in LABEL_FILES], label_files)
    with contextlib.suppress(errors.InputError):
        for read in LAYOUTS.values():
            found = read(listing)
            assert found is None or isinstance(list(found.items), list)


@given(st.data())
@settings(max_examples=300, deadline=None)
def test_pickles_with_changed_bytes_are_read_or_refused(data: st.DataObject) -> None:
    pickled = bytearray(cifar10_python()["data_batch_1"])
    for _ in range(data.draw(st.integers(1, 3))):
        pickled[data.draw(st.integers(0, 250))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(errors.LayoutError):
        load_arrays("data_batch_1", bytes(pickled))


def test_total_size_of_label_files_is_limited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(detect, "MAX_LABEL_BYTES", 1000)
    files = {f"{n}/classes.txt": b"x" * 600 for n in "ab"}
    with pytest.raises(errors.EntryTooLargeError):
        in_zip(tmp_path, files)
    assert in_zip(tmp_path, {"cat/1.png": png(), "dog/1.png": png(), "classes.txt": b"x" * 600}).classes
