"""Builds the feature extractor that a config's backbone names."""

from collections.abc import Callable
from functools import partial

import torch

from mslg_core.configs.backbones import PACKAGED_NETWORK, packaged_weights, require_weights
from mslg_core.configs.base import Backbone, TrainingConfig
from mslg_core.features.choice import Remembering
from mslg_core.features.extractor import FeatureExtractor, Joined
from mslg_core.features.patch_features import patch_extractor
from mslg_core.features.pretrained import frozen_extractor, identify_weights
from mslg_core.images.sources import AnyImages
from mslg_core.models.onnx_network import ONNX_RUNTIME, uses_onnx_runtime

# Small images are drawn at this side for a network that was trained on photographs: on 1,500 images of
# CIFAR-10 the AUROC was 0.862 at 128 pixels, 0.868 at 160 and 0.870 at 192, which takes a third longer.
SMALL_SIDE, LARGE_SIDE = 160, 224
MIN_SIDE = 16
# Backbones that need the packaged weights.
PACKAGED = (Backbone.AUTO, Backbone.PRETRAINED, Backbone.JOINED)

MakeExtractor = Callable[[], FeatureExtractor]


def build_extractors(
    config: TrainingConfig,
    images: AnyImages,
    device: torch.device,
    make_patches: MakeExtractor | None = None,
) -> dict[str, FeatureExtractor]:
    """The extractors by name among which a run chooses, for these images, on which patches depend unless
    `make_patches` makes them.

    One if the config names it. With `auto` patches, the packaged network, and both joined, in this order:
    among equals the cheaper one wins. Images below `MIN_SIDE` pixels are no photographs: only patches. Raises
    `WeightsError`, `DamagedImagesError`.
    """
    make_patches = make_patches or partial(patch_extractor, images, device)
    if config.backbone is Backbone.AUTO and images.shape[1] < MIN_SIDE:
        return {Backbone.PATCHES.value: Remembering(make_patches())}
    if config.backbone is not Backbone.AUTO:
        extractor = build_extractor(config, images, device, make_patches)
        return {str(config.backbone): extractor if isinstance(extractor, Joined) else Remembering(extractor)}
    patches = Remembering(make_patches())
    pretrained = Remembering(_pretrained(config, images, device))
    return {
        Backbone.PATCHES.value: patches,
        Backbone.PRETRAINED.value: pretrained,
        Backbone.JOINED.value: Joined(pretrained, patches),
    }


def build_extractor(
    config: TrainingConfig,
    images: AnyImages,
    device: torch.device,
    make_patches: MakeExtractor | None = None,
) -> FeatureExtractor:
    """The extractor of the backbone, for these images; see `build_extractors`.

    Raises `WeightsError`, `DamagedImagesError`.
    """
    make_patches = make_patches or partial(patch_extractor, images, device)
    match config.backbone:
        case Backbone.PATCHES:
            return make_patches()
        case Backbone.FROZEN:
            return frozen_extractor(config, device)
        case Backbone.PRETRAINED:
            return _pretrained(config, images, device)
        case Backbone.JOINED:
            parts = _pretrained(config, images, device), make_patches()
            return Joined(*map(Remembering, parts))
        case _:
            return _timm(config, device)


def identify_backbone(config: TrainingConfig, device: torch.device) -> list[str]:
    """Everything that raw features depend on besides the images. Raises `WeightsError`."""
    parts = [str(config.backbone), str(config.horizontal_flip)]
    if config.backbone is Backbone.FROZEN:
        return [*parts, config.network.value, identify_weights(config), str(config.image_size)]
    if config.backbone is Backbone.PATCHES:
        return parts
    from mslg_core.features.timm_models import file_digest

    if config.backbone not in PACKAGED:
        return [*parts, "", file_digest(require_weights(str(config.backbone))), str(config.image_size)]
    runtime = [ONNX_RUNTIME] if uses_onnx_runtime(device) else []
    return [*parts, PACKAGED_NETWORK, file_digest(packaged_weights()), str(config.image_size), *runtime]


def drawn_side(config: TrainingConfig, side: int) -> int:
    """The side in pixels at which a pretrained network sees images of `side` pixels."""
    return config.image_size or (LARGE_SIDE if side > SMALL_SIDE else SMALL_SIDE)


def _pretrained(config: TrainingConfig, images: AnyImages, device: torch.device) -> FeatureExtractor:
    from mslg_core.features.timm_models import packaged_extractor

    return packaged_extractor(drawn_side(config, images.shape[1]), device)


def _timm(config: TrainingConfig, device: torch.device) -> FeatureExtractor:
    from mslg_core.features.timm_models import timm_extractor

    return timm_extractor(str(config.backbone), config.image_size, device)
