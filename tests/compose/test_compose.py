"""Runs the services of docker-compose.yml, with its commands and environment, through a whole review loop.

It needs no Docker: host names, port and volume are replaced, and the same command lines run as plain
processes with a real Postgres and a real Redis.
"""

import csv
import io
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import psycopg
import pytest
import yaml
from psycopg import sql
from sqlalchemy import make_url

from cli.demo.client import DemoClient
from cli.demo.data import make_demo_data
from tests.compose.compose_file import COMPOSE_FILE, Service, read_services
from tests.servers import child_process, free_port

PASSWORD = "a-password-of-this-test"
PROCESSES = ("worker", "trainer", "api")


def database_of_compose(server: str, services: dict[str, Service]) -> None:
    """Create the role and the database of the service `postgres`."""
    environment = services["postgres"].environment
    name, user = environment["POSTGRES_DB"], environment["POSTGRES_USER"]
    with psycopg.connect(server, autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (user,)).fetchone():
            create = sql.SQL("CREATE ROLE {} LOGIN CREATEDB PASSWORD {}")
            connection.execute(
                create.format(sql.Identifier(user), sql.Literal(environment["POSTGRES_PASSWORD"]))
            )
        connection.execute(
            sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(name), sql.Identifier(user))
        )


@pytest.fixture
def services(postgres: str, redis_url: str, tmp_path: Path) -> Iterator[dict[str, Service]]:
    """The services, with their network and volume replaced by local ones."""
    port = str(free_port())
    server = make_url(postgres)
    replacements = {
        "@postgres:5432/": f"@{server.host}:{server.port}/",
        "redis://redis:6379/0": redis_url,
        "file:///data": (tmp_path / "data").as_uri(),
        "/data": str(tmp_path / "data"),
        "/weights": str(tmp_path / "weights"),
        "0.0.0.0": "127.0.0.1",
        "8000": port,
    }

    def on_this_machine(text: str) -> str:
        for container, here in replacements.items():
            if container in text:
                return text.replace(container, here)
        return text

    found = {
        name: Service(
            [on_this_machine(argument) for argument in service.command],
            {key: on_this_machine(value) for key, value in service.environment.items()},
            [on_this_machine(argument) for argument in service.health_check],
        )
        for name, service in read_services({"POSTGRES_PASSWORD": PASSWORD}).items()
    }
    database_of_compose(postgres, found)
    yield found
    database = found["postgres"].environment["POSTGRES_DB"]
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(database)))


def environment_of(service: Service) -> dict[str, str]:
    """The environment of the service's process: its own variables, and the commands of this installation."""
    binaries = Path(sys.executable).parent
    return {
        "PATH": f"{binaries}{os.pathsep}{os.environ['PATH']}",
        "HOSTNAME": os.uname().nodename,
        **service.environment,
    }


def check_health(service: Service) -> None:
    """Run the service's health check, which must pass."""
    check = subprocess.run(
        service.health_check,
        env=environment_of(service),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert check.returncode == 0, check.stdout + check.stderr


def test_compose_services_run_a_review_loop(services: dict[str, Service], tmp_path: Path) -> None:
    migrated = subprocess.run(
        services["migrate"].command, env=environment_of(services["migrate"]), check=False, timeout=120
    )
    assert migrated.returncode == 0
    with ExitStack() as stack:
        running = {
            name: stack.enter_context(
                child_process(
                    services[name].command,
                    tmp_path / f"{name}.log",
                    environment=environment_of(services[name]),
                )
            )
            for name in PROCESSES
        }
        url = f"http://127.0.0.1:{services['api'].environment['MSLG_PORT']}"
        client = stack.enter_context(closing(DemoClient(url)))
        client.wait_until_up(lambda: running["api"].poll() is None)
        for name in PROCESSES:
            check_health(services[name])
        rows = play_the_loop(client, tmp_path)
        assert all(process.poll() is None for process in running.values())
    assert {row["corrected_by"] for row in rows} >= {"person", "none"}


def test_every_folder_of_the_service_is_a_volume() -> None:
    document = yaml.safe_load(COMPOSE_FILE.read_text())
    ours = [service for service in document["services"].values() if service["image"] == "mslg:latest"]
    assert len(ours) == 5
    for service in ours:
        mounts = dict(volume.split(":")[::-1] for volume in service["volumes"])
        folders = {service["environment"][name] for name in ("MSLG_DATA_DIR", "MSLG_WEIGHTS_DIR", "TMPDIR")}
        assert folders == mounts.keys()
        assert set(mounts.values()) <= document["volumes"].keys()


def test_every_container_is_confined_and_limited() -> None:
    for name, service in yaml.safe_load(COMPOSE_FILE.read_text())["services"].items():
        assert service["read_only"], name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        if name != "migrate":  # ends by itself
            assert service["deploy"]["resources"]["limits"].keys() == {"memory", "pids"}, name
            assert service["healthcheck"], name


def play_the_loop(client: DemoClient, folder: Path) -> list[dict[str, str]]:
    """Upload, verify, train and export. Every image is exported with its name and a unique rank."""
    data = make_demo_data()
    data.write_zip(folder / "digits.zip")
    dataset = client.upload("digits", folder / "digits.zip")
    client.verify(dataset["id"], data.verified_csv())
    job = client.start_job(dataset["id"], "compose", {"method": "mslg", "epochs": 3, "warmup_epochs": 2})
    events = [event for event, _ in client.follow(job["id"])]
    assert events.count("epoch") == 3
    client.job(job["id"])
    rows = list(csv.DictReader(io.StringIO(client.export(job["id"], "csv").decode())))
    assert [row["file_name"] for row in rows] == data.file_names
    assert sorted(int(row["rank"]) for row in rows) == list(range(1, len(rows) + 1))
    return rows
