"""Every backbone's extractor: the packaged network, timm's models, patches, both joined."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import timm
import torch
from safetensors.torch import load_file, save_file

from mslg_core.configs import backbones
from mslg_core.configs.job import parse_config
from mslg_core.errors import WeightsError
from mslg_core.features import timm_models
from mslg_core.features.backbone import build_extractor, identify_backbone
from mslg_core.features.extractor import FeatureExtractor
from mslg_core.features.features import Features
from mslg_core.features.timm_models import fold_batch_norm, load_packaged
from tests.mslg_core.training_sets import make_training_set

CPU = torch.device("cpu")
SMALL = make_training_set(50)[0].decode()[:12]
VIT = "timm/test_vit.r160_in1k"
CLIP = "timm/vit_xsmall_patch16_clip_224.tinyclip_yfcc15m"


def make_photos(side: int) -> np.ndarray:
    """Six images uint8 [6, side, side, 3] with smooth structure."""
    rows, columns = np.mgrid[0:side, 0:side] / side
    waves = [np.sin(2 * np.pi * (k * rows + 2 * columns)) for k in range(6)]
    return np.stack([np.repeat(127 + 100 * wave[..., None], 3, axis=2) for wave in waves]).astype(np.uint8)


def build(backbone: str, images: np.ndarray = SMALL, **settings: object) -> FeatureExtractor:
    return build_extractor(parse_config({"backbone": backbone, **settings}), images, CPU)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of weights, with two models of timm whose weights are random."""
    monkeypatch.setenv(backbones.FOLDER_VARIABLE, str(tmp_path))
    torch.manual_seed(0)
    save_file(timm.create_model("test_vit").state_dict(), tmp_path / "test_vit.r160_in1k.safetensors")
    clip = timm.create_model("vit_xsmall_patch16_clip_224.tinyclip_yfcc15m")
    torch.save(clip.state_dict(), tmp_path / "vit_xsmall_patch16_clip_224.tinyclip_yfcc15m.pth")
    return tmp_path


@pytest.mark.parametrize(
    ("backbone", "features"), [("patches", 2048), ("pretrained", 1904), ("joined", 3952), (VIT, 64)]
)
@pytest.mark.usefixtures("folder")
def test_an_images_features_depend_on_nothing_but_the_image(backbone: str, features: int) -> None:
    extractor = build(backbone)
    together = extractor.extract(SMALL)
    assert together.shape == (len(SMALL), features)
    assert together.dtype == np.float32
    np.testing.assert_allclose(extractor.extract(SMALL[7:8])[0], together[7], rtol=1e-4, atol=1e-4)
    np.testing.assert_array_equal(build(backbone).extract(SMALL), together)
    assert build(backbone).identity == extractor.identity


def draw(kind: str) -> np.ndarray:
    """A drawing, uint8 [224, 224, 3]."""
    rows, columns = np.mgrid[0:224, 0:224]
    radius = np.hypot(rows - 112, columns - 112)
    if kind == "crossword puzzle":
        return np.repeat(((rows // 28 + columns // 28) % 2 * 255)[..., None], 3, axis=2).astype(np.uint8)
    if kind == "tennis ball":
        image = np.full((224, 224, 3), (60, 120, 60))
        image[radius < 80] = (200, 230, 60)
    elif kind == "traffic light":
        image = np.full((224, 224, 3), 150)
        image[30:194, 80:144] = 20
        for row, colour in zip((60, 112, 164), ((255, 0, 0), (60, 60, 0), (0, 60, 0)), strict=True):
            image[np.hypot(rows - row, columns - 112) < 22] = colour
    else:
        image = np.full((224, 224, 3), 255)
        image[radius < 90] = (235, 235, 220)
        image[(radius > 85) & (radius < 92)] = 0
        image[50:112, 109:116] = image[109:116, 112:160] = 0
    return image.astype(np.uint8)


@pytest.mark.parametrize(
    ("kind", "number"),
    [("crossword puzzle", 918), ("tennis ball", 852), ("traffic light", 920), ("analog clock", 409)],
)
def test_the_packaged_network_recognises_drawings_of_imagenets_classes(kind: str, number: int) -> None:
    network = load_packaged().eval()
    pixels = torch.from_numpy(draw(kind)).permute(2, 0, 1)[None].float()
    with torch.inference_mode():
        logits = network((pixels - timm_models.PACKAGED_MEAN) / timm_models.PACKAGED_STD)
    assert int(logits.argmax()) == number


def test_weights_of_another_network_are_not_mapped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    state = torch.load(backbones.packaged_weights(), weights_only=True)
    first, second, *rest = state
    swapped = tmp_path / "swapped.pth"
    torch.save({second: state[second], first: state[first], **{name: state[name] for name in rest}}, swapped)
    monkeypatch.setattr(timm_models, "packaged_weights", lambda: swapped)
    with pytest.raises(WeightsError, match="holds another network"):
        load_packaged()


def test_photographs_are_seen_at_224_pixels_and_small_images_at_160() -> None:
    assert build("pretrained", make_photos(224)).side == 224
    assert build("pretrained", SMALL).side == 160
    assert build("pretrained", SMALL, image_size=64).side == 64
    assert build("patches", make_photos(224)).side == 32
    assert build("joined", make_photos(224)).side == 224


@pytest.mark.usefixtures("folder")
def test_a_model_of_timm_gets_the_preprocessing_it_was_trained_with() -> None:
    network: Any = timm_models.timm_extractor(CLIP, None, CPU).network
    mean, std = (0.48145466, 0.4578275, 0.40821073), (0.26862954, 0.26130258, 0.27577711)  # OpenAI's CLIP
    torch.testing.assert_close(network.mean.flatten(), 255 * torch.tensor(mean))
    torch.testing.assert_close(network.std.flatten(), 255 * torch.tensor(std))
    assert build(CLIP).side == 224
    assert build(VIT).side == 160


@pytest.mark.usefixtures("folder")
def test_a_models_weights_come_from_the_file_and_another_side_is_possible() -> None:
    network: Any = timm_models.timm_extractor(VIT, None, CPU).network
    saved = load_file(backbones.require_weights(VIT))
    loaded = network.network.state_dict()
    assert saved.keys() - loaded.keys() == {"head.weight", "head.bias"}
    assert all(torch.equal(values, saved[name]) for name, values in loaded.items())
    assert build(VIT, image_size=96).side == 96
    assert build(VIT, image_size=96).extract(SMALL).shape == (12, 64)


def test_missing_weights_are_refused_with_the_file_and_its_place(folder: Path) -> None:
    with pytest.raises(WeightsError, match=r"Put resnet18.a1_in1k.safetensors or .*MSLG_WEIGHTS_DIR"):
        build("timm/resnet18.a1_in1k")
    (folder / "no_such_model.pth").write_bytes(b"")
    with pytest.raises(WeightsError, match="timm has no model no_such_model"):
        build("timm/no_such_model")


def test_a_damaged_or_foreign_file_is_refused(folder: Path) -> None:
    (folder / "test_resnet.r160_in1k.pth").write_bytes(b"junk")
    with pytest.raises(WeightsError, match="do not fit test_resnet"):
        build("timm/test_resnet.r160_in1k")
    (folder / "test_resnet.r160_in1k.pth").unlink()
    (folder / "test_vit.r160_in1k.safetensors").rename(folder / "test_resnet.r160_in1k.safetensors")
    with pytest.raises(WeightsError, match="do not fit test_resnet"):
        build("timm/test_resnet.r160_in1k")


def test_the_identity_changes_with_the_weights_and_the_side(folder: Path) -> None:
    def identities() -> list[list[str]]:
        settings = [{}, {"image_size": 96}]
        return [identify_backbone(parse_config({"backbone": VIT, **extra}), CPU) for extra in settings]

    before = identities()
    torch.manual_seed(1)
    save_file(timm.create_model("test_vit").state_dict(), folder / "test_vit.r160_in1k.safetensors")
    after = identities()
    assert len({str(identity) for identity in before + after}) == 4


def test_features_of_both_extractors_are_joined() -> None:
    joined, pretrained, patches = (build(name).extract(SMALL) for name in ("joined", "pretrained", "patches"))
    np.testing.assert_array_equal(joined, np.concatenate([pretrained, patches], axis=1))
    data = make_training_set(60)[0]
    found = Features(data.images, data.given, parse_config({"backbone": "joined"}), CPU)
    assert bool(found.plain(torch.arange(60)).isfinite().all())


def test_folded_batch_norms_change_no_feature() -> None:
    images = torch.rand(2, 3, 64, 64, generator=torch.Generator().manual_seed(0)) * 2 - 1
    network = load_packaged().eval()
    with torch.inference_mode():
        expected = network(images)
        fold_batch_norm(network)
        torch.testing.assert_close(network(images), expected, rtol=1e-3, atol=1e-4)
    assert not any(isinstance(module, torch.nn.BatchNorm2d) for module in network.modules())
