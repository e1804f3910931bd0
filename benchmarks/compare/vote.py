"""An alternative to MSLG that trains nothing: each sample's nearest neighbours vote on its label.

Source: SimiFeat (Zhu, Dong and Liu, arXiv 2110.06283), with the features that MSLG learns from in place of
its pretrained ones, and without its estimate of the noise. Verified neighbours vote with their true label.
"""

import time

import numpy as np

from benchmarks.compare.peers import Learned
from benchmarks.problems.figures import Cleaning
from benchmarks.problems.problem import Problem
from mslg_core.configs.job import JobConfig
from mslg_core.features.cache import FeatureCache
from mslg_core.features.extraction import Hooks
from mslg_core.neighbours.index import Floats, Keys, build_index
from mslg_core.training.image_comparison import extract_values

NEIGHBOURS = 10


def rank_by_vote(
    problem: Problem, config: JobConfig, device: str, cache: FeatureCache | None = None
) -> Cleaning:
    """Replace labels that the neighbours outvote by the class with the most votes."""
    agreement, flagged, seconds = neighbour_vote(problem, config, device, cache)
    labels, suggestion = problem.settled(), agreement.argmax(axis=1)
    score = agreement[np.arange(len(labels)), labels]
    return Cleaning(score, suggestion, np.where(flagged, suggestion, labels), seconds)


def neighbour_vote(
    problem: Problem,
    config: JobConfig,
    device: str,  # noqa: ARG001 # a peer like `confident_learning`
    cache: FeatureCache | None = None,
) -> Learned:
    """The vote on every sample. Predictions are cosine similarities of the votes with each class, as SimiFeat
    ranks. Samples whose class has fewer votes than another are flagged; `seconds` of searching.
    """
    features, _ = extract_values(problem.plain_training_set(), config, cache, Hooks())
    started = time.perf_counter()
    vectors = features / np.linalg.norm(features, axis=1, keepdims=True)
    keys, labels = np.arange(len(vectors)), problem.settled()
    neighbours = build_index(keys, vectors).search_all(keys, vectors, NEIGHBOURS)
    agreement = agree(labels[neighbours.index], len(problem.classes))
    outvoted = agreement.max(axis=1) > agreement[keys, labels]
    return Learned(agreement, outvoted & problem.unseen, time.perf_counter() - started)


def agree(votes: Keys, num_classes: int) -> Floats:
    """Cosine similarity [N, C] of the counted `votes` int64 [N, K] with each class."""
    counts = (votes[:, :, None] == np.arange(num_classes)).sum(axis=1, dtype=np.float32)
    return np.asarray(counts / np.linalg.norm(counts, axis=1, keepdims=True))
