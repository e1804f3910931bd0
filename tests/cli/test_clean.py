"""`mslg clean` on a few small images, and its messages for bad arguments."""

import collections
import contextlib
import io
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import mslg_cli
from mslg_core.exports.table import EXPORT_COLUMNS
from tests.factories import CLASSES, make_image

NUM_IMAGES = 36
CONFIG = "epochs: 2\nwarmup_epochs: 1\nbatch_size: 16\n"


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    """A folder of images, their labels, a third of them verified, and a short configuration."""
    (tmp_path / "images").mkdir()
    lines = [f"{i:02}.png,{CLASSES[i % 3]}" for i in range(NUM_IMAGES)]
    for i in range(NUM_IMAGES):
        (tmp_path / "images" / f"{i:02}.png").write_bytes(make_image(i))
    (tmp_path / "labels.csv").write_text("\n".join(["file_name,label", *lines]))
    (tmp_path / "verified.csv").write_text("\n".join(["file_name,label", *lines[:12]]))
    (tmp_path / "job.yaml").write_text(CONFIG)
    return {
        "images": tmp_path / "images",
        "labels": tmp_path / "labels.csv",
        "verified": tmp_path / "verified.csv",
        "out": tmp_path / "out.parquet",
        "config": tmp_path / "job.yaml",
    }


def run(monkeypatch: pytest.MonkeyPatch, files: dict[str, Path], *more: str) -> int:
    """The exit status of `mslg clean`."""
    options = [arg for name, path in files.items() for arg in (f"--{name}", str(path))]
    monkeypatch.setattr("sys.argv", ["mslg", "clean", *options, *more])
    with pytest.raises(SystemExit) as ended:
        mslg_cli.main()
    return int(ended.value.code or 0)


def test_output_has_a_row_per_image_and_is_reproducible(
    files: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    contents = []
    for _ in range(2):
        assert run(monkeypatch, files, "--seed", "1") == 0
        contents.append(files["out"].read_bytes())
    table = pq.read_table(files["out"])
    assert table.column_names == list(EXPORT_COLUMNS)
    assert sorted(table["file_name"].to_pylist()) == [f"{i:02}.png" for i in range(NUM_IMAGES)]
    assert contents[0] == contents[1]


def test_copies_can_be_left_out(files: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    (files["images"] / "35.png").write_bytes((files["images"] / "34.png").read_bytes())
    (files["images"] / "33.png").write_bytes(b"no image")
    with contextlib.redirect_stderr(io.StringIO()) as shown:
        assert run(monkeypatch, files, "--leave-out", "duplicates", "--leave-out", "unusable") == 0
    names = pq.read_table(files["out"])["file_name"].to_pylist()
    assert names == [f"{i:02}.png" for i in range(33)] + ["34.png"]
    assert "It learned from patches of the images." in " ".join(shown.getvalue().split())
    assert run(monkeypatch, files, "--leave-out", "ugly") == 2


def test_other_issues_are_counted(files: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    with contextlib.redirect_stderr(io.StringIO()) as shown:
        assert run(monkeypatch, files, "--seed", "1") == 0
    issues = pq.read_table(files["out"])["issues"].to_pylist()
    counts = collections.Counter(kind for kinds in issues for kind in kinds)
    expected = {f"{count} {kind.replace('_', ' ')}" for kind, count in counts.items()}
    found = " ".join(shown.getvalue().split()).partition("Other issues: ")[2].partition(".")[0]
    assert {part for part in found.split(", ") if part} == expected


@pytest.mark.parametrize(
    ("option", "content", "message"),
    [
        ("labels", "file_name;label\n", "no rows"),
        ("verified", "file_name,label\n00.png,zebra\n", "zebra"),
        ("config", "epochs: many\n", "epochs"),
        ("config", "- a list\n", "must be a mapping"),
        ("config", "colour: red\n", "colour"),
    ],
)
def test_bad_input_prints_a_message_without_traceback(
    files: dict[str, Path], monkeypatch: pytest.MonkeyPatch, option: str, content: str, message: str
) -> None:
    files[option].write_text(content)
    with contextlib.redirect_stderr(io.StringIO()) as errors:
        assert run(monkeypatch, files) == 2
    assert message in errors.getvalue()
    assert "Traceback" not in errors.getvalue()
    assert not files["out"].exists()


def test_labels_may_come_from_the_dataset(files: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    (files["images"] / "metadata.csv").write_bytes(files.pop("labels").read_bytes())
    assert run(monkeypatch, files) == 0
    assert pq.read_table(files["out"]).num_rows == NUM_IMAGES


def test_error_names_the_option_if_no_label_is_verified(
    files: dict[str, Path], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    del files["verified"]
    assert run(monkeypatch, files) == 2
    assert "--verified" in capsys.readouterr().err


@pytest.mark.parametrize("option", ["images", "labels", "verified", "config"])
def test_error_names_the_missing_file(
    files: dict[str, Path], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], option: str
) -> None:
    missing = Path("nowhere") / files[option].name
    assert run(monkeypatch, files | {option: missing}) == 2
    assert str(missing) in capsys.readouterr().err
