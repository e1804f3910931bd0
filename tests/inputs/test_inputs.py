"""Command line, REST and web UI give the same answer to the same input, and it is the right one."""

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

import mslg_cli
from tests.inputs.cases import CASES, Case, numbered
from tests.inputs.verified_cases import VERIFIED, VerifiedCase, verified_archive
from tests.worker.archives import pack

FORMATS = Path(__file__).parents[2] / "docs/reference/formats.md"
Answer = dict[str, Any]
SUFFIXES = {"text/csv": ".csv", "application/jsonl": ".jsonl"}


def check_by_cli(
    archive: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *more: str
) -> tuple[Answer | None, str]:
    """(preview of `mslg clean --check`, None if it is refused; the messages)."""
    monkeypatch.setattr("sys.argv", ["mslg", "clean", "--check", "--json", "--images", str(archive), *more])
    with pytest.raises(SystemExit) as ended:
        mslg_cli.main()
    printed = capsys.readouterr()
    return (None if ended.value.code else json.loads(printed.out)), printed.err


def upload(client: TestClient, data: bytes, dry_run: bool) -> tuple[str, Answer]:
    """(dataset id, the ended ingest) of an uploaded archive."""
    dataset = client.post("/datasets", json={"name": "x"}).json()["id"]
    response = client.put(f"/datasets/{dataset}/archive", params={"dry_run": dry_run}, content=data)
    assert response.status_code == 202, response.text
    return dataset, client.get(f"/datasets/{dataset}/ingest").json()


def confirm(client: TestClient, dataset: str) -> Answer:
    """What the web UI does after its preview; returns the dataset with the samples per class."""
    assert client.get(f"/datasets/{dataset}").json()["num_samples"] == 0
    assert client.post(f"/datasets/{dataset}/ingest", json={}).status_code == 202
    found: Answer = client.get(f"/datasets/{dataset}").json()
    ingest = client.get(f"/datasets/{dataset}/ingest").json()
    assert ingest["notes"][: len(ingest["preview"]["notes"])] == ingest["preview"]["notes"]
    samples = client.get(f"/datasets/{dataset}/samples", params={"limit": 200}).json()["items"]
    splits = Counter(sample["source_split"] for sample in samples if sample["source_split"] is not None)
    return {**found, "counts": Counter(sample["given_label"] for sample in samples), "splits": splits}


@pytest.mark.parametrize("case", [case for case in CASES if not case.refused], ids=lambda case: case.name)
def test_an_input_is_understood_in_the_same_way_everywhere(
    case: Case,
    client: TestClient,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    data = case.archive()
    (tmp_path / "input.zip").write_bytes(data)
    printed, _ = check_by_cli(tmp_path / "input.zip", monkeypatch, capsys)
    dataset, ingest = upload(client, data, dry_run=True)
    preview = ingest["preview"]
    assert printed == preview
    assert {item["label"]: item["count"] for item in preview["classes"]} == case.classes
    assert {item["code"]: item["count"] for item in preview["left_out"]} == case.left_out
    assert {item["name"]: item["count"] for item in preview["splits"]} == case.splits
    assert case.note in " ".join(preview["notes"] + preview["warnings"])
    stored = confirm(client, dataset)
    assert (stored["counts"], stored["splits"], stored["status"]) == (case.classes, case.splits, "ready")


@pytest.mark.parametrize("case", [case for case in CASES if case.refused], ids=lambda case: case.name)
def test_an_input_is_refused_for_the_same_reason_everywhere(
    case: Case,
    client: TestClient,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    data = case.archive()
    (tmp_path / "input.zip").write_bytes(data)
    printed, messages = check_by_cli(tmp_path / "input.zip", monkeypatch, capsys)
    assert printed is None
    errors = [upload(client, data, dry_run)[1]["error"] for dry_run in (True, False)]
    assert errors[0] == errors[1]
    assert errors[0]["code"] == case.refused
    assert case.sentence in errors[0]["detail"]
    assert f"Error: {errors[0]['detail']}" in messages
    assert all(item["message"] in messages for item in errors[0]["errors"])


@pytest.mark.parametrize("case", VERIFIED, ids=lambda case: case.name)
def test_a_table_of_verified_labels_is_read_in_the_same_way_everywhere(
    case: VerifiedCase,
    client: TestClient,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "input.zip").write_bytes(verified_archive())
    table = tmp_path / f"verified{SUFFIXES[case.media_type]}"
    table.write_bytes(case.table)
    options = ("--verified", str(table))
    printed, messages = check_by_cli(tmp_path / "input.zip", monkeypatch, capsys, *options)
    dataset, _ = upload(client, verified_archive(), dry_run=False)
    address, headers = f"/datasets/{dataset}/verifications", {"Content-Type": case.media_type}
    checked = client.post(address, params={"dry_run": True}, content=case.table, headers=headers)
    assert client.get(f"/datasets/{dataset}/verified-set").json()["total"] == 0
    stored = client.post(address, content=case.table, headers=headers)
    assert checked.json() == stored.json()
    if case.problems:
        listed = stored.json()["errors"]
        assert [(item["line"], item["code"]) for item in listed] == list(case.problems)
        assert printed is None
        assert all(f"line {line}: " in messages for line, _ in case.problems)
    else:
        assert stored.json()["accepted"] == case.accepted
        assert printed is not None
        assert printed["num_verified"] == case.accepted
        assert case.note in " ".join(stored.json()["notes"])
        assert case.note in " ".join(printed["notes"])


def test_a_check_reads_the_verified_images_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "input.zip").write_bytes(verified_archive())
    for name, found in (("cat", "Verified images beside the dataset: 4."), ("bird", None)):
        (tmp_path / "clean.zip").write_bytes(pack(numbered(f"{name}/", 4)))
        options = ("--verified-images", str(tmp_path / "clean.zip"))
        printed, messages = check_by_cli(tmp_path / "input.zip", monkeypatch, capsys, *options)
        if found is None:
            assert printed is None
            assert "bird" in messages
        else:
            assert printed is not None
            assert found in printed["notes"]
            assert printed["num_images"] == 6


def test_the_documentation_lists_every_input() -> None:
    section = FORMATS.read_text(encoding="utf-8").split("## Inputs and answers")[1]
    listed = re.findall(r"^\| `([a-z0-9-]+)` \|", section, re.MULTILINE)
    assert listed == [case.name for case in CASES] + [case.name for case in VERIFIED]
