"""Damaged files for fuzzing. `make fuzz` tries ten thousand, a test run a few."""

import os
from collections.abc import Mapping, Sequence

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "60"))
FUZZ = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=EXAMPLES < 1000,  # a test run always tries the same; the command tries others each time
    database=None,
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
    ],
)
# What people and programs put into tables.
TOKENS = (
    *(b"", b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b"\n", b"\r", b'"', b"'", b",", b";", b"\t", b"=1+1", b"NaN"),
    *(b"../x.png", b"C:\\x.png", "é".encode("cp1252"), "e\u0301".encode(), "\u202e".encode(), b"None", b"-1"),
    *(b"9" * 400, b"{", b"[", b"null", b"1e999", b"file_name", b"label", b"id", b"A" * 70_000),
)

# Under which other readers find the content.
OTHER_NAMES = (
    "labels.csv",
    "metadata.jsonl",
    "metadata.parquet",
    "data.json",
    "data.xml",
    "train/labels.tsv",
)


@st.composite
def mutated(draw: st.DrawFn, originals: Sequence[bytes]) -> bytes:
    """One of the files with up to six changes: bytes flipped, cut, repeated, inserted, or of another file."""
    data = bytearray(draw(st.sampled_from(originals)))
    for _ in range(draw(st.integers(1, 6))):
        start = draw(st.integers(0, len(data)))
        stop = min(len(data), start + draw(st.sampled_from([1, 2, 4, 16, 200, 5_000])))
        match draw(st.sampled_from(["flip", "cut", "end", "repeat", "token", "noise", "splice"])):
            case "flip":
                mask = draw(st.integers(1, 255))
                data[start:stop] = bytes(byte ^ mask for byte in data[start:stop])
            case "cut":
                del data[start:stop]
            case "end":
                del data[start:]
            case "repeat":
                data[start:start] = data[start:stop] * draw(st.integers(1, 5))
            case "token":
                data[start:stop] = draw(st.sampled_from(TOKENS))
            case "noise":
                data[start:stop] = draw(st.binary(max_size=40))
            case "splice":
                other = draw(st.sampled_from(originals))
                data[start:stop] = other[start:stop]
    return bytes(data)


@st.composite
def mutated_file(draw: st.DrawFn, originals: Sequence[Mapping[str, bytes]]) -> dict[str, bytes]:
    """The files of one archive, with up to six changes in one of them; it may have another name."""
    files = dict(draw(st.sampled_from(originals)))
    # Tables and annotations first: a damaged image is one rejection.
    names = sorted(files, key=lambda name: (name.endswith(".png"), name))
    name = names[min(draw(st.integers(0, 6)), len(names) - 1)]
    data = draw(mutated([files.pop(name)]))
    return files | {draw(st.sampled_from([name, name, name, *OTHER_NAMES])): data}
