"""`mslg bench grid`: no setting but `method: mslg`, on kinds and rates of noise, datasets and seeds."""

from collections.abc import Iterable
from typing import NamedTuple

from benchmarks.compare.compare import Case, Source
from benchmarks.problems.problem import Noise

KINDS = (Noise.UNIFORM, Noise.FEATURE)
RATES = (0.2, 0.4, 0.6, 0.8)
SEEDS = 3


class Size(NamedTuple):
    """How much of a dataset is taken; `side` in pixels."""

    images: int
    side: int
    verified: int


# Small enough for two CPU cores: cleanlab's five networks are most of the work.
SIZES = {Source.DIGITS: Size(1_000, 8, 100), Source.CIFAR10: Size(2_000, 32, 200)}


def grid_cases(
    kinds: Iterable[Noise] = KINDS,
    sources: Iterable[Source] = tuple(Source),
    seeds: int = SEEDS,
    sizes: dict[Source, Size] | None = None,
) -> list[Case]:
    """All cells, one seed after the other, so that a stop leaves whole tables."""
    chosen = sizes or SIZES
    kinds, sources = list(kinds), list(sources)
    return [
        Case(source=source, noise=kind, rate=rate, seed=seed, **chosen[source]._asdict())
        for seed in range(seeds)
        for source in sources
        for kind in kinds
        for rate in RATES
    ]


def named(case: Case, words: Iterable[str]) -> bool:
    """Whether every word is the case's source, kind or rate of noise."""
    return {case.source.value, case.noise.value, str(case.rate)}.issuperset(words)
