"""`make run` names the settings of local use, whatever the package would choose by itself."""

import os
import subprocess
import sys
from pathlib import Path

PROGRAM = "import sys; sys.path.insert(0, 'scripts'); import run, os; print(os.environ['DJANGO_SETTINGS_MODULE'])"


def test_the_portal_of_a_newcomer_starts_with_the_settings_of_local_use(root: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    told = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=root, env=environment, capture_output=True, text=True, check=True
    )
    assert told.stdout.strip() == "guichet.settings.local"
