"""Numbers printed in the paper. Source: Algan and Ulusoy, arXiv 2007.05836, tables I and II, IV-A to IV-C."""

from benchmarks.problems.problem import Noise, NoiseLevel
from mslg_core.configs.base import Method

IMAGES = 50_000
TEST_IMAGES = 10_000
VERIFIED = 5_000

RATES = (0.2, 0.4, 0.6, 0.8)
COLUMNS = (
    NoiseLevel(Noise.NONE, 0.0),
    *(NoiseLevel(Noise.UNIFORM, rate) for rate in RATES),
    *(NoiseLevel(Noise.AUTHORS, rate) for rate in RATES),
)

# Test accuracy in per cent, one number per column. None: the method failed.
TABLE_1: dict[Method, tuple[float | None, ...]] = {
    Method.CROSS_ENTROPY: (88.13, 82.69, 76.84, 66.46, 38.04, 81.21, 71.46, 69.19, 23.89),
    Method.GENERALIZED_CE: (86.34, 84.62, 81.98, 74.48, 44.36, 81.21, 71.70, 66.56, 10.93),
    Method.BOOTSTRAP: (88.24, 82.51, 76.97, 66.13, 38.41, 81.24, 71.63, 69.74, 23.25),
    Method.CO_TEACHING: (84.72, 85.96, 80.24, 70.38, 41.22, 81.19, 72.47, 67.67, 18.66),
    Method.FORWARD: (85.36, 83.31, 80.25, 71.34, 28.77, 77.60, 69.21, 39.23, 11.61),
    Method.SYMMETRIC_CE: (84.66, 82.72, 79.79, 74.09, 54.56, 76.21, 67.76, None, None),
    Method.JOINT_OPTIMIZATION: (88.70, 83.74, 78.75, 68.17, 39.22, 81.61, 74.03, 72.15, 44.15),
    Method.MLNT: (87.50, 83.20, 78.14, 66.34, 40.80, 82.46, 72.52, 70.12, 41.12),
    Method.PENCIL: (87.04, 83.34, 79.27, 71.41, 46.57, 81.62, 75.08, 69.24, 10.71),
    Method.META_WEIGHT_NET: (88.38, 84.12, 80.68, 71.78, 46.71, 81.06, 71.50, 67.50, 21.28),
    Method.MSLG: (87.55, 83.48, 79.82, 72.92, 56.26, 82.62, 79.30, 77.33, 74.87),
}

# Values of β in table II other than 4000.
BETAS = {NoiseLevel(Noise.UNIFORM, 0.6): 2000.0, NoiseLevel(Noise.UNIFORM, 0.8): 400.0}

# Figure 2 plots test accuracy over the number of verified samples. The paper prints no numbers for it.
FIGURE_2_VERIFIED = (100, 250, 500, 1_000, 2_000, 5_000)
