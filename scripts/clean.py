"""`make clean`: stop nothing, erase the embedded servers' files, also those kept outside the project."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from guichet.embedded import EmbeddedServers  # noqa: E402


def main() -> None:
    for folder in (ROOT / "var" / "servers", *sorted((ROOT / "var" / "tests").glob("slot-*[0-9]"))):
        if folder.is_dir():
            EmbeddedServers(folder).erase()


if __name__ == "__main__":
    main()
