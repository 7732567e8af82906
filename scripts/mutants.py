"""Run mutmut on one PostgreSQL and one Valkey: each mutant is a fork that takes the same test database again.

One mutant at a time, since they share it. What survives is printed at the end, one name a line; `mutmut show NAME`.
"""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guichet.settings.test")

from tests.stage import servers  # noqa: E402

MUTMUT = Path(sys.executable).with_name("mutmut")


def main() -> int:
    servers.start(ROOT / "var")
    try:
        done = subprocess.run([MUTMUT, "run", "--max-children", "1", *sys.argv[1:]], cwd=ROOT)
        subprocess.run([MUTMUT, "results"], cwd=ROOT, check=True)
        return done.returncode
    finally:
        servers.stop()


if __name__ == "__main__":
    sys.exit(main())
