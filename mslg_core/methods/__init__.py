"""Every method, by its name in the config."""

from mslg_core.configs import Method
from mslg_core.methods.base import BaseMethod
from mslg_core.methods.cross_entropy import CrossEntropy
from mslg_core.methods.mslg import Mslg

METHODS: dict[Method, type[BaseMethod]] = {
    Method.MSLG: Mslg,
    Method.CROSS_ENTROPY: CrossEntropy,
}
