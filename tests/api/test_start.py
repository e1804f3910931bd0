"""The API starts fast: what it does not need at once is imported later."""

import subprocess
import sys

LATE = ("torch", "celery", "kombu", "alembic", "PIL", "psycopg", "pyarrow")


def test_starting_does_not_load_heavy_packages() -> None:
    code = f"import sys, mslg_cli, cli.serve, api.app; print(*sys.modules.keys() & {set(LATE)})"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.split() == []
