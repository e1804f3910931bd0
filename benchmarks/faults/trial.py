"""A trial: courses go on while faults are injected; then everything comes to rest and is checked."""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count, islice
from pathlib import Path

import kombu.exceptions
import psycopg
import redis

from benchmarks.faults.caller import Caller
from benchmarks.faults.catalogue import CATALOGUE, Injected, possible
from benchmarks.faults.checks import Check, check_all
from benchmarks.faults.course import Outcome, Recipe, run
from benchmarks.faults.stage import Stage, set_up

COURSES_AT_ONCE = 3
GAP_SECONDS = (0.3, 2.0)
NOT_NOW = (psycopg.OperationalError, redis.ConnectionError, kombu.exceptions.OperationalError, OSError)


@dataclass(frozen=True)
class Plan:
    """`faults` faults, or as many as fit into `seconds`. only: names of those to choose from; empty: all."""

    seed: int
    faults: int
    seconds: float
    recipes: Sequence[Recipe]
    only: Sequence[str] = ()


@dataclass
class Report:
    """What a trial did and found. failures: courses that did not come to their end, internal errors."""

    seed: int
    faults: Counter[str] = field(default_factory=Counter)
    not_tried: list[str] = field(default_factory=list)
    courses: int = 0
    repeated: int = 0
    failures: list[str] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        """Whether nothing was lost, doubled, left over or changed."""
        return not self.failures and not any(check.wrong for check in self.checks)


@dataclass
class _Courses:
    """Runs course after course in threads, until `over`."""

    stage: Stage
    plan: Plan
    reference: dict[str, Outcome]
    report: Report
    over: threading.Event = field(default_factory=threading.Event)
    done: list[tuple[Outcome, Outcome]] = field(default_factory=list)

    def start(self) -> list[threading.Thread]:
        threads = [
            threading.Thread(target=self._go_on, args=(random.Random(f"{self.plan.seed}/{number}"),))  # noqa: S311
            for number in range(COURSES_AT_ONCE)
        ]
        for thread in threads:
            thread.start()
        return threads

    def _go_on(self, rng: random.Random) -> None:
        while not self.over.is_set():
            recipe = rng.choice(self.plan.recipes)
            caller = Caller(self.stage.api_url)
            by_parts, delete = rng.random() < 0.5, rng.random() < 0.3
            try:
                outcome = run(caller, recipe, _hook(self.stage), by_parts=by_parts, delete=delete)
                self.done.append((outcome, self.reference[recipe.name]))
            except Exception as error:  # whatever it is, the report names it
                self.report.failures.append(f"{recipe.name}: {type(error).__name__}: {error}")
            finally:
                caller.close()
                self.report.failures += caller.errors
                self.report.repeated += caller.repeated


def carry_out(folder: Path, plan: Plan, log: Callable[[str], None] = lambda _: None) -> Report:
    """Carry the plan out in an empty folder, which the user of Postgres can read."""
    report = Report(plan.seed)
    with set_up(folder) as stage:
        report.not_tried = [name for name in CATALOGUE if name not in possible(stage)]
        log("undisturbed courses")
        reference = {recipe.name: _undisturbed(stage, recipe) for recipe in plan.recipes}
        courses = _Courses(stage, plan, reference, report)
        threads = courses.start()
        _Injector(stage, plan, report, log).inject()
        log("the courses come to their end")
        courses.over.set()
        for thread in threads:
            thread.join()
        report.courses = len(courses.done)
        log("checks")
        report.checks = list(check_all(stage, courses.done))
    return report


def _undisturbed(stage: Stage, recipe: Recipe) -> Outcome:
    caller = Caller(stage.api_url)
    try:
        return run(caller, recipe, _hook(stage))
    finally:
        caller.close()


def _hook(stage: Stage) -> str:
    return f"http://127.0.0.1:{stage.network.port('worker-receiver')}/"


class _Injector:
    """Injects one fault after the other; those that last overlap with the next ones."""

    def __init__(self, stage: Stage, plan: Plan, report: Report, log: Callable[[str], None]) -> None:
        self._stage, self._plan, self._report, self._log = stage, plan, report, log
        self._rng = random.Random(plan.seed)  # noqa: S311 - no secret
        self._lasting: list[tuple[float, Callable[[], object]]] = []

    def inject(self) -> None:
        """Until the plan is fulfilled and all that lasts has ended."""
        end = time.monotonic() + self._plan.seconds
        for name in self._names():
            if time.monotonic() > end:
                break
            self._begin(name)
            time.sleep(self._rng.uniform(*GAP_SECONDS))
            self._end_due()
        while self._lasting:
            time.sleep(GAP_SECONDS[0])
            self._end_due()

    def _names(self) -> Iterator[str]:
        """Of each fault as many as of the others, in a random order."""
        names = [name for name in possible(self._stage) if not self._plan.only or name in self._plan.only]
        rounds = (name for _ in count() for name in self._rng.sample(names, len(names)))
        return islice(rounds, self._plan.faults)

    def _begin(self, name: str) -> None:
        injected = self._try(name)
        self._report.faults[name] += 1
        self._log(f"{self._report.faults.total():5} {name} {injected.what}")
        if injected.end is not None:
            self._lasting.append((time.monotonic() + injected.seconds, injected.end))

    def _try(self, name: str) -> Injected:
        """Begin a fault, unless another one that still lasts makes it impossible."""
        try:
            return CATALOGUE[name](self._stage, self._rng)
        except NOT_NOW as error:
            return Injected(f"impossible now: {type(error).__name__}")

    def _end_due(self) -> None:
        now = time.monotonic()
        for due, end in self._lasting:
            if due <= now:
                end()
        self._lasting = [one for one in self._lasting if one[0] > now]
