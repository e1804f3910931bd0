"""Other columns of a user's table: kept byte for byte, described, brought by additions."""

import csv
import io
import json
from collections.abc import Callable

import pytest
from sqlalchemy import Engine

from mslg_rules.metadata import MAX_COLUMNS, MAX_VALUE_LENGTH
from store.database.engine import session_scope
from store.infrastructure.blobs import ObjectBlobStore, archive_key
from store.models import Dataset, Ingest, IngestKind, OnExisting, Sample, Verdict
from store.verification.record import verify
from tests.factories import get_samples, make_image
from tests.worker.archives import Files, pack
from worker.tasks.ingest import run

pytestmark = pytest.mark.usefixtures("in_process")

HOSTILE_NAME = "a\"b'c.$[0] ü\u202e %s {x} \\"
HOSTILE = [' =1+1\r\n"x"', "'; DROP TABLE samples; --", "\u202e\ufeff𝕏 é é", "007"]
LABELS = ["cat", "dog", "cat", "dog"]
Row = dict[str, str]
Take = Callable[..., Ingest]


def table(rows: list[Row]) -> bytes:
    file = io.StringIO(newline="")
    writer = csv.DictWriter(file, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue().encode()


def files(columns: dict[str, list[str]], first: int = 0) -> Files:
    """Four images with a `metadata.csv` that has these columns."""
    names = [f"{number}.png" for number in range(first, first + 4)]
    rows = [
        {"file_name": name, "label": label} | {column: values[number] for column, values in columns.items()}
        for number, (name, label) in enumerate(zip(names, LABELS, strict=True))
    ]
    return {name: make_image(first + number) for number, name in enumerate(names)} | {
        "metadata.csv": table(rows)
    }


@pytest.fixture
def dataset(engine: Engine) -> Dataset:
    with session_scope(engine) as session:
        row = Dataset(name="photos")
        session.add(row)
    return row


@pytest.fixture
def take_in(engine: Engine, blobs: ObjectBlobStore, dataset: Dataset) -> Take:
    """Ingest an archive of these files, as an addition or not."""

    def take_in(content: Files, *, adds: bool = False, on_existing: OnExisting = OnExisting.SKIP) -> Ingest:
        data = pack(content)
        with session_scope(engine) as session:
            kind = IngestKind.ADDITION if adds else IngestKind.DATASET
            row = Ingest(
                dataset_id=dataset.id,
                kind=kind,
                archive_key="",
                size_bytes=len(data),
                on_existing=on_existing,
            )
            session.add(row)
            session.flush()
            row.archive_key = archive_key(dataset.id, row.id)
            blobs.put(row.archive_key, data)
        run(row.id)
        with session_scope(engine, read_only=True) as session:
            ended = session.get_one(Ingest, row.id)
            assert ended.error is None, ended.error
            return ended

    return take_in


def read(engine: Engine, dataset: Dataset) -> tuple[list[dict[str, object]], list[dict[str, str]]]:
    """(description of the columns, metadata of the samples)."""
    with session_scope(engine, read_only=True) as session:
        columns = session.get_one(Dataset, dataset.id).metadata_columns
        values = [sample.metadata_values or [] for sample in get_samples(session, dataset)]
    names = [column["name"] for column in columns]
    found = [
        {name: value for name, value in zip(names, row, strict=False) if value is not None} for row in values
    ]
    return columns, found


def test_columns_are_kept_byte_for_byte_and_typed(engine: Engine, dataset: Dataset, take_in: Take) -> None:
    columns = {
        HOSTILE_NAME: HOSTILE,
        "size": ["3", "-1.50", "", "2e3"],
        "flash": ["True", "False", "True", ""],
        "taken": ["2024-05-01 10:00", "2023-12-31 23:59", "2024-05-01 09:00", ""],
    }
    ingest = take_in(files(columns))
    described, values = read(engine, dataset)
    assert [row[HOSTILE_NAME] for row in values] == HOSTILE
    assert [row.get("size") for row in values] == ["3", "-1.50", None, "2e3"]
    assert [(one["name"], one["type"]) for one in described] == [
        (HOSTILE_NAME, "text"),
        ("size", "number"),
        ("flash", "boolean"),
        ("taken", "time"),
    ]
    size, taken = described[1], described[3]
    assert (size["filled"], size["distinct"], size["min"], size["max"]) == (3, 3, "-1.50", "2e3")
    assert (taken["min"], taken["max"]) == ("2023-12-31 23:59", "2024-05-01 10:00")
    assert any("Kept as metadata" in note and "'size'" in note for note in ingest.notes)


def test_what_exceeds_the_limits_is_cut_with_a_note(engine: Engine, dataset: Dataset, take_in: Take) -> None:
    wide = {f"c{number}": ["x"] * 4 for number in range(MAX_COLUMNS + 2)}
    wide["c0"] = ["é" * (MAX_VALUE_LENGTH + 1), "b", "c", "d"]
    ingest = take_in(files(wide))
    described, values = read(engine, dataset)
    assert len(described) == MAX_COLUMNS
    assert values[0]["c0"] == "é" * MAX_VALUE_LENGTH
    assert any(note.startswith("Not kept: 'c100', 'c101'") for note in ingest.notes)
    assert any(note.startswith("1 values of metadata are longer") for note in ingest.notes)


def test_what_no_database_can_store_is_left_out(engine: Engine, dataset: Dataset, take_in: Take) -> None:
    lines = [
        json.dumps({"file_name": f"{number}.png", "label": label, "note": note, "tags_of": ["a", 1]})
        for number, (label, note) in enumerate(zip(LABELS, ["a\0b", "\ud800", "", "ok"], strict=True))
    ]
    images = {f"{number}.png": make_image(number) for number in range(4)}
    ingest = take_in(images | {"metadata.jsonl": "\n".join(lines).encode()})
    _, values = read(engine, dataset)
    assert [row.get("note") for row in values] == [None, None, None, "ok"]
    assert values[0]["tags_of"] == '["a", "1"]'
    assert any("2 values of metadata contain characters" in note for note in ingest.notes)


def test_additions_bring_metadata_and_describe_it_anew(
    engine: Engine, dataset: Dataset, take_in: Take
) -> None:
    take_in(files({"size": ["1", "2", "3", "4"], "site": ["x"] * 4}))
    ingest = take_in(
        files({"site": ["y"] * 4, "size": ["5", "6", "n/a", "7"], "new": ["1"] * 4}, 4), adds=True
    )
    assert (ingest.changes or {})["new"] == 4
    described, values = read(engine, dataset)
    assert [(one["name"], one["type"], one["filled"]) for one in described] == [
        ("size", "text", 8),
        ("site", "text", 8),
        ("new", "number", 4),
    ]
    assert values[4] == {"size": "5", "site": "y", "new": "1"}


def test_an_update_replaces_the_metadata_that_it_brings_even_of_decided_images(
    engine: Engine, dataset: Dataset, take_in: Take
) -> None:
    take_in(files({"site": ["a", "b", "c", "d"], "size": ["1"] * 4}))
    with session_scope(engine) as session:
        sample = session.query(Sample).filter_by(dataset_id=dataset.id, position=0).one()
        verify(session, sample.id, Verdict.CORRECT, reviewer="ann")
    ingest = take_in(
        files({"site": ["z", "b", "", "d"], "extra": ["", "", "", "e"]}),
        adds=True,
        on_existing=OnExisting.UPDATE,
    )
    changes = ingest.changes or {}
    assert (changes["changed"], changes["same"], changes["conflicting"]) == (2, 2, 0)
    assert read(engine, dataset)[1] == [
        {"site": "z", "size": "1"},
        {"site": "b", "size": "1"},
        {"site": "c", "size": "1"},
        {"site": "d", "size": "1", "extra": "e"},
    ]
