"""A queue that is away costs nothing to the person who acts."""

import os
import subprocess
import sys

SCRIPT = """
import time, django
django.setup()
from guichet.celery import app
from guichet.kernel.after_commit import wake
app.loader.import_default_modules()
for _ in range(20):
    started = time.monotonic()
    wake("essai.sans_file")
    took = time.monotonic() - started
print(f"last: {took:.3f}")
"""


def test_a_queue_that_is_away_is_noted_once_and_never_waited_for(root: object) -> None:
    environment = {**os.environ, "REDIS_URL": "redis://127.0.0.1:1/0"}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], env=environment, cwd=str(root), capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("left to the sweep") == 1
    assert float(done.stdout.split("last: ")[1]) < 0.05
