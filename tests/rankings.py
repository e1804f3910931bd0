"""Finished jobs with given probabilities."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Engine

from store.database.engine import session_scope
from store.models import Dataset, Job, Sample, Split, Verdict
from store.results.results import save_results
from store.tasks import lifecycle
from tests import factories


def rank_samples(
    engine: Engine, dataset: Dataset, probabilities: NDArray[Any], *, auto_accept: bool = False
) -> Job:
    """A job that succeeded, with the results of `probabilities` [N, C] for the first N samples."""
    with session_scope(engine) as session:
        samples = factories.get_samples(session, dataset)[: len(probabilities)]
        job = factories.make_job(session, dataset)
        factories.start_job(job)
        session.flush()
        given = np.array([sample.given_label for sample in samples])
        scores = probabilities[np.arange(len(samples)), given].astype(np.float32)
        suggested = probabilities.argmax(axis=1)
        rows = replace(
            factories.make_results(samples, len(dataset.classes)),
            suggested=suggested,
            label_scores=scores,
            ranks=scores.argsort(kind="stable").argsort() + 1,
            is_label_issue=suggested != given,
            soft_labels=probabilities.astype(np.float32),
        )
        summary = factories.make_summary(rows, len(dataset.classes), auto_accept=auto_accept)
        save_results(session, job.id, 1, rows, summary)
        return lifecycle.get(session, Job, job.id)


def suggest_next(given: Sequence[int], confidence: Sequence[float], num_classes: int) -> NDArray[np.float64]:
    """Probabilities [N, C] that suggest the class after the given one with `confidence`; the given class has
    the rest. Below 0.5 the given label is the suggestion.
    """
    sample = np.arange(len(given))
    probabilities = np.zeros((len(given), num_classes))
    probabilities[sample, (np.array(given) + 1) % num_classes] = confidence
    probabilities[sample, given] = 1 - np.array(confidence)
    return probabilities


def hold_out(engine: Engine, dataset: Dataset, labels: dict[int, int]) -> None:
    """Settle samples, position -> class, as part of the hold-out."""
    with session_scope(engine) as session:
        for sample in factories.get_samples(session, dataset):
            if sample.position in labels:
                settle(sample, labels[sample.position], Split.HOLDOUT)


def settle(sample: Sample, label: int, split: Split = Split.META) -> None:
    """Settle a sample as an upload of verified labels does."""
    sample.settled_label, sample.split = label, split
    sample.verdict = Verdict.CORRECT if label == sample.given_label else Verdict.WRONG
