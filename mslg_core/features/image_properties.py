"""Keeps the properties of images as measures beside their features."""

import numpy as np

from mslg_core.features.chunks import Raw
from mslg_core.images.decoders import Block
from mslg_core.images.properties import PROPERTIES, Properties, measure_pixels


class PropertyMeasurer:
    """Measures the `PROPERTIES` of images. Their bytes are kept as float32, which are copied only."""

    identity = "image properties 2"

    def measure(self, block: Block) -> Raw:
        """See `Measurer`."""
        properties = block.properties
        if properties is None:
            properties = np.array([measure_pixels(pixels) for pixels in block.pixels], dtype=PROPERTIES)
        return np.ascontiguousarray(properties).view(np.float32).reshape(len(properties), -1)


def as_properties(measures: Raw) -> Properties:
    """The properties [n] whose bytes are `measures` [n, D]."""
    return np.ascontiguousarray(measures).view(PROPERTIES).reshape(len(measures))
