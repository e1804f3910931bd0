"""The client's whole loop against a service: upload, verify, clean, results, decisions, export."""

import csv
import io
from pathlib import Path

import pytest
from PIL import Image

from mslg_client import Client, ConflictError, InvalidRequestError, Job, NotFoundError, WorkFailedError
from tests import factories
from tests.digits import Digits


def test_a_folder_becomes_corrected_labels(
    client: Client, cleaned: Job, digits: Digits, tmp_path: Path
) -> None:
    dataset = client.datasets.get(cleaned.dataset_id)
    assert (dataset.status, dataset.num_samples, dataset.num_rejections) == ("ready", len(digits.true), 0)
    assert dataset.classes == list("0123456789")
    assert cleaned.status == "succeeded"
    path = cleaned.export("csv", tmp_path)
    rows = list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"))))
    assert {row["file_name"] for row in rows} == digits.true.keys()
    given, corrected = (
        sum(row[name] == digits.true[row["file_name"]] for row in rows)
        for name in ("given_label", "corrected_label")
    )
    assert corrected > given
    assert [file.name for file in tmp_path.iterdir()] == [path.name]  # no part of a file is left


def test_results_are_rows_by_rank_and_can_be_filtered(cleaned: Job, digits: Digits) -> None:
    rows = list(cleaned.results())
    assert [row["rank"] for row in rows] == list(range(1, len(rows) + 1))
    assert {row["file_name"] for row in rows} == digits.true.keys()
    flagged = list(cleaned.results(issue=True, given="3"))
    assert flagged == [row for row in rows if row["is_label_issue"] and row["given_label"] == "3"]
    assert 0 < len(flagged) < len(rows)
    assert cleaned.summary()["num_samples"] == len(rows)


def test_jobs_and_datasets_are_found_again(client: Client, cleaned: Job) -> None:
    assert cleaned.dataset_id in [dataset.id for dataset in client.datasets.list()]
    dataset = client.datasets.get(cleaned.dataset_id)
    assert [job.id for job in dataset.jobs()] == [cleaned.id]
    assert client.jobs.get(cleaned.id).config["method"] == "mslg"
    assert client.version()


@pytest.fixture
def small(client: Client, tmp_path: Path) -> str:
    """The id of a dataset of 12 images in 3 classes."""
    archive = factories.make_archive(tmp_path / "animals.zip")
    return client.datasets.create("animals").upload(archive).id


def test_decisions_are_stored_in_bulk(client: Client, small: str) -> None:
    dataset = client.datasets.get(small)
    items = client._service.pages("/datasets/{dataset_id}/samples", ids={"dataset_id": small})
    ids = {item["file_name"]: item["id"] for item in items}
    stored = dataset.decide(
        [
            {"sample_id": ids["cat/0000.png"], "verdict": "wrong", "label": "dog"},
            {"sample_id": ids["dog/0001.png"], "verdict": "correct"},
        ],
        reviewer="ada",
    )
    assert len(set(stored)) == 2
    with pytest.raises(InvalidRequestError, match="cow") as refused:
        dataset.decide([{"sample_id": ids["owl/0002.png"], "verdict": "wrong", "label": "cow"}])
    assert refused.value.errors


def test_verified_labels_come_from_a_mapping(client: Client, small: str) -> None:
    dataset = client.datasets.get(small)
    outcome = dataset.verify({"cat/0000.png": "cat", "dog/0001.png": "owl"})
    assert (outcome.accepted, outcome.unchanged) == (2, 0)
    with pytest.raises(InvalidRequestError, match=r"gone\.png"):
        dataset.verify({"gone.png": "cat"})
    with pytest.raises(ConflictError, match="more verified labels"):
        dataset.clean()


def test_images_are_added_and_updated(client: Client, small: str, tmp_path: Path) -> None:
    dataset = client.datasets.get(small)
    for name, seed in (("cat/new.png", 50), ("cat/0000.png", 51), ("emu/1.png", 52)):
        file = tmp_path / "more" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(factories.make_image(seed))
    added = dataset.add(tmp_path / "more")
    assert (added.new, added.changed, added.same, added.new_classes) == (2, 1, 0, ["emu"])
    assert dataset.num_samples == 14
    updated = dataset.add(tmp_path / "more", on_existing="update")
    assert (updated.new, updated.changed, updated.same) == (0, 1, 2)


def test_an_archive_without_images_says_so(client: Client, tmp_path: Path) -> None:
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "a.txt").write_text("a")
    dataset = client.datasets.create("texts")
    with pytest.raises(WorkFailedError) as failed:
        dataset.upload(tmp_path / "texts")
    assert str(failed.value).endswith(".")
    assert dataset.refresh().status == "failed"


def test_what_is_deleted_is_not_found(client: Client) -> None:
    dataset = client.datasets.create("nothing")
    dataset.delete()
    with pytest.raises(NotFoundError) as missing:
        client.datasets.get(dataset.id)
    assert (missing.value.status, missing.value.code) == (404, "not_found")


def test_images_of_an_export_can_be_opened(cleaned: Job, tmp_path: Path) -> None:
    import zipfile

    path = cleaned.export("class_folders", tmp_path / "folders.zip", leave_out=["duplicates"])
    with zipfile.ZipFile(path) as archive:
        names = [name for name in archive.namelist() if name.endswith(".png")]
        with archive.open(names[0]) as file:
            assert Image.open(file).size == (8, 8)
