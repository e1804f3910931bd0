"""Stores what a job found besides label errors: issues, the index of similar images, the map."""

from hashlib import sha256

import numpy as np

from mslg_core.issues.comparison import Comparison
from mslg_core.issues.embedding import place_on_map
from mslg_core.issues.find import Issues
from mslg_core.ranking.result import CleaningResult
from store.infrastructure.blobs import BlobStore, index_key, map_key
from store.models import Job
from store.results.issues import GroupRow, IssueRows
from store.results.sample_map import SampleMap
from worker.claims import Claim
from worker.training.inputs import Inputs


def to_rows(inputs: Inputs, issues: Issues) -> tuple[list[IssueRows], list[GroupRow]]:
    """The issues with ids of samples instead of indices, and the groups of duplicates."""
    rows = [
        IssueRows(kind, inputs.sample_ids[found.index], found.score, found.group)
        for kind, found in issues.lists.items()
    ]
    return rows, [GroupRow(*group) for group in issues.groups]


def store_index_and_map(  # noqa: PLR0913, PLR0917 - where to, and what
    claim: Claim[Job],
    dataset_id: str,
    blobs: BlobStore,
    inputs: Inputs,
    comparison: Comparison,
    result: CleaningResult,
) -> dict[str, str]:
    """Store the blobs; return their keys by column of the job."""
    index = comparison.index.to_bytes()
    keys = {
        "index_key": index_key(dataset_id, sha256(index).hexdigest()),
        "map_key": map_key(dataset_id, claim.id, claim.attempt),
    }
    blobs.put(keys["index_key"], index)
    blobs.put(keys["map_key"], _make_map(inputs, comparison, result).to_bytes())
    return keys


def _make_map(inputs: Inputs, comparison: Comparison, result: CleaningResult) -> SampleMap:
    x, y = place_on_map(comparison.vectors, comparison.neighbours).T
    ranked = np.flatnonzero(result.rank)
    return SampleMap(
        inputs.sample_ids[ranked],
        x[ranked],
        y[ranked],
        result.label_score[ranked],
        inputs.stored_given[ranked],
        result.suggestion[ranked],
    )
