"""Copy third-party style sheets and fonts into static/vendor, from packages whose hash is known.

    python scripts/vendor.py            rewrites static/vendor
    python scripts/vendor.py --check    fails if static/vendor differs from what the packages contain

The packages, their versions, their sha512 and the files taken are listed in `vendor.lock.json`.
A package whose hash is not the one of the lock is refused. Needs `npm`; the site itself does not.
"""

import argparse
import base64
import hashlib
import json
import re
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
LOCK = HERE / "vendor.lock.json"
VENDOR = HERE.parent / "static" / "vendor"
SOURCE_MAP = re.compile(rb"\n?/\*# sourceMappingURL=[^*]*\*/\s*$")


class VendorError(Exception):
    """What went wrong, in one sentence."""


@dataclass(frozen=True)
class Package:
    package: str
    version: str
    integrity: str
    target: str
    files: dict[str, str]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    check = parser.parse_args().check
    packages = [Package(**entry) for entry in json.loads(LOCK.read_text())]
    try:
        wanted = {path: content for package in packages for path, content in contents(package).items()}
    except VendorError as error:
        print(error, file=sys.stderr)
        return 1
    if check:
        return report(wanted)
    write(wanted)
    print(f"{len(wanted)} files written in {VENDOR}")
    return 0


def contents(package: Package) -> dict[Path, bytes]:
    """The files of one package, by path under static/vendor. Refuses an archive of another hash."""
    with tempfile.TemporaryDirectory() as folder:
        archive = fetch(package, Path(folder))
        found = hashlib.sha512(archive.read_bytes()).digest()
        if package.integrity != "sha512-" + base64.b64encode(found).decode():
            raise VendorError(f"{package.package} {package.version}: the archive is not the one of vendor.lock.json")
        with tarfile.open(archive) as tar:
            return {
                Path(package.target) / target: without_source_map(source, read(tar, f"package/{source}"))
                for source, target in package.files.items()
            }


def fetch(package: Package, folder: Path) -> Path:
    command = ["npm", "pack", "--silent", f"{package.package}@{package.version}", "--pack-destination", str(folder)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, cwd=folder, check=False)
    except FileNotFoundError:
        raise VendorError("npm is not installed: it is needed to fetch the packages") from None
    archives = list(folder.glob("*.tgz"))
    if done.returncode or len(archives) != 1:
        raise VendorError(f"{package.package} {package.version} could not be fetched: {done.stderr.strip()}")
    return archives[0]


def read(tar: tarfile.TarFile, name: str) -> bytes:
    try:
        member = tar.extractfile(name)
    except KeyError:
        member = None
    if member is None:
        raise VendorError(f"{name} is not in the archive")
    return member.read()


def without_source_map(name: str, content: bytes) -> bytes:
    """A hashed static storage looks for the map a style sheet names; we do not ship it."""
    return SOURCE_MAP.sub(b"\n", content) if name.endswith(".css") else content


def report(wanted: dict[Path, bytes]) -> int:
    present = {path.relative_to(VENDOR) for path in VENDOR.rglob("*") if path.is_file()}
    wrong = sorted(
        {path for path, content in wanted.items() if path not in present or (VENDOR / path).read_bytes() != content}
        | (present - wanted.keys())
    )
    for path in wrong:
        print(f"static/vendor/{path} is not what vendor.lock.json says", file=sys.stderr)
    return 1 if wrong else 0


def write(wanted: dict[Path, bytes]) -> None:
    for path, content in wanted.items():
        destination = VENDOR / path
        destination.parent.mkdir(parents=True, exist_ok=True)
        destination.write_bytes(content)


if __name__ == "__main__":
    sys.exit(main())
