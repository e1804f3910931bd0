"""Keeps samples up to date: writes the consensus of their verifications into `samples`."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from mslg_rules.class_map import ClassMap
from mslg_rules.holdout import Newcomer, split_newcomers
from mslg_rules.selection import Selection
from mslg_rules.verdict import Verdict
from store.database.columns import utc_now
from store.models.dataset import Dataset, Sample
from store.models.result import SuspectedLabelError
from store.models.verification import Role, Verification
from store.verification.consensus import active_verifications, fold, withdrawals_in
from store.verification.histories import SampleHistory, load_histories
from store.verification.sample_groups import find_groups
from store.verification.splits import count_labels
from store.verification.verified_set import lock_dataset

BATCH_ROWS = 1_000


class _FirstSettled(NamedTuple):
    """A sample that joins the verified set, its settled class, and how the sample was selected."""

    sample: Sample
    decisive: Verification
    label: int
    selection: Selection


def settle(session: Session, dataset: Dataset, histories: Sequence[SampleHistory]) -> None:
    """Write the consensus of each history into its sample.

    Samples that are settled for the first time join the meta set or the hold-out.
    """
    newcomers: list[_FirstSettled] = []
    classes = dataset.class_map
    for history in histories:
        outcome = fold(history.verifications, dataset.overlap, classes)
        sample, decisive = history.sample, outcome.decisive
        sample.num_opinions, sample.contested = outcome.num_opinions, outcome.contested
        if sample.split is None and decisive is not None and decisive.label is not None:
            label = classes.read(decisive.label)
            newcomers.append(_FirstSettled(sample, decisive, label, outcome.selection))
        else:
            _write_verdict(sample, decisive, classes)
    session.flush()
    _join_verified_set(session, dataset, newcomers)


def change_overlap(session: Session, dataset_id: str, overlap: int) -> None:
    """Require `overlap` opinions per sample from now on. Raises `NotFoundError`.

    Samples with a verdict keep it. Samples with opinions and no verdict get one if the opinions now suffice.
    """
    dataset = lock_dataset(session, dataset_id)
    dataset.overlap = overlap
    undecided = select(Sample.id).where(
        Sample.dataset_id == dataset_id, Sample.num_opinions > 0, Sample.verdict.is_(None)
    )
    ids = list(session.scalars(undecided.order_by(Sample.id)))
    for start in range(0, len(ids), BATCH_ROWS):
        histories = load_histories(session, ids[start : start + BATCH_ROWS])
        settle(session, dataset, list(histories.values()))


def resolve_suspected_errors(session: Session, histories: Sequence[SampleHistory]) -> None:
    """Close the suspected label errors of samples that were adjudicated just now; reopen those of samples
    whose last adjudication was withdrawn just now.
    """
    for history in histories:
        newest = history.verifications[-1]
        if newest.role is not Role.ADJUDICATION:
            continue
        is_adjudicated = any(v.role is Role.ADJUDICATION for v in active_verifications(history.verifications))
        restores = newest.withdraws_id in {v.id for v in withdrawals_in(history.verifications)}
        if is_adjudicated and newest.verdict is Verdict.WITHDRAWN and not restores:
            continue
        errors = update(SuspectedLabelError).where(SuspectedLabelError.sample_id == history.sample.id)
        session.execute(errors.values(resolved_at=utc_now() if is_adjudicated else None))


def _join_verified_set(session: Session, dataset: Dataset, newcomers: Sequence[_FirstSettled]) -> None:
    counts = count_labels(session, dataset, {one.label for one in newcomers})
    groups = find_groups(session, dataset, {one.sample.id: one.sample.duplicate_group for one in newcomers})
    places = split_newcomers(
        [
            Newcomer(one.sample.file_name, one.label, one.selection, groups.by_sample.get(one.sample.id))
            for one in newcomers
        ],
        counts,
        groups.placed,
    )
    for one, place in zip(newcomers, places, strict=True):
        one.sample.selection, one.sample.split = one.selection, place
        _write_verdict(one.sample, one.decisive, dataset.class_map)
    session.flush()


def _write_verdict(sample: Sample, decisive: Verification | None, classes: ClassMap) -> None:
    """A class that the given label's was merged with since is no other one: the given label is correct."""
    sample.settled_label = decisive.label if decisive else None
    sample.verdict = decisive.verdict if decisive else None
    if sample.verdict is Verdict.WRONG and classes.same(sample.given_label, sample.settled_label):
        sample.verdict = Verdict.CORRECT
