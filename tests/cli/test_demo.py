"""`mslg demo` keeps what the README promises: the whole loop, on real images, ends with better labels."""

import json
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.timeout(900)
def test_the_demo_ends_with_better_labels(tmp_path: Path) -> None:
    mslg = Path(sys.executable).with_name("mslg")
    demo = subprocess.run(
        [mslg, "demo", "--exit", "--data-dir", tmp_path / "demo", "--port", "0"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert demo.returncode == 0, demo.stderr
    figures = json.loads(demo.stdout.splitlines()[-1])
    assert figures["label_accuracy_after"] >= figures["label_accuracy_before"] + 0.08
    assert figures["auroc"] >= 0.93
    assert figures["precision_at_100"] > 0.5
    assert figures["train_seconds"] > 0
