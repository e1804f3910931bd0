"""usearch is loaded after torch: loaded before, torch's compiler would never return."""

import subprocess
import sys

IMPORT = "import sys, mslg_core.neighbours.index; print('usearch' in sys.modules)"
AS_A_WORKER = """
import warnings
import numpy as np
from mslg_core.training.trainer import Trainer
from mslg_core.neighbours import index
from torch.func import jvp
import torch

index.EXACT_SIZE = 4
vectors = np.eye(8, dtype=np.float32)
graph = index.build_index(np.arange(8), vectors)
assert isinstance(graph, index.GraphIndex)
warnings.simplefilter("ignore")
jvp(torch.sin, (torch.ones(1),), (torch.ones(1),))
"""


def run(code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120
    )
    return done.stdout


def test_the_module_does_not_load_it() -> None:
    assert run(IMPORT).strip() == "False"


def test_a_worker_can_train_after_it_has_built_an_index() -> None:
    run(AS_A_WORKER)
