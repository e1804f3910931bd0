"""Uploads go on after a broken connection, in the same process and in a later one."""

import os
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from benchmarks.service.cutting_proxy import CuttingProxy, proxying
from mslg_client import Client, ServiceError, UploadInterruptedError
from tests import factories

FAST = 1e9


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """12 images in class folders, and 9 MB that are no image."""
    for position in range(12):
        file = tmp_path / "animals" / factories.CLASSES[position % 3] / f"{position}.png"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(factories.make_image(position))
    (tmp_path / "animals" / "owl" / "notes.txt").write_bytes(os.urandom(9_000_000))
    return tmp_path / "animals"


def through(proxy: CuttingProxy) -> Client:
    """A client that connects through the proxy."""
    return Client(f"http://127.0.0.1:{proxy.port}")


def test_an_upload_survives_cuts(service_url: str, folder: Path) -> None:
    cuts = [2_000_000, 5_000_000, 8_000_000]
    with proxying(urlsplit(service_url).port or 0, cuts, FAST) as proxy, through(proxy) as client:
        dataset = client.datasets.create("animals").upload(folder)
        assert proxy.num_cuts == 3
    assert (dataset.status, dataset.num_samples) == ("ready", 12)


def test_a_later_process_continues(service_url: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mslg_client.uploads.PAUSES", (0.01,))
    monkeypatch.setattr("mslg_client.service.PAUSES", ())
    with (
        proxying(urlsplit(service_url).port or 0, range(9_000_000, 9_000_100), FAST) as proxy,
        through(proxy) as client,
    ):
        dataset = client.datasets.create("animals")
        with pytest.raises(UploadInterruptedError, match="resume=") as interrupted:
            dataset.upload(folder)
    with Client(service_url) as later:
        again = later.datasets.get(dataset.id).upload(folder, resume=interrupted.value.upload_id)
    assert again.num_samples == 12


def test_a_file_of_the_wrong_kind_is_refused_with_the_reason(client: Client, tmp_path: Path) -> None:
    (tmp_path / "notes.zip").write_bytes(b"%PDF-1.7" + os.urandom(20_000_000))
    with pytest.raises(ServiceError) as refused:
        client.datasets.create("notes").upload(tmp_path / "notes.zip")
    assert refused.value.status == 415
