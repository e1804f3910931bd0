"""`mslg bench grid`: `method: mslg` without further settings, on many noise levels, datasets and seeds."""

from collections.abc import Iterable, Mapping

from benchmarks.compare.compare import Case, Source
from benchmarks.problems.problem import Noise

KINDS = (Noise.UNIFORM, Noise.FEATURE)
RATES = (0.2, 0.4, 0.6, 0.8)
SEEDS = 3

Size = dict[str, int]
"""`images`, their `side` in pixels, and how many are `verified`."""

# Small enough for two CPU cores. cleanlab's five networks are most of the work.
SIZES: dict[Source, Size] = {
    Source.DIGITS: {"images": 1_000, "side": 8, "verified": 100},
    Source.CIFAR10: {"images": 2_000, "side": 32, "verified": 200},
    Source.PHOTOS: {"images": 3_409, "side": 224, "verified": 300},
}
SOURCES = (Source.DIGITS, Source.CIFAR10)


def grid_cases(
    kinds: Iterable[Noise] = KINDS,
    sources: Iterable[Source] = SOURCES,
    seeds: int = SEEDS,
    sizes: Mapping[Source, Size] = SIZES,
) -> list[Case]:
    """All cells. The seed varies slowest, so that an interrupted run leaves complete tables."""
    kinds, sources = list(kinds), list(sources)
    return [
        Case.model_validate({"source": source, "noise": kind, "rate": rate, "seed": seed, **sizes[source]})
        for seed in range(seeds)
        for source in sources
        for kind in kinds
        for rate in RATES
    ]


def matches(case: Case, filters: Iterable[str]) -> bool:
    """Whether every filter is the source, the noise or the rate of the case."""
    return {case.source.value, case.noise.value, str(case.rate)}.issuperset(filters)
