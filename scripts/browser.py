"""Make sure the tests have a Chromium: one on the PATH, else Debian's when root, else Playwright's download."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from scripts.setup import apt, run, stop  # noqa: E402
from tests.stage.browser import chromium  # noqa: E402


def main() -> None:
    if chromium() or downloaded() or (apt("chromium", "fonts-dejavu-core") and chromium()):
        return
    if not run([sys.executable, "-m", "playwright", "install", "chromium"]) or not downloaded():
        stop("Il manque un navigateur pour les tests. Tapez : sudo apt-get install -y chromium")


def downloaded() -> bool:
    """Whether the browser Playwright keeps for itself is there and starts."""
    code = (
        "from playwright.sync_api import sync_playwright\n"
        "with sync_playwright() as p: p.chromium.launch(args=['--no-sandbox']).close()"
    )
    return subprocess.run([sys.executable, "-c", code], capture_output=True, check=False).returncode == 0


if __name__ == "__main__":
    main()
