"""Inter-annotator agreement, corrected for chance."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from store.models.dataset import Dataset, Sample
from store.models.verification import Verification
from store.verification.consensus import ReadCategory, category, opinions, read_as
from store.verification.histories import group_by_sample


@dataclass(frozen=True, slots=True)
class PairAgreement:
    """Two reviewers on the `samples` that both decided on; `observed` is the share on which they agree."""

    a: str
    b: str
    samples: int
    observed: float
    cohen_kappa: float | None


@dataclass(frozen=True, slots=True)
class Agreement:
    """All reviewers on the `samples` with two or more opinions. None where it is undefined."""

    samples: int
    observed: float | None
    fleiss_kappa: float | None
    contested: int
    pairs: tuple[PairAgreement, ...]


def measure_agreement(session: Session, dataset: Dataset) -> Agreement:
    """Agreement of the active opinions; adjudications, uploads and honeypot answers are not opinions."""
    by_sample = _opinions(session, dataset)
    table = _tabulate(by_sample)
    contested = select(func.count()).where(Sample.dataset_id == dataset.id, Sample.contested)
    return Agreement(
        samples=len(table),
        observed=float(_observed(table).mean()) if len(table) else None,
        fleiss_kappa=fleiss_kappa(table),
        contested=session.scalar(contested) or 0,
        pairs=tuple(_pairs(by_sample)),
    )


def fleiss_kappa(table: NDArray[np.int64]) -> float | None:
    """Chance-corrected agreement of any number of raters; None if the expected agreement is 1.

    `table` is [samples, categories], numbers of opinions. Source: Fleiss (1971), "Measuring nominal scale
    agreement among many raters". Samples may have different numbers of opinions, two or more: every sample's
    observed agreement has the same weight, and the categories' shares are those among all opinions.
    """
    if len(table) == 0:
        return None
    shares = table.sum(axis=0) / table.sum()
    return _beyond_chance(float(_observed(table).mean()), float((shares**2).sum()))


def cohen_kappa(table: NDArray[np.int64]) -> float | None:
    """Chance-corrected agreement of two raters; None if there are no samples, or the expected agreement is 1.

    `table` is [categories, categories]: how often the first rater chose the row and the second the column.
    Source: Cohen (1960), "A coefficient of agreement for nominal scales".
    """
    n = table.sum()
    if n == 0:
        return None
    expected = float((table.sum(axis=0) * table.sum(axis=1)).sum()) / float(n) ** 2
    return _beyond_chance(float(np.trace(table) / n), expected)


def _beyond_chance(observed: float, expected: float) -> float | None:
    return None if np.isclose(expected, 1) else (observed - expected) / (1 - expected)


def _observed(table: NDArray[np.int64]) -> NDArray[np.float64]:
    """Share of the pairs of opinions that agree, per sample, [samples]."""
    n = table.sum(axis=1)
    agreeing: NDArray[np.float64] = (table * (table - 1)).sum(axis=1) / (n * (n - 1))
    return agreeing


def _opinions(session: Session, dataset: Dataset) -> list[Mapping[str, ReadCategory]]:
    """The category that each reviewer chose, per sample with two or more opinions."""
    statement = (
        select(Verification)
        .join(Sample, Sample.id == Verification.sample_id)
        .where(Sample.dataset_id == dataset.id, Sample.num_opinions >= 2)
        .order_by(Verification.id)
    )
    by_sample, classes = group_by_sample(session.scalars(statement)), dataset.class_map
    return [
        {v.reviewer: read_as(category(v), classes) for v in opinions(decisions)}
        for decisions in by_sample.values()
    ]


def _tabulate(by_sample: Sequence[Mapping[str, ReadCategory]]) -> NDArray[np.int64]:
    """Numbers of opinions, [samples, categories]."""
    categories = sorted({chosen for row in by_sample for chosen in row.values()}, key=repr)
    index = {chosen: column for column, chosen in enumerate(categories)}
    table = np.zeros((len(by_sample), len(index)), dtype=np.int64)
    for row, of_sample in zip(table, by_sample, strict=True):
        for chosen in of_sample.values():
            row[index[chosen]] += 1
    return table


def _pairs(by_sample: Sequence[Mapping[str, ReadCategory]]) -> Iterator[PairAgreement]:
    """Every two reviewers who both decided on some sample, by name."""
    chosen: dict[tuple[str, str], list[tuple[ReadCategory, ReadCategory]]] = defaultdict(list)
    for row in by_sample:
        for a, b in combinations(sorted(row), 2):
            chosen[a, b].append((row[a], row[b]))
    for (a, b), pairs in sorted(chosen.items()):
        table = _cross_tabulate(pairs)
        observed = float(np.trace(table) / len(pairs))
        yield PairAgreement(a, b, len(pairs), observed, cohen_kappa(table))


def _cross_tabulate(pairs: Sequence[tuple[ReadCategory, ReadCategory]]) -> NDArray[np.int64]:
    """How often each pair of categories was chosen, [categories, categories]."""
    index = {chosen: i for i, chosen in enumerate(dict.fromkeys(c for pair in pairs for c in pair))}
    table = np.zeros((len(index), len(index)), dtype=np.int64)
    for of_a, of_b in pairs:
        table[index[of_a], index[of_b]] += 1
    return table
