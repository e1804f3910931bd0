"""The faults, by name. Each begins at once and says what it did, and how to end it, and after how long."""

import random
import signal
from collections.abc import Callable, Iterable
from typing import NamedTuple

import redis
from celery import Celery

from benchmarks.faults.processes import Unit
from benchmarks.faults.servers import fetch
from benchmarks.faults.stage import CLOCKED, FAKETIME, LEASE_SECONDS, Stage

SENT_AGAIN = 20
TASKS = {
    "ingests": ("ingest.run", "cpu"),
    "jobs": ("train.run", "gpu"),
    "feature_chunks": ("features.run", "gpu"),
    "exports": ("export.run", "cpu"),
    "webhook_deliveries": ("webhooks.deliver", "cpu"),
}
"""Table -> task, queue."""
CLOCK_JUMPS = ("+3600", "-3600", "+20", "-20")


class Injected(NamedTuple):
    """A fault that has begun. end: what ends it, `seconds` later; None: nothing to do."""

    what: str
    seconds: float = 0.0
    end: Callable[[], object] | None = None


Fault = Callable[[Stage, random.Random], Injected]


def kill_worker(stage: Stage, rng: random.Random) -> Injected:
    """SIGKILL to a worker; it starts again."""
    return _kill(rng.choice(stage.workers))


def kill_task(stage: Stage, rng: random.Random) -> Injected:
    """SIGKILL to a child that runs a task."""
    worker = rng.choice(stage.workers)
    children = worker.tree()[1:]
    worker.send(signal.SIGKILL, rng.sample(children, min(1, len(children))))
    return Injected(f"a child of {worker.name}")


def stop_worker(stage: Stage, rng: random.Random) -> Injected:
    """SIGSTOP past the lease, then SIGCONT."""
    worker = rng.choice(stage.workers)
    pids = worker.tree()
    worker.send(signal.SIGSTOP, pids)
    seconds = LEASE_SECONDS + rng.uniform(1, 4)
    return Injected(worker.name, seconds, lambda: worker.send(signal.SIGCONT, pids))


def kill_api(stage: Stage, _rng: random.Random) -> Injected:
    """SIGKILL to the API; it starts again."""
    return _kill(stage.api)


def crash_postgres(stage: Stage, _rng: random.Random) -> Injected:
    """An immediate stop of Postgres: what was not committed is gone."""
    stage.postgres.send(signal.SIGQUIT)
    return Injected("")


def crash_redis(stage: Stage, _rng: random.Random) -> Injected:
    """SIGKILL to Redis, which forgets all messages."""
    return _kill(stage.redis)


def flush_redis(stage: Stage, _rng: random.Random) -> Injected:
    """All messages are gone."""
    with _redis(stage) as client:
        client.flushall()
    return Injected("")


def shuffle_messages(stage: Stage, rng: random.Random) -> Injected:
    """The waiting messages change their order."""
    moved = 0
    with _redis(stage) as client:
        for queue in ("cpu", "gpu"):
            with client.pipeline() as pipe:
                pipe.lrange(queue, 0, -1)
                pipe.delete(queue)
                waiting = pipe.execute()[0]
            rng.shuffle(waiting)
            if waiting:
                client.rpush(queue, *waiting)
            moved += len(waiting)
    return Injected(f"{moved} messages")


def double_messages(stage: Stage, rng: random.Random) -> Injected:
    """Messages of tasks that run, have ended or still wait come once more, and once more."""
    sent = rng.choices(list(_find_tasks(stage)) or [("sweep.run", "cpu", "")], k=SENT_AGAIN)
    with Celery(broker=f"redis://127.0.0.1:{stage.redis_port}/0", set_as_current=False) as celery:
        for task, queue, work_id in sent:
            celery.send_task(task, args=[work_id] if work_id else [], queue=queue, retry=False)
    return Injected(f"{len(sent)} messages")


def fill_disk(stage: Stage, rng: random.Random) -> Injected:
    """No room for blobs and temporary files."""
    stage.disk.fill()
    return Injected("", rng.uniform(0.5, 3), stage.disk.empty)


def revoke_blobs(stage: Stage, rng: random.Random) -> Injected:
    """Nothing can be written to the store of the blobs."""
    done = stage.disk.remount("ro")
    return Injected("" if done else "in use", rng.uniform(0.5, 3), lambda: stage.disk.remount("rw"))


def cut_link(stage: Stage, rng: random.Random) -> Injected:
    """Connections between two processes are reset, and new ones refused."""
    name = rng.choice(stage.network.names)
    stage.network.cut(name)
    return Injected(name, rng.uniform(0.1, 4), lambda: stage.network.mend(name))


def hold_link(stage: Stage, rng: random.Random) -> Injected:
    """Nothing passes between two processes, and nobody is told."""
    name = rng.choice(stage.network.names)
    stage.network.hold(name)
    return Injected(name, rng.uniform(0.5, LEASE_SECONDS + 3), lambda: stage.network.mend(name))


def delay_link(stage: Stage, rng: random.Random) -> Injected:
    """Everything between two processes comes late."""
    name, seconds = rng.choice(stage.network.names), rng.uniform(0.02, 0.3)
    stage.network.slow_down(name, seconds)
    return Injected(f"{name} by {seconds:.2f} s", rng.uniform(1, 4), lambda: stage.network.mend(name))


def move_clock(stage: Stage, rng: random.Random) -> Injected:
    """The clock of one worker jumps, and back again."""
    jump = rng.choice(CLOCK_JUMPS)
    stage.clock.write_text(jump)
    return Injected(f"{CLOCKED} by {jump} s", rng.uniform(3, 6), lambda: stage.clock.write_text("+0"))


CATALOGUE: dict[str, Fault] = {
    "kill_worker": kill_worker,
    "kill_task": kill_task,
    "stop_worker": stop_worker,
    "kill_api": kill_api,
    "crash_postgres": crash_postgres,
    "crash_redis": crash_redis,
    "flush_redis": flush_redis,
    "shuffle_messages": shuffle_messages,
    "double_messages": double_messages,
    "fill_disk": fill_disk,
    "revoke_blobs": revoke_blobs,
    "cut_link": cut_link,
    "hold_link": hold_link,
    "delay_link": delay_link,
    "move_clock": move_clock,
}
NEED_DISK = ("fill_disk", "revoke_blobs")
NEED_FAKETIME = ("move_clock",)


def possible(stage: Stage) -> list[str]:
    """The faults that this machine allows: the others need the right to mount, or libfaketime."""
    left_out = (() if stage.disk.is_own else NEED_DISK) + (() if FAKETIME else NEED_FAKETIME)
    return [name for name in CATALOGUE if name not in left_out]


def _kill(unit: Unit) -> Injected:
    unit.send(signal.SIGKILL)
    return Injected(unit.name)


def _redis(stage: Stage) -> "redis.Redis":
    return redis.Redis(port=stage.redis_port)


def _find_tasks(stage: Stage) -> Iterable[tuple[str, str, str]]:
    for table, (task, queue) in TASKS.items():
        for (work_id,) in fetch(stage.postgres_port, f"SELECT id FROM {table}"):  # noqa: S608 - our names
            yield task, queue, str(work_id)
