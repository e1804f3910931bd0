"""Projects raw features to fewer, decorrelated ones."""

import numpy as np
import torch
from torch import Tensor

# A head with more features than a tenth of the images memorises wrong labels: on 1,000 CIFAR-10 images with
# 40 % wrong labels, the ranking's AUROC was 0.80 with 128 features and 0.69 with 512.
MAX_FEATURES, MIN_FEATURES = 512, 32
IMAGES_PER_FEATURE = 10


def choose_rank(num_images: int) -> int:
    """The number of features for this many images."""
    return int(np.clip(num_images // IMAGES_PER_FEATURE, MIN_FEATURES, MAX_FEATURES))


def fit_projection(raw: Tensor, rank: int) -> tuple[Tensor, Tensor]:
    """The projection of features [n, D] to their leading principal axes: mean [D] and matrix [D, R].

    Features are standardised first. R is `rank`, or less if there are fewer axes. The axes are half whitened,
    divided by the fourth root of their variance, so that the many axes of small variance count, but less than
    the others.
    """
    mean, spread = raw.mean(dim=0), raw.std(dim=0)
    scale = 1 / (spread + 1e-3 * spread.mean() + 1e-12)
    rank = min(rank, *raw.shape)
    with torch.random.fork_rng(devices=[]):  # svd_lowrank draws from the global generator
        torch.manual_seed(0)
        _, lengths, axes = torch.svd_lowrank((raw - mean) * scale, q=rank)
    kept = lengths.clamp_min(1e-4 * float(lengths[0]) + 1e-12)
    # Column r of the projection has mean square length² / (n · kept): scaled to 1 on average.
    norm = (lengths.square() / kept).mean().div(len(raw)).clamp_min(1e-12)
    return mean, scale.unsqueeze(1) * axes * (kept * norm).rsqrt()
