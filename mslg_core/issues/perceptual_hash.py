"""Compares pictures by perceptual hashes after aligning them, so that a cropped copy has the hash of its
original.

The hash is pHash's (Zauner 2010): signs of the lowest frequencies of a small grey image. A crop of 5 %
changes as many of them as another picture does. So one picture is first scaled and shifted onto the other, by
the inverse compositional algorithm (Baker and Matthews 2004).
"""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mslg_core.images.properties import THUMBNAIL_SIDE as SIDE

FREQUENCIES = 17
"""In each direction, the constant one included."""
# More steps follow what a crop has cut off.
STEPS = 4
MAX_SCALE, MAX_SHIFT = 1.25, 0.2
# Keeps steps finite for pictures without edges.
DAMPING = 1e-3
SMOOTHING = (1 / 16, 4 / 16, 6 / 16, 4 / 16, 1 / 16)

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float32]


class Placement(NamedTuple):
    """Scale and shift [P] of a picture in one direction; coordinates are -1..1."""

    scale: Floats
    shift: Floats


def difference(first: Pixels, second: Pixels) -> Floats:
    """The share of differing bits [P] of pairs of pictures uint8 [P, SIDE, SIDE], after their alignment."""
    moved, inside = _place(second.astype(np.float32), *_align(first, second))
    hashes = [_hash(_centre(image, inside)) for image in (first.astype(np.float32), moved)]
    bits = hashes[0].shape[1] - 1  # the constant frequency is always 0
    return np.asarray((hashes[0] != hashes[1]).sum(axis=1) / bits, dtype=np.float32)


def correlate_coarsely(first: Pixels, second: Pixels) -> Floats:
    """The correlation [P] of pictures uint8 [P, SIDE, SIDE] at a quarter of their side: high for copies."""
    means = [
        _normalise(image.reshape(-1, SIDE // 4, 4, SIDE // 4, 4).mean(axis=(2, 4), dtype=np.float32))
        for image in (first, second)
    ]
    return np.asarray(np.einsum("pyx,pyx->p", *means))


def _align(first: Pixels, second: Pixels) -> tuple[Placement, Placement]:
    """Vertical and horizontal placement of the `second` pictures that makes them most like the `first`."""
    template, image = (_keep_edges(pixels.astype(np.float32)) for pixels in (first, second))
    template = _normalise(template)
    descent = _steepest_descent(template)  # [P, 4, SIDE²]
    hessian = descent @ descent.transpose(0, 2, 1)
    hessian += DAMPING * np.trace(hessian, axis1=1, axis2=2)[:, None, None] * np.eye(4, dtype=np.float32) / 4
    inverse = np.linalg.inv(hessian)
    one, zero = np.ones(len(first), dtype=np.float32), np.zeros(len(first), dtype=np.float32)
    vertical, horizontal = Placement(one, zero), Placement(one, zero)
    for _ in range(STEPS):
        error = _normalise(_place(image, vertical, horizontal)[0]) - template
        step = (inverse @ (descent @ error.reshape(len(error), SIDE**2, 1)))[:, :, 0]
        vertical = _compose(vertical, step[:, 0], step[:, 1])
        horizontal = _compose(horizontal, step[:, 2], step[:, 3])
    return vertical, horizontal


def _steepest_descent(template: Floats) -> Floats:
    """Change of every pixel with vertical scale and shift and horizontal scale and shift, [P, 4, SIDE²]."""
    down, right = (slope * SIDE / 2 for slope in np.gradient(template, axis=(1, 2)))
    rows, columns = _coordinates()[:, None], _coordinates()
    changes = np.stack([down * rows, down, right * columns, right], axis=1)
    return changes.reshape(len(template), 4, SIDE**2).astype(np.float32)


def _compose(placement: Placement, scale: Floats, shift: Floats) -> Placement:
    """The placement after the inverse of a step, within the limits."""
    scale = placement.scale / (1 + scale)
    return Placement(
        np.clip(scale, 1 / MAX_SCALE, MAX_SCALE),
        np.clip(placement.shift - scale * shift, -MAX_SHIFT, MAX_SHIFT),
    )


def _place(image: Floats, vertical: Placement, horizontal: Placement) -> tuple[Floats, NDArray[np.bool_]]:
    """The pictures [P, SIDE, SIDE] moved, and which pixels of the result lie inside the picture."""
    (down, rows), (across, columns) = _interpolate(vertical), _interpolate(horizontal)
    moved = np.asarray(down @ image @ across.transpose(0, 2, 1), dtype=np.float32)
    return moved, rows[:, :, None] & columns[:, None, :]


def _interpolate(placement: Placement) -> tuple[Floats, NDArray[np.bool_]]:
    """Weights of the pixels in one direction, [P, SIDE, SIDE], and whether they lie inside, [P, SIDE]."""
    centre = placement.scale[:, None] * _coordinates() + placement.shift[:, None]
    place = (centre + 1) * SIDE / 2 - 0.5
    inside = (place > -0.5) & (place < SIDE - 0.5)
    distance = np.abs(np.clip(place, 0, SIDE - 1)[:, :, None] - np.arange(SIDE))
    weights: Floats = np.maximum(1 - distance, 0).astype(np.float32)
    return weights, inside


def _keep_edges(image: Floats) -> Floats:
    """The middle frequencies of pictures [P, SIDE, SIDE], which place them best."""
    fine = coarse = _smooth(image)
    for _ in range(4):
        coarse = _smooth(coarse)
    return fine - coarse


def _smooth(image: Floats) -> Floats:
    padded = np.pad(image, ((0, 0), (2, 2), (2, 2)), mode="edge")
    rows = [weight * padded[:, i : i + SIDE] for i, weight in enumerate(SMOOTHING)]
    smooth = np.sum(rows, axis=0)
    columns = [weight * smooth[:, :, i : i + SIDE] for i, weight in enumerate(SMOOTHING)]
    return np.asarray(np.sum(columns, axis=0))


def _normalise(image: Floats) -> Floats:
    """The pictures with mean 0 and length 1."""
    centred = image - image.mean(axis=(1, 2), keepdims=True)
    length = np.sqrt(np.square(centred).sum(axis=(1, 2), keepdims=True))
    normal: Floats = centred / np.maximum(length, 1e-6)
    return normal


def _centre(image: Floats, inside: NDArray[np.bool_]) -> Floats:
    """The pictures less their mean inside, 0 outside."""
    total = np.where(inside, image, 0).sum(axis=(1, 2)) / np.maximum(inside.sum(axis=(1, 2)), 1)
    return np.where(inside, image - total[:, None, None], 0).astype(np.float32)


def _hash(image: Floats) -> NDArray[np.bool_]:
    """The signs of the frequencies, bool [P, FREQUENCIES²]."""
    cosines = _cosines()
    return (cosines @ image @ cosines.T).reshape(len(image), FREQUENCIES**2) > 0


@lru_cache(maxsize=1)
def _cosines() -> Floats:
    """The lowest frequencies of the discrete cosine transform (DCT-II), [FREQUENCIES, SIDE]."""
    frequency, place = np.arange(FREQUENCIES)[:, None], np.arange(SIDE)
    return np.cos(np.pi * frequency * (2 * place + 1) / (2 * SIDE)).astype(np.float32)


@lru_cache(maxsize=1)
def _coordinates() -> Floats:
    """Centres of the pixels in one direction, -1..1, [SIDE]."""
    return ((np.arange(SIDE) + 0.5) / SIDE * 2 - 1).astype(np.float32)
