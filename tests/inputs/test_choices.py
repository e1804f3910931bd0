"""After a preview a person merges classes, leaves some out or chooses the table; the archive waits."""

from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

import mslg_cli
from store.settings import Settings
from tests.inputs.cases import disagreeing, folders, images, numbered, table, with_table
from tests.worker.archives import pack

SIMILAR = folders("cat", "Cat ", "dog")


def upload(client: TestClient, data: bytes, dataset: str | None = None) -> str:
    """The dataset id after the dry run of an archive."""
    dataset = dataset or client.post("/datasets", json={"name": "x"}).json()["id"]
    response = client.put(f"/datasets/{dataset}/archive", params={"dry_run": True}, content=data)
    assert response.status_code == 202, response.text
    return dataset


def ingest(client: TestClient, dataset: str, dry_run: bool = False, **choices: Any) -> dict[str, Any]:
    """The ended ingest of the checked archive with these choices."""
    body = {"choices": choices, "dry_run": dry_run}
    response = client.post(f"/datasets/{dataset}/ingest", json=body)
    assert response.status_code == 202, response.text
    ended: dict[str, Any] = client.get(f"/datasets/{dataset}/ingest").json()
    return ended


def counts(preview: dict[str, Any]) -> dict[str, int]:
    """Images per class."""
    return {item["label"]: item["count"] for item in preview["classes"]}


def archives(settings: Settings) -> list[Path]:
    """The archives in the blob store."""
    root = Path(settings.resolved_blob_url.removeprefix("file://"))
    return [path for path in root.rglob("*") if path.is_file() and "archive" in str(path.relative_to(root))]


@pytest.mark.parametrize(
    ("choices", "found"),
    [
        ({"merge": {"Cat ": "cat"}}, {"cat": 4, "dog": 2}),
        ({"merge": {"Cat ": "animal", "cat": "animal"}}, {"animal": 4, "dog": 2}),
        ({"exclude": ["Cat "]}, {"cat": 2, "dog": 2}),
    ],
)
def test_classes_are_merged_and_left_out(
    client: TestClient, choices: dict[str, Any], found: dict[str, int]
) -> None:
    dataset = upload(client, SIMILAR())
    checked = ingest(client, dataset, dry_run=True, **choices)
    assert counts(checked["preview"]) == found
    assert client.get(f"/datasets/{dataset}").json()["status"] == "empty"
    stored = ingest(client, dataset, **choices)
    assert (counts(stored["preview"]), stored["status"]) == (found, "succeeded")
    ready = client.get(f"/datasets/{dataset}").json()
    assert ready["classes"] == sorted(found)
    assert ready["num_samples"] == sum(found.values())


def test_the_source_of_labels_is_chosen(client: TestClient) -> None:
    dataset = upload(client, disagreeing())
    assert counts(ingest(client, dataset, dry_run=True, labels_from="folders")["preview"]) == {
        "cat": 2,
        "dog": 2,
    }
    again = ingest(client, dataset, dry_run=True, labels_from="labels.csv")["preview"]
    assert (counts(again), again["tables"]) == ({"cat": 1, "dog": 3}, ["labels.csv"])


def test_a_choice_between_two_tables(client: TestClient) -> None:
    other = table().replace("cat", "bird").encode()
    dataset = upload(client, pack(numbered() | {"metadata.csv": table().encode(), "new.csv": other}))
    preview = client.get(f"/datasets/{dataset}/ingest").json()["preview"]
    assert (preview["tables"], preview["other_tables"]) == (["metadata.csv"], ["new.csv"])
    assert counts(ingest(client, dataset, labels_from="new.csv")["preview"]) == {"bird": 3, "dog": 3}


def test_a_bad_choice_leaves_the_archive_for_another(client: TestClient, settings: Settings) -> None:
    dataset = upload(client, SIMILAR())
    failed = ingest(client, dataset, dry_run=True, labels_from="gone.csv")
    assert (failed["status"], failed["error"]["code"]) == ("failed", "bad_config")
    assert "gone.csv" in failed["error"]["detail"]
    assert ingest(client, dataset)["status"] == "succeeded"
    assert archives(settings) == []


def test_another_upload_replaces_the_checked_archive(client: TestClient, settings: Settings) -> None:
    dataset = upload(client, SIMILAR())
    upload(client, with_table(table())(), dataset)
    assert len(archives(settings)) == 1
    assert counts(ingest(client, dataset)["preview"]) == {"cat": 3, "dog": 3}


def test_without_a_checked_archive_there_is_nothing_to_ingest(client: TestClient, settings: Settings) -> None:
    dataset = client.post("/datasets", json={"name": "x"}).json()["id"]
    client.put(f"/datasets/{dataset}/archive", params={"dry_run": True}, content=b"no archive")
    assert archives(settings) == []
    refused = client.post(f"/datasets/{dataset}/ingest", json={})
    assert (refused.status_code, refused.json()["code"]) == (409, "no_checked_archive")
    done = upload(client, SIMILAR())
    ingest(client, done)
    refused = client.post(f"/datasets/{done}/ingest", json={})
    assert (refused.status_code, refused.json()["code"]) == (409, "dataset_not_empty")


def test_the_command_line_takes_the_same_choices(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.zip").write_bytes(SIMILAR())
    options = ["--images", str(tmp_path / "a.zip"), "--check", "--merge", "Cat =cat", "--exclude", "dog"]
    monkeypatch.setattr("sys.argv", ["mslg", "clean", *options])
    with pytest.raises(SystemExit):
        mslg_cli.main()
    assert "Every image has the label 'cat'" in capsys.readouterr().err
    monkeypatch.setattr("sys.argv", ["mslg", "clean", *options[:-2]])
    with pytest.raises(SystemExit):
        mslg_cli.main()
    lines = capsys.readouterr().out.splitlines()
    assert "  'cat': 4 (cat/0.png, cat/1.png, Cat /0.png)" in lines
    assert lines[-1] == "Nothing was stored. Images were not decoded."


def test_a_dry_run_reports_the_reasons_of_a_refusal_one_by_one(client: TestClient) -> None:
    dataset = upload(client, pack(images("loose.png") | {"notes.md": b"x", "more.md": b"x"}))
    error = client.get(f"/datasets/{dataset}/ingest").json()["error"]
    assert error["code"] == "no_labels"
    assert error["detail"].startswith(
        "2 files or rows are left out (notes.md, more.md): The file name has no"
    )
    assert [item["code"] for item in error["errors"]] == ["not_an_image", "unlabelled"]
