"""Command line and REST require the same verified labels before they learn."""

import json
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from fastapi.testclient import TestClient

import mslg_cli
from tests.inputs.cases import images
from tests.worker.archives import pack

FAST = {"epochs": 2, "warmup_epochs": 1, "backbone": "patches"}


def job_over_rest(client: TestClient, archive: bytes, table: str) -> tuple[int, dict[str, Any]]:
    """(status, body) of a request for a job, once the table of verified labels is stored."""
    dataset = client.post("/datasets", json={"name": "x"}).json()["id"]
    client.put(f"/datasets/{dataset}/archive", content=archive).raise_for_status()
    headers = {"Content-Type": "text/csv"}
    client.post(f"/datasets/{dataset}/verifications", content=table, headers=headers).raise_for_status()
    response = client.post("/jobs", json={"dataset_id": dataset})
    return response.status_code, response.json()


def clean(
    archive: bytes,
    table: str,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> tuple[Any, str]:
    """(exit status of `mslg clean`, its messages)."""
    (folder / "input.zip").write_bytes(archive)
    (folder / "verified.csv").write_text(table)
    (folder / "fast.json").write_text(json.dumps(FAST))
    options = {"images": "input.zip", "verified": "verified.csv", "out": "out.csv", "config": "fast.json"}
    paths = (part for option, name in options.items() for part in (f"--{option}", str(folder / name)))
    monkeypatch.setattr("sys.argv", ["mslg", "clean", *paths])
    with pytest.raises(SystemExit) as ended:
        mslg_cli.main()
    return ended.value.code or 0, capsys.readouterr().err


class Supply(NamedTuple):
    """Images per class, how many of each class's are verified, and what is lacking."""

    sizes: list[int]
    verified: list[int]
    lacking: str | None = None


@pytest.mark.parametrize(
    "supply",
    [
        Supply([1] * 60, [1, 1], "1 more of 'c02'"),
        Supply([1] * 60, [1, 1, 1]),
        Supply([8, 8], [3, 1], "2 more of 'c01'"),
        Supply([8, 8], [3, 3]),
        Supply([8, 8, 1], [3, 3, 0]),
    ],
    ids=str,
)
def test_too_few_are_refused_with_the_same_sentence(
    supply: Supply,
    client: TestClient,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    sizes, verified, lacking = supply
    names = [[f"c{label:02}/{number}.png" for number in range(size)] for label, size in enumerate(sizes)]
    archive = pack(images(*(name for own in names for name in own)))
    chosen = [name for own, count in zip(names, verified, strict=False) for name in own[:count]]
    table = "\n".join(["file_name,label", *(f"{name},{name[:3]}" for name in chosen), ""])

    code, body = job_over_rest(client, archive, table)
    status, messages = clean(archive, table, tmp_path, monkeypatch, capsys)

    if lacking is None:
        assert (code, status) == (202, 0)
        assert (tmp_path / "out.csv").exists()
    else:
        assert body["detail"] == f"Verify {lacking}, then start again."
        assert (code, status) == (409, 2)
        assert f"Error: Verify {lacking}, then start again." in messages
