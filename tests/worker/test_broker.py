"""The filesystem transport delivers every message once, with concurrent producers and consumers."""

import multiprocessing
import time
from collections import Counter
from pathlib import Path

from celery import Celery
from kombu.connection import Connection

from store.infrastructure.broker import TASK_QUEUES, celery_options

MESSAGES = 200
PRODUCERS = 2
CONSUMERS = 2


def connect(folder: Path) -> Connection:
    app = Celery()
    app.conf.update(celery_options("filesystem://", folder))
    connection: Connection = app.connection()
    return connection


def produce(folder: Path, producer: int) -> None:
    with connect(folder) as connection, connection.SimpleQueue("cpu") as queue:
        for number in range(MESSAGES):
            queue.put(f"{producer}-{number}")


def consume(folder: Path, out: Path, expected: int) -> None:
    """Append every message to `out`, until the consumers have received all, or for 30 seconds."""
    deadline = time.monotonic() + 30
    with connect(folder) as connection, connection.SimpleQueue("cpu") as queue, out.open("a") as file:
        while time.monotonic() < deadline and len(out.read_text().splitlines()) < expected:
            try:
                message = queue.get(block=False)
            except queue.Empty:
                time.sleep(0.01)
                continue
            message.ack()
            print(message.payload, file=file, flush=True)  # appended in one write


def test_no_message_is_lost_or_duplicated(tmp_path: Path) -> None:
    out = tmp_path / "taken"
    out.touch()
    total = PRODUCERS * MESSAGES
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=produce, args=(tmp_path, i)) for i in range(PRODUCERS)]
    processes += [context.Process(target=consume, args=(tmp_path, out, total)) for _ in range(CONSUMERS)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    sent = {f"{producer}-{number}" for producer in range(PRODUCERS) for number in range(MESSAGES)}
    assert Counter(out.read_text().splitlines()) == Counter(sent)


def test_an_incomplete_message_is_not_taken(tmp_path: Path) -> None:
    with connect(tmp_path) as connection, connection.SimpleQueue("cpu") as queue:
        queue.put("whole")
        (whole,) = (tmp_path / "messages").iterdir()
        whole.rename(whole.with_name(f"{whole.name}.part"))
        assert queue.qsize() == 0


def test_a_task_goes_to_its_queue(tmp_path: Path) -> None:
    app = Celery()
    app.conf.update(celery_options("filesystem://", tmp_path))
    for name in TASK_QUEUES:
        app.send_task(name, args=["id"])
    queues = Counter(path.name.split(".")[1] for path in (tmp_path / "messages").iterdir())
    assert queues == Counter(TASK_QUEUES.values())


def test_redis_does_not_redeliver_waiting_messages() -> None:
    options = celery_options("redis://localhost", Path("unused"))
    assert options["broker_transport_options"]["visibility_timeout"] >= 24 * 3600
    assert not Path("unused").exists()
