"""`make run` names the settings of local use, whatever the package would choose by itself."""

import os
import socket
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


ORDER = """
import sys; sys.path.insert(0, 'scripts'); import run
class Reached(Exception): ...
def prepare(environment, *options):
    print(environment['SITE_URL'])
    raise Reached
run.prepare, run.start_servers = prepare, lambda servers: {}
run.VAR.mkdir(exist_ok=True)
try: run.serve()
except Reached: pass
"""


def test_the_mails_of_the_demonstration_are_written_with_the_address_the_portal_will_have(
    root: Path, tmp_path: Path
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        environment = {**os.environ, "PORT": str(port), "VAR_DIR": str(tmp_path / "var")}
        told = subprocess.run(
            [sys.executable, "-c", ORDER], cwd=root, env=environment, capture_output=True, text=True, check=True
        )
    chosen = int(told.stdout.strip().rpartition(":")[2])
    assert port < chosen < port + 100
