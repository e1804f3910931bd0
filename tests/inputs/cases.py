"""The inputs that people bring, each with the right answer. docs/reference/formats.md lists them all."""

import io
import tarfile
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.factories import make_image
from tests.worker.archives import Files, pack

LABELS = ("cat", "dog")


@dataclass(frozen=True)
class Case:
    """An archive and the right answer: images per class, or the code of the refusal.

    note: part of a note or warning. left_out: number of files or rows by reason. splits: images per split.
    sentence: part of the refusal's first sentence.
    """

    name: str
    archive: Callable[[], bytes]
    classes: dict[str, int] = field(default_factory=dict)
    note: str = ""
    left_out: dict[str, int] = field(default_factory=dict)
    splits: dict[str, int] = field(default_factory=dict)
    refused: str = ""
    sentence: str = ""


def images(*names: str) -> Files:
    """Different images with these names."""
    return {name: make_image(number) for number, name in enumerate(names)}


def numbered(prefix: str = "", number: int = 6) -> Files:
    """Images `000.png`, `001.png`, …"""
    return images(*(f"{prefix}{n:03}.png" for n in range(number)))


def table(prefix: str = "", delimiter: str = ",", header: str = "file_name,label", number: int = 6) -> str:
    """A table for `numbered`, cats and dogs in turn."""
    lines = [f"{prefix}{n:03}.png,{LABELS[n % 2]}" for n in range(number)]
    return "\n".join([header, *lines, ""]).replace(",", delimiter)


def with_table(data: str | bytes, name: str = "labels.csv", prefix: str = "") -> Callable[[], bytes]:
    """A zip of `numbered` images and a table."""
    content = data.encode() if isinstance(data, str) else data
    return lambda: pack(numbered(prefix) | {name: content})


def kaggle() -> bytes:
    """Ids without suffix, a test set without labels, and a form for submissions."""
    rows = "".join(f"{n:03},{LABELS[n % 2]}\n" for n in range(6))
    tables = {"train.csv": f"id,label\n{rows}".encode(), "test.csv": b"id\n000\n001\n"}
    form = {"sample_submission.csv": b"id,label\n000,cat\n001,cat\n"}
    return pack(numbered("train/") | numbered("test/", 2) | tables | form)


def kaggle_images() -> bytes:
    """The same names of files in `train_images` and `test_images`."""
    rows = "".join(f"{n:03}.png,{LABELS[n % 2]}\n" for n in range(6))
    files = numbered("comp/train_images/") | numbered("comp/test_images/", 2)
    return pack(files | {"comp/train.csv": f"image_id,label\n{rows}".encode()})


def metadata_per_split() -> bytes:
    """A metadata table in each split, with the same names of files."""
    tables = {f"{split}/metadata.csv": table().encode() for split in ("train", "validation")}
    return pack(numbered("train/") | numbered("validation/") | tables)


def roboflow() -> bytes:
    """A column per class, and splits with the same names of files."""
    rows = "".join(f"{n:03}.png, {1 - n % 2}, {n % 2}\n" for n in range(6))
    tables = {f"{split}/_classes.csv": f"filename, cat, dog\n{rows}".encode() for split in ("train", "valid")}
    return pack(numbered("train/") | numbered("valid/") | tables)


def folders(*names: str) -> Callable[[], bytes]:
    """A zip of class folders with two images each."""
    return lambda: pack(images(*(f"{folder}/{n}.png" for folder in names for n in range(2))))


def encrypted() -> bytes:
    """A zip whose files claim to be encrypted, in both headers."""
    data = bytearray(pack(images("cat/0.png", "cat/1.png", "dog/0.png", "dog/1.png")))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = data.find(signature)
        while start >= 0:
            data[start + offset] |= 1
            start = data.find(signature, start + 4)
    return bytes(data)


def hard_links() -> bytes:
    """A tar with hard links only."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name in ("cat/0.png", "cat/1.png", "dog/0.png"):
            link = tarfile.TarInfo(name)
            link.type, link.linkname = tarfile.LNKTYPE, "elsewhere.png"
            archive.addfile(link)
    return buffer.getvalue()


def disagreeing() -> bytes:
    """Class folders, and a table that disagrees on one image."""
    rows = "file_name,label\ncat/0.png,cat\ncat/1.png,dog\ndog/0.png,dog\ndog/1.png,dog\n"
    return pack(images("cat/0.png", "cat/1.png", "dog/0.png", "dog/1.png") | {"labels.csv": rows.encode()})


def contradicting() -> bytes:
    """A table with several bad lines."""
    rows = "file_name,label\n000.png,cat\n001.png,dog,3\n,cat\n000.png,dog\n"
    return pack(numbered() | {"metadata.csv": rows.encode()})


BOTH = {"cat": 3, "dog": 3}
CASES = [
    Case("folders", folders("cat", "dog"), {"cat": 2, "dog": 2}),
    Case(
        "split-folders",
        folders("train/cat", "train/dog", "valid/cat"),
        {"cat": 4, "dog": 2},
        splits={"train": 4, "valid": 2},
    ),
    Case("unlabelled-test", folders("cat", "dog", "test"), {"cat": 2, "dog": 2}, left_out={"unlabelled": 2}),
    Case("splits-only", folders("train", "test"), refused="no_labels", sentence="name of a split"),
    Case(
        "other-splits",
        folders("train/a", "train/b", "dev/a", "unlabeled"),
        {"a": 4, "b": 2},
        left_out={"unlabelled": 2},
        splits={"train": 4, "dev": 2},
    ),
    Case(
        "similar-classes",
        folders("cat", "Cat ", "dog"),
        {"Cat ": 2, "cat": 2, "dog": 2},
        note="'Cat ' and 'cat' have similar names",
    ),
    Case(
        "invisible-characters",
        folders("cat", "cat\u200b", "dog"),
        {"cat": 2, "cat\u200b": 2, "dog": 2},
        note="have similar names",
    ),
    Case(
        "masks",
        folders("images", "masks"),
        {"images": 2, "masks": 2},
        note="The folder 'images' is read as a class",
    ),
    Case("metadata", with_table(table(), "metadata.csv"), BOTH),
    Case("table", with_table(table()), BOTH),
    Case("images-folder", with_table(table(), prefix="images/"), BOTH, note="without leading folders"),
    Case(
        "kaggle",
        kaggle,
        BOTH,
        note="form for submissions",
        left_out={"unlabelled": 2, "not_an_image": 2},
        splits={"train": 6},
    ),
    Case(
        "kaggle-images",
        kaggle_images,
        BOTH,
        note="without leading folders",
        left_out={"unlabelled": 2},
        splits={"train": 6},
    ),
    Case(
        "metadata-per-split",
        metadata_per_split,
        {"cat": 6, "dog": 6},
        splits={"train": 6, "validation": 6},
    ),
    Case(
        "roboflow", roboflow, {"cat": 6, "dog": 6}, note="a column per class", splits={"train": 6, "valid": 6}
    ),
    Case(
        "table-disagrees",
        disagreeing,
        {"cat": 1, "dog": 3},
        note="For 1 of 4 images the class folder disagrees",
    ),
    Case("semicolon", with_table(table(delimiter=";")), BOTH, note="semicolons"),
    Case("tab", with_table(table(delimiter="\t"), "metadata.tsv"), BOTH, note="tabs"),
    Case("utf16", with_table(table().encode("utf-16")), BOTH),
    Case(
        "cp1252",
        with_table(table().replace("dog", "né").encode("cp1252")),
        {"cat": 3, "né": 3},
        note="cp1252, a guess",
    ),
    Case("line-ends", with_table(table().replace("\n", "\r")), BOTH),
    Case("synonyms", with_table(table(header="File Name, CLASS")), BOTH),
    Case(
        "index-column",
        with_table(",path,target\n" + "".join(f"{n},{n:03}.png,{LABELS[n % 2]}\n" for n in range(6))),
        BOTH,
    ),
    Case(
        "numbers",
        with_table(table().replace("cat", "0.0").replace("dog", "1.0")),
        {"0": 3, "1": 3},
        note="whole numbers",
    ),
    Case("identical-rows", with_table(table() + "000.png,cat\n"), BOTH, note="repeats 1 rows"),
    Case("current-folder", with_table(table("./")), BOTH),
    Case("backslash", with_table(table("a\\"), prefix="a/"), BOTH),
    Case("absolute", with_table(table("/home/me/data/")), BOTH, note="without leading folders"),
    Case("folder-prefix", with_table(table("imgs/"), "metadata.csv"), BOTH, note="without leading folders"),
    Case(
        "no-path-matches",
        with_table(table("x").replace("xx", "")),
        refused="no_labels",
        sentence="none of its 6 names is a file",
    ),
    Case(
        "ambiguous-names",
        lambda: pack(numbered("a/") | numbered("b/") | {"labels.csv": table().encode()}),
        refused="no_labels",
        sentence="'000.png' fits 'a/000.png' and 'b/000.png'",
    ),
    Case(
        "several-labels",
        with_table(
            "".join(f'{{"file_name": "{n:03}.png", "label": ["cat", "dog"]}}\n' for n in range(6)), "a.jsonl"
        ),
        refused="no_labels",
        sentence="Line 1: The label must be text",
    ),
    Case("encrypted", encrypted, refused="no_labels", sentence="4 files or rows are left out"),
    Case("hard-links", hard_links, refused="no_labels", sentence="Links are not followed"),
    Case(
        "spreadsheet",
        with_table(b"PK", "labels.xlsx", "images/"),
        refused="one_class",
        sentence="save the table of labels as .csv",
    ),
    Case("json", with_table(b"[]", "labels.json"), refused="no_labels", sentence="save them as a .csv"),
    Case(
        "packed",
        lambda: pack({"a.zip": b"PK", "b.zip": b"PK"}),
        refused="no_labels",
        sentence="unpack the file first",
    ),
    Case("bad-lines", contradicting, refused="bad_metadata", sentence="line 3"),
    Case(
        "unknown-columns",
        with_table(table(header="name,breed")),
        refused="no_labels",
        sentence="It has 'name', 'breed'",
    ),
]
