"""`mslg demo`: starts a service and runs the whole workflow on real images over REST."""

import shutil
import signal
import subprocess
import sys
import tempfile
from contextlib import closing
from datetime import datetime
from pathlib import Path
from types import FrameType

import numpy as np
from rich.console import Console

from cli.demo.client import DemoClient, Json
from cli.demo.data import DemoData, make_demo_data
from cli.demo.report import measure, print_table
from cli.errors import CommandError
from cli.processes import start_mslg, stop
from cli.progress import training_progress
from cli.serve import listening_socket
from mslg_core.reports import EpochReport

HOST = "127.0.0.1"
RANKED_SHOWN = 5
SERVICE_LOG = "service.log"


def demo(*, exit_at_end: bool, data_dir: Path, port: int) -> None:
    """Start the service on an emptied `data_dir`, run the workflow, then stop or keep serving.

    Writes a table and a final line of JSON to standard output, and progress to standard error. Raises
    `CommandError` if the service fails.
    """
    signal.signal(signal.SIGTERM, _exit)
    console = Console(stderr=True, highlight=False)
    _empty(data_dir)
    port = _free_port(port)
    url = f"http://localhost:{port}"
    service = _start(data_dir, port)
    try:
        with closing(DemoClient(url)) as client:
            console.print(f"Starting the service; its log is in {data_dir / SERVICE_LOG}")
            client.wait_until_up(lambda: service.poll() is None)
            console.print(f"The service is up: {url}")
            _run_workflow(client, console)
        if not exit_at_end:
            console.print(f"\nReview the ranking in the web UI: {url}  (Ctrl-C stops)")
            service.wait()
    except KeyboardInterrupt:
        console.print("Stopped.")
    finally:
        stop(service)


def _run_workflow(client: DemoClient, console: Console) -> None:
    data = make_demo_data()
    wrong = float(np.mean(data.given != data.true))
    console.print(f"Uploading {len(data.true):,} handwritten digits with {wrong:.0%} wrong labels ...")
    dataset = _upload(client, data)
    console.print(f"Ingested {dataset['num_samples']:,} samples of {len(dataset['classes'])} classes.")
    verified = client.verify(dataset["id"], data.verified_csv())
    console.print(f"Verified labels: {verified['accepted']}. Training:")
    job = client.start_job(dataset["id"], "Demo")
    _follow(client, job["id"], console)
    job = client.job(job["id"])
    _show_ranking(client, job["id"], console)
    console.print(f"Hold-out: {client.summary(job['id'])['auto_accept_reason']}")
    export = client.export(job["id"], "parquet")
    figures = measure(data, export, _train_seconds(job))
    print_table(Console(highlight=False), data, export, figures)
    print(figures.to_json(), flush=True)  # noqa: T201 - the command's output


def _upload(client: DemoClient, data: DemoData) -> Json:
    with tempfile.TemporaryDirectory(prefix="mslg-demo-") as folder:
        archive = Path(folder, "digits.zip")
        data.write_zip(archive)
        return client.upload("Handwritten digits", archive)


def _follow(client: DemoClient, job_id: str, console: Console) -> None:
    """Show the job's progress from its events."""
    with training_progress(console) as progress:
        for event, data in client.follow(job_id):
            if event == "epoch":
                progress.show(EpochReport.model_validate(data))


def _show_ranking(client: DemoClient, job_id: str, console: Console) -> None:
    console.print("The most suspicious labels:")
    for row in client.ranking(job_id, RANKED_SHOWN):
        console.print(
            f"  {row['rank']:>3}  {row['file_name']}: given {row['given_label']}, "
            f"looks like {row['suggested_label']} (label score {row['label_score']:.3f})"
        )


def _train_seconds(job: Json) -> float:
    started, finished = (datetime.fromisoformat(job[name]) for name in ("started_at", "finished_at"))
    return (finished - started).total_seconds()


def _start(data_dir: Path, port: int) -> subprocess.Popen[bytes]:
    arguments = ("serve", "--host", HOST, "--port", str(port), "--data-dir", str(data_dir))
    data_dir.mkdir(parents=True)
    with (data_dir / SERVICE_LOG).open("wb") as log:
        return start_mslg(arguments, stdout=log, stderr=log)


def _empty(data_dir: Path) -> None:
    """Delete the data of an earlier demo. Raises `CommandError` if the folder contains anything else."""
    if not data_dir.exists():
        return
    if any(data_dir.iterdir()) and not (data_dir / SERVICE_LOG).exists():
        raise CommandError(f"{data_dir} contains other files: choose another folder with --data-dir.")
    shutil.rmtree(data_dir)


def _free_port(preferred: int) -> int:
    """`preferred`, or a free port if it is in use."""
    try:
        listener = listening_socket(HOST, preferred)
    except CommandError:
        listener = listening_socket(HOST, 0)
    with listener:
        port: int = listener.getsockname()[1]
        return port


def _exit(_signal: int, _frame: FrameType | None) -> None:
    sys.exit(0)
