"""All methods by their name in the config."""

from collections.abc import Iterable
from typing import Any

from mslg_core.configs.base import Method
from mslg_core.errors import ConfigError
from mslg_core.methods.base import BaseMethod
from mslg_core.methods.bootstrap import Bootstrap
from mslg_core.methods.co_teaching import CoTeaching
from mslg_core.methods.cross_entropy import CrossEntropy
from mslg_core.methods.forward import Forward
from mslg_core.methods.generalized_ce import GeneralizedCrossEntropy
from mslg_core.methods.joint_optimization import JointOptimization
from mslg_core.methods.meta_weight_net import MetaWeightNet
from mslg_core.methods.mlnt import Mlnt
from mslg_core.methods.mslg import Mslg
from mslg_core.methods.pencil import Pencil
from mslg_core.methods.symmetric_ce import SymmetricCrossEntropy
from mslg_core.models import class_table

METHODS: dict[Method, type[BaseMethod[Any]]] = {
    Method.MSLG: Mslg,
    Method.CROSS_ENTROPY: CrossEntropy,
    Method.GENERALIZED_CE: GeneralizedCrossEntropy,
    Method.BOOTSTRAP: Bootstrap,
    Method.CO_TEACHING: CoTeaching,
    Method.FORWARD: Forward,
    Method.SYMMETRIC_CE: SymmetricCrossEntropy,
    Method.JOINT_OPTIMIZATION: JointOptimization,
    Method.MLNT: Mlnt,
    Method.PENCIL: Pencil,
    Method.META_WEIGHT_NET: MetaWeightNet,
}


def require_many_classes(methods: Iterable[Method], num_classes: int) -> None:
    """Refuse methods whose memory is quadratic in the number of classes. Raises `ConfigError`."""
    if not class_table.is_many(num_classes):
        return
    for method in methods:
        if not METHODS[method].many_classes:
            raise ConfigError(
                f"The method {method} is for at most {class_table.DENSE_CLASSES} classes, and the dataset "
                f"has {num_classes:,}: choose another one, such as mslg."
            )
