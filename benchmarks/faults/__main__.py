"""Injects faults into the running service, then checks that nothing was lost, doubled or changed.

    python -m benchmarks.faults --seed 1 --minutes 10 [--faults 1000] [--only kill_worker,cut_link]

It starts a Postgres and a Redis of its own, the API and four workers, with a TCP proxy between each pair.
Filling the disk needs the right to mount; moving a clock needs libfaketime (Debian: `libfaketime`).
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.common.markdown import table
from benchmarks.faults.course import RECIPES
from benchmarks.faults.trial import Plan, Report, carry_out

UNLIMITED = 10**6
SHOWN = 20


def main() -> None:
    """Print a report; the exit status tells whether it is clean."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--faults", type=int, default=UNLIMITED)
    parser.add_argument("--only", default="", help="names of faults, separated by commas")
    parser.add_argument("--recipes", default=",".join(RECIPES), help="names of courses")
    parser.add_argument("--keep", type=Path, help="a folder for logs, to be kept; it must be empty")
    given = parser.parse_args()
    only = [name for name in given.only.split(",") if name]
    with tempfile.TemporaryDirectory(prefix="mslg-faults-") as name:
        folder = given.keep or Path(name)
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o711)
        plan = Plan(
            given.seed,
            faults=given.faults,
            seconds=60 * given.minutes,
            recipes=[RECIPES[name] for name in given.recipes.split(",")],
            only=only,
        )
        report = carry_out(folder, plan, _say)
    print(describe(report))
    sys.exit(not report.is_clean)


def describe(report: Report) -> str:
    """The report as Markdown."""
    lines = [
        f"Seed {report.seed}: {report.faults.total()} faults, {report.courses} courses, "
        f"{report.repeated} repeated requests.",
        f"Not tried: {', '.join(report.not_tried) or 'none'}.",
        "",
        table(["fault", "times"], [[name, str(times)] for name, times in report.faults.items()]),
        "",
        table(
            ["check", "number", "wrong"],
            [[one.name, str(one.number), str(len(one.wrong))] for one in report.checks],
        ),
        "",
        *[f"- {text}" for check in report.checks for text in check.wrong[:SHOWN]],
        *[f"- {text}" for text in report.failures[:SHOWN]],
    ]
    return "\n".join(lines)


def _say(text: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
