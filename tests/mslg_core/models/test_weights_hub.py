"""Downloads from a hub, which a server in this process stands in for."""

import hashlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import timm
import torch
from safetensors.torch import save
from typer.testing import CliRunner

from mslg_cli import app
from mslg_core.configs.backbones import FOLDER_VARIABLE, require_weights
from mslg_core.configs.job import parse_config
from mslg_core.errors import WeightsError
from mslg_core.features.backbone import build_extractor
from mslg_core.models.weights_hub import ENDPOINT_VARIABLE, fetch_weights
from tests.mslg_core.training_sets import make_training_set

NAME = "test_vit.r160_in1k"


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[list[str]]:
    """A hub with one file, as huggingface.co serves it; an empty folder of weights. Yields the requests."""
    torch.manual_seed(3)
    content = save(timm.create_model("test_vit").state_dict())
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self._answer(b"")

        def do_GET(self) -> None:
            self._answer(content)

        def _answer(self, body: bytes) -> None:
            asked.append(f"{self.command} {self.path}")
            known = self.path == f"/timm/{NAME}/resolve/main/model.safetensors"
            self.send_response(200 if known else 404)
            self.send_header("ETag", hashlib.sha256(content).hexdigest())
            self.send_header("X-Repo-Commit", "0" * 40)
            self.send_header("Content-Length", str(len(content) if known else 0))
            self.end_headers()
            if known:
                self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            """Stay silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv(ENDPOINT_VARIABLE, f"http://127.0.0.1:{server.server_port}")
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path / "weights"))
    yield asked
    server.shutdown()
    server.server_close()


def test_fetched_weights_extract_features(hub: list[str], tmp_path: Path) -> None:
    path = fetch_weights(f"timm/{NAME}")
    assert path == require_weights(f"timm/{NAME}") == tmp_path / "weights" / f"{NAME}.safetensors"
    assert [file.name for file in path.parent.iterdir()] == [path.name]
    asked = len(hub)
    images = make_training_set(50)[0].decode()[:3]
    extractor = build_extractor(parse_config({"backbone": f"timm/{NAME}"}), images, torch.device("cpu"))
    assert extractor.extract(images).shape == (3, 64)
    assert len(hub) == asked  # extracting needs no network


def test_a_model_without_a_tag_gets_timms_default_weights(hub: list[str]) -> None:
    assert fetch_weights("timm/test_vit").name == "test_vit.safetensors"
    assert f"GET /timm/{NAME}/resolve/main/model.safetensors" in hub


@pytest.mark.parametrize("name", ["timm/no_such_model", "timm/../test_vit", "timm/"])
def test_unknown_models_are_refused_without_asking(hub: list[str], name: str) -> None:
    with pytest.raises(WeightsError, match="timm has no model"):
        fetch_weights(name)
    assert hub == []


def test_a_failed_download_names_the_address_and_leaves_nothing(hub: list[str], tmp_path: Path) -> None:
    address = r"/timm/test_resnet.r160_in1k/resolve/main/model.safetensors elsewhere"
    with pytest.raises(WeightsError, match=address):
        fetch_weights("timm/test_resnet.r160_in1k")
    assert list((tmp_path / "weights").iterdir()) == []


def test_without_a_network_the_message_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path))
    monkeypatch.setenv(ENDPOINT_VARIABLE, "http://127.0.0.1:9")
    with pytest.raises(WeightsError, match=r"Download http://127\.0\.0\.1:9/timm/test_vit\.r160_in1k/"):
        fetch_weights("timm/test_vit")


@pytest.mark.usefixtures("hub")
def test_the_command_fetches_and_lists(tmp_path: Path) -> None:
    def run(*arguments: str) -> str:
        result = CliRunner().invoke(app, ["weights", *arguments])
        assert result.exit_code == 0
        return result.output

    assert f"`backbone: timm/{NAME}`" in run("fetch", f"timm/{NAME}")
    listed = run("list").splitlines()
    assert listed[0].startswith("pretrained  ")
    assert listed[0].endswith("installed with this program")
    assert listed[1].startswith(f"timm/{NAME}  ")
    assert listed[-1] == f"Folder of weights: {tmp_path / 'weights'}"
