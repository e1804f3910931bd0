"""Which weights are at hand, and what a backbone may be called."""

from pathlib import Path

import pytest

from mslg_core.configs.backbones import FOLDER_VARIABLE, list_weights, require_weights, weights_folder
from mslg_core.configs.job import parse_config
from mslg_core.errors import ConfigError, WeightsError


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path))
    return tmp_path


def test_packaged_weights_come_first_then_the_files_of_the_folder(folder: Path) -> None:
    for name in ("vit_b.tag.safetensors", "a.pth", "notes.txt", "with space.pth"):
        (folder / name).write_bytes(b"12345")
    (folder / "folder.pth").mkdir()
    packaged, *others = list_weights()
    assert (packaged.backbone, packaged.file_name) == ("pretrained", None)
    assert packaged.bytes > 10_000_000
    assert [(w.backbone, w.file_name, w.bytes) for w in others] == [
        ("timm/a", "a.pth", 5),
        ("timm/vit_b.tag", "vit_b.tag.safetensors", 5),
    ]


def test_a_folder_that_does_not_exist_holds_no_weights(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path / "none"))
    assert [weights.backbone for weights in list_weights()] == ["pretrained"]


def test_the_folder_is_in_the_users_cache_by_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(FOLDER_VARIABLE, raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert weights_folder() == tmp_path / "mslg" / "weights"


def test_a_missing_file_is_named(folder: Path) -> None:
    (folder / "vit_b.pth").write_bytes(b"")
    assert require_weights("timm/vit_b") == folder / "vit_b.pth"
    with pytest.raises(WeightsError, match=r"Put vit_s\.safetensors or vit_s\.pth .*MSLG_WEIGHTS_DIR"):
        require_weights("timm/vit_s")


@pytest.mark.parametrize("name", ["timm/", "timm/a/b", "timm/../secret", "timm/.hidden", "vit_b", "timm/a\n"])
def test_other_names_are_refused(name: str) -> None:
    with pytest.raises(ConfigError, match="backbone"):
        parse_config({"backbone": name})


@pytest.mark.parametrize("backbone", ["patches", "pretrained", "joined", "timm/vit_b.tag-1"])
def test_a_backbone_with_its_own_weights_takes_no_network(backbone: str) -> None:
    assert parse_config({"backbone": backbone}).backbone == backbone
    for settings in ({"network": "resnet18"}, {"network": "cnn8", "weights_file": "w.pt"}):
        with pytest.raises(ConfigError, match="uses no other network"):
            parse_config({"backbone": backbone, **settings})
