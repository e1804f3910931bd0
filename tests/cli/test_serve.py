"""`mslg serve` and its kin as processes: they start, stop without leaving anything, and explain errors."""

import asyncio
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from cli.serve import listening_socket
from tests.servers import child_process, wait_until

MSLG = str(Path(__file__).parent.parent.parent / "mslg_cli.py")


@contextmanager
def serving(data_dir: Path, log: Path) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """A running `mslg serve` and its URL."""
    command = [sys.executable, MSLG, "serve", "--port", "0", "--data-dir", str(data_dir)]
    with child_process(command, log) as process:
        wait_until(lambda: "MSLG is ready" in log.read_text(), process, log)
        url = re.search(r"http://\S+", log.read_text())
        assert url is not None
        wait_until(lambda: len(descendants(process.pid)) >= 6, process, log)
        yield process, url.group()


def mslg(*arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, MSLG, *arguments],
        cwd=cwd,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def descendants(pid: int) -> dict[int, str]:
    """Command lines of the living processes below `pid`, by their own."""
    found: dict[int, str] = {}
    parents = {pid}
    for stat in sorted(Path("/proc").glob("[0-9]*/stat"), key=lambda path: int(path.parent.name)):
        child, state, parent = parse_stat(stat)
        if parent in parents and state != "Z":
            parents.add(child)
            found[child] = stat.with_name("cmdline").read_text().replace("\0", " ")
    return found


def parse_stat(path: Path) -> tuple[int, str, int]:
    """Process id, state and parent; a process that has just ended has state Z."""
    try:
        state, parent = path.read_text().rpartition(")")[2].split()[:2]
    except (FileNotFoundError, ProcessLookupError):
        return 0, "Z", 0
    return int(path.parent.name), state, int(parent)


def all_ended(pids: Iterable[int]) -> bool:
    """Whether none of the processes lives any more, after waiting for a while."""
    return eventually(lambda: all(parse_stat(Path(f"/proc/{pid}/stat"))[1] == "Z" for pid in pids))


def eventually(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 20
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def test_it_serves_and_stops_cleanly(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with serving(tmp_path / "data", log) as (process, url):
        assert httpx.get(f"{url}/api/v1/health").json()["status"] == "ok"
        children = descendants(process.pid)
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) == 0
        assert all_ended(children)
    assert "Traceback" not in log.read_text()


def test_nothing_is_left_when_it_is_killed(tmp_path: Path) -> None:
    with serving(tmp_path / "data", tmp_path / "log") as (process, _):
        children = descendants(process.pid)
        process.kill()
        assert all_ended(children)


def test_a_worker_that_dies_is_started_again(tmp_path: Path) -> None:
    with serving(tmp_path / "data", tmp_path / "log") as (process, _):
        workers = {pid for pid, command in descendants(process.pid).items() if "--queues gpu" in command}
        os.kill(min(workers), signal.SIGKILL)
        assert all_ended(workers)
        assert eventually(lambda: "--queues gpu" in str(descendants(process.pid).values()))


def test_one_service_per_data_folder(tmp_path: Path) -> None:
    with serving(tmp_path / "data", tmp_path / "log"):
        second = mslg("serve", "--port", "0", "--data-dir", str(tmp_path / "data"), cwd=tmp_path)
    assert second.returncode == 2
    assert second.stderr.startswith("Error: Another mslg serve uses the data folder")


def test_connections_send_without_delay() -> None:

    async def accept_one(listener: socket.socket) -> int:
        accepted = asyncio.get_running_loop().create_future()

        def inspect(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            connection = writer.get_extra_info("socket")
            accepted.set_result(connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
            writer.close()

        server = await asyncio.start_server(inspect, sock=listener)
        async with server:
            _, client = await asyncio.open_connection(*listener.getsockname()[:2])
            no_delay: int = await asyncio.wait_for(accepted, timeout=20)
            client.close()
        return no_delay

    with listening_socket("127.0.0.1", 0) as listener:
        assert asyncio.run(accept_one(listener)) == 1


def test_a_port_in_use_is_a_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        result = mslg("serve", "--port", str(port), cwd=tmp_path)
    assert result.returncode == 2
    assert result.stderr == (
        f"Error: Cannot listen on 127.0.0.1:{port}: Address already in use. Try another --port or --host.\n"
    )


def test_a_data_folder_that_cannot_be_made_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    result = mslg("serve", "--port", "0", "--data-dir", str(tmp_path / "file" / "data"), cwd=tmp_path)
    assert result.returncode == 2
    assert result.stderr.startswith("Error: Cannot write to the data folder")


def test_production_without_a_token_is_a_sentence(tmp_path: Path) -> None:
    result = mslg("serve", "--port", "0", cwd=tmp_path, MSLG_ENVIRONMENT="production")
    assert result.returncode == 2
    assert "MSLG_API_TOKEN" in result.stderr
    assert "Traceback" not in result.stderr


def test_an_unknown_queue_is_a_sentence(tmp_path: Path) -> None:
    result = mslg("worker", "--queues", "cpu,tpu", cwd=tmp_path)
    assert (result.returncode, result.stderr) == (
        2,
        "Error: There is no queue 'tpu': choose from cpu, gpu.\n",
    )


def test_openapi_is_printed_and_nothing_made(tmp_path: Path) -> None:
    result = mslg("openapi", cwd=tmp_path)
    assert "/api/v1/jobs/{job_id}/events" in json.loads(result.stdout)["paths"]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("times", [1, 2])
def test_migrate_may_be_repeated(tmp_path: Path, times: int) -> None:
    for _ in range(times):
        assert mslg("migrate", cwd=tmp_path).returncode == 0
    assert (tmp_path / "mslg-data" / "mslg.sqlite3").exists()
