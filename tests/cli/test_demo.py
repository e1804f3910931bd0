"""`mslg demo` runs the whole workflow on real images and improves their labels, as the README promises."""

import json
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.timeout(900)
def test_demo_improves_the_labels(tmp_path: Path) -> None:
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
