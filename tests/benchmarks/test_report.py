"""The results page."""

from pathlib import Path

from benchmarks.cifar10.cells import Cell
from benchmarks.common import results
from benchmarks.common.markdown import percent
from benchmarks.common.results import Record
from benchmarks.compare.compare import Case
from benchmarks.compare.report import FIGURES as COMPARED
from benchmarks.compare.report import losses
from benchmarks.compare.report import summary as compare_summary
from benchmarks.problems.problem import Noise
from benchmarks.report import write_report
from benchmarks.review.report import summary as review_summary
from benchmarks.review.simulation import TOOLS, ReviewCase
from mslg_core.configs.base import Method, Preset

SOURCE = {"commit": "abc", "hardware": "a machine", "versions": {"torch": "2.11"}}
CASE = Case()
FIGURES = {
    "label_accuracy_before": 0.6,
    "label_accuracy_after": 0.8,
    "suggestion_accuracy": 0.8,
    "auroc": 0.9,
    "average_precision": 0.85,
    "precision_top_5": 1.0,
    "found_in_10": 0.25,
    "found_in_20": 0.5,
    "found_in_40": 0.9,
    "seconds": 10.0,
}


def cell_record(test_accuracy: float, **fields: object) -> Record:
    """A record of `mslg bench cifar10`."""
    cell = Cell.model_validate(fields)
    return {"cell": cell.key(), "test_accuracy": test_accuracy, **FIGURES, **SOURCE}


def case_record(case: Case = CASE, *, collapsed: bool = False, **cleanlab: float) -> Record:
    """A record of `mslg bench compare`. The figures of cleanlab differ from MSLG's as given."""
    theirs = FIGURES | cleanlab
    cleaners = {"mslg": FIGURES, "cleanlab": theirs, "loss": FIGURES, "vote": FIGURES}
    return {"case": case.key(), "collapsed": collapsed, **cleaners, **SOURCE}


def page(folder: Path) -> str:
    """The page for the results in a folder."""
    write_report(folder, folder / "docs" / "results.md")
    return (folder / "docs" / "results.md").read_text()


def test_without_results_every_cell_is_missing(tmp_path: Path) -> None:
    text = page(tmp_path)
    assert "0 of 99 cells" in text
    assert text.count("missing") > 99
    assert "| mslg, the paper's | 87.55 | 83.48 |" in text


def test_each_cell_is_in_its_table(tmp_path: Path) -> None:
    paper = {"preset": Preset.PAPER, "rate": 0.2}
    for number, record in enumerate(
        [
            cell_record(0.83, **paper),
            cell_record(0.85, **paper, seed=1),
            cell_record(0.7777, rate=0.2),
            cell_record(0.71, **paper, verified=1000),
            cell_record(0.61, noise=Noise.ANNOTATOR, method=Method.PENCIL),
        ]
    ):
        results.append(tmp_path / f"cifar10-machine{number}.json", record)
    results.append(tmp_path / "reduced-cpu.json", cell_record(0.5, images=2000))
    text = page(tmp_path)
    assert "1 of 99 cells" in text
    assert "| mslg, ours | missing | 84.00 ± 1.41 |" in text
    assert "| **mslg, ours, no setting at all** | missing | 77.77 |" in text
    assert "| 1,000 | 71.00 |" in text
    assert "| pencil, annotator 40 %, 50,000 images of 32 px, 5,000 verified | 1 | 61.00 |" in text
    assert "| mslg | 50.0 | 80.0 | 0.900 |" in text
    assert "abc" in text


def test_the_grid_counts_collapses_and_lists_losses(tmp_path: Path) -> None:
    results.append(tmp_path / "grid.json", case_record(auroc=0.95))
    results.append(tmp_path / "grid.json", case_record(collapsed=True, seconds=5.0))
    results.append(tmp_path / "compare-cpu.json", case_record())
    text = page(tmp_path)
    assert "2 runs, **1 collapses**" in text
    assert "| AUROC, seconds |" in text
    assert text.count("| loss ranking |") == 1


def test_cleaners_and_tools_that_earlier_records_lack_are_missing(tmp_path: Path) -> None:
    compared = case_record()
    del compared["vote"]
    reviewed = review_record(ReviewCase(images=1400), 100) | SOURCE
    reviewed["tools"] = {tool: found for tool, found in reviewed["tools"].items() if "vote" not in tool}
    results.append(tmp_path / "compare-cpu.json", compared)
    results.append(tmp_path / "review.json", reviewed)
    text = page(tmp_path)
    assert f"| k-nearest-neighbour vote |{' missing |' * len(COMPARED)}" in text
    assert f"| k-nearest-neighbour vote, re-run |{' missing |' * 7}" in text
    assert "| ours, re-run | 20 | 100 |" in text
    assert "loss" in compare_summary(compared)
    assert "vote" not in compare_summary(compared)
    assert "vote" not in review_summary(reviewed | {"finished": "today"})


def test_losses_compare_means() -> None:
    assert losses([case_record()]) == "nothing"
    assert losses([case_record(seconds=9.0)]) == "seconds"
    assert losses([case_record(auroc=0.95), case_record(auroc=0.8)]) == "nothing"


def test_percent_shows_mean_and_standard_deviation() -> None:
    assert percent([None]) == "missing"
    assert percent([0.5, None]) == "50.00"
    assert percent([0.5, 0.6]) == "55.00 ± 7.07"


def test_only_the_newest_steps_and_errors_are_shown(tmp_path: Path) -> None:
    for error in (0.5, 1e-6):
        record = {"mode": "exact", "precision": "cpu, float32", "relative_error": error, "cosine": 1.0}
        results.append(tmp_path / "parity-cpu.json", record | SOURCE)
    steps = {"net": "cnn8", "sgd": 1.0, "double_backward": 4.6, "exact": 3.0, "last_layer": 1.4}
    results.append(tmp_path / "steps-cpu.json", steps | {"batch": 128, "side": 32} | SOURCE)
    text = page(tmp_path)
    assert "| exact, cpu, float32 | 1.0e-06 | 1.0000 |" in text
    assert "5.0e-01" not in text
    assert "| cnn8, a machine, batch 128, 32 px | 1.00 | 4.60 | 3.00 | missing | 1.40 |" in text


def test_reviews_are_in_a_table_and_a_chart(tmp_path: Path) -> None:
    for seed, decisions in enumerate((100, 140)):
        case = ReviewCase(images=1400, seed=seed)
        results.append(tmp_path / "review.json", review_record(case, decisions) | SOURCE)
    text = page(tmp_path)
    assert (
        "| digits (1,400), uniform 40 %, 2 seeds | random order | 20 | 120 | never | 40 | 5.0% | 2 | 10 |"
        in text
    )
    drawing = (tmp_path / "docs" / "images" / "review-decisions.svg").read_text()
    assert drawing.count("<polyline") == len(TOOLS)
    assert "digits (1,400), uniform 40 %, 2 seeds" in drawing


def review_record(case: ReviewCase, decisions: int) -> Record:
    """A record of `mslg bench review` with the same figures for all tools."""
    figures = {
        "needed": {"90": 20, "95": decisions, "98": None},
        "decisions": 200,
        "accepted": [[30, 40, 2], [60, 20, 0]],
        "curve": [(0, 0.7), (100, 0.95), (200, 0.97)],
        "runs": 2,
        "seconds": 10.0,
    }
    return {"case": case.key(), "label_accuracy_before": 0.7, "tools": dict.fromkeys(TOOLS, figures)}
