"""Tables of verified labels that people bring, each with the right answer."""

from dataclasses import dataclass

from tests.inputs.cases import numbered, table
from tests.worker.archives import pack


@dataclass(frozen=True)
class VerifiedCase:
    """A table of verified labels for `verified_archive` and the right answer: the number of images, or the
    line and code of every problem.
    """

    name: str
    table: bytes
    accepted: int = 0
    note: str = ""
    problems: tuple[tuple[int, str], ...] = ()
    media_type: str = "text/csv"


def verified_archive() -> bytes:
    """What tables of verified labels are about: six images in folders, cats and dogs in turn."""
    return pack(numbered("data/") | {"metadata.csv": table("data/").encode()})


VERIFIED = [
    VerifiedCase("verified", table("data/").encode(), 6),
    VerifiedCase(
        "verified-base-names",
        table(delimiter=";", header="Image,Class").encode(),
        6,
        "without leading folders",
    ),
    VerifiedCase(
        "verified-verdicts",
        b"file_name,label,verdict\ndata/000.png,,correct\ndata/001.png,,maybe\ndata/002.png,dog,correct\n"
        b"data/003.png,cat,wrong_unknown\ndata/004.png,,\n",
        problems=(
            (3, "bad_verdict"),
            (4, "label_contradicts"),
            (5, "label_not_expected"),
            (6, "label_missing"),
        ),
    ),
    VerifiedCase(
        "verified-array",
        b'[{"file_name": "data/000.png", "label": "cat"}]',
        problems=((1, "bad_json"),),
        media_type="application/jsonl",
    ),
    VerifiedCase("verified-utf16", table("data\\").encode("utf-16"), 6),
    VerifiedCase(
        "verified-blanks",
        table("data/").replace("cat", "cat ").encode(),
        6,
        "'cat ' is read as the class 'cat'",
    ),
    VerifiedCase(
        "verified-extra-columns", b",file_name,label,width\n0,data/000.png,dog,8\n0,data/000.png,dog,8\n", 1
    ),
    VerifiedCase(
        "verified-bad-lines",
        b"file_name,label\ndata/000.png,cat\nnobody.png,cat\ndata/001.png,Dog\ndata/002.png,cat,3\n",
        problems=((3, "unknown_name"), (4, "unknown_class"), (5, "wrong_number_of_cells")),
    ),
]
