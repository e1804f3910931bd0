"""How far reviewers agree beyond what chance would bring about."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from store.models.dataset import Sample
from store.models.verification import Verification
from store.verification.consensus import Category, category, opinions


@dataclass(frozen=True, slots=True)
class PairAgreement:
    """Two reviewers on the `samples` that both have judged; `observed` is the share on which they agree."""

    a: str
    b: str
    samples: int
    observed: float
    cohen_kappa: float | None


@dataclass(frozen=True, slots=True)
class Agreement:
    """All reviewers on the `samples` with two opinions or more. None where nothing can be said."""

    samples: int
    observed: float | None
    fleiss_kappa: float | None
    contested: int
    pairs: tuple[PairAgreement, ...]


def measure_agreement(session: Session, dataset_id: str) -> Agreement:
    """Agreement of the opinions that stand. Last words, uploads and answers to honeypots are none."""
    by_sample = _opinions(session, dataset_id)
    table = _tabulate(by_sample)
    contested = select(func.count()).where(Sample.dataset_id == dataset_id, Sample.contested)
    return Agreement(
        samples=len(table),
        observed=float(_observed(table).mean()) if len(table) else None,
        fleiss_kappa=fleiss_kappa(table),
        contested=session.scalar(contested) or 0,
        pairs=tuple(_pairs(by_sample)),
    )


def fleiss_kappa(table: NDArray[np.int64]) -> float | None:
    """Chance-corrected agreement of any number of raters; None where chance alone explains everything.

    `table` is [samples, categories], how many said what. Source: Fleiss (1971), "Measuring nominal scale
    agreement among many raters". Samples may have different numbers of opinions, two or more: each sample's
    observed agreement counts the same, and the categories' shares are those of all opinions.
    """
    if len(table) == 0:
        return None
    shares = table.sum(axis=0) / table.sum()
    return _beyond_chance(float(_observed(table).mean()), float((shares**2).sum()))


def cohen_kappa(table: NDArray[np.int64]) -> float | None:
    """Chance-corrected agreement of two raters; None where chance alone explains everything.

    `table` is [categories, categories], how often one said the row and the other the column. Source: Cohen
    (1960), "A coefficient of agreement for nominal scales".
    """
    n = table.sum()
    if n == 0:
        return None
    expected = float((table.sum(axis=0) * table.sum(axis=1)).sum()) / float(n) ** 2
    return _beyond_chance(float(np.trace(table) / n), expected)


def _beyond_chance(observed: float, expected: float) -> float | None:
    return None if np.isclose(expected, 1) else (observed - expected) / (1 - expected)


def _observed(table: NDArray[np.int64]) -> NDArray[np.float64]:
    """Per sample the share of pairs of opinions that agree, [samples]."""
    n = table.sum(axis=1)
    agreeing: NDArray[np.float64] = (table * (table - 1)).sum(axis=1) / (n * (n - 1))
    return agreeing


def _opinions(session: Session, dataset_id: str) -> list[Mapping[str, Category]]:
    """Per sample with two opinions or more, who said what."""
    statement = (
        select(Verification)
        .join(Sample, Sample.id == Verification.sample_id)
        .where(Sample.dataset_id == dataset_id, Sample.num_opinions >= 2)
        .order_by(Verification.id)
    )
    said: dict[int, list[Verification]] = defaultdict(list)
    for verification in session.scalars(statement):
        said[verification.sample_id].append(verification)
    return [{v.reviewer: category(v) for v in opinions(words)} for words in said.values()]


def _tabulate(by_sample: Sequence[Mapping[str, Category]]) -> NDArray[np.int64]:
    """How many said what, [samples, categories]."""
    index = {
        said: i for i, said in enumerate(sorted({c for row in by_sample for c in row.values()}, key=repr))
    }
    table = np.zeros((len(by_sample), len(index)), dtype=np.int64)
    for row, said in zip(table, by_sample, strict=True):
        for one in said.values():
            row[index[one]] += 1
    return table


def _pairs(by_sample: Sequence[Mapping[str, Category]]) -> Iterator[PairAgreement]:
    """Every two reviewers who have judged a sample both, by name."""
    together: dict[tuple[str, str], list[tuple[Category, Category]]] = defaultdict(list)
    for said in by_sample:
        for a, b in combinations(sorted(said), 2):
            together[a, b].append((said[a], said[b]))
    for (a, b), said_by_both in sorted(together.items()):
        index = {c: i for i, c in enumerate(dict.fromkeys(c for both in said_by_both for c in both))}
        table = np.zeros((len(index), len(index)), dtype=np.int64)
        for of_a, of_b in said_by_both:
            table[index[of_a], index[of_b]] += 1
        observed = float(np.trace(table) / len(said_by_both))
        yield PairAgreement(a, b, len(said_by_both), observed, cohen_kappa(table))
