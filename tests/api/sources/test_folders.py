"""Sources over REST: folders to choose from, a dataset of one, checks, additions, and images in place."""

from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, select

from store.database.engine import session_scope
from store.infrastructure.blobs import BlobStore, dataset_prefix
from store.models import Dataset, DatasetStatus, Ingest, Sample, SourceCheck, SourceProblem
from store.settings import Settings
from store.sources.references import to_image_key
from store.tasks import lifecycle
from tests import factories
from tests.api.support import Sent, check_problem
from tests.factories import CLASSES, make_image

SIDE = 200


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A folder of the server with one image per class."""
    root = tmp_path / "root"
    for number, label in enumerate(CLASSES):
        (root / "animals" / label).mkdir(parents=True)
        (root / "animals" / label / "1.png").write_bytes(make_image(number, SIDE))
    return root


@pytest.fixture
def settings(settings: Settings, root: Path) -> Settings:
    """A service that may read the folder."""
    return settings.model_copy(update={"source_folders": f"photos={root}"})


def create(client: TestClient) -> str:
    return str(client.post("/datasets", json={"name": "animals"}).json()["id"])


def make_ready(engine: Engine, dataset_id: str, root: Path) -> list[str]:
    """What the worker would do. Returns the ids of the samples."""
    with session_scope(engine) as session:
        dataset = session.get_one(Dataset, dataset_id)
        dataset.status, dataset.classes, dataset.num_samples = DatasetStatus.READY, list(CLASSES), 3
        session.query(Ingest).delete()
        for number, label in enumerate(CLASSES):
            made = factories.make_dataset(session, NoBlobs(), num_samples=1)  # type: ignore[arg-type]
            [sample] = factories.get_samples(session, made)
            path = root / "animals" / label / "1.png"
            data = path.read_bytes()
            sample.dataset_id, sample.position, sample.file_name = dataset_id, number, f"{label}/1.png"
            sample.external_id, sample.width, sample.height = label, SIDE, SIDE
            sample.sha256 = sha256(data).hexdigest()
            sample.image_key = to_image_key(sample.file_name)
            sample.source_stamp, sample.byte_size = str(path.stat().st_mtime_ns), len(data)
        return [str(sample.id) for sample in factories.get_samples(session, dataset)]


class NoBlobs:
    """Takes what nobody reads."""

    def put(self, key: str, data: bytes) -> None:
        """Nothing."""


@pytest.fixture
def ready(client: TestClient, engine: Engine, root: Path, sent: Sent) -> tuple[str, list[str]]:
    """A dataset whose three images stay in the folder, and the ids of its samples."""
    dataset_id = create(client)
    body = {"address": "folder:photos/animals"}
    assert client.put(f"/datasets/{dataset_id}/source", json=body).status_code == 202
    return dataset_id, make_ready(engine, dataset_id, root)


def test_folders_are_listed_by_name_without_the_servers_paths(client: TestClient, root: Path) -> None:
    (root / "link").symlink_to(root.parent)
    assert client.get("/sources").json()["folders"] == ["photos"]
    top = client.get("/sources/folders", params={"root": "photos"})
    assert top.json() == {"items": [{"name": "animals", "address": "folder:photos/animals"}]}
    inner = client.get("/sources/folders", params={"root": "photos", "path": "animals"}).json()["items"]
    assert [item["name"] for item in inner] == sorted(CLASSES)
    assert str(root) not in top.text
    check_problem(client.get("/sources/folders", params={"root": "etc"}), 422, "source_address")
    for path in ("../x", "animals/../.."):
        refused = client.get("/sources/folders", params={"root": "photos", "path": path})
        check_problem(refused, 422, "source_address")
    missing = client.get("/sources/folders", params={"root": "photos", "path": "no"})
    check_problem(missing, 502, "source_unavailable")
    assert str(root) not in missing.text


def test_a_dataset_is_made_of_a_folder(client: TestClient, engine: Engine, sent: Sent) -> None:
    dataset_id = create(client)
    assert client.get(f"/datasets/{dataset_id}/source").json() == {"source": None, "check": None}
    body = {"address": "folder:photos/animals", "dry_run": True, "choices": {"exclude": ["owl"]}}
    response = client.put(f"/datasets/{dataset_id}/source", json=body)
    assert response.status_code == 202, response.text
    ingest = response.json()
    assert (ingest["file_name"], ingest["dry_run"], ingest["choices"]["exclude"]) == (
        "folder:photos/animals",
        True,
        ["owl"],
    )
    assert sent == [("ingest.run", ingest["id"])]
    state = client.get(f"/datasets/{dataset_id}/source").json()
    assert (state["source"]["kind"], state["source"]["address"]) == ("folder", "folder:photos/animals")
    check_problem(client.put(f"/datasets/{dataset_id}/source", json=body), 409, "dataset_not_empty")


@pytest.mark.parametrize(
    ("address", "status", "code"),
    [
        ("folder:etc", 422, "source_address"),
        ("folder:photos/../x", 422, "source_address"),
        ("/etc", 422, "source_address"),
        ("file:///etc", 422, "source_address"),
        ("folder:photos/no", 502, "source_unavailable"),
    ],
)
def test_addresses_that_are_no_source_are_refused(
    client: TestClient, address: str, status: int, code: str
) -> None:
    dataset_id = create(client)
    check_problem(client.put(f"/datasets/{dataset_id}/source", json={"address": address}), status, code)
    assert client.get(f"/datasets/{dataset_id}").json()["status"] == "empty"


def test_an_upload_replaces_a_source_that_was_only_checked(
    client: TestClient, engine: Engine, root: Path
) -> None:
    dataset_id = create(client)
    client.put(f"/datasets/{dataset_id}/source", json={"address": "folder:photos/animals", "dry_run": True})
    with session_scope(engine) as session:
        session.get_one(Dataset, dataset_id).status = DatasetStatus.EMPTY
    assert client.put(f"/datasets/{dataset_id}/archive", content=b"PK\x05\x06" + bytes(18)).status_code == 202
    assert client.get(f"/datasets/{dataset_id}/source").json()["source"] is None


def test_images_are_read_in_place_and_thumbnails_are_kept(
    client: TestClient, blobs: BlobStore, root: Path, ready: tuple[str, list[str]]
) -> None:
    dataset_id, [cat, *_] = ready
    file = root / "animals" / "cat" / "1.png"
    assert client.get(f"/samples/{cat}/original").content == file.read_bytes()
    thumbnail = client.get(f"/samples/{cat}/thumbnail", params={"size": 96})
    assert thumbnail.status_code == 200
    [key] = blobs.keys(dataset_prefix(dataset_id))
    assert "/thumbnails/" in key
    file.write_bytes(make_image(99, SIDE))
    again = client.get(f"/samples/{cat}/thumbnail", params={"size": 96})
    assert (again.content, again.headers["content-type"]) == (
        thumbnail.content,
        thumbnail.headers["content-type"],
    )
    for path in ("original", "image"):
        problem = check_problem(client.get(f"/samples/{cat}/{path}"), 409, "source_image_changed")
        assert problem["detail"].startswith("cat/1.png has changed in the source")
    file.unlink()
    check_problem(client.get(f"/samples/{cat}/image"), 404, "source_image_missing")
    root.rename(root.with_name("away"))
    problem = check_problem(client.get(f"/samples/{cat}/image"), 502, "source_unavailable")
    assert str(root) not in problem["detail"]


def test_deleting_the_dataset_leaves_the_source(
    client: TestClient, blobs: BlobStore, root: Path, ready: tuple[str, list[str]]
) -> None:
    dataset_id, [cat, *_] = ready
    client.get(f"/samples/{cat}/thumbnail", params={"size": 96})
    before = sorted(root.rglob("*"))
    assert client.delete(f"/datasets/{dataset_id}").status_code == 204
    assert sorted(root.rglob("*")) == before
    assert list(blobs.keys(dataset_prefix(dataset_id))) == []


def test_a_check_is_queued_once_and_its_report_shown(
    client: TestClient, engine: Engine, sent: Sent, ready: tuple[str, list[str]]
) -> None:
    dataset_id, [cat, *_] = ready
    started = client.post(f"/datasets/{dataset_id}/source/check")
    assert started.status_code == 202
    assert sent[-1] == ("sources.check", started.json()["id"])
    check_problem(client.post(f"/datasets/{dataset_id}/source/check"), 409, "dataset_busy")
    check_problem(client.delete(f"/datasets/{dataset_id}"), 409, "dataset_busy")
    report: dict[str, Any] = {"new": 2, "changed": 1, "missing": 0, "same": 2}
    report["examples"] = {"new": ["a", "b"], "changed": ["cat/1.png"], "missing": []}
    with session_scope(engine) as session:
        check = lifecycle.get(session, SourceCheck, started.json()["id"])
        check.status, check.report = "succeeded", report  # type: ignore[assignment]
        session.get_one(Sample, int(cat)).source_problem = SourceProblem.CHANGED
    state = client.get(f"/datasets/{dataset_id}/source").json()
    assert state["source"]["problems"] == {"changed": 1}
    assert (state["check"]["status"], state["check"]["report"]) == ("succeeded", report)


def test_an_addition_from_the_source(
    client: TestClient, engine: Engine, sent: Sent, ready: tuple[str, list[str]]
) -> None:
    dataset_id, _ = ready
    body = {"on_existing": "update", "dry_run": True}
    response = client.post(f"/datasets/{dataset_id}/source/additions", json=body)
    assert response.status_code == 202
    assert sent[-1] == ("ingest.run", response.json()["id"])
    [listed] = client.get(f"/datasets/{dataset_id}/additions").json()["items"]
    assert (listed["kind"], listed["on_existing"], listed["dry_run"]) == ("addition", "update", True)
    check_problem(client.post(f"/datasets/{dataset_id}/source/additions", json={}), 409, "dataset_busy")
    with session_scope(engine) as session:
        [row] = session.scalars(select(Ingest))
        row.status = "succeeded"  # type: ignore[assignment]
    following = client.post(f"/datasets/{dataset_id}/additions/checked", json={"on_existing": "update"})
    assert following.status_code == 202
    assert following.json()["file_name"] == "folder:photos/animals"


def test_a_dataset_of_uploads_has_no_source(client: TestClient, dataset: Dataset) -> None:
    for path in ("check", "additions"):
        check_problem(client.post(f"/datasets/{dataset.id}/source/{path}", json={}), 409, "no_source")
