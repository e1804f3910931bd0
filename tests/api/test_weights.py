"""The list of pretrained networks, and jobs that name one."""

from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from mslg_core.configs.backbones import FOLDER_VARIABLE
from store.models import Dataset
from tests.api.support import SQLITE_ONLY, Sent


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path))
    (tmp_path / "vit_b.tag.safetensors").write_bytes(b"1234")
    return tmp_path


@SQLITE_ONLY
@pytest.mark.usefixtures("folder")
def test_the_installed_network_and_the_folder_of_weights_are_listed(client: TestClient) -> None:
    packaged, own = client.get("/weights").json()["items"]
    assert packaged["backbone"] == "pretrained"
    assert packaged["file_name"] is None
    assert packaged["bytes"] > 10_000_000
    assert own == {"backbone": "timm/vit_b.tag", "file_name": "vit_b.tag.safetensors", "bytes": 4}


@SQLITE_ONLY
@pytest.mark.usefixtures("folder")
def test_a_job_names_a_listed_network(client: TestClient, sent: Sent, verified_dataset: Dataset) -> None:
    body = {"dataset_id": verified_dataset.id, "config": {"backbone": "timm/vit_b.tag"}}
    response = client.post("/jobs", json=body)
    assert response.status_code == 202
    assert response.json()["config"]["backbone"] == "timm/vit_b.tag"
    assert len(sent) == 1


@SQLITE_ONLY
@pytest.mark.usefixtures("folder")
def test_a_job_without_its_weights_is_refused_with_what_to_do(
    client: TestClient, sent: Sent, verified_dataset: Dataset
) -> None:
    body = {"dataset_id": verified_dataset.id, "config": {"backbone": "timm/vit_s"}}
    response = client.post("/jobs", json=body)
    assert response.status_code == 422
    (error,) = response.json()["errors"]
    assert error["name"] == "config.backbone"
    assert error["code"] == "missing_weights"
    assert "Put vit_s.safetensors or vit_s.pth into the folder of weights" in error["message"]
    assert not sent
