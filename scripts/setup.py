"""Prepare .venv: run by the system's Python, standard library only.

The lock is installed with uv, itself installed inside .venv from its own line of the lock, hashes required.
Nothing is done when the lock has not changed. What is missing on the machine is told in one sentence.
"""

import ctypes
import hashlib
import importlib.util
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
LOCK = ROOT / "requirements-dev.txt"
STAMP = VENV / "lock.sha256"
PANGO = {
    "linux": (
        "libgobject-2.0.so.0",
        "libpango-1.0.so.0",
        "libpangoft2-1.0.so.0",
        "libharfbuzz.so.0",
        "libfontconfig.so.1",
    ),
    "darwin": ("libpango-1.0.dylib",),
}
PANGO_PACKAGES = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fontconfig"


def main() -> None:
    needs_python()
    needs_pango(install="--install" in sys.argv)
    wanted = f"{hashlib.sha256(LOCK.read_bytes()).hexdigest()} {sys.version_info[:2]}"
    if STAMP.exists() and STAMP.read_text() == wanted and (VENV / "bin" / "python").exists():
        return
    print("Installation des dépendances dans .venv…", flush=True)
    install()
    STAMP.write_text(wanted)


def needs_python() -> None:
    if sys.version_info < (3, 11):  # noqa: UP036 - the very check
        stop(f"Il faut Python 3.11 ou plus récent (ici {sys.version.split()[0]}) : make PYTHON=python3.11 …")
    if importlib.util.find_spec("venv") is None or importlib.util.find_spec("ensurepip") is None:
        stop(f"Le module venv de Python manque. Tapez : {sudo()}apt-get install -y python3-venv")


def needs_pango(*, install: bool) -> None:
    """The PDFs are drawn by WeasyPrint, which needs Pango from the system. Root under CI or tests gets it installed."""
    missing = [name for name in PANGO.get(sys.platform, ()) if not loads(name)]
    if missing and install and sys.platform == "linux":
        apt(*PANGO_PACKAGES.split())
        missing = [name for name in PANGO["linux"] if not loads(name)]
    if missing:
        command = "brew install pango" if sys.platform == "darwin" else f"{sudo()}apt-get install -y {PANGO_PACKAGES}"
        stop(f"Il manque les bibliothèques qui dessinent les PDF ({', '.join(missing)}). Tapez : {command}")


def loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def install() -> None:
    python = str(VENV / "bin" / "python")
    if not (VENV / "bin" / "pip").exists() and not run([sys.executable, "-m", "venv", "--clear", str(VENV)]):
        stop(f"L’environnement .venv n’a pas pu être créé. Tapez : {sudo()}apt-get install -y python3-venv")
    found = re.search(r"^uv==(?:.*\\\n)*.*\n", LOCK.read_text(), re.MULTILINE)
    if found is None:
        stop(f"{LOCK.name} ne contient pas uv : lancez `make lock`.")
    line = VENV / "uv.txt"
    line.write_text(found.group(0))
    pip = [python, "-m", "pip", "install", "-qq", "--disable-pip-version-check", "--require-hashes", "--no-deps"]
    if not run([*pip, "-r", str(line)]):
        stop("uv n’a pas pu être installé : vérifiez l’accès au dépôt de paquets Python.")
    if not run([str(VENV / "bin" / "uv"), "pip", "sync", "--quiet", "--python", python, "--require-hashes", str(LOCK)]):
        stop("Les dépendances n’ont pas pu être installées : voir le message ci-dessus.")


def apt(*packages: str) -> bool:
    """Install Debian packages when we are root; false when it could not be done."""
    import os
    import shutil

    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        return False
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    command = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages]
    return run(["apt-get", "update", "-qq"], quiet) and run(command, quiet)


def run(command: list[str], environment: "dict[str, str] | None" = None) -> bool:
    """Run it; its standard output goes to ours as errors do, so that a summary stays last."""
    return subprocess.run(command, cwd=ROOT, env=environment, stdout=sys.stderr, check=False).returncode == 0


def sudo() -> str:
    import os

    return "" if os.geteuid() == 0 else "sudo "


def stop(sentence: str) -> None:
    print(sentence, file=sys.stderr)
    raise SystemExit(1)


if __name__ == "__main__":
    main()
