"""Extracts raw features of some of a dataset's images, for a run in another process that then finds them."""

from collections.abc import Sequence

import numpy as np
import torch

from mslg_core.configs.base import TrainingConfig
from mslg_core.errors import CheckpointError
from mslg_core.features import extraction
from mslg_core.features.backbone import build_extractors
from mslg_core.features.cache import FeatureCache
from mslg_core.features.choice import Choice, parts_of
from mslg_core.features.extraction import Extraction, Hooks, with_measurer
from mslg_core.features.extractor import FeatureExtractor
from mslg_core.features.patch_features import bank_extractor, load_bank
from mslg_core.images.sources import ImageSource


def extract_elsewhere(  # noqa: PLR0913, PLR0917 - what is missing, and where it goes
    config: TrainingConfig,
    choices: Sequence[Choice],
    bank: str,
    source: ImageSource,
    cache: FeatureCache,
    hooks: Hooks,
) -> None:
    """Extract the features of `choices` for all images of `source`, a part of the dataset, into `cache`.

    config, choices and bank: see `Missing`. Repeats at most one chunk after a crash. Raises
    `WeightsError`, `DamagedImagesError`, and `CheckpointError` if the filters have vanished.
    """
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")

    def make_patches() -> FeatureExtractor:
        patches = load_bank(cache, bank)
        if patches is None:
            raise CheckpointError("The filters of the patch features are gone: start the job again.")
        return bank_extractor(patches, device)

    extractors = build_extractors(config, source, device, make_patches)
    parts = with_measurer(parts_of(extractors, choices).values(), hooks)
    own = [
        source.contents[start : start + extraction.CHUNK]
        for start in range(0, source.shape[0], extraction.CHUNK)
    ]
    for _ in Extraction(source, parts, cache, hooks.report, own).extract(np.arange(source.shape[0])):
        pass
